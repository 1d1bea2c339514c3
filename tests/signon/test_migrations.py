"""What a migration does on the way back. Forwards, every test has taken them."""

import hashlib
import importlib
import os

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.db.migrations import AddIndex, CreateModel
from django.db.migrations.loader import MigrationLoader

from signon.casework import proposing
from signon.migrations import _going_back
from signon.migrations._concurrently import AddIndexMeanwhile, RemoveFieldIndex
from signon.models import Invitation, LedgerEntry, SignOn
from signon.privacy import consenting
from tests.factories import InvitationFactory, SignOnFactory, StatementFactory, accepted

pytestmark = pytest.mark.django_db


def applied():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM django_migrations WHERE app = 'signon' ORDER BY name")
        return [name for (name,) in cursor.fetchall()]


def test_going_back_is_refused_before_anything_changes_where_statements_have_acts():
    LedgerEntry.objects.append_to_statement(StatementFactory(), LedgerEntry.Act.OPENED)
    before = applied()
    for to in ("0016", "zero"):
        with pytest.raises(CommandError, match=r"acts of statements.*Nothing was changed") as caught:
            call_command("migrate", "signon", to, verbosity=0)
        assert "\n" not in str(caught.value)
        assert applied() == before


def test_acts_of_statements_are_not_in_the_way_of_one_step_back():
    LedgerEntry.objects.append_to_statement(StatementFactory(), LedgerEntry.Act.OPENED)
    with connection.cursor() as cursor:  # a table with pending events is not altered
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    before = applied()
    call_command("migrate", "signon", "0023", verbosity=0)
    assert applied()[-1].startswith("0023")
    call_command("migrate", "signon", verbosity=0)
    ContentType.objects.clear_cache()
    assert applied() == before


def test_published_ids_are_what_they_were():
    signed = accepted()
    salt = signed.ledger_salt
    with connection.cursor() as cursor:  # a table with pending events is not altered
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    call_command("migrate", "signon", "0035", verbosity=0)
    call_command("migrate", "signon", verbosity=0)
    ContentType.objects.clear_cache()
    signed.refresh_from_db()
    assert signed.public_id == hashlib.sha256(f"signatory\n{salt}".encode()).hexdigest()[:32]


def test_the_words_of_the_consent_to_be_listed_are_found_again_behind_hand_overs():
    plain, handed, brought = (accepted(email=f"{name}@secret.example") for name in ("a", "b", "c"))
    words = consenting.shown("sign_on", "en")
    SignOn.objects.filter(pk__in=[plain.pk, handed.pk]).update(consent_text=words, publish_consent_text=words)
    for each in (handed, handed, brought):
        asked = proposing.propose_representative(
            SignOn.objects.get(pk=each.pk), name="Carla", title="", email="carla@secret.example"
        )
        proposing.confirm_representative(asked, language="fr", updates=False)
        assert proposing.accept(asked, by=each.decided_by)
    with connection.cursor() as cursor:  # a table with pending events is not altered
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    call_command("migrate", "signon", "0037", verbosity=0)
    call_command("migrate", "signon", verbosity=0)
    ContentType.objects.clear_cache()
    found = {each.pk: (each.publish_consent_text, each.consent_text) for each in SignOn.objects.all()}
    represents = consenting.shown("represent", "fr")
    assert found == {plain.pk: (words, words), handed.pk: (words, represents), brought.pk: (None, represents)}


@pytest.mark.parametrize("state", ["withdrew", "declined"])
def test_what_0024_alone_can_hold_is_in_the_way_of_taking_it_back(state):
    invitation = InvitationFactory()
    Invitation.objects.filter(pk=invitation.pk).update(state=state)
    before = applied()
    with pytest.raises(CommandError, match=r"Invitations stand as signed.*Nothing was changed"):
        call_command("migrate", "signon", "0023", verbosity=0)
    assert applied() == before


def test_only_acts_of_statements_are_in_the_way():
    accepted()
    with connection.schema_editor() as editor:
        _going_back.refuse_if_statements_have_acts(apps, editor)


@pytest.mark.skipif(not os.environ.get("FULL"), reason="all migrations twice, with FULL=1")
def test_without_them_it_goes_back_and_forth():
    before = applied()
    call_command("migrate", "signon", "0016", verbosity=0)
    assert applied()[-1].startswith("0016")
    call_command("migrate", "signon", verbosity=0)
    ContentType.objects.clear_cache()
    assert applied() == before


