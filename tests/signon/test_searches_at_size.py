"""The directory, and what staff look for among very many, read a bounded number of rows and of the database's pages.

What PostgreSQL says of the very queries that the pages ask (EXPLAIN ANALYZE); FULL=1 takes a million names.
"""

import pytest
from django.db import connection

from signon.figures import large
from signon.finding import directory, word_search
from signon.models import LedgerEntry, Organization, SignOn
from tests.factories import UserFactory
from tests.plans import costs_of
from tests.signon.test_lists_at_size import NUMBER, dearest, many  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db

# A page reads its names, for each its organization, and whether a newer sign-on of it stands; a rare type more.
ROWS, BUFFERS = 20 * directory.PAGE, 60 * directory.PAGE


@pytest.fixture(scope="module")
def counted(many, django_db_blocker):  # noqa: F811
    """What is large is counted, as a worker does each minute."""
    with django_db_blocker.unblock():
        large.renew()
    return many


@pytest.fixture
def by_index():
    """Of a few thousand rows all are read as fast as some: here the way is taken that a million are read by."""
    if NUMBER < 1_000_000:
        with connection.cursor() as cursor:
            for other in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{other} = off")


def place_in_directory(share):
    return Organization.objects.order_by("name").values_list("slug", flat=True)[int(NUMBER * share)]


@pytest.mark.parametrize("query", ["", "?country=IN", "?country=regional", "?type=faith", "?country=UA&type=union"])
def test_a_page_of_the_directory_reads_what_it_shows(client, counted, by_index, query):
    rows, buffers = dearest(client, f"/organizations/{query}")
    assert rows <= ROWS
    assert buffers <= BUFFERS


@pytest.mark.parametrize("way", ["after", "before"])
def test_the_directory_s_last_pages_cost_what_the_first_does(client, counted, by_index, way):
    rows, buffers = dearest(client, f"/organizations/?{way}={place_in_directory(0.9)}")
    assert rows <= ROWS
    assert buffers <= BUFFERS


@pytest.mark.parametrize("path", ["numbers/", "revisions/"])
def test_numbers_of_very_many_are_not_counted_for_a_reader(client, counted, path):
    rows, _buffers = dearest(client, f"{counted[0].get_absolute_url()}{path}")
    assert rows <= 100


def test_a_statement_at_the_desk_is_not_counted_for_its_organizer(client, counted):
    client.force_login(UserFactory(staff=True, is_superuser=True))
    for path in ("", "letters/"):
        rows, _buffers = dearest(client, f"/desk/statements/{counted[0].slug}/{path}")
        assert rows <= 200


# Pages with the words that stand for what was typed.
SEARCHES = ["/organizations/", "/search/", "/desk/organizations/", "/admin/signon/signon/",
            "/admin/signon/organization/", "/admin/signon/ledgerentry/"]  # fmt: skip


@pytest.mark.parametrize("path", SEARCHES)
@pytest.mark.parametrize("query", ["11999", "xyzzy", "xyzzy womens"])
def test_a_rare_word_costs_next_to_nothing(client, counted, path, query):
    client.force_login(UserFactory(staff=True, is_superuser=True))
    costs = [each for each in costs_of(lambda: client.get(path, {"q": query})) if "@@" in each.sql]
    assert max(cost.rows for cost in costs) <= 50
    assert max(cost.buffers for cost in costs) <= 600  # of which most is what the index has not sorted in yet
    newest = costs_of(lambda: client.get(path, {"q": query}))
    assert max(cost.rows for cost in newest) <= 25_000  # the newest 2,000 names, where a word may be mistyped


@pytest.mark.parametrize("path", SEARCHES)
def test_of_a_frequent_word_no_more_are_judged_than_the_limit(client, counted, path, monkeypatch):
    monkeypatch.setattr(word_search, "MOST", 300)
    client.force_login(UserFactory(staff=True, is_superuser=True))
    costs = [each for each in costs_of(lambda: client.get(path, {"q": "womens"})) if "@@" in each.sql]
    assert max((cost.buffers for cost in costs), default=0) <= 300 + max(200, NUMBER // 1000)
    page = client.get(path, {"q": "womens"}, follow=True).content.decode()
    assert "All organizations with these words" in page if path == "/search/" else "More than" in page


@pytest.mark.parametrize(
    "path",
    [
        "signon/?country=UA",
        "signon/?signer__exact=individual",
        "signon/?state__exact=withdrawn",
        "signon/?state__exact=unconfirmed",
        "signon/?o=1",
        "signon/?o=3",
        "organization/?o=2",
        "organization/?q=11999",
        "ledgerentry/?act__exact=accepted",
        "ledgerentry/?o=3",
        "ledgerentry/?q=5",
    ],
)
def test_the_administration_s_filters_and_orders_have_indexes(client, counted, path):
    client.force_login(UserFactory(staff=True, is_superuser=True))
    rows, _buffers = dearest(client, f"/admin/signon/{path}")
    # It counts to 10,000; newest of one moment are sorted by their number. Of a million, some ten thousand rows of one
    # country are found by a bitmap of them all, which costs less than 10,000 in their order.
    assert rows <= (11_100 if NUMBER < 1_000_000 else 30_000)


def test_the_queue_goes_on_after_any_case_by_the_index(client, counted, by_index):
    client.force_login(UserFactory(staff=True, is_superuser=True))
    numbers = SignOn.objects.filter(statement=counted[0]).order_by("pk").values_list("pk", flat=True)
    for number in (numbers[NUMBER // 10], numbers[NUMBER - 1]):
        costs = costs_of(lambda number=number: client.get(f"/desk/sign-ons/?part=decided&after={number}"))
        assert max(cost.rows for cost in costs) <= 5_100


def test_the_indexes_are_there_under_their_names():
    names = {index.name for model in (SignOn, Organization, LedgerEntry) for index in model._meta.indexes}
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE indisvalid")
        assert names <= {name for (name,) in cursor.fetchall()}
