"""What the pages of an import show: numbers, rows in pages, and what may be done with each row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from signon import jobs
from signon.geography import countries
from signon.imports import remarks
from signon.imports.import_forms import RowForm
from signon.imports.recognizing import is_gone
from signon.models import Import, ImportRow, Job, Organization, SignOn

Status = ImportRow.Status
PAGE, LEFT_SHOWN = 100, 500
# What a page of rows can be narrowed to.
_FILTERS = {
    "": Q(),
    "new": Q(status=Status.NEW),
    "same": Q(status=Status.SAME),
    "duplicate": Q(status=Status.DUPLICATE),
    "problem": Q(status=Status.PROBLEM),
    "out": Q(takes=False),
}


@dataclass
class Shown:
    """One row as the page shows it."""

    row: ImportRow
    form: RowForm
    place: str
    says: list[str]
    choices: list[tuple[str, str]]  # codes and names of countries that an ambiguous one may be
    acts: list[tuple[str, str]]
    is_open: bool


def rows(chosen: Import, asked: QueryDict) -> dict[str, Any]:
    """One page of rows, from the number asked for on, with the numbers of each status."""
    name = asked.get("status", "")
    name = name if name in _FILTERS else ""
    wanted = re.fullmatch("[0-9]{1,9}", asked.get("after", ""))
    after = int(wanted[0]) if wanted else 0
    matching = chosen.rows.filter(_FILTERS[name])
    found = list(matching.filter(number__gt=after).select_related("organization").order_by("number")[: PAGE + 1])
    before = list(matching.filter(number__lte=after).order_by("-number").values_list("number", flat=True)[: PAGE + 1])
    query = f"status={name}" if name else ""
    return {
        "shown": [shown(row, RowForm(row=row)) for row in found[:PAGE]],
        "status": name,
        "parts": _parts(chosen),
        "sums": sums(chosen),
        "query": f"{query}&after={after}" if after else query,
        "next": f"?{query}&after={found[PAGE - 1].number}" if len(found) > PAGE else "",
        "previous": f"?{query}&after={before[PAGE] if len(before) > PAGE else 0}" if before else "",
    }


def sums(chosen: Import) -> dict[str, int]:
    """What exactly will happen."""
    taken = Q(takes=True)
    individuals = Q(values__signer=SignOn.Signer.INDIVIDUAL)
    return chosen.rows.aggregate(
        rows=Count("pk"),
        taken=Count("pk", filter=taken),
        individuals=Count("pk", filter=taken & individuals),
        known=Count("pk", filter=taken & Q(links=True, organization__isnull=False)),
        made=Count("pk", filter=taken & ~individuals & Q(Q(links=False) | Q(organization__isnull=True))),
        same=Count("pk", filter=Q(status=Status.SAME)),
        duplicate=Count("pk", filter=Q(status=Status.DUPLICATE, takes=False)),
        problem=Count("pk", filter=Q(status=Status.PROBLEM)),
        skipped=Count("pk", filter=Q(status=Status.NEW, takes=False)),
    )


def result(chosen: Import) -> dict[str, Any]:
    """What came of an import, and of taking it back."""
    left = chosen.rows.exclude(left=[]).select_related("sign_on", "made").order_by("number")
    job = jobs.latest(Job.Kind.UNDO_IMPORT, chosen.pk)
    return {
        "job": job,
        "came": chosen.rows.exclude(sign_on=None).count(),
        "made": chosen.rows.exclude(made=None).count(),
        "rows": chosen.rows.count(),
        "left_number": left.count(),
        "left": [(row, remarks.say_all(row.left)) for row in left[:LEFT_SHOWN]],
    }


def shown(row: ImportRow, form: RowForm) -> Shown:
    """A row with its words and what may be done with it."""
    language = get_language() or "en"
    says = [*row.problems, *row.reasons, *remarks.worth_a_look(row.notes)]
    codes = [code for each in row.problems if each["code"] == "ambiguous" for code in each["codes"]]
    return Shown(
        row,
        form,
        _place(row, language),
        [remarks.say(each) for each in says],
        [(code, countries.name(code, language)) for code in codes],
        _acts(row),
        form.is_bound or bool(codes),
    )


def url_of(row: ImportRow, query: str) -> str:
    """Where the row stands in the list, filtered as `query` says."""
    kept = QueryDict(query)
    asked = QueryDict(mutable=True)
    for name in ("status", "after"):
        if name in kept:
            asked[name] = kept[name]
    return f"{reverse('desk-import-rows', args=[row.of_id])}?{asked.urlencode()}#row-{row.number}"


def _place(row: ImportRow, language: str) -> str:
    if country := countries.name(row.values["country"], language):
        return country
    # While a row's country is in question it is neither regional nor international.
    return "" if row.status == Status.PROBLEM else str(Organization.Scope(row.values["scope"]).label)


def _acts(row: ImportRow) -> list[tuple[str, str]]:
    """Names of acts with their buttons."""
    codes = {each["code"] for each in row.problems}
    if row.status == Status.PROBLEM:
        return [("one", _("It is one organization")), ("apart", _("Take them apart"))] if "two_names" in codes else []
    if row.status == Status.SAME:
        return []
    if row.status == Status.DUPLICATE:
        take = _("Import it all the same") if is_gone(row) else _("Another organization: import it")
        return [("skip", _("Leave out"))] if row.takes else [("take", take)]
    if not row.takes:
        return [("take", pgettext("a row of a list", "Import it"))]
    acts = [("skip", _("Leave out"))]
    if row.organization_id and row.links and row.score is not None:
        acts.append(("as-new", _("It is another organization")))
    elif row.organization_id and not row.links:
        acts.append(("link", _("It is this organization")))
    return acts


def _parts(chosen: Import) -> list[tuple[str, str, int]]:
    numbers = chosen.rows.aggregate(**{name or "all": Count("pk", filter=which) for name, which in _FILTERS.items()})
    labels = {
        "": pgettext("rows of a list", "All"),
        "new": Status.NEW.label,
        "same": Status.SAME.label,
        "duplicate": Status.DUPLICATE.label,
        "problem": Status.PROBLEM.label,
        "out": _("Left out"),
    }
    return [(name, str(labels[name]), numbers[name or "all"]) for name in _FILTERS]
