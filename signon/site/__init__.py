"""What staff write for the public site: its pieces, their photos and files, the settings; and what the demo has."""
