"""The public directory of organizations, and each one's page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns import heads
from signon.finding import directory, profiles, word_search
from signon.finding.query_strings import DirectoryForm
from signon.models import Organization


@require_safe
def organizations(request: HttpRequest) -> HttpResponse:
    language = get_language() or "en"
    asked = DirectoryForm(request.GET).asked()
    kept = {name: asked[name] for name in ("q", "country", "type") if asked[name]}
    page, too_many = _page(language, asked)
    places = directory.places(language)
    title = _("Organizations")
    lead = _("Those that signed a statement, and stand under it by name.")
    return render(
        request,
        "signon/organizations.html",
        {
            "head": heads.head(reverse("organizations"), title=title, description=lead),
            "lead": lead,
            "page": page,
            "places": places,
            "query": asked["q"],
            "too_many": word_search.MOST if too_many else None,
            "types": Organization.Type.choices,
            "asked": asked,
            "is_narrowed": bool(kept),
            "previous_url": page.before and "?" + urlencode(kept | {"before": page.before}),
            "next_url": page.after and "?" + urlencode(kept | {"after": page.after}),
        },
    )


def _page(language: str, asked: dict[str, str]) -> tuple[directory.Page, bool]:
    """What is asked for, and whether more names have the words than are judged."""
    try:
        found = directory.listed(country=asked["country"], organization_type=asked["type"], query=asked["q"])
    except word_search.TooMany:
        return directory.Page([]), True
    return directory.page(found, language, query=asked["q"], before=asked["before"], after=asked["after"]), False


@require_safe
def organization(request: HttpRequest, slug: str) -> HttpResponse:
    found = profiles.profile(slug, get_language() or "en")
    if found is None:
        if elsewhere := profiles.moved_to(slug):
            return redirect(elsewhere)
        raise Http404
    description = _("%(name)s (%(place)s) and the statements it signed.") % {"name": found.name, "place": found.place}
    head = heads.head(found.path, title=found.name, description=description)
    return render(request, "signon/organization.html", {"profile": found, "head": head, "claim_slug": slug})
