"""The public list of signatories."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns import heads
from campaigns.models import Statement
from campaigns.views.statement import statement_or_404
from signon import signatories as lists
from signon.finding import list_order, word_search
from signon.finding.query_strings import ListForm
from signon.models import Counter, Organization, SignOn


@require_safe
def signatories(request: HttpRequest, slug: str) -> HttpResponse:
    statement = statement_or_404(slug)
    if statement.phase() == "withdrawn":
        raise Http404
    language = get_language() or "en"
    form = ListForm(request.GET)
    asked = form.asked()
    places = lists.groups(statement, language)
    kept = {name: asked[name] for name in ("country", "scope", "q", "type") if asked[name]}
    page, too_many = _page(statement, language, asked)
    chosen = next((place for place in places if (place.code, place.scope) == (asked["country"], asked["scope"])), None)
    return render(
        request,
        "signon/signatories.html",
        {
            "statement": statement,
            "head": heads.head(reverse("signatories", args=[slug]), title=f"{_('Signatories')}: {statement.title}"),
            "form": form,
            "count": Counter.objects.filter(statement=statement).tally(),
            "groups": places,
            # Beside all names, behind the last of them.
            "only_counted": sum(place.total for place in places if place.is_only_counted and not (kept or page.after)),
            "chosen": chosen,
            "query": asked["q"],
            "too_many": word_search.MOST if too_many else None,
            "letters": _letters(language, kept) if page.before or page.after else [],
            "letter": asked["letter"],
            "type": asked["type"],
            "types": _types(statement),
            "conveners": [row for row in page.rows if row.is_convener],
            "rows": [row for row in page.rows if not row.is_convener],
            "previous_url": page.before and "?" + urlencode(kept | {"before": page.before}),
            "next_url": page.after and "?" + urlencode(kept | {"after": page.after}),
        },
    )


def _page(statement: Statement, language: str, asked: dict[str, str]) -> tuple[lists.Page, bool]:
    """What is asked for, and whether more names have the words than are judged."""
    try:
        listed = lists.listed(
            statement, country=asked["country"], scope=asked["scope"], query=asked["q"], signer_type=asked["type"]
        )
    except word_search.TooMany:
        return lists.Page([]), True
    before, after, letter = (asked[name] for name in ("before", "after", "letter"))
    return lists.page(listed, language, before=before, after=after, letter=letter), False


def _letters(language: str, kept: dict[str, str]) -> list[tuple[str, str]]:
    """Where each letter of the reader's language leads, and the names in other alphabets."""
    labels = [(letter, letter) for letter in list_order.letters(language)]
    others = (list_order.OTHER_ALPHABETS, _("Other alphabets"))
    return [(name, "?" + urlencode(kept | {"letter": letter})) for letter, name in [*labels, others]]


def _types(statement: Statement) -> list[tuple[str, str]]:
    individuals = [(SignOn.Signer.INDIVIDUAL.value, _("Individuals"))] if statement.accepts_individuals else []
    return [*((code, str(name)) for code, name in Organization.Type.choices), *individuals]
