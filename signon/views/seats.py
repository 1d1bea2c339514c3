"""An organization's people: claim it, take an offered seat, see what it signed, sign for it, and who acts for it."""

from __future__ import annotations

from typing import cast

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.models import Statement
from signon import signing, tokens
from signon.finding import profiles
from signon.mail import addresses
from signon.models import Organization, Seat, SignOn, User
from signon.people import proving, seat_page, seats
from signon.people.seat_forms import AddressForm, ClaimForm, CodeForm, OfferForm, SeatSignForm
from signon.privacy import consent
from signon.views.origin import under_a_token
from signon.views.posted import posted_from, tell

FORM = ["GET", "HEAD", "POST"]


@require_http_methods(FORM)
def claim(request: HttpRequest, slug: str) -> HttpResponse:
    """Who has no account, or is not signed in, proves an address first; then one button asks."""
    organization = get_object_or_404(Organization.objects.current(), slug=slug)
    if profiles.profile(slug, get_language() or "en") is None:  # what strangers may not know, they cannot claim
        raise Http404
    if not request.user.is_authenticated:
        return _prove(request, organization, AddressForm(request.POST or None))
    user = request.user
    form = ClaimForm(request.POST or None, initial={"name": user.name})
    if form.is_bound and form.is_valid():
        seats.claim(user, organization, **form.cleaned_data)
        return redirect("seats")
    found = {"organization": organization, "form": form, "address": seats.best_address(user, organization)}
    return render(request, "seats/claim.html", found, status=422 if form.is_bound else 200)


def _prove(request: HttpRequest, organization: Organization, form: AddressForm) -> HttpResponse:
    if form.is_bound and form.is_valid():
        address = form.cleaned_data["email"]
        if not ratelimit.consume(request, action="request_login_code", key=address.lower()):
            return ratelimit.respond_429(request)
        proving.begin(request.session, address, then=request.path)
        return redirect("seat-code")
    found = {"organization": organization, "form": form}
    return render(request, "seats/prove.html", found, status=422 if form.is_bound else 200)


@require_http_methods(FORM)
def code(request: HttpRequest) -> HttpResponse:
    """The code from the mail: signs in, and opens the account where there was none."""
    try:
        address, then = proving.waits(request.session)
        form = CodeForm(request.POST or None)
        if form.is_bound and form.is_valid():
            if proving.is_right(request.session, form.cleaned_data["code"]):
                return _sign_in(request, address, then)
            form.add_error("code", _("This code is not right. Look at it again, or start again to get another one."))
    except proving.Ended as ended:
        messages.error(request, _("This code cannot be used any more. Start again here, and we mail you another one."))
        return redirect(ended.then or "account_login")
    found = {"form": form, "address": address, "then": then}
    return render(request, "seats/code.html", found, status=422 if form.is_bound else 200)


def _sign_in(request: HttpRequest, address: str, then: str) -> HttpResponse:
    try:
        user = proving.account_of(address, language=get_language() or "en")
    except proving.Closed:
        messages.error(request, _("The account of this address was closed. Please write to us."))
        return redirect("account_login")
    record_authentication(request, user, method="code", email=address)
    return perform_login(request, Login(user=user, email=address, redirect_url=then))


@require_http_methods(FORM)
@under_a_token
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """A colleague's offer: whoever reads the mail of the address that it went to may take it."""
    try:
        seat = tokens.read_row(token, tokens.SEAT, Seat.objects.select_related("organization", "decided_by", "user"))
    except (tokens.Tampered, tokens.Ended):
        return render(request, "seats/offer.html", {"seat": None}, status=404)
    user = request.user if request.user.is_authenticated else None
    may_take = bool(user and seats.is_proved(user, seat.email))
    if request.method == "POST" and seat.state == Seat.State.INVITED:
        if user and may_take and seats.take(seat, user):
            messages.success(request, _("The seat is yours."))
            return redirect("seats")
        if user is None:
            proving.begin(request.session, seat.email, then=request.path)
            return redirect("seat-code")
    return render(request, "seats/offer.html", {"seat": seat, "may_take": may_take})


@require_safe
@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """One's seats; who has one goes straight there."""
    user = cast(User, request.user)
    own = Seat.objects.filter(user=user, state__in=[Seat.State.ASKED, Seat.State.STANDS]).select_related("organization")
    return render(request, "seats/seats.html", {"seats": own})


