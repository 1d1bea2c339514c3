"""The desk: what waits, one case after the other. Each view translates a request into one act, and decides nothing."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.models import Statement
from signon import verifying
from signon.abuse import holding
from signon.casework import desk
from signon.models import Message, Organization, SignOn, User
from signon.people import reach
from signon.people.account_forms import MyForm
from signon.views.desk import case_page
from signon.views.posted import posted_from
from signon.views.staff import staff_with

State = SignOn.State
DECISIONS = [Message.Kind.ACCEPTED, Message.Kind.DECLINED]


@require_safe
@staff_with("signon.view_signon")
def queue(request: HttpRequest) -> HttpResponse:
    user, chosen = cast(User, request.user), desk.Choice.read(request.GET)
    page = desk.page(chosen, user, request.GET.get("after", ""))
    numbers = desk.numbers(user)
    parts = [(name, chosen.query(part=name), PART_NAMES[name](), numbers.get(name)) for name in desk.PARTS]
    found = {
        "chosen": chosen,
        "page": page,
        "parts": parts,
        "rows": [(sign_on, case_page.kept_findings(sign_on)) for sign_on in page.sign_ons],
        "next_url": f"{chosen.query() or '?'}&after={page.after}" if page.after else "",
        "query": chosen.query(),
        "bulk": {"to_decide": ["accept", "decline"], "decided": ["reopen"]}.get(chosen.part, []),
    }
    return render(request, "desk/queue.html", found)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with()
def me(request: HttpRequest) -> HttpResponse:
    """One's own name, the language of mails, and how often one is told what waits."""
    posted = request.POST if request.method == "POST" else None
    form = MyForm(posted, instance=cast(User, request.user))
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("desk-me")
    return render(request, "desk/me.html", {"form": form}, status=422 if form.is_bound else 200)


PART_NAMES = {
    desk.TO_DECIDE: lambda: _("To decide"),
    desk.ASKED: lambda: _("Asked, no answer yet"),
    desk.PROPOSED: lambda: _("Changes proposed"),
    desk.RETURNED: lambda: _("Not confirmed: mail lost"),
    desk.HELD: lambda: _("On hold"),
    desk.DECIDED: lambda: _("Decided"),
    desk.WITHDRAWN: lambda: _("Withdrawn by the signer"),
}


@require_safe
@staff_with("signon.view_signon")
def case(request: HttpRequest, number: int) -> HttpResponse:
    """One case with everything that is needed to decide; who may decide it has it open from now on for a while."""
    user, chosen = cast(User, request.user), desk.Choice.read(request.GET)
    sign_on = _sign_on(user, number)
    has_it = None
    if user.has_perm("signon.verify_signon") and sign_on.state == State.CONFIRMED:
        has_it = verifying.take(sign_on, by=user)
    return case_page.show(request, sign_on, chosen, taken_by=has_it)


