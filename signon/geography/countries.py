"""Countries: their codes and names, and which one is meant by what a list prints."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import OSA

from campaigns import network
from signon.geography import territories
from signon.naming.names import search_key

_ISO_3166_1 = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD
CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF
GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN
KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI
SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI
VN VU WF WS XK YE YT ZA ZM ZW
"""
# Alpha-2 codes, and XK (Kosovo), which ISO leaves to its users.
CODES = tuple(_ISO_3166_1.split())

# What people print and CLDR lacks. A name that stands under two codes is ambiguous, and is never guessed.
_EXTRA = """
AE UAE|Emirates
BF Burkina
BN Brunei Darussalam|بروني
CD Congo|Kongo|الكونغو|DRC|DRC Congo|DR Congo|RDC|RD Congo|Congo-Kinshasa|Zaire|Congo Democratic Republic
CD Democratic Republic of the Congo|République démocratique du Congo|República Democrática del Congo
CG Congo|Kongo|الكونغو|Congo-Brazzaville|Republic of the Congo|Congo Republic|República del Congo
CN PRC|PR China|People's Republic of China|Mainland China
CW Kòrsou
CZ Czech
DO Dominican Rep
GB Great Britain|Britain|England|Scotland|Wales|Northern Ireland|Großbritannien|Grande-Bretagne|Gran Bretaña
GB United Kingdom of Great Britain and Northern Ireland|Grã-Bretanha|Inglaterra|Angleterre|بريطانيا
GF Guyane|Guayana Francesa
IE Éire
KP Korea|Corea|Corée|Coreia|كوريا|N. Korea|DPRK
KP Korea Democratic People's Republic|Democratic People's Republic of Korea|Korea DPR
KR Korea|Corea|Corée|Coreia|كوريا|S. Korea
KR Republic of Korea|ROK|Korea Republic|Corée République|République de Corée|República de Corea
LA Lao PDR|Lao People's Democratic Republic|Lao
MK Macedonia|Macédoine|Mazedonien|Macedônia|مقدونيا|FYROM|Former Yugoslav Republic of Macedonia
MV ދިވެހި ރާއްޖެ
NL Holland|Hollande|Holanda|هولندا
NZ Aotearoa
PG PNG|Papua Niugini
PS State of Palestine|Occupied Palestinian Territory|OPT|Gaza|West Bank
PY Paraguai
SY Syrian Arab Republic
SZ eSwatini
TW Republic of China|Taiwan ROC|Chinese Taipei
US United States of America|USA|États-Unis d'Amérique|Estados Unidos de América|EEUU
VA Holy See
VG Virgin Islands
VI Virgin Islands
"""
# Words in a column of countries, beside CLDR's names of the continents and their parts.
_INTERNATIONAL = """
international, internationale, internacional, internacionais, transnational, global, global south,
worldwide, world wide, world, mondial, mondiale, mundial, weltweit, multinational, دولي, دولية, عالمي,
عالمية
"""
_REGIONAL = """
eu, ue, regional, régional, régionale, regionale, continental, إقليمي, إقليمية, asia pacific, asia and the
pacific, asia/pacific, asie pacifique, asia pacífico, asia y el pacífico, pacific, pacifique, pacífico,
latin america and the caribbean, amérique latine et caraïbes, américa latina y el caribe, middle east, moyen
orient, oriente medio, middle east and north africa, mena, arab region, arab world, monde arabe, mundo
árabe, العالم العربي, المنطقة العربية, west africa, east africa, north africa, afrique de l'ouest, west
indies, sahel, maghreb, mercosur, mercosul, balkans, south asia, south east asia, asean, scandinavia
"""
# Languages that lists are printed in; beside them each country's own.
_LANGUAGES = ("en", "fr", "es", "ar", "pt", "de")
_SMALL_WORDS = ("the", "and", "of", "et", "und", "y", "e", "de", "du", "del", "des", "do", "da", "d")
_LONG_FORMS = """
republic kingdom state islamic federal federative democratic peoples plurinational bolivarian united socialist
arab commonwealth principality sultanate hashemite cooperative independent rep republique royaume etat
democratique republica reino estado plurinacional democratica
"""
# The last part of an address that may as well be a state of another country: "Atlanta, Georgia".
_ALSO_ELSEWHERE = {"GE": "US"}


