"""What a person sees, corrects and erases of their own data, by a mailed link. Each translates and decides nothing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import heads
from signon import tokens
from signon.link_forms import EraseForm, ObjectForm, YourDataForm
from signon.privacy import erasing, hash_key, planning, rights, telling
from signon.running import outages
from signon.views.origin import own_pages_only, under_a_token
from signon.views.posted import posted_from

REFUSED = (tokens.Tampered, tokens.Ended, hash_key.AnotherKey)
# Why a link leads no further, and the answer's status; the first that fits.
_ENDED: dict[type[Exception], tuple[str, int]] = {
    tokens.Late: ("late", 410),
    tokens.Ended: ("used", 410),
    hash_key.AnotherKey: ("not_now", 503),
    tokens.Tampered: ("tampered", 404),
}


@own_pages_only
@require_http_methods(["GET", "HEAD", "POST"])
def your_data(request: HttpRequest) -> HttpResponse:
    """Asks for the link. The answer is the same whether or not anything is held of the address."""
    form = YourDataForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        rights.ask(form.cleaned_data["email"], get_language() or "en")
        return redirect("your-data-sent")
    page = {"form": form, "hours": _hours(), "head": heads.head(request.path, title="")}
    return render(request, "signon/your_data.html", page, status=422 if form.is_bound else 200)


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "signon/your_data_sent.html", {"hours": _hours()})


@under_a_token
@require_http_methods(["GET", "HEAD"])
def held(request: HttpRequest, token: str) -> HttpResponse:
    try:
        address = rights.address_of(token)
    except REFUSED as error:
        return _ended(request, error)
    return _page(request, token, address)


@under_a_token
@require_safe
def data(request: HttpRequest, token: str) -> HttpResponse:
    """The same as a file."""
    try:
        address = rights.address_of(token)
    except REFUSED as error:
        return _ended(request, error)
    answer = JsonResponse(telling.as_data(address), json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="data-{timezone.now():%Y-%m-%d}.json"'
    return answer


@under_a_token
@posted_from("held", "token")
def no_mail(request: HttpRequest, token: str) -> HttpResponse:
    try:
        address = rights.address_of(token)
    except REFUSED as error:
        return _ended(request, error)
    if request.POST.get("act") == "allow":
        rights.allow_mail(address)
        return _page(request, token, address, told="mail")
    rights.stop_mail(address)
    return _page(request, token, address, told="no_mail")


@under_a_token
@posted_from("held", "token")
def object_to(request: HttpRequest, token: str) -> HttpResponse:
    try:
        address = rights.address_of(token)
    except REFUSED as error:
        return _ended(request, error)
    form = ObjectForm(request.POST)
    if not form.is_valid():
        return _page(request, token, address, form=form)
    done = rights.object_to(address, form.cleaned_data["words"], get_language() or "en")
    return _page(request, token, address, told="objected" if done else "too_many")


@under_a_token
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what would go and what would stay; the button erases."""
    try:
        address = rights.address_of(token)
    except REFUSED as error:
        return _ended(request, error)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        plan = planning.plan(address)
        erasing.erase(address)
        return render(request, "signon/erased.html", {"plan": plan})
    page = {"form": form, "token": token, "address": address, "plan": planning.plan(address)}
    return render(request, "signon/erase.html", page, status=422 if form.is_bound else 200)


def _page(
    request: HttpRequest, token: str, address: str, *, told: str = "", form: ObjectForm | None = None
) -> HttpResponse:
    page: dict[str, Any] = {
        "token": token,
        "address": address,
        "sections": telling.shown(address),
        "ways_on": rights.ways_on(address),
        "wishes": rights.wishes(address),
        "form": form or ObjectForm(),
        "told": told,
    }
    return render(request, "signon/held_data.html", page, status=422 if form else 200)


def _ended(request: HttpRequest, error: Exception) -> HttpResponse:
    reason, status = next(told for kind, told in _ENDED.items() if isinstance(error, kind))
    page = {"reason": reason, "form": YourDataForm(), "hours": _hours()}
    answer = render(request, "signon/your_data.html", page, status=status)
    if status == 503:
        answer["Retry-After"] = str(outages.COME_AGAIN)
    return answer


def _hours() -> int:
    return int(tokens.RIGHTS_LAST.total_seconds() // 3600)
