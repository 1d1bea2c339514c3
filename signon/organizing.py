"""A statement's life: the moves that its table allows, each in one transaction and in its ledger."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from campaigns.models import RevisionText, Statement
from signon import mailing
from signon.mail import sources
from signon.models import LedgerEntry, Look, Membership, Message, User
from signon.statements import readiness, showing

State, Act = Statement.State, LedgerEntry.Act
# What an organizer may change of a statement; opening and closing are moves once it is open.
OVER = [State.DELIVERED, State.ANSWERED, State.WITHDRAWN]
PARTICULARS = [
    "addressee", "opens_at", "closes_at", "zone", "goal", "accepts_individuals", "embargo_until", "contact_days",
]  # fmt: skip


class Forbidden(Exception):
    """Nothing leads there from where the statement stands now: the table names no such move, or its condition fails."""


class NotReady(Forbidden):
    """What must be there before it opens is not; `missing` says what."""

    def __init__(self, missing: list[readiness.Check]) -> None:
        super().__init__(", ".join(check.code for check in missing))
        self.missing = missing


class ChangedMeanwhile(Exception):
    """Somebody saved other particulars since the page was opened."""


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
    refresh(statement)
    return bool(moved)


def hold(statement: Statement) -> Statement:
    """The statement as it is now; until the transaction's end nobody else moves it. Signers are not held up.

    What the clock has closed is closed by this.
    """
    held = Statement.objects.select_for_update(of=["self"], no_key=True).get(pk=statement.pk)
    if held.state == State.OPEN and held.phase() == "closed":
        _close(held, by=None)
    return held


def refresh(statement: Statement) -> None:
    """Read the instance anew, its texts too."""
    statement.refresh_from_db()
    statement.__dict__.pop("_revision", None)


def circulate(statement: Statement, *, by: User) -> None:
    """From now on conveners read the draft by their private links, if there is a text. Raises Forbidden."""
    _or_forbidden(statement.text() is not None and move(statement, State.CIRCULATING, by=by, act=Act.CIRCULATED))


def put_back(statement: Statement, *, by: User) -> None:
    """Make it a draft again: the conveners' links rest until it circulates anew. Raises Forbidden."""
    _or_forbidden(move(statement, State.DRAFT, by=by, act=Act.PUT_BACK, fields={"opens_by_itself": False}))


def open_now(statement: Statement, *, by: User) -> None:
    """Open it for signing, at this moment. Raises NotReady, and Forbidden."""
    with transaction.atomic():
        _check_ready(hold(statement))
        _or_forbidden(_open(statement, by=by, opens_at=timezone.now()))


def schedule(statement: Statement, *, by: User) -> None:
    """Let beat open it at `opens_at`. Raises NotReady, and Forbidden where that moment is not ahead."""
    with transaction.atomic():
        held = hold(statement)
        _check_ready(held)
        ahead = held.opens_at is not None and held.opens_at > timezone.now()
        _or_forbidden(ahead and _set_schedule(held, True, by=by))
    refresh(statement)


def unschedule(statement: Statement, *, by: User) -> None:
    """Open it by hand after all. Raises Forbidden where it was not to open by itself."""
    with transaction.atomic():
        _or_forbidden(_set_schedule(hold(statement), False, by=by))
    refresh(statement)


def open_by_the_clock(statement: Statement) -> bool:
    """Open what an organizer scheduled, once its moment has come; returns whether it did.

    What is not ready any more stays as it is, and opens once it is; who may organize it is told, once a moment. Of
    two beats one gets True.
    """
    with transaction.atomic():
        held = hold(statement)
        if not held.opens_by_itself or held.opens_at is None or held.opens_at > timezone.now():
            return False
        if lacking := readiness.missing(held):
            tell_that_it_does_not_open(held, lacking, f"not_opened:{held.opens_at.isoformat()}")
            return False
        return _open(held, by=None, opens_at=held.opens_at)


