"""What search asks: each text in its language's words, without accents, kept in an index."""

from django.db import migrations

# Content's language → PostgreSQL's own configuration. All others are searched word by word as they are written.
STEMMED = {"en": "english", "fr": "french", "es": "spanish", "ar": "arabic"}


def _configuration(name: str, copied: str, dictionary: str) -> str:
    return f"""
CREATE TEXT SEARCH CONFIGURATION public.campaigns_words_{name} (COPY = pg_catalog.{copied});
ALTER TEXT SEARCH CONFIGURATION public.campaigns_words_{name}
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, pg_catalog.{dictionary};
"""


CREATE = (
    "CREATE EXTENSION IF NOT EXISTS unaccent;\nCREATE EXTENSION IF NOT EXISTS pg_trgm;\n"
    + "".join(_configuration(code, name, f"{name}_stem") for code, name in STEMMED.items())
    + _configuration("simple", "simple", "simple")
    + """
CREATE FUNCTION public.campaigns_words_config(language text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE split_part(language, '-', 1)
"""
    + "".join(f"    WHEN '{code}' THEN 'public.campaigns_words_{code}'::regconfig\n" for code in STEMMED)
    + """    ELSE 'public.campaigns_words_simple'::regconfig
END;

CREATE FUNCTION public.campaigns_words_vector(language text, title text, lead text, body text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- What is longer is no text that somebody searches, and would not fit a vector.
RETURN setweight(to_tsvector(public.campaigns_words_config(language), title), 'A')
    || setweight(to_tsvector(public.campaigns_words_config(language), lead), 'B')
    || setweight(to_tsvector(public.campaigns_words_config(language), left(body, 200000)), 'C');

CREATE INDEX campaigns_revisiontext_search ON campaigns_revisiontext
    USING gin (public.campaigns_words_vector(language, title, lead, body));
CREATE INDEX campaigns_postwords_search ON campaigns_postwords
    USING gin (public.campaigns_words_vector(language, title, excerpt, body));
CREATE INDEX campaigns_eventwords_search ON campaigns_eventwords
    USING gin (public.campaigns_words_vector(language, title, excerpt, body));
CREATE INDEX campaigns_pagewords_search ON campaigns_pagewords
    USING gin (public.campaigns_words_vector(language, title, excerpt, body));
"""
)
# The extensions stay: somebody else may use them.
DROP = (
    "".join(
        f"DROP INDEX campaigns_{table}_search;\n" for table in ("revisiontext", "postwords", "eventwords", "pagewords")
    )
    + "DROP FUNCTION public.campaigns_words_vector(text, text, text, text);\n"
    + "DROP FUNCTION public.campaigns_words_config(text);\n"
    + "".join(f"DROP TEXT SEARCH CONFIGURATION public.campaigns_words_{name};\n" for name in [*STEMMED, "simple"])
)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0009_posts_events_pages_photos")]
    operations = [migrations.RunSQL(CREATE, DROP)]
