"""Writing to many signers of a statement: who gets it, its words, and starting, composing, pausing, stopping it.

Messages are composed in chunks by the worker, each under a key of mailing and mailbox: nobody gets one twice, however
often a chunk is composed.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.utils import timezone

from signon import mailing
from signon.mail import sources, waking
from signon.mail.relevance import TRUE_OF
from signon.models import Mailing, Message, SignOn, Suppression, User
from signon.models.contact_field import AddressKey, MailboxKey
from signon.privacy import contact_keys

State, MessageState = Mailing.State, Message.State
CHUNK = 1000


class CannotSend(Exception):
    """It has no words, nobody to go to, not as many as somebody saw, or is in no state from which this leads.

    `reason` is "no_words", "no_readers", "changed" or "state".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Progress:
    """How far a mailing has come: of `recipients`, what became of their messages."""

    recipients: int
    composed: int
    sent: int
    waiting: int
    failed: int
    left_out: int

    @property
    def percent(self) -> int:
        done = self.sent + self.failed + self.left_out
        return 100 * done // self.recipients if self.recipients else 0


def audience(chosen: Mailing) -> Any:
    """The sign-ons that a mailing goes to, each with its `mailbox`; one mailbox may stand there more than once.

    Without addresses that bounced, complained, unsubscribed or were barred by staff. Who wants no invitations and
    signed all the same is written to like others.
    """
    found = _chosen(chosen).exclude(email="").exclude(mailbox__in=_asked_already(chosen))
    if chosen.needs_consent:
        found = found.filter(consent_updates=True)
    return found.exclude(mailbox__in=_barred(chosen).values(key=AddressKey("mailbox")))


def left_out(chosen: Mailing) -> list[tuple[str, int]]:
    """Of the sign-ons that were chosen, how many it does not reach for which reason, none of them counted twice.

    "chosen" (all of them), "no_address", "asked", "no_consent", then a Suppression's reasons. Six queries.
    """
    found = _chosen(chosen)
    told = [("chosen", found.count()), ("no_address", found.filter(email="").count())]
    found = found.exclude(email="")
    if chosen.kind == Mailing.Kind.REAFFIRM:
        told.append(("asked", asked_already(chosen)))
        found = found.exclude(mailbox__in=_asked_already(chosen))
    if chosen.needs_consent:
        told.append(("no_consent", found.filter(consent_updates=False).count()))
        found = found.filter(consent_updates=True)
    against: dict[str, str] = {}
    for mailbox, reason in _barred(chosen).order_by("pk").values_list("mailbox", "reason"):
        for form in contact_keys.forms(mailbox):
            against.setdefault(form, reason)
    told += [(against[each], 1) for each in found.filter(mailbox__in=against).values_list("mailbox", flat=True)]
    summed: dict[str, int] = {}
    for reason, number in told:
        summed[reason] = summed.get(reason, 0) + number
    return [(reason, number) for reason, number in summed.items() if number or reason == "chosen"]


def asked_already(chosen: Mailing) -> int:
    """How many of the sign-ons that were chosen it leaves out, for another mailing asked them the same."""
    return _chosen(chosen).exclude(email="").filter(mailbox__in=_asked_already(chosen)).count()


def _asked_already(chosen: Mailing) -> Any:
    """The mailboxes that another mailing asked to re-affirm this very text; of other kinds none."""
    newest = chosen.statement.revision
    if chosen.kind != Mailing.Kind.REAFFIRM or newest is None:
        return []
    asked = Message.objects.filter(
        kind=Mailing.Kind.REAFFIRM, mailing__statement=chosen.statement_id, user=None, created_at__gte=newest.created_at
    )
    not_asked = [MessageState.CANCELED, MessageState.SUPPRESSED, MessageState.DEAD]
    return asked.exclude(mailing=chosen.pk).exclude(state__in=not_asked).values("mailbox")


