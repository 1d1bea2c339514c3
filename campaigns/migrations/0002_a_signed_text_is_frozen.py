from django.db import migrations

FREEZE = """
CREATE FUNCTION campaigns_a_signed_text_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a signed text is frozen' USING ERRCODE = 'check_violation', CONSTRAINT = 'a_signed_text_is_frozen';
    END IF;
    IF NEW.frozen_at IS DISTINCT FROM OLD.frozen_at OR NEW.title <> OLD.title OR NEW.body <> OLD.body
       OR NEW.digest <> OLD.digest OR NEW.language <> OLD.language OR NEW.revision_id <> OLD.revision_id THEN
        RAISE EXCEPTION 'a signed text is frozen' USING ERRCODE = 'check_violation', CONSTRAINT = 'a_signed_text_is_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_signed_text_is_frozen BEFORE UPDATE OR DELETE ON campaigns_revisiontext
    FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION campaigns_a_signed_text_is_frozen();
"""
THAW = """
DROP TRIGGER a_signed_text_is_frozen ON campaigns_revisiontext;
DROP FUNCTION campaigns_a_signed_text_is_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_first")]
    operations = [migrations.RunSQL(FREEZE, THAW)]
