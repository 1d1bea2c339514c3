"""The queue's parts: what of all sign-ons stands in which."""

import pytest
from bs4 import BeautifulSoup

from signon import signing
from signon.casework import desk
from tests.factories import SignOnFactory, accepted

pytestmark = pytest.mark.django_db


def rows(client, query):
    page = BeautifulSoup(client.get(f"/desk/sign-ons/{query}").content, "html.parser")
    return [" ".join(row.get_text().split()) for row in page.select(".case-row")]


def test_what_signers_took_back_stands_together_the_newest_first(client, staff, monkeypatch):
    staff("verifier")
    first, waited = accepted(organization_name="Listed until now"), SignOnFactory(confirmed=True)
    never = SignOnFactory(organization_name="Typed by a stranger")
    for sign_on in (first, waited):
        assert signing.withdraw(sign_on, reason="Our board has changed its mind.")
    assert signing.this_was_not_me(never)
    newest, oldest = rows(client, "?part=withdrawn")
    assert waited.listed_name in newest
    assert "had been accepted" not in newest
    assert "Listed until now" in oldest
    assert "had been accepted" in oldest

    monkeypatch.setattr(desk, "PAGE", 1)
    assert rows(client, "?part=withdrawn") == [newest]
    assert rows(client, f"?part=withdrawn&after={waited.pk}") == [oldest]


def test_what_was_erased_has_words_to_open_it_by(client, staff):
    staff("verifier")
    sign_on = SignOnFactory(confirmed=True)
    assert signing.withdraw(sign_on)
    type(sign_on).objects.filter(pk=sign_on.pk).update(listed_name="")
    assert [row.startswith("Sign-on without a name") for row in rows(client, "?part=withdrawn")] == [True]
