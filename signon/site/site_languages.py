"""Which of the site's languages somebody means who writes "fr", "French", "français" or "fr-CA"."""

from __future__ import annotations

import functools
import re

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language_info

from signon.naming.names import search_key

CODES = tuple(code for code, _name in settings.LANGUAGES)


def read(printed: str) -> str:
    """The code of the site's language that is meant, "" for none that the site writes in."""
    return _meant().get(search_key(printed)) or _meant().get(re.split("[-_]", printed.strip().lower())[0], "")


def name(code: str) -> str:
    """What the language is called in the one that is active now."""
    return str(get_language_info(code)["name_translated"])


@functools.cache
def _meant() -> dict[str, str]:
    found: dict[str, str] = {}
    for reader in CODES:
        with translation.override(reader):
            for code in CODES:
                told = get_language_info(code)
                for words in (code, told["name"], told["name_local"], told["name_translated"]):
                    found.setdefault(search_key(str(words)), code)
    return found
