"""What staff do with a confirmed sign-on: accept, decline, take a decision back."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.text import slugify

from signon import mailing, names
from signon.models import Counter, LedgerEntry, Message, Organization, SignOn, User

State, Act = SignOn.State, LedgerEntry.Act

# A decision's mail falls due after this time; taking the decision back cancels it.
TIME_TO_THINK_AGAIN = timedelta(minutes=10)
STAND_ONCE = {"an_organization_stands_once", "an_individual_stands_once"}


class CannotDecide(Exception):
    """Somebody else was faster, or the sign-on is not in a state from which this act leads."""


class StandsAlready(Exception):
    """The organization (or the individual's address) is a signatory of this statement already."""

    def __init__(self, sign_on: SignOn, standing: SignOn | None = None) -> None:
        super().__init__(str(sign_on))
        self.sign_on, self.standing = sign_on, standing


def accept(sign_on: SignOn, *, by: User, reason: str = "", organization: Organization | None = None) -> None:
    """List and count a confirmed sign-on, and make or find its organization in the directory.

    Without `organization` it is the one in the directory with the same name (compared by search key) and place, else
    a new one. Raises CannotDecide, or StandsAlready when it would stand twice on the statement; then nothing changed.
    """
    entry = organization
    try:
        with transaction.atomic():
            hold_directory()
            if entry is None and not sign_on.is_individual:
                entry = directory_entry(sign_on)
            made = entry is not None and entry.pk is None
            if entry is not None and made:
                entry.save()
            if not sign_on.move_from([State.CONFIRMED], State.ACCEPTED, organization=entry, **_decision(by, reason)):
                raise CannotDecide
            _record(sign_on, Act.ACCEPTED, by, reason, organization=entry and entry.pk, made=made)
            _tell(sign_on, Message.Kind.ACCEPTED)
            Counter.objects.join(sign_on)
    except IntegrityError as error:
        if constraint_of(error) not in STAND_ONCE:
            raise
        raise StandsAlready(sign_on, _standing(sign_on, entry)) from error


def decline(sign_on: SignOn, *, by: User, reason: str) -> None:
    """Refuse a confirmed sign-on; the signer gets `reason` by mail.

    Raises CannotDecide, and ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("A refusal has a reason.")
    with transaction.atomic():
        if not sign_on.move(State.DECLINED, **_decision(by, reason)):
            raise CannotDecide
        _record(sign_on, Act.DECLINED, by, reason)
        _tell(sign_on, Message.Kind.DECLINED)


def reopen(sign_on: SignOn, *, by: User, reason: str = "") -> None:
    """Take a decision back: the sign-on is confirmed again, neither listed nor counted, and its mail is not sent.

    An entry of the directory that this decision made, and nothing else uses, goes with it. Raises CannotDecide.
    """
    with transaction.atomic():
        hold_directory()
        before = SignOn.objects.select_for_update(no_key=True).get(pk=sign_on.pk)
        nobody = {"decided_at": None, "decided_by": None, "decision_reason": "", "organization": None}
        if not sign_on.move_from([State.ACCEPTED, State.DECLINED], State.CONFIRMED, **nobody):
            raise CannotDecide
        mailing.cancel(sign_on, Message.Kind.ACCEPTED, Message.Kind.DECLINED)
        _record(sign_on, Act.REOPENED, by, reason)
        if before.state == State.ACCEPTED:
            _forget_unused(sign_on, before.organization)
            Counter.objects.leave(sign_on)


def hold_directory() -> None:
    """Until the transaction's end nobody else makes or removes an entry of the directory.

    Of two verifiers who accept the same new organization at once, one finds what the other made.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('signon.directory', 0))")


def directory_entry(sign_on: SignOn) -> Organization:
    """The directory's organization of the same name and place, or a new one, not yet saved."""
    key = names.search_key(sign_on.organization_name)
    known = Organization.objects.filter(search_key=key, country=sign_on.country).order_by("pk").first()
    return known or Organization(
        slug=free_slug(sign_on.organization_name),
        name=sign_on.organization_name,
        acronym=sign_on.acronym,
        country=sign_on.country,
        scope=sign_on.scope,
        organization_type=sign_on.organization_type or Organization.Type.OTHER,
        website=sign_on.website,
        search_key=key,
    )


def free_slug(name: str, taken: Container[str] | None = None) -> str:
    """A short name for addresses that no organization has yet; `taken` spares the query to who asks for many."""
    stem = slugify(name, allow_unicode=True)[:100] or "organization"
    if taken is None:
        taken = set(Organization.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in _numbered(stem) if slug not in taken)


def constraint_of(error: IntegrityError) -> str:
    """The name of the database constraint that refused, a sentence; "" where the driver does not say."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


def _numbered(stem: str) -> Iterator[str]:
    yield stem
    number = 2
    while True:
        yield f"{stem}-{number}"
        number += 1


def _decision(by: User, reason: str) -> dict[str, object]:
    return {"decided_at": timezone.now(), "decided_by": by, "decision_reason": reason.strip()}


def _record(sign_on: SignOn, act: str, by: User, reason: str, **facts: object) -> None:
    why = LedgerEntry.salted(sign_on, reason.strip())
    LedgerEntry.objects.append(sign_on, act, by=by, why=why, **facts)


def _tell(sign_on: SignOn, kind: str) -> None:
    latest = sign_on.ledger.order_by("-number").values_list("number", flat=True)[0]
    due = timezone.now() + TIME_TO_THINK_AGAIN
    mailing.compose(kind, key=f"{kind}:{sign_on.pk}:{latest}", sign_on=sign_on, due_at=due)


def _standing(sign_on: SignOn, organization: Organization | None) -> SignOn | None:
    stands = SignOn.objects.public().filter(statement=sign_on.statement_id)
    if sign_on.is_individual:
        return stands.at_address(sign_on.email).filter(signer=SignOn.Signer.INDIVIDUAL).first()
    return stands.filter(organization=organization).first() if organization and organization.pk else None


def _forget_unused(sign_on: SignOn, organization: Organization | None) -> None:
    accepted = sign_on.ledger.filter(act=Act.ACCEPTED).order_by("-number").first()
    made_here = bool(accepted and organization and accepted.facts.get("made"))
    if organization and made_here and not organization.sign_ons.exists():
        organization.delete()
