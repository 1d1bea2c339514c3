"""Sign-in: by a mailed code, by a password, by a second factor; and what it tells nobody."""

import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from signon import mailing
from signon.mail import dispatching, limits
from signon.models import Message, User
from tests.accounts import PASSWORD, app_code, mailed_code, person, recovery_code, sign_in, with_app
from tests.factories import UserFactory
from tests.smtp import MailServer

pytestmark = pytest.mark.django_db

CODE_PAGE = "/accounts/login/code/"


@pytest.fixture
def server(settings):
    with MailServer() as made:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_PORT = made.port
        yield made


def is_signed_in(client):
    return "_auth_user_id" in client.session


def words(answer):
    return re.sub(r'value="[^"]*"|csrfmiddlewaretoken', "", answer.content.decode())


def test_a_mailed_code_signs_in_without_a_password(client, server):
    person()
    answer = sign_in(client, password="", next="/accounts/sessions/")
    assert (answer.status_code, answer["Location"]) == (302, f"{CODE_PAGE}?next=%2Faccounts%2Fsessions%2F")
    code = mailed_code()
    dispatching.deliver(dispatching.claim())
    assert code in server.mails[0].get_body().get_content()
    assert Message.objects.get(kind="login_code").body == ""
    answer = client.post(answer["Location"], {"code": code.lower().replace("-", " "), "action": "verify"})
    assert (answer.status_code, answer["Location"], is_signed_in(client)) == (302, "/accounts/sessions/", True)


def test_a_code_is_good_in_the_browser_that_asked_for_it_and_once(client):
    person()
    sign_in(client, password="")
    code = mailed_code()
    other = Client()
    assert other.post(CODE_PAGE, {"code": code})["Location"] == "/accounts/login/"
    client.post(CODE_PAGE, {"code": code})
    client.post("/accounts/logout/")
    assert client.post(CODE_PAGE, {"code": code})["Location"] == "/accounts/login/"
    assert not is_signed_in(client)


def test_after_five_wrong_codes_one_starts_again(client):
    person()
    sign_in(client, password="")
    code = mailed_code()
    answers = [client.post(CODE_PAGE, {"code": "BBBB-BBBB"}).status_code for _each in range(5)]
    assert answers == [200, 200, 200, 200, 302]
    client.post(CODE_PAGE, {"code": code})
    assert not is_signed_in(client)


def test_a_code_ends_after_fifteen_minutes(client):
    person()
    with time_machine.travel("2031-03-01T10:00:00Z", tick=False) as now:
        sign_in(client, password="")
        now.shift(15 * 60 + 1)
        assert client.post(CODE_PAGE, {"code": mailed_code()})["Location"] == "/accounts/login/"
    assert not is_signed_in(client)


def test_a_code_proves_the_address_of_an_account_that_staff_made(client):
    user = UserFactory(email="new@network.example")
    sign_in(client, "New@Network.example", password="")
    client.post(CODE_PAGE, {"code": mailed_code()})
    assert is_signed_in(client)
    proved = EmailAddress.objects.get(user=user)
    assert (proved.email, proved.verified, proved.primary) == ("new@network.example", True, True)
    assert Message.objects.filter(kind="address_code").count() == 0


def test_a_password_signs_in_and_an_address_that_was_never_proved_is_proved_first(client):
    person("new@network.example", is_proved=False)
    answer = sign_in(client, "new@network.example")
    assert (answer["Location"], is_signed_in(client)) == ("/accounts/addresses/confirm/", False)
    client.post("/accounts/addresses/confirm/", {"code": mailed_code("address_code"), "action": "verify"})
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    sign_in(client, "new@network.example")
    assert is_signed_in(client)


@pytest.mark.parametrize("email", ["nobody@elsewhere.example", "gone@network.example"])
def test_a_code_for_an_address_without_an_account_goes_nowhere(client, server, email):
    person("gone@network.example", is_active=False)
    answer = sign_in(client, email, password="")
    assert answer["Location"] == CODE_PAGE
    dispatching.deliver(dispatching.claim())
    message = Message.objects.get()
    assert (message.state, message.body, server.mails) == ("canceled", "", [])
    for code in ("", "BBBB-BBBB"):
        assert client.post(CODE_PAGE, {"code": code}).status_code == 200


