import pytest

from signon import importing
from signon.imports import undoing
from signon.imports.columns import Unreadable
from signon.imports.tables import Table
from signon.models import Import, OwnAnswer, OwnQuestion, SignOn
from tests.factories import OwnQuestionFactory, StatementFactory, UserFactory

pytestmark = pytest.mark.django_db
CHOICES = [{"": "en", "en": "Money", "fr": "Argent"}, {"": "en", "en": "Time"}, {"": "en", "en": "Both; really"}]


def named(words, **others):
    return {"": "en", "en": words, **others}


@pytest.fixture
def statement():
    return StatementFactory()


def plan(statement, told=None, rows=(), **fields):
    return importing.plan(statement, Table([["Organization", "Country", "What?"], *rows]), told, **fields)


def answers():
    return [
        (answer.sign_on.organization_name, answer.value, answer.chosen)
        for answer in OwnAnswer.objects.order_by("sign_on_id")
    ]


def test_a_column_called_as_a_question_is_asked_answers_it(statement):
    asked = OwnQuestionFactory(statement=statement, words=named("What?", fr="Quoi ?"))
    planned = plan(statement, rows=[["Union", "Kenya", " Because "], ["League", "Kenya", ""]])
    importing.apply(planned, by=UserFactory(), source="List")
    assert answers() == [("Union", "Because", [])]
    assert OwnQuestion.objects.get(pk=asked.pk).frozen_at is not None


def test_a_column_is_told_to_answer_a_question_and_choices_are_read_in_any_language(statement):
    several = OwnQuestionFactory(statement=statement, kind="several", choices=CHOICES)
    told = {"What?": f"question_{several.pk}"}
    rows = [["A one", "Kenya", "argent; TIME"], ["B two", "Kenya", "Both; really"], ["C three", "Kenya", "Gold"]]
    planned = plan(statement, told, rows)
    importing.apply(planned, by=UserFactory(), source="List")
    assert answers() == [("A one", "", ["0", "1"]), ("B two", "", ["2"])]
    report = planned.as_report()["rows"]
    assert "“Gold” is no answer to" in report[2]["how"]
    assert report[2]["status"] == "new"


@pytest.mark.parametrize(("cell", "chosen"), [("Oui", ["yes"]), ("no", ["no"]), ("1", ["yes"])])
def test_yes_and_no_are_read_as_people_write_them(statement, cell, chosen):
    asked = OwnQuestionFactory(statement=statement, kind="yes_no")
    planned = plan(statement, {"What?": f"question_{asked.pk}"}, [["A one", "Kenya", cell]])
    importing.apply(planned, by=UserFactory(), source="List")
    assert answers() == [("A one", "", chosen)]


def test_a_question_that_the_statement_does_not_ask_is_refused_in_words(statement):
    other = OwnQuestionFactory()
    with pytest.raises(Unreadable, match="The statement does not ask"):
        plan(statement, {"What?": f"question_{other.pk}"}, [["A one", "Kenya", "x"]])


def test_an_imported_quote_waits_for_staff_and_leaves_with_its_sign_on(statement):
    OwnQuestionFactory(statement=statement, is_quote=True, public=True, words=named("What?"))
    planned = plan(statement, rows=[["A one", "Kenya", "We care"]])
    importing.apply(planned, by=UserFactory(), source="List")
    assert OwnAnswer.objects.get().quote == "waiting"
    undoing.undo(Import.objects.get(), by=UserFactory())
    assert SignOn.objects.get().state == "withdrawn"


@pytest.mark.parametrize("number", [1, 3])
def test_answers_cost_no_query_a_row(statement, number, django_assert_max_num_queries):
    OwnQuestionFactory(statement=statement, words=named("What?"))
    rows = [[f"Org {word}", "Kenya", "x"] for word in ("alpha", "beta", "gamma")[:number]]
    planned = plan(statement, rows=rows)
    made = importing.keep(planned, by=UserFactory(), source="List")
    with django_assert_max_num_queries(46):
        importing.carry_out(made, by=UserFactory())
    assert OwnAnswer.objects.count() == number
