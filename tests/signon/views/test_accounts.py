"""One's own account: its page, its addresses, its devices; and that every page is ours."""

import json
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config import account_urls
from signon import mailing, retention
from signon.mail import rendering
from signon.models import Message, OrganizationDomain, SignInLimit, User
from signon.people import devices, seats
from tests.accounts import PASSWORD, app_code, mailed_code, person, sign_in, with_app
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db
FROM, NEW = "203.0.113.77", "a new horse battery"


@pytest.fixture
def asha(client):
    """Signed in, with an authenticator app."""
    user = with_app(person())
    sign_in(client)
    client.post("/accounts/login/factor/", {"code": app_code()})
    return user


def change():
    return Message.objects.filter(kind="account_changed").latest("pk")


def test_the_account_s_page_says_all_there_is(client, asha):
    page = client.get("/accounts/").content.decode()
    for words in ("asha@network.example", "Authenticator app", "10 are left", "signed in on 1 device", "It is set."):
        assert words in page


def test_name_and_language_are_one_s_own_to_change(client, asha):
    client.post("/accounts/", {"name": "Asha Rao", "language": "fr", "is_staff": "on", "email": "x@y.example"})
    asha.refresh_from_db()
    assert (asha.name, asha.language, asha.is_staff, asha.email) == ("Asha Rao", "fr", False, "asha@network.example")
    assert client.post("/accounts/", {"name": "Asha", "language": "tlh"}).status_code == 422


NAMES = [each.name for each in account_urls.urlpatterns]
ENTRANCE = {
    "account_login", "account_logout", "account_signup", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "account_confirm_login_code",
    "mfa_authenticate", "mfa_login_webauthn", "account_email_verification_sent", "account-stop-reset",
    "seat-claim", "seat-code", "seat-offer",
}  # fmt: skip


def address(name, user=None):
    arguments = {
        "account_reset_password_from_key": ["1", "x"], "account-stop-reset": ["x"], "seat-claim": ["x"],
        "seat-offer": ["x"], "seat": [1], "seat-leave": [1], "seat-invite": [1], "seat-sign": [1, "x"],
        "seat-act": [1, 1, "accept"], "seat-profile": [1], "seat-name": [1], "seat-name-take-back": [1],
        "seat-sign-on": [1, 1],
    }  # fmt: skip
    if name == "mfa_remove_webauthn":
        made = Authenticator.objects.create(user=user, type="webauthn", data={"name": "Key", "credential": {}})
        return reverse(name, args=[made.pk])
    return reverse(name, args=arguments.get(name, []))


