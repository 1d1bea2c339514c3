"""Made-up signatories by the million, for benchmarks and tests of scale."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone
from psycopg import sql

from campaigns.models import RevisionText, Statement
from signon.models import Counter, LedgerEntry, Organization, SignOn, User
from signon.models.ledger import digest_of_entry
from signon.models.organization import NameKey
from signon.models.public_id import new_public_id
from signon.models.sign_on import new_key
from signon.naming import name_keys, names

BATCH = 10_000
_WHO = (
    "Women's",
    "Migrants'",
    "Workers'",
    "Indigenous",
    "Rural",
    "Youth",
    "Domestic Workers'",
    "Mujeres",
    "Femmes",
    "نساء",
)
_WHAT = ("Network", "Union", "Alliance", "Federation", "Council", "Red", "Réseau", "Collective", "Центр", "Hội")
_FOR = ("Justice", "Peace", "Rights", "Land", "Health", "Bread and Roses", "la Paz", "Đoàn kết", "Dignity", "Water")
# Countries as often as they come, the most frequent first; "" is international or regional.
_PLACES = (
    "",
    "IN",
    "PH",
    "US",
    "MX",
    "KE",
    "BR",
    "FR",
    "ID",
    "ZA",
    "ES",
    "NG",
    "AR",
    "EG",
    "NP",
    "DE",
    "VN",
    "LB",
    "TN",
    "UA",
)
_WEIGHTS = [1 / rank for rank in range(1, len(_PLACES) + 1)]
_LISTINGS, _LISTED = SignOn.Listing.values, [95, 3, 2]


def load(statement: Statement, count: int, *, by: User) -> Iterator[int]:
    """Add `count` accepted sign-ons to a statement, each with its organization and its ledger; yields how many stand.

    As an import brings them: no mail, no case at the desk. In transactions of BATCH rows, each whole. The same
    statement gets the same names each time, numbered on. The directory's entries are found by their whole
    names alone.
    """
    text = statement.text()
    assert text, "the command has seen to it"  # noqa: S101
    text.freeze()
    first = statement.sign_ons.count()
    chance = random.Random(f"{statement.slug} {first}")  # noqa: S311
    made_up = _MadeUp(statement, text, by)
    for start in range(first, first + count, BATCH):
        numbers = range(start, min(start + BATCH, first + count))
        made_up.add(numbers, chance)
        yield numbers.stop - first


class _Lines:
    """Rows of one table as lines for COPY: what differs between them stands first, what many share is written once."""

    def __init__(self, model: type[models.Model], *varying: str) -> None:
        fields = {field.attname: field for field in model._meta.concrete_fields if not field.generated}
        self._model, self._shared = model, [field for name, field in fields.items() if name not in varying]
        self._columns = [fields[name].column for name in varying] + [field.column for field in self._shared]

    def shared(self, row: models.Model) -> str:
        """A line's end: all columns but the varying ones, as this row has them."""
        return "".join(f"\t{_text(field, row)}" for field in self._shared) + "\n"

    def copy(self, lines: Iterable[str]) -> None:
        order = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(self._model._meta.db_table),
            sql.SQL(", ").join([sql.Identifier(column or "") for column in self._columns]),
        )
        with connection.cursor() as cursor, cursor.copy(order) as copy:
            while some := "".join(itertools.islice(lines, 1000)):
                copy.write(some)

    def numbers(self, count: int) -> list[int]:
        """So many ids that no row of the table has."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [self._model._meta.db_table, count],
            )
            return [number for (number,) in cursor.fetchall()]


class _MadeUp:
    """What made-up sign-ons of one statement have in common."""

    ORGANIZATION = _Lines(Organization, "id", "slug", "name", "search_key", "website")
    KEY = _Lines(NameKey, "id", "organization_id", "key")
    SIGN_ON = _Lines(
        SignOn, "id", "organization_id", "organization_name", "listed_name", "search_key", "sort_key", "website",
        "email", "link_key", "ledger_salt", "public_id",
    )  # fmt: skip
    ENTRY = _Lines(LedgerEntry, "id", "sign_on_id", "digest")

    def __init__(self, statement: Statement, text: RevisionText, by: User) -> None:
        self.statement, self.text, self.by, self.at = statement, text, by, timezone.now()
        self.kinds: dict[tuple[str, str, str, str], _Kind] = {}

    @transaction.atomic
    def add(self, numbers: range, chance: random.Random) -> None:
        rows = list(zip(self._names(numbers, chance), self._kinds(len(numbers), chance), strict=True))
        organizations, sign_ons, keys, entries = (
            lines.numbers(len(rows)) for lines in (self.ORGANIZATION, self.SIGN_ON, self.KEY, self.ENTRY)
        )
        slug, act, facts = self.statement.slug[:60], LedgerEntry.Act.IMPORTED.value, {"text": self.text.digest}
        self.ORGANIZATION.copy(
            f"{pk}\t{slug}-{number}\t{name}\t{names.search_key(name)}\thttps://organization{number}.example"
            + kind.organization
            for pk, number, (name, kind) in zip(organizations, numbers, rows, strict=True)
        )
        key_end = self.KEY.shared(NameKey())
        self.KEY.copy(
            f"{pk}\t{organization}\t{name_keys.key_of_name(name)}{key_end}"
            for pk, organization, (name, _kind) in zip(keys, organizations, rows, strict=True)
        )
        self.SIGN_ON.copy(
            f"{pk}\t{organization}\t{name}\t{self._listed(name, kind)}\thttps://organization{number}.example"
            f"\tasha@organization{number}.example\t{new_key()}\t{new_key()}\t{new_public_id()}{kind.lines}"
            for pk, organization, number, (name, kind) in zip(sign_ons, organizations, numbers, rows, strict=True)
        )
        first = LedgerEntry(number=1, act=act, by_id=self.by.pk, at=self.at, facts=facts)
        entry_end = self.ENTRY.shared(first)
        self.ENTRY.copy(
            f"{pk}\t{sign_on}\t{digest_of_entry('', sign_on, 1, act, self.by.pk, self.at, facts)}{entry_end}"
            for pk, sign_on in zip(entries, sign_ons, strict=True)
        )
        Counter.objects.join(*(kind.sign_on for _name, kind in rows))

    def _names(self, numbers: range, chance: random.Random) -> Iterator[str]:
        words = [chance.choices(some, k=len(numbers)) for some in (_WHO, _WHAT, _FOR)]
        return (f"{who} {what} {aim} {number}" for who, what, aim, number in zip(*words, numbers, strict=True))

    def _kinds(self, count: int, chance: random.Random) -> Iterator[_Kind]:
        scope = Organization.Scope
        of_none = [scope.INTERNATIONAL.value, scope.REGIONAL.value]
        columns = (
            chance.choices(_PLACES, _WEIGHTS, k=count),
            chance.choices(of_none, k=count),
            chance.choices(Organization.Type.values, k=count),
            chance.choices(_LISTINGS, _LISTED, k=count),
        )
        for country, wider, organization_type, listing in zip(*columns, strict=True):
            kind = (country, scope.NATIONAL.value if country else wider, organization_type, listing)
            if kind not in self.kinds:
                self.kinds[kind] = _Kind(self, *kind)
            yield self.kinds[kind]

    @staticmethod
    def _listed(name: str, kind: _Kind) -> str:
        keys = SignOn.listed_as(name, kind.sign_on.listing)
        return f"{keys['listed_name']}\t{keys['search_key']}\t{keys['sort_key']}"


class _Kind:
    """Made-up sign-ons of one place, type and listing: all that they share."""

    def __init__(self, of: _MadeUp, country: str, scope: str, organization_type: str, listing: str) -> None:
        place = {"country": country, "scope": scope, "organization_type": organization_type}
        self.organization = of.ORGANIZATION.shared(Organization(**place))
        self.sign_on = SignOn(
            statement=of.statement,
            text=of.text,
            state=SignOn.State.ACCEPTED,
            source=SignOn.Source.IMPORT,
            source_note="made up (load_volume)",
            representative_name="Asha Rao",
            consent_publish=listing != SignOn.Listing.COUNT,
            listing=listing,
            decided_at=of.at,
            decided_by=of.by,
            **place,
        )

    @cached_property
    def lines(self) -> str:
        return _MadeUp.SIGN_ON.shared(self.sign_on)


def _text(field: Any, row: models.Model) -> str:
    """A value as COPY reads it; what is made up holds neither tabs nor backslashes."""
    value = field.get_db_prep_save(field.pre_save(row, add=True), connection)
    if isinstance(field, models.JSONField):
        return json.dumps(field.value_from_object(row))
    if value is None:
        return "\\N"
    return value.isoformat() if isinstance(value, datetime) else str(value)
