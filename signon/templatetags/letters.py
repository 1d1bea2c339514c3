"""What pages show of letter packs."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from campaigns.models import Statement
from signon.statements.story import Chapter, story

register = template.Library()


@register.simple_tag
def statement_story(statement: Statement) -> list[Chapter]:
    """What became of a statement: letters that were handed over and answers, the first first."""
    return story(statement)


@register.filter
def way_in_words(way: str) -> str:
    """How signatories were accepted, for whoever got the letter."""
    return _WAYS[way]()


_WAYS: dict[str, Any] = {
    "confirmed_then_accepted_by_staff": lambda: _("confirmed by e-mail, then verified by staff"),
    "confirmed_by_invitation_then_accepted_by_staff": lambda: _(
        "confirmed by the link of their invitation, then verified by staff"
    ),
    "confirmed_then_accepted_by_rule": lambda: _("confirmed by e-mail from a domain that staff had recorded for them"),
    "taken_from_a_list": lambda: _("taken over by staff from a list made elsewhere"),
    "entered_by_staff": lambda: _("entered by staff"),
}
