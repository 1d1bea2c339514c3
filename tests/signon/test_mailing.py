import socket
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from signon import mailing, signing, verifying
from signon.mail import asking, dispatching, rendering
from signon.models import Message, SignOn
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted
from tests.smtp import MailServer, free_port, links

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    with MailServer() as made:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_PORT = made.port
        yield made


def compose(sign_on=None, **fields):
    sign_on = sign_on or SignOnFactory()
    return mailing.compose("verification", key=f"verification:{sign_on.pk}", sign_on=sign_on, **fields)


def deliver():
    return dispatching.deliver(dispatching.claim())


def test_a_message_is_sent_and_accounted_for(server):
    message = compose()
    assert deliver() == 1
    message.refresh_from_db()
    assert (message.state, message.tries, message.sent_at is not None) == ("sent", 1, True)
    assert server.mails[0]["Message-ID"] == message.message_id


def test_composing_the_same_message_twice_is_impossible():
    sign_on = SignOnFactory()
    assert compose(sign_on)
    assert compose(sign_on) is None
    assert Message.objects.count() == 1


def test_two_claims_never_hold_the_same_message():
    compose()
    assert len(dispatching.claim()) == 1
    assert dispatching.claim() == []


def test_what_a_dead_worker_held_is_due_again_when_its_lease_has_ended(settings):
    compose()
    dispatching.claim()
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.MAIL_LEASE + 1), tick=False):
        assert [message.tries for message in dispatching.claim()] == [2]


def test_a_slow_worker_does_not_send_what_another_one_has(server, settings):
    compose()
    slow = dispatching.claim()
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.MAIL_LEASE + 1), tick=False):
        dispatching.claim()
        assert dispatching.deliver(slow) == 0
    assert server.mails == []


def test_a_temporary_refusal_is_tried_again_later(server):
    server.answer = lambda recipient: "450 4.7.1 Greylisted, come back later"
    message = compose()
    assert deliver() == 0
    message.refresh_from_db()
    assert (message.state, message.answer) == ("retrying", "450 4.7.1 Greylisted, come back later")
    assert timedelta(seconds=45) < message.due_at - timezone.now() < timedelta(seconds=75)


def test_waits_grow_and_end_after_three_days(server):
    server.answer = lambda recipient: "421 4.3.2 Try later"
    message = compose()
    waits = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        while True:
            deliver()
            message.refresh_from_db()
            if message.state != "retrying":
                break
            waits.append(message.due_at - timezone.now())
            clock.move_to(message.due_at)
        lived = timezone.now() - message.created_at
    assert message.state == "dead"
    assert waits[0] < waits[4] < waits[8] <= dispatching.LONGEST_WAIT * 1.2
    assert dispatching.GIVE_UP_AFTER < lived < dispatching.GIVE_UP_AFTER + dispatching.LONGEST_WAIT * 1.2


def test_a_final_refusal_of_the_recipient_ends_the_message(server):
    server.answer = lambda recipient: "550 5.1.1 No such user"
    message = compose()
    deliver()
    message.refresh_from_db()
    assert (message.state, message.answer) == ("dead", "550 5.1.1 No such user")


def test_a_server_that_is_not_there_is_a_temporary_failure(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = free_port()
    message = compose()
    deliver()
    message.refresh_from_db()
    assert (message.state, message.answer.split(":")[0]) == ("retrying", "ConnectionRefusedError")


def test_one_refused_message_does_not_hold_up_the_others(server):
    server.answer = lambda recipient: "550 No" if recipient == "gone@nowhere.example" else ""
    compose(SignOnFactory(email="gone@nowhere.example"))
    compose(SignOnFactory(email="there@somewhere.example"))
    assert deliver() == 1
    assert [sent["To"] for sent in server.mails] == ["there@somewhere.example"]


def test_many_messages_go_over_one_connection(server):
    peers = set()
    take = server._controller.handler.handle_DATA

    async def noting(smtp, session, envelope):
        peers.add(session.peer)
        return await take(smtp, session, envelope)

    server.handle_DATA = noting
    for _number in range(5):
        compose(SignOnFactory())
    assert (deliver(), len(peers)) == (5, 1)


def test_a_message_past_its_use_is_not_sent(server):
    message = compose(expires_at=timezone.now() - timedelta(seconds=1))
    deliver()
    message.refresh_from_db()
    assert (message.state, server.mails) == ("canceled", [])


def test_a_confirmed_sign_on_gets_no_more_verification(server):
    sign_on = SignOnFactory()
    message = compose(sign_on)
    sign_on.move("confirmed", confirmed_at=timezone.now())
    deliver()
    message.refresh_from_db()
    assert (message.state, server.mails) == ("canceled", [])


def test_an_undone_decision_is_never_mailed(server):
    sign_on = accepted()
    verifying.reopen(sign_on, by=UserFactory())
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        assert deliver() == 0
    assert server.mails == []


def test_a_decision_is_mailed_after_ten_minutes_and_not_before(server):
    accepted()
    assert deliver() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1), tick=False):
        assert deliver() == 1


