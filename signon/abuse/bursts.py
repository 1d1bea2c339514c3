"""Many sign-ons from one network, or from addresses of one domain, within a short time: staff are told, and decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from campaigns.models import Statement
from signon import mailing
from signon.abuse.guarding import Suspicion
from signon.abuse.holding import HELD_IN
from signon.casework import domains
from signon.casework.evidence import BURST, BURST_TIME
from signon.models import Hold, Message, SignOn, User

Reason = Hold.Reason
# So long a burst is shown at the desk. One domain's people may well sign together: more of them are a burst.
SHOWN_FOR = timedelta(days=1)
MOST = {Reason.NETWORK: BURST, Reason.DOMAIN: 2 * BURST}
VERIFY = "signon.verify_signon"


@dataclass(frozen=True)
class Burst:
    """So many sign-ons of one statement that have something in common and are not decided; the newest is of `last`."""

    statement: Statement
    suspicion: Suspicion
    number: int
    names: tuple[str, ...]


def shown(user: User) -> list[Burst]:
    """What of the last day this member of staff may look at; what staff released is no burst any more."""
    return _find(SignOn.objects.for_user(user), timezone.now() - SHOWN_FOR)


def alarm() -> int:
    """Mail who may verify them that there is a burst, once a day each; returns how many mails were composed."""
    now = timezone.now()
    composed = 0
    for burst in _find(SignOn.objects.all(), now - BURST_TIME):
        mark = sha256(f"{burst.suspicion.reason}:{burst.suspicion.subject}".encode()).hexdigest()[:16]
        for reader in _verifiers(burst.statement):
            key = f"burst:{burst.statement.pk}:{mark}:{now:%Y-%m-%d}:{reader.pk}"
            sent = mailing.compose(
                Message.Kind.BURST,
                key=key,
                user=reader,
                statement=burst.statement,
                body=f"{burst.suspicion.reason} {burst.number}",
                expires_at=now + SHOWN_FOR,
            )
            composed += sent is not None
    return composed


def _find(sign_ons: QuerySet[SignOn], since: datetime) -> list[Burst]:
    recent = sign_ons.filter(created_at__gt=since, hold=None, state__in=HELD_IN, source=SignOn.Source.FORM)
    by_reason = [
        (Reason.NETWORK, recent.exclude(network="").annotate(subject=F("network"))),
        (Reason.DOMAIN, recent.exclude(email="").annotate(subject=F("email__domain"))),
    ]
    found = [
        (statement, Suspicion(reason, subject), number)
        for reason, rows in by_reason
        for statement, subject, number in _many(rows, reason, since)
        if reason == Reason.NETWORK or not domains.is_free_mail(subject)
    ]
    statements = Statement.objects.in_bulk({pk for pk, _suspicion, _number in found})
    return [
        Burst(statements[pk], suspicion, number, _names(recent, pk, suspicion))
        for pk, suspicion, number in sorted(found, key=lambda each: -each[2])
    ]


def _many(rows: QuerySet[Any], reason: str, since: datetime) -> list[tuple[int, str, int]]:
    looked_at = Hold.objects.filter(
        statement=OuterRef("statement"), reason=reason, subject=OuterRef("subject"), released_at__gt=since
    )
    counted = rows.filter(~Exists(looked_at)).order_by().values("statement", "subject").annotate(number=Count("pk"))
    many: QuerySet[Any] = counted.filter(number__gte=MOST[Reason(reason)])
    return [(each["statement"], each["subject"], each["number"]) for each in many]


def _names(recent: QuerySet[SignOn], statement: int, suspicion: Suspicion) -> tuple[str, ...]:
    """A few of them, so that a person sees what it is about."""
    by_network = suspicion.reason == Reason.NETWORK
    shared = Q(network=suspicion.subject) if by_network else Q(email__domain=suspicion.subject)
    newest = recent.filter(shared, statement=statement).order_by("-created_at", "-pk")
    return tuple(newest.values_list("listed_name", flat=True)[:3])


def _verifiers(statement: Statement) -> list[User]:
    staff = User.objects.filter(is_active=True, is_staff=True).order_by("pk")
    return [each for each in staff if each.has_perm(VERIFY, statement)]
