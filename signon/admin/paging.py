"""The administration's lists where there are a million rows: none counts them all, none reads them all to find some."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from signon.finding.word_search import MOST as MOST_JUDGED
from signon.finding.word_search import TooMany

MOST = 10_000


class ShortPaginator(Paginator):
    """Counts to MOST and no further: who looks for more than that searches, or filters."""

    @cached_property
    def count(self) -> int:
        return len(cast(QuerySet[Any], self.object_list).order_by().values_list("pk", flat=True)[:MOST])


class ListInOrder(ChangeList):
    """Sorts by the columns that `sortable_by` names, and by no other that somebody writes into the address."""

    def get_ordering_field(self, field_name: Any) -> Any:
        return super().get_ordering_field(field_name) if field_name in (self.sortable_by or ()) else None


class FoundByIndex:
    """A list whose search asks indexes alone: `ids_found` says which rows a search finds, and raises TooMany."""

    paginator: Any = ShortPaginator
    show_full_result_count = False

    def ids_found(self, term: str) -> Iterable[int]:
        """The ids of all rows that are found by what was typed, whoever may see them."""
        raise NotImplementedError

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ListInOrder

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = " ".join(search_term.replace("\0", "").split())
        if not term:
            return queryset, False
        try:
            return queryset.filter(pk__in=list(self.ids_found(term))), False
        except TooMany:
            told = _("More than %(number)s have these words. Add another word.") % {"number": f"{MOST_JUDGED:,}"}
            messages.warning(request, told)
            return queryset.none(), False


def at_most(found: QuerySet[Any]) -> list[int]:
    """Their ids; raises TooMany where they are more than are judged."""
    ids = list(found.order_by().values_list("pk", flat=True)[: MOST_JUDGED + 1])
    if len(ids) > MOST_JUDGED:
        raise TooMany
    return ids
