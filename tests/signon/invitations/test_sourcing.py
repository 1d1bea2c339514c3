"""Which partner's link brought how many."""

import html
import re

import pytest
from django.urls import reverse

from signon import exporting, signing, verifying
from signon.exports.export_choice import Choice
from signon.invitations import sourcing
from signon.models import Membership, SignOn, Source
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db


def typed(statement, **instead):
    return {
        "organization_name": "Kituo cha Sheria", "country": "KE", "organization_type": "ngo",
        "representative_name": "Asha Rao", "email": "asha@secret.example", "authorized": "on",
        "consent_publish": "on", "text": statement.text().digest,
    } | instead  # fmt: skip


@pytest.fixture
def source():
    return sourcing.make(StatementFactory(), code="friends", name="Friends of bread", by=UserFactory())


@pytest.mark.parametrize("name", ["statement", "sign"])
def test_the_code_goes_from_the_link_into_the_form_without_a_cookie(client, source, name):
    url = reverse(name, args=[source.statement.slug])
    answer = client.get(f"{url}?via=friends")
    assert '<input type="hidden" name="via" value="friends"' in answer.content.decode()
    assert (answer.cookies, "Cookie" in answer.get("Vary", "")) == ({}, False)
    plain = client.get(url).content.decode()
    shown = answer.content.decode().replace('name="via" value="friends"', 'name="via"')
    assert shown.replace("?via=friends", "") == plain


def test_it_is_kept_on_the_sign_on(client, source):
    client.post(reverse("sign", args=[source.statement.slug]), typed(source.statement, via="friends"))
    assert SignOn.objects.get().via == "friends"


def test_it_survives_a_page_of_faults(client, source):
    posted = typed(source.statement, via="friends", organization_type="")
    answer = client.post(reverse("sign", args=[source.statement.slug]), posted)
    assert answer.status_code == 422
    assert '<input type="hidden" name="via" value="friends"' in answer.content.decode()


@pytest.mark.parametrize("via", ["nobodys", "invitation", "other", "x" * 5000, "<script>x", "friends\n", ""])
def test_a_code_that_staff_did_not_make_for_this_statement_is_ignored(client, source, via):
    sourcing.make(StatementFactory(), code="other", name="Of another statement", by=UserFactory())
    answer = client.post(reverse("sign", args=[source.statement.slug]), typed(source.statement, via=via))
    assert (answer.status_code, SignOn.objects.get().via) == (302, "friends" if via.strip() == "friends" else "")
    assert "<script>x" not in client.get(reverse("sign", args=[source.statement.slug]), {"via": via}).content.decode()


def test_typing_again_keeps_by_whose_link_it_came_and_asks_for_no_new_look(source):
    common = {"organization_name": "Kituo", "country": "KE", "email": "asha@secret.example", "authorized": True}
    for via in ("friends", ""):
        signing.sign(statement=source.statement, language="en", via=via, **common)
    signed = SignOn.objects.get()
    assert (signed.via, signed.version) == ("friends", 1)


def test_the_numbers_say_posted_confirmed_and_accepted():
    statement = StatementFactory()
    source = sourcing.make(statement, code="friends", name="Friends", by=UserFactory())
    sourcing.make(statement, code="nobody", name="Nobody yet", by=UserFactory())
    SignOnFactory(statement=statement, via="friends")
    SignOnFactory(statement=statement, via="friends", confirmed=True)
    verifying.accept(SignOnFactory(statement=statement, via="friends", confirmed=True), by=UserFactory())
    SignOnFactory(statement=statement, via="invitation", confirmed=True)
    SignOnFactory(statement=statement)
    SignOnFactory(statement=statement, source="import")
    SignOnFactory(via="friends")
    found = [(each.code, each.posted, each.confirmed, each.accepted) for each in sourcing.brought(statement)]
    assert found == [("friends", 3, 2, 1), ("nobody", 0, 0, 0), ("invitation", 1, 1, 0), ("", 1, 0, 0)]
    assert sourcing.drop(source) is False
    assert sourcing.drop(Source.objects.get(code="nobody")) is True


