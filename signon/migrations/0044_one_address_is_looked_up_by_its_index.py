"""Whether an address has signed already is asked of the index of addresses, whatever the tables held at the time.

The condition of the statement stands as `+ 0`, which no index answers: a plan that was made of an empty table could
otherwise take an index of statements, and read all who signed. What to expect: nothing to wait for.
"""

from django.db import migrations

HEAD = """
CREATE OR REPLACE FUNCTION signon_before_signing(
    held text, forms text[], kinds text[], since timestamptz, most int, statement bigint, addresses text[],
    OUT mailed timestamptz[], OUT sign_on bigint, OUT is_again boolean,
    OUT state text, OUT opens_at timestamptz, OUT closes_at timestamptz, OUT embargo_until timestamptz)
LANGUAGE plpgsql
SET plan_cache_mode TO force_generic_plan SET enable_seqscan TO off
AS $$
BEGIN
    mailed := signon_mailed_lately(held, forms, kinds, since, most);
    sign_on := nextval(pg_get_serial_sequence('signon_signon', 'id'));
    is_again := EXISTS (
        SELECT FROM signon_signon AS other
         WHERE """
TAIL = r""" = signon_before_signing.statement
           AND regexp_replace(lower(other.email), '^sealed:([0-9a-f]*):.*$', '\1') = ANY(addresses));
    SELECT signed.state, signed.opens_at, signed.closes_at, signed.embargo_until
      INTO state, opens_at, closes_at, embargo_until
      FROM campaigns_statement AS signed WHERE signed.id = signon_before_signing.statement;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("signon", "0043_what_signers_ask_is_planned_once")]

    operations = [
        migrations.RunSQL(f"{HEAD}other.statement_id + 0{TAIL}", f"{HEAD}other.statement_id{TAIL}"),
    ]
