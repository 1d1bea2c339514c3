"""Contacts around a statement and how long they are kept: representatives', conveners', late signers', comments."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import (
    Case as Either,
)
from django.db.models import (
    CharField,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
    When,
)  # fmt: skip
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Greatest
from django.utils import timezone

from campaigns.models import RevisionText, Statement
from signon import mailing, retention
from signon.mail import sources
from signon.models import (
    Case,
    Comment,
    Convener,
    HandEntry,
    Invitation,
    LateLink,
    LedgerEntry,
    LetterPack,
    Message,
    Note,
    OwnAnswer,
    Proposal,
    Question,
    SignOn,
)  # fmt: skip
from signon.models.sign_on import new_key

State, Act = Statement.State, LedgerEntry.Act
NEVER_OPENED = [State.DRAFT, State.CIRCULATING]


def forget_contacts() -> int:
    """Blank the contacts of statements whose time is over; returns of how many statements.

    Statement.contact_days (CONTACT_DAYS where it says none) after closing, or after the last delivery where that is
    later; of what never opened, after the last thing that was done with it. What was done stays, in the ledger too;
    links end. Safe to run twice: what is blank is found no more.
    """
    left = _left(OuterRef("pk")).values()
    any_left = reduce(or_, (Q(Exists(rows)) for rows in left))
    return sum(_forget(statement.pk) for statement in _long_over().filter(any_left).order_by("pk"))


def forget_how_letters_were_delivered() -> int:
    """Blank how a letter was handed over, which may name persons, CONTACT_DAYS after it; returns of how many.

    To whom, when and by whom it was, which is public or on record, stays.
    """
    return (
        LetterPack.objects.filter(delivered_at__lt=_before("statement__"))
        .exclude(delivered_how="")
        .update(delivered_how="")
    )


def _before(way: str = "", at: datetime | None = None) -> Combinable:
    """The moment before which contacts are too old to be kept, for rows from which `way` leads to the statement.

    As it is now, or will be at a moment.
    """
    days = Coalesce(F(f"{way}contact_days"), Value(settings.CONTACT_DAYS))
    kept = ExpressionWrapper(days * Value(timedelta(days=1), DurationField()), DurationField())
    return ExpressionWrapper(Value(at or timezone.now(), DateTimeField()) - kept, DateTimeField())


def due(at: datetime) -> QuerySet[Statement]:
    """The statements whose contacts will be too old at this moment, and that have some."""
    any_left = reduce(or_, (Q(Exists(rows)) for rows in _left(OuterRef("pk")).values()))
    return _long_over(at).filter(any_left)


def _long_over(at: datetime | None = None) -> QuerySet[Statement]:
    withdrawn = LedgerEntry.objects.filter(statement=OuterRef("pk"), act=Act.RETRACTED).order_by("-number")
    ended = Either(
        When(state=State.WITHDRAWN, then=Coalesce(Subquery(withdrawn.values("at")[:1]), F("closes_at"))),
        When(state__in=NEVER_OPENED, then=_last_touched()),
        default=Greatest(F("closes_at"), Max("letter_packs__delivered_at")),
        output_field=DateTimeField(),
    )
    states = [*NEVER_OPENED, State.CLOSED, State.DELIVERED, State.ANSWERED, State.WITHDRAWN]
    return Statement.objects.filter(state__in=states).annotate(ended=ended).filter(ended__lt=_before(at=at))


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
    before = _before("statement__")
    conveners = Convener.objects.filter(statement=statement, created_at__lt=before).exclude(told_at__gte=before)
    comments = Comment.objects.filter(convener__statement=statement, at__lt=_before("convener__statement__"))
    entered = _before("sign_on__statement__")
    return {
        "conveners": conveners.exclude(email="", contact_name=""),
        "comments": comments.exclude(words=""),
        "late_links": LateLink.objects.filter(statement=statement, made_at__lt=before).exclude(email=""),
        "hand_entries": HandEntry.objects.filter(
            sign_on__statement=statement, sign_on__created_at__lt=entered, erased_at=None
        ),
        "invitations": Invitation.objects.filter(statement=statement, erased_at=None),
        "representatives": _named(SignOn.objects.filter(statement=statement, created_at__lt=before)),
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
        "representatives": _representatives(left["representatives"]),
    }
    LedgerEntry.objects.append_to_statement(held, Act.CONTACTS_FORGOTTEN, **erased)
    return True


def _named(sign_ons: QuerySet[SignOn]) -> QuerySet[SignOn]:
    """Of those the ones that still tell who signed, or what was written about them. What waits ends by itself."""
    of_organizations = Q(signer=SignOn.Signer.ORGANIZATION) & ~Q(representative_name="", representative_title="")
    kept = (
        ~Q(email="") | of_organizations | ~Q(withdrawal_reason="") | ~Q(decision_reason__in=["", SignOn.REASON_ERASED])
    )
    return sign_ons.exclude(state=SignOn.State.UNCONFIRMED).filter(kept)


def _representatives(found: QuerySet[SignOn]) -> int:
    """Blank who signed; the signature stays: the organization's name, or that of an individual who is listed.

    Their links end, and nothing leads from the ledger's digests back to the words.
    """
    numbers = [each.pk for each in sources.hold(found)]
    own = SignOn.objects.filter(pk__in=numbers)
    mailing.forget(Message.objects.filter(sign_on__in=numbers))
    Note.objects.filter(sign_on__in=numbers).delete()
    Question.objects.filter(sign_on__in=numbers).delete()
    Proposal.objects.filter(sign_on__in=numbers).delete()
    OwnAnswer.objects.filter(sign_on__in=numbers, question__public=False).delete()
    Case.objects.filter(sign_on__in=numbers).update(findings=[], codes=[])
    anew = Cast(Func(function="gen_random_uuid", output_field=UUIDField()), CharField())
    blank: dict[str, Any] = dict.fromkeys(["representative_title", "email", "network", "withdrawal_reason"], "")
    because = Either(When(refusal="other", then=Value(SignOn.REASON_ERASED)), default=Value(""))
    own.update(**blank, decision_reason=because, link_key=anew, ledger_salt=anew)
    own.filter(signer=SignOn.Signer.ORGANIZATION).update(representative_name="")
    unlisted = own.filter(signer=SignOn.Signer.INDIVIDUAL).exclude(state=SignOn.State.ACCEPTED)
    unlisted.update(representative_name="", affiliation="", listed_name="", search_key="", sort_key="")
    return len(numbers)


def _conveners(found: QuerySet[Convener]) -> int:
    numbers = [each.pk for each in sources.hold(found)]
    mailing.forget(Message.objects.filter(Q(convener__in=numbers) | Q(comment__convener__in=numbers)))
    # Each link gets a key of its own, which nobody holds.
    return sum(
        Convener.objects.filter(pk=each).update(email="", contact_name="", link_key=new_key()) for each in numbers
    )


def _late_links(found: QuerySet[LateLink]) -> int:
    numbers = [each.pk for each in sources.hold(found)]
    mailing.forget(Message.objects.filter(late_link__in=numbers))
    return sum(LateLink.objects.filter(pk=each).update(name="", email="", link_key=new_key()) for each in numbers)
