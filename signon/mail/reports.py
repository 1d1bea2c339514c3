"""What a mail in the bounce mailbox says: a delivery report (RFC 3464), a complaint (RFC 5965), an automatic answer.

Reads the mail alone; whether its keys are ours, and what follows, is signon.mail.bouncing's to decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Mail
from email.parser import HeaderParser

from signon.mail import envelope

BOUNCED, DELAYED, COMPLAINED = "bounced", "delayed", "complained"

# RFC 3463: class, subject, detail; and RFC 5321's three digits.
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_BASIC = re.compile(r"(?<![\d.])([45]\d\d)(?![\d.])")
# No such mailbox or domain, or given up. 5.4.1 and 5.5.0 are what big providers say for "no such user". Not here:
# full, too big, in a circle, too old, the sender's address, a fault of the text, what they think of us.
_OF_THE_MAILBOX = re.compile(r"5\.(1\.([0-46]|10)|2\.[01]|4\.[14]|5\.0)$")
_BASIC_OF_THE_MAILBOX = {"550", "551", "553"}

_TO_US = ["Delivered-To", "X-Original-To", "Envelope-To", "To"]


@dataclass(frozen=True)
class Report:
    """What may be our keys, the likeliest first, and what is said; an empty act asks for nothing."""

    keys: list[str]
    act: str = ""
    answer: str = ""


def read(mail: Mail) -> Report | None:
    """What is reported; None where it is no report, or has nothing like a key of ours in it.

    The address that it came to is believed before what it gives back of our mail.
    """
    keys = envelope.keys("\n".join(str(value) for name in _TO_US for value in mail.get_all(name, [])))
    automatic = str(mail.get("Auto-Submitted", "")).strip().lower().startswith("auto-replied")
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return Report(keys) if keys and automatic else None
    parts = [part for part in mail.get_payload() if isinstance(part, Mail)]
    keys = list(dict.fromkeys([*keys, *(key for part in parts for key in _given_back(part))]))
    if not keys:
        return None
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/feedback-report":
            types = {str(block.get("Feedback-Type", "")).strip().lower() for block in _blocks(part)}
            return Report(keys, "" if types == {"not-spam"} else COMPLAINED)
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            return _delivery(keys, list(_blocks(part)))
    return Report(keys) if automatic else None


def says_why(answer: str) -> bool:
    """Whether a server's answer holds a code to go by; 5.0.0 says no more than "failed"."""
    return bool(_enhanced(answer) or _BASIC.search(answer))


def is_about_the_mailbox(answer: str) -> bool:
    """Whether a server's answer to a failed mail says that the mailbox is not there, or is there no more."""
    if code := _enhanced(answer):
        return bool(_OF_THE_MAILBOX.match(code))
    basic = _BASIC.search(answer)
    return basic is not None and basic[1] in _BASIC_OF_THE_MAILBOX


def status(answer: str) -> str:
    """The first enhanced status code in an answer, empty where there is none."""
    found = _ENHANCED.search(answer)
    return found[1] if found else ""


def _enhanced(answer: str) -> str:
    return next((code for code in _ENHANCED.findall(answer) if not code.endswith(".0.0")), "")


def _given_back(part: Mail) -> list[str]:
    """Keys in the headers of our mail, as far as a report gives them back."""
    kind = part.get_content_type()
    if kind in ("text/rfc822-headers", "message/global-headers"):
        body = part.get_payload(decode=True)
        given = HeaderParser().parsestr((body.decode("utf-8", "replace") if isinstance(body, bytes) else "").lstrip())
        if not given.keys() and part.is_multipart():  # Python takes message/global-headers for a whole mail
            given = part.get_payload(0)  # type: ignore[assignment]
    elif kind in ("message/rfc822", "message/global") and part.is_multipart():
        given = part.get_payload(0)  # type: ignore[assignment]
    else:
        return []
    return envelope.keys(f"{given.get('Message-ID', '')}\n{given.get('Return-Path', '')}")


def _blocks(part: Mail) -> Iterator[Mail]:
    """A status's groups of fields. Python splits them for one type alone; for others they stand in the body."""
    for block in part.get_payload() if part.is_multipart() else []:
        if isinstance(block, Mail):
            yield block
            rest = block.get_payload()
            for text in re.split(r"\r?\n\r?\n", rest) if isinstance(rest, str) else []:
                if text.strip():
                    yield HeaderParser().parsestr(text.lstrip())


def _delivery(keys: list[str], blocks: list[Mail]) -> Report | None:
    """The worst that is said of any recipient: ours has one, whatever it was forwarded to."""
    said: dict[str, str] = {}
    for block in blocks:
        action = str(block.get("Action", "")).split("(")[0].strip().lower()
        code = status(str(block.get("Status", "")))
        words = str(block.get("Diagnostic-Code", "")).partition(";")[2].strip()
        # "5.0.0" says no more than "failed"; what the server said may.
        if code and not (code.endswith(".0.0") and says_why(words)) and code not in words:
            words = f"{code} {words}"
        if action:
            said.setdefault(action, words.strip())
    for action, act in (("failed", BOUNCED), ("delayed", DELAYED)):
        if action in said:
            return Report(keys, act, said[action] or action)
    return Report(keys) if said else None
