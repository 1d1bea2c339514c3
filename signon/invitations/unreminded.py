"""Why of the invitations that somebody wants to remind some cannot be reminded now. Only reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import Statement
from signon import inviting
from signon.invitations import replying
from signon.mail import addresses
from signon.models import Invitation, Suppression

State, Reason = Invitation.State, Suppression.Reason

# In the order in which they are told.
WHY = {
    "not_open": _("the statement takes no sign-ons now"),
    "answered": _("has answered"),
    "undecided": _("signed under another name: decide"),
    "asks": _("asks a question"),
    "bounced": _("its mail bounces"),
    "opted_out": _("wants no mail from us"),
    "no_address": _("has no e-mail address"),
    "never_sent": _("its invitation was never sent"),
    "twice": _("was reminded twice"),
    "too_soon": _("was mailed less than three days ago"),
}


def count(statement: Statement, chosen: Collection[int]) -> list[tuple[str, int]]:
    """For each reason its words and how many of the `chosen` invitations it holds back; the same few queries."""
    now = timezone.now()
    rows = list(inviting.with_mailbox(statement.invitations.sent().filter(pk__in=list(chosen))))
    pks = [each.pk for each in rows]
    free = set(inviting.remindable(statement, now).filter(pk__in=pks).values_list("pk", flat=True))
    unsent = set(inviting.unsent(statement).filter(pk__in=pks).values_list("pk", flat=True))
    against = Suppression.objects.filter(
        mailbox__in={addresses.mailbox(each.email) for each in rows if each.email}, lifted_at=None
    )
    bouncing = set(against.filter(reason=Reason.BOUNCED).values_list("mailbox", flat=True))
    takes = statement.takes_sign_ons()
    held = [each for each in rows if each.pk not in free]
    found = Counter(_code(each, takes, bouncing, each.pk in unsent) for each in held)
    return [(str(words), found[code]) for code, words in WHY.items() if found[code]]


def _code(each: Any, takes: bool, bouncing: set[str], is_unsent: bool) -> str:
    if each.state == State.ASKS:
        return "asks"
    if each.state == State.BOUNCED or (each.is_barred and addresses.mailbox(each.email) in bouncing):
        return "bounced"
    if each.state != State.WAITING:
        return "answered"
    if replying.is_undecided(each):
        return "undecided"
    if not takes:
        return "not_open"
    if each.is_barred:
        return "opted_out"
    if not each.email:
        return "no_address"
    if is_unsent or each.invited_at is None or each.mail_wanted_at:
        return "never_sent"
    return "twice" if each.reminders >= Invitation.MOST_REMINDERS else "too_soon"
