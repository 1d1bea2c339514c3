"""An organization's people: claim, invite, decide, leave, hand over; and sign with one click."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from signon import retention, signing, tokens, verifying
from signon.casework import merging
from signon.models import Message, OrganizationDomain, Seat, SignOn, User
from signon.people import roles, seats
from tests.accounts import app_code, mailed_code, person, sign_in, with_app
from tests.factories import OwnQuestionFactory, StatementFactory, UserFactory, accepted
from tests.signon.test_constraints import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization():
    """It stands on a statement by name, and staff recorded its domain."""
    made = accepted(organization_name="Kituo cha Sheria").organization
    OrganizationDomain.objects.create(organization=made, domain="kituo.example")
    return made


@pytest.fixture
def owner(client, organization):
    """Signed in, and the owner of the organization's seats."""
    user = person("wanjiru@kituo.example", name="Wanjiru Otieno")
    seats.claim(user, organization)
    sign_in(client, user.email)
    return user


def seat_of(user):
    return Seat.objects.get(user=user)


def told():
    return [(each.to_address, each.body.partition('"what": "')[2].partition('"')[0])
            for each in Message.objects.filter(kind="seat").order_by("pk")]  # fmt: skip


def claim_as_a_stranger(client, organization, email):
    path = f"/accounts/claim/{organization.slug}/"
    assert client.post(path, {"email": email})["Location"] == "/accounts/code/"
    return client.post("/accounts/code/", {"code": mailed_code("claim_code").lower()}), path


def test_a_stranger_proves_an_address_gets_an_account_and_acts_for_the_organization(client, organization):
    answer, path = claim_as_a_stranger(client, organization, "Wanjiru@Kituo.example")
    assert answer["Location"] == path
    user = User.objects.get(email="wanjiru@kituo.example")
    assert (user.has_usable_password(), user.is_staff) == (False, False)
    assert EmailAddress.objects.get(user=user).verified
    assert "wanjiru@kituo.example" in client.get(path).content.decode()
    client.post(path, {"name": "Wanjiru Otieno"})
    seat = seat_of(user)
    assert (seat.state, seat.role, seat.how) == ("stands", "owner", "domain")
    assert told() == [("wanjiru@kituo.example", "stands")]


def test_who_has_an_account_is_answered_the_same(organization):
    person("known@kituo.example")
    pages = []
    for email in ("known@kituo.example", "new@kituo.example"):
        browser = Client()
        answer = browser.post(f"/accounts/claim/{organization.slug}/", {"email": email})
        page = browser.get(answer["Location"]).content.decode().replace(email, "")
        pages.append((answer.status_code, answer["Location"], page.partition("csrfmiddlewaretoken")[0]))
    assert pages[0] == pages[1]
    assert Message.objects.filter(kind="claim_code").count() == 2


def test_a_second_factor_is_asked_for_on_this_way_in_too(client, organization):
    with_app(person("known@kituo.example"))
    answer, path = claim_as_a_stranger(client, organization, "known@kituo.example")
    assert answer["Location"] == "/accounts/login/factor/"
    assert client.post(answer["Location"], {"code": app_code()})["Location"] == path


