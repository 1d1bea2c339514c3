"""The admin of words."""

from campaigns.admin import campaign, statement

__all__ = ["campaign", "statement"]