def asked(client, path, data):
    """The words of the answer, where it leads, and the shape of each query."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = client.post(path, data)
    shapes = [re.sub(r"'(?:[^']|'')*'|\b\d+\b", "?", query["sql"]) for query in captured]
    return answer.status_code, answer.get("Location"), words(answer), [_shape(each) for each in shapes]


def _shape(sql):
    """Without what a row of its own makes of it: NULL or a number, a list of values, a savepoint's name."""
    sql = re.sub(r"\bNULL\b|::\w+(?:\[\])?", "?", sql)
    sql = re.sub(r"\"?s\d+_x\d+\"?|s\?_x\?", "savepoint", sql)
    return re.sub(r"(\?+(, )?)+", "?", sql)


@pytest.mark.parametrize("is_proved", [True, False])
@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/accounts/login/", {"login": "{email}", "password": ""}),
        ("/accounts/login/", {"login": "{email}", "password": "wrong horse battery"}),
        ("/accounts/password/reset/", {"email": "{email}"}),
    ],
)
def test_no_page_and_no_query_tells_whether_an_address_has_an_account(path, data, is_proved):
    person("known@network.example", is_proved=is_proved)
    told = []
    for number, email in enumerate(("known@network.example", "nobody@network.example")):
        typed = {name: value.format(email=email) for name, value in data.items()}
        status, location, text, queries = asked(Client(REMOTE_ADDR=f"192.0.2.{number}"), path, typed)
        told.append((status, location, text.replace(email, ""), queries))
    assert told[0] == told[1]
    assert len(told[0][3]) > 3


def test_the_page_for_the_code_asks_as_much_of_the_database_for_an_unknown_address():
    person("known@network.example")
    told = []
    for email in ("known@network.example", "nobody@network.example"):
        client = Client()
        sign_in(client, email, password="")
        with CaptureQueriesContext(connection) as captured:
            page = client.get(CODE_PAGE)
        wrong = asked(client, CODE_PAGE, {"code": "BBBB-BBBB"})
        told.append(
            (words(page).replace(email, ""), len(captured), wrong[:2], wrong[2].replace(email, ""), len(wrong[3]))
        )
    assert told[0] == told[1]


@pytest.mark.parametrize("password", [PASSWORD, ""])
def test_a_wrong_password_costs_one_hash_whether_or_not_there_is_an_account(monkeypatch, password):
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: hashed.append(1) or encode(*given))
    without = UserFactory(email="without@network.example")
    without.set_unusable_password()
    without.save()
    person("known@network.example")
    counts = []
    for email in ("known@network.example", "without@network.example", "nobody@network.example"):
        hashed.clear()
        sign_in(Client(), email, "wrong horse battery")
        counts.append(len(hashed))
    assert counts == [1, 1, 1]


def test_who_is_asked_too_often_is_not_mailed_and_no_page_says_so():
    person()
    pages = {sign_in(Client(REMOTE_ADDR=f"192.0.2.{number}"), password="").status_code for number in range(3)}
    assert pages == {302}
    asked_for = Message.objects.filter(kind="login_code")
    Message.objects.bulk_create(
        Message(key=f"k{n}", kind="login_code", to_address="asha@network.example", mailbox="asha@network.example",
                message_id=f"<{n}@x>", due_at=asked_for.first().due_at) for n in range(limits.MOST_AN_HOUR)
    )  # fmt: skip
    before = asked_for.count()
    answer = Client().post("/accounts/password/reset/", {"email": "asha@network.example"})
    assert (answer.status_code, Message.objects.filter(kind="password_reset").count()) == (302, 0)
    assert asked_for.count() == before


def test_sign_on_mails_do_not_use_up_the_codes_to_sign_in():
    person()
    for number in range(limits.MOST_A_DAY):
        mailing.compose("links", key=f"links:{number}", to="asha@network.example")
    sign_in(Client(), password="")
    assert Message.objects.filter(kind="login_code").count() == 1