@pytest.mark.parametrize("name", NAMES)
def test_every_page_of_accounts_is_ours_or_leads_on(client, asha, name):
    """No page is drawn by a template of allauth's; each is kept by no cache and found by no search."""
    ours = str(django_settings.BASE_DIR / "templates")
    for browser in (client, Client()):
        answer = browser.get(address(name, asha))
        assert answer.status_code in (200, 302, 404, 405)
        drawn = [template.origin.name for template in answer.templates or [] if template.name]
        assert [each for each in drawn if not each.startswith(ours) and "/forms/" not in each] == []
        if answer.status_code == 200:
            assert "no-store" in answer["Cache-Control"]
            assert answer["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("name", sorted(set(NAMES) - ENTRANCE))
def test_what_is_one_s_own_asks_strangers_to_sign_in(name):
    path = address(name, UserFactory())
    for method in ("get", "post"):
        answer = getattr(Client(), method)(path)
        where = answer.get("Location", "")
        assert answer.status_code in (302, 405)
        assert where.startswith(("/accounts/login/?next=", "/accounts/")) or answer.status_code == 405


# Addresses


def add(client, email):
    return client.post("/accounts/addresses/", {"email": email, "action_add": ""})


def test_an_address_is_added_by_the_code_that_is_mailed_to_it(client, asha):
    assert add(client, "Asha@Private.example")["Location"] == "/accounts/addresses/confirm/"
    message = Message.objects.get(kind="address_code")
    assert (message.to_address, EmailAddress.objects.count()) == ("asha@private.example", 1)
    client.post("/accounts/addresses/confirm/", {"code": message.body, "action": "verify"})
    assert EmailAddress.objects.get(email="asha@private.example").verified
    asha.refresh_from_db()
    assert asha.email == "asha@network.example"
    assert sign_in(Client(), "asha@private.example")["Location"] == "/accounts/login/factor/"


@pytest.mark.parametrize("is_taken", [True, False])
def test_adding_an_address_does_not_tell_whether_it_has_an_account(client, asha, is_taken):
    if is_taken:
        person("other@network.example")
    answer = add(client, "other@network.example")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/addresses/confirm/")
    assert Message.objects.filter(kind="address_code").count() == 1
    assert "other@network.example" in client.get(answer["Location"]).content.decode()


def test_another_s_address_is_not_taken_even_by_who_has_the_code(client, asha):
    other = person("other@network.example", is_proved=False)
    add(client, "other@network.example")
    page = client.post("/accounts/addresses/confirm/", {"code": mailed_code("address_code"), "action": "verify"})
    assert "belongs to another account" in page.content.decode()
    assert not EmailAddress.objects.filter(user=asha, email=other.email).exists()


def test_an_address_that_staff_gave_to_somebody_meanwhile_is_no_main_one(client, asha):
    EmailAddress.objects.create(user=asha, email="shared@network.example", verified=True)
    UserFactory(email="Shared@network.example")
    client.post("/accounts/addresses/", {"email": "shared@network.example", "action_primary": ""})
    asha.refresh_from_db()
    assert asha.email == "asha@network.example"


def test_another_main_address_is_told_to_the_old_one(client, asha):
    EmailAddress.objects.create(user=asha, email="asha@private.example", verified=True)
    client.post("/accounts/addresses/", {"email": "asha@private.example", "action_primary": ""})
    asha.refresh_from_db()
    assert (asha.email, change().to_address) == ("asha@private.example", "asha@network.example")
    client.post("/accounts/addresses/", {"email": "asha@network.example", "action_remove": ""})
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["asha@private.example"]
    assert '"email_deleted"' in change().body


def test_the_last_address_stays_and_another_s_is_none_of_one_s_business(client, asha):
    other = EmailAddress.objects.get(user=person("other@network.example"))
    for email in ("asha@network.example", "other@network.example"):
        client.post("/accounts/addresses/", {"email": email, "action_remove": ""})
    assert EmailAddress.objects.filter(pk=other.pk).exists()
    assert EmailAddress.objects.filter(user=asha).count() == 1


# Passwords


def test_a_password_is_removed_and_set_again_and_each_is_told(client, asha):
    client.post("/accounts/password/remove/")
    asha.refresh_from_db()
    assert (asha.has_usable_password(), '"password_removed"' in change().body) == (False, True)
    assert client.get("/accounts/").status_code == 200
    new = {"password1": "a new horse battery", "password2": "a new horse battery"}
    assert client.post("/accounts/password/set/", new)["Location"] == "/accounts/"
    assert '"password_set"' in change().body
    wrong = client.post("/accounts/password/change/", {"oldpassword": "wrong", **new})
    assert "that you have now is not right" in wrong.content.decode()


def test_a_new_password_signs_out_everywhere_else(client, asha):
    other = Client()
    sign_in(other)
    other.post("/accounts/login/factor/", {"code": app_code(later=1)})
    assert other.get("/accounts/").status_code == 200
    new = {"password1": "a new horse battery", "password2": "a new horse battery"}
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    assert (client.get("/accounts/").status_code, other.get("/accounts/").status_code) == (200, 302)


# Devices


def test_one_s_devices_are_listed_and_signed_out_one_by_one_or_all(client):
    person()
    agents = ["Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", "Mozilla/5.0 (iPhone) Version/18.0 Safari/604.1", ""]
    browsers = [Client(headers={"user-agent": agent}) for agent in agents]
    for browser in [client, *browsers]:
        sign_in(browser)
    page = client.get("/accounts/sessions/").content.decode()
    for words in ("Firefox on Windows", "Safari on iPhone", "does not say its name", "This device"):
        assert words in page
    first = UserSession.objects.get(user_agent=agents[0])
    client.post("/accounts/sessions/", {"session": first.pk})
    assert [browser.get("/accounts/").status_code for browser in [client, *browsers]] == [200, 302, 200, 200]
    client.post("/accounts/sessions/")
    assert [browser.get("/accounts/").status_code for browser in [client, *browsers]] == [200, 302, 302, 302]


def holding(words):
    """The tables of the database in which these words stand in a row."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT 1 FROM "{table}" AS own WHERE own::text LIKE %s LIMIT 1', [f"%{words}%"])
            found += [table] * len(cursor.fetchall())
    return found


def test_from_where_somebody_signs_in_is_kept_nowhere(settings):
    """A wrong password, a new device, a changed password, and each page with allauth's own middleware."""
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "allauth.usersessions.middleware.UserSessionsMiddleware"]
    settings.USERSESSIONS_TRACK_ACTIVITY = True
    person()
    browser = Client(REMOTE_ADDR=FROM)
    sign_in(browser, password="a wrong one")
    sign_in(browser)
    browser.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD} | dict.fromkeys(("password1", "password2"), NEW)
    )
    page = browser.get("/accounts/sessions/")
    assert (page.status_code, FROM in page.content.decode(), "::" in page.content.decode()) == (200, False, False)
    mails = Message.objects.filter(kind__in=["new_device", "account_changed"])
    assert mails.count() == 2
    assert [FROM in str(rendering.render(mail).message()) for mail in mails] == [False] * 2
    assert UserSession.objects.get().ip == devices.NO_ADDRESS
    assert holding(FROM) == []
    assert holding("asha@network.example") != []  # so it does look


