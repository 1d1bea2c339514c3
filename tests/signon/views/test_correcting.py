import re

import pytest

from signon import tokens
from signon.mail import asking
from signon.mail.rendering import words
from signon.models import Message, OwnAnswer, SignOn
from signon.questions import correcting, own_answers, quotes
from tests.factories import OwnQuestionFactory, StatementFactory, UserFactory, accepted
from tests.posted import typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def question():
    return OwnQuestionFactory(statement=StatementFactory(slug="call"), required=True)


@pytest.fixture
def sign_on(question):
    made = accepted(statement=question.statement, organization_name="Known", email="known@secret.example", country="MX")
    own_answers.keep(made, [OwnAnswer(question=question, value="First words")])
    return made


def address(sign_on):
    return f"/sign-ons/manage/{tokens.make(sign_on, tokens.MANAGE)}/"


def test_the_representative_corrects_an_answer_and_reads_it_in_what_was_signed(client, sign_on, question):
    own = address(sign_on)
    link = f"{own}answers/"
    page = client.get(own).content.decode()
    assert "First words" in page
    assert f'href="{link}"' in page
    assert 'value="First words"' in client.get(link).content.decode()
    assert sign_on.own_answers.get().value == "First words"
    answer = client.post(link, {f"question_{question.pk}": "Second words"})
    assert (answer.status_code, answer["Location"]) == (302, own)
    page = client.get(own).content.decode()
    assert ("Second words" in page, "First words" in page) == (True, False)


def test_what_must_be_answered_stays_answered_and_nothing_typed_is_lost(client, sign_on, question):
    other = OwnQuestionFactory(statement=question.statement, required=True)
    link = f"{address(sign_on)}answers/"
    answer = client.post(link, {f"question_{question.pk}": "", f"question_{other.pk}": "Typed now"})
    assert answer.status_code == 422
    assert "Please answer this question." in answer.content.decode()
    assert "Typed now" in answer.content.decode()
    assert sign_on.own_answers.get().value == "First words"
    # A question that was added after they signed is no hurdle before a correction.
    assert client.post(link, {f"question_{question.pk}": "Second words"}).status_code == 302


def test_a_public_answer_that_was_corrected_is_said_to_wait(client, sign_on):
    public = OwnQuestionFactory(statement=sign_on.statement, public=True)
    first = sign_on.own_answers.get()
    client.post(f"{address(sign_on)}answers/", {f"question_{first.question_id}": "x", f"question_{public.pk}": "Seen"})
    assert "Shown once our staff have read it" in client.get(address(sign_on)).content.decode()


def test_a_correction_that_staff_refused_is_told_as_not_shown(client, sign_on):
    public = OwnQuestionFactory(statement=sign_on.statement, public=True)
    correcting.correct_answers(sign_on, [OwnAnswer(question=public, value="Corrected words")])
    quotes.decide(OwnAnswer.objects.get(question=public), "refused", by=UserFactory())
    page = client.get(address(sign_on)).content.decode()
    told = page.partition("Corrected words")[2].partition("</dd>")[0]
    assert ("Not shown" in told, "May be shown" in told) == (True, False)


def test_nobody_is_asked_to_read_what_nobody_will_see(sign_on):
    public = OwnQuestionFactory(statement=sign_on.statement, public=True)
    correcting.correct_answers(sign_on, [OwnAnswer(question=public, value="Corrected words")])
    assert quotes.to_look_at(sign_on.statement).count() == 1
    SignOn.objects.filter(pk=sign_on.pk).update(listing="country", listed_name="", sort_key="", search_key="")
    assert quotes.to_look_at(sign_on.statement).count() == 0


def test_a_link_that_is_cut_or_of_what_ended_leads_to_no_answers(client, sign_on):
    assert client.get("/sign-ons/manage/cut/answers/").status_code == 404
    link = f"{address(sign_on)}answers/"
    SignOn.objects.filter(pk=sign_on.pk).update(state="withdrawn", ending="signer", ended_at=sign_on.created_at)
    assert client.get(link).status_code == 302
    assert client.post(link, {f"question_{sign_on.own_answers.get().question_id}": "x"}).status_code == 302
    assert sign_on.own_answers.get().value == "First words"


def test_where_nothing_is_asked_there_is_no_way_to_answers(client):
    sign_on = accepted()
    assert "/answers/" not in client.get(address(sign_on)).content.decode()
    assert client.get(f"{address(sign_on)}answers/").status_code == 302


def test_who_signed_already_and_answers_again_is_led_to_where_answers_are_given(client, sign_on, question):
    data = typed(organization_name="Known", acronym="", email="known@secret.example")
    client.post("/statements/call/sign/", data | {f"question_{question.pk}": "A stranger's"})
    assert sign_on.own_answers.get().value == "First words"
    message = Message.objects.get(kind=Message.Kind.ALREADY_SIGNED)
    for part in words(message)[1:]:
        assert "give them on the page of your sign-on" in part
        path = re.search(r"/sign-ons/manage/[^/]+/", part)[0]
        assert "First words" in client.get(path).content.decode()


def test_that_mail_speaks_of_no_answers_where_nothing_is_asked():
    sign_on = accepted()
    asking.tell_already_signed(sign_on)
    message = Message.objects.get(kind=Message.Kind.ALREADY_SIGNED)
    assert "answers" not in "".join(words(message))


def test_what_was_corrected_is_read_at_the_desk_by_way_of_the_statement_s_page(client, staff, sign_on):
    public = OwnQuestionFactory(statement=sign_on.statement, public=True, words={"": "en", "en": "What else?"})
    first = sign_on.own_answers.get().question_id
    client.post(f"{address(sign_on)}answers/", {f"question_{first}": "x", f"question_{public.pk}": "Corrected words"})
    staff("verifier")
    page = " ".join(client.get("/desk/statements/call/").content.decode().split())
    assert '<a href="/desk/statements/call/quotes/">1 quote or corrected answer is to be read</a>' in page
    page = client.get("/desk/statements/call/quotes/").content.decode()
    assert ("Corrected words" in page, "What else?" in page) == (True, True)
    answer = OwnAnswer.objects.get(question=public)
    client.post(f"/desk/statements/call/quotes/{answer.pk}/accept/", {"words": "Corrected words"})
    answer.refresh_from_db()
    assert answer.quote == "accepted"


def test_who_accepts_words_that_were_corrected_meanwhile_is_told_to_look_again(client, staff, sign_on):
    why = OwnQuestionFactory(statement=sign_on.statement, is_quote=True, public=True)
    own_answers.keep(sign_on, [OwnAnswer(question=why, value="First")])
    read = OwnAnswer.objects.get(question=why)
    correcting.correct_answers(sign_on, [OwnAnswer(question=why, value="Second")])
    staff("verifier")
    page = client.post(f"/desk/statements/call/quotes/{read.pk}/accept/", {"words": "First"}, follow=True)
    assert "Look again." in page.content.decode()
    assert OwnAnswer.objects.get(question=why).quote == "waiting"
