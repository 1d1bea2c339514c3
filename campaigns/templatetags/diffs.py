"""What changed between two texts, as it is shown."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from campaigns import diff

register = template.Library()


@register.simple_tag
def changes(before: str, after: str) -> SafeString:
    """Both texts in one, what is gone in del and what is new in ins, and both said to who does not see colors.

    It wants a parent of the class "diff", with the text's lang and dir (static campaigns/diff.css).
    """
    return format_html_join("", "{}", ((_part(kind, text),) for kind, text in diff.words(before, after)))


def _part(kind: str, text: str) -> SafeString | str:
    if kind == diff.GONE:
        return format_html('<del><span class="visually-hidden">{} </span>{}</del>', _("[Removed:]"), text)
    if kind == diff.NEW:
        return format_html('<ins><span class="visually-hidden">{} </span>{}</ins>', _("[Added:]"), text)
    return text
