"""The words of the consent to be listed have a column of their own, which stays when another represents a sign-on.

Until now a hand-over wrote the words of representing over them; the ledger kept the digest of what stood before. What
to expect: the column comes in an instant; rows are filled in batches, which hold up nobody (some minutes for a
million). Interrupted, it is run again.
"""

import django.db.models.deletion
from django.db import migrations, models

BATCH = 10_000
ADD = """
ALTER TABLE signon_signon ADD COLUMN IF NOT EXISTS publish_consent_text_id bigint NULL
    CONSTRAINT signon_signon_publish_consent_text_fk
    REFERENCES signon_consenttext (id) DEFERRABLE INITIALLY DEFERRED
"""
# By the first hand-over that knows what was agreed to before; else it stands on the sign-on itself.
FILL = """
UPDATE signon_signon AS own
   SET publish_consent_text_id = coalesce(
       (SELECT words.id
          FROM signon_ledgerentry AS entry
          JOIN signon_consenttext AS words ON words.digest = entry.facts ->> 'agreed_before'
         WHERE entry.sign_on_id = own.id AND entry.act = 'handed_over' AND words.form IN ('sign_on', 'seat')
         ORDER BY entry.number, words.id
         LIMIT 1),
       (SELECT words.id
          FROM signon_consenttext AS words
         WHERE words.id = own.consent_text_id AND words.form IN ('sign_on', 'seat')))
 WHERE own.publish_consent_text_id IS NULL AND own.id > %s AND own.id <= %s
   AND (own.consent_text_id IS NOT NULL
        OR EXISTS (SELECT FROM signon_ledgerentry WHERE sign_on_id = own.id AND act = 'handed_over'))
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM signon_signon")
        (last,) = cursor.fetchone()
        for start in range(0, last, BATCH):
            cursor.execute(FILL, [start, start + BATCH])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signon", "0037_other_names_are_found")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(ADD, "ALTER TABLE signon_signon DROP COLUMN IF EXISTS publish_consent_text_id"),
                migrations.RunPython(fill, migrations.RunPython.noop),
            ],
            state_operations=[
                migrations.AddField(
                    "signon",
                    "publish_consent_text",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="signon.consenttext",
                    ),
                ),
            ],
        ),
    ]
