"""What mails about an organization's people say."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from signon import tokens
from signon.models import Message, Seat

KINDS = {Message.Kind.SEAT}
# What happened, in a sentence; %(person)s is somebody else than the reader.
SENTENCES = {
    "asked": _("%(person)s asks to act for %(organization)s. You are an owner of its seats: please decide."),
    "stands": _("You act for %(organization)s now. You can sign statements for it with one click."),
    "declined": _("You asked to act for %(organization)s. We could not agree to that."),
    "joined": _("%(person)s acts for %(organization)s now, by an address at its domain. Is that right?"),
    "owner": _("You are an owner of the seats of %(organization)s now: you decide who acts for it."),
    "removed": _("You do not act for %(organization)s any more."),
    "invited": _("%(person)s offers you a seat: to act for %(organization)s here, and sign statements for it."),
}
BUTTONS = {
    "invited": _("Look at the offer"),
    "declined": _("Look at your account"),
    "removed": _("Look at your account"),
}


def context(message: Message) -> dict[str, Any]:
    """What the template is given; nothing where the seat is gone."""
    facts = json.loads(message.body or "{}")
    seat = Seat.objects.select_related("organization", "user").filter(pk=facts.get("seat")).first()
    if seat is None:
        return {}
    what, person = facts["what"], facts.get("person", "")
    names = {"person": person, "organization": seat.organization.name}
    return {
        "sentence": SENTENCES[what] % names,
        "reason": seat.reason if what == "declined" else "",
        "button": BUTTONS.get(what, _("Look at its page")),
        "button_url": settings.SITE_URL + _page(seat, what),
    }


def is_true(message: Message) -> bool:
    """Whether an offer still stands, and the seat is there at all."""
    facts = json.loads(message.body or "{}")
    seat = Seat.objects.filter(pk=facts.get("seat")).first()
    return seat is not None and (facts["what"] != "invited" or seat.state == Seat.State.INVITED)


def _page(seat: Seat, what: str) -> str:
    if what == "invited":
        return reverse("seat-offer", args=[tokens.make(seat, tokens.SEAT)])
    return reverse("account" if what in ("declined", "removed") else "seats")
