import json
import logging
from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError
from django.utils import timezone

from signon import mailing, signing, tasks
from signon.mail import bouncing, dispatching, reports
from signon.models import Case, Message, Suppression
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted
from tests.imap import ImapServer
from tests.signon.mail.returned import automatic_answer, complaint, report
from tests.smtp import MailServer
from tests.tls import TlsFront, certificate

pytestmark = pytest.mark.django_db

GONE = "550 5.1.1 No such user"


@pytest.fixture
def server(settings):
    with MailServer() as made:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_PORT = made.port
        yield made


@pytest.fixture
def mailbox(settings):
    with ImapServer() as made:
        settings.INBOUND_URL = made.url
        yield made


def compose(kind="verification", sign_on=None, key="", **fields):
    sign_on = sign_on or SignOnFactory(**fields)
    return mailing.compose(kind, key=key or f"{kind}:{sign_on.pk}", sign_on=sign_on)


def sent(kind="verification", **fields):
    """A message that went out."""
    message = compose(kind, **fields)
    mailing.note(Message.objects.filter(pk=message.pk), "sent", "250", sent_at=timezone.now())
    message.refresh_from_db()
    return message


def now(message):
    message.refresh_from_db()
    return message.state


def stands():
    return list(Suppression.objects.filter(lifted_at=None).values_list("mailbox", "reason"))


# Verbs


def test_a_mailbox_that_is_gone_gets_no_more():
    message = sent(email="asha@secret.example")
    bouncing.bounced(message, permanent=True, answer=GONE)
    assert (now(message), message.answer, stands()) == ("bounced", GONE, [("asha@secret.example", "bounced")])


def test_a_full_mailbox_is_not_suppressed():
    message = sent()
    bouncing.bounced(message, permanent=False, answer="552 5.2.2 Mailbox full")
    assert (now(message), stands()) == ("bounced", [])


def test_the_same_report_twice_changes_nothing_twice():
    message = sent()
    Case.objects.create(sign_on=message.sign_on)
    before = []
    for _number in range(2):
        bouncing.bounced(message, permanent=True, answer=GONE)
        bouncing.complained(message)
        bouncing.delayed(message, answer="4.4.1 later")
        message.refresh_from_db()
        before.append((message.history, list(Suppression.objects.values()), list(Case.objects.values())))
    assert before[0] == before[1]


def test_a_delay_is_written_down_and_changes_no_state():
    message = sent()
    bouncing.delayed(message, answer="450 4.4.1 Connection timed out")
    assert now(message) == "sent"
    assert message.history[-1][2] == "450 4.4.1 Connection timed out"
    assert stands() == []


def test_a_history_has_an_end():
    message = sent()
    for number in range(100):
        bouncing.delayed(message, answer=f"450 {number}")
    message.refresh_from_db()
    assert len(message.history) == 50


@pytest.mark.parametrize("state", ["queued", "suppressed"])
def test_what_never_went_out_cannot_have_bounced(state):
    message = compose()
    Message.objects.update(state=state)
    bouncing.bounced(message, permanent=False, answer=GONE)
    assert now(message) == state


def test_a_tag_that_bounces_suppresses_nobody():
    message = sent(email="asha+petition@secret.example")
    bouncing.bounced(message, permanent=True, answer=GONE)
    assert (now(message), stands()) == ("bounced", [])


def test_a_tag_that_complains_is_its_mailbox():
    bouncing.complained(sent(email="Asha+petition@secret.example"))
    assert stands() == [("asha@secret.example", "complained")]


