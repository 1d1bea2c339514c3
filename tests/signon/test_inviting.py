"""Mailing the invited, reminding them, telling them of a new deadline."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.models import Statement
from signon import inviting, tasks
from signon.invitations import guest_lists, unreminded
from signon.mail import bouncing, dispatching, rendering
from signon.models import Invitation, InvitationWords, Inviting, Message, Suppression
from tests.factories import InvitationFactory, StatementFactory, UserFactory

pytestmark = pytest.mark.django_db


def planned(statement, **fields):
    return InvitationFactory(statement=statement, planned=True, **fields)


def send_all(statement):
    numbers = list(statement.invitations.planned().values_list("pk", flat=True))
    sent = guest_lists.send(statement, numbers, by=UserFactory())
    inviting.advance()
    return sent


def deliver():
    dispatching.deliver(dispatching.claim(limit=100, lane="bulk"))


def test_planned_invitations_are_mailed_once_in_their_contact_s_language(mailoutbox):
    statement = StatementFactory(texts={"en": "Bread", "fr": "Du pain"})
    one = planned(statement, language="fr")
    assert send_all(statement) == 1
    assert send_all(statement) == 0
    message = Message.objects.get()
    assert (message.kind, message.lane, message.to_address) == ("invitation", "bulk", one.email)
    deliver()
    assert "/fr/invitations/" in mailoutbox[0].body
    assert "Du pain" in mailoutbox[0].subject
    assert "List-Unsubscribe" in mailoutbox[0].extra_headers
    one.refresh_from_db()
    assert (one.state, one.mail_wanted_at, one.invited_at is None) == ("waiting", None, False)


def test_a_mail_holds_the_three_answers_and_nothing_that_tells_of_its_opening():
    statement = StatementFactory()
    planned(statement)
    InvitationWords.objects.create(statement=statement, language="en", words="We met **in Nairobi**.")
    send_all(statement)
    _subject, text, html = rendering.words(Message.objects.get())
    assert "Women in Migration Network invites Invited" in " ".join(text.split())
    assert "(New York time)" in " ".join(text.split())
    assert "We met **in Nairobi**." in text
    assert "<strong>in Nairobi</strong>" in html
    for part in (text, html):
        assert ("#will-not-sign" in part, "#question" in part, "/mail/unsubscribe/" in part) == (True, True, True)
    assert "<img" not in html
    assert "src=" not in html


def test_two_workers_compose_each_invitation_once():
    statement = StatementFactory()
    for _number in range(3):
        planned(statement)
    send_all(statement)
    Invitation.objects.update(mail_wanted_at=timezone.now())
    inviting.advance()
    assert Message.objects.count() == 6  # wanted anew, as for another address: under keys of their own
    assert Message.objects.values("key").distinct().count() == 6


def test_nothing_is_mailed_while_the_statement_takes_no_sign_ons():
    statement = StatementFactory(opens_at=timezone.now() + timedelta(days=1))
    planned(statement)
    assert send_all(statement) == 1
    assert Message.objects.count() == 0
    statement.opens_at = timezone.now() - timedelta(minutes=1)
    statement.save()
    inviting.advance()
    assert Message.objects.count() == 1


def test_a_mail_that_is_sent_late_tells_nobody_to_sign_what_is_closed(mailoutbox):
    statement = StatementFactory()
    planned(statement)
    send_all(statement)
    statement.state = "closed"
    statement.save()
    deliver()
    assert (Message.objects.get().state, mailoutbox) == ("canceled", [])


def test_a_bounce_shows_on_the_invitation_and_another_address_is_asked_instead():
    statement = StatementFactory()
    one = planned(statement)
    send_all(statement)
    deliver()
    bouncing.bounced(Message.objects.get(), permanent=True, answer="550 no such user")
    one.refresh_from_db()
    assert one.state == "bounced"
    assert inviting.readdress(one, contact_name="New", email="new@invited.example", language="en")
    inviting.advance()
    one.refresh_from_db()
    assert one.state == "waiting"
    assert list(Message.objects.order_by("pk").values_list("to_address", "state")) == [
        (Message.objects.order_by("pk")[0].to_address, "bounced"),
        ("new@invited.example", "queued"),
    ]


def test_a_mail_that_the_server_never_took_counts_as_bounced():
    statement = StatementFactory()
    one = planned(statement)
    send_all(statement)
    Message.objects.update(state="dead")
    inviting.advance()
    one.refresh_from_db()
    assert one.state == "bounced"


def test_an_address_is_moved_to_no_address_that_is_invited_already():
    one = InvitationFactory()
    other = InvitationFactory(statement=one.statement)
    with pytest.raises(inviting.Taken):
        inviting.readdress(one, contact_name="x", email=other.email.upper(), language="en")


def test_who_has_not_answered_is_reminded_twice_at_most():
    one = InvitationFactory()
    for state in ("signed", "refused", "asks", "bounced"):
        InvitationFactory(statement=one.statement, state=state, matched_by="staff", question="Why?")
    for expected in (1, 1, 0, 0):
        assert inviting.remind(one.statement) == expected
        Invitation.objects.exclude(reminded_at=None).update(reminded_at=timezone.now() - timedelta(days=30))
    assert Message.objects.filter(invitation=one, kind="invitation_reminder").count() == 2
    one.refresh_from_db()
    assert one.reminders == 2


def test_nobody_is_asked_again_within_three_days():
    one = InvitationFactory(invited_at=timezone.now() - timedelta(days=2))
    assert inviting.remind(one.statement) == 0
    Invitation.objects.update(invited_at=timezone.now() - timedelta(days=4))
    assert inviting.remind(one.statement) == 1
    assert inviting.remind(one.statement) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by_beat", [True, False])
def test_two_who_remind_at_once_remind_each_once(by_beat):
    statement = StatementFactory(closes_at=timezone.now() + timedelta(days=1))
    Inviting.objects.create(statement=statement, remind_before=5)
    for _number in range(20):
        InvitationFactory(statement=statement, reminders=1, reminded_at=timezone.now() - timedelta(days=9))
    begin, told = threading.Barrier(4, timeout=30), []

    def press():
        begin.wait()
        told.append(inviting.remind_due() if by_beat else inviting.remind(statement))
        connection.close()

    threads = [threading.Thread(target=press) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(told) == 20
    assert set(Invitation.objects.values_list("reminders", flat=True)) == {2}
    assert Message.objects.filter(kind="invitation_reminder").count() == 20


def test_beat_reminds_once_so_many_days_before_the_deadline():
    one = InvitationFactory(statement__closes_at=timezone.now() + timedelta(days=10))
    rule = Inviting.objects.create(statement=one.statement, remind_before=5)
    assert tasks.remind() == 0
    rule.statement.closes_at = timezone.now() + timedelta(days=4)
    rule.statement.save()
    assert [tasks.remind(), tasks.remind()] == [1, 0]
    Invitation.objects.update(reminded_at=timezone.now() - timedelta(hours=20))
    assert tasks.remind() == 0


def test_beat_reminds_nobody_where_no_days_are_set_or_the_deadline_has_passed():
    unset = InvitationFactory()
    Inviting.objects.create(statement=unset.statement)
    past = InvitationFactory(statement__closes_at=timezone.now() - timedelta(minutes=1))
    Inviting.objects.create(statement=past.statement, remind_before=5)
    assert tasks.remind() == 0


@pytest.mark.parametrize("reason", ["opted_out", "unsubscribed", "complained", "bounced", "by_hand"])
def test_who_wants_no_mail_is_neither_invited_nor_reminded_nor_told(reason):
    statement = StatementFactory()
    Suppression.objects.create(mailbox="asha@invited.example", reason=reason)
    planned(statement, email="Asha+x@invited.example")
    assert send_all(statement) == 0
    asked = InvitationFactory(email="asha@invited.example")
    assert (inviting.remind(asked.statement), inviting.tell_of_new_deadline(asked.statement)) == (0, 0)
    assert Message.objects.count() == 0


def test_an_opt_out_between_composing_and_sending_stops_the_mail(mailoutbox):
    statement = StatementFactory()
    one = planned(statement, email="asha@invited.example")
    send_all(statement)
    bouncing.opt_out("asha@invited.example")
    deliver()
    assert (Message.objects.get().state, mailoutbox) == ("suppressed", [])
    assert one.statement == statement


def test_an_opt_out_is_for_ever_and_for_all_statements():
    bouncing.opt_out("asha@invited.example")
    assert bouncing.lift("asha@invited.example", "opted_out") == 0
    bouncing.subscribe("asha@invited.example")
    for _number in range(2):
        statement = StatementFactory()
        planned(statement, email="asha@invited.example")
        assert send_all(statement) == 0


def test_who_opted_out_of_invitations_still_gets_what_a_signer_gets():
    from signon.mail import mailings
    from signon.models import Mailing
    from tests.factories import accepted

    bouncing.opt_out("asha@secret.example")
    signed = accepted(email="asha@secret.example", consent_updates=True)
    made = Mailing.objects.create(statement=signed.statement, created_by=UserFactory(), sign_on_states=["accepted"])
    assert mailings.count(made) == 1


def test_all_who_have_not_answered_are_told_of_a_new_deadline_once():
    one = InvitationFactory()
    asks = InvitationFactory(statement=one.statement, state="asks", question="Why?")
    for fields in ({"state": "refused"}, {"state": "signed", "matched_by": "staff"}, {"planned": True}):
        InvitationFactory(statement=one.statement, **fields)
    InvitationFactory(statement=one.statement, email="")
    assert [inviting.tell_of_new_deadline(one.statement) for _number in range(2)] == [2, 0]
    told = Message.objects.filter(kind="deadline_moved_invited")
    assert set(told.values_list("invitation", flat=True)) == {one.pk, asks.pk}
    one.statement.closes_at += timedelta(days=3)
    one.statement.save()
    assert inviting.tell_of_new_deadline(one.statement) == 2


def test_who_was_asked_stays_on_the_list_and_who_was_not_can_be_removed():
    asked = InvitationFactory()
    not_asked = [planned(asked.statement), InvitationFactory(statement=asked.statement, invited_at=None)]
    assert inviting.remove(asked.statement.invitations.all()) == len(not_asked)
    assert list(asked.statement.invitations.all()) == [asked]


def test_an_invitation_that_closing_canceled_is_offered_and_sent_once_it_is_open_again(mailoutbox):
    statement = StatementFactory()
    one = planned(statement)
    send_all(statement)
    statement.refresh_from_db()
    Statement.objects.update(state="closed", closes_at=timezone.now() - timedelta(minutes=1))
    deliver()
    assert (Message.objects.get().state, mailoutbox) == ("canceled", [])
    assert list(inviting.unsent(statement)) == [one]
    assert inviting.send_unsent(statement) == 0  # it is closed
    Statement.objects.update(state="open", closes_at=timezone.now() + timedelta(days=9))
    statement.refresh_from_db()
    assert inviting.told_of_new_deadline(statement).count() == 0  # of a mail that it never got
    assert [inviting.send_unsent(statement) for _press in range(2)] == [1, 0]
    inviting.advance()
    deliver()
    assert [mail.to for mail in mailoutbox] == [[one.email]]
    assert not inviting.unsent(statement).exists()


def test_who_is_not_reminded_is_told_of_with_the_reason():
    statement = StatementFactory()
    Suppression.objects.create(mailbox="out@x.example", reason="opted_out")
    now = timezone.now()
    rows = [
        InvitationFactory(statement=statement, **fields)
        for fields in (
            {},
            {"state": "signed", "matched_by": "staff"},
            {"state": "asks", "question": "Why?"},
            {"state": "bounced"},
            {"email": "out@x.example"},
            {"email": ""},
            {"invited_at": None},
            {"reminders": 2, "reminded_at": now - timedelta(days=5)},
            {"invited_at": now},
        )
    ]
    told = dict(unreminded.count(statement, [each.pk for each in rows]))
    assert list(told.values()) == [1] * 8
    assert list(told) == [
        "has answered", "asks a question", "its mail bounces", "wants no mail from us", "has no e-mail address",
        "its invitation was never sent", "was reminded twice", "was mailed less than three days ago",
    ]  # fmt: skip
