from django.db import migrations

CLOSE = """
CREATE FUNCTION signon_the_ledger_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is only added to' USING ERRCODE = 'check_violation', CONSTRAINT = 'the_ledger_is_only_added_to';
END $$;
CREATE TRIGGER the_ledger_is_only_added_to BEFORE UPDATE OR DELETE ON signon_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION signon_the_ledger_is_only_added_to();
"""
OPEN = """
DROP TRIGGER the_ledger_is_only_added_to ON signon_ledgerentry;
DROP FUNCTION signon_the_ledger_is_only_added_to();
"""


class Migration(migrations.Migration):
    dependencies = [("signon", "0001_first")]
    operations = [migrations.RunSQL(CLOSE, OPEN)]
