"""How a decision is carried out: what it changes on the sign-on and in the directory, and how that is taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns.models import Statement
from signon import mailing
from signon.casework import directory, domains
from signon.models import (
    Convener,
    Counter,
    LedgerEntry,
    Membership,
    Message,
    Organization,
    OrganizationDomain,
    OrganizationName,
    SignOn,
    User,
)
from signon.models.sign_on import BEHIND
from signon.naming import name_keys, names
from signon.programs import announcing
from signon.statements import convener_places

State, Act, Kind = SignOn.State, LedgerEntry.Act, Message.Kind

# A decision's mail falls due after this time; taking the decision back cancels it.
TIME_TO_THINK_AGAIN = timedelta(minutes=10)
UNDECIDED: dict[str, Any] = {
    "decided_at": None, "decided_by": None, "decision_reason": "", "refusal": "", "organization": None,
    "convener_place": BEHIND,
}  # fmt: skip
# Their lists stay as they were delivered.
DELIVERED = [Statement.State.DELIVERED, Statement.State.ANSWERED]
_STAND_ONCE = {"an_organization_stands_once", "an_individual_stands_once"}


class CannotDecide(Exception):
    """Somebody else was faster, or the sign-on is not in a state from which this act leads."""


class StandsAlready(Exception):
    """The organization (or the individual's address) is a signatory of this statement already."""

    def __init__(self, sign_on: SignOn, standing: SignOn | None = None) -> None:
        super().__init__(str(sign_on))
        self.sign_on, self.standing = sign_on, standing


def accept(
    sign_on: SignOn,
    *,
    by: User,
    reason: str = "",
    entry: Organization | None = None,
    listed_name: str = "",
    record_domain: bool = False,
    **facts: object,
) -> None:
    """Accept as signon.verifying.accept says, for an entry of the directory or, without one, for a new one.

    The caller's transaction holds the directory. `facts` go to the ledger; where "rule" is among them no person
    decided, and nobody has verified the organization by this.
    """
    if sign_on.statement.state == Statement.State.WITHDRAWN or _is_held(sign_on):
        raise CannotDecide
    name = " ".join(listed_name.split()) or _agreed_name(sign_on) or sign_on.name_as_typed
    try:
        entry = directory.current(entry) if entry and not sign_on.is_individual else None
    except Organization.DoesNotExist as error:
        raise CannotDecide from error
    try:
        with transaction.atomic():
            if not sign_on.is_individual:
                entry, put = _enter(sign_on, entry, name, by, record_domain, verified="rule" not in facts)
                facts |= put
            fields = decided(by, reason) | SignOn.listed_as(name, sign_on.listing)
            if not sign_on.move_from([State.CONFIRMED], State.ACCEPTED, organization=entry, **fields):
                raise CannotDecide
            if name != sign_on.name_as_typed:
                facts["listed"] = LedgerEntry.salted(sign_on, name)
            drop_question(sign_on)
            if convener := convener_places.of_a_new_signatory(sign_on, entry):
                facts["convener"] = convener
            record(sign_on, Act.ACCEPTED, by, reason, organization=entry and entry.pk, **facts)
            tell(sign_on, Kind.ACCEPTED)
            _tell_the_campaign(sign_on)
            announcing.announce(announcing.ACCEPTED, sign_on)
            Counter.objects.join(sign_on)
    except IntegrityError as error:
        if directory.constraint_of(error) not in _STAND_ONCE:
            raise
        raise StandsAlready(sign_on, _standing(sign_on, entry)) from error


def forget(sign_on: SignOn, organization: Organization | None) -> None:
    """Take out of the directory what the last acceptance put there, as far as nothing else uses it."""
    accepted = sign_on.ledger.filter(act=Act.ACCEPTED).order_by("-number").first()
    if accepted is None or organization is None:
        return
    put = accepted.facts
    if "convener" in put:
        Convener.objects.filter(pk=put["convener"], organization=organization).update(organization=None)
    used = organization.sign_ons.exists() or organization.merges.exists() or organization.merges_away.exists()
    used = used or organization.convenes.exists()
    by_hand = (
        organization.other_names.exclude(pk=put.get("name")).exists()
        or organization.domains.exclude(pk=put.get("domain")).exists()
        or organization.distinctions.exists()
        or organization.invitations.exists()
        or organization.seats.exists()
        or organization.memberships_in_networks.exists()
    )
    if put.get("made") and not used and not by_hand:
        organization.delete()
        return
    _forget_name(organization, put.get("name"))
    _forget_domain(organization, put.get("domain"))
    if put.get("verified") or (organization.verified_at and accepted.at <= organization.verified_at):
        verify_again(organization)


def verify_again(organization: Organization) -> None:
    """Say since when an organization is verified after a decision on it was taken back: the first that is left."""
    left = organization.sign_ons.filter(state__in=[State.ACCEPTED, State.WITHDRAWN])
    # An import is nobody's decision on the organization: its ledger has no such entry.
    entries = LedgerEntry.objects.filter(sign_on__in=left.exclude(decided_by=User.objects.rule()), act=Act.ACCEPTED)
    first = entries.order_by("at").values_list("at", flat=True).first()
    Organization.objects.filter(pk=organization.pk).update(verified_at=first)


def list_as(sign_on: SignOn, listed_name: str, *, by: User, after_delivery: bool = False) -> None:
    """Change a signatory's listed name in the caller's transaction and tell the signer; raises CannotDecide.

    Letters stay as they were delivered. After that it changes only where the signer asked for it (`after_delivery`).
    """
    name = " ".join(listed_name.split())
    standing = SignOn.objects.filter(pk=sign_on.pk, state=State.ACCEPTED)
    if not after_delivery:
        standing = standing.exclude(statement__state__in=DELIVERED)
    if not name or not standing.exclude(listed_name=name).update(**SignOn.listed_as(name, sign_on.listing)):
        raise CannotDecide
    sign_on.refresh_from_db()
    record(sign_on, Act.CORRECTED, by, "", listed=LedgerEntry.salted(sign_on, name))
    if sign_on.email:
        tell(sign_on, Kind.CORRECTED)


def hold(sign_on: SignOn) -> SignOn:
    """The sign-on as it is now; until the transaction's end nobody else acts on it."""
    locked = SignOn.objects.select_for_update(of=["self"], no_key=True)
    return locked.select_related("statement").get(pk=sign_on.pk)


def typed_key(sign_on: SignOn) -> str:
    """What Distinction keeps of the name that was typed."""
    return names.search_key(sign_on.organization_name)


def recordable_domain(sign_on: SignOn) -> str:
    """The address's domain, where it may be an organization's own; "" where it is a provider's or anybody's."""
    domain = domains.of_address(sign_on.email)
    return domain if domains.is_somebodys(domain) else ""


def decided(by: User, reason: str) -> dict[str, Any]:
    """A sign-on's fields that say who decided, when and why."""
    return {"decided_at": timezone.now(), "decided_by": by, "decision_reason": reason.strip()}


def drop_question(sign_on: SignOn) -> int:
    """End the open question, and its mail if that has not gone out; returns how many ended: 1 or 0."""
    mailing.cancel(sign_on.messages.filter(kind=Kind.QUESTION))
    return sign_on.questions.filter(answered_at=None, dropped_at=None).update(dropped_at=timezone.now())


def record(sign_on: SignOn, act: str, by: User, reason: str, **facts: object) -> None:
    """Write an act into the ledger; of `reason` a salted digest alone."""
    why = LedgerEntry.salted(sign_on, reason.strip())
    LedgerEntry.objects.append(sign_on, act, by=by, why=why, **facts)


def tell(sign_on: SignOn, kind: str) -> None:
    """Mail the representative what the last entry of the ledger did, in ten minutes."""
    mailing.compose(kind, key=f"{kind}:{sign_on.pk}:{_latest(sign_on)}", sign_on=sign_on, due_at=_in_ten_minutes())


def _tell_the_campaign(sign_on: SignOn) -> None:
    if not sign_on.statement.tells_of_each_accepted:
        return
    people = Membership.objects.filter(campaign=sign_on.statement.campaign_id, user__is_active=True)
    for membership in people.select_related("user"):
        key = f"{Kind.NOTICE}:{sign_on.pk}:{_latest(sign_on)}:{membership.user_id}"
        mailing.compose(Kind.NOTICE, key=key, sign_on=sign_on, user=membership.user, due_at=_in_ten_minutes())


def _enter(
    sign_on: SignOn, entry: Organization | None, name: str, by: User, with_domain: bool, *, verified: bool
) -> tuple[Organization, dict[str, object]]:
    """The organization's entry, and what this put into the directory, as ids for the ledger."""
    put: dict[str, object] = {"made": entry is None}
    if entry is None:
        as_typed = (sign_on.organization_name, sign_on.acronym)
        entry = directory.enter(sign_on, *(as_typed if name == sign_on.name_as_typed else names.split_acronym(name)))
    if typed := directory.know_by(entry, sign_on.organization_name):
        put["name"] = typed
    domain = recordable_domain(sign_on)
    if with_domain and domain:
        put["domain"] = directory.record_domain(entry, domain, by)
    if verified and entry.verified_at is None:
        entry.verified_at = timezone.now()
        entry.save(update_fields=["verified_at"])
        put["verified"] = True
    return entry, put


def _forget_name(organization: Organization, number: int | None) -> None:
    """Take a name back, and what merges made of it, unless another sign-on is under it."""
    name = OrganizationName.objects.filter(pk=number).first() if number else None
    typed = organization.sign_ons.values_list("organization_name", flat=True)
    if name and name.search_key not in {names.search_key(other) for other in typed}:
        same = organization.other_names.filter(pk__in=_passed(organization, "names"), search_key=name.search_key)
        directory.forget_names(organization, list(same.values_list("pk", flat=True)))
        directory.forget_names(name.organization, [name.pk])


def _forget_domain(organization: Organization, number: int | None) -> None:
    """Take a domain back, and what merges made of it."""
    domain = OrganizationDomain.objects.filter(pk=number).first() if number else None
    if domain:
        organization.domains.filter(pk__in=_passed(organization, "domains"), domain=domain.domain).delete()
        domain.delete()
        name_keys.index([organization, domain.organization])


def _passed(organization: Organization, what: str) -> list[int]:
    """Ids of what merges into this organization added to it."""
    return [number for merge in organization.merges.filter(undone_at=None) for number in merge.changed[what]]


def _standing(sign_on: SignOn, organization: Organization | None) -> SignOn | None:
    stands = SignOn.objects.public().filter(statement=sign_on.statement_id)
    if sign_on.is_individual:
        return stands.at_address(sign_on.email).filter(signer=SignOn.Signer.INDIVIDUAL).first()
    return stands.filter(organization=organization).first() if organization and organization.pk else None


def _latest(sign_on: SignOn) -> int:
    return sign_on.ledger.order_by("-number").values_list("number", flat=True)[0]


def _in_ten_minutes() -> Any:
    return timezone.now() + TIME_TO_THINK_AGAIN


def _agreed_name(sign_on: SignOn) -> str:
    """The name that staff agreed to before they decided, "" for none."""
    agreed = sign_on.proposals.filter(kind="listed", state="accepted").order_by("-pk")
    return agreed.values_list("name", flat=True).first() or ""


def _is_held(sign_on: SignOn) -> bool:
    return SignOn.objects.filter(pk=sign_on.pk, hold__isnull=False).exists()
