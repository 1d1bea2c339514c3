"""Registration is closed without a word to strangers about the link; calendars learn that an event moved."""

from django.db import migrations, models

import campaigns.models.publisher


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0014_places_and_preparations_in_words")]

    operations = [
        migrations.AddField(
            model_name="event",
            name="registration_closed",
            field=models.BooleanField(default=False, verbose_name="Registration is closed"),
        ),
        migrations.AddField(model_name="event", name="moved_at", field=models.DateTimeField(editable=False, null=True)),
        migrations.AddField(
            model_name="event", name="sequence", field=models.PositiveIntegerField(default=0, editable=False)
        ),
        migrations.AlterField(
            model_name="publisher",
            name="name",
            field=models.CharField(
                default=campaigns.models.publisher.name_of_the_settings, max_length=200, verbose_name="name"
            ),
        ),
    ]
