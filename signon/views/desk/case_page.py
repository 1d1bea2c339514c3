"""A case's page: everything that stands beside one sign-on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns import languages
from signon import matching
from signon.casework import decisions, desk, domains, evidence, findings, known, ways_in
from signon.casework.desk_forms import AcceptForm, AskForm, AssignForm, CorrectForm, DeclineForm, NoteForm, ReasonForm
from signon.casework.findings import Finding
from signon.models import Case, LedgerEntry, Organization, SignOn, User
from signon.people import seats
from signon.people.seat_forms import DecideForm
from signon.questions import own_answers

log = logging.getLogger(__name__)
State = SignOn.State
# Findings that name other sign-ons of the same organization on the same statement.
OF_THE_SAME = {"signed_already", "another_address"}


def show(
    request: HttpRequest,
    sign_on: SignOn,
    chosen: desk.Choice,
    *,
    taken_by: User | None = None,
    forms: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a case with its forms; `forms` are those that were posted and came back."""
    user = cast(User, request.user)
    may_verify = user.has_perm("signon.verify_signon")
    found = current_findings(sign_on)
    likely = alike(sign_on, found)
    before, following = desk.beside(sign_on, chosen, user)
    names = _acts(sign_on) if may_verify else []
    given = forms or {}
    own = {name.replace("-", "_"): given.get(name) or form_of(name, sign_on, likely=likely) for name in names}
    erased = None if sign_on.email else sign_on.ledger.filter(act=LedgerEntry.Act.ERASED).order_by("number").last()
    page = {
        "sign_on": sign_on,
        "erased": erased,
        "heading": _("Erased sign-on") if erased else _("Sign-on without a name"),
        "statement": sign_on.statement,
        "signed_text": _signed_text(sign_on),
        "answers": own_answers.told(sign_on, get_language() or "en"),
        "case": Case.objects.filter(pk=sign_on.pk).select_related("assigned_to").first(),
        "findings": found,
        "alike": likely,
        "apart": told_apart(sign_on),
        "ways_in": ways_in.of(sign_on, user),
        "attachments": sign_on.attachments.all(),
        "proposals": _proposals(sign_on, given),
        "forms": own,
        "form": next(iter(given.values()), None),
        "open_form": next(iter(given), ""),
        "acts": names,
        "may_verify": may_verify,
        "taken_by": taken_by,
        **(_words(sign_on) if _may_read_notes(user) else {}),
        "messages_sent": _messages(user, sign_on),
        "ledger": _ledger(user, sign_on),
        "before": before,
        "following": following,
        "query": chosen.query(),
        "chosen": chosen,
        "rest": desk.queue(chosen, user).count(),
    }
    return render(request, "desk/case.html", page, status=status)


def current_findings(sign_on: SignOn) -> list[Finding]:
    """The evidence as things stand now; what the case keeps, where it cannot be gathered at this moment."""
    if sign_on.state != SignOn.State.CONFIRMED:
        return kept_findings(sign_on)
    try:
        return evidence.gather(sign_on)
    except Exception:
        log.exception("The evidence of sign-on %s could not be gathered", sign_on.pk)
        return [*kept_findings(sign_on), Finding(findings.NOT_GATHERED)]


def kept_findings(sign_on: SignOn) -> list[Finding]:
    """The evidence as it was when the worker gathered it."""
    case = getattr(sign_on, "case", None)
    return findings.read(case.findings) if case else []


def form_of(name: str, sign_on: SignOn, posted: Any = None, likely: list[dict[str, Any]] | None = None) -> Any:
    """The form of an act; None where it has none. `likely` is what `alike` found, where it was asked already."""
    if name == "accept":
        domain = "" if sign_on.is_individual else decisions.recordable_domain(sign_on)
        known = evidence.known_organization(sign_on)
        likely = alike(sign_on, current_findings(sign_on)) if likely is None else likely
        return AcceptForm(
            posted,
            sign_on=sign_on,
            entries=_entries(sign_on, known, likely),
            known=known,
            is_clear=not any(each["same"] and each["organization"] for each in likely),
            domain=domain,
        )
    if name == "assign":
        return AssignForm(posted, staff=desk.staff())
    if name == "correct":
        return CorrectForm(posted, initial={"listed_name": sign_on.listed_name})
    simple = {"decline": DeclineForm, "ask": AskForm, "note": NoteForm, "reopen": ReasonForm}
    return simple[name](posted, auto_id=f"{name}-%s") if name in simple else None


def _entries(
    sign_on: SignOn, known: Organization | None, likely: list[dict[str, Any]]
) -> list[tuple[Organization, str]]:
    """The directory's entries that this sign-on may be accepted as, each with a label; the likeliest first."""
    if sign_on.is_individual:
        return []
    found = [*([known] if known else []), *(each["organization"] for each in likely if each["organization"])]
    unique = {entry.pk: entry for entry in found}
    return [(entry, _label(entry)) for entry in unique.values()]


