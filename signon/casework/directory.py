"""The directory of organizations as decisions change it: made and found by staff's acts alone, never by strangers'."""

from __future__ import annotations

from collections.abc import Container, Iterator

from django.db import IntegrityError, connection
from django.utils.text import slugify

from signon.models import Organization, OrganizationDomain, OrganizationName, SignOn, User
from signon.naming import name_keys, names


def hold_directory() -> None:
    """Until the transaction's end nobody else makes, merges or removes an entry of the directory.

    Of two verifiers who accept the same new organization at once, one finds what the other made.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('signon.directory', 0))")


def current(organization: Organization) -> Organization:
    """The entry that this one was merged into, at the end of the chain; itself where it was not merged.

    Read anew: what the caller has may be from before it held the directory. Raises Organization.DoesNotExist.
    """
    organization = Organization.objects.get(pk=organization.pk)
    while organization.merged_into is not None:
        organization = organization.merged_into
    return organization


def enter(sign_on: SignOn, name: str, acronym: str) -> Organization:
    """A new entry for the organization that signs, under this name and acronym."""
    made = Organization.objects.create(
        slug=free_slug(name),
        name=name[:300],
        acronym=acronym[:60],
        country=sign_on.country,
        scope=sign_on.scope,
        organization_type=sign_on.organization_type or Organization.Type.OTHER,
        website=sign_on.website,
        search_key=names.search_key(name),
    )
    name_keys.index([made])
    return made


def know_by(organization: Organization, name: str, kind: str = OrganizationName.Kind.SPELLING) -> int | None:
    """Keep another name that it is known by; returns its id, or None where it was known by it already."""
    key = names.search_key(name)
    known = {organization.search_key, *organization.other_names.values_list("search_key", flat=True)}
    if not key or key in known:
        return None
    made = OrganizationName.objects.create(organization=organization, name=name[:300], kind=kind, search_key=key)
    name_keys.index([organization])
    return made.pk


def record_domain(organization: Organization, domain: str, by: User) -> int | None:
    """Record a mail domain as its own; returns the record's id, or None where it was recorded already."""
    record, made = OrganizationDomain.objects.get_or_create(
        organization=organization, domain=domain, defaults={"added_by": by}
    )
    if made:
        name_keys.index([organization])
    return record.pk if made else None


def forget_names(organization: Organization, numbers: list[int]) -> None:
    """Take back names that `know_by` added."""
    if organization.other_names.filter(pk__in=numbers).delete()[0]:
        name_keys.index([organization])


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
