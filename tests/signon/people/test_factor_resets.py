"""A lost second factor: asked for by a colleague, stopped by its owner, taken away after a day."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from signon import tasks
from signon.mail import dispatching
from signon.models import FactorReset, Message, User
from signon.people import factor_resets, roles
from tests.accounts import app_code, person, sign_in, with_app
from tests.factories import UserFactory
from tests.signon.test_constraints import Refused
from tests.smtp import MailServer, links

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    with MailServer() as made:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_PORT = made.port
        yield made


@pytest.fixture
def owner():
    return with_app(person("owner@network.example", staff=True))


@pytest.fixture
def chief(client):
    user = UserFactory(name="Carla Neto")
    roles.give(user, "administrator")
    client.force_login(user)
    return user


def page(user):
    return f"/admin/signon/user/{user.pk}/reset-factor/"


def path_of(mail):
    return next(link for link in links(mail) if "/stop/" in link).partition("testserver")[2]


def test_a_colleague_asks_and_after_a_day_the_factor_is_gone(client, chief, owner):
    browser = Client()
    sign_in(browser, owner.email)
    browser.post("/accounts/login/factor/", {"code": app_code()})
    assert client.get(f"/admin/signon/user/{owner.pk}/change/").content.decode().count(page(owner)) == 1
    answer = client.post(page(owner), {"why": "Telephone stolen; I called her"})
    assert answer["Location"] == f"/admin/signon/user/{owner.pk}/change/"
    reset = FactorReset.objects.get()
    assert (reset.user, reset.by, reset.why, reset.outcome) == (owner, chief, "Telephone stolen; I called her", "")
    assert tasks.reset_factors() == 0
    assert Authenticator.objects.count() == 2
    with time_machine.travel(reset.due_at + timedelta(seconds=1)):
        assert tasks.reset_factors() == 1
        assert tasks.reset_factors() == 0
    reset.refresh_from_db()
    assert (reset.outcome, reset.ended_by, Authenticator.objects.count()) == ("done", None, 0)
    assert browser.get("/accounts/")["Location"] == "/accounts/login/?next=/accounts/"
    assert "factor_reset" in Message.objects.get(kind="account_changed").body
    assert sign_in(Client(), owner.email)["Location"] == "/desk/"


def test_its_owner_is_mailed_at_every_address_and_stops_it_by_the_link(client, chief, owner, server):
    EmailAddress.objects.create(user=owner, email="owner@private.example", verified=True)
    EmailAddress.objects.create(user=owner, email="unproved@private.example")
    factor_resets.ask(owner, by=chief, why="Lost")
    dispatching.deliver(dispatching.claim())
    assert {mail["To"] for mail in server.mails} == {"owner@network.example", "owner@private.example"}
    path, stranger = path_of(server.mails[0]), Client()
    assert b"Carla Neto" in stranger.get(path).content
    assert FactorReset.objects.get().outcome == ""
    assert b"It is stopped" in stranger.post(path, follow=True).content
    reset = FactorReset.objects.get()
    assert (reset.outcome, reset.ended_by) == ("stopped", None)
    with time_machine.travel(reset.due_at + timedelta(days=1)):
        assert tasks.reset_factors() == 0
    assert Authenticator.objects.count() == 2


def test_its_owner_signed_in_sees_it_and_stops_it(chief, owner):
    browser = Client()
    sign_in(browser, owner.email)
    browser.post("/accounts/login/factor/", {"code": app_code()})
    factor_resets.ask(owner, by=chief, why="Lost")
    assert "about to be taken away" in browser.get("/accounts/").content.decode()
    browser.post("/accounts/second-factor/keep/")
    assert FactorReset.objects.get().ended_by == owner
    assert "about to be taken away" not in browser.get("/accounts/").content.decode()


def test_another_colleague_stops_it_in_the_admin(client, chief, owner):
    reset = factor_resets.ask(owner, by=UserFactory(), why="Lost")
    client.post("/admin/signon/factorreset/", {"action": "stop_chosen", "_selected_action": [reset.pk]})
    reset.refresh_from_db()
    assert (reset.outcome, reset.ended_by) == ("stopped", chief)


def test_a_broken_link_stops_nothing(chief, owner):
    factor_resets.ask(owner, by=chief, why="Lost")
    answer = Client().post("/accounts/second-factor/stop/made:up:x/")
    assert (answer.status_code, FactorReset.objects.get().outcome) == (404, "")


def test_a_mail_of_what_was_stopped_is_not_sent(chief, owner, server):
    factor_resets.stop(factor_resets.ask(owner, by=chief, why="Lost"))
    dispatching.deliver(dispatching.claim())
    assert [mail["Subject"] for mail in server.mails] == ["Your account was changed"]


def test_what_ended_cannot_end_again(chief, owner):
    reset = factor_resets.ask(owner, by=chief, why="Lost")
    assert factor_resets.stop(reset)
    assert not factor_resets.stop(reset)
    with time_machine.travel(reset.due_at + timedelta(days=1)):
        assert factor_resets.carry_out_due() == 0


@pytest.mark.parametrize("role", [role for role in roles.ROLES if role != "administrator"])
def test_only_administrators_may(client, owner, role):
    user = UserFactory()
    roles.give(user, role)
    client.force_login(user)
    assert client.post(page(owner), {"why": "Lost"}).status_code == 403
    assert FactorReset.objects.count() == 0


def test_why_is_asked(client, chief, owner):
    assert client.post(page(owner), {"why": " "}).status_code == 200
    assert FactorReset.objects.count() == 0


def test_nobody_asks_twice_or_for_themselves_or_where_there_is_none(client, chief, owner):
    with_app(chief)
    for user in (chief, UserFactory(), owner, owner):
        client.post(page(user), {"why": "Lost"})
    assert [reset.user for reset in FactorReset.objects.all()] == [owner]
    with pytest.raises(factor_resets.OnesOwn):
        factor_resets.ask(chief, by=chief, why="Lost")


def test_the_shell_does_it_at_once_for_the_last_administrator(capsys, owner):
    browser = Client()
    sign_in(browser, owner.email)
    browser.post("/accounts/login/factor/", {"code": app_code()})
    call_command("make_staff", "Owner@network.example", "--reset-factor")
    assert "no second factor any more" in capsys.readouterr().out
    assert Authenticator.objects.count() == 0
    assert browser.get("/accounts/").status_code == 302
    reset = FactorReset.objects.get()
    assert (reset.by, reset.outcome) == (User.objects.command_line(), "done")


def test_the_shell_ends_what_waited(chief, owner):
    factor_resets.ask(owner, by=chief, why="Lost")
    call_command("make_staff", owner.email, "--reset-factor")
    assert sorted(FactorReset.objects.values_list("outcome", flat=True)) == ["done", "stopped"]


@pytest.mark.parametrize("arguments", [["nobody@network.example", "--reset-factor"], ["plain@network.example"],
                                       ["plain@network.example", "--reset-factor"]])  # fmt: skip
def test_the_shell_says_what_it_cannot_do(arguments):
    UserFactory(email="plain@network.example")
    with pytest.raises(CommandError) as caught:
        call_command("make_staff", *arguments)
    assert caught.value.returncode == 2


def made(owner, **fields):
    by, due_at = fields.pop("by", None) or UserFactory(), timezone.now() + FactorReset.WAIT
    return FactorReset.objects.create(**{"user": owner, "by": by, "why": "Lost", "due_at": due_at} | fields)


def test_one_reset_of_a_factor_waits(owner):
    made(owner)
    with Refused("one_reset_of_a_factor_waits"):
        made(owner)


def test_nobody_resets_their_own_factor(owner):
    with Refused("nobody_resets_their_own_factor"):
        made(owner, by=owner)


@pytest.mark.parametrize("fields", [{"outcome": "stopped"}, {"ended_at": timezone.now()}])
def test_an_ended_reset_says_when(owner, fields):
    with Refused("an_ended_reset_says_when"):
        made(owner, **fields)


def test_no_factor_is_taken_away_early(owner):
    with Refused("no_factor_is_taken_away_early"):
        made(owner, outcome="done", ended_at=timezone.now())