def test_after_five_wrong_passwords_the_right_one_waits_too(client):
    person()
    for _each in range(5):
        sign_in(client, password="wrong horse battery")
    answer = sign_in(client)
    assert (answer.status_code, is_signed_in(client)) == (200, False)
    assert "too many tries" in answer.content.decode()


def test_limits_hold_without_redis(client, settings):
    away = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/1"}
    settings.CACHES = settings.CACHES | {"redis": away}
    person()
    for _each in range(5):
        assert sign_in(client, password="wrong horse battery").status_code == 200
    assert sign_in(client).status_code == 200
    assert not is_signed_in(client)


def test_what_limits_count_by_names_nobody(client):
    from signon.models import SignInLimit

    person()
    sign_in(client, password="wrong horse battery")
    kept = " ".join(f"{each.cache_key} {each.value}" for each in SignInLimit.objects.all())
    assert SignInLimit.objects.count() > 0
    assert not re.search(r"asha|network|127\.0|login", kept)


def test_the_second_factor_is_asked_for_after_password_and_after_code(client):
    with_app(person())
    for way in (PASSWORD, ""):
        answer = sign_in(client, password=way)
        if not way:
            answer = client.post(CODE_PAGE, {"code": mailed_code()})
        assert (answer["Location"], is_signed_in(client)) == ("/accounts/login/factor/", False)
        client.post("/accounts/logout/")


def test_a_code_of_the_app_is_good_once(client):
    with_app(person())
    code = app_code()
    sign_in(client)
    client.post("/accounts/login/factor/", {"code": code})
    assert is_signed_in(client)
    other = Client()
    sign_in(other)
    other.post("/accounts/login/factor/", {"code": code})
    assert not is_signed_in(other)


def test_a_recovery_code_is_good_once(client):
    user = with_app(person())
    code = recovery_code(user)
    for is_first in (True, False):
        browser = Client()
        sign_in(browser)
        browser.post("/accounts/login/factor/", {"code": code})
        assert is_signed_in(browser) == is_first


def test_wrong_codes_of_the_app_end_after_five(client):
    with_app(person())
    sign_in(client)
    for _each in range(5):
        client.post("/accounts/login/factor/", {"code": "000000"})
    client.post("/accounts/login/factor/", {"code": app_code()})
    assert not is_signed_in(client)


def test_a_secret_that_cannot_be_read_lets_nobody_in(client, settings):
    with_app(person())
    settings.SECRET_KEY = "another key that is long enough to be one, by far and away"
    settings.SECRET_KEY_FALLBACKS = []
    sign_in(client)
    for secret in ("", "A" * 32):
        client.post("/accounts/login/factor/", {"code": app_code(secret)})
    assert not is_signed_in(client)


def test_a_secret_outlives_a_rotation_and_is_not_kept_in_clear(client, settings):
    from allauth.mfa.models import Authenticator

    user = with_app(person())
    assert all("twenty" not in str(each.data) and "GR3" not in str(each.data) for each in Authenticator.objects.all())
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = (
        "another key that is long enough, by far",
        [settings.SECRET_KEY],
    )
    sign_in(client, user.email)
    client.post("/accounts/login/factor/", {"code": app_code()})
    assert is_signed_in(client)


GARBAGE = ["", "x", "null", "[]", "{}", "1", '"x"', '{"response": {}}', '{"response": null}', '{"response": []}',
           '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": "MQ", "clientDataJSON": "AA", '
           '"authenticatorData": "AA", "signature": "AA"}, "clientExtensionResults": {}}']  # fmt: skip


