"""What a mail provider's webhook reports, as django-anymail tells it: found by the key, and taken to its verb."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.db import transaction

from signon.mail import bouncing, envelope, reports
from signon.models import Message

_GONE = {RejectReason.BOUNCED, RejectReason.INVALID}
# Postmark's, Brevo's and Mandrill's, Mailgun's and Resend's word for a mailbox that is not there.
_FOR_GOOD = {"hardbounce", "hard_bounce", "permanent"}


def take(sender: object, event: AnymailTrackingEvent, **kwargs: object) -> None:
    """Receives anymail's `tracking`, once the webhook's secret or signature was found good. Unknown keys are ignored.

    Whom the provider names is not looked at: the key says whose mail it was.
    """
    message = bouncing.find([*_from_metadata(event), *envelope.keys(str(event.message_id or ""))])
    if message is None:
        return
    with transaction.atomic():
        _account_for(message, event)


def _from_metadata(event: AnymailTrackingEvent) -> list[str]:
    metadata = event.metadata if isinstance(event.metadata, Mapping) else {}
    return envelope.keys(f"{metadata.get(envelope.METADATA, '')}@metadata")


def _account_for(message: Message, event: AnymailTrackingEvent) -> None:
    act, reason = event.event_type, event.reject_reason
    answer = str(event.mta_response or event.description or act)
    if act in (EventType.BOUNCED, EventType.REJECTED, EventType.FAILED):
        bouncing.bounced(message, permanent=act != EventType.FAILED and _is_permanent(event), answer=answer)
    # Not sent for what the reader once told the provider.
    if act == EventType.COMPLAINED or (act == EventType.REJECTED and reason == RejectReason.SPAM):
        bouncing.complained(message)
    elif act == EventType.UNSUBSCRIBED or (act == EventType.REJECTED and reason == RejectReason.UNSUBSCRIBED):
        bouncing.unsubscribe(message.recipient, message)
    elif act == EventType.DEFERRED:
        bouncing.delayed(message, answer=answer)


def _is_permanent(event: AnymailTrackingEvent) -> bool:
    """The server's own answer before the provider's opinion; both are needed where neither is clear."""
    words = str(event.mta_response or "")
    if reports.says_why(words):
        return reports.is_about_the_mailbox(words)
    gone = event.reject_reason in _GONE
    return gone and (event.event_type == EventType.REJECTED or _says_for_good(event.esp_event))


def _says_for_good(said: Any) -> bool:
    if isinstance(said, Mapping):
        return any(_says_for_good(part) for part in said.values())
    return isinstance(said, str) and said.lower() in _FOR_GOOD
