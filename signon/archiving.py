"""The whole of a statement in one ZIP: its texts, signatories, letters, answers and the digests of its ledger."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from django.core.files.storage import storages
from django.db import transaction

from campaigns.models import Revision, Statement
from signon import exporting, jobs
from signon.export_choice import Choice
from signon.exporting import Sum
from signon.models import Export, Job, LedgerEntry, LetterPack, Seal, User

README = """\
What is in this archive
=======================

statement.json    addressee, moments, states: each move with its moment, and by whose act (numbers of accounts)
text/             every text that was published, as Markdown; digests.csv has their SHA-256
signatories.csv   who stands on it{contacts}
letters/          the letters that were made, with their manifests (see docs/verifying-a-letter.md)
answers/          what the addressee answered
ledger.csv        of each chain of acts its length and last digest; no names
seal.json         the newest seal over the whole ledger when this was made
"""


def prepare(statement: Statement, *, by: User, contacts: bool = False) -> Export:
    """Have a worker make the archive; who asked is told by mail. Without `contacts` no personal data is in it.

    `contacts` needs the right `export_contacts`, and is left out where it is not there.
    """
    choice = Choice(statement=statement.slug, contacts=contacts and by.has_perm("signon.export_contacts"))
    with transaction.atomic():
        export = exporting.begin(choice, Export.Format.ZIP, by=by, way=Export.Way.PREPARED)
        jobs.begin(Job.Kind.ARCHIVE, export.pk, by=by)
    return export


def do(job: Job) -> None:
    """Make the archive of an export that was prepared, if its owner still may have what is in it."""
    export = Export.objects.select_related("by", "statement").get(pk=job.subject)
    statement = export.statement
    if statement is None or not exporting.may_fetch(export, export.by):
        jobs.fail(job, "You have no right to this archive any more.")
        raise jobs.Lost
    total = statement.counters.all().tally().total
    jobs.progress(job, 0, total)
    with tempfile.NamedTemporaryFile() as file:
        number = _write(statement, export, file)
        jobs.progress(job, number, max(number, total))
        file.seek(0)
        whole = Sum()
        while data := file.read(exporting.PIECE):
            whole.write(data)
        exporting.keep(export, file, number, whole)


def _write(statement: Statement, export: Export, file: IO[bytes]) -> int:
    """Write the ZIP; returns how many signatories are in it."""
    contacts = export.with_contacts
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        told = ", with representatives and their addresses" if contacts else ", without personal data"
        archive.writestr("README.txt", README.format(contacts=told))
        archive.writestr("statement.json", _json(_facts(statement)))
        for name, content in _texts(statement):
            archive.writestr(f"text/{name}", content)
        number = _signatories(archive, export)
        for pack in LetterPack.objects.filter(statement=statement).exclude(state=LetterPack.State.ORDERED):
            _letter(archive, pack, whole=contacts or not pack.with_representatives)
        for place, answer in enumerate(statement.answers.all(), 1):
            head = f"From: {answer.from_whom}\nReceived: {answer.received_on}\n\n"
            archive.writestr(f"answers/{place}.md", head + answer.words)
        archive.writestr("ledger.csv", _chains(statement))
        seal = Seal.objects.order_by("-number").first()
        archive.writestr("seal.json", _json({"number": seal.number, "digest": seal.digest} if seal else None))
    return number


def _facts(statement: Statement) -> dict[str, Any]:
    moves = LedgerEntry.objects.filter(statement=statement).order_by("number")
    return {
        "slug": statement.slug,
        "title": statement.title,
        "addressee": statement.addressee,
        "addressees": {
            text.language: text.addressee
            for text in (statement.revision.current_texts if statement.revision else [])
            if text.addressee
        },
        "state": statement.state,
        "opens_at": statement.opens_at,
        "closes_at": statement.closes_at,
        "zone": statement.zone,
        "goal": statement.goal,
        "acts": [{"at": each.at, "act": each.act, "by": each.by_id, "facts": each.facts} for each in moves],
    }


def _texts(statement: Statement) -> Iterator[tuple[str, str]]:
    digests = [("file", "language", "revision", "sha256")]
    for revision in Revision.objects.filter(statement=statement).prefetch_related("texts").order_by("number"):
        for text in revision.texts.all():
            name = f"{revision.number}-{text.language}{'' if text.replaced_at is None else f'-{text.pk}-replaced'}.md"
            digests.append((name, text.language, str(revision.number), text.digest))
            yield name, f"# {text.title}\n\n{text.body}"
    yield "digests.csv", _csv(digests)


def _signatories(archive: zipfile.ZipFile, export: Export) -> int:
    """The list as an export has it; the last piece is its number of rows."""
    choice, number = Choice.read(export.choice), 0
    with archive.open("signatories.csv", "w", force_zip64=True) as file:
        for piece in exporting.csv_pieces(choice, exporting.asked_for(export)):
            if isinstance(piece, int):
                number = piece
            else:
                file.write(piece)
    return number


def _letter(archive: zipfile.ZipFile, pack: LetterPack, *, whole: bool) -> None:
    folder = f"letters/{pack.number}"
    facts = {"number": pack.number, "digest": pack.digest, "as_of": pack.as_of, "counts": pack.counts}
    facts |= {"state": pack.state, "delivered_to": pack.delivered_to, "delivered_at": pack.delivered_at}
    archive.writestr(f"{folder}/letter.json", _json(facts))
    if pack.manifest:
        archive.writestr(f"{folder}/manifest.json", pack.manifest)
    for each in pack.files.exclude(place="") if whole else ():
        with storages["private"].open(each.place) as file:
            archive.writestr(f"{folder}/{each.name}", file.read())


def _chains(statement: Statement) -> str:
    last = LedgerEntry.objects.filter(sign_on__statement=statement).order_by("sign_on_id", "-number")
    rows = last.distinct("sign_on_id").values_list("sign_on_id", "number", "digest")
    own = LedgerEntry.objects.filter(statement=statement).order_by("-number").first()
    lines: list[tuple[Any, ...]] = [("chain", "entries", "last digest")]
    if own:
        lines.append(("statement", own.number, own.digest))
    return _csv([*lines, *((f"sign-on {pk}", number, digest) for pk, number, digest in rows.iterator())])


def _csv(rows: Any) -> str:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
