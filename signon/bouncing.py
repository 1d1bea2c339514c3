"""What comes back after a mail went out: bounces, complaints, wishes to get no more, and the mailbox they come to.

Nothing here believes who writes, only the key of the mail that is written about (signon.envelope): it is unguessable,
and what is reported with it touches that mail and its mailbox alone.
"""

from __future__ import annotations

import imaplib
import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message as Mail
from email.parser import HeaderParser
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, F, Func, JSONField, Value
from django.utils import timezone
from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailBoxStartTls, MailBoxUnencrypted

from signon import envelope, mailing
from signon.models import Case, Message, Suppression

log = logging.getLogger(__name__)

State, Reason = Message.State, Suppression.Reason
# Whatever of these a message is in, it went out: its key is in no other place. A worker may not have written so yet.
MAY_HAVE_GONE_OUT = [State.SENT, State.SENDING, State.RETRYING, State.DEAD, State.CANCELED]
BOUNCED_MAIL = "bounced_mail"
_MOST_HISTORY = 50

# RFC 3463: class, subject, detail.
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_BASIC = re.compile(r"(?<![\d.])([45]\d\d)(?![\d.])")
# Full, too big, in a circle, too old, a fault of the text or of what they think of us: the mailbox itself is good.
_NOT_THE_MAILBOX = re.compile(r"5\.(2\.[23]|3\.4|4\.[67]|[67]\.\d+)$")


# Verbs


def bounced(message: Message, *, permanent: bool, answer: str) -> None:
    """It did not arrive, and will not; `permanent`: nor would another one. Doing it twice changes nothing.

    An address with a "+tag" suppresses nobody: where the tag is not understood it bounces, while the mailbox is good,
    and anybody can type one.
    """
    with transaction.atomic():
        if _move(message, State.BOUNCED, answer):
            log.info("Message %s bounced", message.pk)
            if message.sign_on_id:
                _show_at_the_desk(message, answer)
        if permanent and message.mailbox == message.to_address.lower():
            _suppress(message.mailbox, Reason.BOUNCED, message)


def delayed(message: Message, *, answer: str) -> None:
    """It has not arrived yet: written down, and nothing else."""
    _write_down(message, answer)


def complained(message: Message) -> None:
    """Its reader called it spam: this mailbox gets no more."""
    with transaction.atomic():
        _write_down(message, "reported as spam")
        _suppress(message.mailbox, Reason.COMPLAINED, message)


def unsubscribe(mailbox: str, message: Message | None = None) -> None:
    """Nothing but transactional mail goes to this mailbox from now on."""
    _suppress(mailbox, Reason.UNSUBSCRIBED, message)


def lift(mailbox: str, reason: str) -> int:
    """Let mail go there again, as far as this reason goes; what it was stays on its row. Returns how many ended."""
    return Suppression.objects.of(mailbox).filter(reason=reason).update(lifted_at=timezone.now())


def find(*texts: str) -> Message | None:
    """The message whose key stands in these words, the earlier words first."""
    for key in envelope.keys("\n".join(texts)):
        if message := Message.objects.filter(message_id__startswith=f"<{key}@").first():
            return message
    return None


def is_about_the_mailbox(answer: str) -> bool:
    """Whether a server's answer to a failed mail says that the mailbox is not there, or is there no more."""
    if found := _ENHANCED.search(answer):
        return found[1].startswith("5") and not _NOT_THE_MAILBOX.match(found[1])
    basic = _BASIC.search(answer)
    return bool(basic) and basic[1] in ("550", "551", "553")


def _move(message: Message, state: str, answer: str) -> int:
    went_out = Message.objects.filter(pk=message.pk, state__in=MAY_HAVE_GONE_OUT)
    return mailing.note(went_out, state, _plain(answer), claimed_by="", subject="", body="")


def _write_down(message: Message, answer: str) -> None:
    """In its history, once; its state stays."""
    message.refresh_from_db(fields=["state", "history"])
    words = _plain(answer)
    if len(message.history) < _MOST_HISTORY and words not in [said for _state, _at, said in message.history]:
        mailing.note(Message.objects.filter(pk=message.pk, state=message.state), message.state, words)


def _suppress(mailbox: str, reason: str, message: Message | None) -> None:
    """A report on mail from before somebody lifted this says nothing new, and changes nothing."""
    lifted = Suppression.objects.filter(mailbox=mailbox, reason=reason)
    if mailbox and not (message and lifted.filter(lifted_at__gt=message.created_at).exists()):
        made = Suppression(mailbox=mailbox, reason=reason, message=message)
        Suppression.objects.bulk_create([made], ignore_conflicts=True)


def _show_at_the_desk(message: Message, answer: str) -> None:
    status = _ENHANCED.search(answer)
    finding = {"code": BOUNCED_MAIL, "facts": {"kind": message.kind, "status": status[1] if status else ""}}
    Case.objects.filter(sign_on_id=message.sign_on_id).exclude(codes__contains=[BOUNCED_MAIL]).update(
        codes=Func(
            F("codes"), Value(BOUNCED_MAIL, CharField()), function="array_append",
            output_field=Case._meta.get_field("codes"),
        ),
        findings=Func(
            F("findings"), Value([finding], JSONField()), template="(%(expressions)s)", arg_joiner=" || ",
            output_field=JSONField(),
        ),
    )  # fmt: skip


def _plain(answer: str) -> str:
    return " ".join(answer.replace("\0", "").split())[:500]


# The bounce mailbox

_TIMEOUT = 20  # seconds, for each answer of the server
_MOST_AT_ONCE = 500
# Neither accounted for nor left for people. What is bigger is no report on a mail of ours.
_NEW = "UNANSWERED UNFLAGGED SMALLER 1000000"
_DONE, _FOR_PEOPLE = ["\\Seen", "\\Answered"], ["\\Flagged"]


