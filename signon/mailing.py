"""The outbox: compose, claim, deliver, retry.

A message is a row written in the transaction of the act it tells of. A worker claims what is due, renders it in
the reader's language, sends it and writes what became of it. The database is the truth; the broker only wakes.
"""

from __future__ import annotations

import logging
import random
import secrets
import smtplib
import socket
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from signon import addresses, waking
from signon.models import Message, SignOn
from signon.rendering import own_sign_ons, render

log = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(days=3)
LONGEST_WAIT = timedelta(hours=6)
# A message that took so many workers with it is at fault itself.
MOST_LEASES = 10
# Mail that a stranger can cause, to one mailbox: no more than this in an hour, and in a day.
MOST_AN_HOUR, MOST_A_DAY = 5, 12
Kind = Message.Kind
CAUSED_BY_STRANGERS = [Kind.VERIFICATION, Kind.ALREADY_SIGNED, Kind.LINKS, Kind.ACCOUNT]
# Of which sign-ons a message still tells the truth when it is sent.
TRUE_OF = {
    Kind.VERIFICATION: [SignOn.State.UNCONFIRMED],
    Kind.ALREADY_SIGNED: [SignOn.State.CONFIRMED, SignOn.State.ACCEPTED],
    Kind.ACCEPTED: [SignOn.State.ACCEPTED],
    Kind.DECLINED: [SignOn.State.DECLINED],
}


def compose(
    kind: str,
    *,
    key: str,
    sign_on: SignOn | None = None,
    to: str = "",
    language: str = "",
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    **words: str,
) -> Message | None:
    """Queue a message in the caller's transaction and wake the worker after its commit.

    `key` names the occasion; a second message for it is not composed, and None comes back. Without `to` it goes
    to the sign-on's address; where there is none (an imported sign-on), None comes back too.
    """
    address = to or (sign_on.email if sign_on else "")
    if not address:
        return None
    message = Message(
        key=key,
        kind=kind,
        sign_on=sign_on,
        to_address=address,
        mailbox=addresses.mailbox(address),
        language=language or (sign_on.language if sign_on else settings.LANGUAGE_CODE),
        message_id=f"<{secrets.token_hex(16)}@{urlsplit(settings.SITE_URL).hostname}>",
        due_at=due_at or timezone.now(),
        expires_at=expires_at,
        **words,
    )
    # ON CONFLICT DO NOTHING leaves no error in the caller's transaction; the row tells who wrote it.
    Message.objects.bulk_create([message], ignore_conflicts=True)
    composed = Message.objects.filter(message_id=message.message_id).first()
    if composed and due_at is None:
        transaction.on_commit(waking.wake)
    return composed


def hold_mailbox(address: str) -> str:
    """Until the transaction's end nobody else counts or composes for this mailbox; returns its name.

    Who also locks rows takes this first: one order for all, so that nobody waits in a circle.
    """
    mailbox = addresses.mailbox(address)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"mailbox:{mailbox}"])
    return mailbox


def may_be_mailed(address: str) -> bool:
    """Whether strangers have not yet caused more mail to this mailbox than it should get.

    Asked in the transaction that composes, which holds the mailbox from here on.
    """
    mailbox = hold_mailbox(address)
    now = timezone.now()
    recent = Message.objects.filter(mailbox=mailbox, kind__in=CAUSED_BY_STRANGERS)
    return (
        recent.filter(created_at__gt=now - timedelta(hours=1))[:MOST_AN_HOUR].count() < MOST_AN_HOUR
        and recent.filter(created_at__gt=now - timedelta(days=1))[:MOST_A_DAY].count() < MOST_A_DAY
    )


def cancel(sign_on: SignOn, *kinds: str) -> int:
    """Cancel what is not sent yet for this sign-on, of these kinds or of all; returns how many.

    What a worker holds is canceled too: it looks again before it sends.
    """
    pending = sign_on.messages.filter(state__in=[*Message.WAITING, Message.State.SENDING])
    if kinds:
        pending = pending.filter(kind__in=kinds)
    return pending.update(state=Message.State.CANCELED, lease_ends_at=None, changed_at=timezone.now())


# The worker's side


def claim(limit: int = 20, *, by: str | None = None) -> list[Message]:
    """Take up to `limit` due messages, for as long as the lease (settings.MAIL_LEASE, seconds) lasts.

    SKIP LOCKED: workers side by side never wait for each other and never take the same message. What a dead worker
    held is due again when its lease has ended.
    """
    name = by or f"{socket.gethostname()}:{secrets.token_hex(4)}"
    now = timezone.now()
    state = Message.State
    _take_back(now)
    with transaction.atomic():
        due = Message.objects.select_for_update(skip_locked=True).filter(state__in=Message.WAITING, due_at__lte=now)
        taken = list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:limit])
        Message.objects.filter(pk__in=taken).update(
            state=state.SENDING,
            lease_ends_at=now + timedelta(seconds=settings.MAIL_LEASE),
            claimed_by=name,
            tries=F("tries") + 1,
            changed_at=now,
        )
    claimed = Message.objects.filter(pk__in=taken).select_related("sign_on__statement", "sign_on__text__revision")
    return list(claimed.order_by("due_at", "pk"))


