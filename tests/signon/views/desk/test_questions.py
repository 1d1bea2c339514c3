import re

import pytest

from signon.models import Membership, OwnAnswer, OwnQuestion
from tests.factories import CampaignFactory, OwnQuestionFactory, SignOnFactory, StatementFactory, accepted

pytestmark = pytest.mark.django_db
QUESTION = {
    "kind": "one",
    "words_en": "Which?",
    "choices_en": "A\r\nB",
    "words_fr": "Lequel ?",
    "choices_fr": "Un\nDeux",
}


@pytest.fixture
def statement(staff):
    staff("editor")
    return StatementFactory(slug="call", texts={"en": "A", "fr": "B"}, state="draft")


def post(client, path="", **fields):
    return client.post(f"/desk/statements/call/questions/{path}", fields)


def test_a_question_is_written_in_every_language_of_the_statement(client, statement):
    assert post(client, **QUESTION, required="on").status_code == 302
    question = OwnQuestion.objects.get()
    assert question.words == {"": "en", "en": "Which?", "fr": "Lequel ?"}
    assert [str(words) for _key, words in question.choices_in("fr")] == ["Un", "Deux"]
    assert (question.required, question.public) == (True, False)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"words_en": ""}, "Write the question in the original’s language, English."),
        ({"choices_en": "A"}, "Write two choices or more"),
        ({"choices_fr": "Un"}, "The original has 2 choices"),
        ({"choices_en": "A\nA", "choices_fr": ""}, "Two choices are the same."),
        ({"is_quote": "on"}, "A quote is a text"),
    ],
)
def test_a_question_that_cannot_be_asked_is_not_and_nothing_typed_is_lost(client, statement, fields, words):
    answer = post(client, **(QUESTION | fields))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "Lequel ?" in page
    assert not OwnQuestion.objects.exists()


def folded(page):
    """What is folded, by its language: whether it is open, and what stands in its fields."""
    found = re.findall(r'<details class="more"\s*(open)?>\s*<summary>\s*(\w+)(.*?)</details>', page, re.DOTALL)
    return {language: (bool(is_open), fields) for is_open, language, fields in found}


def test_the_original_s_language_stands_open_and_the_others_are_folded(client, statement):
    page = client.get("/desk/statements/call/questions/").content.decode()
    (french,) = folded(page).items()
    assert (french[0], french[1][0]) == ("French", False)
    assert 'name="words_fr"' in french[1][1]
    assert 'name="words_en"' in page[: page.index("<details")]


def test_a_folded_language_with_a_fault_is_opened_and_tells_whether_it_is_written(client, statement):
    is_open, fields = folded(post(client, **(QUESTION | {"choices_fr": "Un"})).content.decode())["French"]
    assert (is_open, "Lequel ?" in fields, "not written" in fields) == (True, True, False)
    is_open, fields = folded(post(client, **(QUESTION | {"choices_en": "A", "words_fr": ""})).content.decode())[
        "French"
    ]
    assert "not written" in fields


def test_a_language_that_a_question_lacks_is_named(client, statement):
    post(client, kind="short", words_en="Only in English?")
    assert "Not written in: French." in client.get("/desk/statements/call/questions/").content.decode()


def test_the_eleventh_question_is_refused_in_words(client, statement):
    for number in range(10):
        OwnQuestionFactory(statement=statement, slot=number + 1)
    assert "A statement asks 10 questions at most" in client.get("/desk/statements/call/questions/").content.decode()
    assert post(client, kind="short", words_en="More?").status_code == 422
    assert OwnQuestion.objects.count() == 10


def test_questions_are_moved_changed_and_removed_without_javascript(client, statement):
    first, second = (OwnQuestionFactory(statement=statement) for _each in range(2))
    post(client, f"{second.pk}/up/")
    assert list(statement.own_questions.asked()) == [second, first]
    post(client, f"{first.pk}/", kind="short", words_en="Changed?")
    post(client, f"{second.pk}/remove/")
    assert [str(each) for each in statement.own_questions.asked()] == ["Changed?"]


def test_changing_what_was_answered_makes_a_new_question_and_says_so(client, statement):
    old = OwnQuestionFactory(statement=statement)
    OwnAnswer.objects.create(sign_on=SignOnFactory(statement=statement), question=old, value="Mine")
    OwnQuestion.objects.filter(pk=old.pk).update(frozen_at=old.created_at)
    answer = client.post(
        f"/desk/statements/call/questions/{old.pk}/", {"kind": "short", "words_en": "New?"}, follow=True
    )
    assert "Saved as a new question." in answer.content.decode()
    assert OwnAnswer.objects.get().question.words_in("en") == old.words["en"]


def test_why_they_sign_is_one_press_and_is_asked_once(client, statement):
    post(client, "why/")
    post(client, "why/")
    assert OwnQuestion.objects.filter(is_quote=True).count() == 1
    assert post(client, kind="short", words_en="Why again?", is_quote="on").status_code == 422


def test_a_quote_is_accepted_at_the_desk_by_who_verifies(client, staff):
    user, campaign = staff("campaign_manager"), CampaignFactory()
    Membership.objects.create(user=user, campaign=campaign)
    why = OwnQuestionFactory(statement=StatementFactory(slug="call", campaign=campaign), is_quote=True, public=True)
    answer = OwnAnswer.objects.create(sign_on=accepted(statement=why.statement), question=why, value="For <all>")
    page = client.get("/desk/statements/call/quotes/").content.decode()
    assert "For &lt;all&gt;" in page
    client.post(f"/desk/statements/call/quotes/{answer.pk}/accept/", {"words": "Something else"})
    answer.refresh_from_db()
    assert answer.quote == "waiting"
    client.post(f"/desk/statements/call/quotes/{answer.pk}/accept/", {"words": "For <all>"})
    answer.refresh_from_db()
    assert (answer.quote, answer.quote_by) == ("accepted", user)
    assert "For &lt;all&gt;" in client.get("/statements/call/").content.decode()


def test_an_editor_writes_questions_and_reads_no_quotes(client, statement):
    assert client.get("/desk/statements/call/questions/").status_code == 200
    assert client.get("/desk/statements/call/quotes/").status_code == 403


def test_another_campaign_s_question_is_not_there(client, staff):
    user = staff("campaign_manager")
    Membership.objects.create(user=user, campaign=CampaignFactory())
    asked = OwnQuestionFactory(statement=StatementFactory(slug="call"))
    for path in ("", "why/", f"{asked.pk}/", f"{asked.pk}/remove/"):
        assert post(client, path, kind="short", words_en="x").status_code == 404
    assert OwnQuestion.objects.get().removed_at is None
