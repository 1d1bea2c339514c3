"""What evidence says, in words: a finding is a code and facts, put into the reader's language when it is shown."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, ngettext, ngettext_lazy, pgettext
from django.utils.translation import gettext_lazy as _

from signon.casework import domains
from signon.naming import names

SUPPORTS, WARNS, ASKS = "supports", "warns", "asks"
NOT_GATHERED, BOUNCED_MAIL = "not_gathered", "bounced_mail"

# For each code its weight, its title and why it matters; `%(…)s` are facts.
_WORDS: dict[str, tuple[str, Any, Any]] = {
    "organization_verified": (
        SUPPORTS,
        _("Known, and verified before"),
        _("The directory has %(name)s under this name and country, and staff accepted a sign-on of it before."),
    ),
    "organization_known": (
        ASKS,
        _("Known, but never verified"),
        _("The directory has %(name)s under this name and country, but no member of staff verified it."),
    ),
    "several_organizations": (
        ASKS,
        _("Several organizations of this name"),
        _("The directory has more than one entry of this name and country: choose, merge them or tell them apart."),
    ),
    "domain_recorded": (
        SUPPORTS,
        _("The address is at a recorded domain"),
        _("Staff recorded %(domain)s as a mail domain of this organization."),
    ),
    "domain_of_another": (
        ASKS,
        _("The address is at another organization’s domain"),
        _("Staff recorded %(domain)s as a mail domain of %(name)s."),
    ),
    "domain_of_several": (
        ASKS,
        _("Several organizations have the address’s domain"),
        _("Staff recorded %(domain)s for this organization and for others too."),
    ),
    "domain_below": (
        ASKS,
        _("The address is below a recorded domain"),
        _("Staff recorded a domain of %(name)s above %(domain)s. Others may have addresses below it."),
    ),
    "domain_matches": (
        SUPPORTS,
        _("The address is at the website’s domain"),
        _("The address is at %(domain)s, the website at %(website)s. Who signs typed both, so this proves little."),
    ),
    "domain_beside": (
        ASKS,
        _("The address is beside the website’s domain"),
        _("The address is at %(domain)s, the website at %(website)s: one owner above, but perhaps two bodies below."),
    ),
    "domain_differs": (
        ASKS,
        _("The address is not at the website’s domain"),
        _("The address is at %(domain)s, the website at %(website)s."),
    ),
    "website_shared": (
        ASKS,
        _("The website is a page that anybody can have"),
        _("The website is at %(website)s, which tells nothing about the address’s domain."),
    ),
    "free_mail": (
        ASKS,
        _("The address is a mail provider’s"),
        _("Anybody can have an address at %(domain)s. Many small organizations use one."),
    ),
    "disposable": (
        WARNS,
        _("The address is disposable"),
        _("%(domain)s gives addresses to be thrown away after one mail."),
    ),
    "representative_known": (
        SUPPORTS,
        _("The representative is known"),
        _("A sign-on of this organization from the same address was accepted before."),
    ),
    "representative_of_another": (
        ASKS,
        _("The representative signed for another organization"),
        _("A sign-on for another organization from the same address was accepted before."),
    ),
    "signed_already": (
        ASKS,
        _("The organization has signed already"),
        _("Another sign-on of it stands on this statement or waits: from the same address, or by staff without one."),
    ),
    "another_address": (
        ASKS,
        _("The organization signed from another address too"),
        _("Another address signed this statement for the same organization."),
    ),
    "declined_before": (
        ASKS,
        _("Declined before"),
        _("Staff declined a sign-on from this address, or of this organization on this statement."),
    ),
    "likely_duplicate": (ASKS, _("Looks like others"), _("Compare the names before you decide: %(listed)s.")),
    "mixed_script": (
        WARNS,
        _("A word mixes scripts"),
        _("Letters of several scripts stand in one word, which can hide another name."),
    ),
    "look_alike_name": (
        WARNS,
        _("The name looks like another, but is spelled with other letters"),
        _("To the eye it is the name of %(listed)s."),
    ),
    BOUNCED_MAIL: (WARNS, _("Mail to the address bounced"), _("It may be mistyped, full or given up.")),
    "burst": (
        WARNS,
        _("Many sign-ons from one network"),
        ngettext_lazy(
            "%(count)d sign-on came from the same network within an hour.",
            "%(count)d sign-ons came from the same network within an hour.",
            "count",
        ),
    ),
    "individual": (
        ASKS,
        _("An individual"),
        _("Nobody answers for an individual: there is no organization to compare with."),
    ),
    NOT_GATHERED: (
        ASKS,
        _("Evidence could not be gathered"),
        _("Something failed, and it will be tried again. Decide by what you see yourself, or wait."),
    ),
}
CODES = frozenset(_WORDS)

# The grounds of signon.matching, which it tells in English.
_GROUNDS = {
    "one is the other's acronym": _("one is the other’s acronym"),
    "one spells the other's initials": _("one spells the other’s initials"),
    "one is the other's first word": _("one is the other’s first word"),
    "same acronym": _("same acronym"),
    "different acronyms": _("different acronyms"),
    "same country": _("same country"),
    "different countries": _("different countries"),
    "their names name different places": _("their names name different places"),
    "one name names a place that the other does not": _("one name names a place that the other does not"),
    "one name names a town that the other does not": _("one name names a town that the other does not"),
    "one is a section": _("one is a section"),
    "one half of a double name": _("one half of a double name"),
    "same domain": _("same domain"),
    "one name says that it is international": _("one name says that it is international"),
    "same words": _("same words"),
    "same words in another language": _("same words in another language"),
    "same words in another order": _("same words in another order"),
    "same name": _("same name"),
}
_SPELLED = re.compile(r"same words with (?P<number>\d+) spelled otherwise")
_DIFFERING = re.compile(r"(?P<differing>\d+) of (?P<words>\d+) words differ")


@dataclass(frozen=True)
class Finding:
    """One piece of evidence. `facts` can be kept as JSON: ids, codes, domains and names of organizations alone."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def weight(self) -> str:
        """ "supports", "warns", or "asks": look here."""
        return _WORDS[self.code][0]

    @property
    def title(self) -> str:
        return str(_WORDS[self.code][1])

    @property
    def why(self) -> str:
        """What was found and why it matters, in the language that is active now."""
        return str(_WORDS[self.code][2] % _Facts(self.facts))

    def kept(self) -> dict[str, Any]:
        """As Case.findings keeps it."""
        return {"code": self.code, "facts": self.facts}


