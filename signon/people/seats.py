"""An organization's people: claim it, invite colleagues, leave, hand over; and sign for it."""

from __future__ import annotations

import json
import secrets
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from campaigns.models import Statement
from signon import mailing, signing
from signon.casework import domains, known
from signon.mail import addresses, limits, sources
from signon.models import ConsentText, LedgerEntry, Message, Organization, Seat, SignOn, User
from signon.models.seat import SeatQuerySet

Kind, Role, State, How = Message.Kind, Seat.Role, Seat.State, Seat.How


class NotAllowed(Exception):
    """Only an owner, or staff, may."""


class Offered(Exception):
    """The address has a seat, or the offer of one."""


class HasSigned(Exception):
    """The organization stands on this statement, or a sign-on of it waits."""


def current(seat: Seat) -> Organization:
    """The organization that the seat is in, also where its entry was found to be another since."""
    return known.path(seat.organization)[-1]


def family(organization: Organization) -> list[int]:
    """The directory's entries that are this organization: itself, and what was merged into it.

    Seats stay where they were taken, so that a merge which is undone takes them along.
    """
    found, newest = [organization.pk], [organization.pk]
    while newest:
        newest = list(Organization.objects.filter(merged_into__in=newest).values_list("pk", flat=True))
        found += newest
    return found


def of(organization: Organization) -> SeatQuerySet:
    """All seats of an organization, under whichever of its entries they were taken."""
    return Seat.objects.filter(organization__in=family(organization))


def best_address(user: User, organization: Organization) -> str:
    """The proved address of somebody that speaks most for the organization: one at its domain, or the main one."""
    own = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "email")
    proved = [address.email for address in own]
    return next((each for each in proved if is_at_its_domain(each, organization)), next(iter(proved), user.email))


def is_at_its_domain(address: str, organization: Organization) -> bool:
    """Whether staff recorded exactly the address's domain for the organization, and it is nobody's in particular."""
    domain = domains.of_address(address)
    if not domain or domains.is_free_mail(domain) or domains.is_disposable(domain):
        return False
    return organization.domains.filter(domain__in=domains.spellings(domain)).exists()


@transaction.atomic
def claim(user: User, organization: Organization, *, name: str = "", words: str = "") -> Seat:
    """Ask to act for an organization. By a proved address at its domain it stands at once; else people decide.

    The first who stands is its owner. Who has a seat, or asked before, gets that one back. A `name` that is given is
    the user's from now on.
    """
    _hold(organization)
    if name:
        user.name = name
        user.save(update_fields=["name"])
    before = of(organization).filter(user=user, state__in=[State.ASKED, State.STANDS]).first()
    if before:
        return before
    address = best_address(user, organization)
    seat = Seat.objects.create(organization=organization, user=user, email=address, state=State.ASKED, words=words)
    if is_at_its_domain(address, organization) and is_proved(user, address):
        _let_stand(seat, How.DOMAIN, by=None)
        _tell_owners(seat, "joined")
    else:
        _tell_owners(seat, "asked")
    return seat


@transaction.atomic
def accept(seat: Seat, *, by: User) -> bool:
    """An owner, or staff who verify, let somebody act for it. Raises NotAllowed."""
    _hold(current(seat))
    return _let_stand(seat, _how(seat, by), by=by)


@transaction.atomic
def decline(seat: Seat, *, by: User, reason: str = "") -> bool:
    """They say no; the reason goes to who asked. Raises NotAllowed."""
    how, now = _how(seat, by), timezone.now()
    if not seat.move(State.DECLINED, how=how, decided_by=by, decided_at=now, ended_at=now, reason=reason):
        return False
    _tell(seat, "declined")
    return True


@transaction.atomic
def leave(seat: Seat) -> bool:
    """Act for it no more, or take a claim back. What was signed stays."""
    return seat.move(State.LEFT, ended_at=timezone.now())


@transaction.atomic
def remove(seat: Seat, *, by: User) -> bool:
    """An owner, or staff, end somebody's seat, or the offer of one. Raises NotAllowed."""
    _how(seat, by)
    had = seat.user
    if not seat.move(State.LEFT, ended_at=timezone.now()):
        return False
    if had is not None:
        _tell(seat, "removed")
    return True


@transaction.atomic
def make_owner(seat: Seat, *, by: User) -> bool:
    """Hand over: another owner beside oneself, who may then leave. Raises NotAllowed."""
    _how(seat, by)
    held = Seat.objects.standing().filter(pk=seat.pk, role=Role.REPRESENTATIVE)
    if held.update(role=Role.OWNER) != 1:
        return False
    seat.refresh_from_db()
    _tell(seat, "owner")
    return True


@transaction.atomic
def invite(organization: Organization, address: str, *, by: User) -> Seat | None:
    """Offer a colleague a seat by mail; None where this mailbox got enough mail. Raises NotAllowed, Offered."""
    _hold(organization)
    if not _owns(by, organization):
        raise NotAllowed
    typed = address.strip().lower()
    if of(organization).filter(email=typed, state__in=[State.STANDS, State.INVITED]).exists():
        raise Offered
    if not limits.may_be_mailed(typed, limits.AT_THE_WAY_IN):
        return None
    seat = Seat.objects.create(organization=organization, email=typed, state=State.INVITED, decided_by=by)
    _compose(seat, "invited", to=typed, language=by.language, person=str(by))
    return seat