def read_mailbox() -> int:
    """Read what came to INBOUND_URL; returns how many mails were understood. Raises for the database alone.

    A mail is marked after what it says is written: a process that dies between reads it again, which changes nothing.
    Understood is answered and seen; what is not understood gets a flag (a star) and stays unread, for people.
    """
    understood = 0
    if not settings.INBOUND_URL:
        return 0
    try:
        with _connected() as box:
            for uid in box.uids(_NEW, charset=None)[:_MOST_AT_ONCE]:
                for mail in box.fetch(uid_list=[uid], mark_seen=False):
                    done = _account_for(mail.obj)
                    box.flag(uid, _DONE if done else _FOR_PEOPLE, True)
                    understood += done
    except (ImapToolsError, imaplib.IMAP4.error, OSError) as error:
        log.error("The bounce mailbox could not be read: %s: %s", type(error).__name__, _plain(str(error))[:200])
    return understood


@contextmanager
def _connected() -> Iterator[BaseMailBox]:
    url = urlsplit(settings.INBOUND_URL)
    host = url.hostname or ""
    box: BaseMailBox
    if url.scheme == "imaps":
        box = MailBox(host, url.port or 993, timeout=_TIMEOUT, ssl_context=ssl.create_default_context())
    elif url.scheme == "imap+tls":
        box = MailBoxStartTls(host, url.port or 143, timeout=_TIMEOUT, ssl_context=ssl.create_default_context())
    else:
        box = MailBoxUnencrypted(host, url.port or 143, timeout=_TIMEOUT)
    try:
        box.login(unquote(url.username or ""), unquote(url.password or ""), unquote(url.path.strip("/")) or "INBOX")
        yield box
        with suppress(ImapToolsError, imaplib.IMAP4.error, OSError):
            box.logout()
    finally:
        with suppress(OSError):
            box.client.shutdown()


def _account_for(mail: Mail) -> bool:
    try:
        report = read_report(mail)
    except Exception as error:  # whatever a stranger's mail does to the parser
        log.warning("A mail in the bounce mailbox could not be read: %s", type(error).__name__)
        return False
    if report is None:
        return False
    if report.act == "bounced":
        bounced(report.message, permanent=is_about_the_mailbox(report.answer), answer=report.answer)
    elif report.act == "delayed":
        delayed(report.message, answer=report.answer)
    elif report.act == "complained":
        complained(report.message)
    return True


@dataclass(frozen=True)
class Report:
    """What a mail in the bounce mailbox says about one of ours; an empty act asks for nothing."""

    message: Message
    act: str = ""
    answer: str = ""


def read_report(mail: Mail) -> Report | None:
    """What is reported (RFC 3464, 5965) about which message of ours; None where it is no report or has no key of ours.

    An automatic answer (RFC 3834) to one of ours is understood too: it asks for nothing.
    """
    message = find(*(str(value) for name in _RECIPIENTS for value in mail.get_all(name, [])))
    automatic = str(mail.get("Auto-Submitted", "")).strip().lower().startswith("auto-replied")
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return Report(message) if message and automatic else None
    parts = [part for part in mail.get_payload() if isinstance(part, Mail)]
    message = message or next(filter(None, map(_returned, parts)), None)
    if message is None:
        return None
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/feedback-report":
            types = {str(block.get("Feedback-Type", "")).strip().lower() for block in _blocks(part)}
            return Report(message, "" if types == {"not-spam"} else "complained")
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            return _delivery(message, list(_blocks(part)))
    return Report(message) if automatic else None


_RECIPIENTS = ["Delivered-To", "X-Original-To", "Envelope-To", "To"]


def _returned(part: Mail) -> Message | None:
    """The message of ours whose headers a report gives back."""
    kind = part.get_content_type()
    if kind in ("text/rfc822-headers", "message/global-headers"):
        body = part.get_payload(decode=True)
        text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(part)
        given = HeaderParser().parsestr(text.lstrip())
    elif kind in ("message/rfc822", "message/global") and part.is_multipart():
        given = part.get_payload(0)  # type: ignore[assignment]
    else:
        return None
    return find(str(given.get("Message-ID", "")), str(given.get("Return-Path", "")))


def _blocks(part: Mail) -> Iterator[Mail]:
    """A status's groups of fields. Python splits them for one type alone; for others they stand in the body."""
    for block in part.get_payload() if part.is_multipart() else []:
        if isinstance(block, Mail):
            yield block
            rest = block.get_payload()
            for text in re.split(r"\r?\n\r?\n", rest) if isinstance(rest, str) else []:
                if text.strip():
                    yield HeaderParser().parsestr(text.lstrip())


def _delivery(message: Message, blocks: list[Mail]) -> Report | None:
    """The worst that is said of any recipient: ours has one, whatever it was forwarded to."""
    said: dict[str, str] = {}
    for block in blocks:
        action = str(block.get("Action", "")).split("(")[0].strip().lower()
        status = _ENHANCED.search(str(block.get("Status", "")))
        words = str(block.get("Diagnostic-Code", "")).partition(";")[2].strip()
        # "5.0.0" says no more than "failed"; what the server said may.
        if status and not (status[1].endswith(".0.0") and _ENHANCED.search(words)) and status[1] not in words:
            words = f"{status[1]} {words}"
        if action:
            said.setdefault(action, words.strip())
    for action, act in (("failed", "bounced"), ("delayed", "delayed")):
        if action in said:
            return Report(message, act, said[action] or action)
    return Report(message) if said else None
