"""Who each campaign's mail is from, at the desk; a test mail, and what receivers will learn of the sender's domain."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import senders as campaign_senders
from campaigns.models import Campaign
from signon.mail import sender_records, sender_trials, senders
from signon.models import User
from signon.site.settings_forms import SelectorForm, SenderForm
from signon.views.staff import staff_with

may_change = staff_with("campaigns.change_publisher")


@require_safe
@may_change
def listed(request: HttpRequest) -> HttpResponse:
    """Every campaign with its sender."""
    page = {
        "part": "network",
        "network_part": "senders",
        "campaigns": Campaign.objects.for_user(request.user),
        "own_sender": settings.DEFAULT_FROM_EMAIL,
    }
    return render(request, "desk/senders.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@may_change
def sender(request: HttpRequest, slug: str) -> HttpResponse:
    """One campaign's. With ?selector= the domain name system is asked; it answers within seconds or not at all."""
    campaign = get_object_or_404(Campaign.objects.for_user(request.user), slug=slug)
    initial = {name: getattr(campaign, name) for name in ("sender_name", "sender_address", "reply_address")}
    form = SenderForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        campaign_senders.change(campaign, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(request.path)
    domain = senders.domain_of(campaign)
    question = SelectorForm(request.GET if "selector" in request.GET else None)
    found = []
    if question.is_bound and question.is_valid():
        found = sender_records.records(domain, question.cleaned_data["selector"])
    page = {
        "part": "network",
        "network_part": "senders",
        "campaign": campaign,
        "form": form,
        "question": question,
        "domain": domain,
        "records": found,
        "own_sender": settings.DEFAULT_FROM_EMAIL,
    }
    return render(request, "desk/sender.html", page, status=422 if form.is_bound else 200)


@require_POST
@may_change
def test(request: HttpRequest, slug: str) -> HttpResponse:
    """Send one mail from this campaign's sender to whoever asks."""
    campaign, user = get_object_or_404(Campaign.objects.for_user(request.user), slug=slug), cast(User, request.user)
    sender_trials.send(campaign, user=user)
    messages.success(request, _("A test mail is on its way to %s.") % user.email)
    return redirect("desk-sender", slug)