class _Facts(dict[str, Any]):
    """Facts as they stand in a sentence; one that an older version did not keep is empty."""

    def __getitem__(self, name: str) -> Any:
        if name == "listed":
            return "; ".join(map(_likeness, self.get("alike", [])))
        value = self.get(name, 0 if name == "count" else "")
        if name in ("domain", "website"):
            return domains.readable(value)
        return ", ".join(map(str, value)) if isinstance(value, list) else value


def weight(code: str) -> str:
    """How a finding of this code weighs; what this version does not know asks for a look."""
    return _WORDS[code][0] if code in _WORDS else ASKS


def read(stored: Iterable[dict[str, Any]]) -> list[Finding]:
    """The findings that a case keeps; what this version does not know is left out."""
    return [Finding(kept["code"], kept.get("facts", {})) for kept in stored if kept.get("code") in CODES]


def grounds_in_words(why: str) -> str:
    """The grounds of a judgment in the language that is active now; unknown ones stay as they are."""
    # Translators: between two grounds of one judgment, such as "same country, same words".
    between = pgettext("between two of a list", ", ")
    return between.join(map(_ground, why.split(", "))) if why else ""


def difference(a: str, b: str) -> list[tuple[str, bool]]:
    """Cut `a` into pieces, which joined give it back, each with whether it differs from what `b` has there.

    Words are compared as names.search_key folds them, Chinese and Japanese characters one by one; punctuation and the
    order of words never differ. To mark both, ask twice.
    """
    tokens, others = _TOKEN.findall(a), [names.search_key(word) for word in _TOKEN.findall(b) if _counts(word)]
    counted = [place for place, token in enumerate(tokens) if _counts(token)]
    matcher = difflib.SequenceMatcher(None, [names.search_key(tokens[place]) for place in counted], others, False)
    blocks = matcher.get_matching_blocks()
    same = {counted[block.a + step] for block in blocks for step in range(block.size)}
    taken = {block.b + step for block in blocks for step in range(block.size)}
    moved = Counter(word for place, word in enumerate(others) if place not in taken)
    for place in counted:
        key = names.search_key(tokens[place])
        if place not in same and moved[key] and not re.fullmatch(f"[{_SINGLE}]", tokens[place]):
            moved[key] -= 1
            same.add(place)
    pieces: list[tuple[str, bool]] = []
    for place, token in enumerate(tokens):
        differs = _counts(token) and place not in same
        if pieces and pieces[-1][1] == differs:
            pieces[-1] = (pieces[-1][0] + token, differs)
        else:
            pieces.append((token, differs))
    return pieces


_SINGLE = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_BETWEEN = r"\s/\-\u2010-\u2015"
_TOKEN = re.compile(rf"[{_BETWEEN}]+|[{_SINGLE}]|[^{_BETWEEN}{_SINGLE}]+")


def _counts(token: str) -> bool:
    return any(character.isalnum() for character in token)


def _likeness(alike: dict[str, Any]) -> str:
    name = alike.get("name") or gettext("sign-on %(number)s") % {"number": alike.get("sign_on", "")}
    return f"{name} ({grounds_in_words(alike['why'])})" if alike.get("why") else name


def _ground(ground: str) -> str:
    if differing := _DIFFERING.fullmatch(ground):
        return gettext("%(differing)s of %(words)s words differ") % differing.groupdict()
    if spelled := _SPELLED.fullmatch(ground):
        number = int(spelled["number"])
        told = ngettext("same words, %(number)s spelled otherwise", "same words, %(number)s spelled otherwise", number)
        return told % {"number": number}
    return str(_GROUNDS.get(ground, ground))
