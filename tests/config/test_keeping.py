"""Backup and restore, as an operator does them: whole processes on databases of their own."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from urllib.parse import urlsplit

import pytest

from config import keeping
from signon.running import tallies
from tests.one_person import ADDRESS
from tests.stack import CHECKOUT, as_application, connect, database, prepared

FIRST, SECOND = (f"2026-11-2{day}T10:00:00+00:00 {letter * 64}\n" for day, letter in [(4, "a"), (5, "b")])


def keep(place, url, *arguments, **changes):
    """`python -m config.keeping`, as the Makefile calls it, with a folder for files."""
    environment = os.environ | {
        "DATABASE_URL": as_application(url),
        "OWNER_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "UNDERSIGNED_VAR": str(place),
        **changes,
    }
    command = [sys.executable, "-m", "config.keeping", *map(str, arguments)]
    return subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=300)


def digests(url):
    """A digest of every table's rows, whatever their order."""
    with connect(url) as connection:
        tables = [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        query = 'SELECT count(*), md5(string_agg(row::text, E\'\\n\' ORDER BY row::text COLLATE "C")) FROM "{}" AS row'
        return {name: connection.execute(query.format(name)).fetchone() for name in tables}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The demo's database, a folder with its files, and a backup of both."""
    place = tmp_path_factory.mktemp("kept")
    (place / "media" / "photos").mkdir(parents=True)
    (place / "media" / "photos" / "a.jpg").write_bytes(b"photo")
    (place / "private" / "exports").mkdir(parents=True)
    (place / "private" / "exports" / "list.csv").write_text("names")
    (place / "erasures").write_text(FIRST)
    with database(template=prepared(with_demo=True)) as url:
        done = keep(place, url, "backup")
        assert (done.returncode, done.stderr) == (0, "")
        [backup] = (place / "backups").iterdir()
        yield url, place, backup


def test_a_file_that_goes_while_it_is_kept_is_left_out(tmp_path):
    (tmp_path / "exports").mkdir()
    for name in ("gone", "list.csv"):
        (tmp_path / "exports" / name).write_text(name)
    with tarfile.open(tmp_path / "kept.tar", "w") as tar:
        found = tar.gettarinfo
        tar.gettarinfo = lambda name, arcname: (tmp_path / "exports" / "gone").unlink(True) or found(name, arcname)
        keeping._add(tar, tmp_path / "exports", "private")
        assert tar.getnames() == ["private/list.csv"]


def test_a_folder_that_cannot_be_read_is_not_left_out():
    with pytest.raises(PermissionError):
        keeping._unless_gone(PermissionError())


def test_a_backup_that_fails_leaves_nobody_s_data_behind(tmp_path, monkeypatch):
    def breaks_off(program, *options):
        (tmp_path / "kept.unfinished" / keeping.DATABASE).write_text("Asha")
        raise keeping.Unable("No room is left.")

    monkeypatch.setattr(keeping, "_postgres", breaks_off)
    with pytest.raises(keeping.Unable):
        keeping.backup(tmp_path / "kept")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_is_plain_files_under_their_digests(kept):
    _url, _place, backup = kept
    names = {"database.dump", "files.tar.gz", "erasures", "manifest.json"}
    assert {path.name for path in backup.iterdir()} == names
    assert set(json.loads((backup / "manifest.json").read_text())["sha256"]) == names - {"manifest.json"}
    assert backup.stat().st_mode & 0o077 == 0


def test_who_watches_is_told_of_each_backup_and_a_backup_needs_no_redis(kept, tmp_path):
    url, *_ = kept
    began = time.time()
    assert keep(tmp_path, url, "backup", "--to", tmp_path / "first").returncode == 0
    assert tallies.read()["backup",] > began
    done = keep(tmp_path, url, "backup", "--to", tmp_path / "second", REDIS_URL="redis://127.0.0.1:1/0")
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_restored_is_what_was_kept_to_the_last_row(kept, tmp_path):
    url, _place, backup = kept
    with database(template="template0") as empty:
        done = keep(tmp_path, empty, "restore", backup)
        assert (done.returncode, done.stderr) == (0, "")
        assert "initial-elements-2016: " in done.stdout
        assert "chains are intact." in done.stdout
        before, after = digests(url), digests(empty)
        assert set(before) == set(after)
        assert {name for name in before if before[name] != after[name]} == set()
        assert before["signon_signon"][0] == 399
        # The application may work in it, and owns nothing.
        with connect(as_application(empty)) as connection:
            assert connection.execute("SELECT count(*) FROM signon_signon").fetchone() == (before["signon_signon"][0],)
    assert (tmp_path / "media" / "photos" / "a.jpg").read_bytes() == b"photo"
    private = tmp_path / "private" / "exports" / "list.csv"
    assert (private.read_text(), private.stat().st_mode & 0o077, private.parent.stat().st_mode & 0o077) == (
        "names",
        0,
        0,
    )
    assert (tmp_path / "erasures").read_text() == FIRST


def test_erasures_since_the_backup_are_not_overwritten(kept, tmp_path):
    _url, _place, backup = kept
    (tmp_path / "erasures").write_text(FIRST + SECOND)
    with database(template="template0") as empty:
        assert keep(tmp_path, empty, "restore", backup).returncode == 0
    assert (tmp_path / "erasures").read_text() == FIRST + SECOND


def shell(place, url, code):
    """`manage.py shell -c`, on a database and a folder of its own."""
    environment = os.environ | {
        "DATABASE_URL": as_application(url),
        "OWNER_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "UNDERSIGNED_VAR": str(place),
    }
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", code]
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def test_who_was_erased_after_the_backup_is_erased_again_when_it_is_restored(tmp_path):
    with database(template=prepared(with_demo=False)) as url:
        shell(tmp_path, url, f"from tests.factories import accepted; accepted(email={ADDRESS!r})")
        assert keep(tmp_path, url, "backup").returncode == 0
        [backup] = (tmp_path / "backups").iterdir()
        shell(tmp_path, url, f"from signon.privacy import erasing; erasing.erase({ADDRESS!r})")
    place = tmp_path / "second"
    place.mkdir()
    shutil.copyfile(tmp_path / "erasures", place / "erasures")
    with database(template="template0") as empty:
        done = keep(place, empty, "restore", backup)
        assert (done.returncode, done.stderr) == (0, "")
        assert "1 addresses found and erased again" in done.stdout
        with connect(empty) as connection:
            assert connection.execute("SELECT email FROM signon_signon").fetchall() == [("",)]


@pytest.mark.parametrize("harm", ["changed", "missing", "no manifest"])
def test_a_damaged_backup_is_refused_before_anything_is_changed(kept, tmp_path, harm):
    _url, _place, backup = kept
    damaged = tmp_path / "damaged"
    shutil.copytree(backup, damaged)
    if harm == "changed":
        with (damaged / "database.dump").open("r+b") as file:
            file.seek(1000)
            file.write(b"?")
    else:
        (damaged / ("manifest.json" if harm == "no manifest" else "files.tar.gz")).unlink()
    with database(template="template0") as empty:
        done = keep(tmp_path, empty, "restore", damaged)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
        assert "damaged" in done.stderr or "no backup" in done.stderr
        assert digests(empty) == {}


def test_what_is_there_is_never_overwritten(kept, tmp_path):
    url, place, backup = kept
    before = digests(url)
    done = keep(tmp_path, url, "restore", backup)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "The database is not empty" in done.stderr
    assert digests(url) == before
    with database(template="template0") as empty:
        done = keep(place, empty, "restore", backup)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
        assert "files are there" in done.stderr
        assert digests(empty) == {}


def test_a_password_stands_on_no_command_line_and_sockets_are_understood(monkeypatch, settings):
    from config import keeping

    settings.OWNER_DATABASE_URL = "postgresql://undersigned:p%40ss@db.example:5433/undersigned?sslmode=require"
    address, environment = keeping._address()
    assert address == "postgresql://undersigned@db.example:5433/undersigned?sslmode=require"
    assert environment["PGPASSWORD"] == "p@ss"
    settings.OWNER_DATABASE_URL = "postgresql://undersigned@/%2Frun%2Fpostgresql/undersigned"
    address, environment = keeping._address()
    assert address == "postgresql://undersigned@/undersigned?host=%2Frun%2Fpostgresql"
    assert "PGPASSWORD" not in environment
    assert urlsplit(address).path == "/undersigned"


def test_programs_older_than_the_server_are_none(monkeypatch):
    from config import keeping

    monkeypatch.setattr(keeping, "_version_of_server", lambda: 18)
    assert keeping._program("pg_dump").endswith("/pg_dump")
    monkeypatch.setattr(keeping, "_version_of_server", lambda: 99)
    with pytest.raises(keeping.Unable, match="pg_dump of PostgreSQL 99 is missing"):
        keeping._program("pg_dump")


def test_a_bad_record_of_erasures_is_refused_before_anything_is_restored(kept, tmp_path):
    """Whether it lies beside the database, or in the backup alone."""
    _url, _place, backup = kept
    (tmp_path / "erasures").write_text(FIRST + "nonsense\n")
    with database(template="template0") as empty:
        done = keep(tmp_path, empty, "restore", backup)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "Nothing was restored" in done.stderr
        assert "line 2" in done.stderr
        assert not digests(empty)
        assert not (tmp_path / "media").exists()
        (tmp_path / "erasures").unlink()
        damaged = tmp_path / "damaged"
        shutil.copytree(backup, damaged)
        (damaged / "erasures").write_text("nonsense\n")
        manifest = json.loads((damaged / "manifest.json").read_text())
        manifest["sha256"]["erasures"] = hashlib.sha256(b"nonsense\n").hexdigest()
        (damaged / "manifest.json").write_text(json.dumps(manifest))
        done = keep(tmp_path, empty, "restore", damaged)
        assert (done.returncode, done.stderr.count("\n"), "line 1" in done.stderr) == (2, 1, True)
        assert not digests(empty)
