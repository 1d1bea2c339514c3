"""What organizers do with invitations: mail them, remind, tell of a new deadline, share who looks after which.

Mails are composed in chunks by a worker, each under a key of invitation and occasion. Whoever opted out, complained,
bounced or unsubscribed is mailed nothing, whatever staff press.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from campaigns.models import Statement
from signon import mailing
from signon.mail import sources, waking
from signon.models import Invitation, InvitationNote, InvitationWords, Inviting, Message, Suppression, User
from signon.models.contact_field import MailboxKey
from signon.models.sign_on import new_key

State, Kind = Invitation.State, Message.Kind
CHUNK = 500
# Between two mails that ask the same organization.
APART = timedelta(days=3)


class Taken(Exception):
    """This address, or this organization, is invited to the statement already."""


def hold(statement: Statement) -> None:
    """Until the transaction's end nobody else sends, or readdresses, invitations of this statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"invitations:{statement.pk}"])


def with_mailbox(invitations: QuerySet[Invitation]) -> Any:
    """Each with its `mailbox`, what tells addresses.mailbox apart, and `is_barred`: nothing that asks goes there."""
    barred = Suppression.objects.filter(mailbox=OuterRef("mailbox"), lifted_at=None)
    return invitations.annotate(mailbox=MailboxKey("email")).annotate(is_barred=Exists(barred))


def advance() -> bool:
    """Compose the next chunk of invitations that are to be mailed; returns whether more may wait."""
    _see_what_was_given_up()
    now = timezone.now()
    with transaction.atomic():
        # An erasure that holds one of them takes it: it is skipped, and found no more.
        rows = Invitation.objects.select_for_update(of=["self"], skip_locked=True, no_key=True)
        due = rows.filter(_may_be_signed(now), state=State.WAITING, mail_wanted_at__lte=now).order_by("pk")
        chunk = list(due.select_related("statement")[:CHUNK])
        mailed = _numbers(chunk, Kind.INVITATION)
        mailing.queue([_message(Kind.INVITATION, each, mailed.get(each.pk, 0)) for each in chunk])
        own = Invitation.objects.filter(pk__in=[each.pk for each in chunk])
        own.update(mail_wanted_at=None, invited_at=now)
    return bool(chunk)


def remindable(statement: Statement, now: datetime | None = None) -> QuerySet[Invitation]:
    """Who has not answered and may be reminded now: twice at most, days apart, and no address that wants no mail."""
    now = now or timezone.now()
    asked = statement.invitations.filter(_may_be_signed(now), state=State.WAITING, invited_at__lt=now - APART)
    again = Q(reminded_at=None) | Q(reminded_at__lt=now - APART)
    asked = asked.filter(again, reminders__lt=Invitation.MOST_REMINDERS, mail_wanted_at=None).exclude(email="")
    # Who signed under the link in another name has answered: staff decide what.
    asked = asked.exclude(perhaps__isnull=False, perhaps=F("sign_on")).exclude(_is_unsent())
    found: QuerySet[Invitation] = with_mailbox(asked).filter(is_barred=False)
    return found


def remind(statement: Statement, invitations: Collection[int] | None = None, *, since: datetime | None = None) -> int:
    """Compose a reminder to those of `invitations` (all without) that may have one; returns how many.

    `since`: only who was not reminded since then. Each row is held while it is counted and its mail composed: two
    workers, or two who press the button at once, remind it once.
    """
    now, number = timezone.now(), 0
    found = remindable(statement, now)
    if invitations is not None:
        found = found.filter(pk__in=list(invitations))
    if since is not None:
        found = found.filter(Q(reminded_at=None) | Q(reminded_at__lt=since))
    wanted = list(found.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(wanted), CHUNK):
        with transaction.atomic():
            rows = Invitation.objects.select_for_update(of=["self"], skip_locked=True, no_key=True)
            # As it is now, behind the lock: another may have reminded it since it was found.
            again = Q(reminded_at=None) | Q(reminded_at__lt=now - APART)
            still = rows.filter(again, pk__in=wanted[start : start + CHUNK], state=State.WAITING)
            chunk = list(still.filter(reminders__lt=Invitation.MOST_REMINDERS).select_related("statement"))
            mailing.queue([_message(Kind.INVITATION_REMINDER, each, each.reminders + 1) for each in chunk])
            own = Invitation.objects.filter(pk__in=[each.pk for each in chunk])
            number += own.update(reminders=F("reminders") + 1, reminded_at=now)
    return number


