"""Promises of the API to programs of other sites."""

import hashlib
import json
from base64 import urlsafe_b64decode
from urllib.parse import unquote

import pytest
from django.test import Client
from openapi_spec_validator import validate

from campaigns.models import Revision, Statement
from signon import signing, verifying
from signon.api.manners import ALLOWED
from signon.finding import word_search
from signon.models import SignOn
from signon.naming import names
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db
HIDDEN = ("Hidden Women of Manama", "Asha Rao", "secret.example", "Waiting Workers")


@pytest.fixture
def statement():
    """With one signatory of each listing, one who waits, and one who withdrew."""
    made = StatementFactory(slug="bread", texts={"en": "Bread & Roses for all", "fr": "Du pain et des roses"})
    accepted(statement=made, organization_name="Zeta Union", country="MX")
    accepted(statement=made, organization_name="Hidden Women of Manama", country="BH", listing="country")
    accepted(
        statement=made, organization_name="Hidden Women of Manama II", country="BH", listing="count",
        consent_publish=False,
    )  # fmt: skip
    accepted(statement=made, organization_name="Écho Network", country="", scope="international")
    SignOnFactory(statement=made, organization_name="Waiting Workers", confirmed=True)
    SignOnFactory(statement=made, organization_name="Waiting Workers II")
    return made


def get(path, **headers):
    return Client(headers=headers).get(f"/api/v1/{path}")


def everything(path="bread"):
    pages = ["", "/text", "/counts", "/signatories", "/signatories?q=hidden", "/signatories?country=BH"]
    return [get(f"statements/{path}{page}") for page in pages] + [get("statements")]


def test_it_says_what_the_statement_s_page_says(statement):
    said = get("statements/bread?language=fr").json()
    assert said["title"] == "Du pain et des roses"
    assert said["url"].endswith("/fr/statements/bread/")
    assert (said["phase"], said["zone"]) == ("open", "America/New_York")
    assert said["counts"] == {"organizations": 4, "countries": 2, "individuals": 0}
    assert [(text["language"], text["is_original"]) for text in said["texts"]] == [("en", True), ("fr", False)]


def test_a_text_comes_with_what_its_digest_is_of(statement):
    said = get("statements/bread/text?language=fr").json()
    assert hashlib.sha256(said["canonical"].encode()).hexdigest() == said["digest"] == statement.text("fr").digest
    assert "<li>" in said["html"]


def test_the_list_is_the_public_one(statement):
    said = get("statements/bread/signatories?language=es").json()
    assert [(row["name"], row["country"], row["country_name"], row["scope"]) for row in said["items"]] == [
        (None, "BH", "Baréin", None),
        ("Écho Network", None, None, "international"),
        ("Zeta Union", "MX", "México", None),
    ]
    assert said["next"] is None


def test_numbers_come_by_place_in_the_list_s_order(statement):
    said = get("statements/bread/counts").json()
    assert [(place["name"], place["country"], place["scope"], place["organizations"]) for place in said["places"]] == [
        ("International", None, "international", 1),
        ("Bahrain", "BH", None, 1),
        ("Mexico", "MX", None, 1),
        ("Counted without name", None, None, 1),
    ]


def test_no_answer_holds_a_name_that_is_kept_back_or_waits(statement):
    for answer in everything():
        assert answer.status_code == 200
        assert [words for words in HIDDEN if words in answer.content.decode()] == []


def test_a_name_that_is_kept_back_has_no_id_that_would_follow_it(statement):
    rows = get("statements/bread/signatories").json()["items"]
    assert [row["id"] is None for row in rows] == [True, False, False]


def test_a_statement_whose_new_text_is_not_written_yet_is_not_told_of(statement):
    Revision.objects.create(statement=statement, number=2)
    assert [get(f"statements/bread{path}").status_code for path in ("", "/text")] == [404, 404]
    assert get("statements").json()["items"] == []


@pytest.mark.parametrize("state", [Statement.State.DRAFT, Statement.State.CIRCULATING])
def test_what_is_not_published_is_nowhere(statement, state):
    Statement.objects.filter(pk=statement.pk).update(state=state)
    *answers, listed = everything()
    assert {answer.status_code for answer in answers} == {404}
    assert listed.json()["items"] == []
    assert get("statements?after=bread").status_code == 422


def test_what_was_withdrawn_says_so_and_no_more(statement):
    Statement.objects.filter(pk=statement.pk).update(state=Statement.State.WITHDRAWN)
    *answers, listed = everything()
    assert {answer.status_code for answer in answers} == {410}
    assert not any("Bread" in answer.content.decode() for answer in [*answers, listed])


def walk(path):
    """Every page from here on; what happens between two pages is sent in."""
    seen = []
    while path:
        page = get(path.partition("/api/v1/")[2] or path).json()
        seen += [row["name"] for row in page["items"]]
        path = page["next"]
        yield seen


def test_pages_lead_to_each_signatory_once_while_others_come_and_go():
    made = StatementFactory(slug="bread")
    standing = [accepted(statement=made, organization_name=f"Organization {number}") for number in range(7)]
    pages = walk("statements/bread/signatories?limit=2&language=fr")
    assert next(pages) == ["Organization 0", "Organization 1"]
    by = UserFactory()
    verifying.correct(standing[1], by=by, listed_name="Zeta")  # the very one that the next page begins after
    signing.withdraw(standing[1])
    accepted(statement=made, organization_name="Organization 0 and a half")
    accepted(statement=made, organization_name="Organization 3 and a half")
    *_more, seen = pages
    numbers = ["0", "1", "2", "3", "3 and a half", "4", "5", "6"]
    assert seen == [f"Organization {number}" for number in numbers]


