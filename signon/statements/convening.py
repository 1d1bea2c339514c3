"""What is done with conveners: add, order, remove, send the private link, settle a comment; and what they do by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from campaigns.models import RevisionText, Statement
from signon import mailing, organizing, signing
from signon.casework import directory
from signon.mail import limits, link_mail, sources
from signon.models import Comment, Convener, LedgerEntry, Message, SignOn, User
from signon.models.sign_on import new_key
from signon.statements import convener_places

Act, Kind = LedgerEntry.Act, Message.Kind
_ONCE = "an_organization_convenes_a_statement_once"


class CannotConvene(Exception):
    """The organization convenes this statement already, or the statement's list is closed for good."""


class NotCirculating(Exception):
    """Nobody comments on the text by a private link now: it is a draft again, has closed, or was withdrawn."""


def add(statement: Statement, *, by: User, **fields: Any) -> Convener:
    """Put an organization behind the other conveners; `fields` are Convener's. Raises CannotConvene."""
    try:
        with transaction.atomic():
            held = _begin(statement)
            last = held.conveners.standing().aggregate(last=Max("place"))["last"] or 0
            made = Convener.objects.create(statement=held, place=last + 1, **fields)
            _changed(held, by=by, added=made.pk)
    except IntegrityError as error:
        if directory.constraint_of(error) != _ONCE:
            raise
        raise CannotConvene from error
    return made


def change(convener: Convener, *, by: User, **fields: Any) -> None:
    """Correct what is known of a convener. A new address gets a new link: the old one ends. Raises CannotConvene."""
    try:
        with transaction.atomic():
            held = _begin(convener.statement)
            if fields.get("email", convener.email) != convener.email:
                fields |= {"link_key": new_key(), "told_at": None}
                mailing.cancel(convener.messages.all())
            Convener.objects.filter(pk=convener.pk, removed_at=None).update(**fields)
            _changed(held, by=by, changed=convener.pk)
    except IntegrityError as error:
        if directory.constraint_of(error) != _ONCE:
            raise
        raise CannotConvene from error
    convener.refresh_from_db()


def remove(convener: Convener, *, by: User) -> None:
    """Take it from the conveners: its link ends, and what it signed stands among all others. Raises CannotConvene."""
    with transaction.atomic():
        held = _begin(convener.statement)
        standing = Convener.objects.filter(pk=convener.pk, removed_at=None)
        if standing.update(removed_at=timezone.now(), link_key=new_key()):
            mailing.cancel(convener.messages.all())
            _changed(held, by=by, removed=convener.pk)
    convener.refresh_from_db()


def put_in_order(statement: Statement, order: Sequence[int], *, by: User) -> None:
    """List conveners in the order of these ids; those that are not among them follow, as they were."""
    with transaction.atomic():
        held = _begin(statement)
        wanted = {pk: place for place, pk in enumerate(order)}
        standing = list(held.conveners.standing())
        standing.sort(key=lambda each: wanted.get(each.pk, len(wanted)))
        for place, convener in enumerate(standing, start=1):
            Convener.objects.filter(pk=convener.pk).exclude(place=place).update(place=place)
        _changed(held, by=by, order=[each.pk for each in standing])


def move_by(convener: Convener, steps: int, *, by: User) -> None:
    """Move one of them so many places, up (below zero) or down."""
    order = list(convener.statement.conveners.standing().values_list("pk", flat=True))
    if convener.pk in order:
        at = order.index(convener.pk)
        order.insert(max(0, min(len(order) - 1, at + steps)), order.pop(at))
        put_in_order(convener.statement, order, by=by)


def send_link(convener: Convener) -> bool:
    """Mail the private link to the draft; returns whether it may be read now, else nothing is sent.

    Raises link_mail.Unreachable where the address gets no mail.
    """
    with transaction.atomic():
        held = _hold(convener)
        if not held.may_read or not held.email:
            return False
        link_mail.check(Kind.DRAFT, held.email)
        sent = held.messages.filter(kind=Kind.DRAFT).count()
        mailing.compose(
            Kind.DRAFT,
            key=f"draft:{held.pk}:{sent}",
            to=held.email,
            language=held.language,
            convener=held,
            statement=held.statement,
        )
        Convener.objects.filter(pk=convener.pk).update(told_at=timezone.now())
    convener.refresh_from_db()
    return True


def comment(convener: Convener, words: str, *, text: RevisionText, digest: str = "") -> Comment:
    """Keep what a convener says of a text; `digest` is of what they read, if it is not `text` as it is now.

    Raises NotCirculating, also once it is closed.
    """
    if not convener.may_comment:
        raise NotCirculating
    return Comment.objects.create(
        convener=convener, digest=digest or text.digest, language=text.language, words=words.strip()
    )


def settle(comment: Comment, *, by: User, answer: str = "") -> bool:
    """Say what became of a comment, and tell who wrote it while they have an address; returns whether it was open."""
    with transaction.atomic():
        comment.convener = _hold(comment.convener)
        open_ones = Comment.objects.filter(pk=comment.pk, settled_at=None)
        settled = open_ones.update(settled_at=timezone.now(), settled_by=by, answer=answer.strip())
        if settled and is_told(comment):
            mailing.compose(
                Kind.COMMENT,
                key=f"comment:{comment.pk}",
                to=comment.convener.email,
                language=comment.convener.language,
                convener=comment.convener,
                comment=comment,
                statement=comment.convener.statement,
            )
    comment.refresh_from_db()
    return bool(settled)


def is_told(comment: Comment) -> bool:
    """Whether who wrote it is told what became of it: not who was removed, nor whose address was erased."""
    return comment.convener.removed_at is None and bool(comment.convener.email)


def sign(convener: Convener, **asked: Any) -> SignOn:
    """Sign by the private link, before others may; as signing.sign, with what that raises."""
    with transaction.atomic():
        limits.hold_mailbox(asked["email"])
        organizing.hold(convener.statement)
        held = _hold(convener)
        made = signing.sign(statement=held.statement, door=held, **asked)
        # What another address signed is not this convener's, whoever typed its name under the link.
        if made.email.lower() == held.email.lower():
            Convener.objects.filter(pk=held.pk).update(sign_on=made)
    return made


def _hold(convener: Convener) -> Convener:
    """The convener as it is now; until the transaction's end no erasure takes it, and nobody else signs by its link."""
    return sources.hold(Convener.objects.filter(pk=convener.pk)).select_related("statement").get()


def _begin(statement: Statement) -> Statement:
    """Hold the directory, so that nobody accepts or merges meanwhile, and the statement. Raises CannotConvene."""
    directory.hold_directory()
    held = organizing.hold(statement)
    if held.state in organizing.OVER:
        raise CannotConvene
    return held


def _changed(held: Statement, *, by: User, **facts: Any) -> None:
    convener_places.put(held.pk)
    LedgerEntry.objects.append_to_statement(held, Act.CONVENED, by=by, **facts)
