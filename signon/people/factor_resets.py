"""A lost second factor: a colleague asks that it be taken away, its owner has a day to stop that."""

from __future__ import annotations

import secrets
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone

from signon import mailing
from signon.models import FactorReset, Message, User
from signon.people import accounts

Outcome = FactorReset.Outcome


class NothingToReset(Exception):
    """The account has no second factor."""


class Waits(Exception):
    """Somebody asked already."""


class OnesOwn(Exception):
    """Nobody takes away their own."""


@transaction.atomic
def ask(user: User, *, by: User, why: str) -> FactorReset:
    """Take the account's factors away in a day; each of its addresses is told at once, with a link that stops it.

    Raises OnesOwn, Waits, or NothingToReset.
    """
    if user.pk == by.pk:
        raise OnesOwn
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two who ask at once are in turn
    if FactorReset.objects.waiting().filter(user=user).exists():
        raise Waits
    if not Authenticator.objects.filter(user=user).exists():
        raise NothingToReset
    due_at = timezone.now() + FactorReset.WAIT
    reset = FactorReset.objects.create(user=user, by=by, why=why, due_at=due_at)
    proved = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    for address in {user.email.lower(), *proved}:
        key = f"factor_reset:{reset.pk}:{secrets.token_hex(8)}"
        mailing.compose(Message.Kind.FACTOR_RESET, key=key, user=user, to=address, expires_at=due_at)
    return reset


@transaction.atomic
def stop(reset: FactorReset, *, by: User | None = None) -> bool:
    """End it before its day is over: by a colleague, or (`by` None) by who holds the mailed link. False: too late."""
    if not _end(reset, Outcome.STOPPED, timezone.now(), by):
        return False
    accounts.tell_of_change(reset.user, "factor_reset_stopped")
    return True


def carry_out_due() -> int:
    """Take away what is due; returns of how many accounts. Safe to run twice, or side by side."""
    due = FactorReset.objects.due(timezone.now()).select_related("user")
    return sum(_carry_out(reset) for reset in due)


@transaction.atomic
def now(user: User) -> bool:
    """For the server's shell, which waits for nobody: False where the account had no factor."""
    if not Authenticator.objects.filter(user=user).exists():
        return False
    shell, moment = User.objects.command_line(), timezone.now()
    FactorReset.objects.waiting().filter(user=user).update(outcome=Outcome.STOPPED, ended_at=moment, ended_by=shell)
    reset = FactorReset.objects.create(user=user, by=shell, why="manage.py make_staff --reset-factor", due_at=moment)
    return _carry_out(reset)


@transaction.atomic
def _carry_out(reset: FactorReset) -> bool:
    if not _end(reset, Outcome.DONE, timezone.now(), None):
        return False
    Authenticator.objects.filter(user=reset.user).delete()
    for session in UserSession.objects.filter(user=reset.user):
        session.end()
    accounts.tell_of_change(reset.user, "factor_reset")
    return True


def _end(reset: FactorReset, outcome: str, at: datetime, by: User | None) -> bool:
    """One guarded UPDATE, so that of who stops it and what carries it out one wins."""
    waiting = FactorReset.objects.waiting().filter(pk=reset.pk)
    return waiting.update(outcome=outcome, ended_at=at, ended_by=by) == 1
