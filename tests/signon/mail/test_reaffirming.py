"""The text was amended after people signed: how many they are, and who is asked to sign the newest too."""

import pytest
from django.urls import reverse

from campaigns.models import Revision, RevisionText, Statement
from signon import mailing, organizing
from signon.figures import large
from signon.mail import envelope, mailings, reaffirming, relevance
from signon.models import Mailing, Message, SignOn, Suppression
from signon.people import roles
from signon.questions import answering
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db


def amend(statement, words="1. Other demands.", number=2):
    revision = Revision.objects.create(statement=statement, number=number, original_language="en")
    RevisionText(revision=revision, language="en").write(title="Bread & Roses for all", body=words)
    statement.__dict__.pop("_revision", None)


@pytest.fixture
def statement():
    """Amended after one accepted, one waiting and one unconfirmed signed; a second accepted signed the newest."""
    made = StatementFactory(state="open")
    accepted(statement=made, email="stands@some.example", consent_updates=False)
    SignOnFactory(statement=made, confirmed=True, email="waits@some.example", consent_updates=False)
    SignOnFactory(statement=made, email="unconfirmed@some.example")
    amend(made)
    accepted(statement=made, email="new@some.example")
    return made


def test_a_further_translation_is_no_amendment():
    statement = StatementFactory()
    accepted(statement=statement)
    RevisionText(revision=statement.revision, language="fr").write(title="Du pain", body="1. Fin.")
    assert reaffirming.counted(statement) == {"accepted": 0, "confirmed": 0}


def test_how_many_they_are_is_kept_of_what_is_large_until_it_is_amended_again(statement, monkeypatch):
    monkeypatch.setattr(large, "MOST_COUNTED", 2)
    large.renew()
    accepted(statement=statement, text=statement.revisions.get(number=1).texts.get())
    assert reaffirming.counted(statement) == {"accepted": 1, "confirmed": 1}, "as it was counted last"
    amend(statement, "1. Still others.", number=3)
    assert reaffirming.counted(statement) == {"accepted": 3, "confirmed": 1}


def test_a_statement_that_was_never_amended_is_not_asked_about(django_assert_num_queries):
    statement = StatementFactory()
    assert not reaffirming.is_amended(statement)
    with django_assert_num_queries(0):
        assert reaffirming.counted(statement) == {"accepted": 0, "confirmed": 0}


def test_all_who_stand_or_wait_are_asked_whether_they_want_updates_or_not(statement):
    assert reaffirming.counted(statement) == {"accepted": 1, "confirmed": 1}
    draft = reaffirming.ask(statement, by=UserFactory())
    assert reaffirming.ask(statement, by=UserFactory()) == draft
    assert mailings.count(draft) == 2
    Mailing.objects.filter(pk=draft.pk).update(only_with_consent=True)
    draft.refresh_from_db()
    mailings.start(draft)
    mailings.advance()
    told = Message.objects.filter(mailing=draft)
    assert {each.to_address for each in told} == {"stands@some.example", "waits@some.example"}
    assert all(relevance.is_true(each) for each in told)
    assert {each.lane for each in told} == {"bulk"}
    assert not any("List-Unsubscribe" in envelope.headers(each) for each in told)
    assert reaffirming.ask(statement, by=UserFactory()) == draft


@pytest.mark.parametrize("narrower", [{"countries": ["KE"]}, {"sign_on_states": ["accepted"]}])
def test_a_draft_to_some_of_them_is_not_taken_for_one_to_all(statement, narrower):
    of_staff = {"sign_on_states": ["confirmed", "accepted"]} | narrower
    some = Mailing.objects.create(statement=statement, kind="reaffirm", created_by=UserFactory(), **of_staff)
    assert reaffirming.ask(statement, by=UserFactory()) != some
    some.refresh_from_db()
    assert {name: getattr(some, name) for name in narrower} == narrower


def test_who_was_asked_to_re_affirm_this_text_is_asked_once(client, statement):
    chief = UserFactory()
    roles.give(chief, "administrator")
    client.force_login(chief)
    first = reaffirming.ask(statement, by=chief)
    mailings.start(first)
    page = client.post(reverse("desk-reaffirm", args=[statement.slug]), follow=True).content.decode()
    assert "It was left as it is: Being sent." in page
    mailings.advance()
    Mailing.objects.update(state="done")
    again = reaffirming.ask(statement, by=chief)
    assert (again != first, mailings.count(again)) == (True, 0)
    assert "2 were asked already." in client.get(reverse("desk-mailing", args=[again.pk])).content.decode()
    # A second sign-on from the address of the first was asked too; who confirms late is asked now.
    SignOnFactory(statement=statement, text=statement.revisions.get(number=1).text(), confirmed=True,
                  email="stands+again@some.example")  # fmt: skip
    SignOnFactory(statement=statement, text=statement.revisions.get(number=1).text(), confirmed=True,
                  email="late@some.example")  # fmt: skip
    assert [each.email for each in mailings.audience(again)] == ["late@some.example"]
    assert "3 were asked already." in client.get(reverse("desk-mailing", args=[again.pk])).content.decode()
    Message.objects.filter(to_address="waits@some.example").update(state="canceled")
    assert mailings.count(again) == 2
    # Another amendment is another question.
    amend(statement, "1. Yet others.", number=3)
    again.refresh_from_db()
    assert mailings.count(again) == 4


