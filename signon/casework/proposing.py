"""What signers and organizations ask to have changed, and what becomes of it (decision 77).

While it waits what stands stays. A name, and who represents what staff accepted, is theirs to decide.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from signon import mailing
from signon.casework import decisions, merging, proposal_mail
from signon.mail import addresses, limits
from signon.models import ConsentText, LedgerEntry, Message, Organization, Proposal, Seat, SignOn, User
from signon.models.sign_on import new_key
from signon.people import seats
from signon.privacy import consenting
from signon.questions import correcting

State, Kind = Proposal.State, Proposal.Kind
Act, Mail = LedgerEntry.Act, Message.Kind
# Mail that tells of a decision.
DECIDED = [Mail.ACCEPTED, Mail.DECLINED, Mail.CORRECTED]


class CannotPropose(Exception):
    """The sign-on is not confirmed, or ended; an individual's has no representative; or nothing would change."""


class TooMuchMail(Exception):
    """The address got enough mail of this kind today."""


@transaction.atomic
def propose_name(sign_on: SignOn, name: str) -> Proposal:
    """Ask to be listed under another name, in place of what was asked before. Raises CannotPropose."""
    held, name = _held(sign_on), " ".join(name.split())
    if not name or name == held.listed_name:
        raise CannotPropose
    made = _instead(held, Kind.LISTED, name=name, state=State.WAITS, waits_since=timezone.now())
    _record(made, Act.PROPOSED, listed=LedgerEntry.salted(held, name))
    return made


@transaction.atomic
def propose_representative(sign_on: SignOn, *, name: str, title: str, email: str) -> Proposal:
    """Ask that another person represent it: a link goes to that person's address, and the present one is told.

    Nothing changes before it is confirmed there. Raises CannotPropose and TooMuchMail.
    """
    if not limits.may_be_mailed(email, [Mail.NEW_REPRESENTATIVE]):
        raise TooMuchMail
    held = _held(sign_on)
    if held.is_individual:
        raise CannotPropose
    made = _instead(held, Kind.REPRESENTATIVE, name=name, title=title, email=email, state=State.ASKED)
    _record(made, Act.PROPOSED, to=LedgerEntry.salted(held, f"{name}\n{email}"))
    _mail(made, "confirm", kind=Mail.NEW_REPRESENTATIVE, to=email, language=held.language)
    _mail(made, "asked", to=held.email, language=held.language)
    return made


@transaction.atomic
def confirm_representative(proposal: Proposal, *, language: str, updates: bool) -> bool:
    """The new person pressed the button below the mailed link; False where there is nothing to confirm any more.

    What waits to be verified changes hands at once, and staff see that it did; what they accepted waits for them.
    """
    sign_on = _hold_with_mailboxes(proposal)
    said = {"language": language, "consent_updates": updates, "waits_since": timezone.now()}
    said["consent_text"] = consenting.shown(ConsentText.Form.REPRESENT, language)
    if not correcting.may_correct(sign_on) or not proposal.move(State.ASKED, State.WAITS, **said):
        return False
    _record(proposal, Act.PROPOSAL_CONFIRMED)
    if sign_on.state == SignOn.State.CONFIRMED:
        _hand_over(proposal, sign_on, by=None)
    return True


@transaction.atomic
def propose_official_name(seat: Seat, *, name: str, acronym: str) -> Proposal:
    """An owner asks for another official name, in place of what was asked before.

    Raises seats.NotAllowed and CannotPropose.
    """
    if not seat.is_owner or seat.user is None:
        raise seats.NotAllowed
    organization = Organization.objects.select_for_update(no_key=True).get(pk=seats.current(seat).pk)
    name, acronym = " ".join(name.split()), acronym.strip()
    if not name or (name, acronym) == (organization.name, organization.acronym):
        raise CannotPropose
    organization.proposals.open().update(state=State.ENDED)
    return Proposal.objects.create(
        kind=Kind.OFFICIAL, organization=organization, name=name, acronym=acronym, by=seat.user,
        state=State.WAITS, waits_since=timezone.now(),
    )  # fmt: skip


