"""What refuses to take a migration back, before anything is changed.

Each of these is the last operation of its migration, so that it is asked first on the way back; and `manage.py migrate`
(signon/management/commands/migrate.py) asks all that a way back would come to, before it goes a single step.
"""

from django.core.management import CommandError

ACTS = (
    "The ledger holds acts of statements, which what came before has no room for; it is only added to, so they cannot "
    "be taken out. Nothing was changed. Restore the backup that was made before the upgrade."
)
ENDED = (
    "Invitations stand as signed and withdrawn, or as signed and declined, which what came before has no room for. "
    "Nothing was changed. Restore the backup that was made before the upgrade."
)
SEALED = (
    "Contact data is encrypted, which what came before cannot read. Nothing was changed. Let CONTACT_KEYS begin with a "
    "comma, and run `manage.py seal_contacts --open` first."
)
# Where there may be some, as of 0033.
_CONTACTS = {
    "signon_convener": ["email"],
    "signon_importrow": ["raw", "values", "notes", "problems", "reasons"],
    "signon_invitation": ["email", "notes", "problems"],
    "signon_latelink": ["email"],
    "signon_message": ["to_address", "answer", "body", "history"],
    "signon_objection": ["email"],
    "signon_proposal": ["email"],
    "signon_registration": ["email"],
    "signon_signon": ["email"],
    "signon_suppression": ["mailbox"],
}


def refuse_if_statements_have_acts(apps, schema_editor):
    """Before 0017 an entry of the ledger was of a sign-on alone."""
    entries = apps.get_model("signon", "LedgerEntry").objects.using(schema_editor.connection.alias)
    if entries.filter(sign_on=None).exists():
        raise CommandError(ACTS)


def refuse_if_invitations_ended(apps, schema_editor):
    """Before 0024 an invitation was never `withdrew` or `declined`."""
    invitations = apps.get_model("signon", "Invitation").objects.using(schema_editor.connection.alias)
    if invitations.filter(state__in=["withdrew", "declined"]).exists():
        raise CommandError(ENDED)


def refuse_if_contacts_are_sealed(apps, schema_editor):
    """Before 0032 no column could be encrypted (signon.privacy.contact_keys)."""
    with schema_editor.connection.cursor() as cursor:
        for table, columns in _CONTACTS.items():
            if table not in schema_editor.connection.introspection.table_names(cursor):
                continue
            sealed = " OR ".join(f'"{column}"::text ~ \'^"?sealed:|"sealed:\'' for column in columns)
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}" WHERE {sealed})')  # noqa: S608  # names of ours
            if cursor.fetchone()[0]:
                raise CommandError(SEALED)


ALL = [refuse_if_statements_have_acts, refuse_if_invitations_ended, refuse_if_contacts_are_sealed]
