"""What comes back after a mail went out: bounces, complaints, wishes to get no more, and the mailbox they come to.

Nothing here believes who writes, only the key of the mail that is written about (signon.mail.envelope): it is
unguessable, and what is reported with it touches that mail and its mailbox alone.
"""

from __future__ import annotations

import imaplib
import logging
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from email.message import Message as Mail
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, F, Func, JSONField, Value
from django.utils import timezone
from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailBoxUnencrypted

from signon import mailing
from signon.mail import reports, sources
from signon.models import Case, Invitation, Message, SignOn, Suppression

log = logging.getLogger(__name__)

State, Reason = Message.State, Suppression.Reason
# Whatever of these a message is in, it went out: its key is in no other place. A worker may not have written so yet.
MAY_HAVE_GONE_OUT = [State.SENT, State.SENDING, State.RETRYING, State.DEAD, State.CANCELED]
BOUNCED_MAIL = "bounced_mail"
_MOST_HISTORY = 50


# Verbs


def bounced(message: Message, *, permanent: bool, answer: str) -> None:
    """It did not arrive, and will not; `permanent`: nor would another one. Doing it twice changes nothing.

    An address with a "+tag" suppresses nobody: where the tag is not understood it bounces, while the mailbox is good,
    and anybody can type one.
    """
    with transaction.atomic():
        _hold(message)
        if _move(message, State.BOUNCED, answer):
            log.info("Message %s bounced", message.pk)
            if message.sign_on_id:
                _show_at_the_desk(message, answer)
            invited = message.invitation
            # One that has signed and asks something still has signed.
            has_signed = invited is not None and invited.before_asking == Invitation.State.SIGNED
            if invited and message.to_address == invited.email and not has_signed:
                invited.move_from([Invitation.State.WAITING, Invitation.State.ASKS], Invitation.State.BOUNCED)
        if permanent and message.recipient == message.to_address.lower():
            _suppress(message.recipient, Reason.BOUNCED, message)


def _hold(message: Message) -> None:
    """What it was composed from, then the message, as they are now: an erasure may have taken whom it went to."""
    for model, number in ((Invitation, message.invitation_id), (SignOn, message.sign_on_id)):
        if number:
            sources.hold(model._default_manager.filter(pk=number)).first()
    sources.hold(Message.objects.filter(pk=message.pk)).first()
    message.refresh_from_db()


def delayed(message: Message, *, answer: str) -> None:
    """It has not arrived yet: written down, and nothing else."""
    _write_down(message, answer)


def complained(message: Message) -> None:
    """Its reader called it spam: this mailbox gets no more."""
    with transaction.atomic():
        _write_down(message, "reported as spam")
        _suppress(message.recipient, Reason.COMPLAINED, message)


def unsubscribe(mailbox: str, message: Message | None = None) -> None:
    """Nothing but transactional mail goes to this mailbox from now on."""
    _suppress(mailbox, Reason.UNSUBSCRIBED, message)


def subscribe(mailbox: str) -> None:
    """Take an unsubscription back; what else stands against this mailbox stays."""
    lift(mailbox, Reason.UNSUBSCRIBED)


def opt_out(mailbox: str) -> None:
    """No invitation goes to this mailbox any more, of any statement; nobody but its reader takes that back."""
    _suppress(mailbox, Reason.OPTED_OUT, None)


def opt_in(mailbox: str) -> None:
    """Its reader wants invitations again, and said so by a link that was mailed there: the row goes (decision 86)."""
    Suppression.objects.of(mailbox).filter(reason=Reason.OPTED_OUT).delete()


def has_opted_out(mailbox: str) -> bool:
    """Whether its reader wants no invitations."""
    return Suppression.objects.of(mailbox).filter(reason=Reason.OPTED_OUT).exists()


def is_unsubscribed(mailbox: str) -> bool:
    """Whether its reader wants nothing but transactional mail."""
    return Suppression.objects.of(mailbox).filter(reason=Reason.UNSUBSCRIBED).exists()