@transaction.atomic
def accept(proposal: Proposal, *, by: User) -> bool:
    """Staff agree: it is carried out, and whom it concerns is told. False where it was settled meanwhile.

    Raises decisions.CannotDecide where what it is of does not stand any more.
    """
    if proposal.kind == Kind.OFFICIAL and proposal.organization:
        merging.hold(proposal.organization)
        if not _decide(proposal, State.ACCEPTED, by):
            return False
        merging.rename(proposal.organization, name=proposal.name, acronym=proposal.acronym, by=by)
        _tell_who_asked(proposal, "renamed")
        return True
    sign_on = _hold_with_mailboxes(proposal)
    if not correcting.may_correct(sign_on):
        raise decisions.CannotDecide
    if proposal.kind == Kind.REPRESENTATIVE:
        return _hand_over(proposal, sign_on, by=by)
    if not _decide(proposal, State.ACCEPTED, by):
        return False
    _list_as(proposal, sign_on, by)
    return True


@transaction.atomic
def decline(proposal: Proposal, *, by: User, reason: str = "") -> bool:
    """Staff do not agree: all stays as it is, and the reason goes to who asked. False where it was settled."""
    if proposal.sign_on:
        decisions.hold(proposal.sign_on)
    if not _decide(proposal, State.DECLINED, by, reason=reason.strip()):
        return False
    if proposal.sign_on:
        _record(proposal, Act.PROPOSAL_DECLINED, by=by, why=LedgerEntry.salted(proposal.sign_on, reason.strip()))
    _tell_who_asked(proposal, "declined")
    return True


@transaction.atomic
def take_back(proposal: Proposal, *, by: User | None = None) -> bool:
    """Whoever asked, or still represents it, does not want it any more; its mail and its link end."""
    if proposal.sign_on:
        decisions.hold(proposal.sign_on)
    if not any(proposal.move(before, State.ENDED, link_key=new_key()) for before in Proposal.OPEN):
        return False
    if proposal.sign_on:
        _record(proposal, Act.PROPOSAL_ENDED, by=by)
    return True


@transaction.atomic
def change_language(sign_on: SignOn, language: str) -> bool:
    """Mail comes in this language from now on; returns whether it came in another."""
    held = SignOn.objects.filter(pk=sign_on.pk, state__in=correcting.STANDING)
    if not held.exclude(language=language).update(language=language):
        return False
    sign_on.messages.filter(state__in=Message.WAITING, user=None).update(language=language)
    LedgerEntry.objects.append(decisions.hold(sign_on), Act.LANGUAGE_CHANGED, language=language)
    return True


def _held(sign_on: SignOn) -> SignOn:
    held = decisions.hold(sign_on)
    if not correcting.may_correct(held):
        raise CannotPropose
    return held


def _hold_with_mailboxes(proposal: Proposal) -> SignOn:
    """The sign-on, held; before it the mailboxes of both representatives, whom an erasure holds too."""
    present = SignOn.objects.values_list("email", flat=True).get(pk=_of(proposal).pk)
    for address in sorted({present, proposal.email} - {""}, key=addresses.mailbox):
        limits.hold_mailbox(address)
    return decisions.hold(_of(proposal))


def _of(proposal: Proposal) -> SignOn:
    assert proposal.sign_on, "what is no organization's is a sign-on's"  # noqa: S101
    return proposal.sign_on


def _instead(sign_on: SignOn, kind: str, **fields: Any) -> Proposal:
    """A new one of a sign-on that is held; one of the kind that is open ends, with its link."""
    sign_on.proposals.open().filter(kind=kind).update(state=State.ENDED, link_key=new_key())
    return Proposal.objects.create(sign_on=sign_on, kind=kind, **fields)


