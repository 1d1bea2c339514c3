"""The network's own settings at the desk. For administrators."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns import network
from signon.settings_forms import CountryNamesFormSet, NetworkSettingsForm, NetworkWordsForm
from signon.site_forms import direction_of, zones
from signon.text_forms import name_of
from signon.views.staff import staff_with

may_change = staff_with("campaigns.change_publisher")


@require_http_methods(["GET", "HEAD", "POST"])
@may_change
def general(request: HttpRequest) -> HttpResponse:
    """Name, contact, zone, colors, logo, and the statement that stands first."""
    found = network.publisher()
    form = NetworkSettingsForm(request.POST if request.method == "POST" else None, instance=found)
    if form.is_bound and form.is_valid():
        network.change(**form.cleaned_data)
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
    forms = {
        code: NetworkWordsForm(
            request.POST if request.method == "POST" and code == asked else None, text=said.get(code), language=code
        )
        for code, _name in settings.LANGUAGES
    }
    if request.method == "POST":
        if asked not in forms:
            raise Http404
        if forms[asked].is_valid():
            network.say(asked, **forms[asked].cleaned_data)
            messages.success(request, _("Saved."))
            return redirect(request.path)
    columns = [(code, name_of(code), direction_of(code), form, code in said) for code, form in forms.items()]
    page = {"part": "network", "network_part": "words", "columns": columns}
    return render(request, "desk/network_words.html", page, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@may_change
def country_names(request: HttpRequest) -> HttpResponse:
    """What it calls countries where that differs from Unicode's CLDR."""
    held = network.publisher().country_names
    languages = [(code, name_of(code)) for code, _name in settings.LANGUAGES]
    options: dict[str, Any] = {
        "initial": [{"code": code, **names} for code, names in sorted(held.items())],
        "form_kwargs": {"languages": languages},
    }
    forms = CountryNamesFormSet(request.POST if request.method == "POST" else None, **options)
    if forms.is_bound and forms.is_valid():
        network.change(country_names=forms.names())  # type: ignore[attr-defined]
        messages.success(request, _("Saved."))
        return redirect(request.path)
    page = {"part": "network", "network_part": "countries", "forms": forms, "languages": languages}
    return render(request, "desk/network_countries.html", page, status=422 if forms.is_bound else 200)
