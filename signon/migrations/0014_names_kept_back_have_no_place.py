from django.db import migrations, models

FORGET = "UPDATE signon_signon SET sort_key = '' WHERE listing <> 'name' AND sort_key <> ''"
# A process of the release before that writes such a row while this runs gets an error, and its signer tries again.


class Migration(migrations.Migration):
    dependencies = [
        ("signon", "0013_imports"),
    ]

    operations = [
        migrations.RunSQL(FORGET, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="signon",
            constraint=models.CheckConstraint(
                condition=models.Q(("listing", "name"), ("sort_key", ""), _connector="OR"),
                name="a_name_kept_back_has_no_place_among_names",
            ),
        ),
    ]