def close(statement: Statement, *, by: User) -> None:
    """Close it now, before its deadline; what was signed until now may still be confirmed. Raises Forbidden."""
    with transaction.atomic():
        held = hold(statement)
        _or_forbidden(held.state == State.OPEN and held.phase() == "open" and _close(held, by=by))
    refresh(statement)


def close_by_the_clock(statement: Statement) -> bool:
    """Close what is past its deadline; returns whether this did. Of two beats one gets True."""
    with transaction.atomic():
        found = Statement.objects.select_for_update(of=["self"], no_key=True).get(pk=statement.pk)
        return found.state == State.OPEN and found.phase() == "closed" and _close(found, by=None)


def withdraw(statement: Statement, *, by: User) -> None:
    """Withdraw it from publication, for good: its page says only that. Raises Forbidden."""
    _or_forbidden(move(statement, State.WITHDRAWN, by=by, act=Act.RETRACTED))


def mark_of(statement: Statement) -> str:
    """What a page of particulars showed, as a short digest: whoever saves an old page must not undo what came since."""
    shown = [str(getattr(statement, name)) for name in PARTICULARS]
    return hashlib.sha256("\n".join(shown).encode()).hexdigest()[:16]


def change(statement: Statement, particulars: dict[str, Any], *, by: User, seen: str = "") -> list[str]:
    """Change some of PARTICULARS; returns which changed. Raises Forbidden, and ChangedMeanwhile.

    `seen` is `mark_of` what the page showed; "" where nobody looked at a page.

    Another addressee takes that of the translations away, where nobody signed in them: they spoke to the one before,
    and each is to be said anew (decision 47).

    While it is open and after, its moments are no particulars: `deadlines` moves them and tells who waits. Once it
    was public no embargo takes it back.
    """
    with transaction.atomic():
        held = hold(statement)
        if seen not in ("", mark_of(held)):
            raise ChangedMeanwhile
        changed = {name: value for name, value in particulars.items() if getattr(held, name) != value}
        has_opened = held.state not in (State.DRAFT, State.CIRCULATING)
        may = set(PARTICULARS) if held.state not in OVER else set()
        if has_opened:
            may -= {"opens_at", "closes_at", "addressee"}  # who signed, signed to this addressee
        if has_opened and not held.is_under_embargo():
            may -= {"embargo_until"}
        _or_forbidden(set(changed) <= may)
        if held.opens_by_itself and "opens_at" in changed and not changed["opens_at"]:
            changed["opens_by_itself"] = False
        if changed:
            Statement.objects.filter(pk=held.pk).update(**changed)
            facts: dict[str, Any] = {
                name: at and at.isoformat() for name, at in changed.items() if name.endswith(("_at", "_until"))
            }
            if "addressee" in changed and (blanked := _blank_addressees(held)):
                facts["addressees_blanked"] = blanked
            LedgerEntry.objects.append_to_statement(held, Act.CHANGED, by=by, changed=sorted(changed), **facts)
    refresh(statement)
    return sorted(changed)


def look(
    statement: Statement, subject: str, languages: set[str], *, by: User, digests: dict[str, str] | None = None
) -> None:
    """Put on record that a member of staff looked at what signers will see, in these languages.

    `digests` are of what was shown in each (signon/statements/showing.py); without them, of what is shown now.
    """
    with transaction.atomic():
        held = hold(statement)
        shown = digests or {code: showing.digest(held, subject, code) for code in languages}
        Look.objects.create(statement=held, subject=subject, languages=sorted(languages), digests=shown, by=by)
        LedgerEntry.objects.append_to_statement(
            held, Act.LOOKED_AT, by=by, subject=subject, languages=sorted(languages)
        )


def tell_the_campaign(statement: Statement, occasion: str) -> int:
    """Compose a mail to the campaign's people that it closes soon, or has closed; returns to how many.

    Once an occasion ("closing:2026-03-08T…", "closed:…"), whoever calls, however often.
    """
    return _tell(statement, Message.Kind.CLOSING, occasion, _people(statement))


