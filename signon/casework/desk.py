"""What the desk shows: the queue and its filters, the next case, what stands beside one. Only reads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, DateTimeField, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, LessThan
from django.utils import timezone
from django.utils.translation import get_language

from campaigns.models import Statement
from signon.abuse.holding import HELD_IN
from signon.casework import findings
from signon.finding.list_order import Row
from signon.geography import countries
from signon.models import Case, Message, Proposal, Question, SignOn, User
from signon.models.sign_on_indexes import WAITS_SINCE

State = SignOn.State
PAGE = 50
NO_COUNTRY = "-"
# Of each part so many are counted: the whole, and by statement, country and evidence.
MOST_COUNTED = 5000

# The queue's parts: what is to be decided, what waits for an answer, where a change is proposed, whose mail came back,
# what is on hold, what was decided, what its signers took back.
TO_DECIDE, ASKED, PROPOSED, RETURNED, HELD, DECIDED = "to_decide", "asked", "proposed", "returned", "held", "decided"
WITHDRAWN = "withdrawn"
PARTS = [TO_DECIDE, ASKED, PROPOSED, RETURNED, HELD, DECIDED, WITHDRAWN]
# The newest of these come first.
_OVER = {DECIDED: "decided_at", WITHDRAWN: "ended_at"}
# Of these the state says it, and they may be very many.
_BY_STATE = (TO_DECIDE, *_OVER)
_LOST = [Message.State.BOUNCED, Message.State.DEAD, Message.State.SUPPRESSED]


class Counted(int):
    """How many there are, as far as they were counted; a page says "5000+" where there may be more."""

    is_cut = False

    @classmethod
    def of(cls, number: int, *, is_cut: bool) -> Counted:
        made = cls(number)
        made.is_cut = is_cut
        return made

    @classmethod
    def to_a_limit(cls, number: int) -> Counted:
        """Of what was counted to MOST_COUNTED and one more."""
        return cls.of(min(number, MOST_COUNTED), is_cut=number > MOST_COUNTED)

    def __str__(self) -> str:
        return f"{int(self)}+" if self.is_cut else f"{int(self)}"


@dataclass(frozen=True)
class Choice:
    """What of the queue somebody looks at; empty strings filter nothing."""

    part: str = TO_DECIDE
    statement: str = ""
    country: str = ""
    evidence: str = ""
    mine: str = ""

    @classmethod
    def read(cls, asked: Any) -> Choice:
        """From a query string; what is not understood is left out."""
        part = asked.get("part", TO_DECIDE)
        country, statement = asked.get("country", ""), asked.get("statement", "")
        return cls(
            part=part if part in PARTS else TO_DECIDE,
            statement=statement if statement.isascii() and statement.isdecimal() and len(statement) < 18 else "",
            country=country if country in (NO_COUNTRY, *countries.CODES) else "",
            evidence=asked.get("evidence", "") if asked.get("evidence", "") in findings.CODES else "",
            mine="1" if asked.get("mine") == "1" else "",
        )

    def query(self, **instead: str) -> str:
        """As a query string with its question mark, "" where nothing is chosen."""
        other = replace(self, **instead)
        chosen = {name: value for name, value in vars(other).items() if value and (name, value) != ("part", TO_DECIDE)}
        return f"?{urlencode(chosen)}" if chosen else ""


@dataclass
class Page:
    """One page of the queue, and the way to the next."""

    sign_ons: list[SignOn]
    after: str = ""
    options: dict[str, list[tuple[str, str, Counted]]] = field(default_factory=dict)


def part(name: str, user: User) -> QuerySet[SignOn]:
    """All of one part that this member of staff may see, in the order in which it is worked off."""
    seen = SignOn.objects.for_user(user)
    open_question = Exists(Question.objects.filter(sign_on=OuterRef("pk"), answered_at=None, dropped_at=None))
    if name in (TO_DECIDE, ASKED):
        asked = open_question if name == ASKED else ~open_question
        return seen.filter(asked, state=State.CONFIRMED, hold=None).annotate(since=WAITS_SINCE).order_by("since", "pk")
    if name == PROPOSED:
        waiting = Proposal.objects.waiting().filter(sign_on=OuterRef("pk"))
        return seen.filter(Exists(waiting)).order_by("created_at", "pk")
    if name == RETURNED:
        lost = Message.objects.filter(sign_on=OuterRef("pk"), state__in=_LOST, kind=Message.Kind.VERIFICATION)
        # By what no index has: PostgreSQL would go through all that ever came, in order, to find these few.
        came = Coalesce("created_at", "created_at")
        return seen.filter(Exists(lost), state=State.UNCONFIRMED).annotate(came=came).order_by("came", "pk")
    if name == HELD:
        return seen.filter(hold__isnull=False, state__in=HELD_IN).order_by("created_at", "pk")
    if name == WITHDRAWN:
        return seen.filter(state=State.WITHDRAWN, ending=SignOn.Ending.SIGNER).order_by("-ended_at", "-pk")
    return seen.filter(state__in=[State.ACCEPTED, State.DECLINED]).order_by("-decided_at", "-pk")


def queue(chosen: Choice, user: User) -> QuerySet[SignOn]:
    """What somebody chose of the queue, with statement, text and case."""
    found = part(chosen.part, user).select_related("statement", "text", "case__assigned_to", "case__taken_by")
    if chosen.statement:
        found = found.filter(statement=int(chosen.statement))
    if chosen.country:
        found = found.filter(country="" if chosen.country == NO_COUNTRY else chosen.country)
    if chosen.evidence:
        found = found.filter(case__codes__contains=[chosen.evidence])
    if chosen.mine:
        found = found.filter(case__assigned_to=user)
    return found


def page(chosen: Choice, user: User, after: str = "") -> Page:
    """A page of the queue after the sign-on of this id, and what else can be chosen, with numbers."""
    found = queue(chosen, user)
    last = SignOn.objects.filter(pk=number(after)).first()
    if last:
        found = found.filter(_beyond(chosen, last))
    rows = list(found[: PAGE + 1])
    more = str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""
    return Page(rows[:PAGE], more, _options(chosen, user))


def number(text: str) -> int:
    """An id as somebody's browser sent it; 0, which none has, where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


