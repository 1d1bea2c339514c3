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
import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from signon import tokens
from signon.models import Message, SignOn

log = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(days=3)
LONGEST_WAIT = timedelta(hours=6)
# Mail that a stranger can cause, to one address: no more than this in an hour, and in a day.
MOST_AN_HOUR, MOST_A_DAY = 5, 12


def compose(
    kind: str,
    *,
    key: str,
    sign_on: SignOn | None = None,
    to: str = "",
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
        language=sign_on.language if sign_on else translation.get_language() or settings.LANGUAGE_CODE,
        message_id=f"<{secrets.token_hex(16)}@{urlsplit(settings.SITE_URL).hostname}>",
        due_at=due_at or timezone.now(),
        expires_at=expires_at,
        **words,
    )
    # ON CONFLICT DO NOTHING leaves no error in the caller's transaction; the row tells who wrote it.
    Message.objects.bulk_create([message], ignore_conflicts=True)
    composed = Message.objects.filter(message_id=message.message_id).first()
    if composed and due_at is None:
        transaction.on_commit(wake)
    return composed


def may_be_mailed(address: str) -> bool:
    """Whether strangers have not yet caused more mail to this address than it should get."""
    now = timezone.now()
    recent = Message.objects.filter(
        to_address__iexact=address, kind__in=[Message.Kind.VERIFICATION, Message.Kind.ALREADY_SIGNED]
    )
    return (
        recent.filter(created_at__gt=now - timedelta(hours=1))[:MOST_AN_HOUR].count() < MOST_AN_HOUR
        and recent.filter(created_at__gt=now - timedelta(days=1))[:MOST_A_DAY].count() < MOST_A_DAY
    )


def cancel(sign_on: SignOn, *kinds: str) -> int:
    """Cancel what still waits for this sign-on, of these kinds or of all; returns how many."""
    waiting = sign_on.messages.filter(state__in=Message.WAITING)
    if kinds:
        waiting = waiting.filter(kind__in=kinds)
    return waiting.update(state=Message.State.CANCELED, changed_at=timezone.now())


# Waking the worker


class Alarm:
    """Wakes the worker, at most once a second, from a thread of its own.

    A request only sets a flag: a broker that refuses, or is frozen and answers nothing, holds up nobody.
    Every error is swallowed; the sweep that beat starts finds what a lost wake-up left.
    """

    def __init__(self) -> None:
        self._rung = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def ring(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="mail-alarm", daemon=True)
                self._thread.start()
        self._rung.set()

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            self._rung.wait()
            self._rung.clear()
            try:
                current_app.send_task("signon.tasks.deliver_due", ignore_result=True, retry=False, expires=60)
            except Exception as error:  # whatever the broker's client raises
                log.warning("The mail worker was not woken (%s); the sweep will find the mail.", type(error).__name__)
            pause.wait(1)


_alarm = Alarm()


def wake() -> None:
    """Tell the worker that something is due. Never blocks, never raises."""
    _alarm.ring()


# The worker's side


def claim(limit: int = 20, *, by: str | None = None) -> list[Message]:
    """Take up to `limit` due messages, for as long as the lease (settings.MAIL_LEASE, seconds) lasts.

    SKIP LOCKED: workers side by side never wait for each other and never take the same message. What a dead worker
    held is due again when its lease has ended.
    """
    name = by or f"{socket.gethostname()}:{secrets.token_hex(4)}"
    now = timezone.now()
    state = Message.State
    Message.objects.filter(state=state.SENDING, lease_ends_at__lt=now).update(
        state=state.RETRYING, due_at=now, claimed_by="", changed_at=now
    )
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
    else:
        _settle(message, state.SENT, sent_at=timezone.now(), answer="250", subject="", body="")
        return True
    return False


def _is_obsolete(message: Message) -> bool:
    if message.expires_at and message.expires_at < timezone.now():
        return True
    return (
        message.kind == Message.Kind.VERIFICATION
        and message.sign_on is not None
        and message.sign_on.state != SignOn.State.UNCONFIRMED
    )


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
    Message.objects.filter(pk=message.pk, state=Message.State.SENDING, claimed_by=message.claimed_by).update(
        state=state, lease_ends_at=None, changed_at=timezone.now(), **fields
    )


def _readable(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)


# What a message says


def render(message: Message) -> EmailMultiAlternatives:
    """The mail as it is sent: subject, text and HTML parts, in the message's language; links begin with SITE_URL."""
    with translation.override(message.language):
        if message.sign_on is None:
            subject, text, html = message.subject, message.body, ""
        else:
            context = _context(message.sign_on)
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


def _context(sign_on: SignOn) -> dict[str, Any]:
    return {
        "sign_on": sign_on,
        "statement": {
            "title": sign_on.text.title,
            "url": settings.SITE_URL + sign_on.statement.get_absolute_url(),
        },
        "network_name": settings.NETWORK_NAME,
        "site_url": settings.SITE_URL,
        "confirm_url": _link("confirm", tokens.make(sign_on, tokens.CONFIRM)),
        "not_me_url": _link("confirm", tokens.make(sign_on, tokens.CONFIRM)),
        "manage_url": _link("manage", tokens.make(sign_on, tokens.MANAGE)),
        "expires_at": sign_on.expires_at,
        "reason": sign_on.decision_reason,
    }


def _link(name: str, token: str) -> str:
    return settings.SITE_URL + reverse(name, args=[token])
