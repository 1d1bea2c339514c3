"""What organizations are called: cleaned, sorted, found again, told from a disguise."""
