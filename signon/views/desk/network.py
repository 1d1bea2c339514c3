"""The network's own settings at the desk. For administrators."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns import marks, network
from signon.geography import countries
from signon.site.settings_forms import CountryNamesFormSet, NetworkSettingsForm, NetworkWordsForm
from signon.site.site_forms import direction_of, zones
from signon.statements.text_forms import name_of
from signon.views.desk.beside import columns, say_what_is_unsaved
from signon.views.staff import staff_with

may_change = staff_with("campaigns.change_publisher")


@require_http_methods(["GET", "HEAD", "POST"])
@may_change
def general(request: HttpRequest) -> HttpResponse:
    """Name, contact, zone, colors, logo, and the statement that stands first."""
    found = network.publisher()
    form = NetworkSettingsForm(request.POST if request.method == "POST" else None, instance=found)
    if form.is_bound and form.is_valid():
        try:
            network.change(**form.cleaned_data)
        except marks.ChangedMeanwhile as changed:
            form.keep(changed)
        else:
            messages.success(request, _("Saved."))
            return redirect(request.path)
    page = {"part": "network", "network_part": "general", "form": form, "zones": zones()}
    return render(request, "desk/network_settings.html", page, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@may_change
def words(request: HttpRequest) -> HttpResponse:
    """What it says of itself, in each language of the interface."""
    asked = request.POST.get("language", "")
    said = {text.language: text for text in network.publisher().words.all()}

    def make(code: str, posted: QueryDict | None, **options: Any) -> NetworkWordsForm:
        return NetworkWordsForm(posted, text=said.get(code), language=code, **options)

    forms, unsaved = columns(request, [code for code, _name in settings.LANGUAGES], asked, make)
    status = 200
    if request.method == "POST":
        if asked not in forms:
            raise Http404
        if forms[asked].is_valid():
            network.say(asked, **forms[asked].cleaned_data)
            messages.success(request, _("Saved."))
            if not unsaved:
                return redirect(request.path)
            say_what_is_unsaved(request, unsaved)
        else:
            status = 422
    shown = [(code, name_of(code), direction_of(code), form, code in said) for code, form in forms.items()]
    page = {"part": "network", "network_part": "words", "columns": shown, "unsaved": unsaved}
    return render(request, "desk/network_words.html", page, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@may_change
def country_names(request: HttpRequest) -> HttpResponse:
    """What it calls countries where that differs from Unicode's CLDR."""
    found = network.publisher()
    held, seen = found.country_names, marks.mark_of(found, ["country_names"])
    languages = [(code, name_of(code)) for code, _name in settings.LANGUAGES]
    options: dict[str, Any] = {
        "initial": [{"code": code, **names} for code, names in sorted(held.items())],
        "form_kwargs": {"languages": languages},
    }
    is_older = False
    forms = CountryNamesFormSet(request.POST if request.method == "POST" else None, **options)
    if forms.is_bound and forms.is_valid():
        try:
            network.change(country_names=forms.names(), seen=request.POST.get("seen", ""))  # type: ignore[attr-defined]
        except marks.ChangedMeanwhile:
            is_older = True
        else:
            messages.success(request, _("Saved."))
            return redirect(request.path)
    page: dict[str, Any] = {"part": "network", "network_part": "countries", "forms": forms, "languages": languages}
    page |= {"seen": seen if is_older or not forms.is_bound else request.POST.get("seen", ""), "is_older": is_older}
    reader = get_language() or "en"
    page["held"] = [(countries.name(code, reader), ", ".join(names.values())) for code, names in sorted(held.items())]
    return render(request, "desk/network_countries.html", page, status=422 if forms.is_bound else 200)
