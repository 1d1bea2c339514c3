"""What an erasure of an address takes and what it leaves: decided here, for the plan that is shown and the act itself.

Why so: docs/decisions/0073-what-an-erasure-leaves.md, and 0087 for accounts with more than one address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from signon.casework import known
from signon.models import LedgerEntry, Message, Organization, OwnAnswer, Seat, SignOn, User
from signon.people import seats
from signon.privacy import held

State = SignOn.State


@dataclass(frozen=True)
class Outcome:
    """Of one address, as it is at this moment."""

    address: str
    # Accounts that end: it is their main address. Those that have it beside another one lose it, and stay.
    people: list[User]
    losing: list[User]
    # Seats that end, offered ones too; and those of accounts that stay, which go on under another of their addresses.
    ending: list[Seat]
    moving: list[Seat]
    # Its sign-ons, in one order of statements; why a signature stays without who gave it ("listed", "others"), by id.
    own: list[SignOn]
    why: dict[int, str]
    # Signatures of who was erased before, that stood because this person acted for the organization; nobody else does.
    alone: list[SignOn]

    def takes(self, model: type[Model], rows: QuerySet[Any]) -> QuerySet[Any]:
        """Of the rows of one table of the register, those that go; an account of staff stays with what hangs on it."""
        if model is Seat:
            return rows.filter(pk__in=[seat.pk for seat in self.ending])
        if model is User:
            return rows.filter(is_staff=False)
        if model in (EmailAddress, UserSession):
            return rows.exclude(user__is_staff=True)
        if model is Message:
            return rows.exclude(user__in=held.accounts(self.address).filter(is_staff=True))
        if model is OwnAnswer:
            return rows.exclude(question__public=True, sign_on__in=[number for number, why in self.why.items() if why])
        return rows


def of(address: str) -> Outcome:
    """What would become of it. Only reads."""
    own_seats = Seat.objects.filter(Q(email__iexact=address) | Q(user__in=held.accounts(address)))
    found = list(own_seats.exclude(user__is_staff=True).select_related("user", "organization").order_by("pk"))
    people = list(held.accounts(address).filter(is_staff=False))
    named = EmailAddress.objects.filter(email__iexact=address).values("user")
    losing = User.objects.filter(pk__in=named).exclude(email__iexact=address).order_by("pk")
    ending = [seat for seat in found if seat.user is None or seat.user in people]
    signed = held.sign_ons(address).select_related("statement", "organization", "text")
    own = list(signed.order_by("statement_id", "pk"))
    why = {each.pk: _why_it_stays(each, address, ending) for each in own}
    moving = [seat for seat in found if seat not in ending]
    alone = _left_alone(own, address, ending)
    return Outcome(address, people, list(losing), ending, moving, own, why, alone)


def organizations(address: str) -> set[int]:
    """The current entries of those that its owner acts for: by a sign-on that staff accepted, or by a seat."""
    signed = held.sign_ons(address).filter(state=State.ACCEPTED, signer=SignOn.Signer.ORGANIZATION)
    acts_for = held.rows_of(Seat, address).filter(state=Seat.State.STANDS)
    entries = [*signed.values("organization"), *acts_for.values("organization")]
    numbers = {each["organization"] for each in entries if each["organization"]}
    return {known.path(each)[-1].pk for each in Organization.objects.filter(pk__in=numbers)}


def _why_it_stays(sign_on: SignOn, address: str, ending: list[Seat]) -> str:
    """An organization's signature is its own act: it has agreed to be listed by name, or somebody else acts for it."""
    if sign_on.state != State.ACCEPTED or sign_on.is_individual or sign_on.organization is None:
        return ""
    if sign_on.consent_publish and sign_on.listing == SignOn.Listing.NAME:
        return "listed"
    current = known.path(sign_on.organization)[-1]
    if seats.of(current).standing().exclude(pk__in=[seat.pk for seat in ending]).exists():
        return "others"
    signed = SignOn.objects.filter(organization__in=seats.family(current), state=State.ACCEPTED).exclude(email="")
    return "others" if signed.exclude(pk__in=held.sign_ons(address).values("pk")).exists() else ""


def _left_alone(own: list[SignOn], address: str, ending: list[Seat]) -> list[SignOn]:
    """Not those whose contacts went with their time, nor those that never had any: only who was erased left one so."""
    entries = Organization.objects.filter(pk__in=organizations(address))
    family = [number for each in entries for number in seats.family(each)]
    erased = LedgerEntry.objects.filter(sign_on=OuterRef("pk"), act=LedgerEntry.Act.ERASED)
    left = SignOn.objects.filter(organization__in=family, state=State.ACCEPTED, email="").filter(Exists(erased))
    left = left.exclude(pk__in=[each.pk for each in own]).select_related("statement", "organization", "text")
    return [each for each in left.order_by("statement_id", "pk") if not _why_it_stays(each, address, ending)]
