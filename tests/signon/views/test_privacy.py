"""The privacy page says what the settings say."""

from datetime import timedelta

import pytest
from django.conf import settings as current
from django.urls import reverse
from django.utils import timezone

from signon.models import Webhook
from signon.statements import time_to_confirm
from tests.campaigns.pieces import a_page
from tests.factories import StatementFactory, UserFactory

pytestmark = pytest.mark.django_db


def words(client, path="/privacy/"):
    return " ".join(client.get(path).content.decode().split())


def test_the_page_changes_with_the_settings(client, settings):
    before = words(client)
    assert f"is kept for {current.CONTACT_DAYS} days after the statement has closed" in before
    settings.CONTACT_DAYS, settings.REGISTRATION_DAYS, settings.ATTACHMENT_DAYS = 41, 43, 47
    settings.CONFIRM_AFTER_CLOSING_HOURS = 0
    settings.NETWORK_LIMIT = "7/hour"
    after = words(client)
    assert "is kept for 41 days after the statement has closed" in after
    assert "is erased 43 days after it" in after
    assert "go 47 days after the statement has closed" in after
    assert "After a statement has closed you may confirm" in before
    assert "After a statement has closed you may confirm" not in after
    assert "When more than 7 an hour come from one network" in after


def test_what_waits_for_a_later_closing_is_not_said_to_go_after_thirty_days(client):
    statement = StatementFactory(closes_at=timezone.now() + timedelta(days=100))
    assert time_to_confirm.end_of_waiting(statement) > timezone.now() + timedelta(days=100)
    assert "Where the statement closes later, it is kept until the time to confirm ends." in words(client)


def test_what_is_switched_on_is_told(client, settings):
    before = words(client)
    assert "there are no webhooks" in before
    assert "Reports of errors go nowhere." in before
    Webhook.objects.create(url="https://hook.example/", created_by=UserFactory())
    settings.OPENID_CONNECT_NAME, settings.MAIL_PROVIDER, settings.INBOUND_URL = (
        "id.example.org",
        "postmark",
        "imaps://x",
    )
    settings.SENTRY_DSN = "https://key@errors.example/1"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    after = words(client)
    for told in ("Other programs are told", "You may sign in by id.example.org", "sent by postmark", "comes back to a",
                 "Reports of errors go to a service", "on another server (S3)"):  # fmt: skip
        assert told in after, told
        assert told not in before, told


def test_statements_with_a_time_of_their_own_are_told(client):
    StatementFactory(contact_days=30)
    StatementFactory(contact_days=700)
    assert "from 30 to 700 days" in words(client)


def test_the_network_s_own_words_stand_above_it(client):
    a_page({"en": "How we treat your data"}, slug="privacy")
    page = words(client)
    assert page.index("How we treat your data</h1>") < page.index("What this site keeps, and how long")


def test_every_page_links_to_it(client):
    foot = words(client, "/fr/").partition("<footer")[2]
    assert 'href="/fr/privacy/"' in foot
    assert f'href="{reverse("your-data").replace("/privacy", "/fr/privacy")}"' in foot


def test_who_reads_the_network_s_words_in_another_language_than_the_page_s_is_told(client):
    a_page({"en": "Our privacy"}, slug="privacy")
    assert "Vous lisez l’original" in words(client, "/fr/privacy/")
    assert "You read the original" not in words(client)
