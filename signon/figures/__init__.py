"""Numbers of a statement, and pictures of them."""