@transaction.atomic
def take(seat: Seat, user: User) -> bool:
    """The invited colleague takes the seat; only who proved the address that it was offered to may."""
    _hold(current(seat))
    if not is_proved(user, seat.email):
        return False
    theirs = of(current(seat)).filter(user=user)
    theirs.asked().update(state=State.LEFT, ended_at=timezone.now())
    if theirs.standing().exists():
        return seat.move(State.LEFT, ended_at=timezone.now())
    return seat.move(State.STANDS, user=user, how=How.OWNER, decided_at=timezone.now())


def unsigned(organization: Organization, statements: list[Statement]) -> list[Statement]:
    """Those of the statements on which the organization neither stands nor waits."""
    signed = _signed(organization, statements)
    return [statement for statement in statements if statement.pk not in signed]


@transaction.atomic
def sign(seat: Seat, statement: Statement, *, language: str, digest: str, network: str, updates: bool) -> SignOn:
    """Sign for the organization with what the directory knows; pressing the button was the confirmation.

    The address was proved with the seat, and is mailed at once what was signed in its name. Staff verify it as any
    other. Raises NotAllowed, HasSigned, and what signing.sign raises.
    """
    limits.hold_mailbox(seat.email)
    held = (
        Seat.objects.select_for_update(of=["self"], no_key=True).select_related("organization", "user").get(pk=seat.pk)
    )
    if held.state != State.STANDS or held.user is None or not held.user.is_active:
        raise NotAllowed
    if _signed(current(held), [statement]):
        raise HasSigned
    sign_on = signing.sign(
        statement=statement, language=language, digest=digest, network=network,
        form=ConsentText.Form.SEAT, **typed(held, updates=updates),
    )  # fmt: skip
    if sign_on.state == SignOn.State.UNCONFIRMED:
        signing.confirm(sign_on, version=sign_on.version, how="seat", seat=held.pk, user=held.user.pk)
        mailing.compose(Kind.SIGNED_BY_SEAT, key=f"signed_by_seat:{sign_on.pk}", sign_on=sign_on)
    return sign_on


def typed(seat: Seat, *, updates: bool) -> dict[str, Any]:
    """The sign-on's fields as a seat fills them in: what a person would have typed."""
    organization = current(seat)
    return {
        "signer": SignOn.Signer.ORGANIZATION,
        "organization_name": organization.name,
        "acronym": organization.acronym,
        "country": organization.country,
        "scope": organization.scope,
        "organization_type": organization.organization_type,
        "website": organization.website,
        "representative_name": seat.user.name if seat.user else "",
        "email": addresses.clean(seat.email),
        "authorized": True,
        "consent_publish": True,
        "consent_updates": updates,
        "listing": SignOn.Listing.NAME,
    }


def waiting(organization: Organization) -> list[int]:
    """Sign-ons that were made from its seats and wait for staff; until they decide, none is the organization's."""
    seats = list(of(organization).values_list("pk", flat=True))
    own = LedgerEntry.objects.filter(sign_on__state=SignOn.State.CONFIRMED, facts__how="seat", facts__seat__in=seats)
    return list(own.values_list("sign_on_id", flat=True))


def _signed(organization: Organization, statements: list[Statement]) -> set[int]:
    """The ids of those on which the organization stands, or a sign-on of it waits."""
    own = SignOn.objects.filter(statement__in=[statement.pk for statement in statements])
    stands = Q(organization=organization, state__in=[SignOn.State.CONFIRMED, SignOn.State.ACCEPTED])
    return set(own.filter(stands | Q(pk__in=waiting(organization))).values_list("statement_id", flat=True))


def _let_stand(seat: Seat, how: str, *, by: User | None) -> bool:
    others = of(current(seat)).standing().filter(role=Role.OWNER)
    role = Role.REPRESENTATIVE if others.exists() else Role.OWNER
    if not seat.move(State.STANDS, how=how, decided_by=by, decided_at=timezone.now(), role=role):
        return False
    _tell(seat, "stands")
    return True


def _how(seat: Seat, by: User) -> str:
    if _owns(by, current(seat)):
        return How.OWNER
    if by.has_perm("signon.verify_signon", seat):
        return How.STAFF
    raise NotAllowed


def _owns(user: User, organization: Organization) -> bool:
    return of(organization).standing().filter(user=user, role=Role.OWNER).exists()


def is_proved(user: User, address: str) -> bool:
    """Whether the address is proved to be this account's."""
    return EmailAddress.objects.filter(user=user, email=address.lower(), verified=True).exists()


def _hold(organization: Organization) -> None:
    """Acts on one organization's seats are in turn: of two who claim it at once one is its owner."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)


def _tell(seat: Seat, what: str) -> None:
    if seat.user is not None:
        _compose(seat, what, user=seat.user)


def _tell_owners(seat: Seat, what: str) -> None:
    owners = of(current(seat)).standing().filter(role=Role.OWNER).exclude(pk=seat.pk)
    for owner in sources.hold(owners).select_related("user"):
        _compose(seat, what, user=owner.user, person=f"{seat.user} ({seat.email})")


def _compose(seat: Seat, what: str, **fields: Any) -> None:
    person = fields.pop("person", "")
    body = json.dumps({"seat": seat.pk, "what": what, "person": person})
    mailing.compose(Kind.SEAT, key=f"seat:{seat.pk}:{what}:{secrets.token_hex(8)}", body=body, **fields)
