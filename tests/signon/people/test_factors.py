"""Staff's second factor: nothing of the desk or the admin opens without, and nothing switches that off."""

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from allauth.account.internal.flows import login as login_flow
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import URLPattern, get_resolver

from config import sign_in as settings_of_sign_in
from signon.people import factors
from signon.site import demo
from tests.accounts import SECRET, app_code, person, recovery_code, sign_in, with_app
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

SAMPLES = {"int": "1", "slug": "x", "str": "x", "path": "x", "uuid": "x"}


@pytest.fixture(autouse=True)
def _door(settings):
    settings.STAFF_NEED_A_SECOND_FACTOR = True


def addresses(resolver=None, before=""):
    """Every address that the URL conf knows, with something in the place of each parameter."""
    for each in (resolver or get_resolver()).url_patterns:
        path = before + str(each.pattern)
        if isinstance(each, URLPattern):
            plain = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found[1] or "str"], path)
            yield "/" + re.sub(r"\(\?P<\w+>[^)]*\)", "1", plain).replace("^", "").replace("$", "").replace("\\", "")
        else:
            yield from addresses(each, path)


GUARDED = sorted({path for path in addresses() if path.startswith(("/desk/", "/admin/"))})


@pytest.fixture
def chief(client):
    user = person("chief@network.example", staff=True)
    client.force_login(user)
    return user


def test_the_walk_finds_the_desk_and_the_admin():
    assert {"/desk/", "/desk/exports/1/file/", "/admin/", "/admin/signon/signon/export/", "/desk/me/"} <= set(GUARDED)
    assert len(GUARDED) > 200


@pytest.mark.parametrize("language", ["", "/fr", "/ar"])
def test_no_page_of_desk_or_admin_opens_without_a_factor(client, chief, language):
    """Whatever the method, whatever stands at the address, in whatever language."""
    open_ones = []
    for path in GUARDED:
        if language and path.startswith("/admin/"):
            continue  # the admin stands outside the languages
        for method in ("get", "post"):
            answer = getattr(client, method)(language + path)
            if answer.status_code != 302 or answer["Location"] != f"{language}/accounts/second-factor/":
                open_ones.append((method, path, answer.status_code, answer.get("Location")))
    assert open_ones == []


@pytest.mark.parametrize("path", ["/desk", "//desk/", "/./desk/", "/en/desk/", "/fr-ca/desk/", "/DESK/", "/admin"])
def test_what_is_made_of_an_address_does_not_open_it(client, chief, path):
    answer = client.generic("GET", "/", PATH_INFO=path)
    assert answer.status_code in (301, 404) or answer["Location"] == "/accounts/second-factor/"


def test_strangers_and_who_is_no_staff_meet_the_pages_own_guards(client):
    assert client.get("/desk/")["Location"] == "/accounts/login/?next=/desk/"
    client.force_login(person())
    assert client.get("/desk/").status_code == 403


def test_who_has_none_is_led_to_set_one_up_and_comes_back(client, chief):
    sign_in(client, chief.email)
    assert client.get("/desk/mail/?state=dead")["Location"] == "/accounts/second-factor/"
    page = client.get("/accounts/second-factor/").content.decode()
    assert 'href="/accounts/factors/app/"' in page
    assert 'href="/accounts/factors/passkeys/add/"' in page
    client = signed_in(chief)
    client.get("/desk/mail/?state=dead")
    form = client.get("/accounts/factors/app/").context["form"]
    answer = client.post("/accounts/factors/app/", {"code": app_code(form.secret)})
    assert answer["Location"] == "/accounts/factors/codes/"
    codes = client.get(answer["Location"]).content.decode()
    assert 'href="/desk/mail/?state=dead"' in codes
    assert client.get("/desk/mail/?state=dead").status_code == 200
    assert "second_factor_wanted" not in client.session


def signed_in(user, **more):
    client = Client()
    sign_in(client, user.email, **more)
    return client


def test_who_has_one_shows_it_at_sign_in_and_the_desk_opens(client):
    user = with_app(person("chief@network.example", staff=True))
    client = signed_in(user)
    client.post("/accounts/login/factor/", {"code": app_code()})
    assert client.get("/desk/").status_code == 200
    assert client.get("/admin/").status_code == 200


def test_a_recovery_code_opens_the_desk_as_well(client):
    user = with_app(person("chief@network.example", staff=True))
    client = signed_in(user)
    client.post("/accounts/login/factor/", {"code": recovery_code(user)})
    assert client.get("/desk/").status_code == 200


def test_a_session_from_before_the_factor_shows_it_first(client):
    """Who took a password before its owner set a factor up does not come in by the session of then."""
    user = person("chief@network.example", staff=True)
    old = signed_in(user)
    with_app(user)
    answer = old.get("/desk/mail/")
    assert answer["Location"] == "/accounts/again/factor/?next=%2Fdesk%2Fmail%2F"
    page = old.get(answer["Location"])
    assert "/accounts/again/password/" not in page.content.decode()
    old.post("/accounts/again/password/?next=/desk/mail/", {"password": "correct horse battery"})
    assert old.get("/desk/mail/").status_code == 302
    answer = old.post("/accounts/again/factor/?next=/desk/mail/", {"code": app_code()})
    assert answer["Location"] == "/desk/mail/"
    assert old.get("/desk/mail/").status_code == 200


