from email import message_from_bytes
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signon.mail import reports
from tests.signon.mail.returned import automatic_answer, complaint, report

KEY = "0123456789abcdef" * 2
MESSAGE = SimpleNamespace(
    bounce_key=KEY, message_id=f"<{KEY}@statements.example>", to_address="asha@secret.example", pk=1
)


def read(raw):
    return reports.read(message_from_bytes(raw))


def test_a_delivery_report_says_what_became_of_which_mail():
    assert read(report(MESSAGE)) == reports.Report([KEY], "bounced", "550 5.1.1 No such user")


def test_a_delay_is_no_bounce():
    found = read(report(MESSAGE, "delayed", "4.4.1", "450 4.4.1 Connection timed out"))
    assert (found.act, found.answer) == ("delayed", "450 4.4.1 Connection timed out")


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_of_success_asks_for_nothing(action):
    assert read(report(MESSAGE, action, "2.0.0", "250 OK")).act == ""


def test_the_mail_given_back_names_itself_where_the_return_path_was_lost():
    assert read(report(MESSAGE, to="postmaster@network.example")).keys == [KEY]


def test_a_whole_mail_given_back_names_itself_too():
    raw = report(MESSAGE, to="postmaster@network.example").replace(b"text/rfc822-headers", b"message/rfc822")
    assert read(raw).keys == [KEY]


def test_a_forwarder_s_rewriting_of_the_return_path_keeps_the_key():
    """SRS: the address that a forwarder puts in place of ours."""
    rewritten = f"SRS0=HHH=TT=network.example=bounces+{KEY}@forwarder.example"
    assert read(report(MESSAGE, to=rewritten, given_back="")).keys == [KEY]


@pytest.mark.parametrize("kind", [b"message/global-delivery-status", b"message/delivery-status"])
def test_international_reports_are_read_alike(kind):
    raw = report(MESSAGE, said="550 5.1.1 Ünbekannt").replace(b"message/delivery-status", kind)
    found = read(raw.replace(b"text/rfc822-headers", b"message/global-headers"))
    assert (found.act, found.keys) == ("bounced", [KEY])


def test_the_worst_that_is_said_of_a_recipient_counts():
    raw = report(MESSAGE).replace(
        b"Action: failed",
        b"Action: delivered\r\nStatus: 2.0.0\r\n\r\nFinal-Recipient: rfc822; x@y.example\r\nAction: failed",
    )
    assert read(raw).act == "bounced"


def test_a_complaint_names_the_mail_that_it_is_about():
    found = read(complaint(MESSAGE))
    assert (found.act, found.keys) == ("complained", [KEY])
    assert read(complaint(MESSAGE, "not-spam")).act == ""


def test_an_automatic_answer_asks_for_nothing():
    assert read(automatic_answer(MESSAGE)) == reports.Report([KEY])


def test_a_person_s_answer_is_left_for_people():
    assert read(automatic_answer(MESSAGE).replace(b"Auto-Submitted: auto-replied\r\n", b"")) is None


def test_a_report_without_a_key_is_left_for_people():
    assert read(report(MESSAGE, to="bounces@network.example", given_back="Subject: Spam\r\n")) is None


@pytest.mark.parametrize(
    ("answer", "gone"),
    [
        ("550 5.1.1 No such user", True),
        ("smtp; 550-5.1.1 The email account that you tried to reach does not exist. 192.0.2.5", True),
        ("550 5.4.1 Recipient address rejected: Access denied", True),
        ("5.1.2 Host or domain name not found", True),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound", True),
        ("550 5.2.1 The account is disabled", True),
        ("5.0.0 550 Mailbox unavailable", True),
        ("550 No such user here", True),
        ("552 5.2.2 Mailbox full", False),
        ("554 5.7.1 Rejected as spam", False),
        ("550 5.7.1 Unauthenticated mail from your domain is not accepted", False),
        ("550 5.1.8 Sender address rejected", False),
        ("5.4.7 Delivery expired", False),
        ("450 4.2.1 Try later", False),
        ("554 Transaction failed", False),
        ("5.0.0", False),
        ("failed", False),
        ("", False),
        ("see 192.0.550.1", False),
    ],
)
def test_only_what_says_that_the_mailbox_is_gone_is_about_the_mailbox(answer, gone):
    assert reports.is_about_the_mailbox(answer) is gone


@pytest.mark.parametrize("cut", [b"--edge--\r\n", b"Action: failed\r\n", b'; boundary="edge"'])
def test_a_broken_report_ends_no_reader(cut):
    read(report(MESSAGE).replace(cut, b""))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Content-Type: multipart/report\r\n\r\nno parts",
        b"Content-Type: multipart/report; boundary=e\r\n\r\n--e\r\nContent-Type: message/delivery-status\r\n\r\n",
        b'Content-Type: multipart/report; boundary="\xe9"\r\nTo: =?utf-9?q?x?=\r\n\r\n',
        b"To: " + b"a" * 200_000 + b"\r\n\r\n",
        b"To: " + b"0123456789abcdef" * 20_000 + b"@x\r\n\r\n",
    ],
)
def test_junk_is_left_for_people(raw):
    assert read(raw) is None


@given(st.data())
def test_no_damage_to_a_report_ends_its_reader(data):
    raw = bytearray(report(MESSAGE))
    for _number in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    read(bytes(raw))
