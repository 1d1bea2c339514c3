"""Sign-in by another site: it vouches for an address, and opens the account that the address has here. No other."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from signon.models import User
from signon.people import accounts


class Adapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        return True

    def authenticate_by_email(self, sociallogin: Any) -> tuple[User, str] | None:
        """By an address that the other site says is proved, and by nothing else that it says."""
        proved = [address.email for address in sociallogin.email_addresses if address.verified is True]
        found = [(accounts.of_address(email), email) for email in proved]
        return next(((user, email) for user, email in found if user), None)