def unsent(statement: Statement) -> QuerySet[Invitation]:
    """Whose invitation was composed and canceled before it went out, as when the statement closed meanwhile."""
    waiting = statement.invitations.filter(_is_unsent(), state=State.WAITING, mail_wanted_at=None).exclude(email="")
    found: QuerySet[Invitation] = with_mailbox(waiting).filter(is_barred=False)
    return found


def send_unsent(statement: Statement) -> int:
    """Let a worker mail those after all, while the statement takes sign-ons; returns how many."""
    with transaction.atomic():
        hold(statement)
        found = list(unsent(statement).filter(_may_be_signed(timezone.now())).values_list("pk", flat=True))
        own = Invitation.objects.filter(pk__in=found, state=State.WAITING, mail_wanted_at=None)
        number = own.update(mail_wanted_at=timezone.now())
        transaction.on_commit(lambda: waking.wake("mailings"))
    return number


def remind_due() -> int:
    """Remind where a statement's days before its deadline have come, once for this; returns how many were reminded."""
    now = timezone.now()
    number = 0
    rules = Inviting.objects.exclude(remind_before=None).filter(
        statement__state=Statement.State.OPEN, statement__closes_at__gt=now
    )
    for rule in rules.select_related("statement"):
        assert rule.statement.closes_at is not None  # noqa: S101  # the query says so
        since = rule.statement.closes_at - timedelta(days=rule.remind_before or 0)
        if now >= since:
            number += remind(rule.statement, since=since)
    return number


@transaction.atomic
def tell_of_new_deadline(statement: Statement) -> int:
    """Compose, for all who were invited and have not answered, that the deadline is another now; returns how many.

    Once for each deadline, however often it is called: in the transaction that moves it, or after it.
    """
    if statement.closes_at is None:
        return 0
    occasion = f"{int(statement.closes_at.timestamp())}-{statement.ledger.count()}"
    asked = sources.hold(told_of_new_deadline(statement))
    return len(mailing.queue([_message(Kind.DEADLINE_MOVED_INVITED, each, occasion) for each in asked]))


def told_of_new_deadline(statement: Statement) -> QuerySet[Invitation]:
    """Who was invited and has not answered: not who said no and then asked, nor who never got the invitation."""
    asked = statement.invitations.filter(state__in=[State.WAITING, State.ASKS], before_asking="", mail_wanted_at=None)
    asked = asked.exclude(email="").exclude(invited_at=None).exclude(_is_unsent())
    asked = asked.exclude(perhaps__isnull=False, perhaps=F("sign_on"))
    found: QuerySet[Invitation] = with_mailbox(asked).filter(is_barred=False)
    return found


def assign(invitations: QuerySet[Invitation], *, to: User | None) -> int:
    """Say who of the staff looks after them ("who calls whom"); returns how many."""
    return invitations.update(looked_after_by=to)


def remove(invitations: QuerySet[Invitation]) -> int:
    """Take off the list what was never mailed; who was asked stays, with what came of it. Returns how many went."""
    gone = invitations.filter(invited_at=None).filter(Q(state=State.PLANNED) | Q(state=State.WAITING))
    return gone.delete()[1].get("signon.Invitation", 0)


def note(invitation: Invitation, *, by: User, words: str) -> None:
    """Write something for colleagues beside an invitation."""
    InvitationNote.objects.create(invitation=invitation, by=by, words=words)


