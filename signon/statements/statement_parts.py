"""The desk's pages about one statement, in the groups of their navigation: who may open which, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Statement
from signon.models import User
from signon.people.reach import READ_ALL


@dataclass(frozen=True)
class Part:
    """One page; `right` is what its view asks for."""

    name: str
    label: Any
    url_name: str
    right: str
    url: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class Group:
    """Pages that belong together, those alone that the reader may open; its link leads to the first."""

    name: str
    label: Any
    parts: tuple[Part, ...]

    @property
    def url(self) -> str:
        return self.parts[0].url

    @property
    def is_current(self) -> bool:
        return any(part.is_current for part in self.parts)


WRITE, ORGANIZE, VERIFY = "campaigns.change_statement", "signon.organize_statement", "signon.verify_signon"
EXPORT = "signon.export_signon"
# No label stands twice: a link is found by its words.
GROUPS = (
    Group("overview", _("Overview"), (Part("overview", _("Overview"), "desk-statement", "signon.view_signon"),)),
    Group(
        "writing",
        _("Writing"),
        (
            Part("text", _("Text"), "desk-text", WRITE),
            Part("questions", _("Questions"), "desk-questions", WRITE),
            Part("particulars", _("Particulars"), "desk-particulars", ORGANIZE),
            Part("preview", _("Preview"), "desk-preview", WRITE),
        ),
    ),
    Group(
        "inviting",
        _("Inviting"),
        (
            Part("conveners", _("Conveners"), "desk-conveners", ORGANIZE),
            Part("invitations", _("Invitations"), "desk-invitations", ORGANIZE),
            Part("sources", _("Sources"), "desk-sources", ORGANIZE),
            Part("coverage", _("Coverage"), "desk-coverage", ORGANIZE),
        ),
    ),
    Group(
        "signing",
        _("Signing"),
        (
            Part("queue", _("To decide"), "desk-queue", "signon.view_signon"),
            Part("quotes", _("Quotes"), "desk-quotes", VERIFY),
            Part("by-hand", _("By hand"), "desk-by-hand", ORGANIZE),
            Part("late", _("Late sign-ons"), "desk-late-links", ORGANIZE),
            Part("import", _("Import"), "desk-import-begin", "signon.import_signon"),
        ),
    ),
    Group(
        "delivering",
        _("Delivering"),
        (
            Part("export", _("Export"), "desk-export-choose", EXPORT),
            Part("letters", _("Letter"), "desk-statement-letters", EXPORT),
            Part("delivery", _("Delivery"), "desk-delivery", ORGANIZE),
        ),
    ),
)


def groups(statement: Statement, user: User, current: str) -> list[Group]:
    """The groups with the pages that this user may open, none that is empty; `current` is the name of a part."""
    found = []
    for group in GROUPS:
        parts = tuple(
            replace(part, url=_url(part, statement), is_current=part.name == current)
            for part in group.parts
            if user.has_perm(part.right) or user.has_perm(READ_ALL)
        )
        if parts:
            found.append(replace(group, parts=parts))
    return found


def _url(part: Part, statement: Statement) -> str:
    if part.name == "queue":  # one page for all statements, with a choice
        return f"{reverse(part.url_name)}?statement={statement.pk}"
    return reverse(part.url_name, args=[statement.slug])