# What a mail says


def sent_mail(kind="verification", **fields):
    sign_on = SignOnFactory(**fields)
    return rendering.render(mailing.compose(kind, key=f"{kind}:{sign_on.pk}", sign_on=sign_on))


def test_text_parts_are_text():
    made = sent_mail(organization_name="Seeds & Soil <Kenya>")
    assert "Bread & Roses for all" in made.subject
    assert "Seeds & Soil <Kenya>" in made.body
    assert "&amp;" not in made.subject + made.body


def test_html_parts_are_escaped():
    made = sent_mail(organization_name="Seeds & Soil <b>Kenya</b>")
    assert "Seeds &amp; Soil &lt;b&gt;Kenya&lt;/b&gt;" in made.alternatives[0].content


@pytest.mark.parametrize("kind", ["verification", "already_signed", "accepted", "declined"])
def test_every_mail_has_its_parts_and_headers(kind):
    made = sent_mail(kind, decision_reason="We could not reach you.")
    assert "Bread & Roses for all" in made.subject
    assert "\n" not in made.subject
    assert [alternative.mimetype for alternative in made.alternatives] == ["text/html"]
    message = made.message()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@testserver>")
    assert max(len(line) for line in message.as_bytes().splitlines()) < 998
    if kind == "declined":
        assert "We could not reach you." in made.body


def test_links_come_from_site_url_alone_and_lead_to_the_sign_on_s_own_language(server, settings):
    settings.SITE_URL = "https://sign.example.org"
    compose(SignOnFactory(language="fr"))
    deliver()
    found = links(server.mails[0])
    assert any(link.startswith("https://sign.example.org/fr/sign-ons/confirm/") for link in found)
    assert all(link.startswith("https://sign.example.org/") for link in found)


def test_a_line_break_in_a_title_cannot_inject_a_header(server):
    statement = StatementFactory(texts={"en": "Bread\r\nBcc: everybody@evil.example"})
    compose(SignOnFactory(statement=statement))
    deliver()
    assert server.mails[0]["Bcc"] is None


def test_an_account_s_mail_goes_through_the_outbox(client, server):
    UserFactory(email="staff@network.example")
    client.post("/accounts/password/reset/", {"email": "staff@network.example"})
    assert mail.outbox == []
    message = Message.objects.get()
    assert (message.kind, message.to_address, message.body) == ("password_reset", "staff@network.example", "")
    deliver()
    message.refresh_from_db()
    assert message.state == "sent"
    assert sum("/accounts/password/reset/key/" in link for link in links(server.mails[0])) == 1


def test_nothing_is_sent_in_a_request(client, server):
    signing.sign(
        statement=StatementFactory(),
        language="en",
        organization_name="A",
        email="a@b.example",
        representative_name="A",
    )
    assert server.mails == []


def test_a_server_that_accepts_and_hangs_is_a_temporary_failure(settings):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = silent.getsockname()[1], 0.2
        message = compose()
        deliver()
    message.refresh_from_db()
    assert message.state == "retrying"


def test_who_asks_for_links_without_a_sign_on_gets_no_mail(server):
    asking.mail_links("nobody@elsewhere.example", "en")
    assert deliver() == 0
    assert (Message.objects.get().state, server.mails) == ("canceled", [])


def test_links_to_own_sign_ons_come_in_one_mail_in_the_language_asked_in(server):
    sign_on = SignOnFactory(email="asha@secret.example")
    standing = accepted(email="asha@secret.example")
    Message.objects.all().delete()
    asking.mail_links("Asha@secret.example", "fr")
    assert deliver() == 1
    found = " ".join(links(server.mails[0]))
    assert "/fr/sign-ons/confirm/" in found
    assert "/fr/sign-ons/manage/" in found
    assert sign_on.statement.title in server.mails[0].get_body(("plain",)).get_content()
    assert standing.statement.title in server.mails[0].get_body(("plain",)).get_content()


