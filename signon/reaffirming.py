"""Asking who signed an earlier text to sign the amended one too: how many they are, and the mailing to them."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, QuerySet

from campaigns.models import Statement
from signon import organizing
from signon.models import Mailing, SignOn, User

State = SignOn.State
STANDING = [State.CONFIRMED, State.ACCEPTED]


def of_an_earlier_text(statement: Statement) -> QuerySet[SignOn]:
    """Who stands or waits and signed a text that was amended since; a further translation is no amendment."""
    newest = statement.revision
    standing = SignOn.objects.filter(statement=statement, state__in=STANDING, same_as=None)
    return standing.exclude(text__revision=newest) if newest else standing.none()


def counted(statement: Statement) -> dict[str, int]:
    """How many of those are accepted, and how many wait at the desk ("accepted", "confirmed"); one query."""
    rows = of_an_earlier_text(statement).order_by().values_list("state").annotate(number=Count("pk"))
    found = dict(rows)
    return {state.value: found.get(state.value, 0) for state in STANDING}


@transaction.atomic
def ask(statement: Statement, *, by: User) -> Mailing:
    """A draft of the mail that asks all of them to re-affirm; staff look at it and send it.

    One that is not sent yet comes back.
    """
    organizing.hold(statement)
    kind, state = Mailing.Kind.REAFFIRM, Mailing.State.DRAFT
    draft = Mailing.objects.filter(statement=statement, kind=kind, state=state).first()
    return draft or Mailing.objects.create(
        statement=statement,
        kind=kind,
        created_by=by,
        sign_on_states=[each.value for each in STANDING],
        only_with_consent=False,
    )
