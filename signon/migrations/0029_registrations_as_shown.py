"""A registration's button confirms the version that was shown."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signon", "0028_accounts")]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
    ]