def test_a_bounce_shows_at_the_desk_beside_its_sign_on():
    message = sent()
    case = Case.objects.create(
        sign_on=message.sign_on, codes=["free_mail"], findings=[{"code": "free_mail", "facts": {"domain": "x.example"}}]
    )
    other = Case.objects.create(sign_on=SignOnFactory())
    bouncing.bounced(message, permanent=True, answer=GONE)
    case.refresh_from_db()
    other.refresh_from_db()
    assert case.codes == ["free_mail", "bounced_mail"]
    assert case.findings == [
        {"code": "free_mail", "facts": {"domain": "x.example"}},
        {"code": "bounced_mail", "facts": {"kind": "verification", "status": "5.1.1"}},
    ]
    assert (other.codes, other.findings) == ([], [])


def test_a_report_on_mail_from_before_it_was_lifted_says_nothing_new():
    old = sent(email="asha@secret.example")
    bouncing.bounced(old, permanent=True, answer=GONE)
    assert bouncing.lift("asha@secret.example", "bounced") == 1
    bouncing.bounced(old, permanent=True, answer=GONE)
    assert stands() == []
    bouncing.bounced(sent(email="asha@secret.example"), permanent=True, answer=GONE)
    assert stands() == [("asha@secret.example", "bounced")]


def test_a_wish_and_a_bounce_stand_side_by_side():
    message = sent(email="asha@secret.example")
    bouncing.unsubscribe("asha@secret.example")
    bouncing.bounced(message, permanent=True, answer=GONE)
    bouncing.subscribe("asha@secret.example")
    assert stands() == [("asha@secret.example", "bounced")]


# What goes out afterwards


def test_mail_to_a_bounced_mailbox_is_suppressed_while_what_somebody_asks_for_goes(server):
    gone = sent(email="asha@secret.example")
    bouncing.bounced(gone, permanent=True, answer=GONE)
    signatory = accepted(email="asha+2@secret.example")
    update, decision = compose("update", signatory), Message.objects.get(kind="accepted")
    Message.objects.update(due_at=timezone.now())
    signing.sign(
        statement=StatementFactory(), language="en", organization_name="A", email="asha@secret.example",
        representative_name="Asha",
    )  # fmt: skip
    for lane in ("transactional", "bulk"):
        dispatching.deliver(dispatching.claim(lane=lane))
    assert (now(update), now(decision), update.answer) == ("suppressed", "suppressed", "bounced")
    assert [mail["To"] for mail in server.mails] == ["asha@secret.example"]
    assert "confirm" in server.mails[0].get_body(("plain",)).get_content()


def test_a_bounce_that_comes_before_its_worker_has_written_stands(server):
    """The report overtakes the worker: what it then writes must not make a sent mail of it."""
    message = compose()
    held = dispatching.claim()
    bouncing.bounced(message, permanent=True, answer=GONE)
    dispatching._settle(held[0], "sent", "250", sent_at=timezone.now())
    assert now(message) == "bounced"


def test_a_bounce_of_a_mail_whose_worker_died_ends_it(server, settings):
    message = compose()
    dispatching.claim()
    bouncing.bounced(message, permanent=False, answer=GONE)
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.MAIL_LEASE + 1), tick=False):
        assert dispatching.deliver(dispatching.claim()) == 0
    assert (now(message), server.mails) == ("bounced", [])


def test_a_bounce_of_a_mail_that_waits_for_its_next_try_ends_it(server, settings):
    message = compose()
    dispatching.claim()
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.MAIL_LEASE + 1), tick=False):
        dispatching.claim(limit=0)
        assert now(message) == "retrying"
        bouncing.bounced(message, permanent=False, answer=GONE)
        assert dispatching.claim() == []
    assert now(message) == "bounced"


# The bounce mailbox


def test_what_comes_to_the_mailbox_is_accounted_for(mailbox):
    bounced, late, marked = sent(email="gone@secret.example"), sent(), sent(email="cross@secret.example")
    mailbox.put(report(bounced), report(late, "delayed", "4.4.1", ""), complaint(marked), automatic_answer(late))
    assert tasks.read_bounces() == 4
    assert (now(bounced), now(late), now(marked)) == ("bounced", "sent", "sent")
    assert sorted(stands()) == [("cross@secret.example", "complained"), ("gone@secret.example", "bounced")]
    assert mailbox.flags() == [{"\\Seen", "\\Answered"}] * 4


