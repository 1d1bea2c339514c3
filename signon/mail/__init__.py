"""What the outbox (signon/mailing.py) is made of: lanes, sending, rendering, what comes back."""
