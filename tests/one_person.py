"""The traces of one made-up person in every corner of the product, and how they are looked for."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

NAME, ADDRESS = "Quíllavra Zyxwarthmöre", "Quillavra.Z+a@unmistakable.example"
# What the name is sorted and searched by, without its accents.
FOLDED = ("quillavra", "zyxwarthmore")


def needles() -> dict[str, re.Pattern[bytes]]:
    """The name, its parts, and the address, in every spelling that a database, a file or a log may give them."""
    words = [NAME, *NAME.split(), *FOLDED, ADDRESS, ADDRESS.partition("@")[0]]
    found: dict[str, re.Pattern[bytes]] = {}
    for word in words:
        for spelled in (word, quote(word), quote_plus(word), escape(word), word.encode("unicode_escape").decode()):
            for encoding in ("utf-8", "latin-1", "utf-16-le"):
                data = spelled.encode(encoding)
                found.setdefault(f"{spelled} ({encoding})", re.compile(re.escape(data), re.IGNORECASE))
        for shift in range(3):  # inside base64 a word looks in three ways, by where it begins
            coded = base64.b64encode(b"x" * shift + word.encode())
            inner = coded[4 if shift else 0 : -4]
            if len(inner) >= 8:
                found[f"{word} (base64, {shift})"] = re.compile(re.escape(inner))
    return found


NEEDLES = needles()


def traces(name: str, data: bytes) -> list[str]:
    """Where in these bytes the person shows, a line each."""
    return [
        f"{name}: {which}: …{data[max(0, hit.start() - 60) : hit.end() + 60]!r}…"
        for which, pattern in NEEDLES.items()
        for hit in [pattern.search(data)]
        if hit
    ]


def in_files(folder: Path) -> Iterator[str]:
    """Of every file below a folder; parts of archives and spreadsheets too, and names of files."""
    import io
    import zipfile

    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_socket():
            continue
        data = path.read_bytes()
        yield from traces(str(path), str(path).encode() + b"\n" + data)
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for part in archive.namelist():
                    yield from traces(f"{path}/{part}", archive.read(part))


def in_redis(socket: str) -> Iterator[str]:
    """Of every key of every database of a server."""
    import redis

    with redis.Redis(unix_socket_path=socket) as plain:
        count = int(plain.config_get("databases")["databases"])
    for number in range(count):
        with redis.Redis(unix_socket_path=socket, db=number) as client:
            for key in client.scan_iter(count=1000):
                kind = client.type(key).decode()
                read = {
                    "string": client.get,
                    "hash": client.hgetall,
                    "set": client.smembers,
                    "list": lambda each, client=client: client.lrange(each, 0, -1),
                    "zset": lambda each, client=client: client.zrange(each, 0, -1, withscores=True),
                }.get(kind)
                data = _flat(read(key)) if read else client.dump(key) or b""  # it may have ended by itself meanwhile
                yield from traces(f"redis {number} {key!r}", key + b"\n" + data)


def _flat(value: object) -> bytes:
    if isinstance(value, dict):
        return b"\n".join(_flat(each) for pair in value.items() for each in pair)
    if isinstance(value, list | tuple | set):
        return b"\n".join(_flat(each) for each in value)
    return value if isinstance(value, bytes) else str(value).encode()


def live() -> None:
    """Whatever staff and the person do, by the product's own verbs; in the database that is set up."""
    from datetime import timedelta

    from django.contrib.admin.models import CHANGE, LogEntry
    from django.core.files.base import ContentFile
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.utils import timezone

    from signon import exporting, importing, inviting, letter, signing, verifying
    from signon.casework import by_hand, proposing
    from signon.events import registering
    from signon.exports.export_choice import Choice
    from signon.imports import previewing
    from signon.mail import asking
    from signon.models import Export, Import, Invitation, LetterPack, Message, Organization, OwnAnswer, User
    from signon.people import accounts, seats
    from signon.privacy import rights
    from signon.statements import convening, late_signing
    from tests.campaigns.pieces import an_event
    from tests.factories import OwnQuestionFactory, StatementFactory, UserFactory, accepted

    staff = User.objects.filter(is_superuser=True).first() or UserFactory(staff=True)
    who = {"representative_name": NAME, "email": ADDRESS, "country": "KE", "consent_publish": True}
    organization = {"organization_name": "Bread House of Nairobi", "organization_type": "ngo", "authorized": True,
                    "representative_title": f"Secretary of {NAME}"}  # fmt: skip

    # As an individual: signed, confirmed, asked, answered, noted, accepted, in a letter and in lists
    first = StatementFactory(slug="first", accepts_individuals=True)
    question = OwnQuestionFactory(statement=first, public=True)
    mine = signing.sign(
        statement=first, language="en", signer="individual", affiliation=f"Friends of {NAME}", listing="name",
        answers=[OwnAnswer(question=question, value=f"{NAME} says so")], **who,
    )  # fmt: skip
    signing.confirm(mine, version=mine.version)
    asked = verifying.ask(mine, by=staff, words=f"Are you {NAME}?")
    asked.answer, asked.answered_at = f"I am, {ADDRESS}", timezone.now()
    asked.save()
    verifying.note(mine, by=staff, words=f"Called {NAME} at {ADDRESS}.")
    other = proposing.propose_name(accepted(statement=StatementFactory(slug="others")), "Bread Houses")
    proposing.decline(other, by=staff, reason=f"{ADDRESS} says that it is not.")
    named = accepted(statement=StatementFactory(slug="named"))
    proposing.propose_representative(named, name=NAME, title=f"Secretary of {NAME}", email=ADDRESS)
    verifying.accept(mine, by=staff)
    other = accepted(statement=first, organization_name="Another House")
    verifying.note(other, by=staff, words=f"The same as {ADDRESS.upper()}?")
    pack = letter.order(first, by=staff, text=first.text())
    letter.make(pack)
    assert NAME in LetterPack.objects.get(pk=pack.pk).manifest
    exporting.prepare(Choice(statement="first", contacts=True), "csv", by=staff)
    exporting.prepare(Choice(statement="first", contacts=True), "xlsx", by=staff)

    # For an organization, which stays; on another statement withdrawn; on a third declined in words; on a fourth waits
    second, third, fourth = (StatementFactory(slug=slug) for slug in ("second", "third", "fourth"))
    stands = signing.sign(statement=second, language="en", **organization, **who)
    signing.confirm(stands, version=stands.version)
    verifying.accept(stands, by=staff)
    gone = signing.sign(statement=third, language="en", **organization, **who)
    signing.withdraw(gone, reason=f"{NAME} left")
    refused = signing.sign(
        statement=third, language="en", **organization | {"organization_name": "Second House"}, **who
    )
    signing.confirm(refused, version=refused.version)
    verifying.decline(refused, by=staff, reason=f"{NAME} is not known there.")
    signing.sign(statement=fourth, language="en", **organization, **who)
    entered = by_hand.enter(
        fourth, by=staff, channel="phone", said_on=timezone.now().date(), vouched_by=f"{NAME} herself",
        files=[SimpleUploadedFile(f"{NAME}.txt", f"From {NAME} <{ADDRESS}>".encode())],
        language="en", **organization | {"organization_name": "Third House"}, **who,
    )  # fmt: skip
    verifying.accept(entered, by=staff)

    # As a convener's contact, who comments; invited; by a link to sign late
    draft = StatementFactory(slug="draft", state="circulating")
    convener = convening.add(draft, by=staff, name="Bread House", contact_name=NAME, email=ADDRESS)
    convening.send_link(convener)
    convening.comment(convener, f"{NAME} would say it shorter.", text=draft.text())
    Invitation.objects.create(
        statement=first, organization_name="Guest House", country="KE", search_key="guest house", contact_name=NAME,
        email=ADDRESS, state="waiting", invited_at=timezone.now(), created_by=staff,
    )  # fmt: skip
    invitation = Invitation.objects.get(email=ADDRESS)
    inviting.note(invitation, by=staff, words=f"{NAME} is away until Monday.")
    ago = {"opens_at": timezone.now() - timedelta(days=9), "closes_at": timezone.now() - timedelta(days=1)}
    closed = StatementFactory(slug="closed", state="closed", **ago)
    late_signing.make(closed, by=staff, name=f"House of {NAME}", email=ADDRESS, language="en")

    # Registered, with an account that acts for an organization
    event = an_event(takes_registrations=True, slug="gathering")
    place = registering.register(event, name=NAME, organization=f"House of {NAME}", email=ADDRESS, language="en")
    registering.confirm(place, version=place.version)
    account = User.objects.create_user(ADDRESS, name=NAME, password="a long password of hers")
    accounts.vouch(account)
    seats.claim(account, Organization.objects.filter(name="Bread House of Nairobi").get(), words=f"I am {NAME}.")

    # In lists that came in: one carried out, one under way
    listed = f"Organization,Country,Representative,E-mail\nFourth House,Kenya,{NAME},{ADDRESS}\n".encode()
    sixth = StatementFactory(slug="sixth")
    chosen = previewing.begin(sixth, ContentFile(listed, "list.csv"), by=staff, name="list.csv")
    importing.apply(importing.plan(sixth, _written(listed)), by=staff, source="A meeting")
    assert Import.objects.get(pk=chosen.pk).is_open

    # In what the administration remembers, in servers' answers, in mail that strangers caused
    LogEntry.objects.create(
        user=staff, action_flag=CHANGE, object_id=str(mine.pk), object_repr=str(mine), change_message=f"[{ADDRESS}]",
        content_type_id=_content_type(mine),
    )  # fmt: skip
    asking.mail_links(ADDRESS, "en")
    for message in Message.objects.filter(to_address=ADDRESS)[:3]:
        words = f"451 4.7.1 <{ADDRESS}>: try again"
        Message.objects.filter(pk=message.pk).update(
            answer=words, history=[["retrying", timezone.now().isoformat(), words]]
        )
    rights.object_to(ADDRESS, f"Do not call {NAME}.", "en")
    assert Export.objects.exists()


def _written(data: bytes) -> Path:
    import tempfile

    path = Path(tempfile.mkdtemp()) / "list.csv"
    path.write_bytes(data)
    return path


def _content_type(row: object) -> int:
    from django.contrib.contenttypes.models import ContentType

    return ContentType.objects.get_for_model(row).pk  # type: ignore[arg-type]
