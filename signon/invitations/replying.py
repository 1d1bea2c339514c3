"""What an invited organization does under its personal link: sign, say that it will not, ask.

The link is a bearer's: whoever was forwarded it holds it too. So it confirms for one address alone, the one it was
mailed to; that address is mailed at once what was signed in its name, with the way to withdraw; and the link's pages
show nothing of a sign-on's representative.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from signon import mailing, signing, tokens
from signon.imports.recognizing import SHOWN_FROM
from signon.mail import limits
from signon.matching import Judgment, Party, judge
from signon.models import Invitation, InvitationNote, LedgerEntry, Message, SignOn, Sought, Source, User

State, Kind = Invitation.State, Message.Kind
# After these an organization may sign again under the same link.
GONE = [SignOn.State.WITHDRAWN, SignOn.State.EXPIRED]
# Where an invitation stands again once a question that it asked there is answered.
STAYS = [State.REFUSED, State.WITHDREW, State.SIGNED, State.DECLINED]
MOST_WORDS = 4000


class AnsweredAlready(Exception):
    """There is a sign-on that came of this invitation, and it stands."""


def stands(invitation: Invitation) -> bool:
    """Whether a sign-on came of it that was not taken back since; what the desk declined is not made anew.

    What was found by the organization's name alone may be a stranger's: it never shuts the invited one out.
    """
    signed = invitation.sign_on
    is_its_own = {State.SIGNED, State.DECLINED} & {invitation.state, invitation.before_asking} and (
        invitation.matched_by != Invitation.Match.ORGANIZATION
    )
    return bool(is_its_own) and not (signed and signed.state in GONE)


def is_signed_by_name(invitation: Invitation) -> bool:
    """Whether it counts as signed by the organization's name alone; under its link it may say that it was another."""
    is_signed = State.SIGNED in (invitation.state, invitation.before_asking)
    return is_signed and invitation.matched_by == Invitation.Match.ORGANIZATION


def is_denied(invitation: Invitation) -> bool:
    """Whether somebody said under its link that the sign-on beside it is another's: staff decide."""
    return invitation.perhaps_id is not None and invitation.perhaps_id in invitation.not_these


def is_refused(invitation: Invitation) -> bool:
    """Whether it said no and did not take that back, also where it asks something since."""
    return State.REFUSED in (invitation.state, invitation.before_asking)


def is_undecided(invitation: Invitation) -> bool:
    """Whether somebody signed under its link in another name: staff say whether it is the organization."""
    return invitation.perhaps_id is not None and invitation.perhaps_id == invitation.sign_on_id


def sign(invitation: Invitation, *, language: str, digest: str, network: str, **typed: Any) -> SignOn:
    """Sign as signing.sign does, under the link of an invitation; returns the sign-on.

    Where the address is the one that the link was mailed to, pressing the button was the confirmation; any other
    address confirms by mail. It answers the invitation where the name is the invited organization's; in another name
    staff decide. Raises what signing.sign raises, AnsweredAlready, and tokens.Ended where the address was changed since
    the page was opened.
    """
    with transaction.atomic():
        limits.hold_mailbox(typed["email"])
        held = _hold(invitation)
        if stands(held):
            raise AnsweredAlready
        _let_go(held)
        typed["via"] = Source.INVITATION
        sign_on = signing.sign(statement=held.statement, language=language, digest=digest, network=network, **typed)
        if confirms_for(held, sign_on.email, besides=sign_on):
            if sign_on.state == SignOn.State.UNCONFIRMED:
                signing.confirm(sign_on, version=sign_on.version, how="invitation", invitation=held.pk)
                mailing.compose(Kind.SIGNED_BY_LINK, key=f"signed_by_link:{sign_on.pk}", sign_on=sign_on)
            if not sign_on.is_individual:
                _answer(held, sign_on)
        elif not sign_on.is_individual and not is_undecided(held):
            # Once it is confirmed, signon.invitations.reconciling looks whether it is who was invited.
            Invitation.objects.filter(pk=held.pk).update(sign_on=sign_on)
            Sought.objects.filter(sign_on=sign_on).delete()
    return sign_on


def _let_go(held: Invitation) -> None:
    """Of a sign-on that was taken back, or was found by its name alone: what is signed now may be the answer."""
    nothing: dict[str, object] = {"sign_on": None, "matched_by": "", "before_asking": ""}
    if held.state == State.SIGNED:
        held.move(State.WAITING, **nothing)
    elif held.before_asking == State.SIGNED:
        Invitation.objects.filter(pk=held.pk).update(**nothing)


def _answer(held: Invitation, sign_on: SignOn) -> None:
    judgment = judgment_of(held, sign_on)
    if judgment is None or judgment.score >= SHOWN_FROM:
        # What it said of another's sign-on stays beside that one's case.
        perhaps = held.perhaps if is_denied(held) else None
        held.move(State.SIGNED, sign_on=sign_on, matched_by=Invitation.Match.LINK, perhaps=perhaps, before_asking="")
    else:
        found = {"perhaps": sign_on, "perhaps_score": 1.0, "perhaps_why": judgment.why[:300]}
        Invitation.objects.filter(pk=held.pk).update(sign_on=sign_on, **found)
        Sought.objects.update_or_create(sign_on=sign_on, defaults={"organization_number": sign_on.organization_id})
    stop_asking(held)


