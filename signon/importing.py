"""Lists in: a file is looked at, its rows are kept with what would become of them, and applied in one transaction.

Whatever takes time happens before that transaction, which only inserts; signers take none of its locks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, connection, models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from campaigns.models import RevisionText
from signon import announcing, directory, mailing, name_keys, names
from signon.models import (
    Counter,
    Import,
    ImportRow,
    LedgerEntry,
    Message,
    Organization,
    SignOn,
    User,
)
from signon.models.organization import NameKey
from signon.planning import Plan, as_report, key_of, listed_values, plan
from signon.recognizing import BATCH, Standing, entries
from signon.remarks import remark
from signon.signing import end_of_waiting
from signon.tables import Unreadable

__all__ = ["CannotImport", "HasProblems", "Plan", "Unreadable", "apply", "as_report", "carry_out", "keep", "plan"]

State, Status = Import.State, ImportRow.Status
Progress = Callable[[int, int], None]
# Somebody signs from an address that is being asked, at the very moment: look again, and once more.
_TRIES = 3


class HasProblems(Exception):
    """Rows of the plan have problems and nobody said to take the rest."""


class CannotImport(Exception):
    """The import was carried out, discarded or taken back by somebody else, or lacks source or consent."""


def apply(planned: Plan, *, by: User, source: str, take_the_rest: bool = False) -> int:
    """Keep a plan as an import and carry it out; returns how many came onto the statement.

    `source` says, in words for people, where they were published or signed. Raises HasProblems where rows have
    problems, unless told to `take_the_rest`.
    """
    if planned.blocking and not take_the_rest:
        raise HasProblems
    return carry_out(keep(planned, by=by, source=source or planned.file_name or "-"), by=by)


def keep(planned: Plan, *, by: User, source: str) -> Import:
    """Save a plan as an import that was looked at."""
    made = Import.objects.create(
        statement=planned.statement, by=by, source=source[:300], consent=planned.consent, state=State.PREVIEWED,
        mapping=planned.mapping, file_name=planned.file_name[:200],
    )  # fmt: skip
    save_rows(made, planned)
    return made


def save_rows(into: Import, planned: Plan) -> None:
    """Put a plan's rows in place of those the import has."""
    with transaction.atomic():
        into.rows.all().delete()
        for row in planned.rows:
            row.of = into
        ImportRow.objects.bulk_create(planned.rows, batch_size=1000)


def carry_out(chosen: Import, *, by: User, progress: Progress = lambda done, total: None) -> int:
    """Make sign-ons of the rows that are to be taken; returns how many. Raises CannotImport, and changes nothing then.

    With consent to be asked for, they wait for their representatives; else they are accepted, and `by` answers for it.
    """
    text = chosen.statement.text()
    if text is None or chosen.state != State.PREVIEWED or not (chosen.consent and chosen.source):
        raise CannotImport
    freeze(text)
    for attempt in range(_TRIES):
        composed = Composed.of(chosen, text, by, progress)
        try:
            came = _insert(chosen, composed, by)
            index_made(chosen)
            return came
        except IntegrityError:
            if attempt == _TRIES - 1:
                raise
    raise CannotImport


def index_made(chosen: Import) -> None:
    """Let the organizations that an import made be found by what they resemble. Safe to repeat.

    After its transaction, a batch at a time: this takes longer than all the rest, and until then each is known by its
    name.
    """
    made = chosen.rows.exclude(made=None).exclude(Exists(NameKey.objects.filter(organization=OuterRef("made"))))
    pks = list(made.values_list("made", flat=True))
    for start in range(0, len(pks), BATCH):
        name_keys.index(Organization.objects.filter(pk__in=pks[start : start + BATCH]))


def freeze(text: RevisionText) -> None:
    """Freeze the text in a transaction of its own: whoever signs meanwhile would wait for a longer one."""
    if text.frozen_at is None:
        text.freeze()


