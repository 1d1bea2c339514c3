"""Lists of a network's members, and what staff say of one: it is this organization, it is not that one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from campaigns.models.reach import ALL_CAMPAIGNS
from signon.imports import columns, planning, tables
from signon.imports.spreadsheets import read
from signon.imports.tables import Unreadable
from signon.matching import Party
from signon.models import Distinction, Member, Network, Organization, User
from signon.naming import candidates, names
from signon.naming.candidates import Candidate

MOST_MEMBERS = 5000


class Taken(Exception):
    """There is a list of this name already."""


class NotAllowed(Exception):
    """Only whoever made the list, or works on all campaigns, may."""


@dataclass
class Read:
    """A list as it was read: how many headings and individuals were left out, and who was kept without a country."""

    network: Network
    members: int
    left_out: int
    in_doubt: list[str]


def from_list(name: str, source: IO[bytes] | Path | str, *, by: User, note: str = "") -> Read:
    """Keep the members of a file or of pasted text as a list of this name. Raises Unreadable or Taken.

    A member whose country is no country that we know, or one of several, is kept without one, and named in the answer.
    """
    table = tables.read_text(source) if isinstance(source, str) else tables.read(source)
    found = columns.find(table)
    columns.check(found)
    rows = read(table)
    if len(rows) > MOST_MEMBERS:
        raise Unreadable(str(tables.SENTENCES["rows"]) % {"most": MOST_MEMBERS})
    planning.share_countries(rows)
    members, left_out, in_doubt = [], 0, []
    for row in rows:
        if row.is_individual or not row.organization_name or any(each["code"] == "heading" for each in row.problems):
            left_out += 1
            continue
        if row.problems:
            in_doubt.append(row.organization_name)
        members.append(
            Member(
                number=row.number,
                organization_name=row.organization_name[:300],
                acronym=row.acronym[:60],
                country=row.country,
                scope=row.scope,
                website=row.website[:200] if "://" in row.website else "",
            )
        )
    try:
        with transaction.atomic():
            network = Network.objects.create(name=name, source=note, created_by=by)
            for member in members:
                member.network = network
            Member.objects.bulk_create(members, batch_size=1000)
    except IntegrityError as error:
        raise Taken from error
    return Read(network, len(members), left_out, in_doubt)


def remove(network: Network, *, by: User) -> None:
    """Take a list away; what was said of organizations stays. Raises NotAllowed."""
    if network.created_by_id != by.pk and not by.has_perm(ALL_CAMPAIGNS):
        raise NotAllowed
    network.delete()


@transaction.atomic
def is_it(member: Member, organization: Organization, *, by: User) -> None:
    """Staff say that this member is that entry of the directory, on every statement."""
    told_apart(member, organization).delete()
    member.organization = organization
    member.save(update_fields=["organization"])


@transaction.atomic
def is_not_it(member: Member, organization: Organization, *, by: User) -> None:
    """Staff say that this member is not that entry; it is offered as it no more, here and in an import."""
    Distinction.objects.get_or_create(
        organization=organization, search_key=key_of(member)[0], country=member.country, defaults={"by": by}
    )
    if member.organization_id == organization.pk:
        member.organization = None
        member.save(update_fields=["organization"])


@transaction.atomic
def forget(member: Member) -> None:
    """Take back what staff said of this member."""
    key, country = key_of(member)
    Distinction.objects.filter(search_key=key, country=country).delete()
    member.organization = None
    member.save(update_fields=["organization"])


def told_apart(member: Member, organization: Organization) -> QuerySet[Distinction]:
    """What says that this member is not that entry."""
    key, country = key_of(member)
    return Distinction.objects.filter(organization=organization, search_key=key, country=country)


def near(member: Member) -> list[Candidate]:
    """Whom of the directory it may be, the likeliest first, without those that staff said it is not."""
    party = Party(member.organization_name, member.country, member.acronym, member.website)
    key, country = key_of(member)
    apart = set(Distinction.objects.filter(search_key=key, country=country).values_list("organization", flat=True))
    return [each for each in candidates.find(party) if each.organization.pk not in apart]


def key_of(member: Member) -> tuple[str, str]:
    """The name and country under which Distinction knows a member."""
    return names.search_key(member.organization_name), member.country
