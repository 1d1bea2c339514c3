"""Contacts around a statement, and how long they are kept: its conveners', late signers', of who vouched, comments."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, DateTimeField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from campaigns.models import RevisionText, Statement
from signon import mailing, retention
from signon.models import Comment, Convener, HandEntry, Invitation, LateLink, LedgerEntry, LetterPack, Message
from signon.models.sign_on import new_key

State, Act = Statement.State, LedgerEntry.Act
ERASED = "erased@invalid.invalid"
NEVER_OPENED = [State.DRAFT, State.CIRCULATING]


def forget_contacts() -> int:
    """Blank the contacts of statements whose time is over; returns of how many statements.

    CONTACT_DAYS after closing, or after the last delivery where that is later; of what never opened, after the last
    thing that was done with it. What was done stays, in the ledger too; links end. Safe to run twice: what is blank is
    found no more.
    """
    left = _left(OuterRef("pk")).values()
    any_left = reduce(or_, (Q(Exists(rows)) for rows in left))
    return sum(_forget(statement.pk) for statement in _long_over().filter(any_left).order_by("pk"))


def forget_how_letters_were_delivered() -> int:
    """Blank how a letter was handed over, which may name persons, CONTACT_DAYS after it; returns of how many.

    To whom, when and by whom it was, which is public or on record, stays.
    """
    return LetterPack.objects.filter(delivered_at__lt=_before()).exclude(delivered_how="").update(delivered_how="")


def _before() -> datetime:
    return timezone.now() - timedelta(days=settings.CONTACT_DAYS)


def _long_over() -> QuerySet[Statement]:
    withdrawn = LedgerEntry.objects.filter(statement=OuterRef("pk"), act=Act.RETRACTED).order_by("-number")
    ended = Case(
        When(state=State.WITHDRAWN, then=Coalesce(Subquery(withdrawn.values("at")[:1]), F("closes_at"))),
        When(state__in=NEVER_OPENED, then=_last_touched()),
        default=Greatest(F("closes_at"), Max("letter_packs__delivered_at")),
        output_field=DateTimeField(),
    )
    states = [*NEVER_OPENED, State.CLOSED, State.DELIVERED, State.ANSWERED, State.WITHDRAWN]
    return Statement.objects.filter(state__in=states).annotate(ended=ended).filter(ended__lt=_before())


def _last_touched() -> Greatest:
    """When something was last done with a statement that never opened; a deadline that lies ahead counts as done then.

    Outermost a statement, for `OuterRef`.
    """
    own = OuterRef("pk")
    newest = [
        LedgerEntry.objects.filter(statement=own).order_by("-at").values("at"),
        RevisionText.objects.filter(revision__statement=own).order_by("-created_at").values("created_at"),
        Comment.objects.filter(convener__statement=own).order_by("-at").values("at"),
        Invitation.objects.filter(statement=own).order_by("-changed_at").values("changed_at"),
    ]
    return Greatest(F("created_at"), F("closes_at"), *(Subquery(rows[:1]) for rows in newest))


def _left(statement: Statement | OuterRef) -> dict[str, QuerySet[Any]]:
    """What is left of contacts, by the words of the ledger; none that came later than CONTACT_DAYS ago.

    So a link that is made for a statement closed long ago has its time too.
    """
    before = _before()
    conveners = Convener.objects.filter(statement=statement, created_at__lt=before).exclude(told_at__gte=before)
    return {
        "conveners": conveners.exclude(email="", contact_name=""),
        "comments": Comment.objects.filter(convener__statement=statement, at__lt=before).exclude(words=""),
        "late_links": LateLink.objects.filter(statement=statement, made_at__lt=before).exclude(email=""),
        "hand_entries": HandEntry.objects.filter(
            sign_on__statement=statement, sign_on__created_at__lt=before, erased_at=None
        ),
        "invitations": Invitation.objects.filter(statement=statement, erased_at=None),
    }


@transaction.atomic
def _forget(pk: int) -> bool:
    held = Statement.objects.select_for_update(of=["self"], no_key=True).get(pk=pk)
    if not _long_over().filter(pk=pk).exists():
        return False  # opened again since it was found
    left = _left(held)
    erased = {
        "conveners": _conveners(left["conveners"]),
        "comments": left["comments"].update(words="", answer=""),
        "late_links": _late_links(left["late_links"]),
        "hand_entries": left["hand_entries"].update(vouched_by="", erased_at=timezone.now()),
        "invitations": retention.forget_invitations(Invitation.objects.filter(statement=held)),
    }
    LedgerEntry.objects.append_to_statement(held, Act.CONTACTS_FORGOTTEN, **erased)
    return True


def _conveners(found: QuerySet[Convener]) -> int:
    numbers = list(found.values_list("pk", flat=True))
    _erase_mail(Message.objects.filter(Q(convener__in=numbers) | Q(comment__convener__in=numbers)))
    # Each link gets a key of its own, which nobody holds.
    return sum(
        Convener.objects.filter(pk=each).update(email="", contact_name="", link_key=new_key()) for each in numbers
    )


def _late_links(found: QuerySet[LateLink]) -> int:
    numbers = list(found.values_list("pk", flat=True))
    _erase_mail(Message.objects.filter(late_link__in=numbers))
    return sum(LateLink.objects.filter(pk=each).update(name="", email="", link_key=new_key()) for each in numbers)


def _erase_mail(own: QuerySet[Message]) -> None:
    mailing.note(own.filter(state__in=[*Message.WAITING, Message.State.SENDING]), Message.State.CANCELED)
    own.update(to_address=ERASED, mailbox="")
