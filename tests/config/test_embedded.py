"""The local servers: they start anywhere, are shared, survive every kind of end, and open nothing."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
import psutil
import psycopg
import pytest
import redis

from config import embedded, server_place
from config.processes import wait, working_in
from config.server_place import EmbeddedError

CHECKOUT = Path(embedded.__file__).resolve().parent.parent
HOLD = (
    "import sys\nfrom pathlib import Path\nfrom config import embedded\n"
    "with embedded.servers(Path(sys.argv[1])):\n    print('on', flush=True)\n    sys.stdin.readline()\n"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One folder for all tests that do not ask for a fresh one: making a cluster takes seconds."""
    folder = tmp_path_factory.mktemp("embedded") / "var"
    yield folder
    embedded.clean(folder)


@pytest.fixture
def folder(made: Path) -> Iterator[Path]:
    yield made
    embedded.stop(made)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "var"
    yield folder
    embedded.clean(folder)


@pytest.fixture
def hold(folder: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Start processes that use the servers until they are told to stop."""
    started = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(folder)],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout.readline() == "on\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def connect(folder: Path, database: str = "undersigned") -> psycopg.Connection:
    settings = environ.Env.db_url_config(embedded.owner_database_url(folder))
    return psycopg.connect(host=settings["HOST"], user=settings["USER"], dbname=database, autocommit=True)


def broker(folder: Path) -> redis.Redis:
    return redis.Redis.from_url(embedded.redis_url(folder))


def running(folder: Path) -> list[psutil.Process]:
    place = server_place.find(folder)
    return working_in("postgres", place.postgres_data) + working_in("valkey-server", place.valkey_data)


def write(folder: Path) -> tuple[int, int]:
    """Write to both, for certain, and say what both then hold."""
    with connect(folder) as connection, broker(folder) as client:
        connection.execute("CREATE TABLE IF NOT EXISTS written (x int)")
        connection.execute("INSERT INTO written VALUES (1)")
        client.incr("written")
        client.execute_command("WAITAOF", 1, 0, 5000)
    return written(folder)


def written(folder: Path) -> tuple[int, int]:
    with connect(folder) as connection, broker(folder) as client:
        return connection.execute("SELECT count(*) FROM written").fetchone()[0], int(client.get("written"))


def test_nothing_runs_before_and_nothing_is_left_after(folder):
    with embedded.servers(folder):
        assert {process.name() for process in running(folder)} == {"postgres", "valkey-server"}

    assert running(folder) == []


def test_data_is_found_again_at_the_next_start(folder):
    with embedded.servers(folder):
        expected = write(folder)

    with embedded.servers(folder):
        assert written(folder) == expected


def test_the_owner_is_no_superuser_and_can_make_databases_and_trusted_extensions(folder):
    with embedded.servers(folder):
        with connect(folder) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            connection.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
            connection.execute("DROP DATABASE IF EXISTS another")
            connection.execute("CREATE DATABASE another")
            row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
            assert row == (False,)
            assert connection.execute("SELECT lower('É'), unaccent('é')").fetchone() == ("é", "e")
        with connect(folder, "another") as connection:
            connection.execute("CREATE EXTENSION pg_trgm")


def test_no_server_listens_on_a_port(folder):
    with embedded.servers(folder):
        listening = [
            connection
            for process in running(folder)
            for connection in process.net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        ]

    assert listening == []


def test_other_users_cannot_reach_a_socket(folder):
    with embedded.servers(folder):
        place = server_place.find(folder)
        assert stat.S_IMODE(place.postgres_sockets.stat().st_mode) == 0o700
        assert stat.S_IMODE(place.valkey_socket.stat().st_mode) == 0o700


def test_no_folder_above_changes_its_permissions(fresh):
    above = [*fresh.parents, *Path(sys.executable).parents]
    before = [path.stat().st_mode for path in above]

    with embedded.servers(fresh):
        pass

    assert [path.stat().st_mode for path in above] == before


def test_the_last_user_stops_the_servers(folder, hold):
    first, second = hold(), hold()

    first.communicate("\n")
    assert running(folder)
    with connect(folder):
        pass
    second.communicate("\n")

    assert running(folder) == []


def test_a_killed_user_counts_for_nothing(folder, hold):
    killed, other = hold(), hold()
    killed.kill()
    killed.wait()

    other.communicate("\n")

    assert running(folder) == []


def test_servers_left_by_a_killed_user_are_taken_over(folder, hold):
    user = hold()
    user.kill()
    user.wait()
    left = {process.pid for process in running(folder)}

    with embedded.servers(folder):
        assert {process.pid for process in running(folder)} & left
        write(folder)

    assert running(folder) == []


def test_using_the_servers_twice_in_one_process_stops_them_once(folder):
    with embedded.servers(folder):
        with embedded.servers(folder):
            pass
        write(folder)


def test_a_server_killed_hard_is_cleaned_up_at_the_next_start(folder, hold):
    user = hold()
    expected = write(folder)
    for process in [*running(folder), user]:
        with suppress(psutil.NoSuchProcess):  # it went with the one before
            process.kill()
    user.wait()
    assert wait(lambda: not running(folder), 10)
    place = server_place.find(folder)
    assert (place.postgres_data / "postmaster.pid").exists()
    assert place.valkey_socket.exists()

    with embedded.servers(folder):
        assert written(folder) == expected


def test_a_postmaster_killed_alone_is_replaced(folder, hold):
    hold()
    expected = write(folder)
    place = server_place.find(folder)
    main = int((place.postgres_data / "postmaster.pid").read_text().split()[0])
    os.kill(main, signal.SIGKILL)

    with embedded.servers(folder):
        assert written(folder) == expected


def test_a_stale_process_id_that_something_else_has_now_does_not_count(folder):
    with embedded.servers(folder):
        expected = write(folder)
    pid_file = server_place.find(folder).postgres_data / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{pid_file.parent}\n{int(time.time())}\n5432\n")

    with embedded.servers(folder):
        assert written(folder) == expected


def test_a_stale_lock_of_the_socket_does_not_count(folder):
    with embedded.servers(folder):
        expected = write(folder)
    lock = server_place.find(folder).postgres_sockets / ".s.PGSQL.5432.lock"
    lock.write_text(f"{os.getpid()}\n/nowhere\n{int(time.time())}\n5432\n{lock.parent}\n")

    with embedded.servers(folder):
        assert written(folder) == expected


def test_a_half_made_cluster_is_made_anew(fresh):
    place = server_place.prepare(fresh)
    unfinished = place.postgres_data.with_name("postgres.unfinished")
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")

    with embedded.servers(fresh):
        write(fresh)


def test_a_truncated_append_only_file_loses_no_more_than_its_end(folder):
    with embedded.servers(folder):
        expected = write(folder)
    newest = max((folder / "valkey" / "appendonlydir").glob("*.incr.aof"))
    newest.write_bytes(newest.read_bytes() + b"*3\r\n$3\r\nSET\r\n$5\r\nbro")

    with embedded.servers(folder):
        assert written(folder) == expected


def test_a_path_that_is_too_long_for_a_socket_gets_its_sockets_elsewhere(tmp_path):
    folder = tmp_path / ("long" * 20) / ("longer" * 20)
    try:
        with embedded.servers(folder):
            write(folder)
            assert written(folder) == (1, 1)
            socket_path = unquote(urlsplit(embedded.redis_url(folder)).path)
            assert len(os.fsencode(socket_path)) < 100
    finally:
        embedded.clean(folder)
    assert not Path(socket_path).parent.exists()


def test_a_path_with_spaces_and_quotes_works(tmp_path):
    folder = tmp_path / 'it\'s a "place" é'
    try:
        with embedded.servers(folder):
            write(folder)
            assert written(folder) == (1, 1)
    finally:
        embedded.clean(folder)


def test_a_runtime_folder_of_somebody_else_is_refused(tmp_path):
    path = tmp_path / "taken"
    path.symlink_to("/tmp")

    with pytest.raises(EmbeddedError, match="belongs to user"):
        server_place._make(path, 0o700)


def test_two_folders_run_side_by_side(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    try:
        with embedded.servers(one), embedded.servers(two):
            write(one)
            write(two)
            assert written(one) == written(two) == (1, 1)
    finally:
        embedded.clean(one)
        embedded.clean(two)


def test_what_is_in_use_is_not_cleaned_away(folder, hold):
    user = hold()
    with pytest.raises(EmbeddedError, match="in use"):
        embedded.clean(folder)
    user.communicate("\n")


def test_cleaning_removes_everything(fresh):
    server_place.prepare(fresh)
    place = server_place.find(fresh)

    embedded.clean(fresh)

    assert not fresh.exists()
    assert place.root == fresh or not place.root.exists()


def test_a_start_that_fails_names_the_log_in_one_line(fresh):
    with embedded.servers(fresh):
        pass
    place = server_place.find(fresh)
    (place.postgres_data / "PG_VERSION").write_text("9\n")

    with pytest.raises(EmbeddedError) as failed, embedded.servers(fresh):
        pass

    assert str(place.postgres_log) in str(failed.value)
    assert "\n" not in str(failed.value)
    assert running(fresh) == []


def test_without_the_wheels_one_line_says_what_to_do(fresh, monkeypatch):
    monkeypatch.setattr(server_place, "find_spec", lambda name: None)

    with pytest.raises(EmbeddedError, match="is not installed: run `make run`"):
        embedded.start(fresh)


def test_no_signal_interrupts_a_start(folder):
    starting = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], cwd=CHECKOUT)
    assert wait(lambda: bool(working_in("postgres", server_place.find(folder).postgres_data)), 10)
    starting.terminate()
    starting.wait(30)
    assert {process.name() for process in running(folder)} == {"postgres", "valkey-server"}
    # A plain SIGTERM ends the holder once both servers are up: they are whole, and taken over.
    with embedded.servers(folder):
        write(folder)


@pytest.mark.parametrize(("given", "missing"), [("DATABASE_URL", "REDIS_URL"), ("REDIS_URL", "DATABASE_URL")])
def test_one_address_alone_is_refused(monkeypatch, given, missing):
    monkeypatch.delenv(missing, raising=False)
    monkeypatch.setenv(given, "x://")

    with pytest.raises(EmbeddedError, match=f"{given} is set, but {missing} is not"):
        embedded.local_mode()


def test_local_mode_is_where_no_address_is_set(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    assert embedded.local_mode()

    monkeypatch.setenv("DATABASE_URL", "x://")
    monkeypatch.setenv("REDIS_URL", "x://")
    assert not embedded.local_mode()


def test_the_local_secret_is_made_once_and_closed_to_others(fresh):
    secret = embedded.local_secret(fresh)

    assert embedded.local_secret(fresh) == secret
    assert len(secret) >= 50
    assert stat.S_IMODE((fresh / "secret_key").stat().st_mode) == 0o600


def test_addresses_are_computed_without_starting_or_making_anything(tmp_path):
    folder = tmp_path / "var"

    embedded.database_url(folder)
    embedded.redis_url(folder)

    assert not folder.exists()
