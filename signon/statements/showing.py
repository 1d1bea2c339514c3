"""What staff look at before a statement opens, and a digest of it: whoever looked at something else has not looked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from copy import copy
from datetime import UTC, datetime

from django.utils import translation

from campaigns.models import Statement
from signon.mail import samples
from signon.models import Look, Message
from signon.privacy import consent

Subject, Kind = Look.Subject, Message.Kind
# What a signer may get, in the order in which it comes.
MAILS = [Kind.VERIFICATION, Kind.REMINDER, Kind.LAST_CALL, Kind.QUESTION, Kind.ACCEPTED, Kind.DECLINED]
# The made-up signer of a digest signed at one moment for all: what is shown must not change with the clock.
_SIGNED_AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
_LINK = re.compile(r"https?://\S+")


def sentences(language: str) -> list[tuple[str, str]]:
    """What signers agree to, as the form says it in this language, each with what stands below it."""
    with translation.override(language):
        return [(str(sentence), str(hint)) for sentence, hint in consent.SENTENCES]


def mails(statement: Statement, language: str) -> list[tuple[str, str, str]]:
    """Each of MAILS with its subject and text, about this statement as it will be once it is open."""
    return [(kind, *mail(statement, kind, language)[:2]) for kind in MAILS]


def mail(statement: Statement, kind: str, language: str) -> tuple[str, str, str]:
    """Subject, text and HTML of one kind of mail, about this statement as it will be once it is open."""
    return samples.render(kind, language, _as_open(statement))


def digest(statement: Statement, subject: str, language: str) -> str:
    """SHA-256 of what staff are shown of a Look's subject in one language, 64 hexadecimal digits.

    Of the mails without their links, which differ each time; of a test, the text and what was agreed to.
    """
    if subject == Subject.MAILS:
        opened = _as_open(statement)
        opened.embargo_until = None  # it ends by itself: a line about it is no change that somebody made
        # Subject and text: the HTML says the same.
        told = [samples.render(kind, language, opened, signed_at=_SIGNED_AT, with_html=False)[:2] for kind in MAILS]
        return _of(_LINK.sub("", f"{head}\n{text}") for head, text in told)
    agreed = [f"{sentence}\n{hint}" for sentence, hint in sentences(language)]
    if subject == Subject.CONSENT:
        return _of(agreed)
    text = statement.text(language)
    return _of([text.digest if text else "", *agreed])


def _as_open(statement: Statement) -> Statement:
    """A copy that is in no table: open, whenever it was to open."""
    opened = copy(statement)
    opened.state, opened.opens_at = Statement.State.OPEN, None
    return opened


def _of(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
