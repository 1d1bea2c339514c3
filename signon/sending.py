"""One kept SMTP connection, and whose fault it is when the server does not take a mail (RFC 5321, 4.2)."""

from __future__ import annotations

import enum
import smtplib
from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMessage, get_connection

# Answers to our login: 530 and 538 ask for one, 534 and 535 refuse it (RFC 4954, 6).
ABOUT_THE_LOGIN = {530, 534, 535, 538}


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
    """A connection that is kept between mails, and opened anew after whatever broke it."""

    def __init__(self) -> None:
        self._connection: Any = get_connection()

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.close()

    def send(self, mail: EmailMessage) -> Answer:
        """Hand over one mail to one address; never raises for what a server may do."""
        try:
            self._connection.open()
        except Exception as error:
            self._connection.close()
            return _of_opening(error)
        mail.connection = self._connection
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            answer = _told(code, words)
            if code == 421:
                self._connection.close()
            return answer
        except Exception as error:
            self._connection.close()
            return _of_sending(error)
        return Answer(Fault.NONE)


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
        return Answer(Fault.LATER, _words(error))
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
