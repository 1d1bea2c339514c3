"""What the organizers' pages of invitations show: the list and its filters, numbers, the planned rows. Only reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.models import Statement
from campaigns.models.reach import ALL_CAMPAIGNS
from signon import inviting
from signon.geography import countries
from signon.invitations import guest_lists
from signon.models import Invitation, Membership, User

State = Invitation.State
PAGE = 100
NO_COUNTRY, NOBODY, PERHAPS = "-", "-", "perhaps"
# In the order in which an organizer asks for them.
STATES = [
    State.WAITING, State.BOUNCED, State.ASKS, State.SIGNED, State.REFUSED, State.WITHDREW, State.DECLINED,
]  # fmt: skip

STANDING = {
    "new": _("New"),
    "known": _("In the directory"),
    "invited": _("Invited already"),
    "signed": _("Signed already"),
    "twice": _("Same as a row above"),
    "no_address": _("No e-mail address"),
    "opted_out": _("Wants no mail from us"),
    "problem": _("Needs a look"),
}


@dataclass(frozen=True)
class Choice:
    """What of a statement's invitations somebody looks at; empty strings filter nothing."""

    state: str = ""
    country: str = ""
    by: str = ""

    @classmethod
    def read(cls, asked: Any) -> Choice:
        """From a query string; what is not understood is left out."""
        state, country, by = (asked.get(name, "") for name in ("state", "country", "by"))
        return cls(
            state=state if state in (*STATES, PERHAPS) else "",
            country=country if country in (NO_COUNTRY, *countries.CODES) else "",
            by=by if by == NOBODY or number(by) else "",
        )

    def query(self, **instead: str) -> str:
        """As a query string with its question mark, "" where nothing is chosen."""
        chosen = {name: value for name, value in vars(replace(self, **instead)).items() if value}
        return f"?{urlencode(chosen)}" if chosen else ""

    def of(self, statement: Statement) -> QuerySet[Invitation]:
        """What it chooses of this statement's."""
        found = statement.invitations.sent()
        if self.state == PERHAPS:
            found = found.filter(perhaps__isnull=False).exclude(state=State.SIGNED)
        elif self.state:
            found = found.filter(state=self.state)
        if self.country:
            found = found.filter(country="" if self.country == NO_COUNTRY else self.country)
        if self.by:
            found = found.filter(looked_after_by=None if self.by == NOBODY else number(self.by))
        return found


def number(text: str) -> int:
    """An id as somebody's browser sent it; 0, which none has, where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


def page(statement: Statement, chosen: Choice, after: str = "") -> dict[str, Any]:
    """A page of the list after the invitation of this id, with what else can be chosen; a fixed number of queries."""
    found = inviting.with_mailbox(chosen.of(statement).filter(pk__gt=number(after)))
    found = found.select_related("looked_after_by", "sign_on", "perhaps").annotate(notes_told=Count("told"))
    rows = list(found.order_by("pk")[: PAGE + 1])
    more = str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""
    return {
        "invitations": rows[:PAGE],
        "next_url": (chosen.query() + ("&" if chosen.query() else "?") + f"after={more}") if more else "",
        "numbers": numbers(statement),
        "options": _options(statement),
        "remindable": inviting.remindable(statement).count(),
        "unsent": inviting.unsent(statement).count(),
    }


def numbers(statement: Statement) -> dict[str, Any]:
    """How many invitations stand in each state, how many are to be decided, and how many are planned."""
    counted = dict(statement.invitations.order_by().values_list("state").annotate(number=Count("pk")))
    undecided = statement.invitations.filter(perhaps__isnull=False).exclude(state=State.SIGNED).count()
    parts = [(str(state), state.label, counted.get(state, 0)) for state in STATES]
    return {
        "states": parts,
        "sent": sum(found for _state, _label, found in parts),
        "planned": counted.get(State.PLANNED, 0),
        "perhaps": undecided,
    }


def planned(statement: Statement, after: str = "") -> dict[str, Any]:
    """A page of planned rows with what would become of each, and how many of all can be sent."""
    rows = list(statement.invitations.planned().select_related("organization").order_by("pk"))
    codes = guest_lists.standing(statement, rows)
    sums: dict[str, int] = {}
    for code in codes.values():
        sums[code] = sums.get(code, 0) + 1
    shown = [row for row in rows if row.pk > number(after)][: PAGE + 1]
    return {
        "rows": [(row, codes[row.pk], STANDING[codes[row.pk]], guest_lists.says(row)) for row in shown[:PAGE]],
        "next": str(shown[PAGE - 1].pk) if len(shown) > PAGE else "",
        "sums": [(label, sums[code]) for code, label in STANDING.items() if code in sums],
        "sendable": sum(sums.get(code, 0) for code in guest_lists.SENDABLE),
        "all": len(rows),
        "languages": sorted({row.language for row in rows if codes[row.pk] in guest_lists.SENDABLE}),
    }


def staff(statement: Statement) -> QuerySet[User]:
    """Who may look after invitations of this statement: organizers who work on it."""
    everybody = User.objects.filter(is_active=True, is_staff=True)
    organizes = everybody.filter(_with_right("organize_statement")).values("pk")
    everywhere = everybody.filter(_with_right(ALL_CAMPAIGNS.partition(".")[2])).values("pk")
    here = Membership.objects.filter(campaign=statement.campaign_id).values("user")
    works_on_it = Q(pk__in=organizes) & (Q(pk__in=everywhere) | Q(pk__in=here))
    return everybody.filter(works_on_it | Q(is_superuser=True))


def _with_right(name: str) -> Q:
    return Q(groups__permissions__codename=name) | Q(user_permissions__codename=name)


def _options(statement: Statement) -> dict[str, list[tuple[str, str, int]]]:
    language = get_language() or "en"
    sent = statement.invitations.sent().order_by()
    by_country = dict(sent.values_list("country").annotate(number=Count("pk")))
    by_staff = list(sent.values_list("looked_after_by").annotate(number=Count("pk")))
    known = User.objects.in_bulk([pk for pk, _number in by_staff if pk])
    places = [(code or NO_COUNTRY, countries.name(code, language), found) for code, found in by_country.items()]
    people = [(str(pk) if pk else NOBODY, str(known.get(pk, "")), found) for pk, found in by_staff]
    return {
        "country": sorted(places, key=lambda row: row[1]),
        "by": sorted(people, key=lambda row: row[1]),
    }
