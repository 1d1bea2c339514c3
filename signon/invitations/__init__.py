"""Who is asked to sign (signon/inviting.py), what they reply, and who is missing."""
