"""Whether CONTACT_HASH_KEY is the one by which the addresses that are kept are found.

Under another one nobody is found, nor who wants no mail, and nothing else would tell. So the database keeps the key's
mark, which says nothing of the key (decision 75), and whoever writes an address, or asks for one, first asks here
(signon.models.contact_field). A process keeps what it read for SECONDS, so that this costs no query.
"""

from __future__ import annotations

import time
from typing import Any

from django.apps import apps
from django.db import ProgrammingError, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from signon.privacy import contact_keys
from signon.running.outages import Refusing

WORDS = "CONTACT_HASH_KEY is not the key by which the addresses in this database are found."
WORDS_BETWEEN = (
    "A change to another CONTACT_HASH_KEY has not come to its end: run seal_contacts --new-hash-key again, and start "
    "nothing before."
)
# The mark while all is hashed anew, by one key and then by another: no key is right.
BETWEEN = ""
SECONDS = 60

_held: list[tuple[float, str | None]] = []


class AnotherKey(Refusing):
    """What is asked of an address would be answered as if nothing were held of it."""

    def __init__(self) -> None:
        super().__init__(WORDS)


def is_right() -> bool:
    """Whether addresses are found: there is no mark yet, or it is this key's. Asks the database."""
    mark = _marks().values_list("mark", flat=True).first()
    take_as_read(mark)
    return _fits(mark)


def demand() -> None:
    """Raise AnotherKey where it is not the right one, as it was at most SECONDS ago. What was wrong is read again."""
    known = _held[:1]
    if known and time.monotonic() - known[0][0] < SECONDS and _fits(known[0][1]):
        return
    try:
        with transaction.atomic():  # so that the caller's transaction bears a table that is not there
            right = is_right()
    except ProgrammingError:  # not migrated yet
        return
    if not right:
        raise AnotherKey


def is_between() -> bool:
    """Whether a change to another key was begun and has not come to its end."""
    return _marks().filter(mark=BETWEEN).exists()


def take_as_read(mark: str | None) -> None:
    """Take this as what the database was just found to keep."""
    _held[:] = [(time.monotonic(), mark)]


def remember() -> None:
    """Keep the mark of the key under which addresses are written from now on, where none is kept."""
    if contact_keys.is_sealing():
        mark = _marks().model(mark=contact_keys.mark_of_hash_key())
        _marks().bulk_create([mark], ignore_conflicts=True)
        _held.clear()


def begin_to_replace() -> None:
    """From now on no process writes an address, or finds one, until all are hashed anew."""
    _keep(BETWEEN)


def replace() -> None:
    """Every address is hashed anew: keep the mark of this key instead."""
    _keep(contact_keys.mark_of_hash_key())


def forget() -> None:
    """No address is encrypted any more."""
    _marks().delete()
    _held.clear()


def _keep(mark: str) -> None:
    _marks().update_or_create(pk=1, defaults={"mark": mark, "at": timezone.now()})
    _held.clear()


def _fits(mark: str | None) -> bool:
    if mark is None:
        return True
    return contact_keys.may_be_sealed() and constant_time_compare(mark, contact_keys.mark_of_hash_key())


def _marks() -> Any:
    """The table, by its name: columns with addresses ask here, so this comes before the models."""
    return apps.get_model("signon", "HashKeyMark")._default_manager.all()
