"""What strangers find, and staff: lists in order, searches that have an end, the directory and its profiles."""
