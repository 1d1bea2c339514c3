"""What signon puts on a statement's page: its form, count, latest names and list."""

from typing import Any

from django import template
from django.conf import settings
from django.utils.translation import get_language

from campaigns.models import Statement
from signon import signatories
from signon.forms import SignOnForm
from signon.questions import quotes

register = template.Library()


@register.inclusion_tag("signon/_count.html")
def sign_on_count(statement: Statement) -> dict[str, Any]:
    """How many organizations from how many countries, and how many individuals."""
    return {"count": statement.counters.all().tally()}


@register.simple_tag
def sign_on_tally(statement: Statement) -> Any:
    """The numbers alone, for a card in a list: {organizations, countries, individuals}."""
    return statement.counters.all().tally()


@register.inclusion_tag("signon/_latest.html")
def latest_signatories(statement: Statement) -> dict[str, Any]:
    """The five newest that stand by name."""
    return {"latest": signatories.latest(statement, get_language() or "en")}


@register.inclusion_tag("signon/_quotes.html")
def why_they_sign(statement: Statement) -> dict[str, Any]:
    """The quotes that staff accepted."""
    return {"quotes": quotes.shown(statement, get_language() or "en")}


@register.inclusion_tag("signon/_groups.html")
def signatory_groups(statement: Statement) -> dict[str, Any]:
    """All names up to settings.NAMES_ON_STATEMENT of them, beyond that the groups with their numbers."""
    language = get_language() or "en"
    places = signatories.groups(statement, language)
    few = sum(place.total for place in places) <= settings.NAMES_ON_STATEMENT
    return {
        "statement": statement,
        "groups": signatories.grouped(statement, language, places) if few else places,
        "names_shown": few,
    }


@register.inclusion_tag("signon/_form.html", takes_context=True)
def sign_on_form(context: dict[str, Any], statement: Statement) -> dict[str, Any]:
    """The empty form, the same for every reader who comes by the same link."""
    return {"statement": statement, "form": SignOnForm(statement=statement, via=context["request"].GET.get("via", ""))}
