"""What an organization's owners say of it: shown at once; the official name is proposed, and staff decide."""

import io

import pytest
from allauth.account.models import EmailAddress
from bs4 import BeautifulSoup
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from PIL import Image

from campaigns import photos
from signon.casework import merging, pending, proposing
from signon.finding import name_search, profiles
from signon.models import LedgerEntry, Membership, Message, OrganizationDomain, Profile, ProfileName, Proposal, Seat
from signon.people import presenting, roles, seats
from signon.people.presenting import Said
from tests.factories import UserFactory, accepted
from tests.signon.test_constraints import Refused, change

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization():
    made = accepted(organization_name="Bread House").organization
    OrganizationDomain.objects.create(organization=made, domain="bread.example")
    return made


@pytest.fixture
def owner(organization):
    user = UserFactory(email="asha@bread.example")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return seats.claim(user, organization)


def picture(color="red", **options):
    file = io.BytesIO()
    Image.new("RGB", (900, 300), color).save(file, "PNG", **options)
    file.seek(0)
    return file


def shown(organization):
    return profiles.profile(organization.slug, "en")


def test_what_an_owner_says_is_shown_at_once_and_is_in_the_ledger(organization, owner):
    names = [("La Maison du Pain", "language", "fr"), ("Bread Club", "former", "")]
    said = Said(in_directory=True, website="https://bread.example/", languages=["en", "sw"], names=names)
    assert presenting.change(owner, said) == {"in_directory", "website", "languages", "names"}
    agreed = organization.profile.consent_text
    assert (agreed.form, agreed.language) == ("profile", "en")
    assert "May we show your organization" in agreed.words
    page = shown(organization)
    assert [(each.name, each.language) for each in page.own_names] == [
        ("La Maison du Pain", "French"),
        ("Bread Club", ""),
    ]
    assert (page.website, page.languages) == ("https://bread.example/", ["English", "Swahili"])
    entry = LedgerEntry.objects.get(act="profile_changed")
    assert (entry.by, entry.facts) == (owner.user, {"changed": ["in_directory", "languages", "names", "website"]})
    assert entry.is_intact(entry.previous)
    assert presenting.change(owner, said) == set()


def test_before_somebody_agreed_nothing_of_it_is_shown(organization, owner):
    profile = Profile.objects.create(organization=organization, website="https://other.example/")
    ProfileName.objects.create(profile=profile, name="Bread Club", kind="former")
    page = shown(organization)
    assert (page.own_names, page.languages, page.logo, page.website) == ([], [], None, "")


def test_who_does_not_want_to_be_in_the_directory_is_not_and_stays_on_the_list(client, organization, owner):
    presenting.change(owner, Said(in_directory=False))
    statement = organization.sign_ons.get().statement
    assert shown(organization) is None
    assert client.get(f"/organizations/{organization.slug}/").status_code == 404
    page = client.get(f"/statements/{statement.slug}/signatories/").content.decode()
    assert "Bread House" in page
    assert f"/organizations/{organization.slug}/" not in page
    presenting.change(owner, Said(in_directory=True))
    assert client.get(f"/organizations/{organization.slug}/").status_code == 200


def test_names_that_it_gives_itself_are_no_names_that_anybody_is_recognized_by(organization, owner):
    presenting.change(owner, Said(in_directory=True, names=[("Amnesty International", "former", "")]))
    assert not organization.other_names.exists()
    other = accepted(organization_name="Amnesty International", email="asha@bread.example").organization
    assert other != organization


def test_a_logo_is_made_anew_and_the_one_before_goes(organization, owner, django_capture_on_commit_callbacks):
    presenting.change(owner, Said(in_directory=True, logo=picture(pnginfo=None)))
    first = presenting.logo_of(presenting.profile_of(organization))
    assert default_storage.exists(f"photos/{first.key}/480.webp")
    assert shown(organization).logo["src"].endswith(".webp")
    with django_capture_on_commit_callbacks(execute=True):
        presenting.change(owner, Said(in_directory=True, logo=picture("blue")))
    assert not default_storage.exists(f"photos/{first.key}/480.webp")
    with django_capture_on_commit_callbacks(execute=True):
        presenting.change(owner, Said(in_directory=True, removes_logo=True))
    assert shown(organization).logo is None


