"""A campaign's mail comes from its own sender; a test mail goes to who asks."""

from email.utils import parseaddr

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import senders as campaign_senders
from signon import mailing
from signon.mail import dispatching, sender_trials, senders
from signon.mail.rendering import render
from signon.models import Message
from tests.factories import CampaignFactory, SignOnFactory, StatementFactory, UserFactory

pytestmark = pytest.mark.django_db
CHOSEN = {"sender_name": "Roses, & Bread", "sender_address": "roses@campaign.example", "reply_address": "us@c.example"}


def composed(sign_on):
    with transaction.atomic():
        return mailing.compose(Message.Kind.VERIFICATION, key=f"verification:{sign_on.pk}", sign_on=sign_on)


def test_a_campaign_s_mail_is_from_its_sender_and_answers_go_where_it_says():
    sign_on = SignOnFactory()
    campaign_senders.change(sign_on.statement.campaign, **CHOSEN)
    mail = render(composed(sign_on))
    assert parseaddr(mail.extra_headers["From"]) == ("Roses, & Bread", "roses@campaign.example")
    assert mail.message()["Reply-To"] == "us@c.example"
    assert mail.from_email == parseaddr(settings.DEFAULT_FROM_EMAIL)[1]  # where returned mail goes stays
    other = render(composed(SignOnFactory()))
    assert other.extra_headers["From"] == settings.DEFAULT_FROM_EMAIL
    assert "Reply-To" not in other.extra_headers


def test_where_the_campaign_chose_nothing_the_installation_s_stands_as_it_was_written(settings):
    settings.DEFAULT_FROM_EMAIL = "Bread, Inc. <n@bread.example>"
    assert render(composed(SignOnFactory())).extra_headers["From"] == settings.DEFAULT_FROM_EMAIL


def test_a_part_of_it_stands_beside_the_installation_s():
    sign_on = SignOnFactory()
    campaign_senders.change(sign_on.statement.campaign, sender_name="Roses", sender_address="", reply_address="")
    assert parseaddr(render(composed(sign_on)).extra_headers["From"]) == (
        "Roses",
        parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
    )


def test_no_name_adds_a_header():
    sign_on = SignOnFactory()
    name = "Roses\r\nBcc: everybody@secret.example"
    campaign_senders.change(sign_on.statement.campaign, **CHOSEN | {"sender_name": name})
    sent = render(composed(sign_on)).message()
    assert sent["Bcc"] is None
    assert parseaddr(sent["From"])[1] == "roses@campaign.example"


def test_a_test_mail_is_from_the_campaign_s_sender_to_who_asks():
    campaign, user = CampaignFactory(), UserFactory()
    campaign_senders.change(campaign, **CHOSEN)
    with transaction.atomic():
        message = sender_trials.send(campaign, user=user)
    mail = render(message)
    assert mail.to == [user.email]
    assert parseaddr(mail.extra_headers["From"])[1] == "roses@campaign.example"
    assert campaign.title in mail.subject


def test_a_mail_of_no_campaign_is_the_installation_s():
    sign_on = SignOnFactory(statement__campaign=None)
    assert render(composed(sign_on)).extra_headers["From"] == settings.DEFAULT_FROM_EMAIL


def test_who_messages_that_go_together_are_from_is_read_once(mailoutbox):
    statement = StatementFactory()
    campaign_senders.change(statement.campaign, **CHOSEN)
    for _ in range(5):
        composed(SignOnFactory(statement=statement))
    with CaptureQueriesContext(connection) as asked:
        assert dispatching.deliver(dispatching.claim(5)) == 5
    assert len([each for each in asked if 'FROM "campaigns_campaign"' in each["sql"]]) == 1
    assert {parseaddr(mail.extra_headers["From"])[1] for mail in mailoutbox} == {"roses@campaign.example"}


def test_messages_about_a_statement_come_with_its_campaign(django_assert_num_queries):
    statement = StatementFactory()
    campaign_senders.change(statement.campaign, **CHOSEN)
    with transaction.atomic():
        for number in range(3):
            mailing.compose(
                "not_opened", key=str(number), statement=statement, to=f"n{number}@c.example", language="en"
            )
    fresh = dispatching._look_again(dispatching.claim(3), timezone.now()).values()
    assert len(fresh) == 3
    with django_assert_num_queries(0):
        assert {parseaddr(senders.headers(each)["From"])[1] for each in fresh} == {"roses@campaign.example"}
