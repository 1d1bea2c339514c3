"""The application's role works in the database and owns nothing there; nobody but the owner opens the ledger."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from psycopg.errors import InsufficientPrivilege

from config import embedded, privileges, server_place
from config.postgres_server import APPLICATION, OWNER
from tests.factories import StatementFactory
from tests.posted import typed
from tests.signon.test_races import sign
from tests.stack import as_application, connect, database, prepared, running

CHECKOUT = Path(embedded.__file__).resolve().parent.parent
STATEMENT = "/statements/initial-elements-2016/"
TRIGGER = "the_ledger_is_only_added_to"
TRIGGERS = {"signon_consenttext": "words_of_a_consent_stay"}
OWNED_TABLES = """SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND pg_has_role(%s, relowner, 'MEMBER')"""


@pytest.fixture(scope="module")
def stack():
    """The demo's database, with the web server that works in it."""
    with (
        tempfile.TemporaryDirectory(prefix="undersigned-privileges-") as folder,
        running(Path(folder), parts=("web",)) as made,
    ):
        yield made


@pytest.fixture
def application(stack):
    with connect(stack.database_url) as connection:
        yield connection


def refused(connection, *orders):
    for order in orders:
        with pytest.raises(InsufficientPrivilege):
            connection.execute(order)


@pytest.mark.parametrize("table", privileges.APPEND_ONLY)
def test_the_application_reads_and_adds_to_the_ledger_and_does_nothing_else_there(application, table):
    key, trigger = "entry_id" if table == "signon_sealedentry" else "id", TRIGGERS.get(table, TRIGGER)
    assert application.execute(f"SELECT count(*) FROM {table}").fetchone()
    refused(
        application,
        f"UPDATE {table} SET digest = digest",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
        f"SELECT * FROM {table} FOR UPDATE",
        f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({key}) DO UPDATE SET digest = ''",
        f"ALTER TABLE {table} DISABLE TRIGGER {trigger}",
        f"DROP TRIGGER {trigger} ON {table}",
        f"CREATE TRIGGER mine BEFORE INSERT ON {table} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        f"CREATE RULE mine AS ON INSERT TO {table} DO INSTEAD NOTHING",
        f"DROP TABLE {table} CASCADE",
        f"ALTER TABLE {table} OWNER TO {APPLICATION}",
    )


def test_the_application_cannot_lift_what_holds_it(application):
    refused(
        application,
        "SET session_replication_role = replica",
        f"SET ROLE {OWNER}",
        f"GRANT {OWNER} TO {APPLICATION}",
        "DROP FUNCTION signon_the_ledger_is_only_added_to() CASCADE",
        "ALTER FUNCTION signon_the_ledger_is_only_added_to() RENAME TO nothing",
        "CREATE TABLE mine (x int)",
        "DROP SCHEMA public CASCADE",
    )
    with pytest.raises(psycopg.Error):  # "role … is not permitted to do so", or none there
        application.execute(f"ALTER ROLE {APPLICATION} SUPERUSER")


def test_the_application_owns_nothing_and_truncates_nothing(application):
    assert application.execute(OWNED_TABLES, [APPLICATION]).fetchall() == []
    found = application.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^(signon|campaigns)_'")
    tables = [name for (name,) in found]
    assert len(tables) > 20
    refused(application, *(f"TRUNCATE {table} CASCADE" for table in tables))


def test_the_application_may_work_in_every_other_table(application):
    missing = """SELECT relname, wanted FROM pg_class, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS wanted
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> ALL(%s)
        AND NOT has_table_privilege(pg_class.oid, wanted)"""
    assert application.execute(missing, [privileges.APPEND_ONLY]).fetchall() == []


def test_the_owner_too_is_refused_update_and_delete(stack):
    with connect(stack.database_url.replace(f"//{APPLICATION}@", f"//{OWNER}@")) as owner:
        for order in ("UPDATE signon_ledgerentry SET digest = ''", "DELETE FROM signon_ledgerentry"):
            with pytest.raises(psycopg.IntegrityError, match="only added to"):
                owner.execute(order)


def test_ordinary_work_goes_on_as_the_application(stack):
    assert stack.post(f"{STATEMENT}sign/", typed()).status == 302
    workers = "SELECT DISTINCT usename::text FROM pg_stat_activity WHERE datname = current_database()"
    assert stack.query(workers) == [(APPLICATION,)]
    assert stack.query("SELECT act FROM signon_ledgerentry ORDER BY id DESC LIMIT 1") == [("signed",)]
    assert stack.manage("load_demo") == ""
    stack.manage("shell", "-c", "from signon import sealing; assert sealing.seal()")
    assert stack.query("SELECT count(*) FROM signon_sealedentry") == [(400,)]
    assert stack.manage("verify_ledger", "saving-lives-2020") == "399 chains are intact.\n"
    assert stack.manage("check", "--database", "default", "--fail-level", "WARNING")
    assert stack.manage("migrate", "--check") == ""


