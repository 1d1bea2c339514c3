from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaigns.models import Revision, RevisionText, Statement
from campaigns.models.revision import canonical_text, digest_of
from campaigns.moments import zone_name
from tests.factories import StatementFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 8, 12, tzinfo=UTC)


def test_the_digest_is_of_the_canonical_text():
    assert canonical_text("en", "Bread", "One  \r\ntwo\r\n\r\n") == "en\n\nBread\n\nOne\ntwo\n"
    assert digest_of("en", "Bread", "One  \r\ntwo") == digest_of("en", "Bread", "One\ntwo\n")
    assert digest_of("en", "Cafe\u0301", "x") == digest_of("en", "Caf\u00e9", "x")
    assert digest_of("en", "Bread", "x") != digest_of("fr", "Bread", "x")


@pytest.mark.parametrize(
    ("hours", "phase"), [(-1, "before"), (0, "open"), (23.99, "open"), (24, "closed"), (48, "closed")]
)
def test_the_clock_opens_and_closes_to_the_moment(hours, phase):
    statement = Statement(state="open", opens_at=NOON, closes_at=NOON + timedelta(days=1))
    with time_machine.travel(NOON + timedelta(hours=hours), tick=False):
        assert (statement.phase(), statement.takes_sign_ons()) == (phase, phase == "open")


@pytest.mark.parametrize("state", ["draft", "circulating"])
def test_strangers_see_no_draft(state):
    StatementFactory(state=state)
    assert not Statement.objects.reachable().exists()


def test_a_withdrawn_statement_is_reachable_but_in_no_list(client):
    statement = StatementFactory(state="withdrawn")
    assert not Statement.objects.public().exists()
    page = client.get(statement.get_absolute_url())
    assert page.status_code == 200
    assert "End detention" not in page.content.decode()
    assert client.get(f"/statements/{statement.slug}/signatories/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"opens_at": timezone.now() + timedelta(days=1)}, "Not open yet"),
        ({}, "Open for sign-on"),
        ({"opens_at": None, "closes_at": timezone.now() - timedelta(days=1)}, "Closed for sign-on"),
        ({"state": "delivered"}, "Delivered"),
        ({"state": "answered"}, "Delivered and answered"),
        ({"state": "withdrawn"}, "This statement is withdrawn"),
    ],
)
def test_each_phase_has_its_own_honest_page(client, changes, words):
    page = client.get(StatementFactory(**changes).get_absolute_url()).content.decode()
    assert words in page
    assert ('id="sign-on-form"' in page) is (words == "Open for sign-on")


def test_the_deadline_is_told_in_the_statement_s_zone_and_for_machines_in_utc(client):
    statement = StatementFactory(opens_at=None, closes_at=datetime(2099, 7, 1, 21, 0, tzinfo=UTC))
    page = client.get(statement.get_absolute_url()).content.decode()
    assert 'datetime="2099-07-01T21:00:00Z"' in page
    assert "1 July 2099, 17:00" in page
    assert "New York time" in page


def test_a_zone_is_named_by_its_city_in_the_reader_s_language(client):
    from django.utils import translation

    assert zone_name("UTC") == "UTC"
    with translation.override("es"):
        assert "Nueva York" in zone_name("America/New_York")


def test_a_zone_that_does_not_exist_is_refused():
    statement = StatementFactory()
    statement.zone = "America/Atlantis"
    with pytest.raises(ValidationError, match="no time zone"):
        statement.full_clean()


def test_the_newest_revision_is_the_one_that_is_signed():
    statement = StatementFactory()
    second = Revision.objects.create(statement=statement, number=2)
    RevisionText(revision=second, language="en").write(title="Second", body="x")
    assert Statement.objects.get(pk=statement.pk).text().title == "Second"


def test_mending_a_frozen_translation_leaves_what_was_signed():
    statement = StatementFactory(texts={"en": "Bread", "fr": "Pian"})
    french = statement.text("fr")
    french.freeze()
    french.refresh_from_db()
    mended = french.mend(title="Pain", body=french.body)
    assert RevisionText.objects.get(pk=french.pk).title == "Pian"
    assert Statement.objects.get(pk=statement.pk).text("fr") == mended


def test_mending_a_translation_nobody_signed_changes_it_in_place():
    french = StatementFactory(texts={"en": "Bread", "fr": "Pian"}).text("fr")
    assert french.mend(title="Pain", body=french.body) == french
    assert french.title == "Pain"


def test_a_frozen_original_is_not_mended_but_amended():
    original = StatementFactory().text()
    original.freeze()
    original.refresh_from_db()
    with pytest.raises(ValueError, match="new revision"):
        original.mend(title="Other", body="x")


def test_an_arabic_text_reads_from_right_to_left_on_an_english_page(client):
    statement = StatementFactory()
    statement.revision.texts.all().delete()
    Revision.objects.update(original_language="ar")
    RevisionText(revision=statement.revision, language="ar").write(title="خبز", body="نص")
    page = client.get(statement.get_absolute_url()).content.decode()
    assert '<html lang="en" dir="ltr"' in " ".join(page.split())
    assert 'lang="ar" dir="rtl">خبز' in page


@pytest.mark.parametrize("statements", [1, 3])
def test_the_queries_of_the_list_do_not_grow_with_the_texts(client, statements, django_assert_num_queries):
    for _number in range(statements):
        StatementFactory(texts={"en": "Bread", "fr": "Pain"})
    with django_assert_num_queries(5):
        client.get("/statements/")
