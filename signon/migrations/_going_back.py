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


ALL = [refuse_if_statements_have_acts, refuse_if_invitations_ended]
