"""Asking who signed an earlier text to sign the amended one too: how many they are, and the mailing to them."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.db.models import Count, QuerySet

from campaigns.models import Statement
from signon import organizing
from signon.figures import kept
from signon.models import Mailing, SignOn, User

State = SignOn.State
STANDING = [State.CONFIRMED, State.ACCEPTED]


def of_an_earlier_text(statement: Statement) -> QuerySet[SignOn]:
    """Who stands or waits and signed a text that was amended since; a further translation is no amendment."""
    newest = statement.revision
    standing = SignOn.objects.filter(statement=statement, state__in=STANDING, same_as=None)
    return standing.exclude(text__revision=newest) if newest else standing.none()


def counted(statement: Statement) -> dict[str, int]:
    """How many of those are accepted, and how many wait at the desk ("accepted", "confirmed").

    Of a large statement as they were counted last (signon/figures/large.py).
    """
    if not is_amended(statement):
        return dict.fromkeys((state.value for state in STANDING), 0)
    told: dict[str, int] = kept.read(name_of(statement), partial(count, statement)).told
    return told


def is_amended(statement: Statement) -> bool:
    """Whether there is an earlier text at all, which somebody may have signed."""
    return statement.revision is not None and statement.revision.number > 1


def name_of(statement: Statement) -> str:
    """Under which these figures of an amended statement are kept: once it is amended again, they are counted anew."""
    return f"earlier {statement.pk} {statement.revision.number if statement.revision else 0}"


def count(statement: Statement) -> dict[str, int]:
    """The same, counted now; one query."""
    found = dict(of_an_earlier_text(statement).order_by().values_list("state").annotate(number=Count("pk")))
    return {state.value: found.get(state.value, 0) for state in STANDING}


def may_ask(statement: Statement) -> bool:
    """Whether it makes sense to ask: while it circulates or is open, and once it is closed until it is delivered."""
    return statement.state in (Statement.State.CIRCULATING, Statement.State.OPEN, Statement.State.CLOSED)


@transaction.atomic
def ask(statement: Statement, *, by: User) -> Mailing:
    """A draft of the mail that asks all of them to re-affirm; staff look at it and send it.

    One to all of them that is not sent yet, or is on its way, comes back; one to some of them stays what it is.
    Raises organizing.Forbidden where nobody can sign the newest text any more.
    """
    held = organizing.hold(statement)
    if not may_ask(held):
        raise organizing.Forbidden
    kind = Mailing.Kind.REAFFIRM
    under_way = [Mailing.State.DRAFT, Mailing.State.SENDING, Mailing.State.PAUSED]
    to_all = Mailing.objects.filter(sign_on_states__contains=[each.value for each in STANDING], countries=[])
    newest = held.revision
    begun = to_all.filter(statement=held, kind=kind, state__in=under_way)
    if newest:  # one that began with an earlier text asked about that
        begun = begun.exclude(started_at__lt=newest.created_at)
    return begun.first() or Mailing.objects.create(
        statement=held,
        kind=kind,
        created_by=by,
        sign_on_states=[each.value for each in STANDING],
        only_with_consent=False,
    )
