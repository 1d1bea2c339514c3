"""Languages side by side on one page: one is saved, and what was typed in the others is neither saved nor lost.

They stand in one form, each field with its language before its name ("fr-title"), so that all come whichever is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from signon.statements.text_forms import TextForm, name_of

F = TypeVar("F", bound=forms.BaseForm)


def columns(
    request: HttpRequest, languages: Iterable[str], asked: str, make: Callable[..., F]
) -> tuple[dict[str, F], list[str]]:
    """A form of each language; and in which ones something was typed that saving the asked one does not save.

    The asked one is bound. `make(language, data, **options)` makes one.
    """
    found: dict[str, F] = {}
    unsaved = []
    for language in languages:
        if language == asked and request.method == "POST":
            found[language] = make(language, request.POST)
            continue
        typed = left_typed(request, make, language)
        found[language] = make(language, None, **({"initial": typed} if typed else {}))
        unsaved += [language] if typed else []
    return found, unsaved


def left_typed(request: HttpRequest, make: Callable[..., F], language: str) -> dict[str, Any] | None:
    """What was typed where it is not saved now; None where that is what stands there anyway."""
    if not any(name.startswith(f"{language}-") for name in request.POST):
        return None
    form = make(language, request.POST)
    has_html = bool(str(form["html"].value() or "").strip()) if "html" in form.fields else False
    if isinstance(form, TextForm):
        form.is_valid()
        form.show_typed()
    values = {name: form[name].value() for name in form.fields}
    words = [name for name in values if name not in ("seen", "html", "agreed")]
    is_same = all(_plain(values[name]) == _plain(form[name].initial) for name in words)
    return None if is_same and not has_html else values


def say_what_is_unsaved(request: HttpRequest, languages: Iterable[str]) -> None:
    """A line for each."""
    for language in languages:
        messages.warning(
            request,
            _("Not saved yet: %(language)s. What you typed there is still on this page.")
            % {"language": name_of(language)},
        )


def _plain(value: Any) -> str:
    """As the database keeps it: a browser sends other ends of lines."""
    return str(value or "").replace("\r\n", "\n").strip()
