"""What there is to say of an imported row: a code and facts, put into the reader's language when it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from campaigns.moments import day
from signon.geography import countries
from signon.site import site_languages

Remark = dict[str, Any]

# How a value was found, where that is worth a look; the facts are named in `%(…)s`.
_NOTES = {
    "country": _("We read “%(printed)s” as %(country)s (%(how)s)."),
    "no_country": _("“%(printed)s” is no country: %(scope)s."),
    "judged": _("No country; %(scope)s, judged by its words."),
    "told_scope": _("The list says so: %(scope)s."),
    "heading_country": _("Stands under “%(heading)s”: %(country)s."),
    "heading_scope": _("Stands under “%(heading)s”: %(scope)s."),
    "in_name": _("The name says the country: %(country)s."),
    "at_end": _("“%(printed)s” stood at the end of the name: %(country)s."),
    "from_row": _("%(country)s, as in row %(number)s."),
    "number_off": _("The number before the name was left out: “%(printed)s”."),
    "entities": _("“%(printed)s” held codes of a web page; we put the letters in their place."),
    "mended": _("“%(printed)s” held broken letters; we put the right ones in their place."),
    "acronym": _("“%(acronym)s” was taken from “%(printed)s” as the acronym."),
    "perhaps_two": _("Taken as one organization with two names: %(parts)s."),
    "individual": _("Taken as an individual: it names a person and no organization."),
    "known": _("In the directory: %(name)s."),
    "likely": _("Very likely %(name)s of the directory (%(score)s: %(why)s)."),
    "resembles": _("Resembles %(name)s of the directory (%(score)s: %(why)s)."),
    "resembles_row": _("Resembles row %(number)s, “%(name)s” (%(score)s: %(why)s)."),
    "no_answer": _("“%(printed)s” is no answer to “%(question)s”; it is left out."),
    "unknown_language": _("The language “%(printed)s” is not known here: %(used)s is used."),
    "by_hand": _("Changed by hand."),
    "one_name": _("Taken as one organization."),
}
_PROBLEMS = {
    "missing_name": _("The organization's name is missing."),
    "kept_back": _("The name is kept back in this file. Export the list with contacts, and it comes in."),
    "refused_control": _("“%(column)s” holds control characters."),
    "refused_direction": _("“%(column)s” holds marks that change the direction of the text."),
    "refused_character": _("“%(column)s” holds broken characters."),
    "refused_link": _("“%(column)s” holds a link."),
    "refused_wordless": _("“%(column)s” holds neither letter nor digit."),
    "more_cells": _("The row has more cells than the header."),
    "ambiguous": _("“%(printed)s” could be %(countries)s."),
    "unknown_country": _("“%(printed)s” is no country that we know."),
    "needs_country": _("It stands under “%(heading)s”, but its country is not told."),
    "heading": _("This is a heading and no organization."),
    "two_names": _("Two organizations seem to stand in one cell: %(parts)s."),
    "not_accepted": _("On the list it comes from, this sign-on is %(state)s and not accepted."),
    "too_long": _("The %(field)s is longer than %(most)s characters."),
    "no_address": _("“%(printed)s” is no e-mail address."),
    "no_website": _("“%(printed)s” is no address of a website."),
    "no_individuals": _("This is an individual; the statement takes organizations only."),
    "needs_address": _("There is no e-mail address to ask at."),
    "address_waits": _("Something signed from this address waits for its confirmation already."),
    "address_twice": _("Row %(number)s has the same e-mail address; one address is asked once."),
    "mailbox_full": _("This mailbox has had as much mail as it may get for now."),
    "unwanted": _("Somebody with this address told us today that they did not sign."),
}
_STATUSES = {
    "stands": _("Stands on the statement already."),
    "same_row": _("The same as row %(number)s."),
    "likely_row": _("Very likely the same as row %(number)s, “%(name)s” (%(score)s: %(why)s)."),
    "likely_stands": _("May be %(name)s, which stands on the statement already (%(score)s: %(why)s)."),
    "withdrew": _("It withdrew on %(date)s."),
    "not_me": _("On %(date)s whoever was asked said that they had not signed."),
    "declined": _("Staff declined it."),
    "stood_meanwhile": _("Came onto the statement since the list was looked at."),
}
_LEFT = {
    "left_confirmed": _("Its representative has confirmed it meanwhile: it is theirs to withdraw."),
    "left_elsewhere": _("The organization stays in the directory: other sign-ons use it."),
    "left_by_hand": _("The organization stays in the directory: staff worked on it."),
}
_WORDS = _NOTES | _PROBLEMS | _STATUSES | _LEFT
_HOW = {
    "code": _("a code"),
    "name": _("its name"),
    "other name": _("another name"),
    "spelling": _("a spelling"),
    "place": _("a place in it"),
    "town": _("a town in it"),
}
_SCOPES = {"international": _("international"), "regional": _("regional"), "national": _("national")}
# What is as it was written needs no look.
_PLAIN_HOW = {"code", "name"}


def remark(code: str, **facts: Any) -> Remark:
    """A remark as it is kept: JSON."""
    return {"code": code, **facts}


def say(found: Remark) -> str:
    """One remark as a sentence in the language that is active now."""
    facts, language = dict(found), get_language() or "en"
    if "codes" in facts:
        facts["countries"] = gettext(" or ").join(countries.name(code, language) for code in facts["codes"])
    if "of" in facts:
        facts["country"] = countries.name(facts["of"], language)
    if "on" in facts:
        facts["date"] = day(datetime.fromisoformat(facts["on"]))
    if "how" in facts:
        facts["how"] = _HOW[facts["how"]]
    if "used" in facts:
        facts["used"] = site_languages.name(facts["used"])
    if "scope" in facts:
        facts["scope"] = _SCOPES[facts["scope"]]
    if "parts" in facts:
        facts["parts"] = ", ".join(f"“{part}”" for part in facts["parts"])
    return str(_WORDS[facts["code"]]) % facts


def say_all(found: Iterable[Remark]) -> str:
    """Several as one text."""
    return " ".join(map(say, found))


def worth_a_look(found: Iterable[Remark]) -> list[Remark]:
    """Without what was taken just as it stands in the list."""
    return [each for each in found if not (each["code"] == "country" and each["how"] in _PLAIN_HOW)]
