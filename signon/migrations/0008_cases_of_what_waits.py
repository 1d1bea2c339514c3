"""What was confirmed before there were cases gets one; the worker then gathers its evidence."""

from django.db import migrations

MAKE = """
INSERT INTO signon_case (sign_on_id, findings, codes)
SELECT id, '[]', '{}' FROM signon_signon WHERE state = 'confirmed'
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("signon", "0007_names_are_found_alike")]

    operations = [migrations.RunSQL(MAKE, migrations.RunSQL.noop)]
