"""Questions of staff and what their representatives answer; amended texts and who signs them too."""

import pytest
from django.utils import timezone

from campaigns.models import Revision, RevisionText
from signon import signing, verifying
from signon.casework import desk
from signon.mail import relevance, rendering
from signon.models import SignOn
from signon.questions import answering
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db
WORDS = "Who may sign for you?"


@pytest.fixture
def asked():
    sign_on = SignOnFactory(confirmed=True)
    verifying.ask(sign_on, by=UserFactory(), words=f" {WORDS} ")
    return sign_on


def fresh(sign_on):
    return SignOn.objects.get(pk=sign_on.pk)


def parts(sign_on):
    staff = UserFactory(staff=True)
    return [name for name in desk.PARTS if sign_on in desk.part(name, staff)]


def acts(sign_on):
    return [entry.act for entry in sign_on.ledger.all()]


def amend(statement):
    """A second revision, with another text."""
    revision = Revision.objects.create(statement=statement, number=2, original_language="en")
    RevisionText(revision=revision, language="en").write(title="Bread & Roses", body="Amended.")
    return revision.texts.get()


# Asking


def test_a_question_is_mailed_after_ten_minutes_and_puts_the_case_on_hold(asked):
    message = asked.messages.get()
    assert (message.kind, message.state) == ("question", "queued")
    assert 590 < (message.due_at - timezone.now()).total_seconds() <= 600
    assert WORDS in rendering.render(message).body
    assert (asked.state, asked.open_question.words, parts(asked)) == ("confirmed", WORDS, [desk.ASKED])
    assert WORDS not in str(asked.ledger.get().facts)


def test_one_question_at_a_time_is_asked_of_what_waits_and_has_an_address(asked):
    for sign_on, words in [
        (asked, "Another?"),
        (SignOnFactory(), WORDS),
        (accepted(), WORDS),
        (SignOnFactory(confirmed=True, email=""), WORDS),
        (SignOnFactory(confirmed=True), "  "),
    ]:
        with pytest.raises(verifying.CannotDecide):
            verifying.ask(sign_on, by=UserFactory(), words=words)
    assert asked.questions.count() == 1


def test_a_question_that_is_taken_back_is_not_mailed_and_another_may_be_asked(asked):
    message = asked.messages.get()
    verifying.drop_question(asked, by=UserFactory())
    message.refresh_from_db()
    assert (message.state, asked.open_question, parts(asked)) == ("canceled", None, [desk.TO_DECIDE])
    with pytest.raises(verifying.CannotDecide):
        verifying.drop_question(asked, by=UserFactory())
    verifying.ask(asked, by=UserFactory(), words="Another?")
    assert sorted(asked.messages.values_list("state", flat=True)) == ["canceled", "queued"]
    assert acts(asked) == ["asked", "question_dropped", "asked"]


# Answering


def test_an_answer_comes_back_as_a_note_and_ends_the_hold(asked):
    assert answering.answer(asked, words="Our board may.")
    note, question = asked.notes.get(), asked.questions.get()
    assert (note.words, note.by) == ("Our board may.", None)
    assert (question.answer, question.answered_at is None, question.dropped_at) == ("Our board may.", False, None)
    assert (acts(asked), parts(asked)) == (["asked", "answered"], [desk.TO_DECIDE])
    assert asked.ledger.get(act="answered").by is None
    assert "board" not in str(asked.ledger.get(act="answered").facts)
    assert asked.messages.get().state == "canceled", "who answers before the mail is out needs none"


def test_a_question_is_answered_once(asked):
    assert answering.answer(asked, words="Our board may.")
    assert not answering.answer(asked, words="Not our board.")
    assert (asked.questions.get().answer, asked.notes.count()) == ("Our board may.", 1)
    verifying.ask(asked, by=UserFactory(), words="Since when?")
    assert answering.answer(asked, words="Since 1998.")
    assert [question.answer for question in asked.questions.all()] == ["Our board may.", "Since 1998."]


def accept(sign_on):
    verifying.accept(sign_on, by=UserFactory())


def decline(sign_on):
    verifying.decline(sign_on, by=UserFactory(), refusal="no_answer")


def drop(sign_on):
    verifying.drop_question(sign_on, by=UserFactory())


@pytest.mark.parametrize("end", [accept, decline, drop, signing.withdraw])
def test_what_ends_a_question_ends_its_mail_and_takes_no_answer(asked, end):
    message = asked.messages.get(kind="question")
    end(asked)
    assert asked.open_question is None
    assert not answering.answer(fresh(asked), words="Our board may.")
    message.refresh_from_db()
    assert (message.state, relevance.is_true(message)) == ("canceled", False)
    assert (asked.notes.count(), asked.questions.get().answer) == (0, "")


def test_a_decision_taken_back_does_not_ask_again(asked):
    accept(asked)
    verifying.reopen(asked, by=UserFactory())
    assert (asked.open_question, parts(asked)) == (None, [desk.TO_DECIDE])
    assert not answering.answer(asked, words="Our board may.")


def test_an_answer_is_kept_when_the_decision_comes_after_it(asked):
    answering.answer(asked, words="Our board may.")
    accept(asked)
    assert (asked.questions.get().answer, asked.questions.get().dropped_at) == ("Our board may.", None)


# Signing an amended text


def test_who_signed_an_earlier_text_may_sign_the_newest_too():
    sign_on = accepted()
    before, newest = sign_on.text, amend(sign_on.statement)
    sign_on = fresh(sign_on)
    assert sign_on.is_of_an_earlier_text
    assert answering.reaffirm(sign_on, digest=newest.digest)
    assert (fresh(sign_on).text, fresh(sign_on).is_of_an_earlier_text) == (newest, False)
    assert sign_on.ledger.get(act="reaffirmed").facts == {"text": newest.digest, "before": before.digest}
    newest.refresh_from_db()
    assert newest.frozen_at is not None
    assert not answering.reaffirm(fresh(sign_on), digest=newest.digest)
    assert sign_on.ledger.filter(act="reaffirmed").count() == 1


def test_what_is_not_shown_not_newest_or_not_standing_is_not_reaffirmed():
    statement = StatementFactory()
    standing, waiting = accepted(statement=statement), SignOnFactory(statement=statement)
    gone = accepted(statement=statement)
    signing.withdraw(gone)
    older, newest = standing.text, amend(statement)
    for sign_on, digest in [(standing, ""), (standing, older.digest), (waiting, newest.digest), (gone, newest.digest)]:
        assert not answering.reaffirm(fresh(sign_on), digest=digest)
        assert fresh(sign_on).text == older