def _chosen(chosen: Mailing) -> Any:
    """Whose sign-ons it is about, each with its `mailbox`: what tells signon.mail.addresses.mailbox apart."""
    states = set(chosen.sign_on_states) & set(TRUE_OF[chosen.kind])
    found = SignOn.objects.filter(statement=chosen.statement_id, state__in=states)
    if chosen.countries:
        found = found.filter(country__in=chosen.countries)
    if chosen.kind == Mailing.Kind.REAFFIRM and (newest := chosen.statement.revision):
        found = found.exclude(text__revision=newest)
    if chosen.started_at:
        found = found.filter(created_at__lte=chosen.started_at)
    return found.annotate(mailbox=MailboxKey("email"))


def _barred(chosen: Mailing) -> QuerySet[Suppression]:
    """What stands against it: no opting out of invitations; of what is about one's own signature, no unsubscribing."""
    reasons = {Suppression.Reason.OPTED_OUT}
    if chosen.kind in Message.TRANSACTIONAL:
        reasons.add(Suppression.Reason.UNSUBSCRIBED)
    return Suppression.objects.filter(lifted_at=None).exclude(reason__in=reasons)


def count(chosen: Mailing) -> int:
    """To how many mailboxes it goes."""
    return audience(chosen).aggregate(number=Count("mailbox", distinct=True))["number"]


def has_words(chosen: Mailing) -> bool:
    """Whether there is a subject and a text in each language that was begun; other kinds bring words of their own."""
    texts = list(chosen.texts.all())
    return chosen.kind != Mailing.Kind.UPDATE or (bool(texts) and all(text.subject and text.body for text in texts))


def by_language(chosen: Mailing) -> dict[str, int]:
    """To how many mailboxes in each language it goes; who signed in two languages gets it in that of the first."""
    first = audience(chosen).order_by("mailbox", "pk").distinct("mailbox")
    found: dict[str, int] = {}
    for sign_on in first.only("language").iterator():
        found[sign_on.language] = found.get(sign_on.language, 0) + 1
    return found


@transaction.atomic
def keep(draft: Mailing, words: Mapping[str, tuple[str, str]]) -> None:
    """Save who a draft goes to, and its subject and text in each language; where both are empty, there are none in it.

    Raises CannotSend once it was started.
    """
    if draft.pk and not Mailing.objects.select_for_update(no_key=True).filter(pk=draft.pk, state=State.DRAFT):
        raise CannotSend("state")
    draft.save()
    for language, (subject, body) in words.items():
        if subject or body:
            draft.texts.update_or_create(language=language, defaults={"subject": subject, "body": body})
        else:
            draft.texts.filter(language=language).delete()


@transaction.atomic
def start(chosen: Mailing, *, seen: int | None = None) -> int:
    """Begin to send; returns to how many. Raises CannotSend, also where it is not `seen`, what somebody saw before."""
    # As it is now, and held: nobody writes another one meanwhile than is counted here.
    chosen.refresh_from_db(from_queryset=Mailing.objects.select_for_update(no_key=True))
    recipients = count(chosen)
    if seen not in (None, recipients):
        raise CannotSend("changed")
    if not has_words(chosen):
        raise CannotSend("no_words")
    if not recipients:
        raise CannotSend("no_readers")
    if not chosen.move_from([State.DRAFT], State.SENDING, started_at=timezone.now(), recipients=recipients):
        raise CannotSend("state")
    transaction.on_commit(lambda: waking.wake("mailings"))
    return recipients


@transaction.atomic
def pause(chosen: Mailing) -> None:
    """Hold what is not sent yet; raises CannotSend."""
    if not chosen.move(State.PAUSED):
        raise CannotSend("state")
    _hold(chosen)


@transaction.atomic
def resume(chosen: Mailing) -> None:
    """Go on with what was held; raises CannotSend."""
    if not chosen.move_from([State.PAUSED], State.SENDING):
        raise CannotSend("state")
    _waiting(chosen).filter(due_at=None).update(due_at=timezone.now())
    transaction.on_commit(lambda: waking.wake("mailings"))
    transaction.on_commit(lambda: waking.wake("bulk"))


