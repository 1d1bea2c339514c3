"""What programs know a signatory by has a column of its own, and stays what it was; the mark of CONTACT_HASH_KEY.

It was made of the ledger's salt, which a change of representative renews. What to expect: the column comes in an
instant; rows are filled in batches, which hold up nobody (some minutes for a million). Interrupted, it is run again.
"""

import django.utils.timezone
from django.db import migrations, models
from django.db.models.functions import Cast, Replace

import signon.models.public_id

BATCH = 10_000
ADD = """
ALTER TABLE signon_signon ADD COLUMN IF NOT EXISTS public_id varchar(32) DEFAULT '' NOT NULL;
ALTER TABLE signon_signon ALTER COLUMN public_id SET DEFAULT replace(gen_random_uuid()::text, '-', '');
"""
# As it was computed until now: the first 32 digits of SHA-256("signatory\n" and the salt).
FILL = r"""
UPDATE signon_signon
   SET public_id = left(encode(sha256(convert_to(E'signatory\n' || ledger_salt, 'UTF8')), 'hex'), 32)
 WHERE public_id = '' AND id > %s AND id <= %s
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM signon_signon")
        (last,) = cursor.fetchone()
        for start in range(0, last, BATCH):
            cursor.execute(FILL, [start, start + BATCH])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signon", "0035_consents_have_their_words")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(ADD, "ALTER TABLE signon_signon DROP COLUMN IF EXISTS public_id"),
                migrations.RunPython(fill, migrations.RunPython.noop),
            ],
            state_operations=[
                migrations.AddField(
                    "signon",
                    "public_id",
                    models.CharField(
                        db_default=Replace(
                            Cast(models.Func(function="gen_random_uuid"), models.TextField()), models.Value("-")
                        ),
                        default=signon.models.public_id.new_public_id,
                        editable=False,
                        max_length=32,
                    ),
                ),
            ],
        ),
        # Last: what stands above it may be run again.
        migrations.CreateModel(
            name="HashKeyMark",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("mark", models.CharField(max_length=64)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "mark of the hash key",
                "verbose_name_plural": "marks of the hash key",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="there_is_one_hash_key")],
            },
        ),
    ]
