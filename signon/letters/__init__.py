"""The letter pack (signon/letter.py): its list, its words, PDF, DOCX and CSV."""
