import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from campaigns import writing
from campaigns.models import RevisionText, Statement
from signon.models import Membership
from tests.campaigns.written_docx import docx
from tests.factories import CampaignFactory, OwnQuestionFactory, StatementFactory, accepted
from tests.posted import in_column

pytestmark = pytest.mark.django_db
WORD = (Path(__file__).parents[3] / "campaigns" / "data" / "word.html").read_text("utf-8")


@pytest.fixture
def manager(staff):
    """A campaign's manager, and the campaign."""
    user, campaign = staff("campaign_manager"), CampaignFactory()
    Membership.objects.create(user=user, campaign=campaign)
    user.campaign = campaign
    return user


def begin(client, within, **fields):
    given = {"start": "blank", "title": "A call", "language": "en", "campaign": within.pk}
    return client.post("/desk/statements/new/", given | fields)


def test_a_statement_begins_with_what_was_pasted_from_word_and_what_is_lost_is_told(client, manager):
    answer = begin(client, manager.campaign, start="text", html=WORD, title="")
    made = Statement.objects.get()
    assert answer["Location"] == f"/desk/statements/{made.slug}/text/"
    assert (made.title, made.state, made.campaign) == ("Rights & roses for all migrants", "draft", manager.campaign)
    page = client.get(answer["Location"]).content.decode()
    for sentence in ("1 picture was left out. 1 comment was left out.", "3. Listen to migrant women"):
        assert sentence in page
    assert "SECRET" not in page


def test_a_statement_begins_with_a_word_file_or_plain_text_without_javascript(client, manager):
    begin(client, manager.campaign, start="text", title="", file=SimpleUploadedFile("a.docx", docx()))
    begin(client, manager.campaign, start="text", title="Plain", text="Words.[^1]\n\n[^1]: Note.")
    assert sorted(text.title for text in RevisionText.objects.all()) == ["Plain", "Rights & roses"]


def test_a_statement_begins_like_an_earlier_one_with_its_questions_and_without_its_names(client, manager):
    earlier = StatementFactory(campaign=manager.campaign, texts={"en": "Old", "fr": "Vieux"})
    accepted(statement=earlier)
    OwnQuestionFactory(statement=earlier, words={"": "en", "en": "Old question?"})
    begin(client, manager.campaign, start="earlier", earlier=earlier.pk, title="Next")
    made = Statement.objects.get(slug="next")
    assert [question.words_in("en") for question in made.own_questions.asked()] == ["Old question?"]
    assert (made.sign_ons.count(), sorted(made.text_languages)) == (0, ["en", "fr"])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": ""}, "Write a title"),
        ({"start": "text"}, "Paste a text or choose a file"),
        ({"start": "earlier"}, "Choose the statement to begin with."),
        ({"start": "text", "file": SimpleUploadedFile("a.pdf", b"%PDF")}, "Choose a Word file"),
        ({"campaign": ""}, "This field is required."),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(client, manager, fields, words):
    answer = begin(client, manager.campaign, **({"addressee": "To whom"} | fields))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="To whom"' in answer.content.decode()
    assert not Statement.objects.exists()


def test_nobody_begins_a_statement_in_another_s_campaign_or_like_another_s(client, manager):
    other = StatementFactory(texts={"en": "SECRET title"})
    assert begin(client, other.campaign).status_code == 422
    answer = begin(client, manager.campaign, start="earlier", earlier=other.pk)
    assert answer.status_code == 422
    assert "SECRET title" not in answer.content.decode()


@pytest.mark.parametrize("path", ["text/", "preview/", "preview/page/", "preview/mail/", "preview/pdf/", "questions/",
                                  "quotes/"])  # fmt: skip
def test_another_s_statement_is_not_there(client, manager, path):
    other = StatementFactory()
    assert client.get(f"/desk/statements/{other.slug}/{path}").status_code == 404


@pytest.mark.parametrize("role", ["verifier", "exporter"])
def test_who_does_not_write_does_not_come_to_the_text(client, staff, role):
    staff(role)
    statement = StatementFactory()
    assert client.get("/desk/statements/new/").status_code == 403
    assert client.get(f"/desk/statements/{statement.slug}/text/").status_code == 403
    assert client.get(f"/desk/statements/{statement.slug}/preview/").status_code == 403


def form_of(statement, language="en", **words):
    text = statement.text(language)
    own = text if text and text.language == language else None
    given = {"title": "T", "lead": "L", "body": "B"}
    return in_column(language, **{"seen": writing.mark_of(own)} | given | words)


def test_a_text_is_saved_as_markdown_or_as_an_editor_holds_it(client, staff):
    staff("editor")
    statement = StatementFactory(slug="call")
    client.post("/desk/statements/call/text/", form_of(statement, body="1. One\r\n2. Two"))
    assert RevisionText.objects.get().body == "1. One\n2. Two"
    again = Statement.objects.get()
    html = '<h2>Why</h2><ol><li>One</li><li>Two <b>now</b></li></ol><img src="x">'
    answer = client.post("/desk/statements/call/text/", form_of(again, body="old", html=html), follow=True)
    assert RevisionText.objects.get().body == "## Why\n\n1. One\n2. Two **now**"
    assert "1 picture was left out." in answer.content.decode()


def test_a_conflict_shows_both_texts_and_saving_again_is_on_top_of_the_newest(client, staff):
    staff("editor")
    statement = StatementFactory(slug="call")
    first = form_of(statement, body="Mine, typed for an hour")
    statement.revision.texts.get().write(title="T", body="A colleague's", lead="L")
    answer = client.post("/desk/statements/call/text/", first)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "A colleague&#x27;s" in page
    assert "Mine, typed for an hour" in page
    assert RevisionText.objects.get().body == "A colleague's"
    seen = writing.mark_of(RevisionText.objects.get())
    assert f'value="{seen}"' in page
    client.post("/desk/statements/call/text/", first | {"en-seen": seen})
    assert RevisionText.objects.get().body == "Mine, typed for an hour"


