"""Is every string of the interface there in every language? `make translations`, or `python -m tests.catalogs`.

Reads the sources as makemessages does, without gettext; prints what is missing or fuzzy, and exits with 1.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

CHECKOUT = Path(__file__).resolve().parent.parent
APPS = ("campaigns", "signon")
KEYWORDS = {
    "gettext": None, "gettext_lazy": None, "gettext_noop": None, "_": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip

# Context ("" for none) and words, the singular where there are several.
Key = tuple[str, str]


def said() -> dict[Key, str]:
    """Every string that is marked for translation, with one place where it stands."""
    found: dict[Key, str] = {}
    for path in sorted(CHECKOUT.glob("templates/**/*")):
        if path.suffix in (".html", ".txt"):
            for key, line in _marked(_as_code(path.read_text("utf-8"))):
                found.setdefault(key, f"{path.relative_to(CHECKOUT)}:{line}")
    for folder in (*APPS, "config"):
        for path in sorted((CHECKOUT / folder).rglob("*.py")):
            for key, line in _marked(path.read_text("utf-8")):
                found.setdefault(key, f"{path.relative_to(CHECKOUT)}:{line}")
    return found


def lacking(language: str, wanted: dict[Key, str]) -> list[str]:
    """What a language's catalogs do not say, or say with doubt, a line each."""
    there: dict[Key, Message] = {}
    for app in APPS:
        path = CHECKOUT / app / "locale" / language / "LC_MESSAGES" / "django.po"
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    there[_key(message)] = message
    lines = [
        f"{language}: missing: {place}: {words!r}"
        for (context, words), place in wanted.items()
        if (context, words) not in there or not _is_said(there[context, words])
    ]
    return lines + [f"{language}: fuzzy: {key[1]!r}" for key, message in there.items() if message.fuzzy]


def main() -> int:
    """The number of strings that are lacking somewhere, at most 1 as an exit code."""
    if not settings.configured:
        settings.configure()
    wanted = said()
    lines = [line for language in languages() for line in lacking(language, wanted)]
    print("\n".join(lines) or f"{len(wanted)} strings, each in {', '.join(languages())}.")
    return min(len(lines), 1)


def languages() -> list[str]:
    """Those that catalogs are kept in."""
    return sorted(path.name for path in (CHECKOUT / "signon" / "locale").iterdir() if path.is_dir())


def _marked(code: str) -> Iterator[tuple[Key, int]]:
    for line, words, _comments, context in extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS):
        single = words[0] if isinstance(words, tuple) else words
        if single:
            yield (context or "", single), line


def _as_code(template: str) -> str:
    """A template's marked strings as calls; each keeps its line, and no line is indented."""
    lines = templatize(template).split("\n")
    return "\n".join("" if line.lstrip().startswith("#") else line.lstrip() for line in lines)


def _key(message: Message) -> Key:
    single = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
    return message.context or "", single


def _is_said(message: Message) -> bool:
    forms = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    return all(forms)


if __name__ == "__main__":
    sys.exit(main())
