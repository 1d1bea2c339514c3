"""Where an address may stand beside its person's own rows: free words, files, sessions, the administration's log."""

from __future__ import annotations

import io
import json
import re
import zipfile
from functools import partial
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Model, Q, QuerySet

from signon import jobs
from signon.imports import previewing
from signon.models import (
    Announcement,
    Comment,
    Export,
    HandEntry,
    Import,
    ImportRow,
    Invitation,
    InvitationNote,
    Job,
    LetterPack,
    Message,
    Note,
    Objection,
    OwnAnswer,
    Question,
    Seat,
    SignOn,
    User,
)
from signon.privacy.held import mentions, sealed_mentions

GONE = "…"
MOST_UNPACKED = 64 * 1024 * 1024  # bytes of one part of a spreadsheet
# Words that people write about each other, and servers about an address.
WORDS: list[tuple[type[Model], tuple[str, ...]]] = [
    (SignOn, ("decision_reason", "withdrawal_reason", "source_note")),
    (OwnAnswer, ("value",)),
    (Note, ("words",)),
    (Question, ("words", "answer")),
    (HandEntry, ("vouched_by",)),
    (Comment, ("words", "answer")),
    (Invitation, ("reason", "question")),
    (InvitationNote, ("words",)),
    (Seat, ("words", "reason")),
    (Objection, ("words",)),
    (LetterPack, ("delivered_how",)),
    (Message, ("answer", "subject", "body")),
    (Announcement, ("answer",)),
    (Job, ("problem",)),
    (LogEntry, ("object_repr", "change_message")),
]
HISTORIES: list[type[Model]] = [Message, Announcement]


def blot(address: str) -> int:
    """Take the address out of whatever anybody wrote anywhere; returns in how many rows it stood."""
    found = 0
    pattern = re.compile(mentions(address), re.IGNORECASE)
    for model, fields in WORDS:
        for field in fields:
            for pk, words in _that_mention(model, field, address):
                found += model._default_manager.filter(pk=pk).update(**{field: pattern.sub(GONE, words)})
    for model in HISTORIES:
        for pk, history in _that_mention(model, "history", address):
            said = json.loads(pattern.sub(GONE, json.dumps(history, ensure_ascii=False)))
            found += model._default_manager.filter(pk=pk).update(history=said)
    for message in Message.objects.filter(key__iregex=mentions(address)):
        found += Message.objects.filter(pk=message.pk).update(key=f"erased:{message.pk}")
    return found


def _that_mention(model: type[Model], field: str, address: str) -> list[tuple[int, Any]]:
    rows = model._default_manager.filter(**{f"{field}__iregex": mentions(address)}).values_list("pk", field)
    return [*rows, *sealed_mentions(model, field, address)]


def forget_in_log(rows: list[Model], names: set[str]) -> None:
    """Blank how the administration's log called these rows, and where it names one of these people."""
    about = Q(pk=None)
    for row in rows:
        kind = ContentType.objects.get_for_model(row)
        about |= Q(content_type=kind, object_id=str(row.pk))
    for name in names:
        about |= Q(object_repr__icontains=name) | Q(change_message__icontains=name)
    LogEntry.objects.filter(about).update(object_repr=GONE, change_message="")


def end_sessions(address: str, accounts: list[User]) -> int:
    """End the sessions of these accounts, and those in which somebody just typed the address; returns how many."""
    numbers, ended = {str(user.pk) for user in accounts}, 0
    for session in Session.objects.iterator():
        told = session.get_decoded()
        if str(told.get("_auth_user_id")) in numbers or address.lower() in json.dumps(told, default=str).lower():
            session.delete()
            ended += 1
    return ended


def drop_exports(statements: set[int], events: set[int]) -> int:
    """Delete the files of lists in which a row of these statements may stand; what is being made is made anew.

    Who asked for one may ask again. Returns how many files went.
    """
    campaigns = set(Export.objects.filter(campaign__statements__in=statements).values_list("campaign", flat=True))
    holding = Export.objects.filter(
        Q(statement__in=statements) | Q(campaign__in=campaigns) | Q(statement=None, campaign=None)
    )
    if not statements and not events:
        return 0
    for job in Job.objects.filter(
        kind__in=[Job.Kind.EXPORT, Job.Kind.ARCHIVE], subject__in=holding, state__in=["waiting", "running"]
    ):
        jobs.begin_again(job)
    made = list(holding.exclude(file="").select_for_update(of=["self"]))
    for export in made:
        transaction.on_commit(partial(export.file.storage.delete, str(export.file.name)))
    Export.objects.filter(pk__in=[each.pk for each in made]).update(file="")
    return len(made)


def forget_imports(address: str, rows: QuerySet[ImportRow]) -> int:
    """Blank a person's rows in lists that came in, and drop the files that hold the address.

    A list that is not brought in yet and holds it is discarded: staff bring it again without it. Returns how many
    rows went.
    """
    numbers = list(rows.values_list("pk", flat=True))
    holding = {*ImportRow.objects.filter(pk__in=numbers).values_list("of", flat=True)}
    with_files = [each for each in Import.objects.exclude(file="") if each.pk in holding or holds(each.file, address)]
    for chosen in {each.pk: each for each in [*with_files, *Import.objects.filter(pk__in=holding)]}.values():
        if chosen.file:
            transaction.on_commit(partial(storages["private"].delete, str(chosen.file.name)))
            Import.objects.filter(pk=chosen.pk).update(file="")
        is_left = chosen.is_open and not previewing.is_under_way(chosen.pk)
        if is_left and chosen.move_from(previewing.OPEN, Import.State.DISCARDED):
            chosen.rows.all().delete()
    ImportRow.objects.filter(pk__in=numbers).update(raw=[], values={}, notes=[], problems=[], reasons=[])
    return len(numbers)


def holds(file: Any, address: str) -> bool:
    """Whether a file that was brought holds an address: as text in any usual encoding, or in a spreadsheet."""
    try:
        with file.open("rb") as opened:
            data = opened.read()
    except FileNotFoundError:
        return False
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(_in(_read(archive, name), address) for name in archive.namelist())
    return _in(data, address)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(MOST_UNPACKED)


def _in(data: bytes, address: str) -> bool:
    low = data.lower()
    return any(address.lower().encode(encoding) in low for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
