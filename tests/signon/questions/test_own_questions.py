import pytest

from signon.models import OwnAnswer, OwnQuestion
from signon.questions import own_questions
from tests.factories import OwnQuestionFactory, SignOnFactory, StatementFactory, UserFactory

pytestmark = pytest.mark.django_db
SAYS = {"kind": "short", "words": {"": "en", "en": "What?"}, "choices": [], "required": False, "public": False,
        "is_quote": False}  # fmt: skip


def asked(statement):
    return [question.words_in("en") for question in statement.own_questions.asked()]


def write(statement, question=None, **says):
    return own_questions.write(statement, question, by=UserFactory(), **(SAYS | says))


def named(words):
    return {"": "en", "en": words}


def test_ten_questions_and_no_more():
    statement = StatementFactory()
    for number in range(10):
        write(statement, words=named(f"Q{number}"))
    with pytest.raises(own_questions.TooMany):
        write(statement)
    own_questions.remove(statement.own_questions.asked()[3])
    assert write(statement, words=named("Again")).slot == 4
    assert asked(statement)[-1] == "Again"


def test_a_draft_s_question_is_changed_in_place_and_a_removed_one_is_gone():
    statement = StatementFactory(state="draft")
    first = write(statement)
    assert write(statement, first, words=named("Mended")).pk == first.pk
    own_questions.remove(first)
    assert OwnQuestion.objects.count() == 0


def test_what_signers_may_have_seen_is_replaced_and_keeps_its_place():
    statement = StatementFactory()
    first, second = write(statement), write(statement, words=named("Second"))
    mended = write(statement, first, words=named("Mended"))
    assert (mended.pk != first.pk, mended.replaces) == (True, first)
    assert asked(statement) == ["Mended", "Second"]
    assert write(statement, second, words=named("Second")).pk == second.pk


def test_an_answered_question_keeps_its_words_and_its_answers_in_a_draft_too():
    statement = StatementFactory(state="draft")
    first = write(statement)
    OwnAnswer.objects.create(sign_on=SignOnFactory(statement=statement), question=first, value="x")
    OwnQuestion.objects.filter(pk=first.pk).update(frozen_at=first.created_at)
    write(statement, first, words=named("Mended"))
    own_questions.remove(statement.own_questions.asked().get())
    old = OwnQuestion.objects.get(pk=first.pk)
    assert (old.words_in("en"), old.answers.count(), asked(statement)) == ("What?", 1, [])


def test_what_was_replaced_meanwhile_is_not_changed_again():
    statement = StatementFactory()
    first = write(statement)
    write(statement, first, words=named("One"))
    with pytest.raises(OwnQuestion.DoesNotExist):
        write(statement, first, words=named("Two"))


def test_questions_are_put_in_order_and_stop_at_the_ends():
    statement = StatementFactory()
    first, _second, third = (write(statement, words=named(word)) for word in "abc")
    own_questions.move(third, -1)
    assert asked(statement) == ["a", "c", "b"]
    own_questions.move(first, -1)
    own_questions.move(first, 1)
    assert asked(statement) == ["c", "a", "b"]


def test_why_they_sign_is_asked_in_every_language_of_the_statement():
    statement = StatementFactory(texts={"en": "A", "fr": "B"}, languages=["es"])
    why = own_questions.ask_why(statement, by=UserFactory())
    assert (why.is_quote, why.public, set(why.words)) == (True, True, {"", "en", "es", "fr"})


def test_questions_are_copied_without_their_answers():
    earlier = OwnQuestionFactory(words=named("Old")).statement
    to = StatementFactory(state="draft")
    own_questions.copy(earlier, to, by=UserFactory())
    assert (asked(to), OwnAnswer.objects.count()) == (["Old"], 0)
