"""A statement's life: the moves that its table allows, each in one transaction and in its ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from campaigns.models import Statement
from signon.models import LedgerEntry, User

State, Act = Statement.State, LedgerEntry.Act


class Forbidden(Exception):
    """Nothing leads there from where the statement stands now: the table names no such move, or its condition fails."""


def move(
    statement: Statement, to: str, *, by: User | None, act: str, fields: dict[str, Any] | None = None, **facts: Any
) -> bool:
    """Take a statement to another state, if the table allows it from the state it has now; False where it does not.

    One guarded UPDATE, with `fields`, and its entry in the ledger, whose `facts` are ids and codes, never words. What
    the clock has closed is closed first. Of two who try at once, one gets True; the instance is refreshed. `by` is
    None for the clock.
    """
    allowed = [state for state, following in Statement.MAY_BECOME.items() if to in following]
    with transaction.atomic():
        before = hold(statement)
        moved = Statement.objects.filter(pk=statement.pk, state__in=allowed).update(state=to, **(fields or {}))
        if moved:
            told = {"from": before.state, "to": to} | facts
            LedgerEntry.objects.append_to_statement(statement, act, by=by, **told)
    statement.refresh_from_db()
    return bool(moved)


def hold(statement: Statement) -> Statement:
    """The statement as it is now; until the transaction's end nobody else moves it. Signers are not held up.

    What the clock has closed is closed by this.
    """
    held = Statement.objects.select_for_update(of=["self"], no_key=True).get(pk=statement.pk)
    if held.state == State.OPEN and held.phase() == "closed":
        _close(held, by=None)
    return held


def circulate(statement: Statement, *, by: User) -> None:
    """From now on conveners read the draft by their private links. Raises Forbidden."""
    _or_forbidden(move(statement, State.CIRCULATING, by=by, act=Act.CIRCULATED))


def put_back(statement: Statement, *, by: User) -> None:
    """Make it a draft again: the conveners' links rest until it circulates anew. Raises Forbidden."""
    _or_forbidden(move(statement, State.DRAFT, by=by, act=Act.PUT_BACK, fields={"opens_by_itself": False}))


def open_now(statement: Statement, *, by: User) -> None:
    """Open it for signing, at this moment. Raises Forbidden."""
    _or_forbidden(_open(statement, by=by, opens_at=timezone.now()))


def close(statement: Statement, *, by: User) -> None:
    """Close it now, before its deadline; what was signed until now may still be confirmed. Raises Forbidden."""
    with transaction.atomic():
        held = hold(statement)
        _or_forbidden(held.state == State.OPEN and held.phase() == "open" and _close(held, by=by))
    statement.refresh_from_db()


def withdraw(statement: Statement, *, by: User) -> None:
    """Withdraw it from publication, for good: its page says only that. Raises Forbidden."""
    _or_forbidden(move(statement, State.WITHDRAWN, by=by, act=Act.RETRACTED))


def _open(statement: Statement, *, by: User | None, opens_at: datetime) -> bool:
    if statement.state not in (State.DRAFT, State.CIRCULATING):
        return False  # the way from closed to open is another: it needs a new deadline
    fields = {"opens_at": opens_at, "opens_by_itself": False}
    return move(statement, State.OPEN, by=by, act=Act.OPENED, fields=fields, opens_at=opens_at.isoformat())


def _close(held: Statement, *, by: User | None) -> bool:
    """Close a statement that the caller holds; its deadline is then past."""
    now = timezone.now()
    closes_at = held.closes_at if held.closes_at and held.closes_at <= now else now
    closed = Statement.objects.filter(pk=held.pk, state=State.OPEN).update(state=State.CLOSED, closes_at=closes_at)
    if closed:
        LedgerEntry.objects.append_to_statement(
            held, Act.CLOSED, by=by, **{"from": State.OPEN, "to": State.CLOSED}, closes_at=closes_at.isoformat()
        )
        held.refresh_from_db()
    return bool(closed)


def _or_forbidden(done: bool) -> None:
    if not done:
        raise Forbidden
