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
from signon.site import profiles
from signon.site.finding_forms import SearchForm

# So many organizations stand beside the other results; the directory has the rest.
ORGANIZATIONS = 5


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    asked = SearchForm(request.GET).asked()
    query, number = asked["q"], int(asked["page"] or 1)
    found = searching.find(query, page=number)
    named, language = profiles.listed(query=query), get_language() or "en"
    listed = profiles.page(named, language, query=query, size=ORGANIZATIONS) if query else None
    organizations = listed.rows if listed and number == 1 else []
    nothing = bool(query) and not found.number and not organizations
    names = [
        profiles.stands().values_list("listed_name", flat=True),
        profiles.own_names().values_list("name", flat=True),
    ]
    return render(
        request,
        "signon/search.html",
        {
            "head": heads.head(reverse("search"), title=_("Search")),
            "query": query,
            "found": found,
            "organizations": organizations,
            "more_organizations": bool(listed and listed.after and organizations),
            "nothing": nothing,
            "instead": searching.closest(query, names) if nothing else "",
            "previous_url": "?" + urlencode({"q": query, "page": number - 1}) if number > 1 else "",
            "next_url": "?" + urlencode({"q": query, "page": number + 1}) if found.has_more else "",
        },
    )