def lift(mailbox: str, reason: str) -> int:
    """Let mail go there again, as far as this reason goes; what it was stays on its row. Returns how many ended.

    Who wants no invitations gets none: that ends by their own hand alone (`opt_in`).
    """
    if reason == Reason.OPTED_OUT:
        return 0
    return Suppression.objects.of(mailbox).filter(reason=reason).update(lifted_at=timezone.now())


def find(keys: Iterable[str]) -> Message | None:
    """The message that one of these keys names, the earlier keys first."""
    for key in keys:
        if message := Message.objects.filter(message_id__startswith=f"<{key}@").first():
            return message
    return None


def _move(message: Message, state: str, answer: str) -> int:
    went_out = Message.objects.filter(pk=message.pk, state__in=MAY_HAVE_GONE_OUT)
    return mailing.note(went_out, state, _told(message, answer), claimed_by="", subject="", body="")


def _write_down(message: Message, answer: str) -> None:
    """In its history, once; its state stays."""
    message.refresh_from_db(fields=["state", "history", "mailbox"])
    words = _told(message, answer)
    if len(message.history) < _MOST_HISTORY and words not in [said for _state, _at, said in message.history]:
        mailing.note(Message.objects.filter(pk=message.pk, state=message.state), message.state, words)


def _suppress(mailbox: str, reason: str, message: Message | None) -> None:
    """A report on mail from before somebody lifted this says nothing new, and changes nothing."""
    lifted = Suppression.objects.filter(mailbox=mailbox, reason=reason)
    if mailbox and not (message and lifted.filter(lifted_at__gt=message.created_at).exists()):
        made = Suppression(mailbox=mailbox, reason=reason, message=message)
        Suppression.objects.bulk_create([made], ignore_conflicts=True)


def _show_at_the_desk(message: Message, answer: str) -> None:
    finding = {"code": BOUNCED_MAIL, "facts": {"kind": message.kind, "status": reports.status(answer)}}
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


def _told(message: Message, answer: str) -> str:
    """A report names the address: of a message whose address was erased it is told in no words."""
    return _plain(answer) if message.mailbox else ""


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
        # A server's own words may hold what it was reading; the system's name a host at most.
        words = f": {error}" if isinstance(error, OSError) else ""
        log.error("The bounce mailbox could not be read: %s%s", type(error).__name__, words[:200])
    return understood


@contextmanager
def _connected() -> Iterator[BaseMailBox]:
    url = urlsplit(settings.INBOUND_URL)
    host = url.hostname or ""
    box: BaseMailBox
    if url.scheme == "imaps":
        box = MailBox(host, url.port or 993, timeout=_TIMEOUT, ssl_context=ssl.create_default_context())
    else:
        box = MailBoxUnencrypted(host, url.port or 143, timeout=_TIMEOUT)
    try:
        if url.scheme == "imap+tls":
            box.client.starttls(ssl.create_default_context())  # raises where it is not offered
        box.login(unquote(url.username or ""), unquote(url.password or ""), unquote(url.path.strip("/")) or "INBOX")
        yield box
        with suppress(ImapToolsError, imaplib.IMAP4.error, OSError):
            box.logout()
    finally:
        with suppress(OSError):
            box.client.shutdown()


def _account_for(mail: Mail) -> bool:
    try:
        report = reports.read(mail)
    except Exception as error:  # whatever a stranger's mail does to the parser
        log.warning("A mail in the bounce mailbox could not be read: %s", type(error).__name__)
        return False
    message = find(report.keys) if report else None
    if report is None or message is None:
        return False
    if report.act == reports.BOUNCED:
        bounced(message, permanent=reports.is_about_the_mailbox(report.answer), answer=report.answer)
    elif report.act == reports.DELAYED:
        delayed(message, answer=report.answer)
    elif report.act == reports.COMPLAINED:
        complained(message)
    return True
