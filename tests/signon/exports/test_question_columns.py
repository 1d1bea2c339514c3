import csv
import io
import json

import pytest

from signon import exporting, importing
from signon.exports.export_choice import Choice
from signon.exports.question_columns import resource_of
from signon.imports.tables import Table
from signon.models import ExportPreset, OwnAnswer
from signon.people import roles
from tests.factories import OwnQuestionFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db
CHOICES = [{"": "en", "en": f"Choice {number}"} for number in range(12)]


def named(words):
    return {"": "en", "en": words}


@pytest.fixture
def statement():
    return StatementFactory(slug="call")


def exported(contacts=False, form="csv", **chosen):
    file = io.BytesIO()
    choice = Choice(statement="call", contacts=contacts, **chosen)
    exporting.write(choice, resource_of("call", contacts=contacts), form, exporting.Sum(file))
    if form == "json":
        return json.loads(file.getvalue())
    return list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline="")))


def test_each_question_is_a_column_under_its_words_with_choices_in_their_order(statement):
    public = OwnQuestionFactory(statement=statement, public=True, words=named('What, "exactly"?'))
    several = OwnQuestionFactory(
        statement=statement, public=True, kind="several", choices=CHOICES, words=named("Which?")
    )
    yes = OwnQuestionFactory(statement=statement, public=True, kind="yes_no", words=named("Yes?"))
    sign_on = accepted(statement=statement)
    accepted(statement=statement)
    OwnAnswer.objects.create(sign_on=sign_on, question=public, value="=1+1")
    OwnAnswer.objects.create(sign_on=sign_on, question=several, chosen=["10", "2"])
    OwnAnswer.objects.create(sign_on=sign_on, question=yes, chosen=["yes"])
    first, second = exported()
    assert [first['What, "exactly"?'], first["Which?"], first["Yes?"]] == ["'=1+1", "Choice 2; Choice 10", "Yes"]
    assert [second['What, "exactly"?'], second["Which?"], second["Yes?"]] == ["", "", ""]
    assert exported(form="json")[0]['What, "exactly"?'] == "=1+1"


def test_private_answers_leave_the_building_only_with_contacts(statement):
    private = OwnQuestionFactory(statement=statement, words=named("Private?"))
    OwnAnswer.objects.create(sign_on=accepted(statement=statement), question=private, value="SECRET")
    assert "Private?" not in exported()[0]
    assert "SECRET" not in str(exported())
    assert exported(contacts=True)[0]["Private?"] == "SECRET"


@pytest.mark.parametrize("listing", ["country", "count"])
def test_who_stands_without_a_name_answers_only_in_lists_with_contacts(statement, listing):
    public = OwnQuestionFactory(statement=statement, public=True, words=named("Public?"))
    sign_on = accepted(statement=statement, listing=listing, sort_key="")
    OwnAnswer.objects.create(sign_on=sign_on, question=public, value="SECRET")
    assert exported()[0]["Public?"] == ""
    assert exported(contacts=True)[0]["Public?"] == "SECRET"


def test_a_quote_that_nobody_accepted_is_only_in_lists_with_contacts(statement):
    why = OwnQuestionFactory(statement=statement, public=True, is_quote=True, words=named("Why?"))
    answer = OwnAnswer.objects.create(sign_on=accepted(statement=statement), question=why, value="SECRET")
    assert exported()[0]["Why?"] == ""
    assert exported(contacts=True)[0]["Why?"] == "SECRET"
    OwnAnswer.objects.update(quote="accepted", quote_by=UserFactory(), quote_at=answer.sign_on.created_at)
    assert exported()[0]["Why?"] == "SECRET"


def test_what_was_answered_before_a_change_stays_in_a_column_of_its_own(statement):
    old = OwnQuestionFactory(statement=statement, public=True, words=named("Same?"))
    OwnQuestionFactory(statement=statement, public=True, words=named("Same?"))
    OwnQuestionFactory(statement=statement, public=True, words=named("Never answered?"), removed_at=old.created_at)
    OwnAnswer.objects.create(sign_on=accepted(statement=statement), question=old, value="old")
    type(old).objects.filter(pk=old.pk).update(frozen_at=old.created_at)
    type(old).objects.filter(pk=old.pk).update(removed_at=old.created_at)
    row = exported()[0]
    assert (row["Same?"], row["Same? (2)"], "Never answered?" in row) == ("", "old", False)


def test_another_statement_s_questions_are_no_columns(statement):
    OwnQuestionFactory(public=True, words=named("Another's?"))
    accepted(statement=statement)
    assert "Another's?" not in exported()[0]


@pytest.mark.parametrize("number", [1, 3])
def test_columns_cost_one_query_however_many_questions_there_are(statement, number, django_assert_num_queries):
    for _each in range(number):
        OwnQuestionFactory(statement=statement)
    with django_assert_num_queries(1):
        resource_of("call", contacts=True)


def test_a_kept_choice_of_one_statement_s_questions_serves_another_without_them(client, statement):
    user = UserFactory()
    roles.give(user, "exporter")
    client.force_login(user)
    other = OwnQuestionFactory()
    chosen = {"columns": ["organization", f"question_{other.pk}"]}
    preset = ExportPreset.objects.create(name="Mine", by=user, format="csv", choice=chosen)
    assert client.get(f"/desk/statements/call/export/?preset={preset.pk}").status_code == 200


def test_an_own_list_comes_back_whatever_its_questions_are_called(statement):
    asked = OwnQuestionFactory(statement=statement, words=named("What is your position on visas?"))
    OwnAnswer.objects.create(sign_on=accepted(statement=statement), question=asked, value="Against")
    rows = exported(contacts=True)
    table = Table([list(rows[0]), *(list(row.values()) for row in rows)])
    planned = importing.plan(StatementFactory(), table)
    assert "What is your position on visas?" not in planned.mapping
    assert planned.rows[0].values["representative_title"] == ""


def test_a_column_is_chosen_at_the_desk_by_its_words(client, django_user_model, statement):
    user = UserFactory()
    roles.give(user, "exporter")
    client.force_login(user)
    private = OwnQuestionFactory(statement=statement, words=named("Private?"))
    OwnAnswer.objects.create(sign_on=accepted(statement=statement), question=private, value="SECRET")
    path = "/desk/statements/call/export/"
    page = client.get(f"{path}?states=accepted&format=csv&columns=question_{private.pk}").content.decode()
    assert "Tick this as well" in page
    page = client.get(f"{path}?states=accepted&format=csv&contacts=on&columns=question_{private.pk}").content.decode()
    assert "SECRET" in page
    assert "Private?" in page
