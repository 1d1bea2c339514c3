"""A statement at the desk: where it stands and what comes next, the ways about it, what conveners said of its text."""

from typing import Any

from django import template

from campaigns.models import Statement
from signon.models import Comment
from signon.statements import lacking, next_steps, statement_parts, time_to_confirm

register = template.Library()


@register.inclusion_tag("desk/_life.html", takes_context=True)
def statement_life(context: dict[str, Any], statement: Statement) -> dict[str, Any]:
    """Where it stands, what is missing, the one next step."""
    return {
        "statement": statement,
        "phase": statement.phase(),
        "still_confirmed": time_to_confirm.still_confirms(statement),
        "standing": next_steps.standing(statement),
        "tally": context.get("tally"),
        "perms": context["perms"],
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag(takes_context=True)
def parts_of(context: dict[str, Any], statement: Statement, part: str) -> list[statement_parts.Group]:
    """The ways to everything about a statement that the reader may open; `part` is the page that is shown."""
    return statement_parts.groups(statement, context["request"].user, part)


@register.simple_tag
def mending_url(statement: Statement, code: str) -> str:
    """The page where what is missing is mended."""
    return lacking.mending_url(statement, code)


@register.inclusion_tag("desk/_comments.html", takes_context=True)
def statement_comments(context: dict[str, Any], statement: Statement) -> dict[str, Any]:
    """What conveners said, the open ones first, with whether the text is still the one that they read."""
    kept = Comment.objects.filter(convener__statement=statement).exclude(words="")
    found = kept.select_related("convener", "settled_by")
    now = {text.digest for text in statement.revision.current_texts} if statement.revision else set()
    comments = [{"comment": each, "is_of_this_text": each.digest in now} for each in found]
    return {
        "statement": statement,
        "comments": sorted(comments, key=lambda each: each["comment"].settled_at is not None),
        "perms": context["perms"],
        "csrf_token": context.get("csrf_token"),
    }
