"""What an invited organization does under its personal link: sign, say that it will not, ask.

The link is a bearer's: whoever was forwarded it holds it too. So it confirms for one address alone, the one it was
mailed to; that address is mailed at once what was signed in its name, with the way to withdraw; and the link's pages
show nothing of a sign-on's representative.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from signon import limits, mailing, signing, tokens
from signon.models import Invitation, InvitationNote, Message, SignOn, Sought, Source, User

State, Kind = Invitation.State, Message.Kind
# After these an organization may sign again under the same link.
GONE = [SignOn.State.WITHDRAWN, SignOn.State.EXPIRED]
MOST_WORDS = 4000


class AnsweredAlready(Exception):
    """There is a sign-on that came of this invitation, and it stands."""


def stands(invitation: Invitation) -> bool:
    """Whether a sign-on came of it that was not taken back since."""
    signed = invitation.sign_on
    return invitation.state == State.SIGNED and not (signed and signed.state in GONE)


def sign(invitation: Invitation, *, language: str, digest: str, network: str, **typed: Any) -> SignOn:
    """Sign as signing.sign does, under the link of an invitation; returns the sign-on.

    Where the address is the one that the link was mailed to, pressing the button was the confirmation; any other
    address confirms by mail. Raises what signing.sign raises, AnsweredAlready, and tokens.Ended where the address
    was changed since the page was opened.
    """
    with transaction.atomic():
        limits.hold_mailbox(typed["email"])
        held = _hold(invitation)
        if stands(held):
            raise AnsweredAlready
        if held.state == State.SIGNED:  # what was taken back
            held.move(State.WAITING)
        typed["via"] = Source.INVITATION
        sign_on = signing.sign(statement=held.statement, language=language, digest=digest, network=network, **typed)
        if confirms_for(held, sign_on.email):
            if sign_on.state == SignOn.State.UNCONFIRMED:
                signing.confirm(sign_on, version=sign_on.version, how="invitation", invitation=held.pk)
                mailing.compose(Kind.SIGNED_BY_LINK, key=f"signed_by_link:{sign_on.pk}", sign_on=sign_on)
            if not sign_on.is_individual:
                held.move(State.SIGNED, sign_on=sign_on, matched_by=Invitation.Match.LINK, perhaps=None)
                stop_asking(held)
        elif not sign_on.is_individual:
            # Once it is confirmed, signon.reconciling looks whether it is the organization that was invited.
            Invitation.objects.filter(pk=held.pk).update(sign_on=sign_on)
            Sought.objects.filter(sign_on=sign_on).delete()
    return sign_on


def confirms_for(invitation: Invitation, email: str) -> bool:
    """Whether pressing the button under the link is the confirmation for this address.

    To the letter: a "+tag" may go elsewhere. Once something signed with the address was taken back, no more: whoever
    was forwarded the link must not sign again what its reader has withdrawn.
    """
    if not invitation.email or email.lower() != invitation.email.lower():
        return False
    own = SignOn.objects.at_address(email).filter(statement=invitation.statement_id)
    return not own.filter(state=SignOn.State.WITHDRAWN).exists()


def will_not_sign(invitation: Invitation, *, reason: str) -> bool:
    """It was asked and says no; no reminder follows. False where it has signed."""
    with transaction.atomic():
        held = _hold(invitation)
        if held.state == State.REFUSED:
            return bool(Invitation.objects.filter(pk=held.pk).update(reason=reason))
        refused = held.move(State.REFUSED, reason=reason)
        if refused:
            stop_asking(held)
    return refused


def ask(invitation: Invitation, *, words: str) -> bool:
    """It has a question, which staff see; a second one is put below the first. False where it has signed."""
    with transaction.atomic():
        held = _hold(invitation)
        if held.state == State.ASKS:
            words = f"{held.question}\n\n{words}"[-MOST_WORDS:]
            return bool(Invitation.objects.filter(pk=held.pk).update(question=words))
        return held.move(State.ASKS, question=words, answered_at=None)


def answered(invitation: Invitation, *, by: User, words: str) -> bool:
    """Staff have answered its question, by mail or on the phone; `words` are noted. It waits again."""
    with transaction.atomic():
        done = invitation.move_from([State.ASKS], State.WAITING, answered_at=timezone.now())
        if done and words.strip():
            InvitationNote.objects.create(invitation=invitation, by=by, words=words.strip())
    return done


def stop_asking(invitation: Invitation) -> None:
    """Cancel what is not sent yet of the mails that ask it."""
    Invitation.objects.filter(pk=invitation.pk).update(mail_wanted_at=None)
    pending = invitation.messages.filter(kind__in=Message.INVITING, state__in=[*Message.WAITING, Message.State.SENDING])
    mailing.note(pending, Message.State.CANCELED)


def _hold(invitation: Invitation) -> Invitation:
    """The invitation as it is now; nobody else acts on it until the transaction's end. Raises tokens.Ended."""
    rows = Invitation.objects.select_for_update(of=["self"], no_key=True).select_related("statement", "sign_on")
    held = rows.get(pk=invitation.pk)
    if held.link_key != invitation.link_key:
        raise tokens.Ended(held)
    return held
