"""The pages on which signers, owners and staff deal with what is proposed."""

import io

import pytest
from PIL import Image

from signon import tokens, verifying
from signon.casework import proposing
from signon.models import (
    LedgerEntry,
    Message,
    OrganizationDomain,
    OrganizationName,
    Profile,
    Proposal,
    Seat,
    SignOn,
)  # fmt: skip
from signon.people import seat_page, seats
from tests.accounts import person, sign_in
from tests.factories import InvitationFactory, SignOnFactory, StatementFactory, accepted

pytestmark = pytest.mark.django_db
NEW = {"name": "Carla Neto", "title": "Director", "email": "Carla@Secret.example"}


@pytest.fixture
def standing():
    return accepted(organization_name="Bread House", email="asha@secret.example")


def managed(sign_on, what=""):
    return f"/sign-ons/manage/{tokens.make(sign_on, tokens.MANAGE)}/{what}"


def words(answer):
    return " ".join(answer.content.decode().split())


# The signer's pages


def test_the_manage_page_leads_to_what_can_be_corrected(client, standing):
    page = words(client.get(managed(standing)))
    for what in ("name/", "representative/", "language/"):
        assert f"/{what}" in page


def test_a_name_is_proposed_seen_and_taken_back(client, standing):
    assert client.post(managed(standing, "name/"), {"name": "Bread House"}).status_code == 422
    assert client.post(managed(standing, "name/"), {}).status_code == 422
    assert client.post(managed(standing, "name/"), {"name": "Bread Homes"})["Location"].startswith("/sign-ons/manage/")
    page = words(client.get(managed(standing)))
    assert "<bdi>Bread Homes</bdi>" in page
    proposal = Proposal.objects.get()
    client.post(managed(standing, f"take-back/{proposal.pk}/"))
    proposal.refresh_from_db()
    assert proposal.state == "ended"


def test_nobody_takes_back_what_is_of_another_sign_on(client, standing):
    other = proposing.propose_name(accepted(organization_name="Other"), "Others")
    assert client.post(managed(standing, f"take-back/{other.pk}/")).status_code == 404


def test_the_new_representative_confirms_by_their_own_link(client, standing):
    assert client.post(managed(standing, "representative/"), NEW | {"email": "no address"}).status_code == 422
    assert client.post(managed(standing, "representative/"), NEW)["Location"].startswith("/sign-ons/manage/")
    proposal = Proposal.objects.get()
    link = f"/sign-ons/represent/{tokens.make(proposal, tokens.REPRESENT)}/"
    page = words(client.get(f"/fr{link}"))
    assert "Bread House" in page
    assert "asha@secret.example" not in page
    assert client.post(link, {}).status_code == 422
    answer = client.post(f"/fr{link}", {"authorized": "on"})
    assert answer["Location"] == f"/fr{link}done/"
    proposal.refresh_from_db()
    assert (proposal.state, proposal.language, proposal.consent_updates) == ("waits", "fr", False)
    assert client.get(f"{link}done/").status_code == 200


def test_opening_a_link_changes_nothing(client, standing):
    proposal = proposing.propose_representative(standing, **NEW)
    link = f"/sign-ons/represent/{tokens.make(proposal, tokens.REPRESENT)}/"
    for path in (link, f"{link}done/", managed(standing, "name/"), managed(standing, "language/")):
        client.get(path)
        client.head(path)
    proposal.refresh_from_db()
    standing.refresh_from_db()
    assert (proposal.state, standing.email, standing.language) == ("asked", "asha@secret.example", "en")


def test_a_link_that_was_stopped_leads_nowhere(client, standing):
    proposal = proposing.propose_representative(standing, **NEW)
    link = f"/sign-ons/represent/{tokens.make(proposal, tokens.REPRESENT)}/"
    proposing.take_back(proposal)
    assert client.post(link, {"authorized": "on"}).status_code == 410
    assert client.get(f"{link}done/").status_code == 410


def test_the_language_of_mails_changes_at_once(client, standing):
    client.post(managed(standing, "language/"), {"language": "ar"})
    standing.refresh_from_db()
    assert standing.language == "ar"
    client.post(managed(standing, "language/"), {"language": "xx"})
    standing.refresh_from_db()
    assert standing.language == "ar"


def test_what_is_withdrawn_is_not_corrected(client, standing):
    path = managed(standing, "name/")
    client.post(managed(standing), {"sure": "on", "reason": ""})
    assert client.post(path, {"name": "Bread Homes"})["Location"].startswith("/sign-ons/manage/")
    assert not Proposal.objects.exists()