def _take_back(now: datetime) -> None:
    """What dead workers held is due again, later each time: one that kills its workers must not hold up the rest."""
    state = Message.State
    for message in Message.objects.filter(state=state.SENDING, lease_ends_at__lt=now):
        ended = message.tries >= MOST_LEASES
        Message.objects.filter(pk=message.pk, state=state.SENDING, lease_ends_at=message.lease_ends_at).update(
            state=state.DEAD if ended else state.RETRYING,
            due_at=now + timedelta(minutes=message.tries - 1),
            lease_ends_at=None,
            claimed_by="",
            changed_at=now,
            answer="its worker died" if ended else message.answer,
        )


def deliver(messages: Iterable[Message]) -> int:
    """Send claimed messages over one kept connection and write what became of each; returns how many were sent."""
    connection = get_connection()
    sent = 0
    try:
        for message in messages:
            if _renew_lease(message):
                sent += _deliver_one(message, connection)
    finally:
        connection.close()
    return sent


def _renew_lease(message: Message) -> bool:
    """Whether the message is still ours; a worker that was slow must not send what another one has."""
    now = timezone.now()
    held = Message.objects.filter(
        pk=message.pk, state=Message.State.SENDING, claimed_by=message.claimed_by, lease_ends_at__gt=now
    )
    return bool(held.update(lease_ends_at=now + timedelta(seconds=settings.MAIL_LEASE)))


def _deliver_one(message: Message, connection: Any) -> bool:
    state = Message.State
    if _is_obsolete(message):
        _settle(message, state.CANCELED)
        return False
    try:
        mail = render(message)
    except Exception as error:  # one message that cannot be rendered must not hold up the others
        log.exception("Message %s could not be rendered", message.pk)
        _refused(message, 451, f"not rendered: {type(error).__name__}")
        return False
    mail.connection = connection
    try:
        connection.open()
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        _refused(message, code, f"{code} {_readable(answer)}")
    except smtplib.SMTPResponseException as error:
        # The sender, the login or the data: no fault of this address, so it is tried again.
        _refused(
            message,
            error.smtp_code if error.smtp_code == 552 else 451,
            f"{error.smtp_code} {_readable(error.smtp_error)}",
        )
        connection.close()
    except (smtplib.SMTPException, OSError) as error:
        _refused(message, 451, f"{type(error).__name__}: {error}")
        connection.close()
    except Exception as error:  # an address or text that no mail can be made of
        log.exception("Message %s could not be made", message.pk)
        _refused(message, 550, f"not made: {type(error).__name__}")
        connection.close()
    else:
        _settle(message, state.SENT, sent_at=timezone.now(), answer="250", subject="", body="")
        return True
    return False


def _is_obsolete(message: Message) -> bool:
    """Whether it is past its use, or no longer true of its sign-on as that stands now."""
    if message.expires_at and message.expires_at < timezone.now():
        return True
    if message.kind == Kind.LINKS:
        return not own_sign_ons(message.to_address)
    if message.sign_on is None:
        return False
    message.sign_on.refresh_from_db()
    return message.sign_on.state not in TRUE_OF[Kind(message.kind)]


def _refused(message: Message, code: int, answer: str) -> None:
    """A final answer (5xx) ends the message; anything else waits, longer each time, for three days."""
    now = timezone.now()
    if code >= 500 or now - message.created_at > GIVE_UP_AFTER:
        log.error("Message %s was given up: %s", message.pk, code)
        _settle(message, Message.State.DEAD, answer=answer)
        return
    wait = min(timedelta(minutes=2 ** (message.tries - 1)), LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311
    _settle(message, Message.State.RETRYING, due_at=now + wait, answer=answer)


def _settle(message: Message, state: str, **fields: Any) -> None:
    """Write what became of it, if it is still ours; what went out is told even where it was canceled meanwhile."""
    ours = [Message.State.SENDING] + ([Message.State.CANCELED] if state == Message.State.SENT else [])
    Message.objects.filter(pk=message.pk, state__in=ours, claimed_by=message.claimed_by).update(
        state=state, lease_ends_at=None, changed_at=timezone.now(), **fields
    )


def _readable(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
