from django.db import migrations

# Once a letter is delivered, how it was may only be taken away: its words may name persons, and have their time.
MAY_BE_TAKEN_AWAY = """
CREATE OR REPLACE FUNCTION signon_a_made_letter_stays_as_it_is() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       AND (NEW.statement_id, NEW.text_id, NEW.number, NEW.grouping, NEW.layout, NEW.with_representatives, NEW.letterhead,
            NEW.made_by_id, NEW.as_of, NEW.digest, NEW.counts, NEW.sign_ons, NEW.seal_digest)
           IS NOT DISTINCT FROM
           (OLD.statement_id, OLD.text_id, OLD.number, OLD.grouping, OLD.layout, OLD.with_representatives, OLD.letterhead,
            OLD.made_by_id, OLD.as_of, OLD.digest, OLD.counts, OLD.sign_ons, OLD.seal_digest)
       AND NEW.manifest IN (OLD.manifest, '')
       AND (OLD.state = 'made'
            OR (NEW.state, NEW.delivered_to, NEW.delivered_at, NEW.delivered_by_id)
               IS NOT DISTINCT FROM
               (OLD.state, OLD.delivered_to, OLD.delivered_at, OLD.delivered_by_id)
               AND NEW.delivered_how IN (OLD.delivered_how, '')) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a made letter stays as it is'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'a_made_letter_stays_as_it_is';
END $$;
"""
STAYS = """
CREATE OR REPLACE FUNCTION signon_a_made_letter_stays_as_it_is() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       AND (NEW.statement_id, NEW.text_id, NEW.number, NEW.grouping, NEW.layout, NEW.with_representatives, NEW.letterhead,
            NEW.made_by_id, NEW.as_of, NEW.digest, NEW.counts, NEW.sign_ons, NEW.seal_digest)
           IS NOT DISTINCT FROM
           (OLD.statement_id, OLD.text_id, OLD.number, OLD.grouping, OLD.layout, OLD.with_representatives, OLD.letterhead,
            OLD.made_by_id, OLD.as_of, OLD.digest, OLD.counts, OLD.sign_ons, OLD.seal_digest)
       AND NEW.manifest IN (OLD.manifest, '')
       AND (OLD.state = 'made'
            OR (NEW.state, NEW.delivered_to, NEW.delivered_at, NEW.delivered_by_id, NEW.delivered_how)
               IS NOT DISTINCT FROM
               (OLD.state, OLD.delivered_to, OLD.delivered_at, OLD.delivered_by_id, OLD.delivered_how)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a made letter stays as it is'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'a_made_letter_stays_as_it_is';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("signon", "0024_what_settles_an_invitation"),
    ]

    operations = [migrations.RunSQL(MAY_BE_TAKEN_AWAY, STAYS)]
