"""Sign-ons' indexes on addresses stand on what tells addresses apart, encrypted or not (signon.models.contact_field).

Made beside the old ones without a lock (CONCURRENTLY: it may take a minute for a million sign-ons, and waits for
transactions that are open); then they change places in an instant. Interrupted, it is run again.
"""

from django.db import migrations, models, transaction

from signon.migrations._going_back import refuse_if_contacts_are_sealed
from signon.models import contact_field

_KEY = r"(regexp_replace(lower(email), '^sealed:([0-9a-f]*):.*$', '\1'))"
_INDIVIDUAL = "state = 'accepted' AND signer = 'individual' AND NOT (email = '')"
_UNCONFIRMED = "state = 'unconfirmed' AND NOT (email = '')"
# Name, whether it is unique, what it is on, and which rows: as they become, and as they were.
_NEW = [
    ("sign_ons_by_address", "", f"{_KEY}, statement_id", ""),
    ("an_individual_stands_once", "UNIQUE", f"statement_id, {_KEY}", _INDIVIDUAL),
    ("an_address_has_one_unconfirmed_sign_on", "UNIQUE", f"statement_id, {_KEY}", _UNCONFIRMED),
]
_OLD = [(name, unique, on.replace(_KEY, "lower(email)"), where) for name, unique, on, where in _NEW]


def _exchange(schema_editor, indexes):
    connection = schema_editor.connection
    # Tests take migrations back inside a transaction, in which nothing is done concurrently.
    concurrently = "" if connection.in_atomic_block else "CONCURRENTLY"
    with connection.cursor() as cursor:
        for name, unique, on, where in indexes:
            cursor.execute(f'DROP INDEX {concurrently} IF EXISTS "{name}_now"')
            condition = f" WHERE {where}" if where else ""
            cursor.execute(f'CREATE {unique} INDEX {concurrently} "{name}_now" ON signon_signon ({on}){condition}')
        with transaction.atomic(connection.alias):
            for name, *_rest in indexes:
                cursor.execute(f'DROP INDEX IF EXISTS "{name}"')
                cursor.execute(f'ALTER INDEX "{name}_now" RENAME TO "{name}"')


def forwards(apps, schema_editor):
    _exchange(schema_editor, _NEW)


def backwards(apps, schema_editor):
    """All but the plain one, which 0032 made no more and takes back itself."""
    _exchange(schema_editor, _OLD[1:])
    with schema_editor.connection.cursor() as cursor:
        cursor.execute('DROP INDEX IF EXISTS "sign_ons_by_address"')


def _once(name, condition):
    return migrations.AddConstraint(
        "signon",
        models.UniqueConstraint(
            models.F("statement"), contact_field.AddressKey("email"), condition=condition, name=name
        ),
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signon", "0032_addresses_may_be_encrypted")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(forwards, backwards)],
            state_operations=[
                migrations.RemoveConstraint("signon", "an_individual_stands_once"),
                migrations.RemoveConstraint("signon", "an_address_has_one_unconfirmed_sign_on"),
                migrations.AddIndex(
                    "signon",
                    models.Index(contact_field.AddressKey("email"), models.F("statement"), name="sign_ons_by_address"),
                ),
                _once(
                    "an_individual_stands_once",
                    models.Q(("signer", "individual"), ("state", "accepted"), models.Q(("email", ""), _negated=True)),
                ),
                _once(
                    "an_address_has_one_unconfirmed_sign_on",
                    models.Q(("state", "unconfirmed"), models.Q(("email", ""), _negated=True)),
                ),
            ],
        ),
        # What is encrypted cannot be read by what came before; asked first on the way back.
        migrations.RunPython(migrations.RunPython.noop, refuse_if_contacts_are_sealed),
    ]
