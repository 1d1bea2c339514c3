"""The admin of names: verify, look up, export. The desk comes beside it."""

from signon.admin import directory, records, sign_on, suppression, user

__all__ = ["directory", "records", "sign_on", "suppression", "user"]