@posted_from("desk-case", "number")
@staff_with("signon.verify_signon")
def act(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Do one act on one case; what is wrong in its form is said on the case's page, which keeps what was typed."""
    user, chosen = cast(User, request.user), desk.Choice.read(request.GET)
    sign_on = _sign_on(user, number)
    if name not in ACTS:
        raise Http404
    form = case_page.form_of(name, sign_on, request.POST)
    if form is not None and not form.is_valid():
        return case_page.show(request, sign_on, chosen, forms={name: form}, status=422)
    following = desk.beside(sign_on, chosen, user)[1] if name in DECIDING else None
    try:
        told = ACTS[name](sign_on, user, form.cleaned_data if form else {}, request.POST, form)
    except verifying.CannotDecide:
        fresh = _sign_on(user, number)
        told = _("“%(name)s” was left as it is: %(state)s.") % {"name": fresh, "state": fresh.get_state_display()}
        messages.warning(request, told)
        return _to_case(sign_on, chosen)
    except verifying.StandsAlready as error:
        messages.warning(request, _stands_already(sign_on, error.standing))
        return _to_case(sign_on, chosen)
    undo = f"{sign_on.pk}" if name in DECIDING else ""
    messages.success(request, told, extra_tags=f"undo-{undo}" if undo else "")
    if name not in DECIDING:
        return _to_case(sign_on, chosen)
    verifying.release(sign_on, by=user)
    if following is None:
        return redirect(reverse("desk-queue") + chosen.query())
    return _to_case(following, chosen)


def _accept(sign_on: SignOn, by: User, given: Any, posted: Any, form: Any) -> str:
    verifying.accept(sign_on, by=by, **form.chosen())
    return _("Accepted: “%(name)s”.") % {"name": sign_on}


def _decline(sign_on: SignOn, by: User, given: Any, posted: Any, form: Any) -> str:
    verifying.decline(sign_on, by=by, refusal=given["refusal"], reason=given["reason"])
    return _("Declined: “%(name)s”.") % {"name": sign_on}


def _reopen(sign_on: SignOn, by: User, given: Any, posted: Any, form: Any) -> str:
    told = sign_on.messages.filter(kind__in=DECISIONS, state=Message.State.SENT)
    has_been_told = bool(sign_on.decided_at) and told.filter(sent_at__gte=sign_on.decided_at).exists()
    verifying.reopen(sign_on, by=by, reason=given["reason"])
    if has_been_told:
        return _("Taken back: “%(name)s”. The mail had gone out already: write to the signer.") % {"name": sign_on}
    return _("Taken back: “%(name)s”. No mail goes out.") % {"name": sign_on}


def _correct(sign_on: SignOn, by: User, given: Any, posted: Any, form: Any) -> str:
    verifying.correct(sign_on, by=by, listed_name=given["listed_name"])
    return _("Corrected: “%(name)s”.") % {"name": sign_on}


def _ask(sign_on: SignOn, by: User, given: Any, posted: Any, form: Any) -> str:
    verifying.ask(sign_on, by=by, words=given["words"])
    return _("Asked. The mail goes out in ten minutes; the case waits for the answer.")


def _drop(sign_on: SignOn, by: User, given: Any, posted: Any, form: Any) -> str:
    verifying.drop_question(sign_on, by=by)
    return _("The question is taken back.")


def _note(sign_on: SignOn, by: User, given: Any, posted: Any, form: Any) -> str:
    verifying.note(sign_on, by=by, words=given["words"])
    return _("Noted.")


def _assign(sign_on: SignOn, by: User, given: Any, posted: Any, form: Any) -> str:
    verifying.assign(sign_on, by=by, to=given["to"])
    return _("Assigned to %(name)s.") % {"name": given["to"]} if given["to"] else _("Nobody’s in particular now.")


def _tell_apart(sign_on: SignOn, by: User, given: Any, posted: Any, form: Any) -> str:
    organization = _organization(by, posted)
    verifying.tell_apart(sign_on, by=by, organization=organization)
    return _("Two organizations from now on: this one is not %(name)s.") % {"name": organization}


def _tell_apart_no_more(sign_on: SignOn, by: User, given: Any, posted: Any, form: Any) -> str:
    organization = _organization(by, posted)
    verifying.tell_apart_no_more(sign_on, by=by, organization=organization)
    return _("This one may be %(name)s again.") % {"name": organization}


def _release(sign_on: SignOn, by: User, given: Any, posted: Any, form: Any) -> str:
    holding.release_one(sign_on, by=by)
    return _("Released from hold: “%(name)s”.") % {"name": sign_on}


ACTS = {
    "accept": _accept,
    "decline": _decline,
    "reopen": _reopen,
    "correct": _correct,
    "ask": _ask,
    "drop-question": _drop,
    "note": _note,
    "release": _release,
    "assign": _assign,
    "tell-apart": _tell_apart,
    "tell-apart-no-more": _tell_apart_no_more,
}
# After these the next case follows.
DECIDING = {"accept", "decline"}


@require_POST
@staff_with("signon.verify_signon")
def undo_rule(request: HttpRequest, slug: str) -> HttpResponse:
    """Take back all that a statement's rule accepted, and switch it off."""
    user = cast(User, request.user)
    number = verifying.undo_rule(reach.statement_or_404(user, slug), by=user)
    messages.success(request, _("The rule is off. Taken back: %(number)s.") % {"number": number})
    return redirect("desk-rules")


@require_safe
@staff_with("signon.view_signon")
def rules(request: HttpRequest) -> HttpResponse:
    """Which statements accept by themselves, what that means, and what it did."""
    by, user = User.objects.rule(), cast(User, request.user)
    ruled = SignOn.objects.for_user(user).filter(decided_by=by, state=State.ACCEPTED)
    rows = []
    for statement in Statement.objects.for_user(user).order_by("-created_at"):
        own = ruled.filter(statement=statement).order_by("-decided_at")
        if statement.accepts_on_strong_evidence or own.exists():
            rows.append((statement, own.count(), own[:5]))
    return render(request, "desk/rules.html", {"rows": rows})


def _stands_already(sign_on: SignOn, standing: SignOn | None) -> str:
    other = format_html('<a href="{}">{}</a>', reverse("desk-case", args=[standing.pk]), standing) if standing else "?"
    told = _("“{name}” stands on this statement already: {standing}. If the two are one, decline this one: “{reason}”.")
    return format_html(told, name=sign_on, standing=other, reason=SignOn.Refusal.SIGNED_ALREADY.label)


def _sign_on(user: User, number: int) -> SignOn:
    seen = SignOn.objects.for_user(user).select_related(
        "statement", "text__revision", "organization", "decided_by", "consent_text", "publish_consent_text"
    )
    return get_object_or_404(seen, pk=number)


def _organization(user: User, posted: Any) -> Organization:
    return get_object_or_404(Organization.objects.for_user(user), pk=desk.number(posted.get("organization", "")))


def _to_case(sign_on: SignOn, chosen: desk.Choice) -> HttpResponse:
    return redirect(reverse("desk-case", args=[sign_on.pk]) + chosen.query())