def tell_that_it_does_not_open(statement: Statement, lacking: list[readiness.Check], occasion: str) -> int:
    """Compose a mail with what is missing at this moment; returns to how many. Once an occasion.

    To the campaign's people who may organize it, and to who scheduled it.
    """
    scheduled = statement.ledger.filter(act=Act.SCHEDULED, by__is_active=True, by__is_staff=True)
    last = scheduled.select_related("by").order_by("-number").first()
    people = {user.pk: user for user in [*_people(statement), *([last.by] if last and last.by else [])]}
    may = [user for user in people.values() if user.has_perm("signon.organize_statement", statement)]
    codes = ",".join(check.code for check in lacking)
    return _tell(statement, Message.Kind.NOT_OPENED, occasion, may, body=codes)


def _blank_addressees(held: Statement) -> list[str]:
    """Take the addressee of its newest translations away, but for those that somebody signed; in which languages."""
    texts = held.revision.current_texts if held.revision else []
    spoke = [text for text in texts if text.addressee and text.frozen_at is None and not text.is_original]
    of_those = RevisionText.objects.filter(pk__in=[text.pk for text in spoke], frozen_at=None)
    of_those.update(addressee="")
    return [text.language for text in spoke]


def _people(statement: Statement) -> list[User]:
    """The campaign's people who work at the desk."""
    people = Membership.objects.filter(campaign=statement.campaign_id, user__is_active=True, user__is_staff=True)
    return [each.user for each in people.select_related("user")]


@transaction.atomic
def _tell(statement: Statement, kind: str, occasion: str, people: list[User], **more: Any) -> int:
    """A mail to each of them who still has an account, once an occasion; returns to how many."""
    keys = {f"{occasion}:{statement.pk}:{user.pk}": user.pk for user in people}
    told = set(Message.objects.filter(key__in=keys).values_list("key", flat=True))
    new = {number: key for key, number in keys.items() if key not in told}
    held = sources.hold(User.objects.filter(pk__in=new, is_active=True))
    drafts = [mailing.draft(kind, key=new[user.pk], user=user, statement=statement, **more) for user in held]
    return len(mailing.queue(drafts)) if drafts else 0


def _check_ready(held: Statement) -> None:
    if missing := readiness.missing(held):
        raise NotReady(missing)


def _set_schedule(held: Statement, scheduled: bool, *, by: User) -> bool:
    waiting = Statement.objects.filter(pk=held.pk, state__in=[State.DRAFT, State.CIRCULATING])
    done = waiting.filter(opens_by_itself=not scheduled).update(opens_by_itself=scheduled)
    if done:
        opens_at = held.opens_at.isoformat() if held.opens_at else ""
        act = Act.SCHEDULED if scheduled else Act.UNSCHEDULED
        LedgerEntry.objects.append_to_statement(held, act, by=by, opens_at=opens_at)
    return bool(done)


def _open(statement: Statement, *, by: User | None, opens_at: datetime) -> bool:
    if statement.state not in (State.DRAFT, State.CIRCULATING):
        return False  # the way from closed to open is another: it needs a new deadline
    fields = {"opens_at": opens_at, "opens_by_itself": False}
    return move(statement, State.OPEN, by=by, act=Act.OPENED, fields=fields, opens_at=opens_at.isoformat())


def _close(held: Statement, *, by: User | None) -> bool:
    """Close a statement that the caller holds; its deadline is then past, and its campaign is told."""
    now = timezone.now()
    closes_at = held.closes_at if held.closes_at and held.closes_at <= now else now
    closed = Statement.objects.filter(pk=held.pk, state=State.OPEN).update(state=State.CLOSED, closes_at=closes_at)
    if closed:
        LedgerEntry.objects.append_to_statement(
            held, Act.CLOSED, by=by, **{"from": State.OPEN, "to": State.CLOSED}, closes_at=closes_at.isoformat()
        )
        refresh(held)
        tell_the_campaign(held, f"closed:{closes_at.isoformat()}")
    return bool(closed)


def _or_forbidden(done: bool) -> None:
    if not done:
        raise Forbidden
