"""Unicode attacks on the form: what is refused with a reason, and what is taken as it was meant."""

from __future__ import annotations

import pytest

from signon.casework import evidence
from signon.models import SignOn
from signon.naming import names
from tests.factories import StatementFactory, accepted
from tests.posted import typed

pytestmark = pytest.mark.django_db
PATH = "/statements/call/sign/"
COMPOSED, DECOMPOSED = "Fundación Ñandú", "Fundacio\u0301n N\u0303andu\u0301"


@pytest.fixture(autouse=True)
def _statement():
    return StatementFactory(slug="call")


def post(client, **changes):
    return client.post(PATH, typed(**changes))


NAMES = ("organization_name", "acronym", "representative_name", "representative_title")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("Bread\0House", "control"),
        ("Bread\x1b[31mHouse", "control"),
        ("Bread \u202eesuoH", "direction"),
        ("Bread \u2067House\u2069", "direction"),
        ("Bread \ue000House", "character"),
        ("Bread \U000f0000House", "character"),
        ("Bread \ufffdHouse", "character"),
        ("Bread \uffffHouse", "character"),
        ("Bread https://evil.example", "link"),
        ("Bread evil。example/now", "link"),
        ("!!! ???", "wordless"),
        ("\u0301\u0302", "wordless"),
    ],
)
def test_what_no_name_holds_is_refused_where_it_was_typed_and_says_why(client, value, reason):
    answer = post(client, **dict.fromkeys(NAMES, value))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [names.MESSAGES[reason]] for field in NAMES}
    assert not SignOn.objects.exists()


def test_half_a_character_never_comes_through(client):
    """A lone surrogate cannot be sent in UTF-8; what is sent of one is a lost character."""
    body = "&".join(f"{name}={value}" for name, value in typed(organization_name="Bread%ED%A0%80House").items())
    answer = client.post(PATH, body, content_type="application/x-www-form-urlencoded")
    assert answer.context["form"].errors == {"organization_name": [names.MESSAGES["character"]]}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (DECOMPOSED, COMPOSED),
        ("Pay\u200bPal\ufeff \u200eUnion\u00ad", "PayPal Union"),
        ("  Bread\u00a0\u3000House\t", "Bread House"),
        ("Bread\r\nBcc: x@y.example", "Bread Bcc: x@y.example"),
        ("𠮷野家 👩🏽‍🌾 𝕌nion", "𠮷野家 👩🏽‍🌾 𝕌nion"),
        ("Ligue \u202fdes droits", "Ligue des droits"),
    ],
)
def test_what_is_harmless_is_taken_and_cleaned(client, value, kept):
    assert post(client, organization_name=value).status_code == 302
    assert SignOn.objects.get().organization_name.replace("\u200d", "") == kept.replace("\u200d", "")


def test_composed_and_decomposed_are_one_name(client):
    post(client, organization_name=COMPOSED)
    post(client, organization_name=DECOMPOSED, email="other@place.example")
    assert len(set(SignOn.objects.values_list("organization_name", "search_key"))) == 1


@pytest.mark.parametrize("value", [" ", "\u3000\u00a0", "\u200b\u200e\ufeff", "\u00ad", "\t\r\n"])
def test_only_what_cannot_be_seen_is_no_name(client, value):
    answer = post(client, organization_name=value, representative_name=value)
    assert list(answer.context["form"].errors) == ["representative_name", "organization_name"]


@pytest.mark.parametrize("value", ["x" * 100_000, "e" + "\u0301" * 5000, "\u200d" * 50_000 + "a", "(" * 20_000 + "a"])
def test_a_flood_is_refused_as_too_long_or_loses_what_says_nothing(client, value):
    answer = post(client, **dict.fromkeys(NAMES, value))
    assert answer.status_code == (302 if "\u200d" in value else 422)
    for sign_on in SignOn.objects.all():
        assert {getattr(sign_on, field) for field in NAMES} == {"a"}


def test_a_word_of_a_megabyte_is_refused_and_not_sent_back(client):
    """Only what fits is shown again; the page of an error is no larger than the page."""
    answer = post(client, organization_name="x" * 1_000_000)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["organization_name"]


def test_a_look_alike_is_taken_and_staff_are_warned(client):
    accepted(statement=StatementFactory(), organization_name="Mujeres Unidas", country="MX")
    post(client, organization_name="Mujeres Unidаs")  # the second "a" is Cyrillic
    signed = SignOn.objects.get(email="ana@mujeresunidas.example")
    SignOn.objects.filter(pk=signed.pk).update(state="confirmed", expires_at=None, confirmed_at=signed.created_at)
    signed.refresh_from_db()
    codes = {finding.code for finding in evidence.gather(signed)}
    assert {code for code in codes if "alike" in code or "script" in code or "mixed" in code}, codes


@pytest.mark.parametrize(
    "address",
    [
        "ana@mujeresunidas.example\r\nBcc: other@place.example",
        "ana@mujeresunidas.example, other@place.example",
        "Ana <ana@mujeresunidas.example>",
        "ana@mujeresunidas.example\0",
        '"ana"@mujeresunidas.example',
        "ana@mujeresunidas.example\u202e",
        "an\u200ba@mujeresunidas.example",
        "anа@mujeresunidas.example",  # a Cyrillic letter
        "=?utf-8?q?ana=0d=0aBcc:_x?=@mujeresunidas.example\n",
        "ana@[127.0.0.1]",
        "a" * 300 + "@mujeresunidas.example",
        "ana@" + "b." * 200 + "example",
        "@mujeresunidas.example",
        "ana@-.example",
    ],
)
def test_only_one_plain_address_is_taken(client, address):
    answer = post(client, email=address)
    assert list(answer.context["form"].errors) == ["email"]
    assert not SignOn.objects.exists()
