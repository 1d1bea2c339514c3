"""Search over what is published, in each language's own words."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone, translation

from campaigns import searching
from campaigns.models import Revision, RevisionText, Statement
from tests.campaigns.pieces import a_page, a_post, an_event
from tests.factories import StatementFactory

pytestmark = pytest.mark.django_db


def titles(query, **options):
    return [
        each.title.replace("<mark>", "").replace("</mark>", "") for each in searching.find(query, **options).results
    ]


def test_every_kind_is_found():
    StatementFactory(texts={"en": "Statement on harbors"})
    a_post({"en": "Post on harbors"})
    an_event({"en": "Event on harbors"})
    a_page({"en": "Page on harbors"})
    assert {each.kind for each in searching.find("harbors").results} == {"statement", "post", "event", "page"}


@pytest.mark.parametrize(
    ("language", "title", "query"),
    [
        ("en", "Women marching for peace", "marched"),
        ("fr", "Les réfugiées et leurs libertés", "refugiees liberte"),
        ("es", "Migración y educación", "migracion"),
        ("ar", "حقوق النساء", "نساء"),
        ("de", "Für die Freiheit", "freiheit fur"),
    ],
)
def test_words_are_found_in_their_own_language_without_accents(language, title, query):
    a_post({language: (title, "")}, original_language=language)
    a_post({"en": ("Something else", "")})
    assert titles(query) == [title]


def test_a_piece_in_several_languages_is_one_result_in_the_reader_s():
    a_post({"en": "Migration now", "fr": "Migration maintenant"})
    with translation.override("fr"):
        assert titles("migration") == ["Migration maintenant"]
    assert titles("migration") == ["Migration now"]


def test_a_title_counts_more_than_a_text():
    a_post({"en": ("Nothing", "harbor " + "word " * 50)})
    a_post({"en": ("The harbor", "word")})
    assert titles("harbor") == ["The harbor", "Nothing"]


@pytest.mark.parametrize("when", [None, timedelta(hours=1)])
def test_nothing_that_is_not_published_is_found(when):
    at = when and timezone.now() + when
    for make in (a_post, an_event, a_page):
        make({"en": "Secret plans"}, published_at=at)
    statements = [StatementFactory(texts={"en": "Secret statement"}) for _each in range(3)]
    Statement.objects.filter(pk=statements[0].pk).update(state="draft")
    Statement.objects.filter(pk=statements[1].pk).update(embargo_until=timezone.now() + timedelta(hours=1))
    Statement.objects.filter(pk=statements[2].pk).update(state="withdrawn")
    assert titles("secret") == []
    assert searching.closest("sekret") == ""


def test_of_a_statement_the_newest_text_alone_is_found():
    statement = StatementFactory(texts={"en": "Harbors"})
    revision = Revision.objects.create(statement=statement, number=2)
    RevisionText(revision=revision, language="en").write(title="Borders", body="x")
    assert titles("harbors") == []
    assert titles("borders") == ["Borders"]


def test_what_was_found_is_marked_and_nothing_in_a_text_is_markup():
    a_post({"en": ("<b>harbor</b>", "A **harbor** <img src=x> & \x02more\x03")})
    found = searching.find("harbor").results[0]
    assert found.title == "&lt;b&gt;<mark>harbor</mark>&lt;/b&gt;"
    assert "<mark>harbor</mark>" in found.extract
    assert "<img" not in found.extract
    assert "**" not in found.extract


@pytest.mark.parametrize(
    "query", ["", "   ", "the", "!!!", "\0", "-", '"', "a" * 5000, "')--", "\x02", "🙂", "& | !", "%s"]
)
def test_silly_queries_are_answered(query):
    a_post({"en": "Harbor"})
    assert searching.find(query).results == []
    assert searching.closest(query) == ""


def test_twenty_a_page():
    for number in range(23):
        a_post({"en": f"Harbor {number}"})
    first, second = searching.find("harbor"), searching.find("harbor", page=2)
    assert (len(first.results), first.has_more, first.number) == (20, True, 23)
    assert (len(second.results), second.has_more) == (3, False)


def test_a_misspelled_word_is_told_from_what_is_published():
    a_post({"en": "Migration and détention"})
    assert searching.closest("migraton detentoin") == "migration détention"
    assert searching.closest("migration") == ""
    assert searching.closest("xylophone") == ""


@pytest.mark.parametrize("number", [1, 30])
def test_the_queries_do_not_grow(number, django_assert_max_num_queries):
    for _each in range(number):
        a_post()
        an_event()
        a_page()
        StatementFactory(texts={"en": "Post event page"})
    with django_assert_max_num_queries(6):
        searching.find("post or event or page")


def test_each_index_is_one_that_the_query_can_use():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
    for words, lead, _owner in list(searching._SETS.values()):
        table = words().model._meta.db_table
        found = words().model.objects.annotate(found=searching._vector(lead)).filter(found=searching._asked("harbor"))
        assert f"{table}_search" in found.order_by().explain()