def _own(request: HttpRequest, number: int) -> Seat:
    own = Seat.objects.standing().filter(user=cast(User, request.user)).select_related("organization", "user")
    return get_object_or_404(own, pk=number)


@require_safe
@login_required
def seat(request: HttpRequest, number: int) -> HttpResponse:
    """What the organization signed, what waits, what is open, and who acts for it."""
    return _page(request, _own(request, number), OfferForm())


def _page(request: HttpRequest, own: Seat, form: OfferForm) -> HttpResponse:
    found = seat_page.shown(own) | {"form": form}
    return render(request, "seats/seat.html", found, status=422 if form.is_bound else 200)


@require_POST
@login_required
def leave(request: HttpRequest, number: int) -> HttpResponse:
    own = get_object_or_404(Seat, pk=number, user=cast(User, request.user))
    if seats.leave(own):
        messages.success(request, _("You do not act for this organization any more."))
    return redirect("seats")


@posted_from("seat", "number")
@login_required
def invite(request: HttpRequest, number: int) -> HttpResponse:
    own, form = _own(request, number), OfferForm(request.POST)
    if not form.is_valid():
        return _page(request, own, form)
    try:
        made = seats.invite(seats.current(own), form.cleaned_data["email"], by=cast(User, request.user))
    except seats.NotAllowed:
        raise Http404 from None
    except seats.Offered:
        messages.warning(
            request, _("Somebody with this address acts for it already, or has an offer. You need not do anything.")
        )
    else:
        if made is None:
            messages.warning(request, _("This address got many mails from us today. Try again tomorrow."))
        else:
            messages.success(request, _("The offer is on its way."))
    return redirect("seat", number)


ACTS = {"accept": seats.accept, "decline": seats.decline, "remove": seats.remove, "make-owner": seats.make_owner}


@require_POST
@login_required
def act(request: HttpRequest, number: int, other: int, name: str) -> HttpResponse:
    """An owner decides on another seat of the same organization."""
    own = _own(request, number)
    theirs = get_object_or_404(seats.of(seats.current(own)).select_related("organization", "user"), pk=other)
    if name not in ACTS:
        raise Http404
    try:
        done = ACTS[name](theirs, by=cast(User, request.user))
    except seats.NotAllowed:
        raise Http404 from None
    tell(request, done=done)
    return redirect("seat", number)


@require_http_methods(FORM)
@login_required
def sign(request: HttpRequest, number: int, slug: str) -> HttpResponse:
    """One button, and beside it what it agrees to."""
    own = _own(request, number)
    statement = get_object_or_404(Statement.objects.public(), slug=slug)
    text = statement.text(get_language() or "en")
    if text is None or not statement.takes_sign_ons():
        return redirect("seat", number)
    if own.user is None or not own.user.name:
        messages.warning(request, _("Write your name here, then sign: it stands in the letter’s record."))
        return redirect("account")
    form = SeatSignForm(request.POST or None, initial={"text": text.digest})
    if form.is_bound and form.is_valid():
        answer = _signed(request, own, statement, form)
        if answer is not None:
            return answer
    found = {
        "seat": own,
        "organization": seats.current(own),
        "statement": statement,
        "text": text,
        "form": form,
        "reads": SignOn(**seats.typed(own, updates=False)),
        "consent": consent,
        "has_questions": statement.own_questions.asked().exists(),
        "sign_url": reverse("sign", args=[slug]),
    }
    return render(request, "seats/sign.html", found, status=422 if form.is_bound else 200)


def _signed(request: HttpRequest, own: Seat, statement: Statement, form: SeatSignForm) -> HttpResponse | None:
    if statement.own_questions.asked().exists():
        return None
    try:
        seats.sign(
            own,
            statement,
            language=get_language() or "en",
            digest=form.cleaned_data["text"],
            network=addresses.network(request.META.get("REMOTE_ADDR", "")),
            updates=form.cleaned_data["consent_updates"],
        )
    except signing.TextChanged:
        messages.warning(request, _("The text was changed while you read it. Please read it again, then sign."))
        return redirect("seat-sign", own.pk, statement.slug)
    except (signing.NotOpen, seats.NotAllowed):
        messages.warning(request, _("The statement takes no sign-ons at this moment."))
    except seats.HasSigned:
        messages.warning(request, _("Your organization has signed this statement already."))
    else:
        messages.success(request, _("Signed. Our staff verify it now, and you are mailed what was signed."))
    return redirect("seat", own.pk)
