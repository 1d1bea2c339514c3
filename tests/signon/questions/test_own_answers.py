from datetime import timedelta

import pytest
from django.utils import timezone

from signon import retention, signing
from signon.models import LedgerEntry, OwnAnswer, OwnQuestion, SignOn
from signon.questions import own_answers
from tests.factories import OwnQuestionFactory, SignOnFactory, StatementFactory, UserFactory
from tests.signon.test_constraints import Refused

pytestmark = pytest.mark.django_db
TYPED = {
    "organization_name": "Union",
    "organization_type": "ngo",
    "country": "KE",
    "scope": "national",
    "representative_name": "Asha",
    "email": "a@secret.example",
    "consent_publish": True,
    "authorized": True,
}


def sign(statement, *answers):
    return signing.sign(statement=statement, language="en", answers=list(answers), **TYPED)


def kept(sign_on):
    return [(answer.question_id, answer.value, answer.chosen) for answer in sign_on.own_answers.all()]


def test_answers_are_kept_with_the_sign_on_and_freeze_what_was_asked():
    asked = OwnQuestionFactory()
    other = OwnQuestionFactory(statement=asked.statement)
    sign_on = sign(asked.statement, OwnAnswer(question=asked, value="SECRET"))
    assert kept(sign_on) == [(asked.pk, "SECRET", [])]
    assert OwnQuestion.objects.get(pk=asked.pk).frozen_at is not None
    assert OwnQuestion.objects.get(pk=other.pk).frozen_at is None


def test_typing_again_replaces_the_answers_and_what_is_to_be_confirmed_is_another_version():
    asked = OwnQuestionFactory()
    first = sign(asked.statement, OwnAnswer(question=asked, value="One"))
    again = sign(asked.statement, OwnAnswer(question=asked, value="One"))
    assert (again.pk, again.version) == (first.pk, 1)
    changed = sign(asked.statement, OwnAnswer(question=asked, value="Two"))
    assert (changed.version, kept(changed)) == (2, [(asked.pk, "Two", [])])
    assert changed.ledger.last().act == LedgerEntry.Act.TYPED_AGAIN
    emptied = sign(asked.statement)
    assert (emptied.version, kept(emptied)) == (3, [])


def test_who_has_confirmed_keeps_the_answers_whatever_is_typed_later():
    asked = OwnQuestionFactory()
    sign_on = sign(asked.statement, OwnAnswer(question=asked, value="Mine"))
    signing.confirm(sign_on, version=1)
    sign(asked.statement, OwnAnswer(question=asked, value="Another's"))
    assert kept(sign_on) == [(asked.pk, "Mine", [])]


@pytest.mark.parametrize("number", [1, 3])
def test_signing_takes_as_many_queries_for_one_answer_as_for_three(number, django_assert_num_queries):
    statement = StatementFactory()
    asked = [OwnQuestionFactory(statement=statement) for _each in range(number)]
    sign_on = SignOnFactory(statement=statement)
    answers = [OwnAnswer(question=each, value="x") for each in asked]
    with django_assert_num_queries(2):
        own_answers.keep(sign_on, answers)
    with django_assert_num_queries(1):
        own_answers.told(sign_on, "en")


def test_a_sign_on_that_expires_leaves_no_answer():
    asked = OwnQuestionFactory()
    sign_on = sign(asked.statement, OwnAnswer(question=asked, value="SECRET"))
    SignOn.objects.filter(pk=sign_on.pk).update(expires_at=timezone.now() - timedelta(days=1))
    assert OwnAnswer.objects.count() == 1
    assert retention.expire_unconfirmed() == 1
    assert OwnAnswer.objects.count() == 0


def test_answers_are_told_in_the_reader_s_language_or_the_original_s():
    choices = [{"": "en", "en": "Money", "fr": "Argent"}, {"": "en", "en": "Time"}]
    asked = OwnQuestionFactory(kind="several", choices=choices, words={"": "en", "en": "What?", "fr": "Quoi ?"})
    yes = OwnQuestionFactory(statement=asked.statement, kind="yes_no", public=True)
    sign_on = sign(
        asked.statement, OwnAnswer(question=asked, chosen=["1", "0"]), OwnAnswer(question=yes, chosen=["yes"])
    )
    assert [(each.question, each.words, each.public) for each in own_answers.told(sign_on, "fr")] == [
        ("Quoi ?", "Argent; Time", False),
        (yes.words["fr"], "Yes", True),
    ]


def test_the_database_keeps_what_own_questions_promise():
    asked = OwnQuestionFactory(statement=StatementFactory())
    with Refused("a_question_has_a_slot_of_its_own"):
        OwnQuestionFactory(statement=asked.statement, slot=asked.slot)
    with Refused("a_statement_asks_ten_questions_at_most"):
        OwnQuestionFactory(statement=asked.statement, slot=11)
    with Refused("a_quote_is_public_words"):
        OwnQuestionFactory(statement=asked.statement, is_quote=True)
    with Refused("a_quote_is_public_words"):
        OwnQuestionFactory(statement=asked.statement, is_quote=True, public=True, kind="yes_no")
    with Refused("only_questions_with_choices_have_some"):
        OwnQuestionFactory(statement=asked.statement, kind="one")
    with Refused("only_questions_with_choices_have_some"):
        OwnQuestionFactory(statement=asked.statement, kind="short", choices=[{"": "en", "en": "x"}])
    OwnQuestionFactory(statement=asked.statement, is_quote=True, public=True)
    with Refused("a_statement_asks_once_why_they_sign"):
        OwnQuestionFactory(statement=asked.statement, is_quote=True, public=True)


def test_the_database_keeps_what_answers_promise():
    asked = OwnQuestionFactory()
    sign_on = sign(asked.statement, OwnAnswer(question=asked, value="x"))
    with Refused("a_sign_on_answers_a_question_once"):
        OwnAnswer.objects.create(sign_on=sign_on, question=asked, value="y")
    other = OwnQuestionFactory(statement=asked.statement)
    with Refused("an_answer_says_something"):
        OwnAnswer.objects.create(sign_on=sign_on, question=other)
    with Refused("a_decision_on_a_quote_has_who_and_when"):
        OwnAnswer.objects.update(quote="accepted")
    with Refused("a_decision_on_a_quote_has_who_and_when"):
        OwnAnswer.objects.update(quote="refused", quote_by=UserFactory())


@pytest.mark.parametrize(
    "change",
    [{"words": {"": "en", "en": "Another?"}}, {"required": True}, {"public": True}, {"kind": "long"},
     {"frozen_at": None}],
)  # fmt: skip
def test_an_answered_question_stays_as_it_was_asked(change):
    asked = OwnQuestionFactory()
    OwnQuestion.objects.filter(pk=asked.pk).update(**change)
    OwnQuestion.objects.filter(pk=asked.pk).update(words=asked.words, required=False, public=False, kind="short")
    sign(asked.statement, OwnAnswer(question=asked, value="x"))
    with Refused("an_answered_question_is_frozen"):
        OwnQuestion.objects.filter(pk=asked.pk).update(**change)
    OwnQuestion.objects.filter(pk=asked.pk).update(place=7, removed_at=timezone.now())


def test_an_answered_question_is_not_deleted():
    asked = OwnQuestionFactory()
    sign_on = sign(asked.statement, OwnAnswer(question=asked, value="x"))
    sign_on.own_answers.all().delete()
    with Refused("an_answered_question_is_frozen"):
        OwnQuestion.objects.filter(pk=asked.pk).delete()