def _decide(proposal: Proposal, to: str, by: User | None, **fields: Any) -> bool:
    return proposal.move(State.WAITS, to, decided_at=timezone.now(), decided_by=by, **fields)


def _list_as(proposal: Proposal, sign_on: SignOn, by: User) -> None:
    if sign_on.state == SignOn.State.ACCEPTED:
        decisions.list_as(sign_on, proposal.name, by=by, after_delivery=True)
        return
    SignOn.objects.filter(pk=sign_on.pk).update(**SignOn.listed_as(proposal.name, sign_on.listing))
    decisions.record(sign_on, Act.CORRECTED, by, "", listed=LedgerEntry.salted(sign_on, proposal.name))
    _tell_who_asked(proposal, "listed")


def _hand_over(proposal: Proposal, sign_on: SignOn, *, by: User | None) -> bool:
    """Make the new person its representative. Every link of the former one ends, and mail that was not sent."""
    if not _decide(proposal, State.ACCEPTED, by):
        return False
    # What was decided is told to the new one: its links, made as it is sent, are theirs.
    told = list(sign_on.messages.filter(state__in=Message.WAITING, kind__in=DECIDED).values_list("pk", flat=True))
    unsent = sign_on.messages.filter(state__in=[*Message.UNSENT, Message.State.DEAD])
    mailing.note(unsent.exclude(pk__in=told), Message.State.CANCELED)
    language = proposal.language or sign_on.language
    Message.objects.filter(pk__in=told, state__in=Message.WAITING).update(
        to_address=proposal.email, mailbox=addresses.mailbox(proposal.email), language=language
    )
    if sign_on.publish_consent_text is None and consenting.is_to_be_listed(sign_on.consent_text):
        # Signed while 0038 was brought in. It stays: that the organization may be listed, and in which words.
        SignOn.objects.filter(pk=sign_on.pk).update(publish_consent_text=sign_on.consent_text)
    SignOn.objects.filter(pk=sign_on.pk).update(
        representative_name=proposal.name,
        representative_title=proposal.title,
        email=proposal.email,
        language=language,
        consent_updates=proposal.consent_updates,
        consent_text=proposal.consent_text,
        link_key=new_key(),
        network="",  # from where the former one signed
        # Nothing leads from the ledger to the words and the address of the former one any more.
        ledger_salt=new_key(),
    )
    # By digests: what the former one agreed to is not forgotten.
    texts = ConsentText.objects.in_bulk([each for each in (sign_on.consent_text_id, proposal.consent_text_id) if each])
    agreed = {
        name: text.digest
        for name, number in (("agreed_before", sign_on.consent_text_id), ("agreed", proposal.consent_text_id))
        if (text := texts.get(number))
    }
    former = {"to": sign_on.email, "language": sign_on.language}
    sign_on.refresh_from_db()
    _record(proposal, Act.HANDED_OVER, by=by, **agreed)
    _mail(proposal, "left", **former)
    _mail(proposal, "represents", to=sign_on.email, language=sign_on.language)
    return True


def _tell_who_asked(proposal: Proposal, what: str) -> None:
    if proposal.sign_on:
        _mail(proposal, what, to=proposal.sign_on.email, language=proposal.sign_on.language)
    elif proposal.by and proposal.by.is_active:  # else it was erased
        _mail(proposal, what, user=proposal.by)


def _mail(proposal: Proposal, what: str, *, kind: str = Mail.PROPOSAL, **to: Any) -> None:
    if to.get("to") or to.get("user"):
        mailing.compose(kind, sign_on=proposal.sign_on, **proposal_mail.composed(proposal, what), **to)


def _record(proposal: Proposal, act: str, *, by: User | None = None, **facts: object) -> None:
    LedgerEntry.objects.append(_of(proposal), act, by=by, proposal=proposal.pk, kind=proposal.kind, **facts)