def test_pages_lead_to_each_statement_once():
    slugs = [StatementFactory(slug=f"statement-{number}").slug for number in "abcde"]
    pages, path = [], "statements?limit=2"
    while path:
        page = get(path.partition("/api/v1/")[2] or path).json()
        pages.append([item["slug"] for item in page["items"]])
        path = page["next"]
    assert pages == [slugs[:2:-1], slugs[2:0:-1], slugs[:1]]


def test_a_cursor_tells_nothing_and_is_good_for_its_list_alone(statement):
    hidden = SignOn.objects.get(organization_name="Hidden Women of Manama")
    cursor = get("statements/bread/signatories?limit=1").json()["next"].partition("after=")[2]
    sealed = urlsafe_b64decode(unquote(cursor))
    assert names.sort_key(hidden.listed_name).encode()[:8] not in sealed
    assert str(hidden.pk).encode() not in sealed
    other = accepted().statement
    for wrong in (f"{other.slug}/signatories?after={cursor}", f"bread/signatories?after={hidden.pk}",
                  f"bread/signatories?after={cursor[:-8]}", "bread/signatories?after=%E2%82%AC"):  # fmt: skip
        assert get(f"statements/{wrong}").status_code == 422


def test_a_cursor_outlives_a_change_of_the_secret_key(statement, settings):
    path = get("statements/bread/signatories?limit=1").json()["next"].partition("/api/v1/")[2]
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    assert get(path).status_code == 200


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("contry=KE", "contry"),
        ("country=KX", "country"),
        ("country=ke", "country"),
        ("scope=national", "scope"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("language=de", "language"),
        ("q=%00", "q"),
    ],
)
def test_a_wrong_parameter_is_named(statement, query, parameter):
    answer = get(f"statements/bread/signatories?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    said = answer.json()
    assert [error["parameter"] for error in said["errors"]] == [parameter]
    assert (said["status"], said["title"], parameter in said["detail"]) == (422, "Unprocessable Content", True)


@pytest.mark.parametrize("path", ["statements/none", "statements/", "nothing/here", "statements/bread/text/"])
def test_what_is_not_there_is_a_problem_too(statement, path):
    answer = get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_only_reads(statement, method):
    answer = getattr(Client(enforce_csrf_checks=True), method)("/api/v1/statements/bread")
    assert (answer.status_code, answer["Allow"]) == (405, ALLOWED)
    assert answer["Content-Type"] == "application/problem+json"


def test_our_own_fault_is_a_problem_that_tells_nothing(statement, monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr("signon.programs.published.counts_by_place", broken)
    answer = get("statements/bread/counts")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "secret" not in answer.content.decode()
    assert "a secret of ours" in caplog.text


def test_every_origin_may_read_and_no_answer_sets_a_cookie(statement):
    for answer in everything():
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer
        assert answer["Cache-Control"] == "public, max-age=2"
        assert answer.get("Vary") in (None, "Accept-Encoding")
        assert not answer.cookies
    asked = Client(headers={"Origin": "https://other.example"}).options("/api/v1/statements/bread")
    assert (asked.status_code, asked["Allow"], asked["Access-Control-Allow-Origin"]) == (204, ALLOWED, "*")


def test_an_unchanged_answer_is_not_sent_again_and_a_changed_one_is(statement):
    first = get("statements/bread/signatories?limit=50")
    same = get("statements/bread/signatories?limit=50", If_None_Match=first["ETag"])
    assert (same.status_code, same.content, same["Access-Control-Allow-Origin"]) == (304, b"", "*")
    accepted(statement=statement, organization_name="Another", country="AL", listing="country")
    assert get("statements/bread/signatories?limit=50", If_None_Match=first["ETag"]).status_code == 200


def test_head_is_answered_like_get_without_a_body(statement):
    head, got = Client().head("/api/v1/statements/bread"), get("statements/bread")
    assert (head.status_code, head["ETag"], head.content) == (200, got["ETag"], b"")


@pytest.mark.parametrize("signatures", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [("", 4), ("/text", 2), ("/counts", 2), ("/signatories", 2)],
)
def test_the_queries_of_an_answer_do_not_grow(signatures, path, queries, django_assert_num_queries):
    made = StatementFactory(slug="bread")
    for _number in range(signatures):
        accepted(statement=made)
    with django_assert_num_queries(queries):
        get(f"statements/bread{path}")


@pytest.mark.parametrize("number", [1, 3])
def test_the_queries_of_the_list_of_statements_do_not_grow(number, django_assert_num_queries):
    for _number in range(number):
        accepted()
    with django_assert_num_queries(4):
        get("statements")


def test_the_openapi_document_is_valid():
    document = get("openapi.json").json()
    validate(document)
    problems = [
        response["content"]
        for operations in document["paths"].values()
        for status, response in operations["get"]["responses"].items()
        if int(status) >= 400
    ]
    assert problems
    assert all(list(content) == ["application/problem+json"] for content in problems)
    assert "cdn" not in json.dumps(document)


def test_a_word_that_too_many_names_have_is_refused_with_what_to_do(client, monkeypatch):
    monkeypatch.setattr(word_search, "MOST", 1)
    statement = StatementFactory()
    for name in ("Women of Bread", "Women of Roses"):
        accepted(statement=statement, organization_name=name)
    answer = client.get(f"/api/v1/statements/{statement.slug}/signatories?q=women")
    assert (answer.status_code, answer.json()["detail"]) == (422, "More than 1 names have “women”: add a word.")
    assert len(client.get(f"/api/v1/statements/{statement.slug}/signatories?q=women+bread").json()["items"]) == 1
