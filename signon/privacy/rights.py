"""What a person may do about their own data, by a link that is mailed to their address: see, take along, object.

Erasure is signon.privacy.erasing; what is held, and how it is found, signon.privacy.held.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from signon import mailing, tokens
from signon.mail import addresses, bouncing, limits
from signon.models import (
    Invitation,
    Message,
    Objection,
    Registration,
    SignOn,
    Suppression,
    User,
)
from signon.privacy import hash_key, held, telling
from signon.statements.time_to_confirm import why_not


def ask(address: str, language: str) -> None:
    """Queue a mail with the link, for an address that is clean.

    Whether anything is held is looked up when it is sent: the caller learns nothing, not even from the time it takes.
    Raises hash_key.AnotherKey.
    """
    hash_key.demand()
    with transaction.atomic():
        if limits.may_be_mailed(address, limits.FOR_OWN_DATA):
            mailing.compose(
                Message.Kind.RIGHTS,
                key=f"rights:{secrets.token_hex(16)}",
                to=address,
                language=language,
                expires_at=timezone.now() + tokens.RIGHTS_LAST,
            )


def address_of(token: str) -> str:
    """Whose address a link is for; raises tokens.Tampered, Late, or Ended where it was used to erase.

    And hash_key.AnotherKey, rather than that nothing is found.
    """
    hash_key.demand()
    mails = Message.objects.filter(kind=Message.Kind.RIGHTS)
    message = tokens.read_row(token, tokens.RIGHTS, mails, lasts=tokens.RIGHTS_LAST)
    if not message.mailbox:
        raise tokens.Ended(message)
    return message.to_address


# Correct


def ways_on(address: str) -> list[tuple[str, str]]:
    """Pages on which the person corrects or ends something, as [what it is called, address], by fresh links."""
    language = get_language() or settings.LANGUAGE_CODE
    found = []
    for sign_on in held.sign_ons(address).select_related("statement", "text"):
        if sign_on.state == SignOn.State.UNCONFIRMED and not sign_on.hold_id and not why_not(sign_on):
            found.append((_called(sign_on), reverse("confirm", args=[tokens.make(sign_on, tokens.CONFIRM)])))
        elif sign_on.state in (SignOn.State.CONFIRMED, SignOn.State.ACCEPTED):
            found.append((_called(sign_on), reverse("manage", args=[tokens.make(sign_on, tokens.MANAGE)])))
    for registration in Registration.objects.at_address(address).standing().select_related("event"):
        own = reverse("registration", args=[tokens.make(registration, tokens.OWN_PLACE)])
        found.append((telling.named(registration.event, language), own))
    for invitation in Invitation.objects.filter(email__iexact=address).sent().select_related("statement"):
        own = reverse("invitation", args=[tokens.make(invitation, tokens.INVITATION)])
        found.append((_("Invitation: %(title)s") % {"title": telling.named(invitation.statement, language)}, own))
    if held.accounts(address).exists():
        found.append((_("Your account"), reverse("account")))
    return found


def _called(sign_on: SignOn) -> str:
    """The statement and who signs it: one address may sign a statement for several organizations."""
    return f"{sign_on.text.title} · {sign_on.name_as_typed}"


# Object


@dataclass(frozen=True)
class Wishes:
    """Since when a mailbox gets no news, and no invitations; None where it does."""

    no_news: datetime | None
    no_invitations: datetime | None


def wishes(address: str) -> Wishes:
    """What its owner said of mail; what bounces, or was reported as spam, is no wish."""
    stands = Suppression.objects.of(addresses.mailbox(address))
    since = dict(stands.values_list("reason", "at"))
    return Wishes(since.get(Suppression.Reason.UNSUBSCRIBED), since.get(Suppression.Reason.OPTED_OUT))


@transaction.atomic
def stop_mail(address: str) -> None:
    """No news and no invitations any more; about what its owner does themselves they are still written to."""
    bouncing.unsubscribe(addresses.mailbox(address))
    bouncing.opt_out(addresses.mailbox(address))


@transaction.atomic
def allow_mail(address: str) -> None:
    """Its owner takes that back, both of it: they came by a link that was mailed there."""
    bouncing.subscribe(addresses.mailbox(address))
    bouncing.opt_in(addresses.mailbox(address))


MOST_WAITING = 5


def object_to(address: str, words: str, language: str) -> bool:
    """Tell the staff what a person asks about their data; False where several wait already. They see it at the desk."""
    with transaction.atomic():
        limits.hold_mailbox(address)
        if Objection.objects.waiting().filter(email__iexact=address).count() >= MOST_WAITING:
            return False
        Objection.objects.create(email=address, words=words, language=language)
    return True


def settle(objection: Objection, *, by: User) -> bool:
    """Staff have dealt with it; returns whether it waited until now."""
    return bool(Objection.objects.waiting().filter(pk=objection.pk).update(settled_at=timezone.now(), settled_by=by))
