"""What an organizer looks at: how a statement's sign-ons come in, and where they wait. No names are in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import get_language, get_language_info

from campaigns.models import Statement
from signon.figures import kept
from signon.geography import countries
from signon.models import Message, SignOn
from signon.models.counter import UNDISCLOSED

State = SignOn.State
# More days than these are told by the week.
MOST_DAYS = 70


@dataclass(frozen=True)
class Day:
    """A day, or the week that begins on it, in the statement's zone; `accepted` are those that stand, up to its end."""

    date: date
    signed: int
    accepted: int


@dataclass(frozen=True)
class Numbers:
    """The numbers of one moment, each sign-on counted once, whatever became of it.

    `posted` are those that their representatives signed, `confirmed` those of them that they confirmed; `brought` came
    with an import or were entered by hand. `accepted` are all that stand: `accepted_posted` and `accepted_brought`.
    `counted_at` is the moment, None where it is this one.
    """

    days: list[Day] = field(default_factory=list)
    is_weekly: bool = False
    goal: int | None = None
    closes_on: date | None = None
    posted: int = 0
    confirmed: int = 0
    accepted: int = 0
    accepted_posted: int = 0
    brought: int = 0
    accepted_brought: int = 0
    states: list[tuple[str, str, int]] = field(default_factory=list)  # state, its name, how many
    waiting: int = 0
    oldest: datetime | None = None
    bounced: int = 0
    given_up: int = 0
    languages: list[tuple[str, int, int]] = field(default_factory=list)  # name, read in it, mails in it
    countries: dict[str, int] = field(default_factory=dict)  # signatories by code; of no told country under none
    missing: list[str] = field(default_factory=list)  # names of countries without a signatory
    counted_at: datetime | None = None

    @property
    def total(self) -> int:
        """All sign-ons, however they came and whatever became of them."""
        return self.posted + self.brought

    @property
    def share(self) -> int | None:
        """How much of the goal is reached, in whole percent; None without a goal."""
        return self.accepted * 100 // self.goal if self.goal else None


def numbers(statement: Statement) -> Numbers:
    """Nine queries at most, whatever the number of sign-ons; of very many sign-ons, as they were counted last."""
    figures = kept.read(name_of(statement), lambda: count(statement))
    told = figures.told
    by_state: dict[str, int] = {}
    by_way: dict[tuple[bool, bool], int] = {}  # posted by its representative, accepted
    for state, source, number in told["states"]:
        by_state[state] = by_state.get(state, 0) + number
        way = (source == SignOn.Source.FORM, state == State.ACCEPTED)
        by_way[way] = by_way.get(way, 0) + number
    days, is_weekly = _days(*(_by_date(told[name]) for name in ("signed", "stood")))
    there = _countries(statement)
    return Numbers(
        days=days,
        is_weekly=is_weekly,
        goal=statement.goal,
        closes_on=statement.closes_at and timezone.localtime(statement.closes_at, statement.time_zone).date(),
        posted=by_way.get((True, True), 0) + by_way.get((True, False), 0),
        confirmed=told["confirmed"],
        accepted=by_state.get(State.ACCEPTED, 0),
        accepted_posted=by_way.get((True, True), 0),
        brought=by_way.get((False, True), 0) + by_way.get((False, False), 0),
        accepted_brought=by_way.get((False, True), 0),
        states=[(state.value, str(state.label), by_state.get(state.value, 0)) for state in State],
        waiting=by_state.get(State.CONFIRMED, 0),
        oldest=told["oldest"] and datetime.fromisoformat(told["oldest"]),
        bounced=told["mail"].get(Message.State.BOUNCED, 0),
        given_up=told["mail"].get(Message.State.DEAD, 0),
        languages=_languages(told["languages"]),
        countries=there,
        missing=[name for code, name in countries.choices(get_language() or "en") if code not in there],
        counted_at=figures.counted_at,
    )


def name_of(statement: Statement) -> str:
    """Under which these figures are kept."""
    return f"desk {statement.pk}"


def count(statement: Statement) -> dict[str, Any]:
    """What is told of a statement's sign-ons, as JSON; the same rows that an export of each state has."""
    own = SignOn.objects.filter(statement=statement, same_as__isnull=True).order_by()
    lost = Q(state=Message.State.BOUNCED) | Q(state=Message.State.DEAD)
    returned = Message.objects.filter(lost, sign_on__statement=statement).order_by()
    oldest = own.filter(state=State.CONFIRMED).aggregate(oldest=Min("created_at"))["oldest"]
    return {
        "states": [list(row) for row in own.values_list("state", "source").annotate(number=Count("pk"))],
        "signed": _by_day(own, "created_at", statement),
        "stood": _by_day(own.filter(state=State.ACCEPTED), "decided_at", statement),
        "confirmed": own.filter(source=SignOn.Source.FORM, confirmed_at__isnull=False).count(),
        "oldest": oldest and oldest.isoformat(),
        "mail": dict(returned.values_list("state").annotate(number=Count("pk"))),
        "languages": [list(row) for row in own.values_list("text__language", "language").annotate(number=Count("pk"))],
    }


def not_listed_yet(statement: Statement) -> dict[str, int]:
    """Who does not stand in a list that is made now, and may yet: at the desk ("waiting"), and "unconfirmed"."""
    of_state = {"waiting": State.CONFIRMED, "unconfirmed": State.UNCONFIRMED}
    return {name: SignOn.objects.filter(statement=statement, state=state).count() for name, state in of_state.items()}


def _by_day(sign_ons: Any, moment: str, statement: Statement) -> dict[str, int]:
    rows = sign_ons.annotate(day=TruncDate(moment, tzinfo=statement.time_zone)).values_list("day")
    return {day.isoformat(): number for day, number in rows.annotate(number=Count("pk")) if day}


def _by_date(told: dict[str, int]) -> dict[date, int]:
    return {date.fromisoformat(day): number for day, number in told.items()}


def _days(signed: dict[date, int], accepted: dict[date, int]) -> tuple[list[Day], bool]:
    known = [*signed, *accepted]
    if not known:
        return [], False
    first, last = min(known), max(known)
    is_weekly = (last - first).days >= MOST_DAYS
    step = timedelta(days=7 if is_weekly else 1)
    days, total, day = [], 0, first
    while day <= last:
        within = [day + timedelta(days=number) for number in range(step.days)]
        total += sum(accepted.get(each, 0) for each in within)
        days.append(Day(day, sum(signed.get(each, 0) for each in within), total))
        day += step
    return days, is_weekly


def _languages(rows: Iterable[Any]) -> list[tuple[str, int, int]]:
    """In which language the text was read that was signed, and which language its signers want their mails in."""
    read: dict[str, int] = {}
    mailed: dict[str, int] = {}
    for text, mails, number in rows:
        read[text] = read.get(text, 0) + number
        mailed[mails] = mailed.get(mails, 0) + number
    named = [(_name(code), read.get(code, 0), mailed.get(code, 0)) for code in {*read, *mailed}]
    return sorted(named, key=lambda row: (-row[1], -row[2], row[0]))


def _name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _countries(statement: Statement) -> dict[str, int]:
    there: dict[str, int] = {}
    for row in statement.counters.all():
        if row.country not in ("", UNDISCLOSED):
            there[row.country] = there.get(row.country, 0) + row.organizations + row.individuals
    return {code: number for code, number in there.items() if number > 0}