def test_what_is_no_picture_changes_nothing(organization, owner):
    with pytest.raises(photos.NotAPicture):
        presenting.change(owner, Said(in_directory=True, logo=io.BytesIO(b"<svg/>")))
    assert not Profile.objects.exists()


def test_who_only_represents_it_says_nothing_of_it(organization, owner):
    other = Seat.objects.create(
        organization=organization, user=UserFactory(), email="b@bread.example", state="stands", how="owner",
        decided_at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(seats.NotAllowed):
        presenting.change(other, Said(in_directory=True))
    with pytest.raises(seats.NotAllowed):
        proposing.propose_official_name(other, name="Bread Houses", acronym="")


def test_the_official_name_waits_for_staff_who_are_told(organization, owner):
    proposal = proposing.propose_official_name(owner, name="Bread Houses", acronym="BH")
    organization.refresh_from_db()
    assert organization.name == "Bread House"
    by = UserFactory(staff=True)
    assert (pending.claims(by), pending.waits(by)) == (1, True)
    assert pending.of_no_statement(by)[0].url == "/desk/claims/"
    assert proposing.accept(proposal, by=by)
    organization.refresh_from_db()
    assert str(organization) == "Bread Houses (BH)"
    assert organization.other_names.get().name == "Bread House"
    assert organization.sign_ons.get().listed_name == "Bread Houses (BH)"
    (mail,) = Message.objects.filter(kind="proposal")
    assert (mail.to_address, '"renamed"' in mail.body) == ("asha@bread.example", True)
    assert pending.claims(by) == 0


def test_what_staff_decline_stays_and_why_is_mailed(organization, owner):
    proposal = proposing.propose_official_name(owner, name="Bread Houses", acronym="")
    assert proposing.decline(proposal, by=UserFactory(staff=True), reason="That is another organization.")
    organization.refresh_from_db()
    assert organization.name == "Bread House"
    assert '"declined"' in Message.objects.get(kind="proposal").body


def test_the_newest_official_name_stands_for_the_one_before(organization, owner):
    first = proposing.propose_official_name(owner, name="Bread Houses", acronym="")
    second = proposing.propose_official_name(owner, name="Bread Homes", acronym="")
    assert not proposing.accept(first, by=UserFactory(staff=True))
    organization.refresh_from_db()
    assert organization.name == "Bread House"
    assert proposing.take_back(second, by=owner.user)
    with pytest.raises(proposing.CannotPropose):
        proposing.propose_official_name(owner, name="Bread House", acronym="")


def test_after_a_merge_its_owners_speak_for_the_other_entry(organization, owner):
    kept = accepted(organization_name="Bread and Roses").organization
    merging.merge(kept, organization, by=UserFactory())
    owner = Seat.objects.select_related("organization", "user").get(pk=owner.pk)
    presenting.change(owner, Said(in_directory=True, languages=["fr"]))
    assert Profile.objects.get().organization == kept


def test_an_organization_has_one_open_proposal(organization, owner):
    made = proposing.propose_official_name(owner, name="Bread Houses", acronym="")
    with Refused("an_organization_has_one_open_proposal"):
        Proposal.objects.create(kind="official", organization=organization, name="B", waits_since=made.waits_since)


def test_a_consent_has_its_moment_and_a_name_its_language(organization):
    with Refused("a_consent_has_its_moment"):
        Profile.objects.create(organization=organization, in_directory=True)
    profile = Profile.objects.create(organization=organization)
    with Refused("a_name_in_a_language_says_which"):
        ProfileName.objects.create(profile=profile, name="Pan", kind="language")
    ProfileName.objects.create(profile=profile, name="Pan", kind="former")
    with Refused("a_profile_has_a_name_once"):
        ProfileName.objects.create(profile=profile, name="Pan", kind="former")


def test_an_official_name_that_spreads_to_another_campaign_is_not_for_one_s_managers(organization, owner):
    here = organization.sign_ons.get().statement.campaign
    manager = UserFactory()
    roles.give(manager, "campaign_manager")
    Membership.objects.create(user=manager, campaign=here)
    manager = type(manager).objects.get(pk=manager.pk)
    made = proposing.propose_official_name(owner, name="House of Bread", acronym="")
    assert list(Proposal.objects.for_user(manager)) == [made]
    change(accepted(organization_name="Bread Houses"), organization=organization)
    assert list(Proposal.objects.for_user(manager)) == []
    assert pending.claims(manager) == 0
    roles.give(manager, "administrator")
    assert list(Proposal.objects.for_user(type(manager).objects.get(pk=manager.pk))) == [made]


def named(client, path, query):
    page = BeautifulSoup(client.get(path, {"q": query}).content, "html.parser")
    return [" ".join(each.get_text(" ").split()) for each in page.select(".rows li")]


@pytest.mark.parametrize("path", ["/organizations/", "/search/"])
def test_strangers_find_it_by_the_names_that_it_gives_itself(client, organization, owner, path):
    accepted(organization_name="Rice House", statement=organization.sign_ons.get().statement)
    names = [("Maison du Pain", "language", "fr"), ("Klub Chleba", "former", ""), ("بيت الخبز", "language", "ar")]
    presenting.change(owner, Said(in_directory=True, names=names))
    for query, name in [
        ("maison pain", "Maison du Pain"),
        ("chle", "Klub Chleba"),
        ("الخبز", "بيت الخبز"),
        ("MAÏSON", "Maison du Pain"),
    ]:
        (found,) = named(client, path, query)
        assert found.startswith("Bread House")
        assert f"also {name}" in found
    (found,) = named(client, path, "bread")
    assert "also" not in found
    # A word in one name and another in the next is no name; one or two letters are a whole word.
    for query in ["maison chleba", "ma", "pain'"[:3] + "'|'rice", "leba"]:
        assert named(client, path, query) == []


def test_it_is_found_by_its_official_name_and_acronym_where_they_are_shown(client, organization, owner):
    presenting.change(owner, Said(in_directory=True))
    staff = UserFactory()
    merging.rename(organization, name="Grain Union", acronym="GRU", by=staff)
    organization.sign_ons.update(listed_name="Bread House", search_key="bread house")
    (found,) = named(client, "/organizations/", "grain gru")
    assert "also Grain Union (GRU)" in found
    Profile.objects.update(in_directory=None)
    assert named(client, "/organizations/", "grain") == []


@pytest.mark.parametrize("in_directory", [None, False])
def test_nobody_is_found_by_names_that_nobody_agreed_to_show(client, organization, owner, in_directory):
    presenting.change(owner, Said(in_directory=True, names=[("Klub Chleba", "former", "")]))
    Profile.objects.update(in_directory=in_directory)
    assert named(client, "/organizations/", "klub") == []
    assert "klub" not in client.get("/search/?q=clubb klup").content.decode().lower()


def test_who_stands_by_country_alone_is_not_found_by_its_own_names(client, organization, owner):
    presenting.change(owner, Said(in_directory=True, names=[("Klub Chleba", "former", "")]))
    assert BeautifulSoup(client.get("/search/?q=kluk").content, "html.parser").select_one(".search-instead")
    organization.sign_ons.update(listing="country", sort_key="")
    assert named(client, "/organizations/", "klub") == []
    assert not BeautifulSoup(client.get("/search/?q=chlebo").content, "html.parser").select_one(".search-instead")


def test_own_names_are_found_by_an_index(organization, owner):
    presenting.change(owner, Said(in_directory=True, names=[("Klub Chleba", "former", "")]))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "own_names_by_words" in name_search.own_names(["chleb"]).explain()


def test_what_is_wrong_in_a_row_of_names_stands_in_the_summary_with_a_link(client, organization, owner):
    client.force_login(owner.user)
    row = {"names-TOTAL_FORMS": "2", "names-INITIAL_FORMS": "0", "in_directory": "yes"}
    row |= {"names-0-name": "Bread Club", "names-0-kind": "former", "names-0-language": ""}
    row |= {"names-1-name": "Maison du Pain", "names-1-kind": "language", "names-1-language": ""}
    answer = client.post(f"/accounts/seats/{owner.pk}/profile/", row)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.content, "html.parser")
    (link,) = page.select(".error-summary li a")
    assert " ".join(link.get_text().split()).startswith("Row 2: Choose the language of this name.")
    assert page.select_one(link["href"])["name"] == "names-1-language"
    assert not ProfileName.objects.exists()
