"""Files that prove something: taken by their content, kept privately, removed when their time is over."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes
from functools import partial
from typing import IO, Any

import filetype
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Statement
from signon.models import Attachment, SignOn, User

MOST_BYTES = 10 * 1024 * 1024
# What browsers and office programs show and nothing runs.
KINDS = {"application/pdf", "image/jpeg", "image/png", "image/webp", "image/heic"}
LONGEST_NAME = 120


class Refused(ValueError):
    """A file that is not taken; the message says why and what to do."""


def content_type(data: bytes) -> str:
    """What a file is by its first bytes: one of KINDS, a mail (message/rfc822) or plain text. Raises Refused."""
    guessed = filetype.guess(data[:8192])
    if guessed is not None:
        if guessed.mime in KINDS:
            return str(guessed.mime)
        raise Refused(_("Attach a PDF, a picture (JPEG, PNG, WebP, HEIC), a mail (.eml) or plain text."))
    if b"\0" in data or data.lstrip()[:1] == b"<":
        raise Refused(_("Attach a PDF, a picture (JPEG, PNG, WebP, HEIC), a mail (.eml) or plain text."))
    mail = message_from_bytes(data[:65536])
    return "message/rfc822" if mail["From"] and mail["Date"] else "text/plain"


def check(upload: UploadedFile) -> None:
    """Raise Refused for a file that `attach` would not take; the file is read from its beginning afterwards."""
    if not upload.size:
        raise Refused(_("This file is empty."))
    if upload.size > MOST_BYTES:
        raise Refused(_("This file is larger than %(most)s MB.") % {"most": MOST_BYTES // 1024 // 1024})
    content_type(upload.read())
    upload.seek(0)


@contextmanager
def in_one_transaction() -> Iterator[Callable[..., Attachment]]:
    """A transaction, and how files are kept in it (as `attach`): if it fails, no file stays on the disk either."""
    written: list[str] = []
    try:
        with transaction.atomic():
            yield partial(attach, written=written)
    except BaseException:
        for place in written:
            storages["private"].delete(place)
        raise


def attach(upload: UploadedFile, *, by: User, written: list[str] | None = None, **to: Any) -> Attachment:
    """Keep a file, in the caller's transaction; `to` is its sign_on, pack or answer. Raises Refused.

    Where it is kept is added to `written`.
    """
    check(upload)
    data = upload.read()
    digest = hashlib.sha256(data).hexdigest()
    # Nobody else's name: two who attach the same file at one moment keep one each, in a bucket as well.
    name = f"attachments/{digest[:16]}-{secrets.token_hex(4)}"
    place = storages["private"].save(name, ContentFile(data))
    if written is not None:
        written.append(place)
    return Attachment.objects.create(
        name=_safe_name(upload.name or ""),
        content_type=content_type(data),
        size=len(data),
        sha256=digest,
        place=place,
        by=by,
        **to,
    )


def opened(attachment: Attachment) -> IO[bytes]:
    """The file. Raises FileNotFoundError once it was removed."""
    if not attachment.place:
        raise FileNotFoundError(attachment.name)
    return storages["private"].open(attachment.place)


def remove(attachments: QuerySet[Attachment]) -> int:
    """Take files away for good; that they were there, and their digests, stay. Returns how many."""
    with transaction.atomic():
        held = list(attachments.exclude(place="").select_for_update(of=["self"]))
        for each in held:
            transaction.on_commit(partial(storages["private"].delete, each.place))
        Attachment.objects.filter(pk__in=[each.pk for each in held]).update(place="", name="")
    return len(held)


def forget() -> int:
    """Remove what proved a sign-on that ended, or whose statement ended ATTACHMENT_DAYS ago; returns how many.

    What proves a delivery goes CONTACT_DAYS after it. What the addressee sent proves a published answer, and stays.
    """
    return remove(over(timezone.now()))


def over(at: datetime) -> QuerySet[Attachment]:
    """Those whose file is there still, and will be of no more use at this moment."""
    before = at - timedelta(days=settings.ATTACHMENT_DAYS)
    ended = Q(sign_on__state__in=[SignOn.State.WITHDRAWN, SignOn.State.EXPIRED, SignOn.State.DECLINED])
    closed = Q(sign_on__statement__closes_at__lt=before) | Q(sign_on__statement__state=Statement.State.WITHDRAWN)
    delivered = Q(pack__delivered_at__lt=at - timedelta(days=settings.CONTACT_DAYS))
    return Attachment.objects.exclude(place="").filter(ended | closed | delivered)


def _safe_name(name: str) -> str:
    """A name to save it under: its end tells the type, so a long name loses its middle."""
    plain = "".join(each for each in name.replace("\\", "/").rsplit("/", 1)[-1] if unicodedata.category(each)[0] != "C")
    return plain if len(plain) <= LONGEST_NAME else f"{plain[: LONGEST_NAME - 20]}…{plain[-19:]}"
