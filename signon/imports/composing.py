"""All that an import will insert, made before the transaction that inserts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, models
from django.utils import timezone

from campaigns.models import RevisionText
from signon import mailing
from signon.casework import directory
from signon.imports import question_cells
from signon.imports.planning import listed_values
from signon.imports.recognizing import BATCH
from signon.models import Import, ImportRow, Message, Organization, OwnAnswer, SignOn, User
from signon.naming import names
from signon.statements.time_to_confirm import end_of_waiting

Status = ImportRow.Status
Progress = Callable[[int, int], None]


@dataclass
class Composed:
    """All that an import will insert, with the ids that it will have."""

    rows: list[ImportRow] = field(default_factory=list)
    sign_ons: list[SignOn] = field(default_factory=list)
    made: dict[int, Organization] = field(default_factory=dict)  # by its id
    messages: dict[int, Message] = field(default_factory=dict)  # by the sign-on's id
    answers: dict[int, list[OwnAnswer]] = field(default_factory=dict)  # by the sign-on's id

    @classmethod
    def of(cls, chosen: Import, text: RevisionText, by: User, progress: Progress) -> Composed:
        composed = cls(list(wanted(chosen)))
        total, now = len(composed.rows), timezone.now()
        slugs = _Slugs()
        sign_on_ids, organization_ids = _next_ids(SignOn, total), _next_ids(Organization, total)
        for start in range(0, total, BATCH):
            for at in range(start, min(start + BATCH, total)):
                row = composed.rows[at]
                sign_on = _sign_on(row, chosen, text, by, now)
                sign_on.pk = sign_on_ids[at]
                composed.sign_ons.append(sign_on)
                composed._answer(row, sign_on)
                if chosen.asks:
                    composed.messages[sign_on.pk] = _ask(sign_on)
                elif not sign_on.is_individual:
                    composed._enter(row, sign_on, organization_ids[at], slugs)
            progress(min(start + BATCH, total), total)
        return composed

    def _answer(self, row: ImportRow, sign_on: SignOn) -> None:
        if answers := question_cells.answers_of(row.values):
            self.answers[sign_on.pk] = answers
            for answer in answers:
                answer.sign_on_id = sign_on.pk

    def _enter(self, row: ImportRow, sign_on: SignOn, pk: int, slugs: _Slugs) -> None:
        if row.links and row.organization_id:
            sign_on.organization_id = row.organization_id
            return
        made = _organization(sign_on, slugs.free(sign_on.organization_name))
        made.pk = sign_on.organization_id = pk
        self.made[pk] = made


def wanted(chosen: Import) -> models.QuerySet[ImportRow]:
    """The rows that are to come onto the statement."""
    return chosen.rows.filter(takes=True, status__in=[Status.NEW, Status.DUPLICATE])


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
        lane=Message.Lane.BULK,  # hundreds at once: who signs themselves waits for theirs
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
