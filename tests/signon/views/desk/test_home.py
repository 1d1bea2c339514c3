"""The desk's first page: all that waits, and only the ways that lead somewhere."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from bs4 import BeautifulSoup
from django.utils import timezone

from signon.casework import proposing
from signon.models import Objection, Proposal, Seat
from signon.people import seats
from tests.factories import SignOnFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db


def page(client, path="/desk/"):
    answer = client.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def words(element):
    return " ".join(element.get_text(" ").split())


def a_claim():
    organization = accepted(organization_name="Bread House").organization
    user = UserFactory(email="asha@mail.example")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return seats.claim(user, organization)


def test_what_is_proposed_and_asked_waits_too(client, staff):
    staff("administrator")
    assert words(page(client).select_one(".desk-home")).startswith("Nothing waits.")
    a_claim()
    proposing.propose_name(accepted(), "Another Name")
    Objection.objects.create(email="a@mail.example", words="Stop.")
    home = page(client).select_one(".desk-home")
    assert words(home.select_one(".desk-count")) == "No sign-on waits to be verified."
    assert words(home.h2) == "This waits"
    assert {link["href"]: words(link) for link in home.select("li a")} == {
        "/desk/sign-ons/?part=proposed": "a change is proposed for 1 sign-on",
        "/desk/claims/": "1 organization’s people or name are to be decided",
        "/desk/objections/": "1 person asks something about their data",
    }
    SignOnFactory(confirmed=True)
    home = page(client).select_one(".desk-home")
    assert words(home.select_one(".desk-count")) == "1 sign-on waits to be verified"
    assert words(home.h2) == "This waits too"


@pytest.mark.parametrize("role", ["verifier", "exporter", "auditor", "campaign manager", "administrator"])
def test_every_way_of_the_home_page_opens_for_who_sees_it(client, staff, role):
    staff(role.replace(" ", "_"))
    ways = [link["href"] for link in page(client).select(".desk-ways a")]
    assert ways
    assert len(ways) == len(set(ways))
    refused = [way for way in ways if client.get(way).status_code != 200]
    assert refused == []
    assert ("/desk/claims/" in ways) == (role != "exporter")
    assert ("/desk/retention/" in ways) == (role in ("auditor", "administrator"))


def test_why_not_is_asked_behind_a_disclosure_that_opens_where_it_is_wrong(client, staff):
    staff("verifier")
    seat = a_claim()
    details = page(client, "/desk/claims/").select("details:has(textarea)")
    assert [each.has_attr("open") for each in details] == [False]
    answer = client.post(f"/desk/claims/{seat.pk}/decline/", {"reason": "x" * 1001})
    assert answer.status_code == 422
    shown = BeautifulSoup(answer.content, "html.parser")
    (details,) = shown.select("details:has(textarea)")
    assert details.has_attr("open")
    assert details.textarea.get_text().strip() == "x" * 1001
    assert shown.select_one(f".error-summary a[href='#{details.textarea['id']}']")
    assert Seat.objects.get(pk=seat.pk).state == "asked"
    # Who accepts says no reason, so none is wrong.
    client.post(f"/desk/claims/{seat.pk}/accept/", {"reason": "x" * 1001})
    assert Seat.objects.get(pk=seat.pk).state == "stands"


def test_a_change_that_is_declined_with_too_many_words_comes_back_on_the_case(client, staff):
    staff("verifier")
    sign_on = accepted()
    proposal = proposing.propose_name(sign_on, "Another Name")
    path = f"/desk/proposals/{proposal.pk}/decline/"
    answer = client.post(path, {"reason": "x" * 1001})
    assert answer.status_code == 422
    shown = BeautifulSoup(answer.content, "html.parser")
    assert shown.select_one(".proposal details").has_attr("open")
    assert shown.select_one(f".error-summary a[href='#proposal-{proposal.pk}-reason']")
    proposal.refresh_from_db()
    assert proposal.state == "waits"
    assert client.get(path).status_code == 302


def test_a_proposal_says_when_it_came_and_since_when_it_waits(client, staff):
    staff("verifier")
    sign_on = accepted()
    proposing.propose_name(sign_on, "Another Name")
    case = f"/desk/sign-ons/{sign_on.pk}/"
    told = words(page(client, case).select_one(".proposal .meta"))
    assert "Proposed" in told
    assert "Waits for us since" not in told
    Proposal.objects.update(waits_since=timezone.now() + timedelta(days=1))
    assert "Waits for us since" in words(page(client, case).select_one(".proposal .meta"))


def test_who_asked_something_is_written_to_and_who_settled_it_is_told(client, staff):
    user = staff("administrator")
    waiting = Objection.objects.create(email="o'hara&co@mail.example", words="Stop.", language="en")
    (link,) = page(client, "/desk/objections/").select("a[href^='mailto:']")
    assert link["href"] == "mailto:o%27hara%26co@mail.example?subject=What%20you%20asked%20us%20about%20your%20data"
    client.post(f"/desk/objections/{waiting.pk}/settle/")
    settled = words(page(client, "/desk/objections/").select_one(".objections-settled"))
    assert f"Settled by {user}" in settled
    assert "UTC" in settled
    staff("auditor")
    assert not page(client, "/desk/objections/").select("a[href^='mailto:']")
