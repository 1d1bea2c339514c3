"""More servers than one, as the environment says them; what cannot be meant is refused at the start."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import databases, sentinel

PRIMARY = "postgresql://undersigned_app:secret@primary.example/undersigned"
REPLICA = "postgresql://undersigned_app:secret@replica.example/undersigned"


@pytest.fixture
def made(monkeypatch):
    """What databases() makes of these variables."""

    def make(**variables):
        for name in ("DATABASE_POOL", "DOWNLOADS_POOL", "PGBOUNCER", "REPLICA_URL"):
            monkeypatch.delenv(name, raising=False)
        for name, value in ({"DATABASE_URL": PRIMARY, "REDIS_URL": "redis://x:1/0"} | variables).items():
            monkeypatch.setenv(name, value)
        return databases.databases()

    return make


def test_one_server_is_one_database(made):
    assert list(made()) == ["default"]
    assert made()["default"]["CONN_MAX_AGE"] == 60


def test_downloads_have_a_pool_of_their_own(made):
    found = made(DATABASE_POOL="8", DOWNLOADS_POOL="2")
    sizes = {name: each["OPTIONS"]["pool"]["max_size"] for name, each in found.items()}
    assert sizes == {"default": 8, "downloads": 2}


def test_behind_pgbouncer_no_cursor_of_the_default_outlives_a_transaction_and_downloads_keep_theirs(made):
    found = made(PGBOUNCER="1")
    assert {name: each["DISABLE_SERVER_SIDE_CURSORS"] for name, each in found.items()} == {
        "default": True,
        "downloads": False,
    }


def test_a_replica_is_there_for_pages_and_for_downloads(made):
    found = made(REPLICA_URL=REPLICA, DOWNLOADS_POOL="2")
    assert {name: each["HOST"].partition(".")[0] for name, each in found.items()} == {
        "default": "primary",
        "downloads": "primary",
        "replica": "replica",
        "replica_downloads": "replica",
    }
    assert found["replica"]["OPTIONS"]["connect_timeout"] == 2


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"REPLICA_URL": "mysql://a@b/c"}, "REPLICA_URL must begin with postgresql://"),
        ({"REPLICA_URL": PRIMARY}, "REPLICA_URL is DATABASE_URL's server"),
        ({"PGBOUNCER": "yes"}, "PGBOUNCER takes 1 or 0"),
        ({"DOWNLOADS_POOL": "-1"}, "DOWNLOADS_POOL takes a whole number from 0 on"),
        ({"PGBOUNCER": "1", "DATABASE_URL": f"{PRIMARY}?options=-c%20jit%3Doff"}, "DATABASE_URL has options"),
        (
            {"PGBOUNCER": "1", "REPLICA_URL": f"{REPLICA}?options=-c%20jit%3Doff"},
            "REPLICA_URL has options",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(made, variables, words):
    with pytest.raises(ImproperlyConfigured, match=words):
        made(**variables)


@pytest.mark.parametrize("name", ["REPLICA_URL", "PGBOUNCER"])
def test_local_mode_has_one_server_and_nothing_before_it(monkeypatch, name):
    for unset in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(unset)
    monkeypatch.setenv(name, {"REPLICA_URL": REPLICA, "PGBOUNCER": "1"}[name])
    with pytest.raises(ImproperlyConfigured, match=f"{name} needs DATABASE_URL"):
        databases.databases()


def test_an_address_of_sentinels_is_told_to_each_library_in_its_own_way():
    found = sentinel.read(
        "rediss+sentinel://:pass%40word@one.example:26379,two.example:26380/names?sentinel_password=s"
    )
    assert found.hosts == (("one.example", 26379), ("two.example", 26380))
    login = ":pass%40word@"
    assert found.broker_url() == f"sentinel://{login}one.example:26379/0;sentinel://{login}two.example:26380/0"
    assert found.limits_url() == "redis+sentinel://one.example:26379,two.example:26380/names"
    assert found.to_server() == {"password": "pass@word", "ssl": True}
    assert (found.to_sentinels(1)["password"], found.to_sentinels(1)["ssl"]) == ("s", True)
    assert sentinel.read("redis://one.example:6379/0") is None


@pytest.mark.parametrize(
    "address",
    [
        "redis+sentinel://one.example:26379",
        "redis+sentinel://one.example/names",
        "redis+sentinel://:26379/names",
        "redis+sentinel://one.example:26379,two.example/names",
        "redis+sentinel://one.example:26379/names/0",
        "redis+sentinel://one.example:26379/names?db=1",
        "valkey+sentinel://one.example:26379/names",
    ],
)
def test_half_an_address_of_sentinels_is_refused(address):
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL must be like"):
        sentinel.read(address)