def judgment_of(invitation: Invitation, sign_on: SignOn) -> Judgment | None:
    """How like the invited organization's the name that signed is; None where both are one entry of the directory.

    By the names alone: the form was filled in with the acronym and the website, and the address tells by itself.
    """
    if invitation.organization_id and invitation.organization_id == sign_on.organization_id:
        return None
    signed = Party(sign_on.organization_name, sign_on.country)
    return judge(signed, Party(invitation.organization_name, invitation.country, invitation.acronym))


def confirms_for(invitation: Invitation, email: str, *, besides: SignOn | None = None) -> bool:
    """Whether pressing the button under the link is the confirmation for this address.

    To the letter: a "+tag" may go elsewhere. It confirms one sign-on, that of `besides` if it is this one; all others
    confirm by mail. Once something signed with the address was taken back, no more: whoever was forwarded the link must
    not sign again what its reader has withdrawn.
    """
    if not invitation.email or email.lower() != invitation.email.lower():
        return False
    by_link = LedgerEntry.objects.filter(
        act=LedgerEntry.Act.CONFIRMED, facts__how="invitation", facts__invitation=invitation.pk,
        sign_on__statement=invitation.statement_id,
    )  # fmt: skip
    if by_link.exclude(sign_on=besides).exclude(sign_on__state__in=GONE).exists():
        return False
    own = SignOn.objects.at_address(email).filter(statement=invitation.statement_id)
    return not own.filter(state=SignOn.State.WITHDRAWN).exists()


def will_not_sign(invitation: Invitation, *, reason: str) -> bool:
    """It was asked and says no; no reminder follows. False where it has signed."""
    with transaction.atomic():
        held = _hold(invitation)
        if held.state == State.REFUSED:
            return bool(Invitation.objects.filter(pk=held.pk).update(reason=reason))
        refused = held.move(State.REFUSED, reason=reason, before_asking="")
        if refused:
            stop_asking(held)
    return refused


def was_not_us(invitation: Invitation) -> bool:
    """What was found by its name is another's, it says: it waits again, and staff see both and decide.

    False where the sign-on came by its link or its address, or staff said that it is its own.
    """
    with transaction.atomic():
        held = _hold(invitation)
        if not is_signed_by_name(held):
            return False
        wrong = held.sign_on_id
        fields: dict[str, object] = {"sign_on": None, "matched_by": "", "before_asking": ""}
        if wrong is not None:
            fields |= {"perhaps": wrong, "perhaps_score": 1.0, "perhaps_why": ""}
            fields["not_these"] = [*held.not_these, wrong]
        if held.state == State.ASKS:
            return bool(Invitation.objects.filter(pk=held.pk).update(**fields))
        return held.move(State.WAITING, **fields)


def ask(invitation: Invitation, *, words: str) -> bool:
    """It has a question, which staff see; a second one is put below the first. Kept also where it has signed."""
    with transaction.atomic():
        held = _hold(invitation)
        if held.state == State.ASKS:
            words = f"{held.question}\n\n{words}"[-MOST_WORDS:]
            return bool(Invitation.objects.filter(pk=held.pk).update(question=words))
        before = held.state if held.state in STAYS else ""
        return held.move(State.ASKS, question=words, answered_at=None, before_asking=before)


def answered(invitation: Invitation, *, by: User, words: str) -> bool:
    """Staff have answered its question, by mail or on the phone; `words` are noted.

    It waits again, unless it had said no, signed or withdrawn before it asked: nobody reminds it then.
    """
    with transaction.atomic():
        held = Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
        back = held.before_asking or State.WAITING
        done = invitation.move_from([State.ASKS], back, answered_at=timezone.now(), before_asking="")
        if done and words.strip():
            InvitationNote.objects.create(invitation=invitation, by=by, words=words.strip())
    return done


def reopen(invitation: Invitation) -> bool:
    """It said no, and takes that back: it waits again, and may be reminded. False where it had not said no.

    What it asked since is still to be answered.
    """
    with transaction.atomic():
        held = _hold(invitation)
        asking = Invitation.objects.filter(pk=held.pk, state=State.ASKS, before_asking=State.REFUSED)
        if asking.update(before_asking="", reason=""):
            return True
        return held.move_from([State.REFUSED], State.WAITING, reason="")


def ask_again(invitation: Invitation, *, by: User) -> bool:
    """Staff heard that it may be asked again after a no, a withdrawal or a decline; it is noted, and it waits."""
    with transaction.atomic():
        left = [State.REFUSED, State.WITHDREW, State.DECLINED]
        was = str(invitation.state_label)
        done = invitation.move_from(left, State.WAITING, sign_on=None, matched_by="")
        if done:
            words = _("May be asked again (before: %(state)s).") % {"state": was}
            InvitationNote.objects.create(invitation=invitation, by=by, words=words)
    return done


def stop_asking(invitation: Invitation) -> None:
    """Cancel what is not sent yet of the mails that ask it."""
    Invitation.objects.filter(pk=invitation.pk).update(mail_wanted_at=None)
    mailing.cancel(invitation.messages.filter(kind__in=Message.INVITING))


def _hold(invitation: Invitation) -> Invitation:
    """The invitation as it is now; nobody else acts on it until the transaction's end. Raises tokens.Ended."""
    rows = Invitation.objects.select_for_update(of=["self"], no_key=True).select_related("statement", "sign_on")
    held = rows.get(pk=invitation.pk)
    if held.link_key != invitation.link_key:
        raise tokens.Ended(held)
    return held