@dataclass
class Composed:
    """All that an import will insert, with the ids that it will have."""

    rows: list[ImportRow] = field(default_factory=list)
    sign_ons: list[SignOn] = field(default_factory=list)
    made: dict[int, Organization] = field(default_factory=dict)  # by its id
    messages: dict[int, Message] = field(default_factory=dict)  # by the sign-on's id

    @classmethod
    def of(cls, chosen: Import, text: RevisionText, by: User, progress: Progress) -> Composed:
        composed = cls(list(chosen.rows.filter(takes=True, status__in=[Status.NEW, Status.DUPLICATE])))
        total, now = len(composed.rows), timezone.now()
        slugs = _Slugs()
        sign_on_ids, organization_ids = _next_ids(SignOn, total), _next_ids(Organization, total)
        for start in range(0, total, BATCH):
            for at in range(start, min(start + BATCH, total)):
                row = composed.rows[at]
                sign_on = _sign_on(row, chosen, text, by, now)
                sign_on.pk = sign_on_ids[at]
                composed.sign_ons.append(sign_on)
                if chosen.asks:
                    composed.messages[sign_on.pk] = _ask(sign_on)
                elif not sign_on.is_individual:
                    composed._enter(row, sign_on, organization_ids[at], slugs)
            progress(min(start + BATCH, total), total)
        return composed

    def _enter(self, row: ImportRow, sign_on: SignOn, pk: int, slugs: _Slugs) -> None:
        if row.links and row.organization_id:
            sign_on.organization_id = row.organization_id
            return
        made = _organization(sign_on, slugs.free(sign_on.organization_name))
        made.pk = sign_on.organization_id = pk
        self.made[pk] = made


def _insert(chosen: Import, composed: Composed, by: User) -> int:
    """The one transaction: look again at what may have changed, then insert."""
    with transaction.atomic():
        directory.hold_directory()
        if not chosen.move_from([State.PREVIEWED], State.APPLIED, applied_at=timezone.now()):
            raise CannotImport
        taken = _still_good(chosen, composed)
        sign_ons = [sign_on for _row, sign_on in taken]
        used = {sign_on.organization_id for sign_on in sign_ons}
        made = [organization for pk, organization in composed.made.items() if pk in used]
        Organization.objects.bulk_create(made, batch_size=2000)
        SignOn.objects.bulk_create(sign_ons, batch_size=2000)
        act = LedgerEntry.Act.IMPORTED
        facts = {"text": sign_ons[0].text.digest, "of": chosen.pk, "consent": chosen.consent} if sign_ons else {}
        LedgerEntry.objects.begin(sign_ons, act, by=by, **facts)
        if chosen.asks:
            mailing.queue([composed.messages[sign_on.pk] for sign_on in sign_ons])
        _mark(chosen, taken, set(composed.made))
        if not chosen.asks:
            announcing.announce(announcing.ACCEPTED, *sign_ons)
            Counter.objects.join(*sign_ons)
    return len(sign_ons)


def _still_good(chosen: Import, composed: Composed) -> list[tuple[ImportRow, SignOn]]:
    """Rows that nobody brought onto the statement meanwhile; their entries as the directory has them now."""
    standing = Standing(chosen.statement)
    waiting = _waiting_addresses(chosen) if chosen.asks else set()
    linked = {sign_on.organization_id for sign_on in composed.sign_ons} - set(composed.made) - {None}
    current = _current(linked)
    known = entries(key_of(row) for row in composed.rows if not row.links and not row.by_hand and not chosen.asks)
    taken = []
    for row, sign_on in zip(composed.rows, composed.sign_ons, strict=True):
        if sign_on.organization_id in current:
            sign_on.organization_id = current[sign_on.organization_id]
        elif sign_on.organization_id in composed.made and not row.by_hand and (entry := known.get(key_of(row))):
            sign_on.organization_id = entry.pk  # made by somebody since it was looked at
        email = sign_on.email.lower()
        stands = _stands(row, sign_on, standing) or (chosen.asks and email in waiting)
        if not stands:
            taken.append((row, sign_on))
            if sign_on.organization_id:
                standing.organizations.add(sign_on.organization_id)
            waiting.add(email)
    return taken


