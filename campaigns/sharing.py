"""Ways to pass on an address: plain links to where people write, with nothing of who follows them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Way:
    """A platform by its name, and the address there that begins a message."""

    name: str
    url: str


def ways(title: str, address: str) -> list[Way]:
    """Where a page may be shared, by its whole address; each opens a message that nobody has sent yet."""
    words, there = quote(title, safe=""), quote(address, safe="")
    both = quote(f"{title} {address}", safe="")
    return [
        Way("WhatsApp", f"https://wa.me/?text={both}"),
        Way("Telegram", f"https://t.me/share/url?url={there}&text={words}"),
        Way("Facebook", f"https://www.facebook.com/sharer/sharer.php?u={there}"),
        Way("LinkedIn", f"https://www.linkedin.com/sharing/share-offsite/?url={there}"),
        Way("Mastodon", f"https://share.joinmastodon.org/#text={both}"),
        Way("X", f"https://x.com/intent/post?text={words}&url={there}"),
    ]


def mail(title: str, address: str) -> str:
    """A mailto: address without anybody to send it to."""
    return f"mailto:?subject={quote(title, safe='')}&body={quote(address, safe='')}"
