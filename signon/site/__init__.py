"""Forms and pages around the public site's words, and organizations as strangers see them."""
