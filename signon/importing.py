"""Lists in: a file is looked at, its rows are kept with what would become of them, and applied in one transaction.

Whatever takes time happens before that transaction, which only inserts; signers take none of its locks.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from campaigns.models import RevisionText
from signon import mailing
from signon.casework import directory
from signon.imports.composing import Composed, Progress, wanted
from signon.imports.planning import Plan, as_report, check_consent, key_of, plan
from signon.imports.recognizing import BATCH, Gone, Standing, entries
from signon.imports.remarks import remark
from signon.imports.tables import Unreadable
from signon.mail import limits, sources
from signon.models import (
    Counter,
    Import,
    ImportRow,
    LedgerEntry,
    Organization,
    OwnAnswer,
    SignOn,
    User,
)
from signon.models.organization import NameKey
from signon.naming import name_keys
from signon.programs import announcing
from signon.questions import own_answers
from signon.statements import convener_places

__all__ = ["CannotImport", "HasProblems", "Plan", "Unreadable", "apply", "as_report", "carry_out", "keep", "plan"]

State, Status = Import.State, ImportRow.Status
# Somebody signs from an address that is being asked, at the very moment: look again, and once more.
_TRIES = 3


class HasProblems(Exception):
    """Rows of the plan have problems and nobody said to take the rest."""


class _Changed(Exception):
    """Rows are not what was composed from: somebody in them was erased meanwhile."""


class CannotImport(Exception):
    """The import was carried out, discarded or taken back by somebody else, or lacks source or consent.

    What else forbids it, it says in a sentence.
    """


def apply(planned: Plan, *, by: User, source: str, take_the_rest: bool = False) -> int:
    """Keep a plan as an import and carry it out; returns how many came onto the statement.

    `source` says, in words for people, where they were published or signed. Raises HasProblems where rows have
    problems, unless told to `take_the_rest`.
    """
    if planned.blocking and not take_the_rest:
        raise HasProblems
    return carry_out(keep(planned, by=by, source=source or planned.file_name or "-"), by=by)


def keep(planned: Plan, *, by: User, source: str) -> Import:
    """Save a plan as an import that was looked at."""
    made = Import.objects.create(
        statement=planned.statement, by=by, source=source[:300], consent=planned.consent, state=State.PREVIEWED,
        mapping=planned.mapping, file_name=planned.file_name[:200],
    )  # fmt: skip
    save_rows(made, planned)
    return made


def save_rows(into: Import, planned: Plan) -> None:
    """Put a plan's rows in place of those the import has."""
    with transaction.atomic():
        into.rows.all().delete()
        for row in planned.rows:
            row.of = into
        ImportRow.objects.bulk_create(planned.rows, batch_size=1000)


def carry_out(chosen: Import, *, by: User, progress: Progress = lambda done, total: None) -> int:
    """Make sign-ons of the rows that are to be taken; returns how many. Raises CannotImport, and changes nothing then.

    With consent to be asked for, they wait for their representatives; else they are accepted, and `by` answers for it.
    """
    text = chosen.statement.text()
    if text is None or chosen.state != State.PREVIEWED or not (chosen.consent and chosen.source):
        raise CannotImport
    freeze(text)
    for attempt in range(_TRIES):
        composed = Composed.of(chosen, text, by, progress)
        own_answers.freeze({each.question_id for answers in composed.answers.values() for each in answers})
        try:
            came = _insert(chosen, composed, by)
            index_made(chosen)
            return came
        except _Changed:
            continue
        except IntegrityError:
            if attempt == _TRIES - 1:
                raise
    raise CannotImport


def index_made(chosen: Import) -> None:
    """Let the organizations that an import made be found by what they resemble. Safe to repeat.

    After its transaction, a batch at a time: this takes longer than all the rest, and until then each is known by its
    name.
    """
    made = chosen.rows.exclude(made=None).exclude(Exists(NameKey.objects.filter(organization=OuterRef("made"))))
    pks = list(made.values_list("made", flat=True))
    for start in range(0, len(pks), BATCH):
        name_keys.index(Organization.objects.filter(pk__in=pks[start : start + BATCH]))


def freeze(text: RevisionText) -> None:
    """Freeze the text in a transaction of its own: whoever signs meanwhile would wait for a longer one."""
    if text.frozen_at is None:
        text.freeze()


