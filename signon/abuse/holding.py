"""Sign-ons that came too alike are held beside their state, and released: all at once, or one by one."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from campaigns.models import Statement
from signon import mailing
from signon.abuse.guarding import Suspicion
from signon.mail import asking, limits, waking
from signon.models import Hold, LedgerEntry, SignOn, User

State, Act, Reason = SignOn.State, LedgerEntry.Act, Hold.Reason
# What can be held: what was decided stands until staff take that back themselves.
HELD_IN = [State.UNCONFIRMED, State.CONFIRMED]


def standing(statement: Statement, suspicion: Suspicion, *, by: User | None = None) -> Hold:
    """The hold for this, made if there is none; two at once make one."""
    wanted = {"statement": statement, "reason": suspicion.reason, "subject": suspicion.subject, "released_at": None}
    for _attempt in range(3):
        found = Hold.objects.filter(**wanted).first()
        if found:
            return found
        try:
            with transaction.atomic():
                return Hold.objects.create(**wanted, placed_by=by)
        except IntegrityError as error:
            conflict = error  # another was faster: it is there now
    raise conflict


@transaction.atomic
def quarantine(statement: Statement, suspicion: Suspicion, *, by: User) -> tuple[Hold, int]:
    """Hold all that came from this network or domain and is not decided, and cancel its mail; returns how many.

    Nothing is lost: what waits stays as it is, and its links go on confirming.
    """
    held = standing(statement, suspicion, by=by)
    number = 0
    for sign_on in alike(statement, suspicion).filter(hold=None).select_for_update(no_key=True).order_by("pk"):
        SignOn.objects.filter(pk=sign_on.pk).update(hold=held)
        mailing.cancel(sign_on.messages.filter(kind__in=asking.ASKING))
        LedgerEntry.objects.append(sign_on, Act.HELD, by=by, reason=suspicion.reason, hold=held.pk)
        number += 1
    return held, number


def alike(statement: Statement, suspicion: Suspicion) -> QuerySet[SignOn]:
    """What is not decided of a statement's sign-ons and came from one network, or from addresses of one domain."""
    shared = Q(network=suspicion.subject) if suspicion.reason == Reason.NETWORK else _domain(suspicion.subject)
    waiting = SignOn.objects.filter(statement=statement, state__in=HELD_IN)
    return waiting.filter(shared) if suspicion.subject else waiting.none()


def release(hold: Hold, *, by: User) -> bool:
    """Say that all of them may go; the worker lets them go (`let_go`). Returns whether it stood until now."""
    standing = Hold.objects.standing().filter(pk=hold.pk)
    released = bool(standing.update(released_at=timezone.now(), released_by=by))
    if released:
        transaction.on_commit(lambda: waking.wake("holds"))
    return released


def let_go(limit: int = 200) -> int:
    """Let up to `limit` go whose hold staff have released; returns how many. What is left is found again."""
    free = SignOn.objects.filter(hold__released_at__isnull=False).select_related("hold__released_by").order_by("pk")
    found = [(each, each.hold.released_by) for each in free[:limit] if each.hold and each.hold.released_by]
    return sum(release_one(sign_on, by=by) for sign_on, by in found)


def release_one(sign_on: SignOn, *, by: User) -> bool:
    """Let this one go, and mail it if it is not confirmed yet; returns whether it was held.

    In a transaction of its own: it holds the mailbox while it counts.
    """
    with transaction.atomic():
        limits.hold_mailbox(sign_on.email)
        held = SignOn.objects.select_for_update(of=["self"], no_key=True).select_related("statement").get(pk=sign_on.pk)
        if held.hold_id is None:
            return False
        SignOn.objects.filter(pk=held.pk).update(hold=None)
        LedgerEntry.objects.append(held, Act.RELEASED, by=by, hold=held.hold_id)
        held.hold = None
        if held.state == State.UNCONFIRMED and held.expires_at and held.expires_at > timezone.now():
            asking.ask_to_confirm(held)
    return True


def _domain(domain: str) -> Q:
    return Q(email__domain=domain.lower())
