"""What posts need of a statement is read once a second; whether it takes them is asked as each is recorded."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import RevisionText
from signon import signing
from signon.abuse import guarding
from signon.models import OwnQuestion, SignOn
from signon.privacy import consenting
from signon.statements import at_hand
from tests.factories import StatementFactory, UserFactory
from tests.posted import typed
from tests.signon.test_races import sign


@pytest.fixture(autouse=True)
def _kept(settings, monkeypatch):
    settings.KEEP_PAGES = True
    monkeypatch.setattr(at_hand, "SECONDS", 60.0)  # however slow the machine is
    at_hand._held.clear()
    yield
    at_hand._held.clear()
    consenting._kept.clear()


@pytest.fixture
def post(client):
    statement = StatementFactory(slug="call")

    def send(number, **fields):
        return client.post("/statements/call/sign/", typed(email=f"a{number}@signer.example", **fields))

    send.statement = statement
    return send


def asked():
    return [each.words["en"] for each in OwnQuestion.asked_of(at_hand.statement_at_hand("call", "en"))]


@pytest.mark.django_db
def test_the_second_of_a_second_reads_no_statement_and_no_text(post):
    post(1)
    post(2)  # the first has frozen the text: only now it is kept
    with CaptureQueriesContext(connection) as queries:
        assert post(3).status_code == 302
    tables = {"campaigns_revisiontext", "signon_ownquestion", "campaigns_campaign"}
    assert [each["sql"] for each in queries if any(f'FROM "{table}"' in each["sql"] for table in tables)] == []
    assert SignOn.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "answered"),
    [
        ({"closes_at": timedelta(milliseconds=-1)}, 302),
        ({"embargo_until": timedelta(hours=1)}, 404),
        ({"state": "withdrawn"}, 302),
    ],
    ids=["closed", "embargoed", "withdrawn"],
)
def test_what_is_not_open_to_strangers_any_more_is_signed_by_nobody_in_that_second(post, changed, answered):
    post(1)
    post(2)
    moments = {name: timezone.now() + each if name != "state" else each for name, each in changed.items()}
    type(post.statement).objects.update(**moments)
    response = post(3)
    assert (response.status_code, response.headers.get("Location", "/statements/call/")) == (
        answered, "/statements/call/",
    )  # fmt: skip
    assert SignOn.objects.count() == 2


@pytest.mark.django_db
def test_who_signs_in_the_second_in_which_the_closing_is_moved_may_confirm_until_72_hours_after_it(post, monkeypatch):
    post(1)
    post(2)
    weighed = []
    monkeypatch.setattr(guarding, "weigh", lambda *args, **told: weighed.append(told))  # uses up a proof of work
    closes_at = timezone.now() + timedelta(days=90)
    type(post.statement).objects.update(closes_at=closes_at)
    assert post(3).headers["Location"] == "/statements/call/sign/sent/"
    assert SignOn.objects.get(email="a3@signer.example").expires_at == closes_at + timedelta(hours=72)
    assert len(weighed) == 1


@pytest.mark.django_db
def test_a_statement_that_is_opened_again_is_signed_in_the_same_second(post):
    post(1)
    post(2)
    statements = type(post.statement).objects
    statements.update(closes_at=timezone.now() - timedelta(seconds=1))
    assert post(3).headers["Location"] == "/statements/call/"
    statements.update(closes_at=None)
    assert post(4).headers["Location"] == "/statements/call/sign/sent/"
    assert SignOn.objects.count() == 3


@pytest.mark.django_db
def test_who_reads_slowly_puts_nothing_older_in_the_place_of_what_was_read_since(post, monkeypatch):
    post(1)
    post(2)
    later, read = timezone.now() + timedelta(days=90), at_hand.statement_or_404

    def slowly(*asked):
        monkeypatch.setattr(at_hand, "statement_or_404", read)
        found = read(*asked)
        type(post.statement).objects.update(closes_at=later)
        assert post(3).headers["Location"] == "/statements/call/sign/sent/"
        return found

    monkeypatch.setattr(at_hand, "statement_or_404", slowly)
    assert at_hand.statement_at_hand("call", "en", anew=True).closes_at != later
    assert at_hand.statement_at_hand("call", "en").closes_at == later


@pytest.mark.django_db
def test_who_signs_while_a_slow_reader_brings_an_older_one_back_signs_what_it_is_now(post, monkeypatch):
    post(1)
    post(2)
    older = at_hand._held["call"]
    closes_at = timezone.now() + timedelta(days=90)
    type(post.statement).objects.update(closes_at=closes_at)
    begin = signing._begin

    def brought_back(*asked):
        try:
            return begin(*asked)
        except signing.StatementChanged:
            at_hand._held["call"] = older
            raise

    monkeypatch.setattr(signing, "_begin", brought_back)
    assert post(3).headers["Location"] == "/statements/call/sign/sent/"
    assert SignOn.objects.get(email="a3@signer.example").expires_at == closes_at + timedelta(hours=72)


@pytest.mark.django_db
def test_a_statement_whose_embargo_is_over_is_signed_as_any_other(post):
    type(post.statement).objects.update(embargo_until=timezone.now() - timedelta(hours=1))
    assert [post(number).headers["Location"] for number in (1, 2, 3)] == ["/statements/call/sign/sent/"] * 3


@pytest.mark.django_db
def test_what_was_read_for_the_post_decides_by_what_it_was_then_and_only_what_may_be_old_is_compared(post):
    read = type(post.statement).objects.get()
    type(post.statement).objects.update(state="closed")
    sign(read, email="a1@signer.example")
    with pytest.raises(signing.StatementChanged):
        sign(read, email="a2@signer.example", may_be_old=True)
    assert SignOn.objects.get().email == "a1@signer.example"


@pytest.mark.django_db
def test_it_is_kept_for_its_second_and_no_more_of_them_than_a_process_can_hold(post, monkeypatch):
    post(1)
    first = at_hand.statement_at_hand("call", "en")
    assert at_hand.statement_at_hand("call", "en") is first
    monkeypatch.setattr(at_hand, "SECONDS", 0.0)
    assert at_hand.statement_at_hand("call", "en") is not first
    monkeypatch.setattr(at_hand, "MOST", 2)
    for number in range(3):
        at_hand.statement_at_hand(StatementFactory(slug=f"call-{number}").slug, "en")
    assert list(at_hand._held) == ["call-1", "call-2"]


@pytest.mark.django_db
def test_who_signs_while_staff_change_it_again_and_again_is_asked_to_sign_once_more(post, monkeypatch):
    monkeypatch.setattr(type(post.statement), "deciding", lambda self: ("open", None, None, timezone.now()))
    response = post(1, organization_name="Sigurður’s friends")
    assert (response.status_code, "Sigurður’s friends" in response.content.decode()) == (422, True)
    assert not SignOn.objects.exists()


@pytest.mark.django_db
def test_a_text_that_nobody_signed_is_read_anew_and_one_that_was_signed_is_the_one_that_was_read(post):
    post.statement.text("en")
    at_hand.statement_at_hand("call", "en")
    RevisionText.objects.update(title="Mended")
    assert at_hand.statement_at_hand("call", "en").title == "Mended"


@pytest.mark.django_db
def test_a_question_that_nobody_answered_is_read_anew(post):
    post(1)
    assert at_hand.statement_at_hand("call", "en").own_questions.count() == 0
    OwnQuestion.objects.create(statement=post.statement, kind="short", words={"en": "Where?"}, slot=1, by=UserFactory())
    at_hand._held.clear()  # a second later
    assert asked() == ["Where?"]
    OwnQuestion.objects.update(words={"en": "Whereabouts?"})
    assert asked() == ["Whereabouts?"]
    OwnQuestion.objects.update(frozen_at=timezone.now())
    at_hand._held.clear()
    assert asked() == ["Whereabouts?"]
    with CaptureQueriesContext(connection) as queries:
        assert asked() == ["Whereabouts?"]
    assert len(queries) == 0


@pytest.mark.django_db(transaction=True)
def test_words_of_a_consent_are_kept_only_once_they_are_written(post):
    with transaction.atomic():
        consenting.shown("sign_on", "en")
        transaction.set_rollback(True)
    assert not consenting._kept
    assert post(1).status_code == 302
    assert SignOn.objects.get().consent_text
