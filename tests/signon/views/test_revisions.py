"""What changed in a text, for strangers and for who signed the earlier one."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from campaigns import amendments
from campaigns.models import Revision, RevisionText, Statement
from signon import tokens
from signon.models import SignOn
from tests.factories import DEMANDS, StatementFactory, accepted

pytestmark = pytest.mark.django_db


def amend(statement, body, *, title="Bread & Roses for all", at=None):
    revision = Revision.objects.create(statement=statement, number=statement.revisions.count() + 1)
    RevisionText(revision=revision, language="en").write(title=title, body=body)
    if at:
        Revision.objects.filter(pk=revision.pk).update(created_at=at)
    return revision


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


@pytest.fixture
def amended():
    statement = StatementFactory()
    accepted(statement=statement)
    accepted(statement=statement)
    amend(statement, DEMANDS.replace("End detention", "End <b>all</b> detention"))
    accepted(statement=Statement.objects.get(pk=statement.pk))
    return statement


def test_it_says_what_changed_and_who_stands_under_which_text_in_numbers_alone(client, amended):
    found = page(client, f"/statements/{amended.slug}/revisions/")
    assert [each.get_text().strip() for each in found.select(".changes.letter-text ins")] == ["<b>all</b>"]
    said = " ".join(found.main.get_text().split())
    assert "1 signatory stands under this text." in said
    assert "2 signatories stand under this earlier text." in said
    for text in RevisionText.objects.filter(revision__statement=amended):
        assert text.digest in said
    assert "Organization" not in said


def test_the_statement_s_page_says_that_it_was_amended(client, amended):
    found = page(client, f"/statements/{amended.slug}/")
    assert "The text was amended on" in found.select_one(".letter-foot").get_text()
    assert found.select_one(f'.timeline a[href="/statements/{amended.slug}/revisions/"]')


def test_what_conveners_read_before_it_was_public_is_not_shown(client):
    statement = StatementFactory(texts={"en": "Secret first words"})
    amend(statement, DEMANDS, at=timezone.now() - timedelta(days=2))
    assert amendments.amended_at(Statement.objects.get(pk=statement.pk)) is None
    assert "Secret first words" not in page(client, f"/statements/{statement.slug}/revisions/").get_text()
    assert "amended" not in page(client, f"/statements/{statement.slug}/").select_one(".letter-foot").get_text()


def test_a_long_passage_that_stayed_is_cut():
    statement = StatementFactory()
    first = statement.revision
    before = RevisionText(revision=first, language="fr")
    before.write(title="T", body="\n\n".join(f"Paragraph {number}." for number in range(9)))
    after = RevisionText(revision=amend(statement, DEMANDS), language="fr")
    after.write(title="T", body=before.body.replace("Paragraph 8", "Passage 8"))
    told = amendments.between(before, after)
    assert [kind for kind, _words in told.parts] == ["left_out", "same", "gone", "new", "same"]
    assert "Paragraph 7." in told.parts[1][1]
    assert "Paragraph 5." not in told.parts[1][1]


def test_who_signed_the_earlier_text_sees_what_changed_before_signing_the_new_one(client, amended):
    sign_on = SignOn.objects.filter(statement=amended).earliest("pk")
    found = page(client, f"/sign-ons/manage/{tokens.make(sign_on, tokens.MANAGE)}/")
    assert [each.get_text().strip() for each in found.select(".changes ins")] == ["<b>all</b>"]
