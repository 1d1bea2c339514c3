"""Any page of a list of a million, any jump in it and any search of it is found by an index."""

import django.contrib.postgres.indexes
from django.db import migrations, models

# Each word of a name behind its statement's number, and its country: what the index of words holds, and finds.
WORDS = """
CREATE FUNCTION signon_listed_words(statement bigint, country text, search_key text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT array_to_tsvector(string_to_array(
        statement::text || ':' || replace(search_key, ' ', ' ' || statement::text || ':')
        || ' ' || statement::text || '=' || country, ' '))
$$
"""


# What indexes of the list have in common, as the model says it.
LISTED = models.Q(state="accepted") & ~models.Q(listing="count")


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0015_events_are_moved"),
        ("signon", "0033_sign_ons_are_told_apart_by_keys"),
    ]

    operations = [
        migrations.RunSQL(WORDS, "DROP FUNCTION signon_listed_words(bigint, text, text)"),
        migrations.RemoveIndex(
            model_name="signon",
            name="signatories_in_order",
        ),
        migrations.AddIndex(
            model_name="signon",
            index=models.Index(
                models.F("statement"),
                models.F("convener_place"),
                models.F("listing"),
                models.F("sort_key"),
                models.F("id"),
                condition=LISTED,
                name="list_in_order",
            ),
        ),
        migrations.AddIndex(
            model_name="signon",
            index=models.Index(
                models.F("statement"),
                models.F("country"),
                models.F("convener_place"),
                models.F("listing"),
                models.F("sort_key"),
                models.F("id"),
                condition=LISTED,
                name="list_by_country",
            ),
        ),
        migrations.AddIndex(
            model_name="signon",
            index=models.Index(
                models.F("statement"),
                models.F("scope"),
                models.F("convener_place"),
                models.F("listing"),
                models.F("sort_key"),
                models.F("id"),
                condition=LISTED & models.Q(("country", "")),
                name="list_by_scope",
            ),
        ),
        migrations.AddIndex(
            model_name="signon",
            index=models.Index(
                models.F("statement"),
                models.F("convener_place"),
                models.F("listing"),
                models.F("sort_key"),
                models.F("id"),
                condition=LISTED & models.Q(("signer", "individual")),
                name="list_of_individuals",
            ),
        ),
        migrations.AddIndex(
            model_name="signon",
            index=models.Index(
                models.F("statement"),
                models.F("decided_at"),
                models.F("id"),
                condition=LISTED & ~models.Q(source="import"),
                name="list_latest",
            ),
        ),
        migrations.AddIndex(
            model_name="signon",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func("statement_id", "country", "search_key", function="signon_listed_words"),
                condition=models.Q(state="accepted", listing="name"),
                name="list_by_words",
            ),
        ),
        migrations.AddIndex(
            model_name="signon",
            index=models.Index(
                models.F("decided_at"),
                models.F("id"),
                condition=models.Q(state__in=["accepted", "declined"]),
                name="sign_ons_decided",
            ),
        ),
        migrations.AddIndex(
            model_name="organization",
            index=models.Index(models.F("name"), models.F("id"), name="organizations_by_name"),
        ),
    ]
