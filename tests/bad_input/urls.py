"""The site's addresses, and those that stand there by a setting alone: mail providers' webhooks, the mailbox."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from config.inbound import PROVIDERS
from config.urls import *  # noqa: F403
from config.urls import urlpatterns as of_the_site
from signon.views import mailbox, webhooks

# What django-anymail asks of who posts to the webhooks that no provider signs.
SECRET = "name:password"

urlpatterns = [
    *(path(f"mail/events/{name}/", webhooks.of(name), name=f"mail-events-{name}") for name in PROVIDERS),
    *i18n_patterns(
        path("mailbox/", mailbox.mailbox, name="mailbox"),
        path("mailbox/<str:key>/", mailbox.message, name="mailbox-message"),
        path("mailbox/<str:key>/html/", mailbox.html_part, name="mailbox-html"),
        prefix_default_language=False,
    ),
    *of_the_site,
]
