"""A letter in its own words: what every file of a pack shows, ready to be laid out."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from campaigns import network, prose
from campaigns.moments import day, minute, zone_name
from signon.letters.manifest import Entry
from signon.letters.roll import Group
from signon.models import LetterPack

# Up to so many names stand under one another; more stand in two columns.
FEW = 12


@dataclass(frozen=True)
class Letter:
    """All that is printed, in the letter's language; `body` is campaigns.prose's."""

    language: str
    direction: str
    title: str
    addressee: str
    letterhead: list[str]
    body: list[prose.Node]
    groups: list[Group]
    layout: str
    is_in_columns: bool
    url: str
    digest: str
    words: dict[str, str]


def words_language(language: str) -> str:
    """The language of the letter's own words: the text's, or English where the site has no words in it."""
    base = language.split("-")[0]
    known = dict(settings.LANGUAGES)
    return language if language in known else base if base in known else "en"


def write(pack: LetterPack, groups: list[Group], previous: LetterPack | None) -> Letter:
    """The letter of a pack whose digest is made; `previous` is the one delivered before it."""
    text, listed = pack.text, sum(len(group.entries) for group in groups)
    with translation.override(words_language(text.language)):
        url = settings.SITE_URL + reverse("verify", args=[pack.digest])
        return Letter(
            language=text.language,
            direction=text.direction,
            title=_printable(text.title),
            addressee=_printable(pack.statement.addressee_of(text)),
            letterhead=_printable(_lines(pack.letterhead) or [network.current().name]),
            body=_printable(prose.blocks(text.body)),
            groups=groups,
            layout=pack.layout,
            is_in_columns=pack.layout == LetterPack.Layout.COLUMNS and listed > FEW,
            url=url,
            digest=pack.digest or "",
            words=_words(pack, previous, url),
        )


def _words(pack: LetterPack, previous: LetterPack | None, url: str) -> dict[str, str]:
    zone = pack.statement.time_zone
    moment = {"moment": minute(timezone.localtime(pack.as_of, zone)), "zone": zone_name(pack.statement.zone)}
    hidden = pack.counts["not_listed"]
    later = ""
    if previous is not None and previous.delivered_at and pack.counts["later"]:
        later = _("Names marked * were accepted after letter %(number)s was made, which was delivered on %(day)s.")
        later %= {"number": previous.number, "day": day(timezone.localtime(previous.delivered_at, zone))}
    return {
        "to": _("To"),
        "signatories": _("Signatories"),
        "counts": in_words(pack.counts),
        "as_of": _("As of %(moment)s (%(zone)s)") % moment,
        "hidden": ngettext(
            "Included in these numbers: %(number)s who asked not to be listed.",
            "Included in these numbers: %(number)s who asked not to be listed.",
            hidden,
        )
        % {"number": _number(hidden)}
        if hidden
        else "",
        "later": later,
        "notes": pgettext("footnotes", "Notes"),
        "check": _("Check this list"),
        "check_how": _("Scan the code or open the address. The page says what was published, and checks your copy."),
        "code": _("QR code that leads to %(url)s") % {"url": url},
        "seal": _("Newest seal over the register"),
        "seal_digest": pack.seal_digest,
        "letter_number": _("Letter %(number)s") % {"number": pack.number},
        "page": _("Page {page} of {pages}"),
    }


def in_words(counts: dict[str, Any]) -> str:
    """A letter's numbers in the active language: "318 organizations from 84 countries, and 2 individuals"."""
    number, lands, people = counts["organizations"], counts["countries"], counts["individuals"]
    if not number and not people:
        return _("No signatories yet.")
    organizations = ngettext("%(number)s organization", "%(number)s organizations", number)
    told = organizations % {"number": _number(number)}
    if lands:
        origin = ngettext("from %(number)s country", "from %(number)s countries", lands) % {"number": _number(lands)}
        # Translators: "318 organizations" "from 84 countries"
        told = _("%(organizations)s %(from_countries)s") % {"organizations": told, "from_countries": origin}
    individuals = ngettext("%(number)s individual", "%(number)s individuals", people) % {"number": _number(people)}
    if not people:
        return told
    return _("%(one)s and %(other)s") % {"one": told, "other": individuals} if number else individuals


def line(entry: Entry, group: Group) -> dict[str, str]:
    """What stands under one another, or after one another, for one signatory."""
    return {
        "name": entry.name + ("*" if entry.later else ""),
        "place": entry.country_name if group.tells_country else "",
        "representative": ", ".join(filter(None, [entry.representative, entry.representative_title])),
        "answers": _printable(" · ".join(entry.answers)),
    }


def is_right_to_left(words: str) -> bool:
    """Whether any letter in it runs from right to left."""
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in words)


# What has no look, no place in XML, and no glyph in any font; white space is no such.
_CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, 0xFFFE, 0xFFFF])


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return value.translate(_CONTROL)
    if isinstance(value, dict):
        return {key: _printable(each) for key, each in value.items()}
    return [_printable(each) for each in value] if isinstance(value, list) else value


def _lines(words: str) -> list[str]:
    return [line for line in words.splitlines() if line.strip()]


def _number(value: int) -> str:
    return formats.number_format(value, use_l10n=True, force_grouping=True)
