"""Whether CONTACT_HASH_KEY is the one by which the addresses that are kept are found.

Under another one nobody is found, nor who wants no mail, and nothing else would tell. So the database keeps the key's
mark, which says nothing of the key (decision 75).
"""

from __future__ import annotations

from django.utils import timezone
from django.utils.crypto import constant_time_compare

from signon.models import HashKeyMark
from signon.privacy import contact_keys

WORDS = "CONTACT_HASH_KEY is not the key by which the addresses in this database are found."


class AnotherKey(Exception):
    """What is asked of an address would be answered as if nothing were held of it."""

    def __init__(self) -> None:
        super().__init__(WORDS)


def is_right() -> bool:
    """Whether addresses are found: there is no mark yet, or it is this key's."""
    kept = HashKeyMark.objects.values_list("mark", flat=True).first()
    if kept is None:
        return True
    return contact_keys.may_be_sealed() and constant_time_compare(kept, contact_keys.mark_of_hash_key())


def demand() -> None:
    """Raise AnotherKey where it is not the right one."""
    if not is_right():
        raise AnotherKey


def remember() -> None:
    """Keep the mark of the key under which addresses are written from now on, where none is kept."""
    if contact_keys.is_sealing():
        mark = HashKeyMark(mark=contact_keys.mark_of_hash_key())
        HashKeyMark.objects.bulk_create([mark], ignore_conflicts=True)


def replace() -> None:
    """Every address is hashed anew: keep the mark of this key instead."""
    made = {"mark": contact_keys.mark_of_hash_key(), "at": timezone.now()}
    HashKeyMark.objects.update_or_create(pk=1, defaults=made)


def forget() -> None:
    """No address is encrypted any more."""
    HashKeyMark.objects.all().delete()