def test_of_what_is_too_old_to_confirm_no_link_comes(server):
    SignOnFactory(email="asha@secret.example", expires_at=timezone.now() - timedelta(minutes=1))
    asking.mail_links("asha@secret.example", "en")
    assert deliver() == 0
    accepted(email="asha@secret.example")
    asking.mail_links("asha@secret.example", "en")
    deliver()
    assert [link for mail in server.mails for link in links(mail) if "/confirm/" in link] == []


@pytest.mark.parametrize("counts", ["and counts now", "It counts once"])
def test_who_stands_twice_is_told_that_they_count_once(server, counts):
    earlier = accepted()
    sign_on = accepted(statement=earlier.statement)
    sign_on.same_as = earlier if "once" in counts else None
    sign_on.save()
    Message.objects.all().delete()
    mailing.compose(Message.Kind.ACCEPTED, key="accepted", sign_on=sign_on)
    deliver()
    for kind in ("plain", "html"):
        assert counts in server.mails[0].get_body((kind,)).get_content().replace("\n", " ")


@pytest.mark.parametrize("address", ["v@\u0627a.org", "v@" + "\u00e9" * 63 + ".org"])
def test_an_address_that_no_mail_can_be_made_for_holds_up_no_other(server, address):
    """The form refuses these; should one get by, it ends alone."""
    bad, good = compose(SignOnFactory(email=address)), compose(SignOnFactory())
    assert deliver() == 1
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == ("dead", "sent")


def test_a_message_that_kills_its_workers_goes_to_the_end_and_is_given_up(settings):
    message = compose()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(dispatching.MOST_LEASES):
            assert len(dispatching.claim()) == 1
            clock.shift(timedelta(seconds=settings.MAIL_LEASE + 1))
            assert dispatching.claim(limit=0) == []
            clock.shift(timedelta(minutes=number))
        message.refresh_from_db()
    assert (message.state, message.answer) == ("dead", "its worker died")


def test_a_decision_taken_back_while_a_worker_holds_its_mail_is_not_sent(server):
    sign_on = accepted()
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        held = dispatching.claim()
        verifying.reopen(sign_on, by=UserFactory())
        assert dispatching.deliver(held) == 0
    assert (Message.objects.get().state, server.mails) == ("canceled", [])


def test_a_mail_that_is_no_longer_true_is_not_sent_on_a_later_try(server):
    server.answer = lambda recipient: "450 Later"
    sign_on = accepted()
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False) as clock:
        deliver()
        signing.withdraw(sign_on)
        Message.objects.update(state="retrying")  # as if the cancel had come between
        server.answer = lambda recipient: ""
        clock.shift(timedelta(minutes=5))
        assert deliver() == 0
    assert server.mails == []


def test_a_mail_whose_reader_was_erased_while_it_was_composed_is_not_sent_nor_kept(server):
    sign_on = accepted()
    message = mailing.compose("accepted", key="late", sign_on=sign_on, to=sign_on.email, language="en")
    SignOn.objects.filter(pk=sign_on.pk).update(email="")
    deliver()
    message.refresh_from_db()
    assert (message.state, message.to_address, message.mailbox) == ("canceled", "erased@invalid.invalid", "")
    assert server.mails == []


@pytest.mark.parametrize("spelling", ["v@\uff45xample.org", "v@ex\u00adample.org", "V@EXAMPLE.org", "v+1@example.org"])
def test_another_spelling_of_a_mailbox_is_the_same_mailbox(spelling):
    from signon.mail import addresses

    assert addresses.mailbox(addresses.clean(spelling)) == "v@example.org"


@pytest.mark.parametrize(
    "address", ['"v"@example.org', "v@\u0627a.org", "v@" + "\u00e9" * 63 + ".org", "v@", "@x.org", "v@x"]
)
def test_what_is_no_address_is_refused(address):
    from django.core.exceptions import ValidationError

    from signon.mail import addresses

    with pytest.raises(ValidationError):
        addresses.clean(address)


def test_a_look_alike_domain_is_another_address():
    from signon.mail import addresses

    assert addresses.clean("ceo@m\u0131crosoft.example") != addresses.clean("ceo@microsoft.example")


def test_a_password_reset_mails_no_stranger(client, server):
    client.post("/accounts/password/reset/", {"email": "stranger@elsewhere.example"})
    deliver()
    assert Message.objects.get().state == "canceled"
    assert server.mails == []