def _stands(row: ImportRow, sign_on: SignOn, standing: Standing) -> bool:
    if sign_on.is_individual:
        return bool(sign_on.email) and sign_on.email.lower() in standing.addresses
    # A likely double that somebody took is another organization, though it may be called the same.
    named = row.status == Status.NEW and not row.by_hand and key_of(row) in standing.names
    return named or sign_on.organization_id in standing.organizations


def _current(pks: Iterable[int | None]) -> dict[int | None, int]:
    """Where entries lead to by now; one that is gone was somebody's decision, and is made anew by nobody."""
    found = Organization.objects.filter(pk__in=[pk for pk in pks if pk])
    return {
        organization.pk: directory.current(organization).pk if organization.merged_into_id else organization.pk
        for organization in found
    }


def _waiting_addresses(chosen: Import) -> set[str]:
    waiting = SignOn.objects.filter(statement=chosen.statement_id, state=SignOn.State.UNCONFIRMED)
    return {email.lower() for email in waiting.values_list("email", flat=True)}


def _mark(chosen: Import, taken: list[tuple[ImportRow, SignOn]], made: set[int]) -> None:
    """Write on the rows what came of them."""
    came = [(row.pk, sign_on.pk, _only(sign_on.organization_id, made)) for row, sign_on in taken]
    if came:
        with connection.cursor() as cursor:
            cursor.execute(_CAME, list(map(list, zip(*came, strict=True))))
    late = chosen.rows.filter(takes=True, sign_on=None)
    late.update(status=Status.SAME, takes=False, reasons=[remark("stood_meanwhile")])


_CAME = """
UPDATE signon_importrow AS row SET sign_on_id = came.sign_on, made_id = came.made
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS came(id, sign_on, made) WHERE row.id = came.id
"""


def _only(pk: int | None, among: set[int]) -> int | None:
    return pk if pk in among else None


def _sign_on(row: ImportRow, chosen: Import, text: RevisionText, by: User, now: datetime) -> SignOn:
    sign_on = SignOn(
        statement=chosen.statement, text=text, source=SignOn.Source.IMPORT, source_note=chosen.source,
        came_with=chosen, created_at=now, **dict(listed_values(row)),
    )  # fmt: skip
    for name, value in SignOn.listed_as(sign_on.name_as_typed, sign_on.listing).items():
        setattr(sign_on, name, value)
    if chosen.asks:
        sign_on.state, sign_on.expires_at = SignOn.State.UNCONFIRMED, end_of_waiting(chosen.statement)
    else:
        sign_on.state, sign_on.decided_at, sign_on.decided_by = SignOn.State.ACCEPTED, now, by
    return sign_on


def _ask(sign_on: SignOn) -> Message:
    return mailing.draft(
        Message.Kind.VERIFICATION,
        key=f"verification:{sign_on.pk}:0",
        sign_on=sign_on,
        expires_at=sign_on.expires_at,
    )


def _organization(sign_on: SignOn, slug: str) -> Organization:
    return Organization(
        slug=slug,
        name=sign_on.organization_name,
        acronym=sign_on.acronym,
        country=sign_on.country,
        scope=sign_on.scope,
        organization_type=sign_on.organization_type or Organization.Type.OTHER,
        website=sign_on.website,
        search_key=names.search_key(sign_on.organization_name),
    )


class _Slugs:
    """Short names that are free; what others take meanwhile is met by the unique index, and tried again."""

    def __init__(self) -> None:
        self.taken = set(Organization.objects.values_list("slug", flat=True))

    def free(self, name: str) -> str:
        slug = directory.free_slug(name, self.taken)
        self.taken.add(slug)
        return slug


def _next_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids that the database gives to nobody else; those that are not used are left out."""
    with connection.cursor() as cursor:
        table = model._meta.db_table
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [row[0] for row in cursor.fetchall()]
