"""Mail that asks a signer to confirm, or brings the links to what they signed. Strangers cause it: it has limits."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from signon import mailing
from signon.mail import limits
from signon.models import Message, SignOn
from signon.models.one_trip import Query
from signon.privacy import contact_keys

ASKING = [Message.Kind.VERIFICATION, Message.Kind.REMINDER, Message.Kind.LAST_CALL]
# After "this was not me", so long no mail about this statement goes to that address; the page says so.
QUIET_AFTER_NOT_ME = timedelta(days=1)
# Typing again within this time causes no second mail of a kind: a link mailed before opens what was typed last.
ONE_LINK_IN = timedelta(hours=1)

_IS_ASKED = "SELECT EXISTS (SELECT FROM signon_message WHERE sign_on_id = %s AND kind = ANY(%s) AND state = ANY(%s))"


def ask_to_confirm(sign_on: SignOn) -> None:
    """Mail the link, unless one of this hour has it already, the mailbox has had enough, or its owner said no.

    Nothing is mailed while it is held.

    Every link opens the newest of what waits: an earlier mail's is as good.
    """
    now = timezone.now()
    asked = sign_on.messages.filter(kind=Message.Kind.VERIFICATION)
    lost = [Message.State.DEAD, Message.State.BOUNCED, Message.State.SUPPRESSED, Message.State.CANCELED]
    unwanted = SignOn.objects.at_address(sign_on.email).filter(
        statement=sign_on.statement, ending=SignOn.Ending.NOT_ME, ended_at__gt=now - QUIET_AFTER_NOT_ME
    )
    if (
        sign_on.hold_id
        or asked.filter(created_at__gt=now - ONE_LINK_IN).exclude(state__in=lost).exists()
        or unwanted.exists()
        or not limits.may_be_mailed(sign_on.email)
    ):
        return
    mailing.compose(
        Message.Kind.VERIFICATION,
        key=f"verification:{sign_on.pk}:{asked.count()}",
        sign_on=sign_on,
        expires_at=sign_on.expires_at,
    )


def is_asked(sign_on: SignOn) -> Query:
    """The question whether a mail that asks to confirm it is not sent yet."""
    return _IS_ASKED, [sign_on.pk, list(map(str, ASKING)), list(map(str, Message.UNSENT))]


def first_asking(sign_on: SignOn) -> Message:
    """What asks for a sign-on that is made in this transaction, where the address has no other under the statement.

    It is not written yet. Nothing was mailed about it before and nobody said no: that is not looked up. The caller
    holds the mailbox, and knows that it may be mailed.
    """
    key = f"verification:{sign_on.pk}:0"
    return mailing.draft(Message.Kind.VERIFICATION, key=key, sign_on=sign_on, expires_at=sign_on.expires_at)


def tell_already_signed(sign_on: SignOn) -> None:
    """Mail that this address has signed for this organization already, once an hour at most."""
    told = sign_on.messages.filter(kind=Message.Kind.ALREADY_SIGNED)
    if not told.filter(created_at__gt=timezone.now() - ONE_LINK_IN).exists() and limits.may_be_mailed(sign_on.email):
        key = f"already_signed:{sign_on.pk}:{told.count()}"
        mailing.compose(Message.Kind.ALREADY_SIGNED, key=key, sign_on=sign_on)


def mail_links(email: str, language: str) -> None:
    """Queue a mail with the links to an address' own sign-ons: to confirm what waits, to manage what is confirmed.

    Whether there are any is looked up when it is sent: the caller learns nothing, not even from the time it takes.
    """
    with transaction.atomic():
        if limits.may_be_mailed(email):
            mailing.compose(
                Message.Kind.LINKS,
                key=f"links:{contact_keys.key(email)}:{timezone.now():%Y%m%d%H%M}",
                to=email,
                language=language,
            )
