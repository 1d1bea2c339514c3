from anymail.signals import tracking
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignonConfig(AppConfig):
    name = "signon"
    verbose_name = _("Sign-ons")

    def ready(self) -> None:
        """What providers report: anymail offers a signal and nothing else."""
        from signon.mail import webhooks  # the models are not there before

        tracking.connect(webhooks.take, dispatch_uid="signon.webhooks")
