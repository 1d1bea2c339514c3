"""Letter packs: order one, make it, hand it over, fetch its files, and forget them after an erasure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaigns.models import RevisionText, Statement
from signon import jobs, sealing
from signon.letters import letter as letters
from signon.letters import pdf, roll, table
from signon.letters.manifest import FORMAT, canonical, digest_of
from signon.models import Job, LetterFetch, LetterFile, LetterPack, Seal, User

State, Kind = LetterPack.State, LetterFile.Kind
STEPS = 4  # the names are read; the PDF, the DOCX and the CSV are written


class CannotOrder(Exception):
    """Its statement is not published, so its text may still change, and nobody may read it yet."""


class CannotDeliver(Exception):
    """It is not made yet, or was delivered before."""


@transaction.atomic
def order(statement: Statement, *, by: User, text: RevisionText, **options: Any) -> LetterPack:
    """Begin a pack; a worker makes it. `options` are LetterPack's: grouping, layout, with_representatives,
    with_answers, letterhead.

    Its text is frozen, as one that is signed: what a letter says stays as it was. Raises CannotOrder.
    """
    # Packs of one statement are numbered one after the other; signers are not held up.
    if not Statement.objects.opened().select_for_update(no_key=True).filter(pk=statement.pk):
        raise CannotOrder
    last = LetterPack.objects.filter(statement=statement).aggregate(last=Max("number"))["last"] or 0
    text.freeze()
    pack = LetterPack.objects.create(statement=statement, text=text, number=last + 1, made_by=by, **options)
    jobs.begin(Job.Kind.PACK, pack.pk, by=by)
    return pack


def order_again(pack: LetterPack, *, by: User) -> None:
    """Begin anew what could not be made; nothing where it is made, or under way."""
    if pack.state == State.ORDERED:
        jobs.begin(Job.Kind.PACK, pack.pk, by=by)


def do(job: Job) -> None:
    """Make the pack that a job is about. Raises jobs.Lost, with nothing made, where the job is not ours any more."""
    pack = LetterPack.objects.select_related("statement", "text__revision").get(pk=job.subject)
    total = pack.statement.counters.all().tally().total
    make(pack, lambda step: jobs.progress(job, total * step // STEPS, total), lambda: jobs.hold(job))


def make(
    pack: LetterPack,
    tell: Callable[[int], None] = lambda step: None,
    hold: Callable[[], None] = lambda: None,
) -> None:
    """Read the names of this moment, publish them under a digest, and write the files; done once, whoever tries.

    Tells after each of its STEPS, and before the first. `hold` is called in the transaction that keeps what was made,
    and raises where a name that was read was erased since.
    """
    from signon.letters import docx  # with lxml, which only a worker needs

    if pack.state != State.ORDERED:
        return
    tell(0)
    statement, language = pack.statement, pack.text.language
    previous = LetterPack.objects.filter(statement=statement).delivered().last()
    with translation.override(letters.words_language(language)):
        pack.as_of = timezone.now().replace(microsecond=0)
        before = previous.sign_ons if previous else None
        read = roll.read(
            statement, language, before,
            with_representatives=pack.with_representatives, with_answers=pack.with_answers,
        )  # fmt: skip
        groups = roll.grouped(read.entries, pack.grouping, language)
    sealing.seal()  # what was done until now is under the seal that the letter carries
    seal = Seal.objects.order_by("-number").first()
    pack.counts, pack.sign_ons, pack.seal_digest = read.counts, read.sign_ons, seal.digest if seal else ""
    rows = [entry.row for group in groups for entry in group.entries]
    pack.manifest = canonical(_manifest(pack, previous, rows))
    pack.digest = digest_of(pack.manifest)
    written = letters.write(pack, groups, previous)
    tell(1)
    printed = pdf.write(written, int(pack.as_of.timestamp()))
    pack.remark = printed.fault
    contents: dict[str, bytes] = {Kind.PDF: printed.file}
    tell(2)
    contents[Kind.DOCX] = docx.write(written, pack.as_of)
    tell(3)
    contents[Kind.CSV] = table.write(
        written, with_representatives=pack.with_representatives, with_answers=pack.with_answers
    )
    tell(4)
    _keep(pack, contents, hold)


def _manifest(pack: LetterPack, previous: LetterPack | None, rows: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "site": settings.SITE_URL,
        "statement": pack.statement.slug,
        "title": pack.text.title,
        "text": {"language": pack.text.language, "digest": pack.text.digest},
        "letter": pack.number,
        "as_of": f"{pack.as_of.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if pack.as_of else "",
        "counts": pack.counts,
        "rows": rows,
        "previous": previous.digest if previous else None,
        "seal": pack.seal_digest or None,
    }


@transaction.atomic
def _keep(pack: LetterPack, contents: dict[str, bytes], hold: Callable[[], None]) -> None:
    """The files, and the pack with what was made, in one; nothing where another worker came first."""
    hold()
    waiting = LetterPack.objects.select_for_update().filter(pk=pack.pk, state=State.ORDERED)
    if not waiting.exists():
        return
    store = storages["private"]
    for kind, content in contents.items():
        place = f"letters/{pack.pk}/letter.{kind}"
        store.delete(place)  # of a worker that died before it came here
        LetterFile.objects.create(
            pack=pack,
            kind=kind,
            name=f"{pack.statement.slug}-{pack.number}.{kind}",
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            place=store.save(place, ContentFile(content)),
        )
    made = ("as_of", "manifest", "digest", "counts", "sign_ons", "seal_digest", "remark")
    pack.move(State.MADE, **{field: getattr(pack, field) for field in made})


def deliver(pack: LetterPack, *, by: User, to: str, at: datetime, how: str = "") -> None:
    """Record that it was handed over: to whom, when (aware), by whom and how. Raises CannotDeliver.

    From now on it is what the next pack's later names are measured by.
    """
    if not pack.move(State.DELIVERED, delivered_to=to, delivered_at=at, delivered_by=by, delivered_how=how):
        raise CannotDeliver


def fetch(file: LetterFile, *, by: User) -> Any:
    """The open file, with a record of who fetched it. Raises FileNotFoundError once an erasure took it."""
    if not file.place:
        raise FileNotFoundError(file.name)
    opened = storages["private"].open(file.place)
    LetterFetch.objects.create(file=file, by=by)
    return opened


def forget(pack: LetterPack, *, by: User) -> bool:
    """For an erasure: take its names and files away, on record. What it said in numbers, and the digests, stay.

    False where it is not made yet, or was forgotten before.
    """
    with transaction.atomic():
        made = LetterPack.objects.exclude(state=State.ORDERED).filter(pk=pack.pk, forgotten_at=None)
        forgotten = made.update(manifest="", forgotten_at=timezone.now(), forgotten_by=by)
        if forgotten:
            for place in pack.files.exclude(place="").values_list("place", flat=True):
                transaction.on_commit(partial(storages["private"].delete, place))
            pack.files.update(place="")
    pack.refresh_from_db()
    return bool(forgotten)


def remark_in_words(pack: LetterPack) -> str:
    """What whoever delivers the pack should know of its PDF, "" where it is as it should be."""
    if not pack.remark:
        return ""
    lost = pdf.letter_without_glyph(pack.remark)
    if not lost:
        return _("The PDF does not meet PDF/UA-1, the standard for readers of all kinds: %(why)s") % {
            "why": pack.remark
        }
    rows = json.loads(pack.manifest)["rows"] if pack.manifest else []
    where = next((row["name"] for row in rows if lost in row["name"]), "")
    return _(
        "No font that is installed has the letter “%(letter)s”, so the PDF shows a box in its place, and perhaps in"
        " others’. It stands in: %(where)s. Correct the name as it is listed, or ask for a font to be installed"
        " (LETTER_FONTS), then make the letter again."
    ) % {"letter": lost, "where": where or pack.text.title}
