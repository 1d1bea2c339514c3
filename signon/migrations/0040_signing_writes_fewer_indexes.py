"""What nearly every sign-on, message and ledger entry leaves empty has an index of the rows that give it.

What to expect: an index at a time, in which everybody goes on signing and reading; seconds for a million sign-ons.
Interrupted, it is run again.
"""

from django.db import migrations, models

from signon.migrations._concurrently import AddIndexMeanwhile, RemoveFieldIndex, RemoveLikeIndex

# A model, its foreign key, and the index that stands instead.
RARE = [
    ("ledgerentry", "by", "entries_by_who"),
    ("message", "user", "messages_by_user"),
    ("message", "export", "messages_by_export"),
    ("message", "statement", "messages_by_statement"),
    ("message", "convener", "messages_by_convener"),
    ("message", "comment", "messages_by_comment"),
    ("message", "late_link", "messages_by_late_link"),
    ("message", "rehearsal", "messages_by_rehearsal"),
    ("message", "invitation", "messages_by_invitation"),
    ("message", "registration", "messages_by_registration"),
    ("signon", "organization", "sign_ons_by_organization"),
    ("signon", "same_as", "sign_ons_by_same_as"),
    ("signon", "came_with", "sign_ons_by_import"),
    ("signon", "hold", "sign_ons_by_hold"),
    ("signon", "decided_by", "sign_ons_by_decider"),
]
# Another index begins with it.
TWICE = [("ledgerentry", "sign_on"), ("ledgerentry", "statement"), ("message", "mailing"), ("signon", "statement")]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("campaigns", "0015_events_are_moved"), ("signon", "0039_lists_have_their_indexes")]

    operations = [
        *(
            AddIndexMeanwhile(
                model, models.Index(fields=[key], name=name, condition=models.Q((f"{key}__isnull", False)))
            )
            for model, key, name in RARE
        ),
        *(RemoveFieldIndex(model, key) for model, key, _name in RARE),
        *(RemoveFieldIndex(model, key) for model, key in TWICE),
        RemoveLikeIndex("message", "key"),
        RemoveLikeIndex("message", "message_id"),
    ]
