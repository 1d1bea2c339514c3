"""Search over the whole public site."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns import heads, searching
from signon.finding import directory, word_search
from signon.finding.query_strings import SearchForm

# So many organizations stand beside the other results; the directory has the rest.
ORGANIZATIONS = 5


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    asked = SearchForm(request.GET).asked()
    query, number = asked["q"], int(asked["page"] or 1)
    found = searching.find(query, page=number)
    listed = _organizations(query)
    organizations = listed.rows if number == 1 else []
    nothing = bool(query) and not found.number and not organizations and not listed.after
    return render(
        request,
        "signon/search.html",
        {
            "head": heads.head(reverse("search"), title=_("Search")),
            "query": query,
            "found": found,
            "organizations": organizations,
            "too_many": word_search.MOST if listed.after and not listed.rows else None,
            "more_organizations": bool(listed.after and number == 1),
            "nothing": nothing,
            "instead": searching.closest(query, directory.newest_names()) if nothing else "",
            "previous_url": "?" + urlencode({"q": query, "page": number - 1}) if number > 1 else "",
            "next_url": "?" + urlencode({"q": query, "page": number + 1}) if found.has_more else "",
        },
    )


def _organizations(query: str) -> directory.Page:
    """The first of those that have the words; none of very many, which the directory asks another word for."""
    if not query:
        return directory.Page([])
    try:
        named = directory.listed(query=query)
    except word_search.TooMany:
        return directory.Page([], after="1")
    return directory.page(named, get_language() or "en", query=query, size=ORGANIZATIONS)
