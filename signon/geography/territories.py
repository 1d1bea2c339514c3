"""What CLDR calls countries and parts of the world, by ICU.

ICU's data is shared by all processes; Babel keeps each language that was asked for once in the memory of each.
"""

import functools


@functools.cache
def named(language: str) -> dict[str, str]:
    """Names by code, of ISO 3166 and, for parts of the world, UN M.49; a language without data reads English."""
    import icu

    if language.replace("-", "_").partition("_")[0] not in _known():
        return named("en")
    reader = icu.Locale(language.replace("-", "_"))
    found = {code: icu.Locale(f"und_{code}").getDisplayCountry(reader) for code in _table("Countries", "en")}
    return {code: name for code, name in found.items() if name != code}


def other_forms(language: str) -> tuple[dict[str, str], dict[str, str]]:
    """The short names and the variants that a language has of some countries, by code."""
    return _table("Countries%short", language), _table("Countries%variant", language)


@functools.cache
def _known() -> frozenset[str]:
    import icu

    return frozenset(icu.Locale.getAvailableLocales())


@functools.cache
def _table(name: str, language: str) -> dict[str, str]:
    import icu

    found: dict[str, str] = {}
    try:
        data = f"icudt{icu.ICU_VERSION.split('.')[0]}l-region"
        entries = icu.ResourceBundle(data, icu.Locale(language.replace("-", "_"))).get(name)
    except icu.ICUError:
        return found
    while entries.hasNext():
        entry = entries.getNext()
        found[entry.getKey()] = entry.getString()
    return found
