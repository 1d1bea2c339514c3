from anymail.signals import tracking
from django.apps import AppConfig
from django.db.models.signals import pre_save
from django.utils.translation import gettext_lazy as _


class SignonConfig(AppConfig):
    name = "signon"
    verbose_name = _("Sign-ons")

    def ready(self) -> None:
        """What providers report, and what is kept of devices: anymail and allauth offer signals and nothing else."""
        from signon.mail import webhooks  # the models are not there before
        from signon.people import devices

        tracking.connect(webhooks.take, dispatch_uid="signon.webhooks")
        pre_save.connect(devices.keep_no_address, sender="usersessions.UserSession", dispatch_uid="signon.devices")
