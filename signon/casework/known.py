"""What the directory knows under a sign-on's name and country, and whose a mail domain is. Only reads."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from signon.casework import domains
from signon.models import Distinction, Organization, OrganizationDomain, OrganizationName, SignOn
from signon.naming import names


@dataclass(frozen=True)
class Known:
    """The directory's current entries under a name and country, and the ids that staff told apart from it."""

    key: str
    entries: tuple[Organization, ...] = ()
    apart: frozenset[int] = frozenset()

    @property
    def organization(self) -> Organization | None:
        """The one entry; of several, the first whose own name it is."""
        own = [entry for entry in self.entries if entry.search_key == self.key]
        return next(iter([*own, *self.entries]), None)


def under(sign_on: SignOn) -> Known:
    """What the directory has under the name and country that were typed; nothing for an individual.

    Follows merges. An entry is left out where it, or one on the way of its merges, was told apart from this name.
    """
    key, country = names.search_key(sign_on.organization_name), sign_on.country
    if sign_on.is_individual or not key:
        return Known("")
    told = told_apart(sign_on).select_related("organization__merged_into")
    apart = frozenset(step.pk for one in told for step in path(one.organization))
    entries: dict[int, Organization] = {}
    for organization in named(key, country).select_related("merged_into").order_by("pk"):
        steps = path(organization)
        if steps[-1].merged_into is None and apart.isdisjoint(step.pk for step in steps):
            entries.setdefault(steps[-1].pk, steps[-1])
    return Known(key, tuple(entries.values()), apart)


def named(key: str, country: str) -> QuerySet[Organization]:
    """The directory's entries of this search key as name or other name in this country, also what was merged away."""
    own = Organization.objects.filter(search_key=key, country=country).order_by().values("pk")
    other = OrganizationName.objects.filter(search_key=key, organization__country=country).order_by()
    return Organization.objects.filter(pk__in=own.union(other.values("organization")))


def told_apart(sign_on: SignOn) -> QuerySet[Distinction]:
    """What staff said that this sign-on's organization is not; nothing for an individual."""
    key = names.search_key(sign_on.organization_name)
    if sign_on.is_individual or not key:
        return Distinction.objects.none()
    return Distinction.objects.filter(search_key__in={key, sign_on.search_key}, country=sign_on.country)


def path(organization: Organization) -> list[Organization]:
    """The organization, what it was merged into, and so on; the last one is current."""
    steps = [organization]
    while (into := steps[-1].merged_into) and into not in steps:
        steps.append(into)
    return steps


def owners(domain: str) -> dict[int, Organization]:
    """The current organizations, by id, for which staff recorded exactly this domain, in either spelling."""
    return _owners(Q(domain__in=domains.spellings(domain)))


def owners_above(domain: str) -> dict[int, Organization]:
    """The same, of what the domain lies below: somebody else may have it there."""
    above = {spelled for parent in domains.parents(domain) for spelled in domains.spellings(parent)}
    return _owners(Q(domain__in=above))


def _owners(recorded: Q) -> dict[int, Organization]:
    rows = OrganizationDomain.objects.filter(recorded).select_related("organization__merged_into").order_by("pk")
    current = (path(row.organization)[-1] for row in rows)
    return {organization.pk: organization for organization in current}
