"""What is known of a replica is known of a moment, and no longer than settings say."""

import time

import psycopg
import pytest
from django.conf import settings
from django.db import connections, transaction

from config import routing
from signon.running import reading
from signon.running.reading import Watch


class Servers:
    """A primary that has written so far, and a copy that has replayed so far; None: no answer."""

    def __init__(self):
        self.written = self.replayed = 100

    def watch(self, most=5.0):
        return Watch(lambda: self._answer(self.written), lambda: self._answer(self.replayed), most)

    @staticmethod
    def _answer(position):
        if position is None:
            raise psycopg.OperationalError
        return position


@pytest.fixture
def servers():
    return Servers()


@pytest.fixture
def clock(monkeypatch):
    """A clock that is set: `clock.now = …`."""

    class Clock:
        now = 1000.0

    monkeypatch.setattr(time, "monotonic", lambda: Clock.now)
    return Clock


def test_a_copy_that_holds_all_is_fit_for_as_long_as_it_may_be_late(servers, clock):
    watch = servers.watch()
    assert not watch._holds(), "nothing is known yet"
    watch.look()
    assert watch._holds()
    clock.now += 4.9
    assert watch._holds()
    clock.now += 0.2
    assert not watch._holds(), "without news it is left alone"


def test_a_copy_is_as_late_as_what_it_lacks_is_old(servers, clock):
    watch = servers.watch()
    watch.look()
    for _second in range(4):
        clock.now += 1
        servers.written += 10
        watch.look()
        assert watch._holds()
    clock.now += 1.1
    watch.look()
    assert not watch._holds()
    servers.replayed = 120
    watch.look()
    assert watch._holds(), "it has come to what was written two seconds before"


@pytest.mark.parametrize("silent", ["written", "replayed"])
def test_without_an_answer_nothing_new_is_known(servers, clock, silent):
    watch = servers.watch()
    watch.look()
    setattr(servers, silent, None)
    clock.now += 5.1
    watch.look()
    assert not watch._holds()


def test_a_server_that_copies_nobody_is_never_fit(clock):
    watch = Watch(lambda: 100, lambda: None, 5)
    watch.look()
    assert not watch._holds()


def test_who_met_an_error_there_sends_nobody_else_until_it_has_answered(servers, clock):
    watch = servers.watch()
    watch.look()
    watch.leave_alone()
    assert not watch._holds()
    watch.look()
    assert watch._holds()


@pytest.fixture
def fit(monkeypatch):
    monkeypatch.setattr(reading, "_watch", lambda: type("Fit", (), {"is_fit": lambda self: True})())


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("fit")
def test_only_what_is_allowed_reads_the_copy_and_never_in_a_transaction_nor_after_a_write():
    router = routing.Router()
    with reading.from_primary():
        assert router.db_for_read(object) == "default"
        reading.may_read_replica()
        assert (router.db_for_read(object), reading.has_read_replica()) == ("replica", True)
        with transaction.atomic():
            assert router.db_for_read(object) == "default"
        assert router.db_for_read(object) == "replica"
        assert router.db_for_write(object) == "default"
        assert (router.db_for_read(object), reading.has_read_replica()) == ("default", False)
    assert [router.allow_migrate(each, "signon") for each in ("default", "replica", "downloads")] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("address", "cookie", "header", "method", "is_so"),
    [
        ("/", "", "", "GET", True),
        ("/statements/call/signatories/", "", "", "GET", True),
        ("/", "a-session", "", "GET", False),
        ("/", "", "Bearer x", "GET", False),
        ("/statements/call/sign/", "", "", "GET", False),
        ("/sign-ons/confirm/token/", "", "", "GET", False),
        ("/desk/", "", "", "GET", False),
        ("/statements/call/", "", "", "POST", False),
    ],
)
def test_a_stranger_is_who_reads_a_page_that_is_the_same_for_everybody(rf, address, cookie, header, method, is_so):
    from django.urls import resolve

    request = rf.generic(method, address, **({"HTTP_AUTHORIZATION": header} if header else {}))
    if cookie:
        request.COOKIES[settings.SESSION_COOKIE_NAME] = cookie
    request.resolver_match = resolve(address)
    assert routing.is_strangers(request) is is_so


def test_every_page_that_may_come_from_the_copy_is_one_of_the_site():
    from django.urls import get_resolver

    assert {name for name in get_resolver().reverse_dict if isinstance(name, str)} >= routing.PAGES


@pytest.mark.django_db
def test_where_all_downloads_are_under_way_one_more_is_busy(settings, monkeypatch):
    from django.db import OperationalError

    assert reading.for_download() == "default"
    monkeypatch.setitem(settings.DATABASES, "downloads", {})

    class Taken:
        def ensure_connection(self):
            raise OperationalError("couldn't get a connection after 1.00 sec")

    monkeypatch.setattr(reading, "connections", {"downloads": Taken(), "default": connections["default"]})
    with pytest.raises(reading.Busy):
        reading.for_download()