def alike(sign_on: SignOn, found: list[Finding]) -> list[dict[str, Any]]:
    """What looks like this one or is the same: organizations and sign-ons, both names in pieces, what differs marked.

    Not what was told apart since this was found, nor what it was accepted as.
    """
    told: dict[tuple[int, int], dict[str, Any]] = {}
    for finding in found:
        for each in finding.facts.get("alike", []):
            row = told.setdefault((each.get("organization") or 0, each.get("sign_on") or 0), {})
            row |= {**each, "reads_alike": row.get("reads_alike") or finding.code == "look_alike_name"}
    for finding in (each for each in found if each.code in OF_THE_SAME):
        for number in finding.facts.get("sign_ons", []):
            row = told.setdefault((0, number), {"reads_alike": False})
            row |= {"finding": finding.title}
    organizations = Organization.objects.in_bulk([organization for organization, _sign_on in told])
    sign_ons = SignOn.objects.in_bulk([sign_on for _organization, sign_on in told])
    settled = known.under(sign_on).apart | {sign_on.organization_id}
    rows = []
    for (organization_pk, sign_on_pk), each in told.items():
        organization, other = organizations.get(organization_pk), sign_ons.get(sign_on_pk)
        if (organization and organization.pk in settled) or (other and other.organization_id in settled - {None}):
            continue
        name = str(organization or other or each.get("name", ""))
        rows.append(
            {
                "organization": organization,
                "sign_on": other,
                "place": (organization or other).country_name if organization or other else "",  # type: ignore[union-attr]
                "pieces": findings.difference(name, sign_on.name_as_typed),
                "own_pieces": findings.difference(sign_on.name_as_typed, name),
                "percent": round(100 * each["score"]) if "score" in each else None,
                "same": each["reads_alike"] or each.get("score", 0) >= matching.SAME_FROM,
                "reads_alike": each["reads_alike"],
                "why": each.get("finding") or findings.grounds_in_words(each.get("why", "")),
            }
        )
    return rows


def told_apart(sign_on: SignOn) -> Any:
    """What staff said that this sign-on's organization is not."""
    return known.told_apart(sign_on).select_related("organization", "by")


def _signed_text(sign_on: SignOn) -> dict[str, Any]:
    """Which text it signed, whether there is a newer one, and when it signed one anew."""
    newest = sign_on.statement.revision
    again = sign_on.ledger.filter(act=LedgerEntry.Act.REAFFIRMED).order_by("number").last()
    return {
        "language": languages.name_of(sign_on.text.language),
        "number": sign_on.text.revision.number,
        "newest": newest.number if newest and sign_on.is_of_an_earlier_text else 0,
        "reaffirmed_at": again.at if again else None,
    }


def _words(sign_on: SignOn) -> dict[str, Any]:
    """What people wrote about a case. The representative's answers stand with their questions, not among the notes."""
    return {
        "reasons": list(_reasons(sign_on)),
        "questions": sign_on.questions.select_related("by"),
        "notes": sign_on.notes.filter(by__isnull=False).select_related("by"),
    }


def _reasons(sign_on: SignOn) -> Iterator[dict[str, Any]]:
    """Why it was decided, and why it was withdrawn."""
    if sign_on.refusal or sign_on.decision_reason:
        what = State.DECLINED if sign_on.refusal else State.ACCEPTED
        yield {
            "chosen": sign_on.get_refusal_display(),
            "words": sign_on.decision_reason,
            "what": what.label,
            "by": sign_on.decided_by,
            "at": sign_on.decided_at,
        }
    if sign_on.withdrawal_reason:
        by_signer = sign_on.get_ending_display()
        yield {"words": sign_on.withdrawal_reason, "what": by_signer, "at": sign_on.ended_at}


def _may_read_notes(user: User) -> bool:
    """Who decides, and who checks that."""
    return user.has_perm("signon.verify_signon") or user.has_perm("signon.view_ledgerentry")


def _proposals(sign_on: SignOn, posted: dict[str, Any]) -> list[dict[str, Any]]:
    """What waits for staff, and of an address what speaks for it; a form that came back stands in its place."""
    known = evidence.known_organization(sign_on) if not sign_on.is_individual else None
    organization = sign_on.organization or known
    return [
        {
            "proposal": each,
            "form": posted.get(f"proposal-{each.pk}") or DecideForm(auto_id=f"proposal-{each.pk}-%s"),
            "is_same_domain": domains.of_address(each.email) == domains.of_address(sign_on.email),
            "is_recorded": bool(organization and each.email and seats.is_at_its_domain(each.email, organization)),
        }
        for each in sign_on.proposals.waiting()
    ]


def _acts(sign_on: SignOn) -> list[str]:
    if sign_on.state == SignOn.State.CONFIRMED:
        asking = ["drop-question"] if sign_on.open_question else ["ask"] if sign_on.email else []
        return [*([] if sign_on.hold_id else ["accept"]), "decline", *asking, "note", "assign"]
    if sign_on.state == SignOn.State.ACCEPTED:
        return ["reopen", "correct", "note"]
    return ["reopen", "note"] if sign_on.state == SignOn.State.DECLINED else ["note"]


def _label(entry: Organization) -> str:
    place = entry.country_name or entry.get_scope_display()
    return f"{entry} · {place}" + (f" · {_('verified')}" if entry.verified_at else "")


def _messages(user: User, sign_on: SignOn) -> Any:
    return sign_on.messages.for_user(user).order_by("created_at")


def _ledger(user: User, sign_on: SignOn) -> Any:
    if not user.has_perm("signon.view_ledgerentry"):
        return LedgerEntry.objects.none()
    return sign_on.ledger.select_related("by").order_by("number")
