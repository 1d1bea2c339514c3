"""What refuses to take a migration back, before anything is changed."""

from django.core.management import CommandError

REFUSED = (
    "The ledger holds acts of statements, which what came before has no room for; it is only added to, so they cannot "
    "be taken out. Nothing was changed. Restore the backup that was made before the upgrade."
)


def refuse_if_statements_have_acts(apps, schema_editor):
    """Before 0017 an entry of the ledger was of a sign-on alone."""
    entries = apps.get_model("signon", "LedgerEntry").objects.using(schema_editor.connection.alias)
    if entries.filter(sign_on=None).exists():
        raise CommandError(REFUSED)
