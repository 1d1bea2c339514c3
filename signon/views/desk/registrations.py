"""Who comes to an event, at the desk: how many, who, one entered or canceled by hand, all told of a change."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from campaigns.models import Event
from signon.events import registering, registration_desk, registration_mail
from signon.events.registration_forms import EnterForm, FoundForm
from signon.models import Registration, User
from signon.site import site_desk
from signon.views.desk.changed_events import say_who_moved_up
from signon.views.posted import posted_from
from signon.views.staff import staff_with

KIND = site_desk.KINDS["events"]
SEE, CHANGE, TAKE_ALONG = "signon.view_registration", "signon.change_registration", "signon.export_contacts"
PER_PAGE = 100


@require_safe
@staff_with("campaigns.view_event")
def listed(request: HttpRequest, number: int) -> HttpResponse:
    """How many, for whoever looks after events; who, for whoever may see contact data."""
    return _page(request, _event(request, number), EnterForm())


@posted_from("desk-registrations", "number")
@staff_with(CHANGE)
def enter(request: HttpRequest, number: int) -> HttpResponse:
    """Somebody called."""
    event = _event(request, number)
    form = EnterForm(request.POST)
    if form.is_valid():
        try:
            made = registration_desk.enter(event, by=cast(User, request.user), **form.cleaned_data)
        except registration_desk.Taken:
            form.add_error("email", _("This address is registered already."))
        except registering.NotOpen:
            form.add_error(None, _("Nobody can register for this event at this moment."))
        else:
            messages.success(request, _("%(name)s: %(state)s.") % {"name": made, "state": made.get_state_display()})
            return redirect("desk-registrations", event.pk)
    return _page(request, event, form)


@require_POST
@staff_with("campaigns.change_event")
def tell(request: HttpRequest, number: int) -> HttpResponse:
    """Mail what is so now to whoever was told something else."""
    event = _event(request, number)
    try:
        told = registration_desk.tell(event, seen=request.POST.get("seen", ""))
    except registration_desk.Changed:
        messages.warning(request, _("The event was changed since you opened the page. Nothing was sent: look again."))
    else:
        words = ngettext("%(number)d e-mail is on its way.", "%(number)d e-mails are on their way.", told)
        messages.success(request, words % {"number": told})
    return redirect("desk-registrations", event.pk)


@require_POST
@staff_with(TAKE_ALONG)
def file(request: HttpRequest, number: int) -> HttpResponse:
    """The list that is shown, as CSV."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    event = _event(request, number)
    state, query = FoundForm(request.POST).asked()
    data, name = registration_desk.as_csv(event, by=cast(User, request.user), state=state, query=query)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
@staff_with(CHANGE)
def act(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Cancel one, or note that somebody without an address was called."""
    reached = Registration.objects.for_user(cast(User, request.user))
    found = get_object_or_404(reached.select_related("event"), pk=number)
    event = _event(request, found.event_id)
    if name == "cancel":
        moved = registering.cancel(found, by=cast(User, request.user))
        if moved is not None:
            messages.success(request, _("%(name)s: canceled.") % {"name": found})
            say_who_moved_up(request, moved)
    elif name == "told":
        registration_desk.told_by_hand(found)
        messages.success(request, _("Noted: %(name)s knows.") % {"name": found})
    else:
        raise Http404
    return redirect("desk-registrations", event.pk)


def _event(request: HttpRequest, number: int) -> Event:
    found: Event = site_desk.piece_or_404(cast(User, request.user), KIND, number)
    return found


def _page(request: HttpRequest, event: Event, form: EnterForm) -> HttpResponse:
    found = FoundForm(request.GET)
    state, query = found.asked()
    may_see = request.user.has_perm(SEE)
    untold = registration_desk.untold(event)
    # Those without an address for whom a place came free.
    moved_up = untold.filter(email="", told="", state="registered") if event.is_published() else untold.none()
    numbers = registration_desk.numbers(event)
    page: dict[str, Any] = {
        "kind": KIND,
        "part": "events",
        "piece": event,
        "piece_part": "registrations",
        "form": form,
        "search": found,
        "state": state,
        "query": query,
        "numbers": numbers,
        "is_used": event.takes_registrations or any(numbers.values()),
        "states": [("", _("All who come or wait"), numbers["registered"] + numbers["waiting"])]
        + [(value, label, numbers[value]) for value, label in Registration.State.choices],
        "seen": registration_mail.mark_of(event),
        "is_called_off": not event.is_published(),
        "is_coming": event.is_published() and timezone.now() < event.starts_at,
        "to_tell": untold.exclude(email="").count(),
        "to_call": untold.filter(email="").count() - len(moved_up),
        "moved_up": moved_up.order_by("registered_at", "pk"),
        "erased": event.registrations.exclude(erased_at=None).exists(),
        "zone": site_desk.zone(),
        "may_see": may_see,
        "may_change": request.user.has_perm(CHANGE),
        "may_tell": request.user.has_perm("campaigns.change_event"),
        "may_take": may_see and request.user.has_perm(TAKE_ALONG),
        "is_open": event.is_open_to_register(),
    }
    if may_see:
        shown = registration_desk.listed(event, state, query)
        page["page"] = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/registrations.html", page, status=422 if form.is_bound else 200)
