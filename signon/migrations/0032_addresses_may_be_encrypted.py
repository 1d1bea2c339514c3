"""Columns that hold contact data take what is encrypted (decision 75). Nothing is encrypted by it: see seal_contacts.

What to expect: no row is rewritten, but the table is locked while its two partial indexes on addresses are made again
for the wider column, some seconds with a million sign-ons. The plain index on addresses is missing until 0033 has made
its successor; nothing but a few look-ups is slower meanwhile.
"""

from django.db import migrations, models

from signon.models import contact_field

_INVITED = models.Q(models.Q(("state", "planned"), _negated=True), models.Q(("email", ""), _negated=True))
_REGISTERED = models.Q(models.Q(("state", "canceled"), _negated=True), models.Q(("email", ""), _negated=True))


def _altered(model, name, field):
    return migrations.AlterField(model_name=model, name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0015_events_are_moved"),
        ("signon", "0031_proposals_and_profiles"),
    ]

    operations = [
        migrations.RemoveConstraint("invitation", "an_address_is_invited_once"),
        migrations.RemoveConstraint("registration", "an_address_registers_once_for_an_event"),
        migrations.RemoveConstraint("suppression", "a_mailbox_is_suppressed_once_for_a_reason"),
        _altered("convener", "email", contact_field.ContactField(max_length=254, verbose_name="e-mail address")),
        _altered(
            "invitation", "email", contact_field.ContactField(blank=True, max_length=254, verbose_name="e-mail address")
        ),
        _altered("objection", "email", contact_field.ContactField(max_length=254, verbose_name="e-mail address")),
        _altered(
            "proposal", "email", contact_field.ContactField(blank=True, max_length=254, verbose_name="e-mail address")
        ),
        _altered("latelink", "email", contact_field.ContactField(max_length=254, verbose_name="e-mail address")),
        _altered(
            "registration",
            "email",
            contact_field.ContactField(blank=True, max_length=254, verbose_name="e-mail address"),
        ),
        _altered("suppression", "mailbox", contact_field.ContactField(max_length=254, verbose_name="mailbox")),
        _altered("message", "mailbox", contact_field.KeyField(blank=True, editable=False, max_length=254)),
        _altered("message", "answer", contact_field.ContactText(blank=True, verbose_name="the server's answer")),
        _altered("message", "body", contact_field.ContactText(blank=True)),
        _altered("message", "history", contact_field.ContactJSON(default=list, verbose_name="history")),
        _altered("invitation", "notes", contact_field.ContactJSON(default=list, editable=False)),
        _altered("invitation", "problems", contact_field.ContactJSON(default=list, editable=False)),
        _altered("importrow", "raw", contact_field.ContactJSON(default=list)),
        _altered("importrow", "values", contact_field.ContactJSON(default=dict)),
        _altered("importrow", "notes", contact_field.ContactJSON(default=list)),
        _altered("importrow", "problems", contact_field.ContactJSON(default=list)),
        _altered("importrow", "reasons", contact_field.ContactJSON(default=list)),
        migrations.AddConstraint(
            "invitation",
            models.UniqueConstraint(
                models.F("statement"),
                contact_field.AddressKey("email"),
                condition=_INVITED,
                name="an_address_is_invited_once",
            ),
        ),
        migrations.AddConstraint(
            "registration",
            models.UniqueConstraint(
                models.F("event"),
                contact_field.AddressKey("email"),
                condition=_REGISTERED,
                name="an_address_registers_once_for_an_event",
            ),
        ),
        migrations.AddConstraint(
            "suppression",
            models.UniqueConstraint(
                contact_field.AddressKey("mailbox"),
                models.F("reason"),
                condition=models.Q(("lifted_at__isnull", True)),
                name="a_mailbox_is_suppressed_once_for_a_reason",
            ),
        ),
        # The tables that are large come last: their locks last until the end.
        _altered("message", "to_address", contact_field.ContactField(max_length=254, verbose_name="to")),
        migrations.RemoveIndex("signon", "sign_ons_by_address"),
        _altered(
            "signon", "email", contact_field.ContactField(blank=True, max_length=254, verbose_name="e-mail address")
        ),
    ]
