"""A statement's conveners at the desk: who they are, in which order, what they said."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from signon.mail import link_mail
from signon.models import Comment, Convener, Message, User
from signon.people import reach
from signon.statements import convening
from signon.statements.life_forms import ConvenerForm, SettleForm
from signon.views.staff import staff_with

organizers = staff_with("signon.organize_statement")


@require_http_methods(["GET", "HEAD", "POST"])
@organizers
def conveners(request: HttpRequest, slug: str) -> HttpResponse:
    """The list in its order, and a form that adds one."""
    user = cast(User, request.user)
    found = reach.statement_or_404(user, slug)
    form = ConvenerForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        form.initial["language"] = get_language()
    if form.is_bound and form.is_valid():
        try:
            added = convening.add(found, by=user, **form.cleaned_data)
        except convening.CannotConvene:
            form.add_error(None, _taken())
        else:
            messages.success(request, _("%s is a convener.") % added.name)
            return redirect("desk-conveners", slug)
    standing = list(found.conveners.standing().select_related("organization", "sign_on", "statement"))
    became = link_mail.became(standing, Message.Kind.DRAFT, found.zone)
    listed = [(each, became.get(each.pk, "")) for each in standing]
    page = {"statement": found, "part": "conveners", "form": form, "conveners": listed}
    return render(request, "desk/conveners.html", page, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@organizers
def change(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Correct one convener's name, contact or entry."""
    convener, user = _convener(request, slug, number)
    form = ConvenerForm(request.POST if request.method == "POST" else None, convener=convener)
    if form.is_bound and form.is_valid():
        try:
            convening.change(convener, by=user, **form.cleaned_data)
        except convening.CannotConvene:
            form.add_error(None, _taken())
        else:
            messages.success(request, _("Saved."))
            return redirect("desk-conveners", slug)
    page = {"statement": convener.statement, "part": "conveners", "convener": convener, "form": form}
    return render(request, "desk/convener.html", page, status=422 if form.is_bound else 200)


@require_POST
@organizers
def act(request: HttpRequest, slug: str, number: int, name: str) -> HttpResponse:
    """Up, down, remove, or send the private link."""
    convener, user = _convener(request, slug, number)
    try:
        if name in ("up", "down"):
            convening.move_by(convener, -1 if name == "up" else 1, by=user)
        elif name == "remove":
            convening.remove(convener, by=user)
            messages.success(request, _("%s is no convener any more.") % convener.name)
        elif name == "send":
            if convening.send_link(convener):
                messages.success(request, _("The private link is on its way to %s.") % convener.email)
            else:
                messages.warning(request, _("Nothing was sent: the statement does not circulate."))
        else:
            raise Http404
    except convening.CannotConvene:
        messages.warning(request, _taken())
    except link_mail.Unreachable as error:
        messages.warning(request, str(error))
    return redirect("desk-conveners", slug)


@require_POST
@staff_with("campaigns.change_statement")
def settle(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Say what became of a convener's comment."""
    user = cast(User, request.user)
    comments = Comment.objects.for_user(user).filter(convener__statement__slug=slug)
    comment = get_object_or_404(comments.select_related("convener__statement"), pk=number)
    form = SettleForm(request.POST)
    if form.is_valid() and convening.settle(comment, by=user, answer=form.cleaned_data["answer"]):
        _say_settled(request, comment)
    return redirect("desk-conveners" if user.has_perm("signon.organize_statement") else "desk-text", slug)


def _say_settled(request: HttpRequest, comment: Comment) -> None:
    """That it is settled, and whether who wrote it is told."""
    if not convening.is_told(comment):
        messages.success(request, _("Settled."))
        return
    try:
        link_mail.check(Message.Kind.COMMENT, comment.convener.email)
    except link_mail.Unreachable as error:
        messages.warning(request, f"{_('Settled.')} {error}")
    else:
        messages.success(request, _("Settled: %s is told.") % comment.convener.name)


def _convener(request: HttpRequest, slug: str, number: int) -> tuple[Convener, User]:
    user = cast(User, request.user)
    found = Convener.objects.for_user(user).standing().filter(statement__slug=slug)
    return get_object_or_404(found.select_related("statement"), pk=number), user


def _taken() -> str:
    return _("The organization convenes this statement already, or the statement was delivered.")
