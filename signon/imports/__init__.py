"""How a list comes in (signon/importing.py): a file becomes cells, cells become rows, rows are recognized."""