def test_what_was_written_in_an_editor_stands_in_the_text_after_an_error(client, staff):
    staff("editor")
    statement = StatementFactory(slug="call")
    html = '<p>Typed <b>for an hour</b></p><img src="x">'
    page = client.post("/desk/statements/call/text/", form_of(statement, title="", body="Old", html=html))
    shown = page.context["columns"][0]
    assert page.status_code == 422
    assert "<strong>for an hour</strong>" in shown["html"]
    assert shown["form"]["body"].value() == "Typed **for an hour**"
    # What it lost is told now: nothing of it comes along when it is saved.
    assert shown["form"]["html"].value() == ""
    assert "1 picture was left out." in page.content.decode()
    assert "data-unsaved" in page.content.decode()


def test_a_language_is_written_in_its_direction(client, staff):
    staff("editor")
    StatementFactory(slug="call", texts={"en": "A", "ar": "B"})
    page = client.get("/desk/statements/call/text/").content.decode()
    assert re.findall(r'<textarea name="\w\w-body"[^>]* lang="(\w+)" dir="(\w+)"', page) == [
        ("en", "ltr"),
        ("ar", "rtl"),
    ]


def test_a_signed_text_is_amended_only_by_who_says_so(client, staff):
    staff("editor")
    statement = StatementFactory(slug="call")
    accepted(statement=statement)
    RevisionText.objects.get().freeze()
    statement = Statement.objects.get()
    assert "makes a new revision" in client.get("/desk/statements/call/text/").content.decode()
    typed = form_of(statement, body="Amended")
    answer = client.post("/desk/statements/call/text/", typed)
    assert answer.status_code == 422
    assert "Amended" in answer.content.decode()
    client.post("/desk/statements/call/text/", typed | {"en-agreed": "on"})
    assert Statement.objects.get().text().body == "Amended"
    assert Statement.objects.get().revision.number == 2


def test_what_readers_would_stumble_over_is_named_beside_the_text(client, staff):
    staff("editor")
    statement = StatementFactory(slug="call", languages=["fr", "es"])
    RevisionText.objects.get().write(title="T", lead="", body="A.\n\nB.[^3]")
    page = client.get(f"/desk/statements/{statement.slug}/text/").content.decode()
    for words in ("Line 3", "The mark [^3] has no footnote.", "It has no lead", "There is no text in Spanish yet."):
        assert words in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_as_many_queries_for_one_translation_as_for_three(
    client, staff, number, django_assert_max_num_queries
):
    staff("editor")
    StatementFactory(slug="call", texts={code: code for code in ["en", "fr", "es", "ar"][: number + 1]})
    with django_assert_max_num_queries(16):
        assert client.get("/desk/statements/call/text/").status_code == 200


def test_a_language_that_the_statement_does_not_have_is_no_page(client, staff):
    staff("editor")
    StatementFactory(slug="call")
    assert client.get("/desk/statements/call/text/?language=xx").status_code == 404


def test_what_is_typed_in_a_translation_is_not_lost_when_the_original_is_saved(client, staff):
    staff("editor")
    statement = StatementFactory(slug="call", languages=["fr"])
    french = in_column("fr", saved=False, seen="new", title="Titre", lead="", body="", html="<p>Des mots</p>")
    answer = client.post("/desk/statements/call/text/?beside=fr", form_of(statement, body="Anew") | french)
    page = answer.content.decode()
    assert Statement.objects.get().text("en").body == "Anew"
    assert "Des mots</textarea>" in page.replace("\n", "")
    assert "Not saved yet: French" in page
    assert not Statement.objects.get().revision.texts.filter(language="fr").exists()
    client.post("/desk/statements/call/text/?beside=fr", in_column("fr", seen="new", title="Titre", body="Des mots"))
    assert Statement.objects.get().text("fr").body == "Des mots"


def test_the_languages_of_a_statement_are_chosen_and_each_gets_a_column(client, staff):
    staff("editor")
    StatementFactory(slug="call")
    client.post("/desk/statements/call/text/languages/", {"languages": ["en", "ar"]})
    assert Statement.objects.get().text_languages == ["en", "ar"]
    assert "Save Arabic" in client.get("/desk/statements/call/text/?beside=ar").content.decode()
    client.post("/desk/statements/call/text/", in_column("ar", seen="new", title="T", body="B"))
    assert Statement.objects.get().text("ar").title == "T"


def test_what_an_editor_pastes_comes_back_clean(client, staff):
    staff("editor")
    answer = client.post("/desk/text/paste/", {"html": WORD}).json()
    assert "<ol>" in answer["html"]
    assert "SECRET" not in answer["html"]
    assert "1 comment was left out." in answer["lost"]


def test_the_addressee_of_a_translation_is_written_beside_its_text(client, staff):
    staff("editor")
    statement = StatementFactory(texts={"en": "The call", "fr": "L’appel"})
    url = reverse("desk-text", args=[statement.slug])
    page = client.get(url).content.decode()
    assert page.count('name="fr-addressee"') == 1
    assert "Missing translation: the addressee." in page
    text = statement.text("fr")
    data = {"title": text.title, "lead": text.lead, "body": text.body, "addressee": "L’Assemblée"}
    assert client.post(url, in_column("fr", **data, seen=writing.mark_of(text))).status_code == 302
    page = client.get(url).content.decode()
    assert 'value="L’Assemblée"' in page
    assert "Missing translation" not in page
