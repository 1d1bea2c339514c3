"""Pages that stay, lists of statements, campaigns."""

import pytest
from bs4 import BeautifulSoup

from tests.campaigns.pieces import a_document, a_page, a_post, an_event
from tests.factories import CampaignFactory, StatementFactory

pytestmark = pytest.mark.django_db


def text(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(BeautifulSoup(answer.content, "html.parser").main.get_text().split())


def test_a_page_shows_its_words(client):
    page = a_page({"en": ("Imprint", "Published by **us**.")})
    assert text(client, page.get_absolute_url()) == "Imprint Published by us."


def test_a_draft_is_not_found(client):
    assert client.get(a_page(published_at=None).get_absolute_url()).status_code == 404


def test_the_list_of_statements_has_open_ones_and_past_ones(client):
    StatementFactory(texts={"en": "Open"})
    StatementFactory(texts={"en": "Over"}, state="closed")
    StatementFactory(texts={"en": "Draft"}, state="draft")
    page = BeautifulSoup(client.get("/statements/").content, "html.parser")
    assert [each.get_text(strip=True) for each in page.select("[aria-labelledby=open-statements] h3")] == ["Open"]
    assert [each.get_text(strip=True) for each in page.select("[aria-labelledby=past-statements] h3")] == ["Over"]


def test_a_campaign_gathers_statements_posts_events_and_documents(client):
    campaign = CampaignFactory()
    StatementFactory(campaign=campaign, texts={"en": "A statement"})
    a_post({"en": "A post"}, campaign=campaign)
    an_event({"en": "An event"}, campaign=campaign)
    a_document("A document", campaign=campaign)
    a_post({"en": "Draft post"}, campaign=campaign, published_at=None)
    a_document("Draft document", campaign=campaign, published_at=None)
    a_post({"en": "Of no campaign"})
    page = text(client, campaign.get_absolute_url())
    assert all(words in page for words in ("A statement", "A post", "An event", "A document"))
    assert not any(words in page for words in ("Draft post", "Draft document", "Of no campaign"))


def test_a_campaign_with_a_post_alone_has_a_page_and_one_with_drafts_alone_has_none(client):
    told, quiet = CampaignFactory(), CampaignFactory()
    a_post({"en": "A post"}, campaign=told)
    a_post(campaign=quiet, published_at=None)
    assert "A post" in text(client, told.get_absolute_url())
    assert client.get(quiet.get_absolute_url()).status_code == 404
