"""The pages of whoever comes to an event: the form, the mailed links. Each translates and decides nothing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import calendars
from campaigns.models import Event
from campaigns.views.leading import lead_on
from signon import tokens
from signon.abuse import guarding, proofs
from signon.events import registering, registration_mail
from signon.events.registration_forms import CorrectForm, RegistrationForm
from signon.mail import addresses
from signon.models import Registration
from signon.privacy import consent
from signon.views.origin import own_pages_only, under_a_token
from signon.views.posted import posted_from

State = Registration.State


@own_pages_only
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str) -> HttpResponse:
    event = Event.objects.published().with_words().filter(slug=slug).first()
    if event is None:
        return lead_on(Event, slug)
    if not event.is_open_to_register():
        return redirect(event)
    form = RegistrationForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        if form.is_a_machine:
            return redirect("registration-sent", event.slug)
        if not guarding.weigh(event, _network(request), proof=form.cleaned_data["proof"]):
            try:
                registering.register(event, language=get_language() or "en", **form.typed())
            except registering.NotOpen:
                return redirect(event)
            return redirect("registration-sent", event.slug)
        status = 429
        form.add_error(None, _(
            "Very many people register at this moment. Nothing was sent yet. Turn on JavaScript and press the button "
            "again, or come back in an hour."
        ))  # fmt: skip
    page = {
        "event": event,
        "form": form,
        "is_full": registering.is_full(event),
        "agreement": consent.REGISTRATION,
        "erased_after": consent.erased_after(settings.REGISTRATION_DAYS),
    }
    return render(request, "signon/register.html", page, status=status)


@never_cache
@require_safe
def challenge(request: HttpRequest, slug: str) -> JsonResponse:
    """Whether the browser is to compute something before it posts the form, and what (signon/abuse/proofs.py)."""
    event = get_object_or_404(Event.objects.published(), slug=slug)
    asks = event.is_open_to_register() and guarding.asks_for_proof(event, _network(request))
    return JsonResponse({"challenge": proofs.challenge(event) if asks else None})


@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    event = Event.objects.published().with_words().filter(slug=slug).first()
    if event is None or not event.takes_registrations:
        return lead_on(Event, slug) if event is None else redirect(event)
    return render(request, "signon/register_sent.html", {"event": event})


@under_a_token
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    try:
        found = _read(token, tokens.TAKE_PLACE)
    except (tokens.Tampered, tokens.Ended):
        return _ended(request, "tampered")
    reason, changed = registering.why_not(found), False
    if request.method == "POST":
        try:
            registering.confirm(found, version=_number(request.POST.get("version")))
            reason = "used"
        except registering.TypedAgain:
            changed = True
        except registering.CannotConfirm as error:
            reason = error.reason
    if reason == "used":
        page = _page(found)
        over = page["is_called_off"] or page["is_over"]
        return render(request, "signon/registration.html" if over else "signon/registration_done.html", page)
    if reason:
        return _ended(request, reason, found.event)
    return render(request, "signon/registration_confirm.html", _page(found) | {"token": token, "changed": changed})


@under_a_token
@posted_from("registration-confirm", "token")
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """End what is not confirmed; what is confirmed was confirmed from this mailbox."""
    try:
        found = _read(token, tokens.TAKE_PLACE)
    except (tokens.Tampered, tokens.Ended):
        return _ended(request, "tampered")
    if found.state == State.UNCONFIRMED and registering.cancel(found) is None:
        return _ended(request, "expired", found.event)
    if found.state == State.CANCELED:
        return _ended(request, "not_me", found.event)
    return render(request, "signon/registration_done.html", _page(found))


@under_a_token
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """What somebody registered for; they cancel it here, or correct who comes."""
    try:
        found = _read(token, tokens.OWN_PLACE)
    except (tokens.Tampered, tokens.Ended):
        return _ended(request, "tampered")
    act = request.POST.get("act")
    form = CorrectForm(
        request.POST if act == "correct" else None,
        initial={"name": found.name, "organization": found.organization},
    )
    if act == "cancel" and not _is_over(found.event):
        registering.cancel(found)
    elif form.is_bound and form.is_valid() and not _is_over(found.event):
        registering.correct(found, **form.cleaned_data)
        form, act = CorrectForm(initial=form.cleaned_data), "corrected"
    if not found.stands:
        return _ended(request, "canceled", found.event)
    page = _page(found) | {"form": form, "is_corrected": act == "corrected"}
    return render(request, "signon/registration.html", page, status=422 if form.is_bound else 200)


@under_a_token
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The event for one's own calendar, with the link to take part, or that it was called off; for who has a place."""
    try:
        found = _read(token, tokens.OWN_PLACE)
    except (tokens.Tampered, tokens.Ended):
        return _ended(request, "tampered")
    if found.state != State.REGISTERED:
        return _ended(request, "canceled" if found.state == State.CANCELED else "closed", found.event)
    return HttpResponse(
        calendars.calendar([found.event], get_language() or "en", is_private=True),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{found.event.slug}.ics"'},
    )


def _read(token: str, purpose: str) -> Registration:
    rows = Registration.objects.select_related("event").prefetch_related("event__words")
    return tokens.read_row(token, purpose, rows)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _is_over(event: Event) -> bool:
    return event.ends_at <= timezone.now()


def _network(request: HttpRequest) -> str:
    return addresses.network(request.META.get("REMOTE_ADDR", ""))


def _page(found: Registration) -> dict[str, Any]:
    event = found.event
    return {
        "registration": found,
        "event": event,
        "is_called_off": not event.is_published(),
        "is_over": _is_over(event),
        "has_begun": event.starts_at <= timezone.now(),
        "place": registration_mail.told(event, get_language() or "en")["where"],
        "own_token": tokens.make(found, tokens.OWN_PLACE),
    }


def _ended(request: HttpRequest, reason: str, event: Event | None = None) -> HttpResponse:
    """The plain words for a link that does nothing any more."""
    status = {"tampered": 404, "canceled": 200, "not_me": 200}.get(reason, 410)
    return render(request, "signon/registration_ended.html", {"reason": reason, "event": event}, status=status)
