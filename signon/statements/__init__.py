"""A statement's life (signon/organizing.py): what it needs, its conveners, its deadlines, its delivery."""
