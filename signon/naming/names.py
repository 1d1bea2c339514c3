"""What strangers type, made fit to keep: cleaned, found again, sorted, and freed of a printed acronym."""

import functools
import re
import unicodedata
from collections import Counter
from typing import Any

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "control": _("Remove the control characters: they cannot be seen or printed."),
    "direction": _("Remove the marks that change the direction of the text."),
    "character": _("Remove the characters that are broken or have no meaning of their own."),
    "link": _("Remove the link: a name can contain a domain, but no address of a page."),
    "wordless": _("Write at least one letter or digit."),
}


class Refused(ValueError):
    """Text that must not be kept: `code` is a key of `MESSAGES`, `message` says it in the active language."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = MESSAGES[code]


# White space is no refused control character: Word's soft line break is a vertical tab.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
# Surrogates, private use, noncharacters, and U+FFFD, which stands where a character was lost.
_CHARACTER = re.compile(
    r"[\ud800-\udfff\ue000-\uf8ff\U000f0000-\U0010ffff\ufdd0-\ufdef\ufffd"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(15))
    + "]"
)
# A domain's last dot, its top level, and what begins a path, query or port. Beginning at the dot, it takes
# linear time on a word of any length.
_LINK = re.compile(
    r"://|mailto:|(?<![^\W_])www\d?\.|(?<=\w)[.。](?:[^\W\d_]{2,63}|xn--[a-z0-9-]{2,59})(?:[/\\]|[?#]\w|:\d)",
    re.IGNORECASE,
)
_LINE_BREAK = re.compile(r"\r\n|[\n\v\f\r\x85\u2028\u2029]")

# Unicode's Default_Ignorable_Code_Point, and the marks that a removed picture or annotation leaves behind.
# Joiners and variation selectors are missing: `_needed` judges them.
_INVISIBLE = {
    0xAD,
    0x34F,
    0x61C,
    0x115F,
    0x1160,
    0x17B4,
    0x17B5,
    0x200B,
    0x200E,
    0x200F,
    0x3164,
    0xFEFF,
    0xFFA0,
}
_INVISIBLE.update(range(0x2060, 0x2066), range(0x206A, 0x2070), range(0xFFF0, 0xFFFD), range(0x1BCA0, 0x1BCA4))
_INVISIBLE.update(range(0x1D173, 0x1D17B), range(0xE0000, 0xE0100), range(0xE01F0, 0xE1000))
_DROPPED = dict.fromkeys(_INVISIBLE)
_CONTEXTUAL = re.compile(r"[\u200c\u200d\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def clean(value: str, *, multiline: bool = False, links: bool = False) -> str:
    """Normalize what was typed: NFC, trimmed, white space folded, invisible marks gone; or raise `Refused`.

    Blank text comes back as "", for the form to judge. `multiline` keeps line breaks as "\\n", with one blank
    line at most between paragraphs. `links` lets links through, for a website or a description. Joiners stay
    where RFC 5892, appendix A.1 and A.2 (CONTEXTJ), allows them.
    """
    for code, pattern in (("control", _CONTROL), ("direction", _DIRECTION), ("character", _CHARACTER)):
        if pattern.search(value):
            raise Refused(code)
    text = unicodedata.normalize("NFC", value.translate(_DROPPED))
    while _CONTEXTUAL.search(text) and (needed := _without_pointless(text)) != text:
        text = unicodedata.normalize("NFC", needed)  # what moved together is judged again
    if multiline:
        lines = [" ".join(line.split()) for line in _LINE_BREAK.split(text)]
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    else:
        text = " ".join(text.split())
    if not links and _LINK.search(unicodedata.normalize("NFKC", text)):
        raise Refused("link")
    if text and not any(character.isalnum() for character in text):
        raise Refused("wordless")
    return text


# No letter carries more marks than this: looking further would only cost time.
_REACH = 30


def _without_pointless(text: str) -> str:
    kept: list[str] = []
    for place, character in enumerate(text):
        if not _CONTEXTUAL.match(character) or (
            kept and _needed(character, kept[-_REACH:], text[place + 1 : place + _REACH])
        ):
            kept.append(character)
    return "".join(kept)


def _needed(character: str, before: list[str], after: str) -> bool:
    import icu

    last = before[-1]
    if character in "\u200c\u200d":
        virama = unicodedata.combining(last) == 9
        return virama or (character == "\u200c" and _joins(reversed(before), "DL") and _joins(after, "DR"))
    if "\u180b" <= character <= "\u180f":
        return "\u1820" <= last <= "\u18aa"
    if character in "\ufe0e\ufe0f":
        keycap = not last.isascii() or after.startswith("\u20e3")
        return keycap and icu.Char.hasBinaryProperty(last, icu.UProperty.EMOJI)
    return icu.Char.hasBinaryProperty(last, icu.UProperty.IDEOGRAPHIC)


def _joins(characters: Any, types: str) -> bool:
    """Whether the first character that is neither transparent nor a joiner has one of the joining types."""
    import icu

    for character in characters:
        kind = "UCDLRT"[icu.Char.getIntPropertyValue(character, icu.UProperty.JOINING_TYPE)]
        if kind != "T" and character not in "\u200c\u200d":
            return kind in types
    return False


# Accents of Latin, Greek and Cyrillic, Hebrew points, harakat. Other scripts' marks are vowels, and stay.
_ACCENT = re.compile(
    r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    r"\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    r"\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08e1\u08e3-\u08ff]"
)
# Letters that Unicode does not decompose. The Arabic ones are typed one for the other.
_ALIKE = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
    | {"ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": "", "·": ""}
)
_APOSTROPHES = str.maketrans("’‘ʼʻ`´＇", "'''''''")
_GENITIVE = re.compile(r"(?<=\w)'(?=s(?!\w))", re.IGNORECASE)
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_DOTTED = re.compile(r"(?<!\w)[^\W\d_](?:\.[^\W\d_])+(?!\w)\.?")


def search_key(name: str) -> str:
    """Fold a name to what two people would type alike, in any script: for finding, and for exact equality.

    Case, accents, harakat, tatweel, punctuation and symbols do not count; every script's digits become ASCII.
    "Women's" is "Womens" and "A.N.P.E." is "ANPE". "&" is punctuation, so "Foi & Justice" is not "Foi et
    Justice": which word it stands for depends on the language, and that is matching's question.
    """
    text = unicodedata.normalize("NFKD", name.translate(_APOSTROPHES)).translate(_APOSTROPHES)
    text = unicodedata.normalize("NFKD", _ACCENT.sub("", text).casefold())
    text = _ACCENT.sub("", text).translate(_ALIKE)
    text = _DOTTED.sub(lambda found: found[0].replace(".", ""), _GENITIVE.sub("", text))
    plain = _NOT_PLAIN.sub(" ", text) if text.isascii() else "".join(map(_folded, text))
    folded = " ".join(plain.split())[:_SEARCH_KEY_LIMIT].strip()
    return (
        unicodedata.normalize("NFC", folded)
        or " ".join(unicodedata.normalize("NFKC", name).split())[:_SEARCH_KEY_LIMIT]
    )


def _folded(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Cf":
        return ""
    return " " if category[0] in "PSZC" else character


# A B-tree entry of PostgreSQL holds 2,704 bytes: nothing that is typed may break the INSERT.
_SORT_KEY_LIMIT, _SEARCH_KEY_LIMIT = 2000, 500


def sort_key(name: str) -> str:
    """The place of a name in every list: ICU root collation, in hexadecimal, to be compared byte by byte.

    Leading punctuation does not count, numbers sort by value, accents and case decide last. Keys of two
    versions of ICU do not compare: after an upgrade of its collation they are computed anew.
    """
    text = re.sub(r"^[\W_]+", "", name) or name
    return _collator().getSortKey(text).hex()[:_SORT_KEY_LIMIT]


@functools.cache
def _collator() -> Any:
    import icu

    collator = icu.Collator.createInstance(icu.Locale.getRoot())
    collator.setAttribute(icu.UCollAttribute.NUMERIC_COLLATION, icu.UCollAttributeValue.ON)
    return collator


_BRACKETED = re.compile(r"(?P<name>.*[^\s(（])\s*[(（](?P<inner>[^()（）]+)[)）](?P<tail>-\S+)?")
_PREFIXED = re.compile(r"(?P<acronym>[^\s–—-]+)(?P<dash>\s+[–—:-]\s+|[–—-])(?P<name>[^()（）]+)")
_SUFFIXED = re.compile(r"(?P<name>[^()（）]*\S)\s+[–—-]\s+(?P<acronym>\S+)")
_SPELLED = re.compile(r"(?P<name>[^()（）]*[^\s,]),?\s+(?P<acronym>\S+)")
# Capitals in brackets that say where, or of which legal form; countries' own names and codes come from CLDR.
_NO_ACRONYMS = {"USA", "UK", "UAE", "DRC", "RDC", "PNG", "NZ", "NSW", "EU", "UE", "EUA", "EEUU", "UN", "ONU"}
_NO_ACRONYMS |= {"NGO", "ONG", "NPO", "CSO", "CBO", "INC", "LTD", "LLC", "PTY", "ASBL"}


def with_acronym(name: str, acronym: str) -> str:
    """A name as it is listed: its acronym in brackets behind it, unless it stands in brackets there already."""
    return name if not acronym or f"({acronym})".casefold() in name.casefold() else f"{name} ({acronym})"


def split_acronym(printed: str) -> tuple[str, str]:
    """Split a printed name: ("Arab NGO Network for Development", "ANND"), or (printed, "").

    The acronym may stand in brackets at the end, before or after a dash, or after the name that it spells.
    Where the rules are not clear the name stays whole: an acronym in the middle names a parent ("Public
    Services International (PSI) Americas"), and capitals in brackets may be a place.
    """
    printed = " ".join(printed.split())
    for split in (_bracketed, _prefixed, _suffixed, _spelled):
        if found := split(printed):
            return found
    return printed, ""


def _bracketed(printed: str) -> tuple[str, str] | None:
    if not (found := _BRACKETED.fullmatch(printed)):
        return None
    name, inner, tail = found["name"], re.sub(r"\s*-\s*", "-", found["inner"].strip()), found["tail"] or ""
    if _looks_like_acronym(name):  # "ABC (Association of Big Cats)", not "WDF(IEO)"
        return (inner, name) if not tail and len(inner.split()) > 2 and _initials_speak(name, inner) else None
    if tail and not _looks_like_acronym(tail[1:]):
        return None
    (head, *parts), words = re.split(r"[\s-]+", inner), search_key(name).split()
    branch = "-" in inner  # SEATINI-Uganda, where "YFEED Foundation" repeats a word of the name
    for part in parts:
        if not (_looks_like_acronym(part) or search_key(part) in words or (branch and part[:1].isupper())):
            return None
    place = head.upper() in _NO_ACRONYMS | _countries()
    doubtful = place or len(head) < 3 or name == name.upper() != name.lower()
    speaks = _looks_like_acronym(head) and (not doubtful or _initials_speak(head, name))
    return (name, inner + tail) if speaks else None


def _prefixed(printed: str) -> tuple[str, str] | None:
    if not (found := _PREFIXED.fullmatch(printed)):
        return None
    acronym, name = found["acronym"], found["name"]
    rest = iter(search_key(name))
    spelled = " " in found["dash"] and all(letter in rest for letter in search_key(acronym))
    clear = _looks_like_acronym(acronym) and len(acronym) > 2 and len(name.split()) > 3
    return (name, acronym) if clear and (spelled or _initials_speak(acronym, name)) else None


def _suffixed(printed: str) -> tuple[str, str] | None:
    found = _SUFFIXED.fullmatch(printed)
    if not found or not _looks_like_acronym(found["acronym"]) or len(found["acronym"]) < 3:
        return None
    return (found["name"], found["acronym"]) if _initials_speak(found["acronym"], found["name"]) else None


def _spelled(printed: str) -> tuple[str, str] | None:
    found = _SPELLED.fullmatch(printed)
    if not found or not _looks_like_acronym(found["acronym"]):
        return None
    initials = "".join(word[0] for word in found["name"].split() if word[0].isupper())
    letters = search_key(found["acronym"])
    return (found["name"], found["acronym"]) if len(letters) > 2 and search_key(initials) == letters else None


def _looks_like_acronym(word: str) -> bool:
    """Capitals mostly, with little between them: ANND, ASiA, RedLAM, MTAAG+, IDEP-ATE, A.N.P.E."""
    letters = [character for character in word if character.isalpha()]
    capitals = sum(character.isupper() for character in letters)
    return (
        bool(re.fullmatch(r"[^\W_][\w.&+'’/-]*", word))
        and 2 <= len(letters) <= 14
        and capitals >= max(2, len(letters) / 2)
        and not re.search(r"[^\W\d_]{3}", "".join(" " if character.isupper() else character for character in word))
    )


def _initials_speak(acronym: str, name: str) -> bool:
    """Whether four in five of its letters begin words of the name, in the order of any language."""
    letters = Counter(character for character in search_key(acronym) if character.isalpha())
    initials = Counter(word[0] for word in search_key(name).split())
    return (letters & initials).total() >= 0.8 * letters.total() > 0


@functools.cache
def _countries() -> frozenset[str]:
    from babel import Locale

    territories = [Locale.parse(language).territories for language in ("en", "fr", "es", "pt", "de")]
    return frozenset(word.upper() for names in territories for entry in names.items() for word in entry)
