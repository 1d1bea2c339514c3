import pytest

from campaigns import checking
from campaigns.models import Revision, RevisionText
from tests.factories import DEMANDS, StatementFactory


def found(body, title="T", lead="L"):
    text = RevisionText(language="en", title=title, lead=lead, body=body)
    return [(each.code, each.line) for each in checking.findings(text)]


def said(body):
    return [each.words for each in checking.findings(RevisionText(language="en", title="T", lead="L", body=body))]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (DEMANDS, []),
        ("", [("no_text", None)]),
        ("A.[^1] B.[^2]\n\n[^1]: One.", [("mark_without_note", 1)]),
        ("A.\n\nB.\nC.[^x]", [("mark_without_note", 4)]),
        ("A.[^1]\n\n[^1]: One.\n\n[^2]: Two.", [("note_without_mark", 5)]),
        ("A.[^1]\n\n[^1]: One.\n\n[^1]: Again.", [("note_twice", 5)]),
        ("A.[^1] B.[^1]\n\n[^1]: See [it](http://x.org).", [("no_https", 3)]),
        ("See [below](#annex).", [("dead_anchor", 1)]),
        ("See [the list](#signatories).", []),
        ("See [it](http://example.org).", [("no_https", 1)]),
        ("See [it](https://example).", [("broken_link", 1)]),
        ("See [it](example.org/page).", [("broken_link", 1)]),
        ("See [it](https://exa..mple.org).", [("broken_link", 1)]),
        ("See [it](https://example.org:99999).", [("broken_link", 1)]),
        ("Write to [us](mailto:us@example.org).", []),
        ("Write to [us](mailto:us).", [("broken_link", 1)]),
        ("See [it](javascript:alert).", [("unread_link", 1)]),
        ("See [it](a b).", [("unread_link", 1)]),
        ("1. a\n2. b\n\nAnd:\n\n3. c", []),
        ("1. a\n2. b\n\nAnd:\n\n4. c", [("numbers_jump", 6)]),
        ("1. a\n\n## Next\n\n1. b", []),
        ("1. a\n\nThen:\n\n1. b", []),
        ("2. a", [("numbers_begin", 1)]),
        ("1. a\n2. b\n4. c", [("numbers_shown", 3)]),
        ("1. a\n1. b\n1. c", []),
        ("1. a\n   1. x\n   2. y\n2. b", []),
    ],
)
def test_what_is_wrong_is_found_with_its_line(body, expected):
    assert found(body) == expected


def test_an_empty_title_and_lead_are_named():
    assert found("Words.", title=" ", lead="") == [("no_title", None), ("no_lead", None)]


def test_findings_are_sentences_with_a_place():
    text = RevisionText(language="en", title="T", lead="L", body="A.\n\n1. a\n3. c")
    [finding] = checking.findings(text)
    assert (finding.words, finding.place) == ("You wrote 3, but readers see 2.", "Line 4")
    assert said("A.[^7]") == ["The mark [^7] has no footnote."]


@pytest.mark.django_db
def test_a_missing_translation_and_one_that_differs_are_named(django_assert_max_num_queries):
    statement = StatementFactory(texts={"en": "Rights", "fr": "Droits"}, languages=["en", "fr", "es"])
    french = statement.revision.text("fr")
    french.write(title="Droits", lead="L", body="Nous.\n\n1. Un.", addressee="L’Assemblée")
    revision = Revision.objects.get(statement=statement)
    with django_assert_max_num_queries(2):
        named = checking.findings_of(revision)
    assert [(each.code, each.language) for each in named] == [
        ("no_translation", "es"), ("other_demands", "fr"), ("other_notes", "fr"),
    ]  # fmt: skip
    assert [each.words for each in named] == [
        "There is no text in Spanish yet.",
        "Numbered demands: 1 here, 2 in the original.",
        "Footnotes: 0 here, 1 in the original.",
    ]


@pytest.mark.django_db
def test_a_revision_without_its_original_says_so():
    statement = StatementFactory()
    revision = Revision.objects.create(statement=statement, number=2, original_language="es")
    assert [each.words for each in checking.findings_of(revision)] == [
        "There is no text in the original language, Spanish."
    ]
