"""A real SMTP server inside a test: keeps what it takes, and answers as the test says."""

import socket
import threading
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MailServer:
    """`answer` is called with each recipient; what it returns is the server's answer, "" takes the mail.

    While `open_doors` is cleared, the server holds each message whose recipient it `holds` at its last moment and
    answers nothing. Whom it `cuts` off it takes nothing from; where it `drops` the line it has taken the mail, and
    nobody hears of it. With a password, nobody else may send.
    """

    def __init__(self, *, password: str = "") -> None:
        self.port = free_port()
        self.password = password
        self.mails: list[EmailMessage] = []
        # When each was taken (time.monotonic), and how often somebody connected.
        self.taken_at: list[float] = []
        self.connections = 0
        self.answer: Callable[[str], str] = lambda recipient: ""
        self.answer_sender: Callable[[str], str] = lambda sender: ""
        self.holds: Callable[[str], bool] = lambda recipient: True
        self.cuts: Callable[[str], bool] = lambda recipient: False
        self.drops: Callable[[str], bool] = lambda recipient: False
        self.open_doors = threading.Event()
        self.open_doors.set()
        self.held = threading.Event()
        login = {"authenticator": self._log_in, "auth_require_tls": False} if password else {}
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=20, **login)

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

    def _log_in(self, server: SMTP, session, envelope, mechanism: str, given) -> AuthResult:
        return AuthResult(success=given.password == self.password.encode(), handled=False)

    async def handle_EHLO(self, server: SMTP, session, envelope, host: str, answers: list[str]) -> list[str]:  # noqa: N802
        self.connections += 1
        session.host_name = host
        return answers

    async def handle_MAIL(self, server: SMTP, session, envelope, address: str, options: list[str]) -> str:  # noqa: N802
        answer = self.answer_sender(address)
        if self.password and not session.authenticated:
            answer = "530 5.7.0 Authentication required"
        if answer:
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session, envelope, address: str, options: list[str]) -> str:  # noqa: N802
        answer = self.answer(address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session, envelope) -> str:  # noqa: N802
        if self.cuts(envelope.rcpt_tos[0]):
            server.transport.abort()
            return "421 Cut"
        if not self.open_doors.is_set() and self.holds(envelope.rcpt_tos[0]):
            self.held.set()
            while not self.open_doors.is_set():
                await server.loop.run_in_executor(None, self.open_doors.wait, 0.1)
        self.taken_at.append(time.monotonic())
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.drops(envelope.rcpt_tos[0]):
            server.transport.abort()
            return "421 Dropped"
        return "250 OK"


def links(mail: EmailMessage, part: str = "plain") -> list[str]:
    """The addresses in a mail's text (or HTML) part, in order."""
    import re

    text = mail.get_body((part,)).get_content()
    return re.findall(r"https?://[^\s\"'<>]+", text)