def test_an_individual_names_nobody_else(client):
    own = SignOnFactory(individual=True, confirmed=True)
    assert client.get(managed(own, "representative/")).status_code == 404
    assert "representative/" not in words(client.get(managed(own)))


@pytest.mark.parametrize("what", ["name/", "representative/", "language/", "take-back/1/"])
def test_a_cut_link_says_so(client, what):
    assert client.get(f"/sign-ons/manage/cut/{what}").status_code in (302, 404)
    assert client.post(f"/sign-ons/manage/cut/{what}").status_code == 404


# The desk's


def test_the_case_shows_both_names_and_staff_decide(client, staff, standing):
    staff("verifier")
    proposal = proposing.propose_name(standing, "Bread Homes")
    queue = words(client.get("/desk/sign-ons/?part=proposed"))
    assert "Bread House" in queue
    page = words(client.get(f"/desk/sign-ons/{standing.pk}/"))
    assert "<bdi>Bread House</bdi>" in page
    assert "<bdi>Bread Homes</bdi>" in page
    assert "a change is proposed for 1" in words(client.get("/desk/"))
    answer = client.post(f"/desk/proposals/{proposal.pk}/accept/")
    assert answer["Location"] == f"/desk/sign-ons/{standing.pk}/"
    standing.refresh_from_db()
    assert standing.listed_name == "Bread Homes"
    assert client.post(f"/desk/proposals/{proposal.pk}/paint/").status_code == 404


def test_staff_see_what_speaks_for_a_new_address_and_why_they_decline_is_mailed(client, staff, standing):
    staff("verifier")
    proposal = proposing.propose_representative(standing, **(NEW | {"email": "carla@other.example"}))
    proposing.confirm_representative(proposal, language="en", updates=False)
    assert "at another domain than the present one" in words(client.get(f"/desk/sign-ons/{standing.pk}/"))
    OrganizationDomain.objects.create(organization=standing.organization, domain="other.example")
    assert "that staff recorded" in words(client.get(f"/desk/sign-ons/{standing.pk}/"))
    client.post(f"/desk/proposals/{proposal.pk}/decline/", {"reason": "We asked Asha."})
    proposal.refresh_from_db()
    assert (proposal.state, proposal.reason) == ("declined", "We asked Asha.")
    assert Message.objects.filter(kind="proposal", to_address="asha@secret.example").count() == 2


def test_what_does_not_stand_any_more_is_not_changed(client, staff, standing):
    staff("verifier")
    proposal = proposing.propose_name(standing, "Bread Homes")
    verifying.reopen(standing, by=person("by@network.example"))
    verifying.decline(
        SignOn.objects.get(pk=standing.pk), by=person("x@network.example"), refusal="not_found", reason=""
    )
    client.post(f"/desk/proposals/{proposal.pk}/accept/")
    proposal.refresh_from_db()
    assert proposal.state == "waits"


def test_a_manager_of_another_campaign_does_not_find_it(client, staff, standing):
    staff("campaign_manager")
    proposal = proposing.propose_name(standing, "Bread Homes")
    assert client.post(f"/desk/proposals/{proposal.pk}/accept/").status_code == 404


# From the account


@pytest.fixture
def organization(standing):
    OrganizationDomain.objects.create(organization=standing.organization, domain="bread.example")
    return standing.organization


@pytest.fixture
def seat(client, organization):
    user = person("wanjiru@bread.example", name="Wanjiru Otieno")
    made = seats.claim(user, organization)
    sign_in(client, user.email)
    return made


def signed_with(seat, statement):
    text = statement.text("en")
    return seats.sign(seat, statement, language="en", digest=text.digest, network="", updates=False)


