"""Local mode's mail server: real SMTP on loopback into a Maildir, which the page /mailbox/ shows.

`python -m config.local_mail` listens where EMAIL_URL says, or on the port that is its one argument.
"""

import asyncio
import contextlib
import email.policy
import mailbox
import os
import signal
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config import embedded

LONGEST_MESSAGE = 10 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class LocalMessage:
    """One stored mail; sender and recipients are the envelope's, the moment is UTC."""

    key: str
    subject: str
    sender: str
    recipients: list[str]
    received_at: datetime


@dataclass(frozen=True)
class OpenedMessage(LocalMessage):
    """One stored mail with its readable parts; `headers` in their order, decoded."""

    headers: list[tuple[str, str]]
    text: str
    html: str


def messages(folder: Path, limit: int | None = None) -> list[LocalMessage]:
    """The newest first; `limit` spares reading the others."""
    found: list[tuple[int, str, Path]] = []
    for name in ("new", "cur"):
        with contextlib.suppress(FileNotFoundError), os.scandir(folder / "mail" / name) as entries:
            found += [(entry.stat().st_mtime_ns, entry.name, Path(entry.path)) for entry in entries]
    found.sort(reverse=True)
    listed = []
    for _, name, path in found[:limit]:
        with contextlib.suppress(FileNotFoundError), path.open("rb") as file:  # deleted meanwhile
            parsed = BytesParser(policy=email.policy.default).parse(file, headersonly=True)
            listed.append(LocalMessage(**_envelope(name.split(":")[0], path, parsed)))
    return listed


def message(folder: Path, key: str) -> OpenedMessage:
    """One mail with its parts; KeyError where there is none of this key."""
    for path in (folder / "mail" / "new" / key, *(folder / "mail" / "cur").glob("*")):
        if path.name.split(":")[0] == key and path.parent.name in ("new", "cur") and path.is_file():
            break
    else:
        raise KeyError(key)
    with path.open("rb") as file:
        parsed = BytesParser(policy=email.policy.default).parse(file)
    return OpenedMessage(
        **_envelope(key, path, parsed),
        headers=[(name, str(value)) for name, value in parsed.items()],
        text=_part(parsed, "plain"),
        html=_part(parsed, "html"),
    )


def store(folder: Path, sender: str, recipients: list[str], content: bytes) -> str:
    """Write one mail to disk, there to stay, and return its key."""
    envelope = f"X-Envelope-From: {sender}\nX-Envelope-To: {', '.join(recipients)}\n".encode()
    box = mailbox.Maildir(folder / "mail")
    key = box.add(envelope + content.replace(b"\r\n", b"\n"))
    descriptor = os.open(folder / "mail" / "new", os.O_RDONLY)
    try:
        os.fsync(descriptor)  # the file itself is synced by mailbox, its name is not
    finally:
        os.close(descriptor)
    return key


def serve(folder: Path, port: int) -> None:
    """Take mail on 127.0.0.1 until SIGTERM or SIGINT."""
    asyncio.run(_serve(folder, port))


async def _serve(folder: Path, port: int) -> None:
    from aiosmtpd.smtp import SMTP, Envelope, Session

    class Storing:
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
            content = envelope.content if isinstance(envelope.content, bytes) else b""
            try:
                store(folder, envelope.mail_from or "", envelope.rcpt_tos, content)
            except OSError as error:
                print(f"A mail could not be stored: {error}", file=sys.stderr, flush=True)
                return "451 Could not be stored"
            return "250 Stored"

    def connection() -> SMTP:
        # Without a name of its own, the server would ask DNS for one at every connection.
        return SMTP(Storing(), data_size_limit=LONGEST_MESSAGE, enable_SMTPUTF8=True, hostname="localhost", loop=loop)

    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    server = await loop.create_server(connection, "127.0.0.1", port)
    await ended.wait()
    server.close()


def _envelope(key: str, path: Path, parsed: EmailMessage) -> dict[str, Any]:
    recipients = str(parsed.get("X-Envelope-To", ""))
    return {
        "key": key,
        "subject": str(parsed.get("Subject", "")),
        "sender": str(parsed.get("X-Envelope-From", "")),
        "recipients": [address for address in recipients.split(", ") if address],
        "received_at": datetime.fromtimestamp(path.stat().st_mtime, UTC),
    }


def _part(parsed: EmailMessage, kind: str) -> str:
    part = parsed.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except LookupError:  # a character set that Python does not know
        return bytes(part.get_payload(decode=True) or b"").decode(errors="replace")


def _port() -> int:
    port = int(sys.argv[1]) if len(sys.argv) > 1 else urlsplit(os.environ.get("EMAIL_URL", "")).port
    if not port:
        sys.exit("Which port? Set EMAIL_URL=smtp://127.0.0.1:<port>, or give the port as argument.")
    return port


if __name__ == "__main__":
    try:
        serve(embedded.folder(), _port())
    except OSError as error:
        sys.exit(f"The local mail server cannot start: {error}")
