"""What `make run` starts: the servers, then web, worker, beat and mail under honcho; one signal ends all."""

import contextlib
import errno
import multiprocessing
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

from honcho.manager import Manager
from honcho.process import Popen, Process

from config import embedded
from config.processes import end, try_lock
from config.server_place import make_folder

CHECKOUT = Path(__file__).resolve().parent.parent
WEB_THREADS = 8  # and as many connections in the pool, so that each finds one
MARK = "UNDERSIGNED_RUN"  # in the environment of everything a run starts, with the run's folder as its value


class Unable(Exception):
    """The run cannot start; the text is one line that says what to do."""


def main() -> int:
    """Run until a signal comes (0) or a part ends by itself (1); 2 where nothing could start."""
    multiprocessing.set_start_method("fork")  # honcho's way; Python 3.14 has another default
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    folder = embedded.folder()
    try:
        local = embedded.local_mode()
        port = _port()
        with _run_lock(folder, port):
            _end_orphans(folder)
            _refuse_busy(port)
            with embedded.servers(folder) if local else contextlib.nullcontext():
                return _run(folder, port, local)
    except (embedded.EmbeddedError, Unable) as error:
        print(error, file=sys.stderr)
        return 2


def _run(folder: Path, port: int, local: bool) -> int:
    environment = os.environ | {"PORT": str(port), MARK: str(folder), "PYTHONUNBUFFERED": "1"}
    environment.setdefault("DATABASE_POOL", str(WEB_THREADS))
    environment.setdefault("LOG_LEVEL", "WARNING")
    environment.setdefault("MALLOC_ARENA_MAX", "2")  # eight threads need no eight heaps
    environment.setdefault("SITE_URL", f"http://localhost:{port}")
    own_mail = local and not environment.get("EMAIL_URL")
    if own_mail:
        environment["EMAIL_URL"] = f"smtp://127.0.0.1:{_free_port()}"
    (folder / "static").mkdir(exist_ok=True)  # whitenoise warns where there is none; files come from the apps
    try:
        _manage(environment, "prepare_database", "--verbosity", "0")
        environment.pop("OWNER_DATABASE_URL", None)  # no business of what runs from here on
        if local:
            _manage(environment, "load_demo", "--if-empty")
        site = f"http://localhost:{port}"
        print(f"\n  Site     {site}/\n  Admin    {site}/admin/", flush=True)
        print(f"  Mailbox  {site}/mailbox/\n" if own_mail else "", "  Ctrl-C ends it.\n", sep="", flush=True)
        parts = Parts()
        for name, command in _commands(folder, port, own_mail).items():
            parts.add_process(name, f"exec {shlex.join(command)}", env=environment, cwd=str(CHECKOUT))
        # A closed terminal is a signal like the others. honcho sets handlers for those itself.
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        parts.loop()
    finally:
        _end_orphans(folder)  # whatever left its process group
    if parts.died:
        print(f"{parts.died} has ended by itself, so all the rest was ended too.", file=sys.stderr)
        return 1
    return 0


def _commands(folder: Path, port: int, own_mail: bool) -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    web = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    #: Web processes of `make run`; 1 without it.
    web += ["--workers", os.environ.get("WEB_WORKERS") or "1", "--blocking-threads", str(WEB_THREADS), "--http", "1"]
    web += ["--log-level", "error"]
    worker = ["celery", "-q", "-A", "config", "worker", "--loglevel", "WARNING", "--pool", "threads"]
    worker += ["--without-gossip", "--without-mingle"]
    beat = [
        "celery",
        "-q",
        "-A",
        "config.beat",
        "beat",
        "--loglevel",
        "WARNING",
        "--schedule",
        str(folder / "celerybeat-schedule"),
        "--pidfile=",
    ]
    # Celery and granian are quiet, so that the lines that say where to look stay in sight.
    commands = {
        "web": [*python, *web, "config.wsgi:application"],
        # One takes transactional mail only: no mailing holds up a verification.
        "mailer": [*python, *worker, "--queues", "mail", "--concurrency", "1", "-n", "mailer@%h"],
        "worker": [*python, *worker, "--queues", "desk,bulk,lists", "--concurrency", "3", "-n", "worker@%h"],
        "beat": [*python, *beat],
    }
    if own_mail:
        commands["mail"] = [*python, "config.local_mail"]
    return commands


