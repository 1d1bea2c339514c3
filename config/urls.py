"""Every address of the site. English stands at the root, other languages under their prefix."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView

from campaigns.views import statement as words
from signon.views import mailbox, signatories, signing

admin.site.site_header = admin.site.site_title = settings.NETWORK_NAME
admin.site.index_title = _("Staff")

urlpatterns = [
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}campaigns/favicon.svg")),
    # The admin has no login of its own: there is one way in.
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
]

if settings.LOCAL_MODE:
    urlpatterns += [
        path("mailbox/", mailbox.mailbox, name="mailbox"),
        path("mailbox/<str:key>/", mailbox.message, name="mailbox-message"),
        path("mailbox/<str:key>/html/", mailbox.html_part, name="mailbox-html"),
    ]

urlpatterns += i18n_patterns(
    path("", words.home, name="home"),
    path("campaigns/<slug:slug>/", words.campaign, name="campaign"),
    path("statements/<slug:slug>/", words.statement, name="statement"),
    path("statements/<slug:slug>/sign/", signing.sign, name="sign"),
    path("statements/<slug:slug>/sign/sent/", signing.sent, name="sign-on-sent"),
    path("statements/<slug:slug>/signatories/", signatories.signatories, name="signatories"),
    path("sign-ons/confirm/<str:token>/", signing.confirm, name="confirm"),
    path("sign-ons/confirm/<str:token>/not-me/", signing.not_me, name="not-me"),
    path("sign-ons/manage/<str:token>/", signing.manage, name="manage"),
    path("sign-ons/link/", signing.new_link, name="new-link"),
    path("sign-ons/link/sent/", signing.links_sent, name="links-sent"),
    prefix_default_language=False,
)
