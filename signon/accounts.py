"""How allauth meets this site: nobody opens an account for themselves, and its mail goes through the outbox."""

import secrets
from datetime import timedelta
from typing import Any

from allauth.account import app_settings as account
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from signon import limits, mailing
from signon.models import Message

# A code or a link is never sent after its end, and never kept in the outbox.
LONGEST = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
LIFETIMES = {"login_code": timedelta(seconds=account.LOGIN_BY_CODE_TIMEOUT)}


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        mail = self.render_mail(template_prefix, email, context)
        with transaction.atomic():
            if limits.may_be_mailed(email):
                self._queue(mail, email, LIFETIMES.get(template_prefix.rpartition("/")[2], LONGEST))

    def _queue(self, mail: EmailMessage, email: str, lifetime: timedelta) -> None:
        mailing.compose(
            Message.Kind.ACCOUNT,
            key=f"account:{secrets.token_hex(16)}",
            to=email,
            language=get_language() or "",
            expires_at=timezone.now() + lifetime,
            subject=str(mail.subject),
            body=str(mail.body),
        )