def test_what_is_accounted_for_is_not_read_again(mailbox, monkeypatch):
    mailbox.put(report(sent()), b"Subject: Hello\r\n\r\nA person writes.\r\n")
    read = []
    monkeypatch.setattr(reports, "read", lambda mail, read_one=reports.read: read.append(mail) or read_one(mail))
    assert (bouncing.read_mailbox(), bouncing.read_mailbox(), len(read)) == (1, 0, 2)


def test_what_is_not_understood_is_left_unread_with_a_star(mailbox):
    unknown = Message(message_id=f"<{'ab' * 16}@statements.example>", to_address="x@y.example")
    mailbox.put(
        report(unknown),
        b"Subject: Hello\r\n\r\nA person writes.\r\n",
        b"Content-Type: multipart/report; boundary=e\r\n\r\n--e\r\nContent-Type: message/delivery-status\r\n\r\n\xff",
        report(sent()),
    )
    assert bouncing.read_mailbox() == 1
    assert mailbox.flags() == [{"\\Flagged"}] * 3 + [{"\\Seen", "\\Answered"}]
    assert stands() == [(Message.objects.get().recipient, "bounced")]


def test_a_mail_that_breaks_the_parser_holds_up_no_other(mailbox, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    good = sent(email="gone@secret.example")
    mailbox.put(b"Subject: break me\r\n\r\nx\r\n", report(good))

    def fragile(mail, read_one=reports.read):
        if mail["Subject"] == "break me":
            raise ValueError("asha@secret.example")
        return read_one(mail)

    monkeypatch.setattr(reports, "read", fragile)
    assert bouncing.read_mailbox() == 1
    assert (now(good), mailbox.flags()[0]) == ("bounced", {"\\Flagged"})
    assert "A mail in the bounce mailbox could not be read: ValueError" in caplog.text
    assert "secret.example" not in caplog.text


def test_a_report_is_marked_after_it_is_written(mailbox, monkeypatch):
    """Where the database fails, it stays for the next time."""
    message = sent()
    mailbox.put(report(message))
    with monkeypatch.context() as broken:
        broken.setattr(bouncing, "bounced", lambda *given, **named: (_ for _ in ()).throw(OperationalError("gone")))
        with pytest.raises(OperationalError):
            bouncing.read_mailbox()
    assert mailbox.flags() == [set()]
    assert (bouncing.read_mailbox(), now(message)) == (1, "bounced")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("imap://a:b@127.0.0.1:1/", "ConnectionRefusedError"),
        ("imaps://a:b@127.0.0.1:1/", "ConnectionRefusedError"),
    ],
)
def test_a_mailbox_that_is_not_there_is_told_and_ends_nothing(settings, caplog, url, words):
    settings.INBOUND_URL = url
    assert bouncing.read_mailbox() == 0
    assert words in caplog.text


def test_a_refused_login_is_told_without_the_password(mailbox, settings, caplog):
    settings.INBOUND_URL = mailbox.url.replace("hush", "wrong-password")
    assert bouncing.read_mailbox() == 0
    assert "The bounce mailbox could not be read" in caplog.text
    assert "wrong-password" not in caplog.text


def test_a_server_without_a_certificate_gets_no_password(mailbox, settings, caplog):
    """STARTTLS is not offered by this server: a connection in clear must not do instead."""
    settings.INBOUND_URL = mailbox.url.replace("imap://", "imap+tls://")
    mailbox.put(report(sent()))
    assert bouncing.read_mailbox() == 0
    assert mailbox.flags() == [set()]
    assert "The bounce mailbox could not be read" in caplog.text


