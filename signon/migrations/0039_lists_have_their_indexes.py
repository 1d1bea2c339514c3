"""The directory, the desk's and the administration's searches are found by indexes, also among a million names.

What to expect: some minutes for a million sign-ons, in which everybody goes on signing and reading. Interrupted, it is
run again.
"""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

import signon.models.contact_field
from signon.migrations._concurrently import AddIndexMeanwhile, RemoveFieldIndex

# Words of a search key, which are plain already, and of other words in lower case.
WORDS = """
CREATE OR REPLACE FUNCTION signon_words(search_key text, others text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT array_to_tsvector(array_remove(string_to_array(search_key, ' '), ''))
        || to_tsvector('pg_catalog.simple'::regconfig, others)
$$
"""
IN_DIRECTORY = models.Q(state="accepted", same_as__isnull=True, listing="name", signer="organization")
CONFIRMED_ONCE = ~models.Q(state="unconfirmed")
PLACE = models.Case(
    models.When(country="", then=models.F("scope")), default=models.F("country"), output_field=models.CharField()
)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signon", "0038_the_consent_to_be_listed_has_its_words")]

    operations = [
        migrations.RunSQL(WORDS, "DROP FUNCTION IF EXISTS signon_words(text, text)"),
        AddIndexMeanwhile("organization", models.Index(models.F("organization_type"), name="organizations_by_type")),
        AddIndexMeanwhile(
            "organization",
            GinIndex(models.Func("search_key", "acronym", function="signon_words"), name="organizations_by_words"),
        ),
        AddIndexMeanwhile(
            "organizationname",
            GinIndex(models.Func("search_key", models.Value(""), function="signon_words"), name="other_names_by_words"),
        ),
        AddIndexMeanwhile(
            "signon",
            models.Index(models.F("sort_key"), models.F("id"), condition=IN_DIRECTORY, name="directory_in_order"),
        ),
        AddIndexMeanwhile(
            "signon",
            models.Index(
                PLACE, models.F("sort_key"), models.F("id"), condition=IN_DIRECTORY, name="directory_by_place"
            ),
        ),
        AddIndexMeanwhile(
            "signon",
            GinIndex(
                models.Func("search_key", "representative_name", function="signon_words"),
                condition=CONFIRMED_ONCE,
                name="sign_ons_by_words",
            ),
        ),
        AddIndexMeanwhile(
            "signon",
            models.Index(
                signon.models.contact_field.Domain("email"), condition=CONFIRMED_ONCE, name="sign_ons_by_domain"
            ),
        ),
        AddIndexMeanwhile("signon", models.Index(models.F("created_at"), models.F("id"), name="sign_ons_as_they_came")),
        AddIndexMeanwhile(
            "signon",
            models.Index(models.F("country"), models.F("created_at"), models.F("id"), name="sign_ons_by_country"),
        ),
        AddIndexMeanwhile(
            "signon",
            models.Index(
                models.F("created_at"),
                models.F("id"),
                condition=models.Q(signer="individual"),
                name="sign_ons_of_individuals",
            ),
        ),
        AddIndexMeanwhile(
            "signon",
            models.Index(
                models.F("state"),
                models.F("created_at"),
                models.F("id"),
                condition=models.Q(state__in=["declined", "withdrawn", "expired"]),
                name="sign_ons_that_ended",
            ),
        ),
        AddIndexMeanwhile(
            "ledgerentry",
            models.Index(models.F("act"), models.F("id"), condition=~models.Q(act="signed"), name="entries_by_act"),
        ),
        # Another index has the same beginning.
        RemoveFieldIndex("signon", "created_at"),
        # Last: what stands above it may be run again.
        migrations.CreateModel(
            name="KeptFigure",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("told", models.JSONField()),
                ("counted_at", models.DateTimeField()),
                ("seconds", models.FloatField()),
                ("entry", models.BigIntegerField(default=0)),
            ],
            options={"verbose_name": "kept figure", "verbose_name_plural": "kept figures"},
        ),
    ]
