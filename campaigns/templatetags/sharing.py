"""How a page is passed on."""

from django import template

from campaigns import sharing
from campaigns.heads import Head

register = template.Library()


@register.simple_tag
def share_ways(head: Head) -> list[sharing.Way]:
    """The platforms' plain links for a page."""
    return sharing.ways(head.title, head.canonical)


@register.simple_tag
def mail_way(head: Head) -> str:
    """A mail that holds the page's title and address."""
    return sharing.mail(head.title, head.canonical)