def test_another_s_factor_in_the_same_browser_is_not_one_s_own(client):
    client = signed_in(with_app(person("one@network.example", staff=True)))
    client.post("/accounts/login/factor/", {"code": app_code()})
    other = with_app(person("two@network.example", staff=True))
    client.force_login(other)
    assert client.get("/desk/").status_code == 302


def test_the_desk_shuts_when_the_last_factor_is_removed(client):
    user = with_app(person("chief@network.example", staff=True))
    client = signed_in(user)
    client.post("/accounts/login/factor/", {"code": app_code()})
    client.post("/accounts/factors/app/remove/")
    assert Authenticator.objects.count() == 0
    assert client.get("/desk/")["Location"] == "/accounts/second-factor/"


def test_recovery_codes_alone_are_no_factor(client):
    user = with_app(person("chief@network.example", staff=True))
    Authenticator.objects.exclude(type="recovery_codes").delete()
    client = signed_in(user)
    assert client.get("/desk/")["Location"] == "/accounts/second-factor/"


def test_a_long_session_shows_who_it_is_before_a_factor_is_added_or_removed(client, monkeypatch):
    user = with_app(person("chief@network.example", staff=True))
    client = signed_in(user)
    client.post("/accounts/login/factor/", {"code": app_code()})
    session = client.session
    key = login_flow.AUTHENTICATION_METHODS_SESSION_KEY
    session[key] = [record | {"at": record["at"] - 3600} for record in session[key]]
    session.save()
    for path in ("/accounts/factors/app/remove/", "/accounts/factors/passkeys/add/", "/accounts/factors/codes/new/",
                 "/accounts/password/remove/"):  # fmt: skip
        assert client.post(path)["Location"].startswith("/accounts/again/")
    assert Authenticator.objects.count() == 2


def test_what_leads_back_is_of_this_site(client, chief):
    for path in ("//evil.example/desk/", "/desk/?next=https://evil.example/"):
        client.get(path)
        assert not client.session.get("second_factor_wanted", "/").startswith(("//", "http"))


# Local mode


def test_the_demo_s_account_alone_passes_in_local_mode_under_a_banner(client, monkeypatch):
    local = {"LOCAL_MODE": True, "WITHOUT_SECOND_FACTOR": {demo.STAFF}, "STAFF_NEED_A_SECOND_FACTOR": True}
    monkeypatch.setattr(factors, "settings", SimpleNamespace(**local))
    client.force_login(UserFactory(email=demo.STAFF, staff=True))
    for path in ("/desk/", "/admin/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "this account alone opens the desk without a second factor" in answer.content.decode()
    other = Client()
    other.force_login(UserFactory(staff=True))
    assert other.get("/desk/").status_code == 302


def test_the_demo_s_account_passes_nowhere_else(client, settings):
    settings.WITHOUT_SECOND_FACTOR = frozenset({demo.STAFF})
    client.force_login(UserFactory(email=demo.STAFF, staff=True))
    assert client.get("/desk/").status_code == 302


def settings_say(**environment):
    """What production's settings hold with these variables set."""
    command = (
        "from config import settings as s; print(s.LOCAL_MODE, sorted(s.WITHOUT_SECOND_FACTOR), "
        "s.STAFF_NEED_A_SECOND_FACTOR, 'config.middleware.SecondFactor' in s.MIDDLEWARE)"
    )
    done = subprocess.run([sys.executable, "-c", command], env=os.environ | environment, capture_output=True, text=True,
                          timeout=60)  # fmt: skip
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_nothing_in_the_environment_switches_it_off_where_there_is_a_database():
    """Every name that a setting, ours or allauth's, could be read from, with values that mean "off"."""
    names = ["WITHOUT_SECOND_FACTOR", "STAFF_NEED_A_SECOND_FACTOR", "LOCAL_MODE", "DEBUG", "MIDDLEWARE", "MFA_ADAPTER",
             "TESTS_OF_THE_SECOND_FACTOR", "UNDERSIGNED_LOCAL", "MFA_TOTP_INSECURE_BYPASS_CODE"]  # fmt: skip
    for value in ("0", "", demo.STAFF, "False", "1"):
        assert settings_say(**dict.fromkeys(names, value)) == "False [] True True"


def test_with_one_of_the_two_addresses_nothing_starts():
    assert "True" not in settings_say(REDIS_URL="").partition(" ")[0]


def test_the_name_in_the_settings_is_the_demo_s():
    assert demo.STAFF in Path(settings_of_sign_in.__file__).read_text("utf-8")
    assert frozenset() == settings_of_sign_in.WITHOUT_SECOND_FACTOR


def test_the_app_s_secret_is_shown_once_more_never(client):
    user = with_app(person())
    client = signed_in(user)
    client.post("/accounts/login/factor/", {"code": app_code()})
    for path in ("/accounts/", "/accounts/factors/app/remove/"):
        assert SECRET not in client.get(path).content.decode()
    assert client.get("/accounts/factors/app/").status_code == 302
