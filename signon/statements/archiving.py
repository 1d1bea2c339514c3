"""The whole of a statement, or a campaign, in one ZIP: texts, signatories, letters, answers, digests of the ledger."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Any

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import QuerySet

from campaigns.models import Campaign, Revision, Statement
from signon import exporting, jobs
from signon.exporting import Sum
from signon.exports import list_pieces
from signon.exports.export_choice import Choice
from signon.exports.question_columns import resource_of
from signon.models import Export, Job, LedgerEntry, LetterPack, Seal, User
from signon.people import reach

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
README_OF_A_CAMPAIGN = """\
What is in this archive
=======================

{title}: its statements when this was made{contacts}. Each has a folder, with a README of what is in it. Those that were
never public are here only for who may read drafts.

"""
WITHOUT, WITH = ", without personal data", ", with representatives and their addresses"


def prepare(statement: Statement, *, by: User, contacts: bool = False) -> Export:
    """Have a worker make the archive; who asked is told by mail. Without `contacts` no personal data is in it.

    `contacts` needs the right `export_contacts`, and is left out where it is not there.
    """
    choice = Choice(statement=statement.slug, contacts=contacts and by.has_perm("signon.export_contacts"))
    with transaction.atomic():
        export = exporting.begin(choice, Export.Format.ZIP, by=by, way=Export.Way.PREPARED)
        jobs.begin(Job.Kind.ARCHIVE, export.pk, by=by)
    return export


def prepare_campaign(campaign: Campaign, *, by: User, contacts: bool = False) -> Export:
    """The same with every statement of a campaign whose text they may read, each in a folder."""
    choice = Choice(contacts=contacts and by.has_perm("signon.export_contacts"))
    with transaction.atomic():
        export = exporting.begin(choice, Export.Format.ZIP, by=by, way=Export.Way.PREPARED, campaign=campaign)
        jobs.begin(Job.Kind.ARCHIVE, export.pk, by=by)
    return export


def do(job: Job) -> None:
    """Make the archive of an export that was prepared, if its owner still may have what is in it."""
    export = Export.objects.select_related("by", "statement", "campaign").get(pk=job.subject)
    if not (export.statement or export.campaign) or not exporting.may_fetch(export, export.by):
        jobs.fail(job, "You have no right to this archive any more.")
        raise jobs.Lost
    statements = [export.statement] if export.statement else list(_of_campaign(export.campaign, export.by))
    total = sum(statement.counters.all().tally().total for statement in statements)
    jobs.progress(job, 0, total)
    number = 0
    with tempfile.NamedTemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            if export.campaign:
                archive.writestr("README.txt", _list_of(export.campaign, statements, contacts=export.with_contacts))
            for statement in statements:
                folder = f"{statement.slug}/" if export.campaign else ""
                number += _write(statement, archive, folder, contacts=export.with_contacts)
                jobs.progress(job, number, max(number, total))
        file.seek(0)
        whole = Sum()
        while data := file.read(list_pieces.PIECE):
            whole.write(data)
        exporting.keep(job, export, file, number, whole)


def _of_campaign(campaign: Campaign | None, by: User) -> QuerySet[Statement]:
    return reach.texts(by).filter(campaign=campaign).order_by("created_at", "pk")


def _list_of(campaign: Campaign, statements: list[Statement], *, contacts: bool) -> str:
    head = README_OF_A_CAMPAIGN.format(title=campaign.title, contacts=WITH if contacts else WITHOUT)
    return head + "".join(f"{each.slug}/    {each.title} ({each.state})\n" for each in statements)


def _write(statement: Statement, archive: zipfile.ZipFile, folder: str, *, contacts: bool) -> int:
    """Write a statement's files into a folder ("" for none); returns how many signatories are among them.

    Memory grows neither with the list nor with the letters.
    """
    archive.writestr(f"{folder}README.txt", README.format(contacts=WITH if contacts else WITHOUT))
    archive.writestr(f"{folder}statement.json", _json(_facts(statement)))
    for name, content in _texts(statement):
        archive.writestr(f"{folder}text/{name}", content)
    number = _signatories(statement, archive, folder, contacts=contacts)
    packs = LetterPack.objects.filter(statement=statement).exclude(state=LetterPack.State.ORDERED)
    for pack in packs.order_by("number").iterator(chunk_size=1):
        _letter(archive, f"{folder}letters/{pack.number}", pack, whole=contacts or not pack.with_representatives)
    for place, answer in enumerate(statement.answers.all(), 1):
        head = f"From: {answer.from_whom}\nReceived: {answer.received_on}\n\n"
        archive.writestr(f"{folder}answers/{place}.md", head + answer.words)
    with archive.open(f"{folder}ledger.csv", "w", force_zip64=True) as file:
        for row in _chains(statement):
            file.write(_csv([row]).encode())
    seal = Seal.objects.order_by("-number").first()
    archive.writestr(f"{folder}seal.json", _json({"number": seal.number, "digest": seal.digest} if seal else None))
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


def _signatories(statement: Statement, archive: zipfile.ZipFile, folder: str, *, contacts: bool) -> int:
    """The list as an export has it; the last piece is its number of rows."""
    choice, number = Choice(statement=statement.slug, contacts=contacts), 0
    # Closed before an error is dealt with, as in exporting.write.
    pieces = closing(list_pieces.csv_pieces(choice, resource_of(statement.slug, contacts=contacts)))
    with archive.open(f"{folder}signatories.csv", "w", force_zip64=True) as file, pieces as made:
        for piece in made:
            if isinstance(piece, int):
                number = piece
            else:
                file.write(piece)
    return number


def _letter(archive: zipfile.ZipFile, folder: str, pack: LetterPack, *, whole: bool) -> None:
    facts = {"number": pack.number, "digest": pack.digest, "as_of": pack.as_of, "counts": pack.counts}
    facts |= {"state": pack.state, "delivered_to": pack.delivered_to, "delivered_at": pack.delivered_at}
    archive.writestr(f"{folder}/letter.json", _json(facts))
    if pack.manifest:
        archive.writestr(f"{folder}/manifest.json", pack.manifest)
    for each in pack.files.exclude(place="") if whole else ():
        with storages["private"].open(each.place) as file, archive.open(f"{folder}/{each.name}", "w") as copy:
            shutil.copyfileobj(file, copy, list_pieces.PIECE)


def _chains(statement: Statement) -> Iterator[tuple[Any, ...]]:
    """The header, the statement's own chain, then each sign-on's."""
    yield ("chain", "entries", "last digest")
    own = LedgerEntry.objects.filter(statement=statement).order_by("-number").first()
    if own:
        yield ("statement", own.number, own.digest)
    last = LedgerEntry.objects.filter(sign_on__statement=statement).order_by("sign_on_id", "-number")
    rows = last.distinct("sign_on_id").values_list("sign_on_id", "number", "digest")
    for pk, number, digest in rows.iterator():
        yield (f"sign-on {pk}", number, digest)


def _csv(rows: Any) -> str:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
