"""One kept SMTP connection, and whose fault it is when the server does not take a mail (RFC 5321, 4.2)."""

from __future__ import annotations

import contextlib
import enum
import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMessage, get_connection

# Answers to our login: 530 and 538 ask for one, 534 and 535 refuse it (RFC 4954, 6).
ABOUT_THE_LOGIN = {530, 534, 535, 538}
# Servers end a connection that carries too many mails; we open a new one before.
MOST_OVER_ONE = 100


class Fault(enum.Enum):
    """Why a mail was not taken, which decides what becomes of it and of its lane."""

    NONE = "taken"
    LATER = "this message, for now"
    ADDRESS = "this address, for good"
    TEXT = "this text, for good"
    SERVER = "the server cannot be reached"
    SENDER = "our sender or login"


@dataclass(frozen=True)
class Answer:
    """What the server said, and whose fault it is."""

    fault: Fault
    words: str = "250"


class Line:
    """A connection that is kept between mails, and opened anew after so many and after whatever broke it."""

    def __init__(self) -> None:
        self._connection: Any = get_connection()
        self._carried = 0
        # How long the last mail took to hand over.
        self.seconds = 0.0

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *error: object) -> None:
        self._hang_up()

    def send(self, mail: EmailMessage) -> Answer:
        """Hand over one mail to one address; never raises for what a server may do."""
        if self._carried >= MOST_OVER_ONE:
            self._hang_up()
        was_used, began = self._carried > 0, time.monotonic()
        answer = self._send(mail)
        if was_used and not self._carried and answer.words.startswith("421 "):
            # The server ends a connection that it has had enough of; on a new one it may take the mail at once.
            answer = self._send(mail)
        self.seconds = time.monotonic() - began
        return answer

    def _send(self, mail: EmailMessage) -> Answer:
        try:
            self._connection.open()
        except Exception as error:
            self._hang_up()
            return _of_opening(error)
        mail.connection = self._connection
        self._carried += 1
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            if code == 421:
                self._hang_up()
            return _told(code, words)
        except Exception as error:
            self._hang_up()
            return _of_sending(error)
        return Answer(Fault.NONE)

    def _hang_up(self) -> None:
        self._carried = 0
        with contextlib.suppress(Exception):  # a server that answers our farewell with nonsense
            self._connection.close()


class Receipts:
    """What the server took and is not written yet.

    A worker that is killed sends that much again: nothing where the server takes its time, for each mail is written at
    once then; where it is quick, those of an instant, a handful at most.
    """

    MOST, INSTANT = 10, 0.02

    def __init__(self, write: Callable[[list[Any]], None]) -> None:
        self._write = write
        self._taken: list[Any] = []

    def __enter__(self) -> Receipts:
        return self

    def __exit__(self, *error: object) -> None:
        self.write()

    def add(self, message: object, seconds: float) -> None:
        """The server has taken this message, after so long."""
        self._taken.append(message)
        if seconds > self.INSTANT or len(self._taken) >= self.MOST:
            self.write()

    def write(self) -> None:
        """Write what is not written yet."""
        taken, self._taken = self._taken, []
        if taken:
            self._write(taken)


def _of_opening(error: Exception) -> Answer:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Answer(Fault.SENDER if error.smtp_code >= 500 else Fault.SERVER, _words(error))
    if isinstance(error, smtplib.SMTPNotSupportedError):  # STARTTLS or AUTH that the server does not offer
        return Answer(Fault.SENDER, _words(error))
    return Answer(Fault.SERVER, _words(error))


def _of_sending(error: Exception) -> Answer:
    if isinstance(error, smtplib.SMTPSenderRefused):
        return Answer(Fault.SENDER if error.smtp_code >= 500 else Fault.LATER, _words(error))
    if isinstance(error, smtplib.SMTPDataError):
        if error.smtp_code in ABOUT_THE_LOGIN:
            return Answer(Fault.SENDER, _words(error))
        return Answer(Fault.TEXT if error.smtp_code >= 500 else Fault.LATER, _words(error))
    if isinstance(error, (smtplib.SMTPException, OSError)):
        # A server that hangs would hang over the next mail too; smtplib tells a time-out as a lost connection.
        hung = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
        return Answer(Fault.SERVER if hung else Fault.LATER, _words(error))
    return Answer(Fault.TEXT, f"not made: {type(error).__name__}")


def _told(code: int, words: bytes | str) -> Answer:
    said = f"{code} {_readable(words)}"
    if code in ABOUT_THE_LOGIN:
        return Answer(Fault.SENDER, said)
    return Answer(Fault.ADDRESS if code >= 500 else Fault.LATER, said)


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_readable(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _readable(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
