"""The outbox: compose, queue, cancel, and note what became of it.

A message is a row written in the transaction of the act it tells of. A worker claims what is due, renders it in
the reader's language, sends it and writes what became of it (mail/dispatching.py). The database is the truth; the
broker only wakes.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, F, Func, Value, When
from django.utils import timezone

from signon.mail import addresses, waking
from signon.models import Message, SignOn, User
from signon.running import tallies

State, Lane = Message.State, Message.Lane
# After these nothing needs a login code or a link to a password any more.
WIPED = [State.SENT, State.CANCELED, State.SUPPRESSED, State.BOUNCED]


def compose(
    kind: str,
    *,
    key: str,
    sign_on: SignOn | None = None,
    to: str = "",
    language: str = "",
    user: User | None = None,
    **fields: Any,
) -> Message | None:
    """Queue a message in the caller's transaction and wake the worker after its commit.

    `key` names the occasion; a second message for it is not composed, and None comes back. Without `to` it goes
    to the user's address or the sign-on's; where there is none (an imported sign-on), None comes back too."""
    message = draft(kind, key=key, sign_on=sign_on, user=user, to=to, language=language, **fields)
    return next(iter(queue([message])), None) if message.to_address else None


def draft(
    kind: str,
    *,
    key: str,
    sign_on: SignOn | None = None,
    user: User | None = None,
    to: str = "",
    language: str = "",
    due_at: datetime | None = None,
    lane: str = "",
    **fields: Any,
) -> Message:
    """A message that is not written yet; `queue` writes many at once. Without `lane` it takes that of its kind."""
    reader = user or sign_on
    address = to or (reader.email if reader else "")
    return Message(
        key=key,
        kind=kind,
        lane=lane or (Lane.TRANSACTIONAL if kind in Message.TRANSACTIONAL - Message.TO_MANY else Lane.BULK),
        sign_on=sign_on,
        user=user,
        to_address=address,
        mailbox=addresses.mailbox(address) if address else "",
        language=language or (reader.language if reader else settings.LANGUAGE_CODE),
        message_id=f"<{secrets.token_hex(16)}@{urlsplit(settings.SITE_URL).hostname}>",
        due_at=due_at or timezone.now(),
        history=[_entry(State.QUEUED)],
        **fields,
    )


def queue(messages: list[Message]) -> list[Message]:
    """Write messages whose keys are not taken yet and wake their lane after the commit; returns those written."""
    Message.objects.bulk_create(messages, ignore_conflicts=True)  # no error in the caller's transaction
    written = list(Message.objects.filter(message_id__in=[message.message_id for message in messages]))
    wake_after_commit(written)
    return written


def wake_after_commit(written: Iterable[Message]) -> None:
    """Wake the lanes of what is due now, once the caller's transaction is committed."""
    now = timezone.now()
    for lane in {message.lane for message in written if message.due_at and message.due_at <= now}:
        transaction.on_commit(lambda lane=lane: waking.wake(lane))  # type: ignore[misc]


def cancel(messages: models.QuerySet[Message]) -> int:
    """Cancel those of these that are not sent yet; returns how many.

    What a worker holds is canceled too: it looks again before it sends.
    """
    return note(messages.filter(state__in=Message.UNSENT), State.CANCELED)


def forget(messages: models.QuerySet[Message]) -> None:
    """Blank to whom these were mailed; cancel what is not sent yet. That it was mailed, and when, stays."""
    cancel(messages)
    messages.update(to_address=Message.ERASED, mailbox="")


def note(messages: models.QuerySet[Message], state: str, answer: str = "", **fields: Any) -> int:
    """Move messages to a state with its moment and the server's answer in their history; returns how many moved.

    The query names the states from which they may move: one guarded UPDATE, so two workers cannot both win.
    """
    fields |= ({"lease_ends_at": None} if state != State.SENDING else {}) | ({"answer": answer} if answer else {})
    if state in WIPED:
        fields |= {"subject": "", "body": ""}
    elif state == State.DEAD:  # what has no end may be tried again by staff
        fields["body"] = Case(When(expires_at=None, then=F("body")), default=Value(""), output_field=models.TextField())
    fields["history"] = Func(F("history"), Value([_entry(state, answer)], Message._meta.get_field("history")),
                             arg_joiner=" || ", template="(%(expressions)s)")  # fmt: skip
    return tallies.moved("mail", state, number=messages.update(state=state, changed_at=timezone.now(), **fields))


def _entry(state: str, answer: str = "") -> list[str]:
    return [state, timezone.now().isoformat(timespec="milliseconds"), answer]