def test_an_owner_edits_the_profile_and_proposes_the_official_name(client, staff, organization, seat):
    path = f"/accounts/seats/{seat.pk}/profile/"
    logo = io.BytesIO()
    Image.new("RGB", (300, 100), "red").save(logo, "PNG")
    logo.seek(0)
    logo.name = "logo.png"
    rows = {"names-TOTAL_FORMS": "2", "names-INITIAL_FORMS": "0", "names-0-name": "La Maison du Pain",
            "names-0-kind": "language", "names-0-language": "fr", "names-1-kind": "language"}  # fmt: skip
    given = rows | {"in_directory": "yes", "website": "bread.example", "languages": ["en"], "another": "am"}
    assert client.post(path, rows).status_code == 422
    answer = client.post(path, given | {"logo": logo})
    assert answer.status_code == 302, (answer.context["form"].errors, answer.context["rows"].errors)
    profile = Profile.objects.get()
    assert (profile.website, profile.languages, profile.logo["width"]) == ("https://bread.example", ["am", "en"], 300)
    page = words(client.get(f"/organizations/{organization.slug}/"))
    assert "La Maison du Pain" in page
    assert "profile-logo" in page
    assert client.get(path).status_code == 200
    answer = client.post(f"/accounts/seats/{seat.pk}/name/", {"name": "Bread Houses", "acronym": ""})
    assert answer["Location"] == f"/accounts/seats/{seat.pk}/"
    assert "Bread Houses" in words(client.get(f"/accounts/seats/{seat.pk}/"))
    staff("verifier")
    assert "Bread Houses" in words(client.get("/desk/claims/"))
    proposal = Proposal.objects.get()
    assert client.post(f"/desk/proposals/{proposal.pk}/accept/")["Location"] == "/desk/claims/"
    organization.refresh_from_db()
    assert organization.name == "Bread Houses"
    assert OrganizationName.objects.get(kind="former").name == "Bread House"


def test_a_file_that_is_no_picture_is_said_beside_the_field(client, seat):
    rows = {"names-TOTAL_FORMS": "0", "names-INITIAL_FORMS": "0", "in_directory": "yes"}
    file = io.BytesIO(b"<svg/>")
    file.name = "logo.svg"
    answer = client.post(f"/accounts/seats/{seat.pk}/profile/", rows | {"logo": file})
    assert answer.status_code == 422
    assert "no picture" in words(answer)


def test_a_name_is_taken_back_by_an_owner(client, seat):
    proposing.propose_official_name(seat, name="Bread Houses", acronym="")
    client.post(f"/accounts/seats/{seat.pk}/name/take-back/")
    assert Proposal.objects.get().state == "ended"
    assert client.post(f"/accounts/seats/{seat.pk}/name/take-back/").status_code == 404


def test_who_only_represents_it_finds_neither(client, seat):
    Seat.objects.filter(pk=seat.pk).update(role="representative")
    for what in ("profile/", "name/"):
        assert client.get(f"/accounts/seats/{seat.pk}/{what}").status_code == 404
    assert "profile/" not in words(client.get(f"/accounts/seats/{seat.pk}/"))


def test_what_was_signed_with_the_seat_is_managed_from_it(client, seat):
    made = signed_with(seat, StatementFactory(texts={"en": "Second"}))
    answer = client.get(f"/accounts/seats/{seat.pk}/sign-ons/{made.pk}/")
    made.refresh_from_db()
    assert answer["Location"].startswith("/sign-ons/manage/")
    other = accepted(organization_name="Other")
    assert client.get(f"/accounts/seats/{seat.pk}/sign-ons/{other.pk}/").status_code == 404


def test_once_another_represents_it_the_seat_leads_there_no_more(client, seat):
    made = signed_with(seat, StatementFactory(texts={"en": "Second"}))
    proposal = proposing.propose_representative(made, **NEW)
    proposing.confirm_representative(proposal, language="en", updates=False)
    assert LedgerEntry.objects.filter(sign_on=made, act="handed_over").exists()
    assert client.get(f"/accounts/seats/{seat.pk}/sign-ons/{made.pk}/").status_code == 404


def test_the_page_shows_what_waits_for_the_organization(client, seat):
    made = signed_with(seat, StatementFactory(texts={"en": "Second"}))
    verifying.ask(made, by=person("by@network.example"), words="Who are you?")
    InvitationFactory(
        statement=StatementFactory(texts={"en": "Third"}), organization=seat.organization, email=seat.email
    )
    InvitationFactory(statement=StatementFactory(texts={"en": "Fourth"}), organization=seat.organization)
    page = words(client.get(f"/accounts/seats/{seat.pk}/"))
    assert "Who are you?" in page
    assert "/sign-ons/answer/" in page
    assert "Fourth" in page
    assert "@invited.example" not in page
    # By its own link where that went to this address; else by the seat.
    found = [(each.title, f"/seats/{seat.pk}/sign/" in each.url) for each in seat_page.shown(seat)["invitations"]]
    assert sorted(found) == [("Fourth", True), ("Third", False)]
