"""Where a statement's conveners stand in its list: each sign-on of theirs keeps its place, so that lists sort by it."""

from __future__ import annotations

from django.db.models import Q

from signon.casework import directory
from signon.models import Convener, Organization, SignOn
from signon.models.sign_on import BEHIND


def put(statement: int) -> None:
    """Write the places of a statement's signatories anew, as its conveners stand now.

    The caller's transaction holds the directory, so that nobody accepts, merges or orders meanwhile. Who asked to
    stand without a name has no place: it would tell who it is.
    """
    by_organization: dict[int, int] = {}
    by_sign_on: dict[int, int] = {}
    conveners = Convener.objects.standing().filter(statement=statement).select_related("organization")
    for place, convener in enumerate(conveners, start=1):
        if convener.organization is not None:
            by_organization.setdefault(_current(convener.organization).pk, place)
        elif convener.sign_on_id is not None:
            by_sign_on[convener.sign_on_id] = place
    standing = SignOn.objects.filter(statement=statement, state=SignOn.State.ACCEPTED, listing=SignOn.Listing.NAME)
    concerned = Q(convener_place__lt=BEHIND) | Q(organization__in=by_organization) | Q(pk__in=by_sign_on)
    for pk, organization, before in standing.filter(concerned).values_list("pk", "organization_id", "convener_place"):
        place = by_organization.get(organization or 0) or by_sign_on.get(pk) or BEHIND
        if place != before:
            SignOn.objects.filter(pk=pk).update(convener_place=place)


def of_a_new_signatory(sign_on: SignOn, entry: Organization | None) -> int | None:
    """Put a sign-on in its place that is accepted in the caller's transaction, which holds the directory.

    Whoever came by a convener's own link is that convener: its entry in the directory is known from now on. Returns
    the convener's id where this told, None where there is nothing new.
    """
    if not Convener.objects.standing().filter(statement=sign_on.statement_id).exists():
        return None
    learned = None
    by_link = Convener.objects.standing().filter(sign_on=sign_on, organization=None).first()
    if by_link and entry and not Convener.objects.standing().filter(
        statement=sign_on.statement_id, organization=entry
    ).exists():  # fmt: skip
        Convener.objects.filter(pk=by_link.pk).update(organization=entry)
        learned = by_link.pk
    put(sign_on.statement_id)
    return learned


def after_a_merge(*organizations: Organization) -> None:
    """Put anew what statements these organizations convene; the caller holds the directory."""
    convened = Convener.objects.standing().filter(organization__in=_with_merged(organizations))
    for statement in sorted(set(convened.values_list("statement_id", flat=True))):
        put(statement)


def _current(organization: Organization) -> Organization:
    return directory.current(organization) if organization.merged_into_id else organization


def _with_merged(organizations: tuple[Organization, ...]) -> set[int]:
    """Them, and every entry that was merged into one of them, at whatever remove."""
    found = {each.pk for each in organizations}
    while more := set(Organization.objects.filter(merged_into__in=found).values_list("pk", flat=True)) - found:
        found |= more
    return found
