"""How a list leaves (signon/exporting.py): which rows, which columns, which format."""
