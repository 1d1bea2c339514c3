"""Languages by name: every one that Django or Unicode's CLDR knows, in the reader's language and its order."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from django.conf import global_settings
from django.utils.translation import get_language, get_language_info

# CLDR has Filipino's data, which is Tagalog's; people look for either.
_BESIDES = ("tl",)


def name_of(code: str) -> str:
    """In the language that is active now; its code where nobody knows it."""
    return _named(code, get_language() or "en")


def own_name_of(code: str) -> str:
    """In itself; its code where nobody knows it."""
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return _cldr(code, code)


def choices(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Codes and names, by name as the reader's language orders them."""
    return [*_ordered(tuple(codes), get_language() or "en")]


def others(codes: Iterable[str]) -> list[tuple[str, str]]:
    """The same of all languages but these."""
    return choices(code for code in _every() if code not in {*codes})


@functools.lru_cache(maxsize=64)
def _ordered(codes: tuple[str, ...], reader: str) -> tuple[tuple[str, str], ...]:
    import icu

    order = icu.Collator.createInstance(icu.Locale(reader.replace("-", "_"))).getSortKey
    return tuple(sorted(((code, _named(code, reader)) for code in codes), key=lambda choice: order(choice[1])))


@functools.cache
def _every() -> tuple[str, ...]:
    from babel import localedata

    known = {code for code in localedata.locale_identifiers() if "_" not in code and code != "root"}
    # A longer name is of a country's or a script's; Django's are those that people publish in.
    return tuple(sorted({*known, *_BESIDES, *(code for code, _name in global_settings.LANGUAGES)}))


def _named(code: str, reader: str) -> str:
    try:
        info = get_language_info(code)
    except KeyError:
        return _cldr(code, reader)
    return str(info["name_translated"])


def _cldr(code: str, reader: str) -> str:
    from babel import Locale, UnknownLocaleError

    for each in (reader, code, "en"):
        try:
            name = Locale.parse(each, sep="-").languages.get(code)
        except (UnknownLocaleError, ValueError):
            continue
        if name:
            return str(name)
    return code
