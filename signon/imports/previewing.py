"""The steps before an import: a file is chosen, its columns are told, its rows are looked at and mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import IO, Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Statement
from signon import importing, jobs
from signon.imports import columns, planning, question_cells, tables
from signon.imports.columns import Columns
from signon.imports.tables import Table, Unreadable
from signon.models import Import, ImportMapping, Job, User

State = Import.State
OPEN = [State.UPLOADED, State.MAPPED, State.PREVIEWED]


def begin(statement: Statement, file: IO[bytes] | str, *, by: User, name: str = "") -> Import:
    """Keep a chosen file, or pasted text, as a new import. Raises Unreadable, and keeps nothing then."""
    if statement.text() is None:
        raise Unreadable(_("The statement has no text that could have been signed."))
    table = tables.read_text(file) if isinstance(file, str) else tables.read(file)
    if not table.rows:
        raise Unreadable(_("There is nothing in it."))
    made = Import(statement=statement, by=by, file_name=name[-200:], sheet=table.sheet[:200])
    made.is_pasted = isinstance(file, str)
    if isinstance(file, str):
        made.file_name = _("Pasted text")
        kept: File[Any] = ContentFile(file.encode("utf-8", "replace"))
    else:
        file.seek(0)
        kept = File(file)
    made.file.save("list", kept, save=False)
    try:
        made.save()
    except BaseException:  # without its row nobody would ever remove the file
        made.file.delete(save=False)
        raise
    return made


def table_of(chosen: Import) -> Table:
    """The import's file, read again as was chosen. Raises Unreadable."""
    gone = Unreadable(_("The file is not kept any more. Choose it again."))
    if not chosen.file:
        raise gone
    try:
        with chosen.file.open("rb") as file:
            if chosen.is_pasted:
                return tables.read_text(file.read().decode())
            return tables.read(file, encoding=chosen.encoding, sheet=chosen.sheet)
    except FileNotFoundError as error:
        raise gone from error


def columns_of(chosen: Import, table: Table) -> Columns:
    """Its columns as they were told; else as lists with these headers were told before; else as they are guessed."""
    guessed = columns.find(table)
    asked = question_cells.asked(chosen.statement)
    told = chosen.mapping
    if not told and (kept := ImportMapping.objects.filter(signature=guessed.signature).first()):
        told = {column: name for column, name in kept.mapping.items() if column in guessed.header}
    # A question that was asked when this was told may be asked no longer, or by another statement.
    told = {column: name for column, name in told.items() if name in asked or name in ("", *columns.FIELDS)}
    told = question_cells.told(table, told, asked)
    return columns.find(table, told) if told else guessed


def tell(chosen: Import, table: Table, told: Mapping[str, str], *, by: User, source: str, consent: str) -> Job | None:
    """Say what the columns hold, where the list is from and with what consent; a worker then looks at the rows.

    None comes back where somebody else was faster, or its rows are being imported. Raises Unreadable where no column
    holds whoever signed, or nobody who is asked could confirm.
    """
    planning.check_consent(chosen.statement, consent)
    found = columns.find(table, told)
    columns.check(found)
    with transaction.atomic():
        if not hold(chosen.pk):
            return None
        fields = {"mapping": dict(told), "source": source, "consent": consent}
        if not chosen.move_from(OPEN, State.MAPPED, **fields):
            return None
        if not found.ours:
            ImportMapping.objects.update_or_create(
                signature=found.signature, defaults={"mapping": dict(told), "by": by}
            )
        return jobs.begin(Job.Kind.PREVIEW, chosen.pk, by=by)


def reread(chosen: Import, encoding: str, sheet: str) -> bool:
    """Read the file in another encoding, or another of its sheets; its columns are to be told anew."""
    encoding, sheet = encoding if encoding in tables.ENCODINGS else "", sheet.replace("\0", "")[:200]
    with transaction.atomic():
        return hold(chosen.pk) and chosen.move(State.UPLOADED, encoding=encoding, sheet=sheet, mapping={})


