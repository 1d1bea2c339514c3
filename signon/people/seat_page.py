"""What somebody sees who acts for an organization: what it signed, what waits for it, what it may sign. Only reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.urls import reverse

from campaigns.models import Statement
from campaigns.statement_cards import with_texts
from signon import tokens
from signon.models import Invitation, LedgerEntry, Proposal, Question, Seat, SignOn, User
from signon.people import seats

STANDING = [SignOn.State.CONFIRMED, SignOn.State.ACCEPTED]


@dataclass(frozen=True)
class ToAnswer:
    """A question of staff, or an invitation; `url` is empty where its link went to another address."""

    title: str
    words: str
    url: str = ""


def shown(seat: Seat) -> dict[str, Any]:
    """All that the page is given but its form."""
    organization = seats.current(seat)
    people = seats.of(organization).select_related("user")
    signed = SignOn.objects.filter(organization=organization, state=SignOn.State.ACCEPTED, same_as=None)
    waiting = SignOn.objects.filter(pk__in=seats.waiting(organization))
    open_now = [each for each in with_texts(Statement.objects.public()) if each.takes_sign_ons()]
    own = set(own_sign_ons(seat).values_list("pk", flat=True))
    return {
        "seat": seat,
        "organization": organization,
        "signed": signed.select_related("statement", "text").order_by("-decided_at"),
        "waiting": waiting.select_related("statement", "text"),
        "own": own,
        "questions": _questions(waiting, own),
        "invitations": _invitations(seat),
        "proposal": Proposal.objects.waiting().filter(organization=organization).first(),
        "open": seats.unsigned(organization, open_now),
        "people": people.standing(),
        "asking": people.asked() if seat.is_owner else [],
        "offered": people.invited() if seat.is_owner else [],
    }


def waiting_for(user: User) -> list[SignOn]:
    """Sign-ons that staff still look at: made with somebody's seats, or by the links to their proved addresses."""
    standing = Seat.objects.standing().filter(user=user).select_related("organization")
    found = {pk for seat in standing for pk in seats.waiting(seats.current(seat))}
    for address in EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True):
        waits = SignOn.objects.at_address(address).filter(state=SignOn.State.CONFIRMED)
        found |= set(waits.values_list("pk", flat=True))
    rows = SignOn.objects.filter(pk__in=found).select_related("statement", "text")
    return list(rows.order_by("confirmed_at", "pk"))


def own_sign_ons(seat: Seat) -> QuerySet[SignOn]:
    """Those that were made with this seat and are still its address's: their links are as good as in its mails."""
    made = LedgerEntry.objects.filter(facts__how="seat", facts__seat=seat.pk).values("sign_on")
    return SignOn.objects.at_address(seat.email).filter(pk__in=made, state__in=STANDING)


def _questions(waiting: QuerySet[SignOn], own: set[int]) -> list[ToAnswer]:
    asked = Question.objects.filter(sign_on__in=waiting, answered_at=None, dropped_at=None)
    return [
        ToAnswer(
            each.sign_on.text.title,
            each.words,
            reverse("answer", args=[tokens.make(each.sign_on, tokens.ANSWER)]) if each.sign_on_id in own else "",
        )
        for each in asked.select_related("sign_on__text")
    ]


def _invitations(seat: Seat) -> list[ToAnswer]:
    family = seats.family(seats.current(seat))
    rows = Invitation.objects.filter(organization__in=family, state__in=["waiting", "asks"], erased_at=None)
    rows = rows.select_related("statement").prefetch_related("statement__revisions__texts").order_by("pk")
    open_now = [each for each in rows if each.statement.takes_sign_ons()]
    return [ToAnswer(each.statement.title, "", _way_to_sign(seat, each)) for each in open_now]


def _way_to_sign(seat: Seat, invitation: Invitation) -> str:
    """By the invitation's own link where that was mailed to the seat's address; else by the seat."""
    if invitation.email.lower() == seat.email.lower():
        return reverse("invitation", args=[tokens.make(invitation, tokens.INVITATION)])
    statement = invitation.statement
    return reverse("seat-sign", args=[seat.pk, statement.slug]) if statement.is_reachable else ""
