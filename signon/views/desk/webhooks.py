"""The desk's pages about webhooks: to whom we announce signatories, and what became of each announcement."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.models import Statement
from signon.models import Announcement, User, Webhook
from signon.programs import subscribing
from signon.programs.webhook_forms import WebhookForm
from signon.views.posted import posted_from
from signon.views.staff import staff_with

SHOWN = 50
may_manage = staff_with("signon.manage_webhook")


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
def webhooks(request: HttpRequest) -> HttpResponse:
    """All of them, with how many announcements were given up; and a form for one more."""
    user = cast(User, request.user)
    form = WebhookForm(
        request.POST if request.method == "POST" else None,
        instance=Webhook(created_by=user),
        offered=Statement.objects.for_user(user),
    )
    if form.is_bound and form.is_valid():
        subscribing.add(form.instance, form.cleaned_data["statements"])
        messages.success(request, _("Added. Copy its secret now, then send a test."))
        return redirect("desk-webhook", form.instance.pk)
    given_up = Count("announcements", filter=Q(announcements__state=Announcement.State.DEAD))
    found = _own(request).annotate(given_up=given_up).prefetch_related("statements__revisions__texts")
    page = {"webhooks": found, "form": form}
    return render(request, "desk/webhooks.html", page, status=422 if form.is_bound else 200)


@require_safe
@may_manage
def webhook(request: HttpRequest, number: int) -> HttpResponse:
    """One: what it is told, and the latest announcements with the receiver's answers."""
    return _page(request, get_object_or_404(_own(request), pk=number))


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Another address, or other things to tell of."""
    changed = get_object_or_404(_own(request), pk=number)
    offered = Statement.objects.for_user(cast(User, request.user))
    form = WebhookForm(request.POST if request.method == "POST" else None, instance=changed, offered=offered)
    if form.is_bound and form.is_valid():
        subscribing.change(changed, form.cleaned_data["statements"])
        messages.success(request, _("Saved."))
        return redirect("desk-webhook", changed.pk)
    page = {"webhook": _own(request).get(pk=number), "form": form}
    return render(request, "desk/webhook_change.html", page, status=422 if form.is_bound else 200)


@posted_from("desk-webhooks")
@may_manage
def act(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Show its secret, change it, send a test, stop it, go on."""
    chosen = get_object_or_404(_own(request), pk=number)
    if name == "reveal":
        return _page(request, chosen, secret=subscribing.reveal(chosen), asked_for_secret=True)
    if name == "change-secret":
        subscribing.change_secret(chosen)
        told = _("From now on we sign with a new secret, and for a day with the earlier one too. Copy the new one now.")
    elif name == "test":
        subscribing.test(chosen)
        told = _("A test is on its way. Look again in a moment.")
    elif name == "stop":
        subscribing.stop(chosen, by=cast(User, request.user))
        told = _("Stopped. Nothing is sent there any more.")
    elif name == "go-on":
        subscribing.go_on(chosen)
        told = _("What happens from now on is announced there again.")
    else:
        raise Http404
    messages.success(request, told)
    return redirect("desk-webhook", chosen.pk)


@require_POST
@may_manage
def try_again(request: HttpRequest, number: int) -> HttpResponse:
    """An announcement that was given up."""
    announcement = get_object_or_404(Announcement.objects.filter(webhook__in=_own(request)), pk=number)
    if subscribing.try_again(announcement):
        messages.success(request, _("It is tried again now."))
    else:
        messages.warning(request, _("It is not given up any more, or its webhook is stopped."))
    return redirect("desk-webhook", announcement.webhook_id)


def _own(request: HttpRequest) -> QuerySet[Webhook]:
    return Webhook.objects.for_user(cast(User, request.user))


def _page(request: HttpRequest, shown: Webhook, **more: Any) -> HttpResponse:
    latest = shown.announcements.select_related("sign_on")[:SHOWN]
    statements = shown.statements.prefetch_related("revisions__texts")
    return render(
        request, "desk/webhook.html", {"webhook": shown, "statements": statements, "latest": latest} | more
    )  # fmt: skip
