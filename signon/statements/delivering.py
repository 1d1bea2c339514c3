"""The end of a statement's road: handed over, answered, and everybody who signed thanked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from campaigns.models import AddresseeAnswer, Statement
from signon import letter, organizing
from signon.casework import attaching
from signon.models import LedgerEntry, LetterPack, Mailing, SignOn, User

Act = LedgerEntry.Act
OVER = [Statement.State.DELIVERED, Statement.State.ANSWERED]


class CannotAnswer(Exception):
    """Nothing was delivered, so nobody can have answered."""


def deliver(
    pack: LetterPack, *, by: User, to: str, at: datetime, how: str = "", files: Iterable[UploadedFile] = ()
) -> None:
    """Record that a letter was handed over, with a photo or receipt; a closed statement is delivered by its first.

    One that is still open stays so: its letter was handed over in between. Raises letter.CannotDeliver and
    attaching.Refused; then nothing changed.
    """
    with attaching.in_one_transaction() as keep:
        held = organizing.hold(pack.statement)
        if held.state == Statement.State.WITHDRAWN:
            raise letter.CannotDeliver
        letter.deliver(pack, by=by, to=to, at=at, how=how)
        for file in files:
            keep(file, by=by, pack=pack)
        delivered = Statement.State.DELIVERED
        is_first = held.state == Statement.State.CLOSED
        if not is_first or not organizing.move(pack.statement, delivered, by=by, act=Act.DELIVERED, pack=pack.pk):
            # Delivered before, or still open: the ledger tells of this letter all the same.
            LedgerEntry.objects.append_to_statement(pack.statement, Act.DELIVERED, by=by, pack=pack.pk)


def prove(pack: LetterPack, *, by: User, file: UploadedFile) -> None:
    """Add a photo or receipt to a delivery that is recorded. Raises letter.CannotDeliver, attaching.Refused."""
    with attaching.in_one_transaction() as keep:
        held = LetterPack.objects.select_for_update(no_key=True).light().get(pk=pack.pk)
        if held.state != LetterPack.State.DELIVERED:
            raise letter.CannotDeliver
        keep(file, by=by, pack=held)


def answer(
    statement: Statement,
    *,
    by: User,
    from_whom: str,
    received_on: date,
    language: str,
    words: str,
    files: Iterable[UploadedFile] = (),
) -> AddresseeAnswer:
    """Publish what the addressee answered; the first answer to a delivered statement makes it answered.

    Raises CannotAnswer, attaching.Refused.
    """
    with attaching.in_one_transaction() as keep:
        held = organizing.hold(statement)
        if not LetterPack.objects.filter(statement=statement).delivered().exists():
            raise CannotAnswer
        if held.state == Statement.State.CLOSED:  # handed over while it was open, or before states followed a table
            organizing.move(statement, Statement.State.DELIVERED, by=by, act=Act.DELIVERED)
            held = organizing.hold(statement)
        if held.state not in OVER:
            raise CannotAnswer
        made = AddresseeAnswer.objects.create(
            statement=statement, from_whom=from_whom, received_on=received_on, language=language, words=words
        )
        for file in files:
            keep(file, by=by, answer=made)
        state = Statement.State.ANSWERED
        if not organizing.move(statement, state, by=by, act=Act.ANSWER_CAME, answer=made.pk):
            LedgerEntry.objects.append_to_statement(statement, Act.ANSWER_CAME, by=by, answer=made.pk)
        return made


def mark_of(answer: AddresseeAnswer) -> str:
    """What the page of a correction carries to say which words it showed."""
    shown = "\0".join([answer.from_whom, answer.received_on.isoformat(), answer.language, answer.words])
    return hashlib.sha256(shown.encode()).hexdigest()


def correct_answer(answer: AddresseeAnswer, *, by: User, seen: str, **words: Any) -> bool:
    """Correct a published answer; its page says when. `words` are AddresseeAnswer's; returns whether any differ.

    `seen` is mark_of what the page showed. Raises organizing.ChangedMeanwhile, and CannotAnswer once the statement is
    withdrawn: nothing of it is shown any more.
    """
    with transaction.atomic():
        held = organizing.hold(answer.statement)
        if held.state not in OVER:
            raise CannotAnswer
        kept = AddresseeAnswer.objects.filter(pk=answer.pk).first()
        if kept is None or mark_of(kept) != seen:
            raise organizing.ChangedMeanwhile
        changed = sorted(name for name, value in words.items() if getattr(kept, name) != value)
        if not changed:
            return False
        AddresseeAnswer.objects.filter(pk=answer.pk).update(**words, corrected_at=timezone.now())
        LedgerEntry.objects.append_to_statement(held, Act.ANSWER_CORRECTED, by=by, answer=answer.pk, changed=changed)
    answer.refresh_from_db()
    return True


def remove_answer(answer: AddresseeAnswer, *, by: User) -> bool:
    """Take a published answer and its files away for good; returns whether it was there.

    Without any answer the statement is delivered, as it was before; the ledger keeps that there was one.
    """
    with transaction.atomic():
        held = organizing.hold(answer.statement)
        attaching.remove(answer.attachments.all())
        if not AddresseeAnswer.objects.filter(pk=answer.pk).delete()[0]:
            return False
        state, number = Statement.State.DELIVERED, answer.pk
        is_last = held.state == Statement.State.ANSWERED and not held.answers.exists()
        if not is_last or not organizing.move(held, state, by=by, act=Act.ANSWER_REMOVED, answer=number):
            LedgerEntry.objects.append_to_statement(held, Act.ANSWER_REMOVED, by=by, answer=number)
    return True


def may_answer(statement: Statement) -> bool:
    """Whether an answer can be recorded: it was handed over, and takes no more sign-ons."""
    was_delivered = LetterPack.objects.filter(statement=statement).delivered().exists()
    return was_delivered and statement.phase() in ("closed", "delivered", "answered")


@transaction.atomic
def thank(statement: Statement, *, by: User) -> Mailing:
    """A draft of the thanks to everybody who stands on the statement, with the letter; staff look at it and send it.

    One that is not sent yet comes back.
    """
    organizing.hold(statement)
    kind, state = Mailing.Kind.DELIVERED, Mailing.State.DRAFT
    draft = Mailing.objects.filter(statement=statement, kind=kind, state=state).first()
    return draft or Mailing.objects.create(
        statement=statement,
        kind=kind,
        created_by=by,
        sign_on_states=[SignOn.State.ACCEPTED],
        only_with_consent=False,
    )
