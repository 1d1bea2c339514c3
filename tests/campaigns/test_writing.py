import pytest
from django.utils import timezone

from campaigns import writing
from campaigns.models import Revision, RevisionText, Statement
from tests.factories import DEMANDS, CampaignFactory, StatementFactory

pytestmark = pytest.mark.django_db


def text_of(statement, language="en"):
    revision = Revision.objects.filter(statement=statement).order_by("-number").first()
    return RevisionText.objects.get(revision=revision, language=language, replaced_at=None)


def save(statement, language="en", *, seen=None, agreed=False, **words):
    given = {"title": "T", "lead": "L", "body": "B"} | words
    seen = writing.mark_of(text_of(statement, language)) if seen is None else seen
    return writing.save(statement, language, seen=seen, agreed=agreed, **given)


def test_a_blank_draft_has_a_title_and_is_seen_by_nobody():
    campaign = CampaignFactory()
    made = writing.begin(title="New call!", campaign=campaign, language="fr", languages=["fr", "en"])
    assert (made.slug, made.state, made.languages) == ("new-call", "draft", ["en"])
    assert (text_of(made, "fr").title, made.text_languages) == ("New call!", ["fr", "en"])
    assert not Statement.objects.reachable().exists()


@pytest.mark.parametrize(("title", "slug"), [("Call", "call-2"), ("New", "new-2"), ("دعوة", "statement")])
def test_a_short_name_is_free_and_is_never_that_of_a_page(title, slug):
    StatementFactory(slug="call")
    assert writing.begin(title=title, campaign=None, language="en").slug == slug


def test_an_earlier_statement_gives_words_and_settings_and_no_moment():
    earlier = StatementFactory(
        texts={"en": "Old", "fr": "Vieux"}, accepts_individuals=True, languages=["es"], state="closed"
    )
    made = writing.begin(title="Next", campaign=earlier.campaign, language="en", languages=["fr"], like=earlier)
    made.refresh_from_db()
    assert (made.state, made.opens_at, made.closes_at, made.zone) == ("draft", None, None, "America/New_York")
    assert (made.accepts_individuals, made.addressee, made.languages) == (True, "The General Assembly", ["fr"])
    assert [(text.title, text.body, text.frozen_at) for text in made.revision.current_texts] == [
        ("Next", DEMANDS, None), ("Vieux", DEMANDS, None),
    ]  # fmt: skip


def test_a_setting_that_is_left_stays_as_a_new_statement_has_it():
    earlier = StatementFactory(accepts_on_strong_evidence=True)
    common = {"title": "A", "campaign": None, "language": "en", "like": earlier}
    assert writing.begin(**common).accepts_on_strong_evidence
    assert not writing.begin(**common, leaving=["accepts_on_strong_evidence"]).accepts_on_strong_evidence


def test_an_unsigned_text_changes_in_place_and_a_new_language_is_added():
    statement = StatementFactory()
    before = text_of(statement)
    assert save(statement, title="Mended").pk == before.pk
    assert save(statement, "fr", seen="new", title="Traduit").revision_id == before.revision_id


def test_whoever_saves_over_another_s_words_is_told_and_changes_nothing():
    statement = StatementFactory()
    seen = writing.mark_of(text_of(statement))
    save(statement, title="The first to save")
    with pytest.raises(writing.Conflict) as conflict:
        save(statement, seen=seen, title="The second")
    assert conflict.value.current.title == "The first to save"
    with pytest.raises(writing.Conflict):
        save(statement, "en", seen="new")
    assert text_of(statement).title == "The first to save"


def test_a_changed_lead_is_a_change_that_another_editor_meets():
    statement = StatementFactory()
    seen = writing.mark_of(text_of(statement))
    before = text_of(statement)
    save(statement, title=before.title, body=before.body, lead="Another")
    with pytest.raises(writing.Conflict):
        save(statement, seen=seen)


def test_a_signed_original_is_amended_by_a_new_revision_and_only_when_that_is_wanted():
    statement = StatementFactory(texts={"en": "A", "fr": "B"})
    text_of(statement).freeze()
    with pytest.raises(writing.NotAgreed):
        save(statement)
    amended = save(statement, agreed=True)
    assert (amended.revision.number, amended.body, amended.frozen_at) == (2, "B", None)
    assert {each.language for each in amended.revision.texts.all()} == {"en"}
    assert writing.earlier_text(statement, "fr").title == "B"


def test_a_signed_translation_is_replaced_and_stays_with_those_who_signed_it():
    statement = StatementFactory(texts={"en": "A", "fr": "B"})
    old = text_of(statement, "fr")
    old.freeze()
    with pytest.raises(writing.NotAgreed):
        save(statement, "fr")
    mended = save(statement, "fr", agreed=True)
    old.refresh_from_db()
    assert (mended.pk != old.pk, old.title, old.replaced_at is not None) == (True, "B", True)


def test_the_lead_of_a_signed_text_changes_without_an_amendment():
    statement = StatementFactory()
    text = text_of(statement)
    text.freeze()
    save(statement, title=text.title, body=text.body, lead="A better lead.")
    text.refresh_from_db()
    assert (text.lead, text.frozen_at is not None) == ("A better lead.", True)
    assert Revision.objects.count() == 1


def test_a_text_that_is_signed_while_it_is_edited_is_not_changed_in_silence():
    statement = StatementFactory()
    seen = writing.mark_of(text_of(statement))
    RevisionText.objects.update(frozen_at=timezone.now())
    with pytest.raises(writing.NotAgreed):
        save(statement, seen=seen)