def look(job: Job) -> None:
    """Look at every row of the job's import, keep that, and end the job.

    What was told anew meanwhile is looked at anew: whoever told it found this job under way, and began no other.
    """
    while True:
        chosen = Import.objects.select_related("statement").get(pk=job.subject)
        made, problem = None, ""
        try:
            made = planning.plan(
                chosen.statement,
                table_of(chosen),
                chosen.mapping,
                consent=chosen.consent,
                progress=lambda done, total: jobs.progress(job, done, total),
            )
        except Unreadable as error:
            problem = str(error)
        with transaction.atomic():
            now = Import.objects.select_for_update(no_key=True).get(pk=chosen.pk)
            if now.state == State.MAPPED and _told(now) != _told(chosen):
                continue
            if now.state == State.MAPPED and made:
                importing.save_rows(chosen, made)
                chosen.move_from([State.MAPPED], State.PREVIEWED)
            if now.state == State.MAPPED and problem:
                jobs.fail(job, problem)
            else:
                jobs.finish(job)
        return


def _told(chosen: Import) -> tuple[Any, ...]:
    """What a reading of its rows depends on."""
    return chosen.mapping, chosen.consent, chosen.source, chosen.encoding, chosen.sheet


def order(chosen: Import, *, taken: int, by: User) -> Job | None:
    """Let a worker carry an import out; None where it would not bring in as many rows as somebody saw that it takes."""
    with transaction.atomic():
        if hold(chosen.pk, [State.PREVIEWED]) and chosen.rows.filter(takes=True).count() == taken:
            return jobs.begin(Job.Kind.IMPORT, chosen.pk, by=by)
    return jobs.latest(Job.Kind.IMPORT, chosen.pk) if is_under_way(chosen.pk) else None


def hold(pk: int, states: Sequence[str] = OPEN) -> bool:
    """Hold an import until the transaction's end; whether it may be changed: it is open, and nobody brings its rows in.

    Who orders that holds it too: what was changed before comes in as it was changed, and afterwards nothing is.
    """
    if is_under_way(pk):  # a worker holds it long
        return False
    found = Import.objects.select_for_update(no_key=True).filter(pk=pk, state__in=states).exists()
    return found and not is_under_way(pk)


def is_under_way(pk: int) -> bool:
    """Whether a worker brings the import's rows in, or is about to."""
    job = jobs.latest(Job.Kind.IMPORT, pk)
    return bool(job and job.is_open)


def discard(chosen: Import) -> bool:
    """Give an import up before it was carried out: its rows and file go."""
    if not chosen.move_from(OPEN, State.DISCARDED):
        return False
    chosen.rows.all().delete()
    drop_file(chosen)
    return True


# A list that nobody went on with, and what a row held that was imported (and may be taken back), are kept so long.
KEPT = timedelta(days=30)


def forget() -> int:
    """Discard imports that nobody went on with, and blank the rows of those long done; returns how many."""
    now = timezone.now()
    discarded = sum(discard(each) for each in unfinished(now))
    done = long_done(now)
    for each in done:
        with transaction.atomic():
            each.rows.update(raw=[], values={}, notes=[], problems=[], reasons=[])
            Import.objects.filter(pk=each.pk).update(blanked_at=timezone.now())
        drop_file(each)
    return discarded + len(done)


def unfinished(at: datetime) -> QuerySet[Import]:
    """Those that nobody will have gone on with for too long at this moment."""
    return Import.objects.filter(state__in=OPEN, created_at__lt=at - KEPT)


def long_done(at: datetime) -> QuerySet[Import]:
    """Those whose rows hold words still, and that will have been brought in long ago at this moment."""
    return Import.objects.filter(applied_at__lt=at - KEPT, blanked_at=None)


def drop_file(chosen: Import) -> None:
    """Delete the file that was chosen; what was read of it stays in the rows."""
    if chosen.file:
        chosen.file.delete(save=False)
        Import.objects.filter(pk=chosen.pk).update(file="")
