"""What a statement asks its signers, what staff ask one, and the answers."""
