"""The steps before an import: a file is chosen, its columns are told, its rows are looked at and mended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import IO, Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Statement
from signon import columns, countries, importing, jobs, names, planning, tables
from signon.columns import Columns
from signon.models import Import, ImportMapping, ImportRow, Job, User
from signon.recognizing import Recognized, Recognizer, is_gone
from signon.remarks import remark
from signon.rows import Row
from signon.tables import Table, Unreadable

State, Status = Import.State, ImportRow.Status


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
    made.save()
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
    told = chosen.mapping
    if not told and (kept := ImportMapping.objects.filter(signature=guessed.signature).first()):
        told = {column: name for column, name in kept.mapping.items() if column in guessed.header}
    return columns.find(table, told) if told else guessed


def tell(chosen: Import, table: Table, told: Mapping[str, str], *, by: User, source: str, consent: str) -> Job | None:
    """Say what the columns hold, where the list is from and with what consent; a worker then looks at the rows.

    None comes back where somebody else was faster. Raises Unreadable where no column holds whoever signed, or nobody
    who is asked could confirm.
    """
    planning.check_consent(chosen.statement, consent)
    found = columns.find(table, told)
    columns.check(found)
    with transaction.atomic():
        fields = {"mapping": dict(told), "source": source, "consent": consent}
        if not chosen.move_from([State.UPLOADED, State.MAPPED, State.PREVIEWED], State.MAPPED, **fields):
            return None
        if not found.ours:
            ImportMapping.objects.update_or_create(
                signature=found.signature, defaults={"mapping": dict(told), "by": by}
            )
        return jobs.begin(Job.Kind.PREVIEW, chosen.pk, by=by)


def reread(chosen: Import, encoding: str, sheet: str) -> None:
    """Read the file in another encoding, or another of its sheets; its columns are to be told anew."""
    encoding, sheet = encoding if encoding in tables.ENCODINGS else "", sheet.replace("\0", "")[:200]
    chosen.move(State.UPLOADED, encoding=encoding, sheet=sheet, mapping={})


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


def revise(row: ImportRow, values: Mapping[str, Any], *, by_hand: bool = True) -> None:
    """Write what somebody changed in a row, and look at it anew.

    A country that is chosen is a code; with none, `values` say whether it is regional or international.
    """
    given = row.values | {name: value for name, value in values.items() if name in planning.VALUES}
    revised = Row(row.number, dict(row.raw), **given)
    revised.notes = [remark("by_hand")]
    if not revised.name:
        revised.refuse("missing_name")
    if revised.country and revised.country not in countries.CODES:
        revised.refuse("unknown_country", printed=revised.country)
    statement, chosen = row.of.statement, row.of
    revised.same_as = _twin(row, revised)
    planning.check([revised], statement, chosen.consent)
    found = next(Recognizer(statement).recognize([revised])) if revised.same_as is None else _same(revised)
    new = planning.as_planned(revised, found)
    new.pk, new.of, new.by_hand = row.pk, chosen, by_hand
    _save(new)


def take(row: ImportRow, *, as_new: bool = False) -> bool:
    """Import this row after all: a likely double as another organization (`as_new`); whether that may be."""
    mine = _open(row).filter(status__in=[Status.NEW, Status.DUPLICATE])
    changes: dict[str, Any] = {"takes": True, "by_hand": True}
    if as_new or (row.status == Status.DUPLICATE and not is_gone(row)):
        changes["links"] = False
    return bool(mine.update(**changes))


def skip(row: ImportRow) -> bool:
    """Leave this row out."""
    return bool(_open(row).update(takes=False, by_hand=True))


def link(row: ImportRow) -> bool:
    """It is the organization of the directory that it resembles."""
    mine = _open(row).filter(status=Status.NEW, organization__isnull=False)
    return bool(mine.update(takes=True, links=True, by_hand=True))


def take_as_one(row: ImportRow) -> bool:
    """What stands in the cell is one organization's name."""
    if row.status == Status.PROBLEM:
        revise(row, {})
    return True


def take_apart(row: ImportRow) -> bool:
    """Make a row of each name in the cell; the further ones stand at the list's end."""
    parts: list[str] = next((each["parts"] for each in row.problems if each["code"] == "two_names"), [])
    with transaction.atomic():
        chosen = Import.objects.select_for_update(no_key=True).get(pk=row.of_id)
        if not parts or chosen.state != State.PREVIEWED:
            return False
        last = chosen.rows.aggregate(last=Max("number"))["last"]
        for number, part in enumerate(parts[1:], last + 1):
            raw, values = row.raw, row.values
            other = ImportRow.objects.create(of=chosen, number=number, raw=raw, values=values, status=Status.PROBLEM)
            _rename(other, part)
        _rename(row, parts[0])
    return True


def _rename(row: ImportRow, printed: str) -> None:
    name, acronym = names.split_acronym(printed)
    revise(row, {"organization_name": name, "acronym": acronym})


def discard(chosen: Import) -> bool:
    """Give an import up before it was carried out: its rows and file go."""
    if not chosen.move_from([State.UPLOADED, State.MAPPED, State.PREVIEWED], State.DISCARDED):
        return False
    chosen.rows.all().delete()
    drop_file(chosen)
    return True


# A list that nobody went on with, and what a row held that was imported (and may be taken back), are kept so long.
KEPT = timedelta(days=30)


def forget() -> int:
    """Discard imports that nobody went on with, and blank the rows of those long done; returns how many."""
    before = timezone.now() - KEPT
    unfinished = Import.objects.filter(state__in=[State.UPLOADED, State.MAPPED, State.PREVIEWED], created_at__lt=before)
    discarded = sum(discard(each) for each in unfinished)
    done = Import.objects.filter(applied_at__lt=before, blanked_at=None)
    for each in done:
        with transaction.atomic():
            each.rows.update(raw=[], values={}, notes=[], problems=[], reasons=[])
            Import.objects.filter(pk=each.pk).update(blanked_at=timezone.now())
        drop_file(each)
    return discarded + len(done)


def drop_file(chosen: Import) -> None:
    """Delete the file that was chosen; what was read of it stays in the rows."""
    if chosen.file:
        chosen.file.delete(save=False)
        Import.objects.filter(pk=chosen.pk).update(file="")


def _open(row: ImportRow) -> Any:
    """The row as it may still be changed: while its import waits to be carried out."""
    return ImportRow.objects.filter(pk=row.pk, of__state=State.PREVIEWED)


def _twin(row: ImportRow, revised: Row) -> int | None:
    """The number of another row of the list with the same name and country, that is to be taken."""
    mine = planning.key_of(row_with(row, revised))
    others = row.of.rows.filter(takes=True, values__country=revised.country).exclude(pk=row.pk)
    if revised.is_individual:
        return None
    return next((other.number for other in others.iterator() if planning.key_of(other) == mine), None)


def row_with(row: ImportRow, revised: Row) -> ImportRow:
    """An unsaved row with these values, to be compared."""
    return ImportRow(of=row.of, number=row.number, values={name: getattr(revised, name) for name in planning.VALUES})


def _same(revised: Row) -> Recognized:
    reason = remark("same_row", number=revised.same_as)
    return Recognized(Status.DUPLICATE, [reason], same_as=revised.same_as)


def _save(row: ImportRow) -> None:
    with transaction.atomic():
        if Import.objects.select_for_update(no_key=True).filter(pk=row.of_id, state=State.PREVIEWED).exists():
            row.save(force_update=True)
