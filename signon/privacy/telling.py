"""What is held of a person as they read it (a page, by words of the interface) and take it along (JSON)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from signon.models import ConsentText, ImportRow, OwnQuestion, SignOn
from signon.people import devices
from signon.privacy import held

# How fields are called that have no name in words of their own.
LABELS: dict[str, str | Promise] = {
    "asked_at": gettext_lazy("asked"),
    "answered_at": gettext_lazy("answered"),
    "at": gettext_lazy("when"),
    "body": gettext_lazy("its text"),
    "chosen": pgettext_lazy("of an answer", "chosen"),
    "consent_text": gettext_lazy("what the form said beside its boxes"),
    "created_at": gettext_lazy("since"),
    "email": gettext_lazy("e-mail address"),
    "last_login": gettext_lazy("last signed in"),
    "last_seen_at": gettext_lazy("last seen"),
    "mailbox": gettext_lazy("mailbox"),
    "network": gettext_lazy("network"),
    "notes": gettext_lazy("notes"),
    "objected_at": gettext_lazy("objected"),
    "primary": gettext_lazy("main address"),
    "problems": gettext_lazy("problems"),
    "question": gettext_lazy("question"),
    "publish_consent_text": gettext_lazy("what the form said beside the consent to be listed"),
    "raw": gettext_lazy("as it stood in the list"),
    "reasons": gettext_lazy("reasons"),
    "removed_at": gettext_lazy("removed"),
    "source": gettext_lazy("how it came"),
    "subject": gettext_lazy("its subject"),
    "user_agent": gettext_lazy("browser"),
    "values": gettext_lazy("as it was read"),
    "verified": gettext_lazy("proved"),
    "via": gettext_lazy("by whose link"),
    "words": gettext_lazy("words"),
}


@dataclass(frozen=True)
class Fact:
    label: str
    # A word or a number, or an aware moment.
    value: Any
    is_moment: bool = False


@dataclass(frozen=True)
class Section:
    """One kind of what is held: each row a list of facts."""

    title: str
    rows: list[list[Fact]]


def shown(address: str) -> list[Section]:
    """All that is held of an address, for its owner to read, in the active language."""
    found = []
    for each, rows in held.of(address):
        listed = [_facts(each, row, address) for row in rows]
        if listed:
            found.append(Section(str(each.title), listed))
    return found


def as_data(address: str) -> dict[str, Any]:
    """The same for a program: named as on the page; codes as they are kept, moments as ISO 8601 in UTC.

    Of what is withheld it says why.
    """
    return {
        "site": settings.SITE_URL,
        "address": address,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "language": get_language(),
        "held": {str(each.title): [_row(each, row, address) for row in rows] for each, rows in held.of(address)},
    }


def _row(each: held.Held, row: Any, address: str) -> dict[str, Any]:
    told = each.shown_of(row, address)
    whys = dict.fromkeys(each.shows, held.OF_OTHERS) | dict.fromkeys(each.withheld, each.why_withheld)
    return {
        label(each.model, name): _plain(getattr(row, name)) if name in told else {"withheld": str(whys[name])}
        for name in (*each.shows, *each.withheld)
    }


def _facts(each: held.Held, row: Any, address: str) -> list[Fact]:
    facts = []
    told = each.shown_of(row, address)
    for name in told:
        value = getattr(row, name)
        if name == "publish_consent_text" and value == row.consent_text:
            continue  # the same form: its words are read once
        if value not in (None, "", [], {}):
            facts.append(Fact(label(each.model, name), in_words(row, name, value), isinstance(value, datetime)))
    if set(each.shows) - set(told):
        facts.append(Fact("", str(held.OF_OTHERS)))
    if any(getattr(row, name) for name in each.withheld if name in ("words", "notes", "problems")):
        facts.append(Fact("", str(each.why_withheld)))
    return facts


def label(model: type[Model], name: str) -> str:
    """How a column is called, in the active language."""
    said = model._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    words = str(said)
    return str(LABELS[name]) if words == name.replace("_", " ") and name in LABELS else words


def in_words(row: Any, name: str, value: Any) -> Any:
    """A value as people read it: names of languages and countries, and no digest."""
    language = get_language() or settings.LANGUAGE_CODE
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, ConsentText):
        return value.words
    if isinstance(value, OwnQuestion):
        return value.words_in(language)
    if name == "chosen":
        return row.in_words(language)
    if name == "country":
        return row.country_name
    if name == "language":
        return str(dict(settings.LANGUAGES).get(value, value))
    if name == "network":
        return _("kept for a week as a code, from which nobody reads where you were")
    if name == "user_agent":
        return devices.named(value)
    if name == "raw":
        return "\n".join(f"{column}: {cell}" for column, cell in value if cell)
    if isinstance(row, ImportRow) and isinstance(value, dict):
        return "\n".join(_cells(value))
    if isinstance(value, Model):
        return named(value, language)
    display = getattr(row, f"get_{name}_display", None)
    return display() if display else value


def _cells(values: dict[str, Any]) -> list[str]:
    """What was read of a row, as a sign-on calls and says it."""
    known = {field.name for field in SignOn._meta.fields}
    made = SignOn(**{name: value for name, value in values.items() if name in known and isinstance(value, str | bool)})
    told = [(name, value) for name, value in values.items() if value not in ("", None, [], {})]
    return [f"{label(SignOn, name) if name in known else name}: {in_words(made, name, value)}" for name, value in told]


def named(row: Model, language: str) -> str:
    """A statement or an event by its title, anything else as it calls itself."""
    text = getattr(row, "text", None)
    words = text(language) if callable(text) else None
    return words.title if words else str(row)


def _plain(value: Any) -> Any:
    if isinstance(value, ConsentText):
        return {"language": value.language, "words": value.words, "sha256": value.digest}
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)