@dataclass(frozen=True)
class Resolution:
    """Which country a text means. Without a `code`, `candidates` or `scope` may say what it is instead."""

    code: str | None
    how: Literal["code", "name", "other name", "spelling", "place", "none", "ambiguous"]
    candidates: tuple[str, ...] = ()
    scope: Literal["", "international", "regional"] = ""


def name(code: str, language: str) -> str:
    """What the network calls a country, else its CLDR name; "" for "". What CLDR lacks reads English."""
    return network.current().country_names.get(code, {}).get(language) or cldr_name(code, language)


def cldr_name(code: str, language: str) -> str:
    """What names are recognized by, whatever the network calls a country."""
    return territories.named(language).get(code) or territories.named("en").get(code, code)


def choices(language: str) -> list[tuple[str, str]]:
    """All countries as (code, name), in the alphabetical order of that language."""
    own = sorted((code, name(code, language)) for code in network.current().country_names)
    return list(_choices(language, tuple(own)))


@functools.lru_cache(maxsize=64)
def _choices(language: str, _own: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    import icu

    order = icu.Collator.createInstance(icu.Locale(language.replace("-", "_"))).getSortKey
    return tuple(sorted(((code, name(code, language)) for code in CODES), key=lambda choice: order(choice[1])))


def other_names(code: str, language: str) -> tuple[str, ...]:
    """What else people type to find it: short and former names, and in its own languages and English."""
    return tuple(other for other in all_names(code, language) if other != name(code, language))


@functools.lru_cache(maxsize=4096)
def all_names(code: str, language: str) -> tuple[str, ...]:
    """CLDR's name and all others, the network's not."""
    found = [cldr_name(code, language), *_forms(code, language), *_forms(code, "en"), cldr_name(code, "en")]
    own = [(cldr_name(code, each), *_forms(code, each)) for each in _own_languages(code)]
    return tuple(dict.fromkeys([*found, *_extra().get(code, ()), *(name for names in own for name in names)]))


@functools.cache
def _extra() -> dict[str, list[str]]:
    extra: dict[str, list[str]] = {}
    for line in _EXTRA.strip().splitlines():
        extra.setdefault(line[:2], []).extend(line[3:].split("|"))
    return extra


def _own_languages(code: str) -> tuple[str, ...]:
    from babel.languages import get_official_languages

    return get_official_languages(code, regional=False, de_facto=True)


def _forms(code: str, language: str) -> Iterator[str]:
    """Other forms in one language: CLDR's short and variant names, and the parts of a name of two parts."""
    short = [table.get(code, "") for table in territories.other_forms(language)]
    yield from (form for form in short if form == code or form not in {"", *CODES})
    for form in (cldr_name(code, language), *short):
        if bracket := re.search(r"\(([^)]+)\)", form):
            yield " ".join(form.replace(bracket[0], " ").split())
            if code not in ("CD", "CG"):  # "Congo (Republic)"
                yield bracket[1]
        first, *rest = re.split(r"\s+(?:&|and|et|y|e|und)\s+", form)
        if rest:
            yield first


def resolve(text: str, *, mends: bool = True) -> Resolution:
    """Find the country that a list prints as a code, a name (in six languages or its own) or a place in it.

    A slip of typing is mended where one country alone is near, if it `mends`; what could be two names its candidates.
    """
    return _resolve(" ".join(text.split()), mends)


@functools.lru_cache(maxsize=4096)
def _resolve(text: str, mends: bool) -> Resolution:
    key = _key(text)
    if text in CODES:
        return Resolution(text, "code")
    if re.fullmatch("[A-Z]{3}", text) and text in _alpha_3():
        return Resolution(_alpha_3()[text], "code")
    if scope := _scopes().get(key):
        return Resolution(None, "none", scope=scope)
    return _named(key) or _place(text) or (_spelled(key) if mends else None) or Resolution(None, "none")


def names_country(text: str, code: str) -> bool:
    """Whether a text, such as an organization's name, holds a name of that country as whole words."""
    words = f" {_key(text)} "
    return any(code in codes and len(key) > 3 and f" {key} " in words for key, codes in _index().items())


def _key(text: str) -> str:
    words = [{"st": "saint", "ste": "sainte"}.get(word, word) for word in search_key(text).split()]
    return " ".join(word for word in words if word not in _SMALL_WORDS) if len(words) > 1 else " ".join(words)


@functools.cache
def _alpha_3() -> dict[str, str]:
    from babel.core import get_global

    aliases = {old: new for old, new in get_global("territory_aliases").items() if len(old) == 3}
    return {old: new[0] for old, new in aliases.items() if len(new) == 1 and new[0] in CODES}


@functools.cache
def _scopes() -> dict[str, Literal["international", "regional"]]:
    scopes: dict[str, Literal["international", "regional"]] = {}
    for language in _LANGUAGES:
        found = territories.named(language).items()
        scopes |= {_key(name): "regional" for code, name in found if code.isdigit() or code == "EU"}
        scopes |= {_key(name): "international" for code, name in found if code in ("001", "UN")}
    scopes |= {_key(word): "regional" for word in _REGIONAL.split(",")}
    return scopes | {_key(word): "international" for word in _INTERNATIONAL.split(",")}


@functools.cache
def _names() -> dict[str, str]:
    languages = {code: (*_LANGUAGES, *_own_languages(code)) for code in CODES}
    return {_key(cldr_name(code, language)): code for code in CODES for language in languages[code]}


@functools.cache
def _index() -> dict[str, tuple[str, ...]]:
    """Every name's key with its countries: the one that CLDR calls so, unless `_EXTRA` has it twice."""
    index: dict[str, tuple[str, ...]] = {}
    for code in sorted(CODES, key=lambda code: (code != "KR", code != "CG", code)):
        for key in {_key(other) for language in _LANGUAGES for other in all_names(code, language)[1:]}:
            if any(len(word) > 1 for word in key.split()):  # not "R.-U."
                index[key] = (*index.get(key, ()), code)
    extra = [key for others in _extra().values() for key in {*map(_key, others)}]
    return index | {key: (code,) for key, code in _names().items() if extra.count(key) < 2}


def _named(key: str) -> Resolution | None:
    if key in _names() and len(_index()[key]) == 1:
        return Resolution(_names()[key], "name")
    words, forms = key.split(), _LONG_FORMS.split()
    while words:
        if codes := _index().get(" ".join(words)):
            return _one(codes, "other name")
        if words[0] not in forms and words[-1] not in forms:
            return None
        words = words[1:] if words[0] in forms else words[:-1]
    return None


def _place(text: str) -> Resolution | None:
    """Read "Paris, France" by its last part, and "Korea (Republic of)" turned round; refuse two countries."""
    parts = [part for part in re.split(r"\s*[,;/|()]\s*|\s+[-–—]\s+", text) if part]
    if len(parts) < 2 or len(parts) > 5:
        return None
    if turned := _named(_key(" ".join(reversed(parts)))):
        return turned
    last, *others = [_named(_key(part)) for part in reversed(parts)]
    if last is None and not (text.endswith(")") and any(others)):
        return None
    found = [code for each in (last, *others) if each for code in (*each.candidates, each.code) if code]
    codes = tuple(dict.fromkeys(found + [_ALSO_ELSEWHERE[code] for code in found if code in _ALSO_ELSEWHERE]))
    return _one(codes, "place")


def _one(codes: tuple[str, ...], how: Literal["other name", "place"]) -> Resolution:
    return Resolution(codes[0], how) if len(codes) == 1 else Resolution(None, "ambiguous", codes)


def _spelled(key: str) -> Resolution | None:
    """Mend a slip in six letters, two in nine, the first left alone, if the next country is two slips off.

    A slip is a letter inserted, left out or changed, or two neighbors swapped (optimal string alignment).
    """
    if not 6 <= len(key) <= 40:
        return None
    nearest: dict[str, int] = {}
    for other, codes in _index().items():
        if len(other) > 5 and other[0] == key[0] and abs(len(other) - len(key)) < 5:
            slips = OSA.distance(key, other)
            nearest |= {code: min(slips, nearest.get(code, slips)) for code in codes}
    (first, code), *rest = sorted((slips, code) for code, slips in nearest.items()) or [(9, "")]
    if first > (1 if len(key) < 9 else 2) or (rest and rest[0][0] < first + 2):
        return None
    return Resolution(code, "spelling")
