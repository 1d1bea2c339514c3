"""What an erasure of an address would take, and what would stay and why, in sentences. Only reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from signon.mail import addresses
from signon.models import Seat, SignOn, Suppression
from signon.people import seats
from signon.privacy import erasing, held, outcomes

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
    outcome = outcomes.of(address)
    goes = []
    for each, rows in held.of(address):
        number = outcome.takes(each.model, rows).count()
        if number and each.model not in (Suppression, SignOn):
            goes.append((str(each.title), number))
    return Plan(
        goes,
        sign_ons=[
            *(_goes(each) for each in outcome.own if not outcome.why[each.pk]),
            *(_goes_too(each) for each in outcome.alone),
        ],
        stays=list(_stays(outcome)),
        follows=list(_follows(outcome)),
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


def _goes_too(sign_on: SignOn) -> str:
    told = {"name": sign_on.listed_name, "title": sign_on.text.title}
    return _(
        "The sign-on of %(name)s to “%(title)s”, whose representative was erased before: it is withdrawn, because it "
        "is not listed by name, and you are the last who acts for the organization."
    ) % told  # fmt: skip


def _stays(outcome: outcomes.Outcome) -> Iterator[str]:
    address, own = outcome.address, outcome.own
    for each in own:
        told = {"organization": each.listed_name, "title": each.text.title}
        match outcome.why[each.pk]:
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
    yield from _accounts_that_lose_it(outcome)
    if held.accounts(address).filter(is_staff=True).exists():
        yield _("Your staff account, and what was mailed to it, stays. Ask an administrator to close it.")
    yield _("That something was signed, decided, mailed and erased, and when: in codes, without names.")


def _accounts_that_lose_it(outcome: outcomes.Outcome) -> Iterator[str]:
    """Whose main address is another: they end by an erasure of that one alone."""
    if any(user.is_staff for user in outcome.losing):
        yield _("The staff account that has this as one more address stays as it is. Ask an administrator.")
    if any(not user.is_staff for user in outcome.losing):
        yield _(
            "The account that has this as one more address stays, with its other addresses; this one is taken from it. "
            "To erase the account, ask for a link to its main address."
        )  # fmt: skip
    for seat in outcome.moving:
        if seat.state == Seat.State.STANDS:
            told = {"organization": str(seat.organization)}
            yield _("An account with other addresses goes on acting for %(organization)s.") % told
    others = EmailAddress.objects.filter(user__in=outcome.people).exclude(email__iexact=outcome.address)
    if others.exists():
        yield _("What is held of the other addresses of your account. Ask for a link to each of them.")


def _follows(outcome: outcomes.Outcome) -> Iterator[str]:
    """Of organizations that this person acts for: who does afterwards."""
    for seat in outcome.ending:
        if seat.state != Seat.State.STANDS:
            continue
        others = seats.of(seats.current(seat)).standing().exclude(user__in=outcome.people)
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