def _insert(chosen: Import, composed: Composed, by: User) -> int:
    """The one transaction: look again at what may have changed, then insert."""
    with transaction.atomic():
        directory.hold_directory()
        if not chosen.move_from([State.PREVIEWED], State.APPLIED, applied_at=timezone.now()):
            raise CannotImport
        try:
            chosen.statement.refresh_from_db()
            check_consent(chosen.statement, chosen.consent)
        except Unreadable as error:  # closed since the rows were looked at
            raise CannotImport(str(error)) from error
        # Held until the end: an erasure waits, and then finds whom they brought in.
        rows = sources.hold(wanted(chosen)).values_list("pk", "values").iterator(chunk_size=BATCH)
        if dict(rows) != {row.pk: row.values for row in composed.rows}:
            raise _Changed
        taken, left = _still_good(chosen, composed)
        sign_ons = [sign_on for _row, sign_on in taken]
        used = {sign_on.organization_id for sign_on in sign_ons}
        made = [organization for pk, organization in composed.made.items() if pk in used]
        Organization.objects.bulk_create(made, batch_size=2000)
        SignOn.objects.bulk_create(sign_ons, batch_size=2000)
        answers = [answer for sign_on in sign_ons for answer in composed.answers.get(sign_on.pk, ())]
        OwnAnswer.objects.bulk_create(answers, batch_size=2000)
        act = LedgerEntry.Act.IMPORTED
        facts = {"text": sign_ons[0].text.digest, "of": chosen.pk, "consent": chosen.consent} if sign_ons else {}
        LedgerEntry.objects.begin(sign_ons, act, by=by, **facts)
        if chosen.asks:
            mailing.queue([composed.messages[sign_on.pk] for sign_on in sign_ons])
        _mark(chosen, taken, left, set(composed.made))
        if not chosen.asks:
            convener_places.put(chosen.statement_id)
            announcing.announce(announcing.ACCEPTED, *sign_ons)
            Counter.objects.join(*sign_ons)
    return len(sign_ons)


def _still_good(chosen: Import, composed: Composed) -> tuple[list[tuple[ImportRow, SignOn]], list[ImportRow]]:
    """Rows that may come onto the statement still, their entries as the directory has them now; and those that may not.

    Of the others each says why, but for those that somebody brought onto the statement meanwhile.
    """
    standing, gone = Standing(chosen.statement), Gone(chosen.statement)
    waiting = _waiting_addresses(chosen) if chosen.asks else set()
    room = limits.room({message.recipient for message in composed.messages.values()})
    linked = {sign_on.organization_id for sign_on in composed.sign_ons} - set(composed.made) - {None}
    current = _current(linked)
    known = entries(key_of(row) for row in composed.rows if not row.links and not row.by_hand and not chosen.asks)
    taken, left = [], []
    for row, sign_on in zip(composed.rows, composed.sign_ons, strict=True):
        if sign_on.organization_id in current:
            sign_on.organization_id = current[sign_on.organization_id]
        elif sign_on.organization_id in composed.made and not row.by_hand and (entry := known.get(key_of(row))):
            sign_on.organization_id = entry.pk  # made by somebody since it was looked at
        email = sign_on.email.lower()
        if _stands(row, sign_on, standing) or (chosen.asks and email in waiting):
            continue
        message = composed.messages.get(sign_on.pk)
        if row.status == Status.NEW and (why := gone.why(sign_on, sign_on.organization_id)):
            row.status, row.reasons, row.takes = Status.DUPLICATE, [why], False
            left.append(row)
        elif message and room[message.recipient] < 1:
            row.status, row.problems, row.takes = Status.PROBLEM, [remark("mailbox_full")], False
            left.append(row)
        else:
            taken.append((row, sign_on))
            if sign_on.organization_id:
                standing.organizations.add(sign_on.organization_id)
            waiting.add(email)
            if message:
                room[message.recipient] -= 1
    return taken, left


def _stands(row: ImportRow, sign_on: SignOn, standing: Standing) -> bool:
    # A likely double that somebody took is somebody else, though they may be called the same.
    if sign_on.is_individual:
        return sign_on.email.lower() in standing.addresses or (row.status == Status.NEW and standing.has(sign_on))
    named = row.status == Status.NEW and not row.by_hand and key_of(row) in standing.names
    return named or sign_on.organization_id in standing.organizations


def _current(pks: Iterable[int | None]) -> dict[int | None, int]:
    """Where entries lead to by now; one that is gone was somebody's decision, and is made anew by nobody."""
    found = Organization.objects.filter(pk__in=[pk for pk in pks if pk])
    return {
        organization.pk: directory.current(organization).pk if organization.merged_into_id else organization.pk
        for organization in found
    }


def _waiting_addresses(chosen: Import) -> set[str]:
    waiting = SignOn.objects.filter(statement=chosen.statement_id, state=SignOn.State.UNCONFIRMED)
    return {email.lower() for email in waiting.values_list("email", flat=True)}


def _mark(chosen: Import, taken: list[tuple[ImportRow, SignOn]], left: list[ImportRow], made: set[int]) -> None:
    """Write on the rows what came of them."""
    came = [(row.pk, sign_on.pk, _only(sign_on.organization_id, made)) for row, sign_on in taken]
    if came:
        with connection.cursor() as cursor:
            cursor.execute(_CAME, list(map(list, zip(*came, strict=True))))
    ImportRow.objects.bulk_update(left, ["status", "reasons", "problems", "takes"], batch_size=BATCH)
    late = chosen.rows.filter(takes=True, sign_on=None)
    late.update(status=Status.SAME, takes=False, reasons=[remark("stood_meanwhile")])


_CAME = """
UPDATE signon_importrow AS row SET sign_on_id = came.sign_on, made_id = came.made
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS came(id, sign_on, made) WHERE row.id = came.id
"""


def _only(pk: int | None, among: set[int]) -> int | None:
    return pk if pk in among else None
