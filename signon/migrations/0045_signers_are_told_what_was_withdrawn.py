"""A kind of mail more. What to expect: nothing to wait for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signon", "0044_one_address_is_looked_up_by_its_index"),
    ]

    operations = [
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
                    ("withdrawn", "Withdrawn by the signer"),
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
                    ("proposal", "What became of a proposal"),
                    ("new_representative", "Please confirm: to represent a sign-on"),
                    ("rights", "A link to what is held of an address"),
                ],
                max_length=22,
                verbose_name="kind",
            ),
        ),
    ]
