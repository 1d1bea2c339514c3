"""The desk lists what signers took back, the newest first.

What to expect: an index of withdrawn sign-ons is made while everybody goes on.
"""

from django.db import migrations, models

from signon.migrations._concurrently import AddIndexMeanwhile


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signon", "0041_what_waits_has_its_turn")]

    operations = [
        AddIndexMeanwhile(
            "signon",
            models.Index(
                "ended_at",
                "id",
                condition=models.Q(("ending", "signer"), ("state", "withdrawn")),
                name="sign_ons_taken_back",
            ),
        ),
    ]
