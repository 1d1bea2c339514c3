"""An event's place, and what it prepares, are said in each language; a document remembers that it was published."""

from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce


def say_in_the_original(apps, schema_editor):
    """What stood on the event is the original's words; other languages fall back to them."""
    for event in apps.get_model("campaigns", "Event").objects.exclude(place="", prepares="").iterator():
        words = apps.get_model("campaigns", "EventWords").objects.filter(piece=event)
        original = words.filter(language=event.original_language)
        (original if original.exists() else words).update(place=event.place, prepares=event.prepares)


def say_on_the_event(apps, schema_editor):
    words = apps.get_model("campaigns", "EventWords").objects
    own = words.filter(piece=OuterRef("pk"), language=OuterRef("original_language"))
    empty = models.Value("")
    apps.get_model("campaigns", "Event").objects.update(
        **{name: Coalesce(Subquery(own.values(name)[:1]), empty) for name in ("place", "prepares")}
    )


def remember(apps, schema_editor):
    """What is published now, and what was fetched: a draft that nobody fetched was perhaps never read."""
    documents = apps.get_model("campaigns", "Document").objects
    documents.exclude(published_at=None).update(first_published_at=F("published_at"))
    documents.filter(published_at=None, downloads__gt=0).update(first_published_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0013_days_that_contacts_are_kept")]

    operations = [
        migrations.AddField(
            model_name="eventwords",
            name="place",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="place"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="eventwords",
            name="prepares",
            field=models.CharField(
                blank=True,
                default="",
                help_text="For example a hearing or a summit.",
                max_length=300,
                verbose_name="what it prepares",
            ),
            preserve_default=False,
        ),
        migrations.RunPython(say_in_the_original, say_on_the_event),
        # PostgreSQL alters no table that has triggers still to come.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL IMMEDIATE"),
        migrations.RemoveField(model_name="event", name="place"),
        migrations.RemoveField(model_name="event", name="prepares"),
        migrations.AddField(
            model_name="document",
            name="first_published_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(remember, migrations.RunPython.noop),
    ]