class Parts(Manager):  # honcho has no types
    """honcho's manager, which also bears a signal that comes while it starts, and says who died."""

    def __init__(self) -> None:
        super().__init__()
        self._process_ctor = Part
        self._owner = os.getpid()
        self._asked = False
        self.died: str | None = None

    def terminate(self) -> None:
        if os.getpid() != self._owner:
            return  # a child of ours that has not yet got handlers of its own
        if not super()._all_started():
            self._asked = True  # honcho would fail on a part that has no process id yet
            return
        if not self._terminating and self.returncode not in (130, 143):
            self.died = next((name for name, part in self._processes.items() if "returncode" in part), None)
        super().terminate()

    def _all_started(self) -> bool:
        started: bool = super()._all_started()
        if started and self._asked:
            self._asked = False
            super().terminate()
        return started


class Group(Popen):
    """A process whose group ends with it: honcho reads until the last of them has closed its output."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if hasattr(os, "waitid"):  # macOS has it from Python 3.13 on
            threading.Thread(target=self._end_with_leader, daemon=True).start()

    def _end_with_leader(self) -> None:
        with contextlib.suppress(ChildProcessError, ProcessLookupError):  # reaped, hence without a group
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)  # unreaped, it keeps its number
            os.killpg(self.pid, signal.SIGKILL)


class Part(Process):
    """honcho's child, which is deaf to signals from its first moment; what it starts is not."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._child_ctor = Group

    def run(self, *arguments: Any, **options: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: None)
        super().run(*arguments, **options)


def _leave(number: int, frame: object) -> NoReturn:
    raise SystemExit(0)


def _manage(environment: dict[str, str], *arguments: str) -> None:
    """Run one command to its end, which comes early where a signal ends us."""
    command = [sys.executable, "manage.py", *arguments]
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, start_new_session=True)  # noqa: S603
    try:
        code = process.wait()
    except BaseException:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.wait()
        raise
    if code:
        raise Unable(f"manage.py {arguments[0]} failed (its message stands above); nothing was started.")


def _port() -> int:
    #: The port of `make run`; 8000 without it.
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise Unable(f"PORT={given} is no port: choose a number up to 65535, as in: make run PORT=8001")
    return int(given)


def _refuse_busy(port: int) -> None:
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                other = port + 1 if port < 65535 else 8000
                raise Unable(
                    f"Port {port} is in use. Stop what uses it, or choose another: make run PORT={other}"
                ) from None
            if error.errno == errno.EACCES:
                raise Unable(f"Port {port} is for root alone. Choose another: make run PORT=8000") from None
            if family == socket.AF_INET:
                raise Unable(f"Port {port} cannot be opened: {error}") from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _run_lock(folder: Path, port: int) -> Iterator[IO[str]]:
    """One run to a folder. The kernel frees the lock however the run ends; honcho's forks do not hold it."""
    try:
        make_folder(folder)
        lock = (folder / "run.lock").open("a+")
    except OSError as error:
        raise Unable(f"The folder for local state cannot be used: {error}") from None
    with lock:
        lock.seek(0)
        if not try_lock(lock):
            raise Unable(f"This checkout runs already, at {lock.read().strip()}. Stop it first.")
        lock.truncate(0)
        lock.write(f"http://localhost:{port}/ (process {os.getpid()})\n")
        lock.flush()
        yield lock


def _end_orphans(folder: Path) -> None:
    """End what an earlier run of this folder left behind when it was killed."""
    import psutil

    own = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    orphans = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid not in own and process.environ().get(MARK) == str(folder):
                orphans.append(process)
    end(orphans, signal.SIGTERM, 5)


if __name__ == "__main__":
    sys.exit(main())
