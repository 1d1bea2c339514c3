"""Telling other programs who joins and who leaves a public list: written in the transaction of the act itself.

signon.programs.announcements sends what is written here.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models, transaction
from django.db.models import Func, Max, Value
from django.utils import timezone

from signon.mail import waking
from signon.models import Announcement, LedgerEntry, SignOn, Webhook

Event, State = Announcement.Event, Announcement.State
ACCEPTED, WITHDRAWN = Event.ACCEPTED, Event.WITHDRAWN
_OPPOSITE: dict[str, str] = {ACCEPTED: WITHDRAWN, WITHDRAWN: ACCEPTED}


def announce(event: str, *sign_ons: SignOn) -> None:
    """Queue what webhooks are told of sign-ons that join (ACCEPTED) or leave (WITHDRAWN) the list just now.

    In the caller's transaction, after the ledger's entry; one query where nobody listens. What has not been told
    yet and is not true any more is taken back, and who was never told of a name is not told that it left.
    """
    if not sign_ons:
        return
    webhooks = list(Webhook.objects.filter(stopped_at=None).prefetch_related("statements"))
    if not webhooks:
        return
    canceled = cancel(Announcement.objects.filter(event=_OPPOSITE[event], sign_on__in=sign_ons), "not true any more")
    # Who comes back may have another name than before, and is always told.
    never_told = {(each.webhook_id, each.sign_on_id) for each in canceled if event == WITHDRAWN and not each.tries}
    numbers = _last_entries(sign_ons)
    queue(
        Announcement(
            key=f"{webhook.pk}:{event}:{sign_on.pk}:{numbers.get(sign_on.pk, 0)}",
            webhook=webhook,
            event=event,
            sign_on=sign_on,
        )
        for webhook in webhooks
        if webhook.tells_of(event)
        for sign_on in _of_interest(webhook, sign_ons)
        if (webhook.pk, sign_on.pk) not in never_told
    )


def queue(announcements: Iterable[Announcement]) -> None:
    """Write announcements whose keys are not taken yet, and wake the worker after the commit."""
    now = timezone.now()
    new = list(announcements)
    for each in new:
        each.due_at, each.history = now, [_entry(State.QUEUED, "")]
    Announcement.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
    if new:
        transaction.on_commit(lambda: waking.wake("announcements"))


def cancel(announcements: models.QuerySet[Announcement], why: str) -> list[Announcement]:
    """Cancel those of them that wait, in the caller's transaction; returns them as they were.

    Locked first, in one order for all: a worker either has one already, or never gets it.
    """
    waiting = announcements.filter(state__in=Announcement.WAITING)
    held = list(waiting.select_for_update(of=["self"]).order_by("pk"))
    if held:
        note(Announcement.objects.filter(pk__in=[each.pk for each in held]), State.CANCELED, why)
    return held


def note(announcements: models.QuerySet[Announcement], state: str, answer: str = "", **fields: object) -> int:
    """Move announcements to a state, with its moment and the receiver's answer in their history; returns how many.

    The query names the states from which they may move: one guarded UPDATE, so two workers cannot both win.
    """
    if state != State.SENDING:
        fields["lease_ends_at"] = None
    if answer:
        fields["answer"] = answer
    history = Func("history", Value([_entry(state, answer)], models.JSONField()), template="(%(expressions)s)",
                   arg_joiner=" || ", output_field=models.JSONField())  # fmt: skip
    return announcements.update(state=state, changed_at=timezone.now(), history=history, **fields)


def _last_entries(sign_ons: Iterable[SignOn]) -> dict[int, int]:
    entries = LedgerEntry.objects.filter(sign_on__in=sign_ons).order_by()
    return dict(entries.values_list("sign_on").annotate(Max("number")))


def _of_interest(webhook: Webhook, sign_ons: Iterable[SignOn]) -> list[SignOn]:
    only = {statement.pk for statement in webhook.statements.all()}
    return [sign_on for sign_on in sign_ons if not only or sign_on.statement_id in only]


def _entry(state: str, answer: str) -> list[str]:
    return [state, timezone.now().isoformat(timespec="milliseconds"), answer]