def test_what_was_kept_of_addresses_before_goes_with_the_next_sweep(client):
    user = person()
    sign_in(client)
    UserSession.objects.update(ip=FROM)
    told = json.dumps({"device": "Firefox", "network": FROM})
    mailing.compose("new_device", key="dead", user=user, body=told)
    Message.objects.filter(key="dead").update(state="dead")
    assert holding(FROM) == ["signon_message", "usersessions_usersession"]
    retention.forget_ways_in()
    assert holding(FROM) == []
    assert client.get("/accounts/").status_code == 200


def test_nobody_signs_another_out(client, asha):
    other = Client()
    person("other@network.example")
    sign_in(other, "other@network.example")
    session = UserSession.objects.get(user__email="other@network.example")
    assert client.post("/accounts/sessions/", {"session": session.pk}).status_code == 404
    client.post("/accounts/sessions/")
    assert other.get("/accounts/").status_code == 200


# Recovery codes


def test_recovery_codes_are_shown_kept_as_a_file_and_made_anew(client, asha):
    page = client.get("/accounts/factors/codes/")
    codes = page.context["unused_codes"]
    assert len(codes) == 10
    file = client.get("/accounts/factors/codes/file/")
    assert "attachment" in file["Content-Disposition"]
    assert [line for line in file.content.decode().splitlines() if line.isdecimal()] == codes
    client.post("/accounts/factors/codes/new/")
    assert not set(codes) & set(client.get("/accounts/factors/codes/").context["unused_codes"])


# The admin, retention, languages


def test_the_admin_gives_an_account_another_address(client, asha):
    admin = Client()
    admin.force_login(UserFactory(staff=True))
    page = admin.get(f"/admin/signon/user/{asha.pk}/change/")
    data = {name: value for name, value in page.context["adminform"].form.initial.items() if value} | {
        "email": "asha@new.example", "groups": [], "user_permissions": [],
    }  # fmt: skip
    assert admin.post(f"/admin/signon/user/{asha.pk}/change/", data).status_code == 302
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [("asha@new.example", True, True)]
    assert change().to_address == "asha@network.example"
    sign_in(other := Client(), "asha@network.example")
    assert "_auth_user_id" not in other.session


def test_what_the_way_in_needs_no_more_is_removed(client):
    person()
    sign_in(client)
    sign_in(Client(), "nobody@elsewhere.example", password="")
    later = timezone.now() + timedelta(days=15)
    with time_machine.travel(later):
        assert retention.forget_ways_in() == 1
    left = (Session.objects.count(), UserSession.objects.count(), SignInLimit.objects.count())
    assert left == (0, 0, 0)
    assert not Message.objects.filter(to_address="nobody@elsewhere.example").exists()
    assert Message.objects.filter(kind="new_device").count() == 1
    assert User.objects.count() == 1


def test_accounts_speak_the_page_s_language(client):
    page = client.get("/ar/accounts/login/").content.decode()
    assert 'dir="rtl"' in page
    assert 'action="/ar/accounts/login/"' in page
    assert Client().get("/ar/desk/")["Location"] in ("/ar/accounts/login/?next=/ar/desk/",)


def test_what_waits_of_an_organization_is_told(client):
    user = person("wanjiru@kituo.example", name="Wanjiru")
    sign_in(client, user.email)
    page = client.get("/accounts/").content.decode()
    assert "You act for none yet." in page
    organization = accepted(organization_name="Kituo cha Sheria").organization
    seats.claim(user, organization)
    SignOnFactory(confirmed=True, organization_name="Bread House", email=user.email)
    SignOnFactory(confirmed=True, organization_name="Rice House", email="somebody@else.example")
    EmailAddress.objects.create(user=user, email="not@proved.example", verified=False, primary=False)
    SignOnFactory(confirmed=True, organization_name="Milk House", email="not@proved.example")
    page = client.get("/accounts/").content.decode()
    assert "Kituo cha Sheria" in page
    assert "You asked to act for it." in page
    assert "Bread House" in page
    assert "Our staff still verify it." in page
    assert "Rice House" not in page
    assert "Milk House" not in page


def test_what_was_signed_with_a_seat_waits_for_each_of_its_people(client):
    user = person("wanjiru@kituo.example", name="Wanjiru")
    organization = accepted(organization_name="Kituo cha Sheria").organization
    OrganizationDomain.objects.create(organization=organization, domain="kituo.example")
    seat = seats.claim(user, organization)
    other = person("omar@kituo.example", name="Omar")
    statement = StatementFactory(texts={"en": "Harbors are open"})
    digest = statement.text("en").digest
    seats.sign(seat, statement, language="en", digest=digest, network="", updates=False)
    sign_in(client, other.email)
    assert "Harbors are open" not in client.get("/accounts/").content.decode()
    seats.claim(other, organization)
    assert "Harbors are open" in client.get("/accounts/").content.decode()
