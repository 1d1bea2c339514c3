"""Lists out: as files that stream at once, or that a worker prepares, each on record with who, what and its digest."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from typing import IO, Any

from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Statement
from signon import jobs, mailing
from signon.exports.export_choice import Choice
from signon.exports.list_pieces import BATCH, PIECE, csv_pieces, rows
from signon.exports.list_writers import WRITERS
from signon.exports.question_columns import resource_of
from signon.models import Export, Fetch, Job, Message, User
from signon.models.export import private_storage
from signon.resources import SignatoryResource
from signon.running import reading

# A page answers with as many rows in any format; CSV streams, however many there are.
MOST_AT_ONCE = 20_000


class TooMany(Exception):
    """More rows than a page answers with in this format: it is to be prepared."""


class Sum:
    """A file that is written through, from its beginning to its end: its size and SHA-256."""

    def __init__(self, file: Any = None) -> None:
        self.size, self._digest, self._file = 0, hashlib.sha256(), file

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self._digest.update(data)
        if self._file:
            self._file.write(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    @property
    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def write(
    choice: Choice,
    resource: type[SignatoryResource],
    form: str,
    file: Sum,
    tell: Callable[[int], None] = lambda number: None,
    *,
    source: str = "",
) -> int:
    """Write a list; returns how many rows it has. `tell` hears of every BATCH of them; of CSV, that it goes on (0)."""
    # Closed before an error is dealt with: what is written about it would go with the list's own transaction.
    if form == Export.Format.CSV:
        with closing(csv_pieces(choice, resource, source)) as pieces:
            for count, piece in enumerate(pieces):
                if isinstance(piece, int):
                    return piece
                file.write(piece)
                if count % 100 == 0:
                    tell(0)
    number = 0

    def counted(table: Iterator[Iterable[Any]]) -> Iterator[Iterable[Any]]:
        nonlocal number
        yield next(table)
        for number, row in enumerate(table, 1):
            if number % BATCH == 0:
                tell(number)
            yield row

    with closing(rows(choice, resource, source)) as table:
        WRITERS[form](counted(table), file)
    return number


def begin(choice: Choice, form: str, *, by: User, way: str, campaign: Campaign | None = None) -> Export:
    """Put on record that somebody asks for a list, or for a campaign's archive; what is in it is told when it is whole.

    What its owners keep back, and whom to write to, only where it is asked for and `by` may (a command may).
    """
    may = way == Export.Way.COMMAND or by.has_perm("signon.export_contacts")
    return Export.objects.create(
        statement=Statement.objects.filter(slug=choice.statement).first(),
        campaign=campaign,
        by=by,
        way=way,
        format=form,
        choice=choice.as_json(),
        with_contacts=choice.contacts and may,
    )


def at_once(choice: Choice, form: str, *, by: User) -> tuple[Export, Iterator[bytes]]:
    """The pieces of a file that is made while it is sent, and its record. Raises TooMany where it must be prepared.

    It must be as well where this process sends as many lists as it may (DOWNLOADS_POOL). Then nothing is on record.
    """
    if form != Export.Format.CSV and choice.sign_ons()[: MOST_AT_ONCE + 1].count() > MOST_AT_ONCE:
        raise TooMany
    try:
        source = reading.for_download()
    except reading.Busy as error:
        raise TooMany from error
    with transaction.atomic():
        export = begin(choice, form, by=by, way=Export.Way.AT_ONCE)
        Fetch.objects.create(export=export, by=by)
    return export, _recorded(export, choice, source)


def _recorded(export: Export, choice: Choice, source: str) -> Iterator[bytes]:
    if export.format == Export.Format.CSV:
        total = Sum()
        for piece in csv_pieces(choice, asked_for(export), source):
            if isinstance(piece, int):
                _is_whole(export, piece, total)
            else:
                total.write(piece)
                yield piece
        return
    with tempfile.TemporaryFile() as file:
        total = Sum(file)
        number = write(choice, asked_for(export), export.format, total, source=source)
        file.seek(0)
        while data := file.read(PIECE):
            yield data
        _is_whole(export, number, total)


def prepare(choice: Choice, form: str, *, by: User) -> Export:
    """Have a worker make the file; who asked is told by mail when it is ready."""
    with transaction.atomic():
        export = begin(choice, form, by=by, way=Export.Way.PREPARED)
        jobs.begin(Job.Kind.EXPORT, export.pk, by=by)
    return export


def make(job: Job) -> None:
    """Make the file of an export that was prepared, if its owner still may have what is in it."""
    export = Export.objects.select_related("by", "statement").get(pk=job.subject)
    if not may_fetch(export, export.by):
        jobs.fail(job, _("You have no right to this list any more."))
        raise jobs.Lost
    choice = Choice.read(export.choice)
    expected = choice.sign_ons().count()
    jobs.progress(job, 0, expected)
    with tempfile.NamedTemporaryFile() as file:
        total = Sum(file)
        number = write(choice, asked_for(export), export.format, total,
                       lambda done: jobs.progress(job, done, max(done, expected)))  # fmt: skip
        keep(job, export, file, number, total)


def keep(job: Job, export: Export, file: IO[bytes], number: int, total: Sum) -> None:
    """Keep a file that is whole, of `number` rows, for as long as KEPT says, and tell who asked for it by mail.

    Raises jobs.Lost, with nothing kept, where the job was taken away: what it read was erased since.
    """
    file.seek(0)
    name = f"{export.pk}.{export.format}"
    try:
        with transaction.atomic():
            jobs.hold(job)
            private_storage().delete(f"exports/{name}")  # of a worker that died before it came further
            export.file.save(name, File(file), save=False)
            export.ends_at = timezone.now() + Export.KEPT
            export.save(update_fields=["file", "ends_at"])
            _is_whole(export, number, total)
            mailing.compose(Message.Kind.EXPORT, key=f"export {export.pk}", user=export.by, export=export)
    except BaseException:  # without its row nobody would ever remove the file
        private_storage().delete(f"exports/{name}")
        raise


def fetch(export: Export, *, by: User) -> File:
    """Open the file of a prepared export, and put on record who took it. Raises FileNotFoundError where it is gone."""
    if not export.file or not export.ends_at or export.ends_at <= timezone.now():
        raise FileNotFoundError
    opened = export.file.open("rb")
    Fetch.objects.create(export=export, by=by)
    return opened


def may_fetch(export: Export, user: User) -> bool:
    """Whoever asked for it, while they have the right to what is in it and work on its statement or campaign."""
    rights = ["signon.export_signon"] + ["signon.export_contacts"] * export.with_contacts
    return export.by_id == user.pk and user.has_perms(rights, export)


def forget_files() -> int:
    """Remove the files whose time has ended; their records stay. Returns how many."""
    ended = ended_files(timezone.now())
    for export in ended:
        export.file.delete(save=False)
        Export.objects.filter(pk=export.pk).update(file="")
    return len(ended)


def ended_files(at: datetime) -> QuerySet[Export]:
    """Lists whose file is there still, and whose time will have ended at this moment."""
    return Export.objects.filter(ends_at__lt=at).exclude(file="")


def to_file(choice: Choice, form: str, file: Any, *, by: User) -> int:
    """For the command: write a list into a binary file and put it on record; returns how many rows it has."""
    export = begin(choice, form, by=by, way=Export.Way.COMMAND)
    total = Sum(file)
    number = write(choice, asked_for(export), form, total)
    _is_whole(export, number, total)
    return number


def record(
    data: bytes,
    number: int,
    form: str,
    *,
    by: User,
    asked: dict[str, Any],
    contacts: bool,
    way: str = Export.Way.ADMIN,
    campaign: Campaign | None = None,
) -> None:
    """Put on record a list that was made elsewhere, and that it was fetched; `asked` tells which rows, and no name."""
    total = Sum()
    total.write(data)
    export = Export.objects.create(by=by, way=way, format=form, choice=asked, with_contacts=contacts, campaign=campaign)
    _is_whole(export, number, total)
    Fetch.objects.create(export=export, by=by)


def asked_for(export: Export) -> type[SignatoryResource]:
    """The columns that were asked for."""
    return resource_of(str(export.choice.get("statement", "")), contacts=export.with_contacts)


def _is_whole(export: Export, number: int, total: Sum) -> None:
    """Its numbers stay, and what was chosen, but for words that somebody searched for: they may be a person's name."""
    choice = export.choice | ({"query": "…"} if export.choice.get("query") else {})
    Export.objects.filter(pk=export.pk).update(rows=number, size=total.size, digest=total.hexdigest, choice=choice)
