"""Whom a statement invites: rows from a pasted list or file, from an earlier statement, from the directory.

They are planned: staff look at every row, mend it or leave it out, and nothing is sent before they say so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from campaigns.models import Statement
from signon.imports import columns, planning, recognizing, remarks
from signon.imports.recognizing import Recognized, Recognizer
from signon.imports.rows import Row
from signon.imports.spreadsheets import read
from signon.imports.tables import Table
from signon.invitations.guest_tables import MOST_ROWS, table_of
from signon.inviting import hold, with_mailbox
from signon.mail import waking
from signon.models import Import, Invitation, Member, Organization, SignOn, Sought, User
from signon.naming import names

# The sign-ons that answer an invitation.
STANDS = [SignOn.State.CONFIRMED, SignOn.State.ACCEPTED]
# What is sent, of what `standing` tells.
SENDABLE = {"known", "new"}


@dataclass
class Read:
    """What a list brought: how many rows are planned now, how many headings and individuals were left out, and what
    each column was taken for.
    """

    planned: int
    headings: int
    individuals: int
    columns: dict[str, str]


def from_list(
    statement: Statement,
    source: IO[bytes] | str | Table,
    *,
    by: User,
    language: str,
    told: Mapping[str, str] | None = None,
) -> Read:
    """Plan an invitation for each organization of a list. Raises Unreadable, and plans nothing then.

    `told` says what columns hold, before any guess; `language` is for rows that say none that is known. A row that
    cannot be sent as it is says why, and waits to be mended.
    """
    table = source if isinstance(source, Table) else table_of(source)
    found = columns.find(table, told)
    columns.check(found)
    rows = read(table, told)
    planning.share_countries(rows)
    planning.check(rows, statement, Import.Consent.PUBLISHED)
    recognizer = Recognizer(statement, within=False)
    planned, headings, individuals = [], 0, 0
    for row, recognized in zip(rows, recognizer.recognize(rows), strict=True):
        if any(each["code"] == "heading" for each in row.problems):
            headings += 1
        elif row.is_individual:
            individuals += 1
        else:
            planned.append(_planned(statement, row, recognized, by, language))
    Invitation.objects.bulk_create(planned, batch_size=1000)
    return Read(len(planned), headings, individuals, {column: name for name, column in found.fields.items()})


def from_directory(statement: Statement, organizations: QuerySet[Organization], *, by: User, language: str) -> int:
    """Plan an invitation for each of these entries that is neither planned nor invited yet; returns how many.

    The contact is the newest representative of it who asked for news and whom `by` may see; else there is none.
    """
    taken = statement.invitations.exclude(organization=None).values("organization")
    wanted = list(organizations.filter(merged_into=None).exclude(pk__in=taken).order_by("name", "pk")[:MOST_ROWS])
    contacts = _contacts([each.pk for each in wanted], by)
    planned = [_from_entry(statement, each, contacts.get(each.pk), by, language) for each in wanted]
    Invitation.objects.bulk_create(planned, batch_size=1000)
    return len(planned)


def from_signatories(statement: Statement, earlier: Statement, *, by: User, language: str) -> int:
    """The same for all organizations that are signatories of another statement, which `by` works on."""
    signed = SignOn.objects.for_user(by).public().filter(statement=earlier)
    entries = Organization.objects.filter(pk__in=signed.exclude(organization=None).values("organization"))
    return from_directory(statement, entries, by=by, language=language)


def from_members(statement: Statement, members: Iterable[Member], *, by: User, language: str) -> int:
    """The same for members of a network; returns how many.

    A list of members has no contacts. Whose entry in the directory is known, by staff or by its name and country, comes
    with the contact that from_directory would give it.
    """
    called = set(statement.invitations.values_list("search_key", "country"))
    taken = set(statement.invitations.exclude(organization=None).values_list("organization", flat=True))
    asked = [(each, (names.search_key(each.organization_name), each.country)) for each in members]
    found = recognizing.entries(name for each, name in asked if not each.organization_id)
    known = [(each, name, each.organization or found.get(name)) for each, name in asked]
    contacts = _contacts([entry.pk for _each, _name, entry in known if entry], by)
    planned = []
    for member, name, entry in known:
        if name in called or (entry and entry.pk in taken):
            continue
        called.add(name)
        taken.update({entry.pk} if entry else ())
        made = Invitation(statement=statement, search_key=name[0], organization=entry, language=language, created_by=by)
        for field in ("organization_name", "acronym", "country", "scope", "website"):
            setattr(made, field, getattr(member, field))
        if entry and (contact := contacts.get(entry.pk)):
            made.contact_name, made.email = contact.representative_name, contact.email
            made.language = contact.language
        planned.append(made)
    Invitation.objects.bulk_create(planned, batch_size=1000)
    return len(planned)


def search(asked: str = "", country: str = "", kind: str = "") -> QuerySet[Organization]:
    """Entries of the directory by name, country (alpha-2, "-" for those without) and type."""
    found = Organization.objects.current().order_by("name", "pk")
    for word in names.search_key(asked).split():
        found = found.filter(Q(search_key__contains=word) | Q(other_names__search_key__contains=word)).distinct()
    if country:
        found = found.filter(country="" if country == "-" else country)
    return found.filter(organization_type=kind) if kind else found


def standing(statement: Statement, planned: Iterable[Invitation]) -> dict[int, str]:
    """What would become of each planned row if it were sent now, as a code; the same few queries for any number.

    "problem", "no_address", "opted_out", "signed", "invited", "twice" (a row above is the same), "known" (in the
    directory) or "new": the last two are sent.
    """
    rows = list(with_mailbox(Invitation.objects.filter(pk__in=[each.pk for each in planned])).order_by("pk"))
    emails = {each.email.lower() for each in rows if each.email}
    entries = {each.organization_id for each in rows if each.organization_id}
    keys = {each.search_key for each in rows}
    signed_by = _signed(statement)
    sent = statement.invitations.sent()
    sent = sent.filter(Q(email__in=emails) | Q(organization__in=entries) | Q(search_key__in=keys))
    invited_by = _who(sent.values_list("email", "organization", "search_key", "country"))
    before = _who([])
    found = {}
    for each in rows:
        code = _code(each, signed_by, invited_by, before)
        found[each.pk] = code
        if code in ("known", "new"):
            _note(before, each)
    return found


@transaction.atomic
def send(statement: Statement, invitations: Collection[int], *, by: User) -> int:
    """Let a worker mail those of these planned invitations that can be sent; returns how many.

    Who of the staff looks after them is `by`, unless somebody does. They go out while the statement takes sign-ons.
    """
    hold(statement)
    planned = list(statement.invitations.planned().filter(pk__in=list(invitations)).only("pk"))
    going = [pk for pk, code in standing(statement, planned).items() if code in SENDABLE]
    own = Invitation.objects.filter(pk__in=going, state=Invitation.State.PLANNED)
    own.filter(looked_after_by=None).update(looked_after_by=by)
    now = timezone.now()
    # Who signed before may be one of these under another form of the name.
    Sought.objects.filter(sign_on__statement=statement).delete()
    number = own.update(state=Invitation.State.WAITING, mail_wanted_at=now, notes=[], changed_at=now)
    transaction.on_commit(lambda: waking.wake("mailings"))
    return number


def says(invitation: Invitation) -> list[str]:
    """What there is to say of a row of a list, in sentences."""
    return [remarks.say(each) for each in [*invitation.problems, *remarks.worth_a_look(invitation.notes)]]


def mend(invitation: Invitation, values: dict[str, Any]) -> bool:
    """Write a planned row as staff mended it; what was wrong with it is over. False where it was sent meanwhile."""
    fields = {**values, "search_key": names.search_key(values["organization_name"]), "problems": [], "notes": []}
    if fields["organization_name"] != invitation.organization_name or fields["country"] != invitation.country:
        fields["organization"] = None
    return bool(Invitation.objects.planned().filter(pk=invitation.pk).update(**fields))


Who = tuple[set[str], set[int], set[tuple[str, str]]]


def _who(rows: Iterable[tuple[str, int | None, str, str]]) -> Who:
    emails, entries, called = set[str](), set[int](), set[tuple[str, str]]()
    for email, organization, key, country in rows:
        if email:
            emails.add(email.lower())
        if organization:
            entries.add(organization)
        called.add((key, country))
    return emails, entries, called


def _note(who: Who, invitation: Invitation) -> None:
    who[0].add(invitation.email.lower())
    who[2].add((invitation.search_key, invitation.country))
    if invitation.organization_id:
        who[1].add(invitation.organization_id)


def _is_of(invitation: Invitation, who: Who) -> bool:
    emails, entries, called = who
    same_name = (invitation.search_key, invitation.country) in called
    return same_name or invitation.organization_id in entries or invitation.email.lower() in emails


def _code(each: Any, signed_by: Who, invited_by: Who, before: Who) -> str:
    if each.problems:
        return "problem"
    if _is_of(each, signed_by):
        return "signed"
    if _is_of(each, invited_by):
        return "invited"
    if _is_of(each, before):
        return "twice"
    if not each.email:
        return "no_address"
    if each.is_barred:
        return "opted_out"
    return "known" if each.organization_id else "new"


def _signed(statement: Statement) -> Who:
    signed = SignOn.objects.filter(statement=statement, state__in=STANDS, signer=SignOn.Signer.ORGANIZATION)
    rows = signed.values_list("email", "organization", "organization_name", "country").iterator()
    return _who((email, entry, names.search_key(name), country) for email, entry, name, country in rows)


def _planned(statement: Statement, row: Row, found: Recognized, by: User, language: str) -> Invitation:
    return Invitation(
        statement=statement,
        organization=found.organization if found.links else None,
        organization_name=row.organization_name[:300],
        acronym=row.acronym[:60],
        country=row.country,
        scope=row.scope,
        website=row.website[:200] if "://" in row.website else "",
        search_key=names.search_key(row.organization_name[:300]),
        contact_name=row.representative_name[:200],
        email=row.email if not any(each["code"] == "no_address" for each in row.problems) else "",
        language=row.language or language,
        problems=row.problems,
        notes=[_in_use(each, language) for each in (*row.notes, *found.notes, *found.reasons)],
        created_by=by,
    )


def _in_use(note: remarks.Remark, language: str) -> remarks.Remark:
    """Where a row's language is not known, the list's is used."""
    return {**note, "used": language} if note["code"] == "unknown_language" else note


def _from_entry(
    statement: Statement, entry: Organization, contact: SignOn | None, by: User, language: str
) -> Invitation:
    return Invitation(
        statement=statement,
        organization=entry,
        organization_name=entry.name,
        acronym=entry.acronym,
        country=entry.country,
        scope=entry.scope,
        website=entry.website,
        search_key=names.search_key(entry.name),
        contact_name=contact.representative_name if contact else "",
        email=contact.email if contact else "",
        language=contact.language if contact else language,
        created_by=by,
    )


def _contacts(organizations: list[int], by: User) -> dict[int, SignOn]:
    if not by.has_perm("signon.export_contacts"):
        return {}
    known = SignOn.objects.for_user(by).filter(organization__in=organizations, consent_updates=True)
    known = (
        known.filter(state=SignOn.State.ACCEPTED).exclude(email="").order_by("organization_id", "-created_at", "-pk")
    )
    return {each.organization_id or 0: each for each in known.distinct("organization_id")}
