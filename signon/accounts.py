"""How allauth meets this site: nobody opens an account for themselves, and its mail goes through the outbox."""

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import get_language

from signon import mailing
from signon.models import Message


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        mail = self.render_mail(template_prefix, email, context)
        with transaction.atomic():
            if mailing.may_be_mailed(email):
                self._queue(mail, email)

    def _queue(self, mail: EmailMessage, email: str) -> None:
        mailing.compose(
            Message.Kind.ACCOUNT,
            key=f"account:{secrets.token_hex(16)}",
            to=email,
            language=get_language() or "",
            subject=str(mail.subject),
            body=str(mail.body),
        )
