"""Which sign-ons go into a list, in which columns, order and under whose headings: kept as it was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, F, Func, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce, NullIf

from campaigns.models import Statement
from signon.exports.cells import GUARDED
from signon.models import SignOn
from signon.models.sign_on import BEHIND
from signon.naming import names
from signon.resources import HEADINGS, Column, SignatoryResource, country_name

# Conveners come first, but for the newest; then, whatever the order, who asked to stand without a name, so that the
# place tells nothing.
ORDERS: dict[str, tuple[str, ...]] = {
    "country": ("convener_place", "country", "listing", "sort_key", "pk"),
    "name": ("convener_place", "listing", "sort_key", "pk"),
    "type": ("convener_place", "organization_type", "listing", "sort_key", "pk"),
    "newest": ("-created_at", "-pk"),
}
# By what rows are grouped: the words of the group stand in a first column.
_GROUPS: dict[str, Any] = {
    "country": lambda: _or_conveners(Coalesce(NullIf(country_name(), Value("")), "scope", output_field=TextField())),
    "type": lambda: _or_conveners(F("organization_type")),
}


@dataclass(frozen=True)
class Choice:
    """A list as somebody asked for it. Kept on the record of an export and as a preset; no names are in it.

    `country` is ISO 3166-1 alpha-2, "-" for those without; `signed_from` and `signed_to` are days in UTC, both
    counted in; no `columns` means all that may be seen; `contacts` asks for representatives, their addresses and names
    that are kept back.
    """

    statement: str = ""
    states: tuple[str, ...] = (SignOn.State.ACCEPTED,)
    country: str = ""
    scope: str = ""
    organization_type: str = ""
    text_language: str = ""
    signed_from: str = ""
    signed_to: str = ""
    with_consent: bool = False
    contacts: bool = False
    query: str = ""
    columns: tuple[str, ...] = ()
    order: str = "country"
    grouped: bool = False
    headings: str = "own"

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Choice:
        """From JSON, as `as_json` made it; what a later version does not know any more is left out."""
        known = {each.name for each in fields(cls)}
        chosen: dict[str, Any] = {}
        for name, value in kept.items():
            if name in known:
                chosen[name] = tuple(value) if isinstance(value, list) else value
        return cls(**chosen)

    def as_json(self) -> dict[str, Any]:
        """What was chosen, without what stands as it stands anyway."""
        chosen = {name: value for name, value in asdict(self).items() if value != getattr(Choice, name)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in chosen.items()}

    def sign_ons(self) -> QuerySet[SignOn]:
        """The sign-ons it asks for, in no order; an organization that stands twice, once."""
        found = SignOn.objects.filter(same_as__isnull=True, state__in=self.states)
        if self.statement:  # by id: the index that has the list in order begins with it
            found = found.filter(
                statement_id=Subquery(Statement.objects.filter(slug=self.statement).order_by().values("pk"))
            )
        equal = {
            "scope": self.scope, "organization_type": self.organization_type,
            "country": self.country if self.country != "-" else "", "text__language": self.text_language,
        }  # fmt: skip
        found = found.filter(**{name: value for name, value in equal.items() if value})
        if self.country == "-":
            found = found.filter(country="")
        if self.signed_from:
            found = found.filter(created_at__gte=_midnight(self.signed_from))
        if self.signed_to:
            found = found.filter(created_at__lt=_midnight(self.signed_to) + timedelta(days=1))
        if self.with_consent:
            found = found.filter(consent_updates=True)
        if self.query and not self.contacts:  # who asked to stand without a name is not found by it
            found = found.filter(listing=SignOn.Listing.NAME)
        for word in names.search_key(self.query).split() if self.query else ():
            found = found.filter(search_key__contains=word)
        return found

    def chosen(self, resource: type[SignatoryResource]) -> list[Column]:
        """The columns of a resource that it asks for, in its order; a column that may not be seen is not among them."""
        columns = resource.columns()
        return [columns[name] for name in self.columns or columns if name in columns]

    def header(self, resource: type[SignatoryResource]) -> list[str]:
        """What stands over the columns, as the program names it that the list is for."""
        theirs = HEADINGS[self.headings]
        names_of_ours = [str(column.column_name) for column in self.chosen(resource)]
        header = [theirs.get(name, name) for name in names_of_ours]
        return ["group", *header] if self._group else header

    def has_addresses(self, resource: type[SignatoryResource]) -> bool:
        """Whether a column of it holds addresses, which may be encrypted."""
        return any(column.is_address for column in self.chosen(resource))

    def rows(self, resource: type[SignatoryResource], *, guarded: bool = False) -> QuerySet[SignOn, tuple[Any, ...]]:
        """The list's rows as tuples, in order; `guarded`: cells that strangers typed are harmless in a CSV file."""
        cells = {"cell_group": self._group()} if self._group else {}
        for number, column in enumerate(self.chosen(resource)):
            cells[f"cell_{number}"] = _guard(column.expression) if guarded and column.typed else column.expression
        return self.sign_ons().order_by(*ORDERS[self.order]).annotate(**cells).values_list(*cells)

    @property
    def _group(self) -> Any:
        return _GROUPS.get(self.order) if self.grouped else None


def _or_conveners(group: Any) -> Case:
    """Conveners are a group of their own, as they are in the public list."""
    conveners = When(convener_place__lt=BEHIND, then=Value("conveners"))
    return Case(conveners, default=group, output_field=TextField())


def _guard(expression: Any) -> Func:
    """`cells.harmless`, by the database."""
    return Func(expression, Value(f"^(?={GUARDED})"), Value("'"), function="regexp_replace", output_field=TextField())


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), UTC)
