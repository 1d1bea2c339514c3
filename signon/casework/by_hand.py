"""“Please add us”, by mail, telephone or on paper: staff enter it, and the representative is told and may object."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from campaigns.models import Statement
from signon import mailing, signing
from signon.casework import attaching
from signon.mail import waking
from signon.models import Case, HandEntry, LedgerEntry, Message, OwnAnswer, SignOn, User
from signon.naming import names
from signon.questions import own_answers

State, Act = SignOn.State, LedgerEntry.Act
# A delivered list stays; what comes later stands in the next letter, and may still be entered.
TAKES = [Statement.State.CIRCULATING, Statement.State.OPEN, Statement.State.CLOSED, Statement.State.DELIVERED]


class CannotEnter(Exception):
    """The statement takes nobody now, or has no text that could be signed."""


class EnteredAlready(Exception):
    """The same organization waits on this statement, or stands there, from the same address or by hand."""

    def __init__(self, sign_on: SignOn) -> None:
        super().__init__()
        self.sign_on = sign_on


def enter(
    statement: Statement,
    *,
    by: User,
    channel: str,
    said_on: date,
    vouched_by: str,
    files: Iterable[UploadedFile] = (),
    answers: Sequence[OwnAnswer] = (),
    **typed: Any,
) -> SignOn:
    """Write a sign-on that somebody asked for without the form; it waits at the desk like any that was confirmed.

    `answers` are those to its own questions, not saved; `typed` are SignOn's fields, already clean; without
    `consent_publish` it is counted and not listed. Who has an address is told by mail, with a button to object. Raises
    CannotEnter, EnteredAlready, attaching.Refused.
    """
    with attaching.in_one_transaction() as keep:
        # One after the other: a second press finds what the first has entered.
        statement = Statement.objects.select_for_update(of=["self"], no_key=True).get(pk=statement.pk)
        text = statement.text(typed["language"])
        if statement.state not in TAKES or text is None:
            raise CannotEnter
        if same := _same(statement, typed):
            raise EnteredAlready(same)
        signing.freeze(text)
        if not typed.get("consent_publish"):
            typed["listing"] = SignOn.Listing.COUNT
        sign_on = SignOn(statement=statement, text=text, state=State.CONFIRMED, source=SignOn.Source.STAFF, **typed)
        for name, value in SignOn.listed_as(sign_on.name_as_typed, sign_on.listing).items():
            setattr(sign_on, name, value)
        sign_on.source_note = f"{channel}, {said_on.isoformat()}"
        sign_on.save()
        HandEntry.objects.create(sign_on=sign_on, channel=channel, said_on=said_on, vouched_by=vouched_by, by=by)
        own_answers.keep(sign_on, answers)
        for file in files:
            keep(file, by=by, sign_on=sign_on)
        Case.objects.create(sign_on=sign_on)
        LedgerEntry.objects.append(
            sign_on,
            Act.ENTERED,
            by=by,
            text=text.digest,
            channel=channel,
            typed=LedgerEntry.typed(sign_on),
        )
        if sign_on.email:
            mailing.compose(Message.Kind.BY_HAND, key=f"by_hand:{sign_on.pk}", sign_on=sign_on)
        transaction.on_commit(lambda: waking.wake("evidence"))
        return sign_on


def object_to(sign_on: SignOn) -> bool:
    """The representative says that this was not meant: it leaves the list at once; returns whether it stood."""
    with transaction.atomic():
        if not signing.withdraw(sign_on, ending=SignOn.Ending.NOT_ME):
            return False
        HandEntry.objects.filter(pk=sign_on.pk).update(objected_at=timezone.now())
        LedgerEntry.objects.append(sign_on, Act.OBJECTED)
        attaching.remove(sign_on.attachments.all())
    return True


def _same(statement: Statement, typed: dict[str, Any]) -> SignOn | None:
    """What waits or stands for the same name and country, or person: entered twice it would be decided twice."""
    standing = SignOn.objects.filter(statement=statement, state__in=[State.CONFIRMED, State.ACCEPTED])
    standing = standing.filter(signer=typed.get("signer", SignOn.Signer.ORGANIZATION), country=typed["country"])
    key = names.search_key(SignOn.name_of(typed))
    same = standing.filter(search_key=key).first()
    if same or typed.get("signer") == SignOn.Signer.INDIVIDUAL:
        return same
    own = names.search_key(typed["organization_name"])
    near = standing.filter(search_key__startswith=own[:200])
    return next((each for each in near[:50] if names.search_key(each.organization_name) == own), None)