def test_a_closed_account_stays_closed(client, organization):
    person("gone@kituo.example", is_active=False)
    answer, _path = claim_as_a_stranger(client, organization, "gone@kituo.example")
    assert answer["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in client.session


def test_wrong_codes_end_after_five(client, organization):
    client.post(f"/accounts/claim/{organization.slug}/", {"email": "new@kituo.example"})
    code = mailed_code("claim_code")
    for _each in range(5):
        client.post("/accounts/code/", {"code": "BBBB-BBBB"})
    # It leads back to where it was asked for.
    assert client.post("/accounts/code/", {"code": code})["Location"] == f"/accounts/claim/{organization.slug}/"
    assert User.objects.filter(email="new@kituo.example").count() == 0


def test_what_strangers_cannot_read_of_they_cannot_claim(client):
    hidden = accepted(organization_name="Hidden", consent_publish=False, listing="count").organization
    assert client.get(f"/accounts/claim/{hidden.slug}/").status_code == 404


@pytest.mark.parametrize("email", ["asha@gmail.com", "asha@elsewhere.example", "asha@mail.kituo.example"])
def test_another_address_waits_for_people(client, organization, email):
    OrganizationDomain.objects.create(organization=organization, domain="gmail.com")
    user = person(email, name="A")
    sign_in(client, email)
    client.post(f"/accounts/claim/{organization.slug}/", {"name": "Asha", "words": "I direct it"})
    assert (seat_of(user).state, seat_of(user).words) == ("asked", "I direct it")
    assert User.objects.get(pk=user.pk).name == "Asha"
    assert client.get(f"/accounts/seats/{seat_of(user).pk}/").status_code == 404
    assert client.get("/accounts/seats/").content.decode().count("Kituo") == 1


def test_staff_decide_at_the_desk(client, organization):
    asha, omar = person("asha@elsewhere.example"), person("omar@elsewhere.example")
    for user in (asha, omar):
        seats.claim(user, organization, words="I direct it")
    client.force_login(UserFactory(staff=True))
    page = client.get("/desk/claims/").content.decode()
    for words in ("asha@elsewhere.example", "I direct it", "kituo.example"):
        assert words in page
    client.post(f"/desk/claims/{seat_of(asha).pk}/accept/", {"reason": ""})
    client.post(f"/desk/claims/{seat_of(omar).pk}/decline/", {"reason": "Nobody there knows you."})
    assert [(seat_of(user).state, seat_of(user).how) for user in (asha, omar)] == [
        ("stands", "staff"),
        ("declined", "staff"),
    ]
    assert told()[-2:] == [("asha@elsewhere.example", "stands"), ("omar@elsewhere.example", "declined")]
    client.post(f"/desk/claims/{seat_of(asha).pk}/remove/")
    assert seat_of(asha).state == "left"
    assert client.post(f"/desk/claims/{seat_of(asha).pk}/accept/").status_code == 302
    assert seat_of(asha).state == "left"


@pytest.mark.parametrize("role", ["editor", "exporter"])
def test_only_staff_who_verify_decide(client, organization, role):
    seat = seats.claim(person("asha@elsewhere.example"), organization)
    user = UserFactory()
    roles.give(user, role)
    client.force_login(user)
    assert client.post(f"/desk/claims/{seat.pk}/accept/").status_code == 403


def test_an_owner_decides_on_colleagues_and_is_told(client, owner, organization):
    asha = person("asha@elsewhere.example", name="Asha Rao")
    seats.claim(asha, organization)
    assert told()[-1] == (owner.email, "asked")
    number = seat_of(owner).pk
    assert "Asha Rao" in client.get(f"/accounts/seats/{number}/").content.decode()
    client.post(f"/accounts/seats/{number}/people/{seat_of(asha).pk}/accept/")
    assert (seat_of(asha).state, seat_of(asha).role, seat_of(asha).how) == ("stands", "representative", "owner")
    at_domain = person("omar@kituo.example")
    seats.claim(at_domain, organization)
    assert (seat_of(at_domain).role, told()[-1]) == ("representative", (owner.email, "joined"))
    client.post(f"/accounts/seats/{number}/people/{seat_of(asha).pk}/remove/")
    assert (seat_of(asha).state, told()[-1]) == ("left", (asha.email, "removed"))


def test_a_representative_decides_nothing(client, owner, organization):
    omar = person("omar@kituo.example")
    seats.claim(omar, organization)
    asha = seats.claim(person("asha@elsewhere.example"), organization)
    other = Client()
    sign_in(other, omar.email)
    number = seat_of(omar).pk
    for name in ("accept", "decline", "remove", "make-owner"):
        for theirs in (asha.pk, seat_of(owner).pk):
            assert other.post(f"/accounts/seats/{number}/people/{theirs}/{name}/").status_code == 404
    assert other.post(f"/accounts/seats/{number}/invite/", {"email": "x@y.example"}).status_code == 404
    assert (Seat.objects.get(pk=asha.pk).state, seat_of(owner).role) == ("asked", "owner")


def test_an_owner_of_one_decides_nothing_of_another(client, owner):
    other = accepted(organization_name="Another").organization
    theirs = seats.claim(person("asha@elsewhere.example"), other)
    number = seat_of(owner).pk
    assert client.post(f"/accounts/seats/{number}/people/{theirs.pk}/accept/").status_code == 404
    assert client.get(f"/accounts/seats/{theirs.pk}/").status_code == 404
    assert client.post(f"/accounts/seats/{theirs.pk}/leave/").status_code == 404
    with pytest.raises(seats.NotAllowed):
        seats.accept(theirs, by=owner)


def test_it_is_handed_over(client, owner, organization):
    omar = person("omar@kituo.example")
    seats.claim(omar, organization)
    number = seat_of(owner).pk
    client.post(f"/accounts/seats/{number}/people/{seat_of(omar).pk}/make-owner/")
    assert (seat_of(omar).role, told()[-1]) == ("owner", (omar.email, "owner"))
    client.post(f"/accounts/seats/{number}/leave/")
    assert (seat_of(owner).state, client.get(f"/accounts/seats/{number}/").status_code) == ("left", 404)


def test_a_colleague_takes_an_offered_seat(client, owner, organization):
    number = seat_of(owner).pk
    client.post(f"/accounts/seats/{number}/invite/", {"email": "Asha@elsewhere.example"})
    offered = Seat.objects.get(state="invited")
    assert told()[-1] == ("asha@elsewhere.example", "invited")
    path = f"/accounts/seats/offer/{tokens.make(offered, tokens.SEAT)}/"
    assert client.post(path).status_code == 200
    assert "signed in with another address" in client.get(path).content.decode()
    colleague = Client()
    assert "Wanjiru Otieno" in colleague.get(path).content.decode()
    assert colleague.post(path)["Location"] == "/accounts/code/"
    assert colleague.post("/accounts/code/", {"code": mailed_code("claim_code")})["Location"] == path
    assert Seat.objects.get(pk=offered.pk).state == "invited"
    colleague.post(path)
    offered.refresh_from_db()
    assert (offered.state, offered.user.email, offered.role) == ("stands", "asha@elsewhere.example", "representative")
    assert "stands no more" in colleague.get(path).content.decode()


def test_an_offer_is_taken_back_and_made_once(client, owner, organization):
    number = seat_of(owner).pk
    for _each in range(2):
        client.post(f"/accounts/seats/{number}/invite/", {"email": "asha@elsewhere.example"})
    offered = Seat.objects.get(state="invited")
    client.post(f"/accounts/seats/{number}/people/{offered.pk}/remove/")
    asha = person("asha@elsewhere.example")
    assert not seats.take(Seat.objects.get(pk=offered.pk), asha)
    assert Client().get("/accounts/seats/offer/made:up:x/").status_code == 404


def test_a_merge_takes_the_seats_along_and_its_undoing_too(client, owner, organization):
    kept = accepted(organization_name="Kituo").organization
    number, chief = seat_of(owner).pk, UserFactory(staff=True)
    merge = merging.merge(kept, organization, by=chief)
    page = client.get(f"/accounts/seats/{number}/").content.decode()
    assert "<bdi>Kituo</bdi>" in page
    omar = seats.claim(person("omar@elsewhere.example"), kept)
    client.post(f"/accounts/seats/{number}/people/{omar.pk}/accept/")
    assert Seat.objects.get(pk=omar.pk).role == "representative"
    merging.undo(merge, by=chief)
    assert "<bdi>Kituo cha Sheria</bdi>" in client.get(f"/accounts/seats/{number}/").content.decode()
    assert client.post(f"/accounts/seats/{number}/people/{omar.pk}/remove/").status_code == 404


def test_what_ended_is_forgotten_after_90_days_and_an_offer_after_30(client, owner, organization):
    seats.invite(organization, "asha@elsewhere.example", by=owner)
    seats.leave(seats.claim(person("omar@elsewhere.example"), organization))
    for days, left in ((29, 3), (31, 2), (91, 1)):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            retention.forget_seats()
        assert Seat.objects.count() == left


def test_the_desk_says_how_many_wait(client, organization):
    seats.claim(person("asha@elsewhere.example"), organization)
    client.force_login(UserFactory(staff=True))
    assert "1 organization’s people or name are to be decided" in client.get("/desk/").content.decode()


# One click


def sign_path(user, statement):
    return f"/accounts/seats/{seat_of(user).pk}/sign/{statement.slug}/"


def test_a_representative_signs_with_one_click(client, owner, organization):
    statement = StatementFactory(texts={"en": "End detention now"})
    page = client.get(f"/accounts/seats/{seat_of(owner).pk}/").content.decode()
    assert "End detention now" in page
    page = client.get(sign_path(owner, statement))
    for words in ("Kituo cha Sheria", "Wanjiru Otieno", "wanjiru@kituo.example"):
        assert words in page.content.decode()
    client.post(sign_path(owner, statement), {"text": page.context["text"].digest})
    sign_on = SignOn.objects.get(statement=statement)
    assert (sign_on.state, sign_on.email, sign_on.organization) == ("confirmed", "wanjiru@kituo.example", None)
    assert (sign_on.listed_name, sign_on.representative_name) == ("Kituo cha Sheria", "Wanjiru Otieno")
    assert (sign_on.consent_publish, sign_on.consent_updates) == (True, False)
    entry = sign_on.ledger.get(act="confirmed")
    assert (entry.facts["how"], entry.facts["seat"], entry.facts["user"]) == ("seat", seat_of(owner).pk, owner.pk)
    kinds = sign_on.messages.values_list("kind", "state")
    assert sorted(kinds) == [("signed_by_seat", "queued"), ("verification", "canceled")]
    assert "our staff look at it" in client.get(f"/accounts/seats/{seat_of(owner).pk}/").content.decode()
    verifying.accept(sign_on, by=UserFactory(), organization=organization)
    assert client.get(f"/accounts/seats/{seat_of(owner).pk}/").content.decode().count("listed as") == 2


@pytest.mark.parametrize("number", [1, 3])
def test_the_queries_of_its_page_do_not_grow(client, owner, organization, number, django_assert_num_queries):
    for each in range(number):
        StatementFactory()
        seats.claim(person(f"person{each}@kituo.example"), organization)
    with django_assert_num_queries(25):
        client.get(f"/accounts/seats/{seat_of(owner).pk}/")


def test_it_signs_once_also_where_a_colleague_did(client, owner, organization):
    statement = StatementFactory()
    omar = person("omar@kituo.example", name="Omar")
    seats.claim(omar, organization)
    other = Client()
    sign_in(other, omar.email)
    digest = statement.text().digest
    for browser, user in ((client, owner), (other, omar), (client, owner)):
        browser.post(sign_path(user, statement), {"text": digest})
    assert SignOn.objects.filter(statement=statement).count() == 1


def test_what_it_cannot_sign_it_does_not(client, owner):
    closed, asking = StatementFactory(state="closed"), StatementFactory()
    OwnQuestionFactory(statement=asking)
    draft = StatementFactory(state="draft")
    for statement in (closed, asking, draft):
        client.post(sign_path(owner, statement), {"text": statement.text().digest})
    changed = StatementFactory()
    client.post(sign_path(owner, changed), {"text": "0" * 64})
    assert SignOn.objects.filter(statement__in=[closed, asking, draft, changed]).count() == 0
    assert f'href="/statements/{asking.slug}/sign/"' in client.get(sign_path(owner, asking)).content.decode()
    assert client.get(sign_path(owner, draft)).status_code == 404


def test_who_left_or_has_no_name_signs_nothing(client, owner, organization):
    statement = StatementFactory()
    seat = seat_of(owner)
    User.objects.filter(pk=owner.pk).update(name="")
    assert client.post(sign_path(owner, statement), {"text": statement.text().digest})["Location"] == "/accounts/"
    seats.leave(seat)
    with pytest.raises(seats.NotAllowed):
        seats.sign(seat, statement, language="en", digest="", network="", updates=False)
    assert SignOn.objects.filter(statement=statement).count() == 0


def test_what_was_signed_in_its_name_can_be_taken_back(client, owner):
    statement = StatementFactory()
    client.post(sign_path(owner, statement), {"text": statement.text().digest})
    sign_on = SignOn.objects.get(statement=statement)
    signing.withdraw(sign_on)
    client.post(sign_path(owner, statement), {"text": statement.text().digest})
    assert SignOn.objects.filter(statement=statement, state="confirmed").count() == 1


# Constraints


def test_a_person_has_one_seat_in_an_organization(organization):
    seat = seats.claim(person("asha@elsewhere.example"), organization)
    assert seats.claim(seat.user, organization) == seat
    with Refused("a_person_has_one_seat_in_an_organization"):
        Seat.objects.create(organization=organization, user=seat.user, email="b@b.example", state="asked")


def test_an_address_is_offered_a_seat_once(organization):
    Seat.objects.create(organization=organization, email="a@b.example", state="invited")
    with Refused("an_address_is_offered_a_seat_once"):
        Seat.objects.create(organization=organization, email="a@b.example", state="invited")


def test_a_seat_is_somebody_s_once_it_is_taken(organization):
    with Refused("a_seat_is_somebody_s_once_it_is_taken"):
        Seat.objects.create(organization=organization, email="a@b.example", state="asked")


def test_a_seat_that_stands_was_decided(organization):
    with Refused("a_seat_that_stands_was_decided"):
        Seat.objects.create(organization=organization, user=UserFactory(), email="a@b.example", state="stands")


def test_a_code_that_is_over_leads_back_to_where_it_was_asked_for(client, organization):
    path = f"/accounts/claim/{organization.slug}/"
    client.post(path, {"email": "omar@kituo.example"})
    for _try in range(5):
        client.post("/accounts/code/", {"code": "AAAA-AAAA"})
    answer = client.post("/accounts/code/", {"code": "AAAA-AAAA"})
    assert answer["Location"] == path
    assert "we mail you another one" in client.get(path).content.decode()
    # With nothing asked for there is no such place.
    assert client.get("/accounts/code/")["Location"] == "/accounts/login/"
