"""Who a campaign's mail is from."""

from __future__ import annotations

from campaigns.models import Campaign


def change(campaign: Campaign, *, sender_name: str, sender_address: str, reply_address: str) -> None:
    """Say who its mail is from and where answers go; "" is the installation's own."""
    campaign.sender_name, campaign.sender_address, campaign.reply_address = sender_name, sender_address, reply_address
    campaign.save(update_fields=["sender_name", "sender_address", "reply_address"])
