from django.db import migrations

TABLES = ["signon_seal", "signon_sealedentry"]
CLOSE = "\n".join(
    f"CREATE TRIGGER the_ledger_is_only_added_to BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION signon_the_ledger_is_only_added_to();"
    for table in TABLES
)
OPEN = "\n".join(f"DROP TRIGGER the_ledger_is_only_added_to ON {table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("signon", "0003_seals")]
    operations = [migrations.RunSQL(CLOSE, OPEN)]
