import csv
import io

import pytest

from signon import exporting, signing
from signon.exports.export_choice import Choice
from signon.exports.question_columns import resource_of
from signon.models import LedgerEntry, OwnAnswer, SignOn
from signon.questions import correcting, own_answers, own_questions, quotes
from tests.factories import OwnQuestionFactory, SignOnFactory, StatementFactory, UserFactory, accepted
from tests.signon.test_constraints import change

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement():
    return StatementFactory(slug="call")


def answered(question, value="First words", **fields):
    sign_on = accepted(statement=question.statement, **fields)
    own_answers.keep(sign_on, [OwnAnswer(question=question, value=value)])
    return sign_on


def kept(sign_on):
    return [(answer.question_id, answer.value, answer.chosen) for answer in sign_on.own_answers.all()]


def listed():
    file = io.BytesIO()
    choice = Choice(statement="call")
    exporting.write(choice, resource_of("call", contacts=False), "csv", exporting.Sum(file))
    return str(list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline=""))))


def test_a_private_answer_is_corrected_at_once_and_on_record_without_its_words(statement):
    question = OwnQuestionFactory(statement=statement)
    sign_on = answered(question)
    assert correcting.correct_answers(sign_on, [OwnAnswer(question=question, value="SECRET second")])
    assert kept(sign_on) == [(question.pk, "SECRET second", [])]
    entry = sign_on.ledger.last()
    assert (entry.act, entry.by) == (LedgerEntry.Act.ANSWERS_CORRECTED, None)
    assert entry.facts == {"answers": {str(question.pk): LedgerEntry.salted(sign_on, "SECRET second")}}


def test_what_stays_as_it_was_is_no_correction(statement):
    question = OwnQuestionFactory(statement=statement, is_quote=True, public=True)
    sign_on = answered(question)
    quotes.decide(sign_on.own_answers.get(), "accepted", by=UserFactory())
    before = sign_on.ledger.count()
    assert not correcting.correct_answers(sign_on, [OwnAnswer(question=question, value="First words")])
    assert (sign_on.ledger.count(), sign_on.own_answers.get().quote) == (before, "accepted")


def test_an_answer_is_taken_away_or_given_for_the_first_time(statement):
    first, second = OwnQuestionFactory(statement=statement), OwnQuestionFactory(statement=statement)
    sign_on = answered(first)
    correcting.correct_answers(sign_on, [OwnAnswer(question=second, value="Now")])
    assert kept(sign_on) == [(second.pk, "Now", [])]
    second.refresh_from_db()
    assert second.frozen_at is not None
    assert sign_on.ledger.last().facts["answers"][str(first.pk)] == ""


def test_a_quote_that_changes_leaves_at_once_and_waits_for_staff(statement):
    why = OwnQuestionFactory(statement=statement, is_quote=True, public=True)
    sign_on = answered(why)
    quotes.decide(sign_on.own_answers.get(), "accepted", by=UserFactory())
    assert [each.words for each in quotes.shown(statement, "en")] == ["First words"]
    correcting.correct_answers(sign_on, [OwnAnswer(question=why, value="Second words")])
    assert quotes.shown(statement, "en") == []
    assert "words" not in listed()
    waiting = quotes.to_look_at(statement).get()
    assert quotes.waiting(quotes.to_look_at(statement)) == 1
    assert (waiting.value, waiting.quote) == ("Second words", "waiting")
    quotes.decide(waiting, "accepted", by=UserFactory())
    assert quotes.waiting(quotes.to_look_at(statement)) == 0
    assert [each.words for each in quotes.shown(statement, "en")] == ["Second words"]


def test_public_words_that_change_stand_in_no_list_and_no_letter_until_staff_read_them(statement):
    question = OwnQuestionFactory(statement=statement, public=True)
    sign_on = answered(question)
    assert "First words" in listed()
    correcting.correct_answers(sign_on, [OwnAnswer(question=question, value="Second words")])
    assert "words" not in listed()
    assert own_answers.public_answers(statement, "en") == {}
    quotes.decide(quotes.to_look_at(statement).get(), "accepted", by=UserFactory())
    assert "Second words" in listed()
    assert "Second words" in str(own_answers.public_answers(statement, "en"))


def test_a_public_choice_that_changes_needs_no_look(statement):
    question = OwnQuestionFactory(statement=statement, public=True, kind="yes_no")
    sign_on = accepted(statement=statement)
    correcting.correct_answers(sign_on, [OwnAnswer(question=question, chosen=["yes"])])
    assert "Yes" in str(own_answers.public_answers(statement, "en"))
    assert not quotes.to_look_at(statement).exists()


def test_an_answered_question_stays_the_one_that_was_asked_and_the_later_is_not_asked_besides(statement):
    first = OwnQuestionFactory(statement=statement)
    sign_on, other = answered(first), accepted(statement=statement)
    says = {"kind": "short", "choices": [], "required": False, "public": False, "is_quote": False}
    second = own_questions.write(statement, first, by=UserFactory(), words={"": "en", "en": "Another?"}, **says)
    third = own_questions.write(statement, second, by=UserFactory(), words={"": "en", "en": "A third?"}, **says)
    assert correcting.questions(sign_on) == [first]
    assert correcting.questions(other) == [third]


@pytest.mark.parametrize("end", ["unconfirmed", "withdrawn", "statement"])
def test_what_does_not_stand_is_not_corrected(statement, end):
    question = OwnQuestionFactory(statement=statement)
    sign_on = SignOnFactory(statement=statement) if end == "unconfirmed" else answered(question)
    if end == "withdrawn":
        signing.withdraw(sign_on)
    elif end == "statement":
        change(statement, state="withdrawn")
    with pytest.raises(correcting.CannotCorrect):
        correcting.correct_answers(SignOn.objects.get(pk=sign_on.pk), [OwnAnswer(question=question, value="x")])
