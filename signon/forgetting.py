"""Contacts around a statement, and how long they are kept: its conveners', late signers', of who vouched, comments."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Case, DateTimeField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from campaigns.models import Statement
from signon import mailing, retention
from signon.models import Comment, Convener, HandEntry, Invitation, LateLink, LedgerEntry, Message
from signon.models.sign_on import new_key

State, Act = Statement.State, LedgerEntry.Act
ERASED = "erased@invalid.invalid"


def forget_contacts() -> int:
    """Blank the contacts of statements whose time is over; returns of how many statements.

    CONTACT_DAYS after closing, or after the last delivery where that is later. What was done stays, in the ledger too;
    links end. Safe to run twice: what is blank is found no more.
    """
    return sum(_forget(statement.pk) for statement in _long_over().filter(_holds_any()).order_by("pk"))


def _long_over() -> QuerySet[Statement]:
    withdrawn = LedgerEntry.objects.filter(statement=OuterRef("pk"), act=Act.RETRACTED).order_by("-number")
    ended = Case(
        When(state=State.WITHDRAWN, then=Coalesce(Subquery(withdrawn.values("at")[:1]), F("closes_at"))),
        default=Greatest(F("closes_at"), Max("letter_packs__delivered_at")),
        output_field=DateTimeField(),
    )
    states = [State.CLOSED, State.DELIVERED, State.ANSWERED, State.WITHDRAWN]
    before = timezone.now() - timedelta(days=settings.CONTACT_DAYS)
    return Statement.objects.filter(state__in=states).annotate(ended=ended).filter(ended__lt=before)


def _holds_any() -> Q:
    """Whether a contact is left: outermost a statement, for `OuterRef`."""
    own = OuterRef("pk")
    return (
        Q(Exists(Convener.objects.filter(statement=own).exclude(email="", contact_name="")))
        | Q(Exists(Comment.objects.filter(convener__statement=own).exclude(words="")))
        | Q(Exists(LateLink.objects.filter(statement=own).exclude(email="")))
        | Q(Exists(HandEntry.objects.filter(sign_on__statement=own, erased_at=None)))
        | Q(Exists(Invitation.objects.filter(statement=own, erased_at=None)))
    )


@transaction.atomic
def _forget(pk: int) -> bool:
    held = Statement.objects.select_for_update(of=["self"], no_key=True).get(pk=pk)
    if not _long_over().filter(pk=pk).exists():
        return False  # opened again since it was found
    erased = {
        "conveners": _conveners(held),
        "comments": Comment.objects.filter(convener__statement=held).exclude(words="").update(words="", answer=""),
        "late_links": _late_links(held),
        "hand_entries": HandEntry.objects.filter(sign_on__statement=held, erased_at=None).update(
            vouched_by="", erased_at=timezone.now()
        ),
        "invitations": retention.forget_invitations(Invitation.objects.filter(statement=held)),
    }
    LedgerEntry.objects.append_to_statement(held, Act.CONTACTS_FORGOTTEN, **erased)
    return True


def _conveners(held: Statement) -> int:
    found = Convener.objects.filter(statement=held).exclude(email="", contact_name="")
    _erase_mail(Message.objects.filter(Q(convener__statement=held) | Q(comment__convener__statement=held)))
    # Each link gets a key of its own, which nobody holds.
    return sum(
        Convener.objects.filter(pk=each).update(email="", contact_name="", link_key=new_key())
        for each in list(found.values_list("pk", flat=True))
    )


def _late_links(held: Statement) -> int:
    found = LateLink.objects.filter(statement=held).exclude(email="")
    _erase_mail(Message.objects.filter(late_link__statement=held))
    return sum(
        LateLink.objects.filter(pk=each).update(name="", email="", link_key=new_key())
        for each in list(found.values_list("pk", flat=True))
    )


def _erase_mail(own: QuerySet[Message]) -> None:
    mailing.note(own.filter(state__in=[*Message.WAITING, Message.State.SENDING]), Message.State.CANCELED)
    own.update(to_address=ERASED, mailbox="")