def test_the_export_tells_the_code():
    signed = SignOnFactory(confirmed=True, via="friends")
    verifying.accept(signed, by=UserFactory())
    _export, pieces = exporting.at_once(Choice(statement=signed.statement.slug), "csv", by=UserFactory(staff=True))
    header, row = b"".join(pieces).decode("utf-8-sig").splitlines()
    assert dict(zip(header.split(","), row.split(","), strict=True))["via"] == "friends"


def test_the_page_makes_links_and_shows_numbers_and_no_names(client, staff_of):
    statement = staff_of()
    url = reverse("desk-sources", args=[statement.slug])
    client.post(url, {"name": "Friends of bread", "code": "friends"})
    SignOnFactory(statement=statement, via="friends", organization_name="Secret Organization")
    page = client.get(url).content.decode()
    assert f"/statements/{statement.slug}/?via=friends" in page
    assert ("Friends of bread" in page, "Secret Organization" in page) == (True, False)
    for code in ("friends", "invitation", "Upper Case", "x" * 41):
        assert client.post(url, {"name": "Again", "code": code}).status_code == 422
    assert Source.objects.count() == 1


def test_another_campaign_s_manager_finds_none(client, staff_of, source):
    staff_of()
    assert client.get(reverse("desk-sources", args=[source.statement.slug])).status_code == 404
    assert client.post(reverse("desk-sources", args=[source.statement.slug]), {"code": "x"}).status_code == 404
    assert client.post(reverse("desk-source-drop", args=[source.pk])).status_code == 404
    assert Source.objects.count() == 1


@pytest.fixture
def staff_of(client):
    """Log a campaign's manager in, and give a statement of the campaign."""
    from signon.people import roles

    def made():
        user, statement = UserFactory(), StatementFactory()
        roles.give(user, "campaign_manager")
        Membership.objects.create(user=user, campaign=statement.campaign)
        client.force_login(user)
        return statement

    return made


def test_a_double_that_a_merge_left_counts_for_no_source():
    first = accepted()
    double = accepted(statement=first.statement)
    SignOn.objects.filter(pk=double.pk).update(same_as=first)
    brought = sourcing.brought(first.statement)[-1]
    assert (brought.posted, brought.accepted) == (1, 1)


def links(client, path):
    return re.findall(r'(?:href|action)="([^"]*)"', client.get(path).content.decode())


@pytest.mark.parametrize("name", ["statement", "sign"])
def test_the_code_is_kept_by_the_links_to_other_languages_and_where_the_form_posts(client, name):
    statement = StatementFactory(texts={"en": "Bread", "fr": "Du pain"})
    sourcing.make(statement, code="friends", name="Friends", by=UserFactory())
    path = reverse(name, args=[statement.slug])
    found = links(client, f"{path}?via=friends")
    other = [link for link in found if link.startswith("/fr/")]
    assert other
    assert {link.endswith("?via=friends") for link in other} == {True}
    assert f"{reverse('sign', args=[statement.slug])}?via=friends" in found


def test_a_page_of_faults_keeps_the_code_through_a_change_of_language(client, source):
    path = reverse("sign", args=[source.statement.slug]) + "?via=friends"
    answer = client.post(path, typed(source.statement, via="friends", organization_type=""))
    assert f'href="/fr{path}"' in answer.content.decode()
    assert f'href="{source.statement.get_absolute_url()}?via=friends"' in answer.content.decode()


def test_a_frame_s_code_goes_on_to_the_form_and_what_is_no_code_goes_nowhere(client, source):
    slug = source.statement.slug
    sign = reverse("sign", args=[slug])
    found = links(client, reverse("embed", args=[slug]) + "?show=button&via=friends")
    assert f"{sign}?via=friends" in found
    assert f"{source.statement.get_absolute_url()}?via=friends" in found
    found = links(client, reverse("embed", args=[slug]) + "?show=button&via=%22%3E%3Cscript%3E")
    assert sign in found


def test_what_a_partner_copies_for_its_site_holds_its_code(client, source, settings):
    settings.SITE_URL = "http://testserver"
    slug = source.statement.slug
    page = client.get(reverse("put-on-your-site", args=[slug]), {"via": "friends"})
    assert 'data-via="friends"' in html.unescape(page.context["script"])
    assert "via=friends" in page.context["frame"]
    address = f"http://testserver{source.statement.get_absolute_url()}?via=friends"
    assert "via=friends" in client.get("/oembed", {"url": address}).json()["html"]