def test_only_a_server_with_a_good_certificate_gets_the_password(mailbox, settings, tmp_path, monkeypatch, caplog):
    message, pem = sent(), certificate(tmp_path)
    mailbox.put(report(message))
    with TlsFront(mailbox.port, pem) as front:
        settings.INBOUND_URL = mailbox.url.replace("imap://", "imaps://").replace(str(mailbox.port), str(front.port))
        assert bouncing.read_mailbox() == 0
        assert "SSLCertVerificationError" in caplog.text
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        assert bouncing.read_mailbox() == 1
    assert now(message) == "bounced"


def test_without_a_mailbox_there_is_nothing_to_read():
    assert tasks.read_bounces() == 0


def test_no_report_leaks_an_address_into_the_logs(mailbox, caplog):
    caplog.set_level(logging.DEBUG)
    first, second = sent(email="asha@secret.example"), sent(email="cross@secret.example")
    unknown = Message(message_id=f"<{'cd' * 16}@statements.example>", to_address="who@secret.example")
    mailbox.put(report(first), complaint(second), report(unknown), b"From: who@secret.example\r\n\r\nHi\r\n")
    assert bouncing.read_mailbox() == 2
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("signon")]
    assert ours == [f"Message {first.pk} bounced"]
    assert "secret.example" not in caplog.text


# The admin


@pytest.fixture
def staff(client):
    from signon.people import roles

    def logged_in(role):
        user = UserFactory()
        roles.give(user, role)
        client.force_login(user)

    return logged_in


ADMIN = "/admin/signon/suppression/"


def test_staff_find_a_mailbox_and_let_mail_go_there_again(client, staff):
    staff("campaign_manager")
    message = sent(email="asha@secret.example")
    bouncing.bounced(message, permanent=True, answer=GONE)
    bouncing.unsubscribe("other@secret.example")
    found = client.get(ADMIN, {"q": "asha@secret.example"}).content.decode()
    assert "asha@secret.example" in found
    assert "other@secret.example" not in found
    one = Suppression.objects.get(reason="bounced")
    done = client.post(ADMIN, {"action": "lift_chosen", "_selected_action": [one.pk]}, follow=True)
    assert "Mail goes to 1 address again." in done.content.decode()
    assert stands() == [("other@secret.example", "unsubscribed")]
    assert "lifted" in json.dumps(list(one_s_log(one)))


def one_s_log(one):
    from django.contrib.admin.models import LogEntry

    return LogEntry.objects.filter(object_id=one.pk).values_list("change_message", flat=True)


def test_staff_add_a_mailbox_by_hand_once(client, staff):
    staff("campaign_manager")
    for _number in range(2):
        page = client.post(f"{ADMIN}add/", {"mailbox": "Asha+News@Secret.example"}, follow=True)
    assert "on the list already" in page.content.decode()
    assert stands() == [("asha@secret.example", "by_hand")]


@pytest.mark.parametrize("state", ["yes", "no"])
def test_the_list_tells_what_stands_from_what_was_lifted(client, staff, state):
    staff("auditor")
    bouncing.unsubscribe("stands@secret.example")
    bouncing.unsubscribe("lifted@secret.example")
    bouncing.subscribe("lifted@secret.example")
    page = client.get(ADMIN, {"stands": state}).content.decode()
    assert ("stands@secret.example" in page, "lifted@secret.example" in page) == (state == "yes", state == "no")


def test_who_verifies_looks_and_lifts_nothing(client, staff):
    staff("verifier")
    bouncing.unsubscribe("asha@secret.example")
    one = Suppression.objects.get()
    assert client.get(f"{ADMIN}{one.pk}/change/").status_code == 200
    assert client.get(f"{ADMIN}add/").status_code == 403
    client.post(ADMIN, {"action": "lift_chosen", "_selected_action": [one.pk]})
    assert stands() == [("asha@secret.example", "unsubscribed")]


def test_who_has_no_role_for_it_sees_none(client, staff):
    staff("editor")
    assert client.get(ADMIN).status_code == 403
