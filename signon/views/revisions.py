"""What changed in a statement's text, and how many signatories stand under which."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns import amendments, heads
from campaigns.views.statement import statement_or_404
from signon.figures import public_numbers


@require_safe
def revisions(request: HttpRequest, slug: str) -> HttpResponse:
    statement = statement_or_404(slug)
    language = get_language()
    found = [] if statement.phase() == "withdrawn" else amendments.public_revisions(statement)
    text = found[0].text(language) if found else None
    if text is None:
        raise Http404
    numbers, counted_at = public_numbers.by_revision(statement)
    versions = [
        {
            "revision": revision,
            "texts": revision.current_texts,
            "signatories": numbers.get(revision.pk, 0),
            "changes": amendments.changes(before, revision, language) if before else None,
            "is_newest": revision is found[0],
        }
        for revision, before in zip(found, [*found[1:], None], strict=True)
    ]
    title = _("Versions of the text")
    head = heads.head(reverse("revisions", args=[slug]), title=f"{title}: {text.title}")
    page = {"statement": statement, "versions": versions, "head": head, "phase": statement.phase()}
    page["counted_at"] = counted_at
    return render(request, "signon/revisions.html", page)
