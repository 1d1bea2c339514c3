import pytest
from django.test import Client

from signon import signing, verifying
from signon.models import LedgerEntry, OwnAnswer
from signon.questions import quotes
from tests.factories import OwnQuestionFactory, SignOnFactory, StatementFactory, UserFactory, accepted
from tests.signon.test_constraints import change

pytestmark = pytest.mark.django_db
WORDS = "Because nobody is illegal."


@pytest.fixture
def why():
    return OwnQuestionFactory(statement=StatementFactory(slug="call"), is_quote=True, public=True)


def answered(sign_on, why, words=WORDS, quote="accepted"):
    answer = OwnAnswer.objects.create(sign_on=sign_on, question=why, value=words)
    if quote != "waiting":
        quotes.decide(answer, quote, by=UserFactory())
    return answer


def pages():
    """Every public page that could tell it."""
    client = Client()
    paths = [
        "/",
        "/feeds/statements.atom",
        "/statements/call/",
        "/statements/call/signatories/",
        "/statements/call/sign/",
        "/embed/statements/call/?show=list",
        "/api/v1/statements/call/",
        "/api/v1/statements/call/signatories/",
    ]
    return "".join(client.get(path).content.decode() for path in paths)


def test_a_quote_that_staff_accepted_stands_on_the_page_beside_the_name(why):
    answered(accepted(statement=why.statement, organization_name="Union of Nairobi"), why)
    page = Client().get("/statements/call/").content.decode()
    assert WORDS in page
    assert "Union of Nairobi</bdi>, Kenya" in page


@pytest.mark.parametrize("quote", ["waiting", "refused"])
def test_a_quote_that_nobody_accepted_stands_nowhere(why, quote):
    answered(accepted(statement=why.statement), why, quote=quote)
    assert WORDS not in pages()


def test_a_quote_of_a_sign_on_that_is_not_accepted_stands_nowhere(why):
    sign_on = SignOnFactory(statement=why.statement, confirmed=True)
    answered(sign_on, why)
    assert WORDS not in pages()
    verifying.decline(sign_on, by=UserFactory(), refusal="other", reason="no")
    assert WORDS not in pages()


def test_who_withdraws_is_quoted_no_more_from_that_moment(why):
    sign_on = accepted(statement=why.statement)
    answered(sign_on, why)
    assert WORDS in pages()
    signing.withdraw(sign_on)
    assert WORDS not in pages()


def test_who_stands_without_a_name_is_quoted_without_it(why):
    answered(accepted(statement=why.statement, organization_name="SECRET House", listing="country", sort_key=""), why)
    page = pages()
    assert WORDS in page
    assert "SECRET" not in page


def test_who_is_only_counted_is_never_quoted(why):
    answered(accepted(statement=why.statement, listing="count", sort_key=""), why)
    assert WORDS not in pages()


def test_a_double_is_not_quoted_beside_the_one_that_stands(why):
    first, double = accepted(statement=why.statement), accepted(statement=why.statement)
    change(double, same_as=first)
    answered(double, why)
    assert WORDS not in pages()


def test_a_withdrawn_statement_quotes_nobody(why):
    answered(accepted(statement=why.statement), why)
    change(why.statement, state="withdrawn")
    assert WORDS not in pages()


def test_each_decision_stands_in_the_ledger_without_the_words(why):
    sign_on = accepted(statement=why.statement)
    answer = answered(sign_on, why)
    assert not quotes.decide(answer, "accepted", by=UserFactory())
    assert quotes.decide(answer, "refused", by=UserFactory())
    acts = sign_on.ledger.filter(act__startswith="quote").values_list("act", flat=True)
    assert list(acts) == [LedgerEntry.Act.QUOTE_ACCEPTED, LedgerEntry.Act.QUOTE_REFUSED]
    assert WORDS not in str([entry.facts for entry in sign_on.ledger.all()])


def test_words_that_changed_since_they_were_read_are_not_accepted(why):
    answer = answered(accepted(statement=why.statement), why, quote="waiting")
    change(answer, value="Something else")
    assert not quotes.decide(answer, "accepted", by=UserFactory())


@pytest.mark.parametrize("number", [1, 3])
def test_quotes_cost_one_query_however_many_there_are(why, number, django_assert_num_queries):
    for _each in range(number):
        answered(accepted(statement=why.statement), why)
    with django_assert_num_queries(1):
        assert len(quotes.shown(why.statement, "en")) == number