@pytest.mark.parametrize("credential", GARBAGE)
def test_what_is_no_passkey_opens_nothing_and_breaks_nothing(client, credential):
    user = with_app(person())
    client.get("/accounts/login/passkey/", headers={"Accept": "application/json"})
    assert client.post("/accounts/login/passkey/", {"credential": credential})["Location"] == "/accounts/login/"
    sign_in(client)
    assert client.post("/accounts/login/factor/", {"credential": credential}).status_code == 200
    client.post("/accounts/login/factor/", {"code": recovery_code(user)})
    assert is_signed_in(client)
    client.get("/accounts/factors/passkeys/add/")
    added = client.post("/accounts/factors/passkeys/add/", {"credential": credential, "name": "x"})
    assert added.status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_sign_in_leads_to_no_other_site(client, elsewhere):
    person()
    assert sign_in(client, next=elsewhere)["Location"] == "/accounts/"


def test_staff_come_to_the_desk_and_others_to_their_account(client):
    person("staff@network.example", staff=True)
    person("other@network.example")
    assert sign_in(client, "staff@network.example")["Location"] == "/desk/"
    assert sign_in(Client(), "other@network.example")["Location"] == "/accounts/"


def test_a_new_device_is_told_by_mail_and_a_known_one_is_not(client):
    user = person(language="fr")
    sign_in(client)
    message = Message.objects.get(kind="new_device")
    assert (message.user, message.to_address, message.language) == (user, user.email, "fr")
    client.post("/accounts/logout/")
    sign_in(client)
    assert Message.objects.filter(kind="new_device").count() == 1
    sign_in(Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}))
    assert "Firefox on Linux" in Message.objects.filter(kind="new_device").latest("pk").body


def test_another_account_in_the_same_browser_is_new_and_a_made_up_cookie_is_none(client):
    person()
    person("other@network.example")
    client.cookies["known"] = "WzFd:made:up"
    sign_in(client)
    client.post("/accounts/logout/")
    sign_in(client, "other@network.example")
    assert Message.objects.filter(kind="new_device").count() == 2


def test_a_mailed_link_sets_a_new_password_and_signs_nobody_in(client, server):
    from tests.smtp import links

    user = with_app(person())
    client.post("/accounts/password/reset/", {"email": user.email})
    dispatching.deliver(dispatching.claim())
    link = next(each for each in links(server.mails[0]) if "/key/" in each)
    page = client.get(link.partition("testserver")[2], follow=True)
    new = {"password1": "a new horse battery", "password2": "a new horse battery"}
    assert client.post(page.context["action_url"], new)["Location"] == "/accounts/password/reset/key/done/"
    assert not is_signed_in(client)
    assert sign_in(Client(), password="a new horse battery")["Location"] == "/accounts/login/factor/"
    assert b"of no use any more" in Client().get(link.partition("testserver")[2], follow=True).content
    assert "password_reset" in Message.objects.filter(kind="account_changed").latest("pk").body


@pytest.mark.parametrize("path", ["/accounts/inactive/", "/accounts/email/", "/accounts/2fa/", "/accounts/3rdparty/",
                                  "/accounts/confirm-email/x/", "/accounts/login/code/confirm/"])  # fmt: skip
def test_what_of_allauth_s_is_not_ours_is_not_there(client, path):
    assert client.get(path).status_code == 404


def test_nobody_signs_up(client):
    page = client.get("/accounts/signup/")
    assert (page.status_code, "form" in (page.context or {})) == (200, False)
    client.post("/accounts/signup/", {"email": "a@b.example", "password1": PASSWORD})
    assert User.objects.count() == 0


def test_every_mail_that_allauth_can_send_is_one_of_ours_or_cannot_occur():
    """By its templates: a release with a new mail fails here, and not in front of somebody."""
    from pathlib import Path

    import allauth

    from signon.people import account_mail, accounts

    folder = Path(allauth.__file__).parent / "templates"
    names = {path.name.removesuffix("_message.txt") for app in ("account", "mfa")
             for path in (folder / app / "email").glob("*_message.txt")}  # fmt: skip
    # Of signing up, of codes instead of links, of links instead of codes, and bases of others.
    impossible = {"account_already_exists", "password_reset_code", "password_reset_key", "email_confirm", "base"}
    assert names - set(accounts.ASKED_FOR) - set(account_mail.CHANGES) == impossible
