"""A real SMTP server inside a test: keeps what it takes, and answers as the test says."""

import socket
import threading
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MailServer:
    """`answer` is called with each recipient; what it returns is the server's answer, "" takes the mail.

    While `open_doors` is cleared, the server holds every message at its last moment and answers nothing.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[EmailMessage] = []
        self.answer: Callable[[str], str] = lambda recipient: ""
        self.open_doors = threading.Event()
        self.open_doors.set()
        self.held = threading.Event()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=20)

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *error):
        self.open_doors.set()
        self._controller.stop()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in list(self.mails) if mail["To"] == address]

    async def handle_RCPT(self, server: SMTP, session, envelope, address: str, options: list[str]) -> str:  # noqa: N802
        answer = self.answer(address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session, envelope) -> str:  # noqa: N802
        if not self.open_doors.is_set():
            self.held.set()
            while not self.open_doors.is_set():
                await server.loop.run_in_executor(None, self.open_doors.wait, 0.1)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


def links(mail: EmailMessage, part: str = "plain") -> list[str]:
    """The addresses in a mail's text (or HTML) part, in order."""
    import re

    text = mail.get_body((part,)).get_content()
    return re.findall(r"https?://[^\s\"'<>]+", text)
