"""Who a mail is from, and where answers go: its campaign's choice, else the installation's own."""

from __future__ import annotations

from email.utils import formataddr, parseaddr

from django.conf import settings

from campaigns.models import Campaign
from signon.models import Message

# A test mail of a campaign's sender hangs on no statement: its key names the campaign.
TEST = "sender:"
# What a Message hangs on that has a statement.
WAYS = ("sign_on", "mailing", "convener", "late_link", "invitation", "rehearsal")


def headers(message: Message) -> dict[str, str]:
    """From and, where there is one, Reply-To."""
    campaign = _campaign(message)
    if campaign is None or not (campaign.sender_name or campaign.sender_address or campaign.reply_address):
        return {"From": settings.DEFAULT_FROM_EMAIL}
    own_name, own_address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    sender = formataddr((one_line(campaign.sender_name) or own_name, campaign.sender_address or own_address))
    made = {"From": sender}
    if campaign.reply_address:
        made["Reply-To"] = campaign.reply_address
    return made


def one_line(words: str) -> str:
    """Words as they stand in a header: without line breaks, and without what begins an encoded word (RFC 2047).

    Mail programs show that as whatever it encodes, also more lines.
    """
    return " ".join(words.split()).replace("=?", "= ?")


def domain_of(campaign: Campaign) -> str:
    """The domain that receivers ask about its mail."""
    address = campaign.sender_address or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return address.rpartition("@")[2].lower()


def _campaign(message: Message) -> Campaign | None:
    """Read with the statement or event, where that was; messages that are sent together share it (dispatching)."""
    if message.key.startswith(TEST):
        return Campaign.objects.filter(pk=int(message.key.split(":")[1])).first()
    if message.statement is not None:
        return message.statement.campaign
    if message.registration is not None:
        return message.registration.event.campaign
    found = next((found for way in WAYS if (found := getattr(message, way)) is not None), None)
    return found.statement.campaign if found is not None and found.statement is not None else None
