"""The names that an organization's people give it are found by their words."""

import django.contrib.postgres.indexes
from django.db import migrations, models

from signon.naming import names


def fill(apps, _schema_editor):
    own_names = apps.get_model("signon", "ProfileName")
    for each in own_names.objects.filter(search_key="").iterator():
        own_names.objects.filter(pk=each.pk).update(search_key=names.search_key(each.name))


class Migration(migrations.Migration):
    dependencies = [
        ("signon", "0036_a_signatory_s_id_stays"),
    ]

    operations = [
        migrations.AddField(
            model_name="profilename",
            name="search_key",
            field=models.CharField(db_collation="C", db_default="", editable=False, max_length=600),
        ),
        migrations.AddIndex(
            model_name="profilename",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    models.Func("search_key", models.Value(" "), function="string_to_array"),
                    function="array_to_tsvector",
                ),
                name="own_names_by_words",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
