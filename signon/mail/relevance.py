"""Whether a message still tells the truth at the moment it is sent."""

from django.utils import timezone

from campaigns.models import Statement
from signon.casework import pending, proposal_mail
from signon.events import registration_mail
from signon.mail import statement_mail
from signon.mail.rendering import own_sign_ons
from signon.models import Invitation, Mailing, Message, SignOn
from signon.people import account_mail, seat_mail
from signon.privacy import held

Kind, State = Message.Kind, SignOn.State
# Of which sign-ons a message still tells the truth when it is sent.
TRUE_OF: dict[str, list[str]] = {
    Kind.VERIFICATION: [State.UNCONFIRMED],
    Kind.REMINDER: [State.UNCONFIRMED],
    Kind.LAST_CALL: [State.UNCONFIRMED],
    Kind.DEADLINE: [State.UNCONFIRMED],
    Kind.ALREADY_SIGNED: [State.CONFIRMED, State.ACCEPTED],
    Kind.QUESTION: [State.CONFIRMED],
    Kind.ACCEPTED: [State.ACCEPTED],
    Kind.CORRECTED: [State.ACCEPTED],
    Kind.WITHDRAWN: [State.WITHDRAWN],
    Kind.NOTICE: [State.ACCEPTED],
    Kind.DECLINED: [State.DECLINED],
    Kind.REAFFIRM: [State.CONFIRMED, State.ACCEPTED],
    Kind.DELIVERED: [State.ACCEPTED],
    Kind.UPDATE: [State.CONFIRMED, State.ACCEPTED],
    Kind.BY_HAND: [State.CONFIRMED, State.ACCEPTED],
    Kind.SIGNED_BY_LINK: [State.CONFIRMED, State.ACCEPTED],
    Kind.SIGNED_BY_SEAT: [State.CONFIRMED, State.ACCEPTED],
}
# Of which invitations.
INVITES: dict[str, list[str]] = {
    Kind.INVITATION: [Invitation.State.WAITING],
    Kind.INVITATION_REMINDER: [Invitation.State.WAITING],
    Kind.DEADLINE_MOVED_INVITED: [Invitation.State.WAITING, Invitation.State.ASKS],
}

# What is kept of a message that has nobody any more.
NOBODY = {"to_address": Message.ERASED, "mailbox": "", "subject": "", "body": ""}


def has_nobody(message: Message) -> bool:
    """Whether whom it is for was erased, or their address forgotten, while it was composed."""
    if message.user and message.user.is_erased:
        return True
    is_of_another = message.user_id is not None or message.kind in proposal_mail.KINDS
    return bool(message.sign_on and not message.sign_on.email and not is_of_another)


def is_true(message: Message) -> bool:
    """Whether it is not past its use, and says of its sign-on what that is now."""
    if message.expires_at and message.expires_at < timezone.now():
        return False
    if has_nobody(message):
        return False
    if message.sign_on and message.sign_on.statement.state == Statement.State.WITHDRAWN:
        return False
    if message.mailing and message.mailing.state == Mailing.State.STOPPED:
        return False
    needs_consent = message.mailing and message.mailing.needs_consent and message.sign_on
    if needs_consent and not message.sign_on.consent_updates:  # type: ignore[union-attr]
        return False
    if message.kind in registration_mail.KINDS:
        return registration_mail.is_true(message)
    if message.kind in INVITES:
        return bool(message.invitation and _still_invites(message, message.invitation))
    if message.kind in account_mail.KINDS:
        return account_mail.is_true(message)
    if message.kind in seat_mail.KINDS:
        return seat_mail.is_true(message)
    if message.kind in proposal_mail.KINDS:
        return proposal_mail.is_true(message)
    if message.kind == Kind.RIGHTS:
        return held.anything(message.to_address)
    if message.kind == Kind.LINKS:
        return bool(own_sign_ons(message.to_address))
    if message.kind == Kind.QUESTION and message.sign_on and not message.sign_on.open_question:
        return False
    if message.kind == Kind.REAFFIRM and message.sign_on and not message.sign_on.is_of_an_earlier_text:
        return False
    if message.kind == Kind.DIGEST and message.user and not pending.waits(message.user):
        return False
    if message.kind in statement_mail.KINDS:
        return statement_mail.is_true(message)
    if message.kind == Kind.DEADLINE and not statement_mail.says_when_it_closes(message):
        return False
    if message.sign_on and message.sign_on.hold_id and message.sign_on.state == State.UNCONFIRMED:
        return False
    return message.sign_on is None or message.sign_on.state in TRUE_OF[message.kind]


def _still_invites(message: Message, invitation: Invitation) -> bool:
    """Whether its reader, and no other address meanwhile, is still asked, and can still sign."""
    is_asked = invitation.state in INVITES[message.kind] and invitation.email == message.to_address
    return is_asked and invitation.statement.takes_sign_ons()
