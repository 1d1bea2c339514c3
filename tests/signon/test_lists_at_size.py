"""Any page, jump and search of a long list reads a bounded number of rows and of the database's pages.

What PostgreSQL says of the very queries that the pages ask (EXPLAIN ANALYZE); FULL=1 takes a million names.
"""

import os
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.utils import timezone

from signon import mailing, signatories, volume
from signon.casework import desk
from signon.finding import word_search
from signon.models import Hold, Message, SignOn
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted
from tests.plans import costs_of

WAITING = 6_000
IS_WHOLE = os.environ.get("FULL") == "1"
NUMBER = 1_000_000 if IS_WHOLE else 12_000
# A page reads its 200 names, each with its organization, and the first of the next page.
ROWS, BUFFERS = 2 * (signatories.PAGE + 1), 1500

pytestmark = pytest.mark.django_db


WORD_INDEXES = ["list_by_words", "sign_ons_by_words", "organizations_by_words"]


@pytest.fixture(scope="module")
def many(django_db_setup, django_db_blocker):
    """A statement with very many names, for all tests here, beside one with a few; gone afterwards."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        from django.test import TestCase

        # What tests before this one took back still fills pages, which plans reckon with.
        cursor.execute("VACUUM signon_signon, signon_message, signon_case, signon_ledgerentry")
        marks = TestCase._enter_atomics()
        statement, by = StatementFactory(), UserFactory(staff=True)
        for _done in volume.load(statement, NUMBER, by=by):
            pass
        # What waits to be put into the index of words is read through by each search; autovacuum may be late.
        for name in WORD_INDEXES:
            cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [name])
        cursor.execute("ANALYZE")
        # Else each test checks at its end what all of these rows point to: a minute for a million.
        connection.check_constraints()
        yield statement, by
        TestCase._rollback_atomics(marks)


def list_of(statement):
    return f"{statement.get_absolute_url()}signatories/"


def dearest(client, url):
    """Of the queries for a page: the most rows, and the most buffers."""
    costs = costs_of(lambda: client.get(url))
    return max(cost.rows for cost in costs), max(cost.buffers for cost in costs)


def edge_of(statement, place):
    ordered = SignOn.objects.named().filter(statement=statement).order_by("convener_place", "listing", "sort_key", "pk")
    return ordered.values_list("pk", flat=True)[place]


@pytest.mark.parametrize(
    "query",
    ["", "letter=M", "letter=α", "country=IN", "country=UA&letter=W", "scope=regional", "type=individual"],
)
def test_a_page_or_a_jump_reads_what_it_shows(client, many, query):
    rows, buffers = dearest(client, f"{list_of(many[0])}?{query}")
    assert rows <= ROWS
    assert buffers <= BUFFERS


@pytest.mark.parametrize("way", ["after", "before"])
def test_the_last_pages_cost_what_the_first_does(client, many, way):
    edge = edge_of(many[0], NUMBER - NUMBER // 10)
    rows, buffers = dearest(client, f"{list_of(many[0])}?{way}={edge}")
    assert rows <= ROWS
    assert buffers <= BUFFERS


def test_of_a_frequent_word_no_more_are_judged_than_the_limit(client, many, monkeypatch):
    monkeypatch.setattr(word_search, "MOST", 300)
    costs = costs_of(lambda: client.get(f"{list_of(many[0])}?q=womens"))
    # As many pages of the table as names, at most, and those of the index that hold the word.
    assert max(cost.buffers for cost in costs) <= 300 + max(100, NUMBER // 1000)
    page = client.get(f"{list_of(many[0])}?q=womens").content.decode()
    assert "More than 300 names have “womens” in them." in page


@pytest.mark.parametrize("query", ["q=11999", "q=xyzzy", "q=xyzzy+womens", "q=a"])
def test_a_rare_word_costs_next_to_nothing_and_finds_what_there_is(client, many, query):
    rows, buffers = dearest(client, f"{list_of(many[0])}?{query}")
    assert rows <= 50
    assert buffers <= 600  # of which most is what the index of words has not sorted in yet


def test_another_statement_s_names_are_not_judged(client, many):
    few = StatementFactory()
    accepted(statement=few, organization_name="Women's Bread")
    rows, _buffers = dearest(client, f"{list_of(few)}?q=womens")
    assert rows <= 50


def test_a_frequent_word_in_one_country_is_found_there(client, many, monkeypatch):
    monkeypatch.setattr(word_search, "MOST", NUMBER // 50)
    page = BeautifulSoup(client.get(f"{list_of(many[0])}?q=womens&country=UA").content, "html.parser")
    assert page.select("main .rows .name")


@pytest.mark.parametrize(
    "url",
    [
        "/desk/sign-ons/",
        "/desk/sign-ons/?part=decided",
        "/desk/sign-ons/?part=returned",
        "/desk/sign-ons/?part=held",
        "/desk/sign-ons/?part=withdrawn",
        "/admin/signon/signon/",
        "/admin/signon/signon/?state__exact=accepted",
        "/admin/signon/organization/",
        "/admin/signon/ledgerentry/",
        "/admin/signon/message/",
    ],
)
def test_staff_s_lists_read_no_more_than_they_count_to(client, many, url):
    staff = UserFactory(staff=True, is_superuser=True)
    client.force_login(staff)
    rows, _buffers = dearest(client, url)
    assert rows <= 10_100


def test_what_was_decided_is_counted_by_statement_and_the_many_of_one_are_not_read_for_the_others(
    client, many, monkeypatch
):
    for _ in range(4):
        accepted(statement=StatementFactory())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE signon_signon")
    monkeypatch.setattr(desk, "MOST_COUNTED", 50)
    client.force_login(UserFactory(staff=True, is_superuser=True))
    rows, _buffers = dearest(client, "/desk/sign-ons/?part=decided")
    assert rows <= 500


@pytest.mark.parametrize("words", ["womens", "womens+peace"])
def test_entries_with_a_word_are_put_in_order_and_the_others_are_not_read(client, many, words):
    client.force_login(UserFactory(staff=True, is_superuser=True))
    _rows, buffers = dearest(client, f"/desk/organizations/?q={words}")
    # Of a million as many are judged as a search may, each perhaps on a page of its own.
    assert buffers <= (word_search.MOST if IS_WHOLE else BUFFERS)


@pytest.fixture(scope="module")
def many_wait(many, django_db_blocker):
    """Beside what was decided: very many that wait, are on hold, and whose mail came back."""
    statement, by = many
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        ready = [
            SignOnFactory.build(statement=statement, text=statement.text(), confirmed=True) for _ in range(WAITING)
        ]
        hold = Hold.objects.create(reason=Hold.Reason.TRAP, statement=statement, placed_by=by)
        for number, sign_on in enumerate(ready):
            sign_on.email = f"asha@waits{number}.example"
            if number % 3:
                sign_on.state, sign_on.confirmed_at = "unconfirmed", None
                sign_on.expires_at = timezone.now() + timedelta(days=30)
                sign_on.hold = hold if number % 3 == 1 else None
        SignOn.objects.bulk_create(ready)
        Message.objects.bulk_create(
            mailing.draft(Message.Kind.VERIFICATION, key=f"v:{each.pk}", sign_on=each)
            for each in ready
            if each.expires_at
        )
        Message.objects.update(state="bounced", due_at=None)
        cursor.execute("ANALYZE")
        connection.check_constraints()


@pytest.mark.parametrize("part", ["", "?part=asked", "?part=returned", "?part=held", "?part=proposed"])
def test_the_desk_counts_what_waits_to_a_limit_and_reads_no_more(client, many_wait, monkeypatch, part):
    monkeypatch.setattr(desk, "MOST_COUNTED", 500)
    client.force_login(UserFactory(staff=True, is_superuser=True))
    rows, _buffers = dearest(client, f"/desk/sign-ons/{part}")
    # Lost mail is read with its sign-ons, all of it, to be put in order; and none of the many that were decided. Beside
    # a million this may go by bitmaps, where each row counts in its index and in its table, and what is held is found
    # by two indexes laid over each other.
    assert rows <= (WAITING * 3 if IS_WHOLE else WAITING * 3 // 2)
    if part in ("", "?part=returned", "?part=held"):
        assert "500+" in client.get(f"/desk/sign-ons/{part}").content.decode()


def test_the_desk_s_first_page_counts_to_a_limit(client, many_wait, monkeypatch):
    monkeypatch.setattr(desk, "MOST_COUNTED", 500)
    client.force_login(UserFactory(staff=True, is_superuser=True))
    rows, _buffers = dearest(client, "/desk/")
    assert rows <= (WAITING * 2 if IS_WHOLE else WAITING)
    page = BeautifulSoup(client.get("/desk/").content, "html.parser")
    assert "500+ sign-ons wait to be verified" in " ".join(page.get_text().split())


def test_letters_lead_to_the_names_that_begin_so_and_back(client):
    statement = StatementFactory()
    for name in ("Ärzte", "Apple", "Mango", "mango trees", "Zebra", "Ωμέγα", "Яблоко"):
        accepted(statement=statement, organization_name=name)
    listed = signatories.listed(statement)

    def shown(**how):
        page = signatories.page(listed, "en", size=2, **how)
        return [row.name for row in page.rows], bool(page.before), bool(page.after)

    assert shown(letter="A") == (["Apple", "Ärzte"], False, True)
    assert shown(letter="M") == (["Mango", "mango trees"], True, True)
    assert shown(letter="N") == (["Zebra", "Ωμέγα"], True, True)
    assert shown(letter="α") == (["Ωμέγα", "Яблоко"], True, False)
    assert shown(letter="ي") == (["Ωμέγα", "Яблоко"], True, False)  # nobody: the list's end
    page = signatories.page(listed, "en", size=2, letter="M")
    assert [row.name for row in signatories.page(listed, "en", size=2, before=page.before).rows] == ["Apple", "Ärzte"]


@pytest.mark.parametrize("letter", ["%00", "<", "ab", "1"])
def test_only_letters_are_jumped_to(client, letter):
    statement = StatementFactory()
    name = accepted(statement=statement, organization_name="Apple").listed_name
    page = client.get(f"{list_of(statement)}?letter={letter}")
    assert name in page.content.decode()
    assert page.context["letter"] == ""


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("wom", ["Women & Bread"]),
        ("women bread", ["Women & Bread"]),
        ("omen", []),
        ("br", ["BR Noire"]),  # of two letters the whole word
        ("نسا", ["نساء المغرب"]),
        ("o'brien\\", ["O'Brien \\ Sons"]),
        ("💥", []),
    ],
)
def test_a_word_finds_names_with_a_word_that_begins_so(typed, found):
    statement = StatementFactory()
    for name in ("Women & Bread", "BR Noire", "نساء المغرب", "O'Brien \\ Sons"):
        accepted(statement=statement, organization_name=name)
    assert [each.listed_name for each in signatories.listed(statement, query=typed)] == found