@pytest.mark.parametrize(
    ("name", "asks"),
    [
        ("0017_a_statement_s_life", _going_back.refuse_if_statements_have_acts),
        ("0024_what_settles_an_invitation", _going_back.refuse_if_invitations_ended),
        ("0033_sign_ons_are_told_apart_by_keys", _going_back.refuse_if_contacts_are_sealed),
    ],
)
def test_what_refuses_is_asked_first(name, asks):
    last = importlib.import_module(f"signon.migrations.{name}").Migration.operations[-1]
    assert last.reverse_code is asks
    assert asks in _going_back.ALL


# From here on; those before were merged as they are.
FROM = {"signon": "0038", "campaigns": "0016"}


def test_an_index_comes_into_a_table_that_is_in_use_without_a_lock():
    """A migration that makes one otherwise holds up all who sign, as long as that takes: minutes for a million."""
    late = []
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if name < FROM.get(app, "9999"):
            continue
        new = {each.name.lower() for each in migration.operations if isinstance(each, CreateModel)}
        made = [each for each in migration.operations if isinstance(each, AddIndex)]
        made = [each for each in made if each.model_name.lower() not in new]
        late += [f"{name}: {each.index.name}" for each in made if not isinstance(each, AddIndexMeanwhile)]
        assert not made or migration.atomic is False, name
    assert late == []


def operations(migration, kind):
    return [
        each for each in importlib.import_module(f"signon.migrations.{migration}").Migration.operations
        if isinstance(each, kind)
    ]  # fmt: skip


def half_made(cursor, name, table):
    """An index as an interruption leaves it: it is there, and nothing may go along it."""
    cursor.execute(f"DROP INDEX IF EXISTS {name}")
    with pytest.raises(IntegrityError):
        cursor.execute(f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} (statement_id)")
    assert is_whole(cursor, name) is False


def is_whole(cursor, name):
    cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [name])
    return (cursor.fetchone() or [None])[0]


@pytest.mark.django_db(transaction=True)
def test_an_index_that_an_interruption_left_half_made_is_made_again_and_a_whole_one_stays():
    signed = SignOnFactory()
    SignOnFactory(statement=signed.statement)
    made = next(
        each for each in operations("0039_lists_have_their_indexes", AddIndexMeanwhile)
        if each.index.name == "sign_ons_by_domain"
    )  # fmt: skip
    state = MigrationLoader(connection).project_state()
    with connection.cursor() as cursor, connection.schema_editor(atomic=False) as editor:
        cursor.execute("SET lock_timeout = '2s'")
        half_made(cursor, "sign_ons_by_domain", "signon_signon")
        made.database_forwards("signon", editor, state, state)
        assert is_whole(cursor, "sign_ons_by_domain") is True
        cursor.execute("SELECT 'sign_ons_by_domain'::regclass::oid")
        before = cursor.fetchone()
        made.database_forwards("signon", editor, state, state)
        cursor.execute("SELECT 'sign_ons_by_domain'::regclass::oid")
        assert cursor.fetchone() == before
        cursor.execute("SELECT current_setting('lock_timeout')")
        assert cursor.fetchone() == ("2s",)
        cursor.execute("SET lock_timeout = 0")


@pytest.mark.django_db(transaction=True)
def test_a_field_s_own_index_goes_and_comes_back_whole():
    signed = SignOnFactory()
    SignOnFactory(statement=signed.statement)
    removed = next(
        each for each in operations("0040_signing_writes_fewer_indexes", RemoveFieldIndex) if each.name == "came_with"
    )
    loader, name = MigrationLoader(connection), "signon_signon_came_with_id_4e12cf45"
    before = loader.project_state(("signon", "0039_lists_have_their_indexes"))
    after = loader.project_state()
    with connection.cursor() as cursor, connection.schema_editor(atomic=False) as editor:
        half_made(cursor, name, "signon_signon")
        for _time in range(2):
            removed.database_backwards("signon", editor, after, before)
            assert is_whole(cursor, name) is True
        for _time in range(2):
            removed.database_forwards("signon", editor, before, after)
            assert is_whole(cursor, name) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", ["0039", "0040", "0041"])
def test_showing_a_migration_s_sql_does_nothing(number, capsys):
    def indexes():
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1")
            return cursor.fetchall()

    before = indexes()
    call_command("sqlmigrate", "signon", number)
    assert "INDEX CONCURRENTLY" in capsys.readouterr().out
    assert indexes() == before
