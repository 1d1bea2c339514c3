import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import signon.models.sign_on


def write_addresses(apps, schema_editor):
    """An account's address is as good as proved where it was in use before addresses were: staff made all accounts."""
    alias = schema_editor.connection.alias
    addresses = apps.get_model("account", "EmailAddress").objects.using(alias)
    known = set(addresses.values_list("user_id", flat=True))
    users = apps.get_model("signon", "User").objects.using(alias).filter(is_active=True).exclude(email="")
    rows = [
        addresses.model(user_id=pk, email=email.lower(), verified=True, primary=True)
        for pk, email in users.values_list("pk", "email")
        if pk not in known
    ]
    addresses.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("signon", "0027_registrations"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignInLimit",
            fields=[
                ("cache_key", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("expires", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(
                choices=[
                    ("verification", "Please confirm"),
                    ("reminder", "Reminder to confirm"),
                    ("last_call", "Last call to confirm"),
                    ("links", "Links to own sign-ons"),
                    ("already_signed", "Already signed"),
                    ("question", "A question"),
                    ("accepted", "Accepted"),
                    ("declined", "Declined"),
                    ("corrected", "The listed name was corrected"),
                    ("reaffirm", "The text was amended"),
                    ("delivered", "The statement was delivered"),
                    ("update", "Update to signatories"),
                    ("digest", "What waits at the desk"),
                    ("burst", "Many sign-ons from one place"),
                    ("notice", "An organization was accepted"),
                    ("export", "A list is ready"),
                    ("by_hand", "Entered by staff: was it meant?"),
                    ("deadline", "The deadline was moved"),
                    ("closing", "A statement closes soon, or has closed"),
                    ("not_opened", "A scheduled opening did not happen"),
                    ("draft", "A convener’s private link"),
                    ("comment", "A convener’s comment was settled"),
                    ("late", "A link to sign late"),
                    ("test", "A test sign-on"),
                    ("invitation", "An invitation to sign"),
                    ("invitation_reminder", "Reminder of an invitation"),
                    ("deadline_moved_invited", "The deadline was moved: to the invited"),
                    ("signed_by_link", "Signed by a personal link"),
                    ("registration", "Please confirm: an event"),
                    ("registered", "Registered for an event"),
                    ("waiting_list", "On an event’s waiting list"),
                    ("place_free", "A place at an event is free"),
                    ("event_reminder", "Reminder of an event"),
                    ("event_changed", "An event was changed"),
                    ("event_called_off", "An event was called off"),
                    ("registration_canceled", "A registration was canceled by staff"),
                    ("login_code", "A code to sign in"),
                    ("password_reset", "A link to a new password"),
                    ("address_code", "A code that proves an address"),
                    ("new_device", "Signed in on a new device"),
                    ("account_changed", "Something changed in an account"),
                    ("factor_reset", "A second factor will be taken away"),
                    ("account", "A test of a sender"),
                    ("claim_code", "A code to act for an organization"),
                    ("seat", "Who acts for an organization"),
                    ("signed_by_seat", "Signed from an account"),
                ],
                max_length=22,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="FactorReset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("why", models.CharField(max_length=500, verbose_name="why")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="asked for")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("done", "Done"), ("stopped", "Stopped")],
                        max_length=7,
                        verbose_name="outcome",
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("link_key", models.CharField(default=signon.models.sign_on.new_key, editable=False, max_length=40)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="factor_resets",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "reset of a second factor",
                "verbose_name_plural": "resets of second factors",
                "ordering": ["-at"],
                "permissions": [("reset_factor", "Can take away a colleague’s lost second factor")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "")), fields=("user",), name="one_reset_of_a_factor_waits"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("user", models.F("by")), _negated=True),
                        name="nobody_resets_their_own_factor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("outcome", "")),
                            models.Q(models.Q(("outcome", ""), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="an_ended_reset_says_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "done"), _negated=True),
                            ("ended_at__gte", models.F("due_at")),
                            _connector="OR",
                        ),
                        name="no_factor_is_taken_away_early",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                (
                    "role",
                    models.CharField(
                        choices=[("owner", "Owner"), ("representative", "Representative")],
                        default="representative",
                        max_length=14,
                        verbose_name="role",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Claimed: not decided"),
                            ("invited", "Invited"),
                            ("stands", "Acts for it"),
                            ("declined", "Declined"),
                            ("left", "Left"),
                        ],
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="what they wrote")),
                (
                    "how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("domain", "By an address at a domain that staff recorded for it"),
                            ("staff", "By staff"),
                            ("owner", "By an owner of its seats"),
                        ],
                        max_length=6,
                        verbose_name="how it was decided",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="asked for")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                ("link_key", models.CharField(default=signon.models.sign_on.new_key, editable=False, max_length=40)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seats",
                        to="signon.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seats",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "seat",
                "verbose_name_plural": "seats",
                "ordering": ["made_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["asked", "stands"])),
                        fields=("organization", "user"),
                        name="a_person_has_one_seat_in_an_organization",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "invited")),
                        fields=("organization", "email"),
                        name="an_address_is_offered_a_seat_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("user__isnull", False), ("state__in", ["invited", "left"]), _connector="OR"
                        ),
                        name="a_seat_is_somebody_s_once_it_is_taken",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "stands"), _negated=True),
                            models.Q(("decided_at__isnull", False), models.Q(("how", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_seat_that_stands_was_decided",
                    ),
                ],
            },
        ),
        migrations.RunPython(write_addresses, migrations.RunPython.noop),
    ]
