"""A test mail of a campaign's sender, which goes the way of all mail."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from signon import mailing
from signon.mail.senders import TEST
from signon.models import Message, User


@transaction.atomic
def send(campaign: Campaign, *, user: User) -> Message | None:
    """Queue a mail from this campaign's sender to a member of staff, to be looked at where it arrives."""
    return mailing.compose(
        Message.Kind.ACCOUNT,
        key=f"{TEST}{campaign.pk}:{secrets.token_hex(16)}",
        user=user,
        expires_at=timezone.now() + timedelta(hours=1),
        subject=_("A test of the sender of “%(campaign)s”") % {"campaign": campaign.title},
        body=_(
            "You asked for this mail at the desk. If it reached you, mail of this campaign can.\n\n"
            "Look at who it is from, and press “Reply”: the answer would go where answers to this campaign go."
            " If it lay among spam, see what the desk says about SPF, DKIM and DMARC."
        ),
    )
