"""One statement at the desk: where it stands, its numbers, and the ways to everything about it."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from signon.casework import pending
from signon.figures import charts
from signon.figures.numbers import Numbers, numbers
from signon.geography import country_maps
from signon.mail import reaffirming
from signon.models import User
from signon.people import reach
from signon.views.staff import staff_with


@require_safe
@staff_with("signon.view_signon")
def statement(request: HttpRequest, slug: str) -> HttpResponse:
    user = cast(User, request.user)
    found = reach.statement_or_404(user, slug)
    told = numbers(found)
    page: dict[str, Any] = {
        "statement": found,
        "tally": found.counters.all().tally(),
        "numbers": told,
        "map": country_maps.of_signatories(told.countries),
        "earlier": {**reaffirming.counted(found), "may_ask": reaffirming.may_ask(found)},
        "pending": pending.beside_sign_ons(user, found),
    }
    return render(request, "desk/statement.html", page | {"charts": _charts(told) if told.days else {}})


def _charts(told: Numbers) -> dict[str, SafeString]:
    words = _("%(total)s sign-ons, %(accepted)s stand on the statement.") % {
        "total": told.total,
        "accepted": told.accepted,
    }
    first = told.days[0].date
    is_course = len(told.days) > 1 or (told.closes_on or first) > first  # a single day is none
    days = _over_time(told, words) if is_course else SafeString()
    steps = [(_("Signed"), told.posted), (_("Confirmed"), told.confirmed), (_("Standing"), told.accepted_posted)]
    if told.brought:
        steps += [(_("Brought by staff"), told.brought), (_("Standing"), told.accepted_brought)]
    funnel = charts.bars(
        steps, title=_("From signing to standing"), words=words, name="funnel-chart", rtl=get_language_bidi()
    )
    return {"days": days, "funnel": funnel}


def _over_time(told: Numbers, words: str) -> SafeString:
    return charts.over_time(
        [(day.date, day.signed, day.accepted) for day in told.days],
        title=_("Sign-ons over time"),
        words=words,
        goal=told.goal,
        goal_label=_("Goal: %(goal)s") % {"goal": told.goal},
        ends_on=told.closes_on,
        rtl=get_language_bidi(),
    )
