"""What must hold whatever happened: one assertion for all faults."""

from __future__ import annotations

from collections import Counter as Numbers
from collections.abc import Iterable
from email.message import EmailMessage

from campaigns.models import Statement
from signon import sealing
from signon.models import Counter, LedgerEntry, Message, SignOn
from signon.models.counter import place_of


def assert_all_holds(
    statement: Statement, *, signed: Iterable[str] = (), received: Iterable[EmailMessage] | None = None
) -> None:
    """No sign-on lost, no mail lost, counters equal to the rows, the ledger intact, nobody listed without consent.

    `signed` are addresses whose sign-on was answered as recorded. `received` is what the mail server took, given once
    nothing is to wait any more.
    """
    assert list(sealing.faults(statement)) == []
    sign_ons = SignOn.objects.filter(statement=statement)
    assert _counted(statement) == _standing(statement)
    _assert_nobody_is_listed_without_consent(sign_ons)
    for address in signed:
        assert sign_ons.filter(email=address).count() == 1, f"{address} signed once"
    asked = Message.objects.filter(sign_on__in=sign_ons, kind="verification").values("sign_on")
    forgotten = sign_ons.filter(state="unconfirmed", source="form", hold=None).exclude(pk__in=asked)
    assert not forgotten.exists(), "who signed was written a mail"
    assert not Message.objects.filter(sign_on__in=sign_ons, state__in=["dead", "suppressed"]).exists()
    if received is not None:
        _assert_all_mail_came(sign_ons, list(received))


def _counted(statement: Statement) -> dict[tuple[str, str], tuple[int, int]]:
    rows = Counter.objects.filter(statement=statement).values_list("country", "scope", "organizations", "individuals")
    return {(country, scope): (one, other) for country, scope, one, other in rows if one or other}


def _standing(statement: Statement) -> dict[tuple[str, str], tuple[int, int]]:
    found: dict[tuple[str, str], Numbers[bool]] = {}
    for each in SignOn.objects.filter(statement=statement).public():
        found.setdefault(place_of(each), Numbers())[each.is_individual] += 1
    return {place: (numbers[False], numbers[True]) for place, numbers in found.items()}


def _assert_nobody_is_listed_without_consent(sign_ons) -> None:
    assert not sign_ons.named().filter(consent_publish=False).exists()
    typed = sign_ons.public().filter(source="form")
    assert not typed.filter(confirmed_at=None).exists()
    confirmed = LedgerEntry.objects.filter(act=LedgerEntry.Act.CONFIRMED).values("sign_on")
    assert not typed.exclude(pk__in=confirmed).exists(), "who is listed has confirmed, and the ledger says so"


def _assert_all_mail_came(sign_ons, received: list[EmailMessage]) -> None:
    about = Message.objects.filter(sign_on__in=sign_ons).exclude(state="canceled")
    assert not about.exclude(state="sent").exists(), "nothing waits"
    took = {mail["Message-ID"] for mail in received}
    assert set(about.values_list("message_id", flat=True)) <= took