@transaction.atomic
def stop(chosen: Mailing) -> None:
    """End it for good: what is not sent yet is canceled; raises CannotSend."""
    if not chosen.move(State.STOPPED, ended_at=timezone.now()):
        raise CannotSend("state")
    mailing.note(_waiting(chosen), MessageState.CANCELED)


def send_test(chosen: Mailing, *, user: User, language: str) -> None:
    """Send it to a member of staff alone, as a reader of this language gets it. Raises CannotSend without words."""
    if not has_words(chosen):
        raise CannotSend("no_words")
    key = f"mailing-test:{chosen.pk}:{user.pk}:{secrets.token_hex(4)}"
    mailing.compose(chosen.kind, key=key, user=user, language=language, mailing=chosen)


def advance() -> bool:
    """Compose the next chunk of each mailing on its way, and end those that are through; returns whether more waits."""
    _hold_again()
    return sum(map(_compose_chunk, _on_their_way())) > 0


def progress(chosen: Mailing) -> Progress:
    """Counts of this moment."""
    own = _own(chosen).values_list("state").annotate(number=Count("pk"))
    states = dict(own.order_by())
    counted: dict[str, list[str]] = {
        "sent": [MessageState.SENT],
        "waiting": [*Message.WAITING, MessageState.SENDING],
        "failed": [MessageState.DEAD, MessageState.BOUNCED],
        "left_out": [MessageState.SUPPRESSED, MessageState.CANCELED],
    }
    numbers = {name: sum(states.get(state, 0) for state in group) for name, group in counted.items()}
    composed = sum(states.values())
    if chosen.state in (State.STOPPED, State.DONE):
        # Nobody composes any more for whom nothing was composed.
        numbers["left_out"] += max(0, chosen.recipients - composed)
    return Progress(recipients=chosen.recipients, composed=composed, **numbers)


def _on_their_way() -> list[int]:
    return list(Mailing.objects.filter(state=State.SENDING).order_by("pk").values_list("pk", flat=True))


def _compose_chunk(pk: int) -> bool:
    """One chunk in one transaction that holds the mailing: who pauses or stops it waits for the chunk's end."""
    with transaction.atomic():
        held = Mailing.objects.select_for_update(of=["self"], skip_locked=True).filter(pk=pk, state=State.SENDING)
        chosen = held.select_related("statement").first()
        if chosen is None:
            return False
        due = sources.hold(audience(chosen).filter(pk__gt=chosen.composed_to))
        chunk = list(due.only("email", "language")[:CHUNK])
        if not chunk:
            if not _waiting(chosen).exists() and not _own(chosen).filter(state=MessageState.SENDING).exists():
                chosen.move(State.DONE, ended_at=timezone.now())
            return False
        written = mailing.queue([_message(chosen, sign_on) for sign_on in chunk])
        Mailing.objects.filter(pk=pk).update(composed=F("composed") + len(written), composed_to=chunk[-1].pk)
    return True


def _message(chosen: Mailing, sign_on: Any) -> Message:
    return mailing.draft(chosen.kind, key=f"mailing:{chosen.pk}:{sign_on.mailbox}", sign_on=sign_on, mailing=chosen)


def _own(chosen: Mailing) -> QuerySet[Message]:
    """Its messages, without tests to staff."""
    return Message.objects.filter(mailing=chosen, user=None)


def _waiting(chosen: Mailing) -> QuerySet[Message]:
    return _own(chosen).filter(state__in=Message.WAITING)


def _hold(chosen: Mailing) -> None:
    _waiting(chosen).update(due_at=None)


def _hold_again() -> None:
    """What was being sent when its mailing was paused, and failed, is held too; what resumed is not."""
    for chosen in Mailing.objects.filter(state=State.PAUSED):
        _hold(chosen)
    # One by one, along the index of a mailing's messages: joined to all mailings, each message was sought among all.
    for chosen in Mailing.objects.filter(state=State.SENDING):
        _waiting(chosen).filter(due_at=None).update(due_at=timezone.now())
    for chosen in Mailing.objects.filter(state=State.STOPPED, messages__state__in=Message.WAITING).distinct():
        mailing.note(_waiting(chosen), MessageState.CANCELED)
