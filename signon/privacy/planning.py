"""What an erasure of an address would take, and what would stay and why, in sentences. Only reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from signon.mail import addresses
from signon.models import Seat, SignOn, Suppression
from signon.people import seats
from signon.privacy import erasing, held

State = SignOn.State


@dataclass(frozen=True)
class Plan:
    """What goes, as [title, number]; which sign-ons go, what stays and what follows from it, in sentences."""

    goes: list[tuple[str, int]]
    sign_ons: list[str]
    stays: list[str]
    follows: list[str]


def plan(address: str) -> Plan:
    """In the active language."""
    goes = []
    for each, rows in held.of(address):
        number = rows.count()
        if number and each.model not in (Suppression, SignOn):
            goes.append((str(each.title), number))
    own = list(held.sign_ons(address).select_related("statement", "organization", "text"))
    return Plan(
        goes,
        sign_ons=[_goes(each) for each in own if not erasing.stays(each)],
        stays=list(_stays(address, own)),
        follows=list(_follows(address)),
    )


def _goes(sign_on: SignOn) -> str:
    told = {"name": sign_on.listed_name or sign_on.name_as_typed, "title": sign_on.text.title}
    if sign_on.state == State.ACCEPTED and sign_on.is_individual:
        return _("Your signature to “%(title)s”: it is withdrawn, and your name leaves the list.") % told
    if sign_on.state == State.ACCEPTED:
        return _(
            "The sign-on of %(name)s to “%(title)s”: it is withdrawn, because it is not listed by name and nobody else "
            "acts for the organization."
        ) % told  # fmt: skip
    if sign_on.state in (State.UNCONFIRMED, State.CONFIRMED):
        return _("The sign-on of %(name)s to “%(title)s”: it was not accepted yet, and is withdrawn.") % told
    return _("What is left of an earlier sign-on to “%(title)s”, which does not count any more.") % told


def _stays(address: str, own: list[SignOn]) -> Iterator[str]:
    for each in own:
        told = {"organization": each.listed_name, "title": each.text.title}
        match erasing.why_it_stays(each):
            case "listed":
                yield _(
                    "%(organization)s stays in the list of signatories of “%(title)s”: the organization signed it, and "
                    "agreed to be listed by name. Your name, position and address go."
                ) % told  # fmt: skip
            case "others":
                yield _(
                    "The sign-on of %(organization)s to “%(title)s” stays: somebody else acts for the organization. "
                    "Your name, position and address go."
                ) % told  # fmt: skip
    letters = erasing.delivered(own).count()
    if letters:
        words = ngettext(
            "%(number)s letter that was handed over stays as it was handed over, with the names in it.",
            "%(number)s letters that were handed over stay as they were handed over, with the names in them.",
            letters,
        )
        yield words % {"number": letters}
    opted_out = Suppression.objects.of(addresses.mailbox(address)).exclude(reason=Suppression.Reason.BOUNCED)
    if opted_out.exists():
        yield _("That this mailbox wants no mail stays, or we could not keep to it.")
    if held.accounts(address).filter(is_staff=True).exists():
        yield _("Your staff account, and what was mailed to it, stays. Ask an administrator to close it.")
    yield _("That something was signed, decided, mailed and erased, and when: in codes, without names.")


def _follows(address: str) -> Iterator[str]:
    """Of organizations that this person acts for: who does afterwards."""
    accounts = held.accounts(address).filter(is_staff=False)
    own = Seat.objects.standing().filter(user__in=accounts).select_related("organization").order_by("pk")
    for seat in own:
        others = seats.of(seat.organization).standing().exclude(Q(user__in=accounts))
        told = {"organization": str(seat.organization)}
        if not others.exists():
            yield _(
                "Nobody acts for %(organization)s here afterwards. Whoever shall do so asks for it in an account of "
                "their own, and our staff decide. If you can, ask a colleague before you erase."
            ) % told  # fmt: skip
        elif seat.is_owner and not others.filter(role=Seat.Role.OWNER).exists():
            yield _(
                "%(organization)s has no owner here afterwards: others act for it, but nobody can add people or change "
                "its profile. If you can, make one of them an owner before you erase."
            ) % told  # fmt: skip