def readdress(invitation: Invitation, *, contact_name: str, email: str, language: str) -> bool:
    """Another contact, or none; returns whether a mail goes out for it.

    Another address ends the link that was mailed to the one before, and is invited anew unless the organization has
    answered. Raises Taken where this address is invited already.
    """
    with transaction.atomic():
        hold(invitation.statement)
        held = Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
        fields: dict[str, Any] = {"contact_name": contact_name, "language": language, "email": email}
        moved = email.lower() != held.email.lower()
        if moved:
            others = held.statement.invitations.sent().exclude(pk=held.pk).filter(email__iexact=email)
            if email and others.exists() and held.state != State.PLANNED:
                raise Taken
            fields["link_key"] = new_key()
            pending = held.messages.filter(kind__in=Message.INVITING, state__in=Message.WAITING)
            mailing.note(pending, Message.State.CANCELED)
        if held.state == State.PLANNED:
            fields["problems"] = [each for each in held.problems if each.get("code") != "no_address"]
        Invitation.objects.filter(pk=held.pk).update(changed_at=timezone.now(), **fields)
        again = moved and bool(email) and held.state in (State.WAITING, State.BOUNCED)
        if held.state == State.BOUNCED and again:
            held.move_from([State.BOUNCED], State.WAITING)
        if held.state == State.WAITING:
            wanted = timezone.now() if again or (email and held.mail_wanted_at) else None
            Invitation.objects.filter(pk=held.pk).update(mail_wanted_at=wanted)
        transaction.on_commit(lambda: waking.wake("mailings"))
    return again


@transaction.atomic
def write(statement: Statement, words: Mapping[str, str], *, remind_before: int | None) -> None:
    """What the mail says in staff's own words in each language, and how many days before the deadline it reminds."""
    for language, own in words.items():
        InvitationWords.objects.update_or_create(statement=statement, language=language, defaults={"words": own})
    Inviting.objects.update_or_create(statement=statement, defaults={"remind_before": remind_before})


def _may_be_signed(now: datetime) -> Q:
    """Of which statements: what statement.takes_sign_ons says, as a query."""
    opened = Q(statement__opens_at=None) | Q(statement__opens_at__lte=now)
    not_closed = Q(statement__closes_at=None) | Q(statement__closes_at__gt=now)
    return Q(statement__state=Statement.State.OPEN) & opened & not_closed


def _is_unsent() -> Q:
    """Its invitation to this address was canceled, and none was sent or waits to be."""
    same = Message.objects.filter(invitation=OuterRef("pk"), kind=Kind.INVITATION, to_address=OuterRef("email"))
    canceled = same.filter(state=Message.State.CANCELED)
    return Q(Exists(canceled)) & ~Q(Exists(same.exclude(state=Message.State.CANCELED)))


def _message(kind: str, invitation: Invitation, occasion: int | str) -> Message:
    return mailing.draft(
        kind,
        key=f"{kind}:{invitation.pk}:{occasion}",
        to=invitation.email,
        language=invitation.language,
        invitation=invitation,
        expires_at=invitation.statement.closes_at,
    )


def _numbers(invitations: list[Invitation], kind: str) -> dict[int, int]:
    """How many mails of a kind each had: another address is invited under another key."""
    had: dict[int, int] = {}
    for pk in Message.objects.filter(invitation__in=invitations, kind=kind).values_list("invitation", flat=True):
        had[pk or 0] = had.get(pk or 0, 0) + 1
    return had


def _see_what_was_given_up() -> int:
    """A mail that the server would not take for good is as one that bounced."""
    dead = Message.objects.filter(
        invitation=OuterRef("pk"), kind__in=Message.INVITING, state=Message.State.DEAD, to_address=OuterRef("email")
    )
    asked = Invitation.objects.filter(state=State.WAITING, invited_at__isnull=False).filter(Exists(dead))
    return asked.update(state=State.BOUNCED, changed_at=timezone.now())
