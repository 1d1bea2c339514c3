"""The desk's first page: what waits, and the way to what has no place in the menu."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns.models.reach import ALL_CAMPAIGNS
from signon.casework import desk, pending
from signon.models import Objection, User
from signon.people.reach import READ_ALL
from signon.views.staff import staff_with


@dataclass(frozen=True)
class Way:
    """A page that somebody may open, in the words of what one wants to do there."""

    words: str
    url: str


@require_safe
@staff_with()
def home(request: HttpRequest) -> HttpResponse:
    """What waits, where, and since when; for who sees no sign-ons, the statements that they write."""
    user = cast(User, request.user)
    if not user.has_perm("signon.view_signon"):
        return redirect("desk-statements" if user.has_perm("campaigns.view_statement") else "desk-me")
    numbers = desk.numbers(user)
    waits = {
        "proposed": numbers[desk.PROPOSED],
        "claims": pending.of_no_statement(user),
        "objections": Objection.objects.for_user(user).waiting().count(),
        "held": numbers[desk.HELD],
        "returned": numbers[desk.RETURNED],
    }
    page = {
        "numbers": numbers,
        "waits": waits,
        "something_waits": any(waits.values()),
        "oldest": desk.oldest(user),
        "statements": desk.statements(user),
        "ways": [(heading, ways) for heading, ways in _ways(user) if ways],
    }
    return render(request, "desk/home.html", page)


def _ways(user: User) -> Iterator[tuple[str, list[Way]]]:
    """By what one wants to do; of each the pages that this user may open."""
    everybody, network = True, user.has_perm(ALL_CAMPAIGNS)
    yield _("Verify"), _open([
        (_may(user, "signon.verify_signon"), _("Who acts for organizations, and official names"), "desk-claims"),
        (_may(user, "signon.view_signon"), _("On hold, and bursts of sign-ons"), "desk-holds"),
        (_may(user, "signon.view_signon"), _("What is accepted without a person"), "desk-rules"),
    ])  # fmt: skip
    yield _("Find, and take lists out"), _open([
        (user.has_perm("signon.export_signon"), _("Search and export sign-ons"), "admin:signon_signon_changelist"),
        (_may(user, "signon.export_signon"), _("Lists that you asked for"), "desk-exports"),
        (_may(user, "signon.organize_statement"), _("Networks: whose members signed, and who is missing"),
         "desk-networks"),
    ])  # fmt: skip
    yield _("Tell people and programs"), _open([
        (_may(user, "signon.view_message"), _("What every mail looks like"), "desk-kinds"),
        (_may(user, "signon.manage_webhook"), _("Webhooks: other programs that are told"), "desk-webhooks"),
    ])  # fmt: skip
    yield _("Look after people’s data"), _open([
        (network and _may(user, "signon.change_suppression"), _("What people ask about their data"),
         "desk-objections"),
        (_may(user, "signon.view_retention"), _("What was erased because its time was over"), "desk-retention"),
    ])  # fmt: skip
    yield _("For yourself"), _open([
        (everybody, _("Your settings: language, mails about what waits"), "desk-me"),
        (everybody, _("Your account: sign-in, second factors, devices"), "account"),
    ])  # fmt: skip


def _may(user: User, right: str) -> bool:
    """As the page's guard has it: who reads all opens it too."""
    return user.has_perm(right) or user.has_perm(READ_ALL)


def _open(ways: list[tuple[bool, str, str]]) -> list[Way]:
    return [Way(words, reverse(name)) for may, words, name in ways if may]
