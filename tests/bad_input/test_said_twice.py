"""Parameters said twice, in two places, or under names that frameworks give a meaning: one harmless reading."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from signon import tokens
from signon.mail import addresses
from signon.models import Message, SignOn
from tests.factories import SignOnFactory, StatementFactory, accepted
from tests.posted import typed

pytestmark = pytest.mark.django_db
PATH = "/statements/call/sign/"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def statement():
    return StatementFactory(slug="call")


def post(client, more="", **changes):
    body = "&".join(f"{name}={value}" for name, value in typed(**changes).items())
    return client.post(PATH, body + more, content_type=FORM)


def test_of_two_addresses_the_last_is_asked_and_the_other_gets_nothing(client):
    assert post(client, "&email=other@place.example").status_code == 302
    assert SignOn.objects.get().email == "other@place.example"
    assert list(Message.objects.values_list("to_address", flat=True)) == ["other@place.example"]


def test_of_two_countries_the_last_counts_and_it_must_be_one(client):
    assert post(client, "&country=FR").status_code == 302
    assert SignOn.objects.get().country == "FR"
    assert post(client, "&country=FR&country=XX", email="b@place.example").status_code == 422


def test_what_stands_in_the_address_is_no_answer_of_the_form(client):
    answer = client.post(
        f"{PATH}?consent_publish=on&authorized=on&country=FR", typed(authorized="", consent_publish="")
    )
    assert list(answer.context["form"].errors) == ["authorized"]


@pytest.mark.parametrize(
    "name",
    [
        "email[]",
        "email[0]",
        "email.0",
        "EMAIL",
        "email ",
        "state",
        "statement",
        "id",
        "pk",
        "source",
        "listed_name",
        "organization",
    ],
)
def test_fields_that_the_form_does_not_have_say_nothing(client, name):
    assert post(client, f"&{name}=accepted").status_code == 302
    signed = SignOn.objects.get()
    assert (signed.email, signed.state, signed.organization, signed.statement.slug) == (
        "ana@mujeresunidas.example", "unconfirmed", None, "call",
    )  # fmt: skip


@pytest.mark.parametrize("where", ["body", "query", "header"])
def test_no_parameter_makes_another_method_of_a_request(client, where):
    signed = accepted(statement=StatementFactory(slug="other"))
    path = f"/sign-ons/manage/{tokens.make(signed, tokens.MANAGE)}/"
    override = {"body": ("", {"_method": "DELETE"}, {}), "query": ("?_method=POST", {}, {}),
                "header": ("", {}, {"X-HTTP-Method-Override": "POST"})}[where]  # fmt: skip
    query, data, headers = override
    answer = client.get(path + query, data or None, headers=headers)
    assert answer.status_code == 200
    signed.refresh_from_db()
    assert signed.state == "accepted"


def test_the_token_of_the_path_counts_and_no_other(client, statement):
    own, other = (SignOnFactory(statement=statement) for _number in range(2))
    path = f"/sign-ons/confirm/{tokens.make(own, tokens.CONFIRM)}/"
    token = tokens.make(other, tokens.CONFIRM)
    client.post(f"{path}?token={token}", {"version": 1, "token": token, "sign_on": other.pk})
    assert set(SignOn.objects.filter(state="confirmed")) == {own}
    assert client.get(f"/sign-ons/confirm/x/?token={token}").status_code == 404


def test_a_link_confirms_nothing_by_a_method_that_is_none(client, statement):
    own = SignOnFactory(statement=statement)
    path = f"/sign-ons/confirm/{tokens.make(own, tokens.CONFIRM)}/"
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONFIRM"):
        client.generic(method, path, b"version=1", content_type=FORM)
    own.refresh_from_db()
    assert own.state == "unconfirmed"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("country=KE&country=MX", {"Of Mexico"}),
        ("country=MX&country=", {"Of Kenya", "Of Mexico"}),
        ("country[]=KE&country=MX", {"Of Mexico"}),
        ("q=Mexico&q=Kenya", {"Of Kenya"}),
    ],
)
def test_the_public_list_takes_the_last_of_two(client, statement, query, shown):
    for country, name in (("KE", "Of Kenya"), ("MX", "Of Mexico")):
        accepted(statement=statement, organization_name=name, country=country)
    page = client.get(f"/statements/call/signatories/?{query}").content.decode()
    assert {name for name in ("Of Kenya", "Of Mexico") if name in page.partition("<main")[2]} == shown


@pytest.mark.parametrize(
    "query", ["limit=1&limit=100000", "country=KE&country=nowhere", "cursor=a&cursor=b", "nothing=1"]
)
def test_the_api_says_what_is_wrong_with_the_last(client, query):
    answer = client.get(f"/api/v1/statements/call/signatories?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")


@pytest.mark.parametrize("address", ["ana@[127.0.0.1]", "ana@[IPv6:::1]", "=?utf-8?q?a=0d=0aBcc:_x?=@place.example"])
def test_an_address_names_a_mailbox_at_a_domain(address):
    with pytest.raises(ValidationError):
        addresses.clean(address)
