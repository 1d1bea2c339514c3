"""What every signer asks before signing are functions: a connection plans them once, and asks them in one round trip.

`enable_seqscan` is off in them since their plans stay while the tables grow: a plan of a small table would read all of
a large one until its statistics are taken anew. What to expect: nothing to wait for.
"""

from django.db import migrations

MAILED_LATELY = """
CREATE FUNCTION signon_mailed_lately(held text, forms text[], kinds text[], since timestamptz, most int)
RETURNS timestamptz[] LANGUAGE plpgsql
SET plan_cache_mode TO force_generic_plan SET enable_seqscan TO off
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('mailbox:' || held, 0));
    -- It begins when the lock is held, and sees what was committed until then.
    RETURN ARRAY(
        SELECT created_at FROM signon_message
         WHERE mailbox = ANY(forms) AND kind = ANY(kinds) AND created_at > since
         ORDER BY created_at DESC LIMIT most);
END $$
"""
BEFORE_SIGNING = r"""
CREATE FUNCTION signon_before_signing(
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
         WHERE other.statement_id = signon_before_signing.statement
           AND regexp_replace(lower(other.email), '^sealed:([0-9a-f]*):.*$', '\1') = ANY(addresses));
    SELECT signed.state, signed.opens_at, signed.closes_at, signed.embargo_until
      INTO state, opens_at, closes_at, embargo_until
      FROM campaigns_statement AS signed WHERE signed.id = signon_before_signing.statement;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0015_events_are_moved"), ("signon", "0042_what_signers_took_back_in_order")]

    operations = [
        migrations.RunSQL(MAILED_LATELY, "DROP FUNCTION signon_mailed_lately(text, text[], text[], timestamptz, int)"),
        migrations.RunSQL(
            BEFORE_SIGNING,
            "DROP FUNCTION signon_before_signing(text, text[], text[], timestamptz, int, bigint, text[])",
        ),
    ]
