"""Made-up signatories by the million, for benchmarks and tests of scale."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone
from psycopg import sql

from campaigns.models import RevisionText, Statement
from signon.models import Counter, LedgerEntry, Organization, SignOn, User
from signon.models.contact_field import ContactField
from signon.models.organization import NameKey
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
    for start in range(first, first + count, BATCH):
        numbers = range(start, min(start + BATCH, first + count))
        _add([_organization(number, statement, chance) for number in numbers], statement, text, by, chance)
        yield numbers.stop - first


@transaction.atomic
def _add(
    organizations: list[Organization], statement: Statement, text: RevisionText, by: User, chance: random.Random
) -> None:
    _copy(organizations)
    _copy(NameKey(organization=each, key=name_keys.key_of_name(each.name)) for each in organizations)
    sign_ons = [_sign_on(each, statement, text, by, chance) for each in organizations]
    _copy(sign_ons)
    _copy(LedgerEntry.objects.first_entries(sign_ons, LedgerEntry.Act.IMPORTED, by=by, text=text.digest))
    Counter.objects.join(*sign_ons)


def _organization(number: int, statement: Statement, chance: random.Random) -> Organization:
    name = f"{chance.choice(_WHO)} {chance.choice(_WHAT)} {chance.choice(_FOR)} {number}"
    country = chance.choices(_PLACES, _WEIGHTS)[0]
    scope = Organization.Scope
    return Organization(
        slug=f"{statement.slug[:60]}-{number}",
        name=name,
        country=country,
        scope=scope.NATIONAL if country else chance.choice([scope.INTERNATIONAL, scope.REGIONAL]),
        organization_type=chance.choice(Organization.Type.values),
        website=f"https://organization{number}.example",
        search_key=names.search_key(name),
    )


def _sign_on(
    organization: Organization, statement: Statement, text: RevisionText, by: User, chance: random.Random
) -> SignOn:
    listing = chance.choices(SignOn.Listing.values, [95, 3, 2])[0]
    return SignOn(
        statement=statement,
        text=text,
        organization=organization,
        state=SignOn.State.ACCEPTED,
        source=SignOn.Source.IMPORT,
        source_note="made up (load_volume)",
        organization_name=organization.name,
        country=organization.country,
        scope=organization.scope,
        organization_type=organization.organization_type,
        website=organization.website,
        representative_name="Asha Rao",
        email=f"asha@{organization.website.removeprefix('https://')}",
        consent_publish=listing != SignOn.Listing.COUNT,
        listing=listing,
        decided_at=timezone.now(),
        decided_by=by,
        **SignOn.listed_as(organization.name, listing),
    )


def _copy(rows: Sequence[models.Model] | Iterable[models.Model]) -> None:
    """Insert rows with ids of their own by COPY, some ten times as fast as bulk_create."""
    rows = list(rows)
    model = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                       [model._meta.db_table, len(rows)])  # fmt: skip
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = pk
        order = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(model._meta.db_table),
            sql.SQL(", ").join([sql.Identifier(field.column or "") for field in fields]),
        )
        with cursor.copy(order) as copy:
            for row in rows:
                copy.write_row([_value(field, row) for field in fields])


def _value(field: Any, row: models.Model) -> Any:
    value = field.pre_save(row, add=True)
    return field.get_db_prep_save(value, connection) if isinstance(field, models.JSONField | ContactField) else value