@pytest.mark.django_db
def test_what_is_only_added_to_has_its_trigger():
    names = f"'{TRIGGER}', 'words_of_a_consent_stay'"
    triggers = f"SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname IN ({names})"
    assert sorted(privileges._column(triggers)) == sorted(privileges.APPEND_ONLY)


@pytest.mark.django_db
def test_a_role_that_owns_the_ledger_is_warned_of(capsys):
    (warning,) = privileges.warn(["default"])
    assert f"“{OWNER}”" in warning.msg
    assert privileges.warn(None) == []
    call_command("check", databases=["default"])
    assert "config.W001" in capsys.readouterr().err
    call_command("check")
    assert "config.W001" not in capsys.readouterr().err


@pytest.mark.django_db
def test_a_privilege_given_by_hand_is_warned_of_and_taken_back():
    from django.db import connection

    privileges.grant(APPLICATION)
    for order in ("GRANT UPDATE (facts) ON signon_ledgerentry", "GRANT TRUNCATE ON signon_seal"):
        with connection.cursor() as cursor:
            cursor.execute(f"{order} TO {APPLICATION}")
            cursor.execute(f"SET ROLE {APPLICATION}")
            assert len(privileges.too_much()) == 1
            cursor.execute("RESET ROLE")
        privileges.grant(APPLICATION)
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {APPLICATION}")
            assert privileges.too_much() == []
            cursor.execute("RESET ROLE")


@pytest.mark.django_db
def test_people_sign_where_functions_are_not_everybody_s_to_call():
    from django.db import connection

    statement = StatementFactory()
    with connection.cursor() as cursor:
        cursor.execute("REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC")
        privileges.grant(APPLICATION)
        cursor.execute(f"SET ROLE {APPLICATION}")
        assert sign(statement).pk
        cursor.execute("RESET ROLE")


def prepare(**environment):
    command = [sys.executable, "manage.py", "prepare_database", "--verbosity", "0"]
    given = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return subprocess.run(
        command, cwd=CHECKOUT, env=given | environment, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture
def migrated():
    """A migrated database; its address for the owner."""
    with database(prepared(with_demo=True)) as address:
        yield address


def test_one_role_for_both_works_and_is_warned_of(migrated):
    done = prepare(DATABASE_URL=migrated, REDIS_URL=os.environ["REDIS_URL"])
    assert (done.returncode, done.stdout) == (0, "")
    assert (
        "may do more than read and add in signon_consenttext, signon_ledgerentry, signon_seal, signon_sealedentry"
        in done.stderr
    )


def test_without_the_owners_address_a_migration_is_refused_in_one_line(migrated):
    done = prepare(DATABASE_URL=as_application(migrated), REDIS_URL=os.environ["REDIS_URL"])
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert done.stderr.startswith(f"CommandError: Role “{APPLICATION}” may not make tables: OWNER_DATABASE_URL")


def test_tables_of_later_migrations_are_granted_at_the_next_release(migrated):
    """Twice in a row, with a table that came meanwhile; the pool of DATABASE_POOL is in nobody's way."""
    given = {
        "OWNER_DATABASE_URL": migrated,
        "DATABASE_URL": as_application(migrated),
        "REDIS_URL": os.environ["REDIS_URL"],
    }
    for _release in range(2):
        done = prepare(**given, DATABASE_POOL="8")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        with connect(migrated) as owner:
            owner.execute("CREATE TABLE IF NOT EXISTS signon_later (id serial PRIMARY KEY, x int)")
    with connect(as_application(migrated)) as application:
        application.execute("INSERT INTO signon_later (x) VALUES (1)")
        application.execute("UPDATE signon_later SET x = 2")


def test_local_data_of_the_one_role_that_owned_all_is_taken_over(tmp_path):
    folder = tmp_path / "var"
    local = {"UNDERSIGNED_VAR": str(folder)}
    try:
        with embedded.servers(folder):
            place = server_place.find(folder)
            with psycopg.connect(host=str(place.postgres_sockets), user="postgres", autocommit=True) as superuser:
                superuser.execute(f"DROP ROLE {APPLICATION}")
            owner = embedded.owner_database_url(folder)
            before = subprocess.run(
                [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
                cwd=CHECKOUT,
                env=os.environ | {"DATABASE_URL": owner, "REDIS_URL": embedded.redis_url(folder)},
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            assert before.returncode == 0, before.stderr
            with connect(owner) as connection:
                connection.execute("CREATE TABLE signon_kept (x int)")
                connection.execute("INSERT INTO signon_kept VALUES (1)")

        done = prepare(**local)

        assert (done.returncode, done.stderr) == (0, "")
        with embedded.servers(folder), connect(embedded.database_url(folder)) as application:
            assert application.execute("SELECT x FROM signon_kept").fetchall() == [(1,)]
            refused(application, "DELETE FROM signon_ledgerentry", "TRUNCATE signon_kept")
    finally:
        embedded.clean(folder)
