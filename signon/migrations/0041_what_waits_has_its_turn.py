"""The desk reads what waits in the order in which it is worked off, and no more of it than it shows.

What to expect: an index of what is confirmed and not decided, and one of mail that asked to confirm and was lost, are
made while everybody goes on; one of another order goes.
"""

from django.db import migrations, models
from django.db.models.functions import Coalesce

from signon.migrations._concurrently import AddIndexMeanwhile, RemoveIndexMeanwhile


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signon", "0040_signing_writes_fewer_indexes")]

    operations = [
        AddIndexMeanwhile(
            "signon",
            models.Index(
                Coalesce("confirmed_at", "created_at"),
                "id",
                condition=models.Q(("state", "confirmed")),
                name="sign_ons_in_turn",
            ),
        ),
        RemoveIndexMeanwhile("signon", "sign_ons_that_wait"),
        AddIndexMeanwhile(
            "message",
            models.Index(
                fields=["sign_on"],
                condition=models.Q(("kind", "verification"), ("state__in", ["bounced", "dead", "suppressed"])),
                name="messages_that_never_came",
            ),
        ),
    ]