def numbers(user: User) -> dict[str, Counted]:
    """How many stand in each part but the last two, which only grow."""
    return {name: counted(name, user) for name in (TO_DECIDE, ASKED, PROPOSED, RETURNED, HELD)}


def counted(name: str, user: User) -> Counted:
    """How many of a part there are, without reading more than are counted."""
    return Counted.to_a_limit(_countable(part(name, user), name)[: MOST_COUNTED + 1].count())


def oldest(user: User) -> SignOn | None:
    """The first of what is to be decided, but for what a colleague has open."""
    return _free(part(TO_DECIDE, user), user).first()


def beside(sign_on: SignOn, chosen: Choice, user: User) -> tuple[SignOn | None, SignOn | None]:
    """The cases before and after this one in the choice; none that a colleague has open. After the last, the first."""
    others = queue(chosen, user).exclude(pk=sign_on.pk)
    if chosen.part in (TO_DECIDE, ASKED):
        others = _free(others, user)
    before = others.filter(~_beyond(chosen, sign_on)).reverse().first()
    return before, others.filter(_beyond(chosen, sign_on)).first() or others.first()


def statements(user: User) -> list[tuple[Statement, Counted]]:
    """Statements with something to decide, with how much, the most first."""
    return _by_statement(part(TO_DECIDE, user), TO_DECIDE)


def staff() -> QuerySet[User]:
    """Who a case can be assigned to."""
    rights = Q(groups__permissions__codename="verify_signon") | Q(user_permissions__codename="verify_signon")
    return User.objects.filter(rights | Q(is_superuser=True), is_active=True, is_staff=True).distinct()


def _free(sign_ons: QuerySet[SignOn], user: User) -> QuerySet[SignOn]:
    taken = Q(case__taken_until__gt=timezone.now(), case__taken_by__isnull=False) & ~Q(case__taken_by=user)
    return sign_ons.exclude(taken)


def _beyond(chosen: Choice, last: SignOn) -> Q:
    """What comes after this sign-on in the order of its part."""
    as_they_came = dict.fromkeys((PROPOSED, RETURNED, HELD), "created_at")
    name = (as_they_came | _OVER).get(chosen.part, "since")
    compared = LessThan if chosen.part in _OVER else GreaterThan
    moment = (last.confirmed_at or last.created_at) if name == "since" else getattr(last, name)
    if moment is None:
        return Q(compared(F("pk"), last.pk))
    return Q(compared(Row(F(name), F("pk")), Row(Value(moment, DateTimeField()), Value(last.pk))))


def _countable(sign_ons: QuerySet[SignOn], name: str) -> QuerySet[SignOn]:
    """Of a part, in the order in which as many as are counted are read with the least effort."""
    return sign_ons if name in _BY_STATE else sign_ons.order_by()


def _by_statement(sign_ons: QuerySet[SignOn], name: str) -> list[tuple[Statement, Counted]]:
    """Statements that have some of a part, the most first. Each is counted by itself: a flood on one hides no other."""
    # In the order of an index: PostgreSQL would go through all sign-ons to find that a statement has few.
    in_order = ("state", "created_at") if name in _BY_STATE else ()
    of_one = sign_ons.order_by(*in_order).filter(statement=OuterRef("pk")).values("created_at")[: MOST_COUNTED + 1]
    number = Func(ArraySubquery(of_one), function="cardinality", output_field=IntegerField())
    found = [
        (each, Counted.to_a_limit(each.number))  # type: ignore[attr-defined]
        for each in Statement.objects.annotate(number=number)
    ]
    return sorted((row for row in found if row[1]), key=lambda row: (-row[1], row[0].pk))


def _options(chosen: Choice, user: User) -> dict[str, list[tuple[str, str, Counted]]]:
    language = get_language() or "en"
    all_of_it = queue(replace(chosen, statement="", country="", evidence=""), user)
    told = [(str(statement.pk), statement.title, number) for statement, number in _by_statement(all_of_it, chosen.part)]
    first = list(_countable(all_of_it, chosen.part).values_list("pk", flat=True)[:MOST_COUNTED])
    is_cut, some = len(first) == MOST_COUNTED, SignOn.objects.filter(pk__in=first).order_by()
    # What is chosen can be chosen again, also where none of those that were counted has it.
    by_country = {chosen.country.replace(NO_COUNTRY, ""): 0} if chosen.country else {}
    by_country |= dict(some.values_list("country").annotate(number=Count("pk")))
    cases = Case.objects.filter(sign_on__in=some.values("pk")).annotate(code=Func("codes", function="unnest"))
    by_code = {chosen.evidence: 0} if chosen.evidence else {}
    by_code |= dict(cases.values_list("code").annotate(number=Count("pk")))
    named = [
        (code or NO_COUNTRY, countries.name(code, language), Counted.of(number, is_cut=is_cut))
        for code, number in by_country.items()
    ]
    coded = [
        (code, findings.Finding(code).title, Counted.of(number, is_cut=is_cut))
        for code, number in by_code.items()
        if code in findings.CODES
    ]
    return {
        name: sorted(found, key=lambda row: (-row[2], row[1]))
        for name, found in (("statement", told), ("country", named), ("evidence", coded))
    }