@pytest.mark.parametrize("state", ["draft", "delivered", "answered", "withdrawn"])
def test_nobody_is_asked_to_sign_what_cannot_be_signed(client, statement, state):
    chief = UserFactory()
    roles.give(chief, "administrator")
    client.force_login(chief)
    Statement.objects.filter(pk=statement.pk).update(state=state)
    with pytest.raises(organizing.Forbidden):
        reaffirming.ask(statement, by=chief)
    page = client.post(reverse("desk-reaffirm", args=[statement.slug]), follow=True).content.decode()
    assert "That cannot be done from where the statement stands now." in page
    assert "ask to re-affirm" not in page
    assert not Mailing.objects.exists()


def test_who_unsubscribed_from_updates_is_asked_and_who_bounced_is_not(statement):
    Suppression.objects.create(mailbox="stands@some.example", reason="unsubscribed")
    Suppression.objects.create(mailbox="waits@some.example", reason="bounced")
    draft = reaffirming.ask(statement, by=UserFactory())
    assert [each.email for each in mailings.audience(draft)] == ["stands@some.example"]
    message = mailing.draft("reaffirm", key="r", sign_on=SignOn.objects.get(email="stands@some.example"))
    assert not Suppression.objects.get(reason="unsubscribed").stops(message)


def test_a_mailing_that_reaches_nobody_says_why(client, statement):
    chief = UserFactory()
    roles.give(chief, "administrator")
    client.force_login(chief)
    SignOnFactory(statement=statement, confirmed=True, email="", consent_updates=True)
    SignOnFactory(statement=statement, confirmed=True, email="off@some.example", consent_updates=True)
    SignOnFactory(statement=statement, confirmed=True, email="gone@some.example", consent_updates=True)
    Suppression.objects.create(mailbox="off@some.example", reason="unsubscribed")
    Suppression.objects.create(mailbox="gone@some.example", reason="bounced")
    chosen = Mailing.objects.create(statement=statement, created_by=chief, sign_on_states=["confirmed"])
    assert dict(mailings.left_out(chosen)) == {
        "chosen": 4, "no_address": 1, "no_consent": 1, "unsubscribed": 1, "bounced": 1,
    }  # fmt: skip
    page = client.get(reverse("desk-mailing", args=[chosen.pk])).content.decode()
    assert "It reaches nobody. Why:" in page
    for words in ("4 sign-ons are as you chose.", "1 did not ask for updates.", "1 has unsubscribed.",
                  "Mail to 1 of them bounced.", "1 came without an e-mail address."):  # fmt: skip
        assert words in page
    draft = reaffirming.ask(statement, by=chief)
    assert "It reaches nobody" not in client.get(reverse("desk-mailing", args=[draft.pk])).content.decode()


def test_the_overview_says_how_many_with_the_button_to_write_to_them(client, statement):
    chief = UserFactory()
    roles.give(chief, "administrator")
    client.force_login(chief)
    page = client.get(reverse("desk-statement", args=[statement.slug])).content.decode()
    assert "1 who stands on the statement signed an earlier text." in page
    assert "1 who waits at the desk signed an earlier text." in page
    answer = client.post(reverse("desk-reaffirm", args=[statement.slug]))
    draft = Mailing.objects.get(kind="reaffirm")
    assert answer["Location"] == reverse("desk-mailing", args=[draft.pk])
    letters = client.get(reverse("desk-statement-letters", args=[statement.slug])).content.decode()
    assert "1 of them signed an earlier text than the letter holds." in letters
    other = StatementFactory()
    accepted(statement=other)
    page = client.get(reverse("desk-statement", args=[other.slug])).content.decode()
    assert "signed an earlier text" not in page
    verifier = UserFactory()
    roles.give(verifier, "verifier")
    client.force_login(verifier)
    assert client.post(reverse("desk-reaffirm", args=[statement.slug])).status_code == 403
    assert "ask to re-affirm" not in client.get(reverse("desk-statement", args=[statement.slug])).content.decode()


def test_a_case_says_which_text_it_signed(client, statement):
    verifier = UserFactory()
    roles.give(verifier, "verifier")
    client.force_login(verifier)
    sign_on = SignOn.objects.get(email="stands@some.example")
    url = reverse("desk-case", args=[sign_on.pk])
    page = client.get(url).content.decode()
    assert "Signed text no. 1, in English." in page
    assert "no. 2 is signed now, and was not re-affirmed." in page
    assert answering.reaffirm(sign_on, digest=statement.text("en").digest)
    page = client.get(url).content.decode()
    assert "Signed text no. 2, in English." in page
    assert "Re-affirmed on" in page
    assert "was not re-affirmed" not in page
