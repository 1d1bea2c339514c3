"""What a message says: subject, text and HTML, in its reader's language, rendered when it is sent."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from signon import tokens
from signon.models import Message, SignOn


def render(message: Message) -> EmailMultiAlternatives:
    """The mail as it is sent: subject, text and HTML parts, in the message's language; links begin with SITE_URL."""
    with translation.override(message.language):
        if message.kind == Message.Kind.ACCOUNT:
            subject, text, html = message.subject, message.body, ""
        else:
            context = _context(message)
            subject = " ".join(render_to_string(f"mail/{message.kind}/subject.txt", context).split())
            text = render_to_string(f"mail/{message.kind}/body.txt", context)
            html = render_to_string(f"mail/{message.kind}/body.html", context)
    mail = EmailMultiAlternatives(
        subject,
        text,
        to=[message.to_address],
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
    )
    if html:
        mail.attach_alternative(html, "text/html")
    return mail


def own_sign_ons(address: str) -> list[SignOn]:
    """The newest sign-ons of an address that it can still confirm or manage, a handful at most."""
    standing = [SignOn.State.UNCONFIRMED, SignOn.State.CONFIRMED, SignOn.State.ACCEPTED]
    own = SignOn.objects.at_address(address).filter(state__in=standing)
    return list(own.select_related("statement", "text").order_by("-created_at", "-pk")[:5])


def _context(message: Message) -> dict[str, Any]:
    context: dict[str, Any] = {"network_name": settings.NETWORK_NAME, "site_url": settings.SITE_URL}
    if message.sign_on is None:
        return context | {"own": [_told(sign_on) for sign_on in own_sign_ons(message.to_address)]}
    return context | _told(message.sign_on)


def _told(sign_on: SignOn) -> dict[str, Any]:
    return {
        "sign_on": sign_on,
        "statement": {
            "title": sign_on.text.title,
            "url": settings.SITE_URL + sign_on.statement.get_absolute_url(),
        },
        "confirm_url": _link("confirm", tokens.make(sign_on, tokens.CONFIRM)),
        "not_me_url": _link("confirm", tokens.make(sign_on, tokens.CONFIRM)),
        "manage_url": _link("manage", tokens.make(sign_on, tokens.MANAGE)),
        "expires_at": sign_on.expires_at,
        "reason": sign_on.decision_reason,
    }


def _link(name: str, token: str) -> str:
    return settings.SITE_URL + reverse(name, args=[token])
