"""Local mode's mail server: what it has taken is on disk, and the mailbox page can read it."""

import os
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from config import embedded, local_mail
from config.processes import wait

CHECKOUT = Path(embedded.__file__).resolve().parent.parent


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {"UNDERSIGNED_VAR": str(tmp_path), "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    process = subprocess.Popen([sys.executable, "-m", "config.local_mail"], cwd=CHECKOUT, env=environment)
    assert wait(lambda: answers(port), 30)
    yield process
    process.kill()
    process.wait()


def mail(subject: str = "Confirm your sign-on", text: str = "Dear Zoë,\n") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "Statements <statements@example.org>"
    message["To"] = "Zoë <zoe@example.org>"
    message.set_content(text)
    message.add_alternative("<p>Dear Zoë</p>", subtype="html")
    return message


@pytest.mark.usefixtures("server")
def test_a_mail_taken_over_smtp_is_listed_and_opened(tmp_path, port):
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.send_message(mail("Zoë & Cie"), "bounce@example.org", ["zoe@example.org", "b@example.org"])

    [listed] = local_mail.messages(tmp_path)
    opened = local_mail.message(tmp_path, listed.key)

    assert listed.subject == "Zoë & Cie"
    assert listed.sender == "bounce@example.org"
    assert listed.recipients == ["zoe@example.org", "b@example.org"]
    assert timedelta(0) <= datetime.now(UTC) - listed.received_at < timedelta(minutes=1)
    assert opened.text == "Dear Zoë,\n"
    assert opened.html == "<p>Dear Zoë</p>\n"
    assert ("To", "Zoë <zoe@example.org>") in opened.headers


@pytest.mark.usefixtures("server")
def test_many_mails_go_over_one_connection(tmp_path, port):
    with smtplib.SMTP("127.0.0.1", port) as client:
        for number in range(50):
            client.send_message(mail(f"Mail {number}"))

    assert [listed.subject for listed in local_mail.messages(tmp_path, limit=2)] == ["Mail 49", "Mail 48"]
    assert len(local_mail.messages(tmp_path)) == 50


@pytest.mark.usefixtures("server")
def test_a_mail_over_ten_megabytes_is_refused(tmp_path, port):
    with smtplib.SMTP("127.0.0.1", port) as client, pytest.raises(smtplib.SMTPException) as refused:
        client.sendmail("a@example.org", ["b@example.org"], b"x" * 76 + b"\r\n" * 5_500_000)

    assert refused.value.args[0] == 552
    assert local_mail.messages(tmp_path) == []


@pytest.mark.usefixtures("server")
def test_the_server_listens_on_loopback_alone(port):
    with socket.socket() as probe:
        probe.bind(("127.0.0.2", port))  # would be taken, did it listen everywhere


def test_the_server_stops_on_sigterm(server):
    server.terminate()

    assert server.wait(10) == 0


def test_a_forged_envelope_header_does_not_replace_the_real_one(tmp_path):
    message = mail()
    message["X-Envelope-To"] = "forged@example.org"

    key = local_mail.store(tmp_path, "a@example.org", ["real@example.org"], bytes(message))

    assert local_mail.message(tmp_path, key).recipients == ["real@example.org"]


def test_an_unknown_character_set_is_shown_as_far_as_it_goes(tmp_path):
    content = b"Subject: x\r\nContent-Type: text/plain; charset=klingon\r\n\r\nqapla'\r\n"

    key = local_mail.store(tmp_path, "a@example.org", ["b@example.org"], content)

    assert local_mail.message(tmp_path, key).text == "qapla'\n"


def test_no_mail_yet_is_an_empty_list(tmp_path):
    assert local_mail.messages(tmp_path) == []


@pytest.mark.parametrize("key", ["unknown", "", ".", "..", "../../secret", "new", "*", "/etc/passwd", "a\0b"])
def test_a_key_that_is_no_mails_is_a_key_error(tmp_path, key):
    (tmp_path / "secret").write_text("Subject: secret\n")
    local_mail.store(tmp_path, "a@example.org", ["b@example.org"], b"Subject: x\r\n\r\n")

    with pytest.raises(KeyError):
        local_mail.message(tmp_path, key)
