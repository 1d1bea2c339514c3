"""How contact data is kept in the database: in clear, or encrypted under CONTACT_KEYS (decision 75).

An encrypted address is one text, "sealed:HASH:MAILBOX:TOKEN:DOMAIN": two keyed hashes for equality, of the address and
of its mailbox (signon.mail.addresses), in any case; the address itself under Fernet; its domain in clear. They are
written together and cannot come apart, whoever writes the row and how. Other words that hold an address have a token
alone.
"""

from __future__ import annotations

import base64
import functools
import hmac
from collections.abc import Callable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

from signon.mail import addresses

# No address begins so: a ":" stands in none (signon.mail.addresses).
PREFIX = "sealed:"
_SALT = "signon.contact_keys"


class Unreadable(Exception):
    """It was encrypted under a key that CONTACT_KEYS does not hold; what is kept is as it was."""

    def __init__(self) -> None:
        super().__init__("Contact data was encrypted under a key that CONTACT_KEYS does not hold.")


def is_sealing() -> bool:
    """Whether what is written from now on is encrypted: CONTACT_KEYS begins with a key."""
    return bool(settings.CONTACT_KEYS and settings.CONTACT_KEYS[0])


def may_be_sealed() -> bool:
    """Whether there may be encrypted rows: there is a key, be it only to decrypt."""
    return any(settings.CONTACT_KEYS)


def seal(address: str) -> str:
    """An address as it is kept now; "" stays "", and what is encrypted stays as it is."""
    if not address or not is_sealing() or address.startswith(PREFIX):
        return address
    domain = address.rpartition("@")[2].lower()
    return ":".join(["sealed", _digest(address.lower()), _digest(addresses.mailbox(address)), _token(address), domain])


def seal_words(words: str) -> str:
    """Words as they are kept now: encrypted as a whole where an address may stand in them."""
    if "@" not in words or not is_sealing() or words.startswith(PREFIX):
        return words
    return f"{PREFIX}::{_token(words)}:"


def opened(kept: str) -> str:
    """What was kept, as it was written. Raises Unreadable."""
    if not kept.startswith(PREFIX):
        return kept
    try:
        return _fernets(tuple(settings.CONTACT_KEYS)).decrypt(kept.split(":", 4)[3].encode()).decode()
    except (InvalidToken, IndexError, ValueError) as error:
        raise Unreadable from error


def renewed(kept: str, how: Callable[[str], str] = seal) -> str:
    """As it is kept if it is written now; what is so already stays as it is. Raises Unreadable.

    `how` is `seal`, or `seal_words`.
    """
    words = opened(kept)
    return kept if is_sealing() and _is_of_first_key(kept, words) else how(words)


def _is_of_first_key(kept: str, words: str) -> bool:
    if not kept.startswith(PREFIX):
        return False
    _prefix, digest, mailbox, token, _domain = kept.split(":", 4)
    if digest and (digest, mailbox) != (_digest(words.lower()), _digest(addresses.mailbox(words))):
        return False
    try:
        _fernets(tuple(settings.CONTACT_KEYS[:1])).decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def key(address: str) -> str:
    """What tells addresses, or mailboxes, apart where they are not to be read: a keyed hash, else in lower case."""
    return _digest(address.lower()) if address and is_sealing() else address.lower()


def forms(address: str) -> list[str]:
    """Every key that an address may stand under now: rows are encrypted one after the other."""
    lowered = address.lower()
    return [_digest(lowered), lowered] if address and may_be_sealed() else [lowered]


def mark_of_hash_key() -> str:
    """What tells one CONTACT_HASH_KEY from another, and neither the key nor how it hashes an address."""
    return _mark(settings.CONTACT_HASH_KEY)


def _token(words: str) -> str:
    return _fernets(tuple(settings.CONTACT_KEYS)).encrypt(words.encode()).decode()


def _digest(words: str) -> str:
    """HMAC-SHA-256 in hexadecimal digits."""
    return hmac.digest(_hash_key(settings.CONTACT_HASH_KEY), words.encode(), "sha256").hex()


@functools.lru_cache(maxsize=16)
def _fernets(secrets: tuple[str, ...]) -> MultiFernet:
    known = [secret for secret in secrets if secret]
    if not known:
        raise Unreadable
    return MultiFernet([Fernet(_derived("encrypt", secret, urlsafe=True)) for secret in known])


@functools.lru_cache(maxsize=16)
def _hash_key(secret: str) -> bytes:
    return _derived("hash", secret)


@functools.lru_cache(maxsize=16)
def _mark(secret: str) -> str:
    return _derived("mark of the hash key", secret).hex()


def _derived(purpose: str, secret: str, *, urlsafe: bool = False) -> bytes:
    """32 bytes of a purpose's own; Fernet takes them in base64."""
    made = salted_hmac(f"{_SALT}.{purpose}", "", secret=secret, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made) if urlsafe else made
