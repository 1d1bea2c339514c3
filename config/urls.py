"""Every address of the site. English stands at the root, other languages under their prefix."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView

from campaigns import network
from campaigns.views import drafts, files, finding, front, pages, posts, statements, style
from campaigns.views import events as event_pages
from campaigns.views import statement as words
from signon.api import operations as api
from signon.views import (
    asked,
    by_hand,
    embedding,
    invited,
    letters,
    mailbox,
    numbers,
    organizations,
    privacy,
    private,
    proposing,
    registering,
    revisions,
    rights,
    searching,
    signatories,
    signing,
    unsubscribing,
    webhooks,
)

# As its settings say at the moment of each page.
admin.site.site_header = admin.site.site_title = lazy(lambda: network.current().name, str)()
admin.site.index_title = _("Staff")

handler400 = "config.failing.unreadable"
handler500 = "config.failing.broken"

# First what is asked for most: addresses are looked through in this order.
urlpatterns = i18n_patterns(
    path("", front.home, name="home"),
    path("campaigns/<slug:slug>/", statements.campaign, name="campaign"),
    path("statements/", statements.statements, name="statements"),
    path("statements/<slug:slug>/", words.statement, name="statement"),
    path("statements/<slug:slug>/sign/", signing.sign, name="sign"),
    path("statements/<slug:slug>/sign/challenge/", signing.challenge, name="sign-challenge"),
    path("statements/<slug:slug>/sign/sent/", signing.sent, name="sign-on-sent"),
    path("statements/<slug:slug>/sign/held/", signing.held, name="sign-on-held"),
    path("statements/<slug:slug>/sign/confirmed/", signing.confirmed, name="sign-on-confirmed"),
    path("statements/<slug:slug>/signatories/", signatories.signatories, name="signatories"),
    path("sign-ons/confirm/<str:token>/", signing.confirm, name="confirm"),
    path("sign-ons/confirm/<str:token>/not-me/", signing.not_me, name="not-me"),
    path("sign-ons/manage/<str:token>/", signing.manage, name="manage"),
    path("sign-ons/link/", signing.new_link, name="new-link"),
    path("sign-ons/link/sent/", signing.links_sent, name="links-sent"),
    path("sign-ons/manage/<str:token>/answers/", asked.answers, name="manage-answers"),
    path("sign-ons/manage/<str:token>/reaffirm/", asked.reaffirm, name="reaffirm"),
    path("sign-ons/manage/<str:token>/name/", proposing.name, name="manage-name"),
    path("sign-ons/manage/<str:token>/representative/", proposing.representative, name="manage-representative"),
    path("sign-ons/manage/<str:token>/language/", proposing.language, name="manage-language"),
    path("sign-ons/manage/<str:token>/take-back/<int:number>/", proposing.take_back, name="manage-take-back"),
    path("sign-ons/represent/<str:token>/", proposing.represent, name="represent"),
    path("sign-ons/represent/<str:token>/done/", proposing.represent_done, name="represent-done"),
    path("sign-ons/answer/<str:token>/", asked.answer, name="answer"),
    path("mail/unsubscribe/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
    # What is held of whom
    path("privacy/", privacy.privacy, name="privacy"),
    path("privacy/your-data/", rights.your_data, name="your-data"),
    path("privacy/your-data/sent/", rights.sent, name="your-data-sent"),
    path("privacy/your-data/<str:token>/", rights.held, name="held"),
    path("privacy/your-data/<str:token>/data.json", rights.data, name="held-data"),
    path("privacy/your-data/<str:token>/no-mail/", rights.no_mail, name="held-no-mail"),
    path("privacy/your-data/<str:token>/object/", rights.object_to, name="held-object"),
    path("privacy/your-data/<str:token>/erase/", rights.erase, name="held-erase"),
    # Letters
    path("verify/", letters.find, name="verify-find"),
    path("verify/<str:digest>/", letters.verify, name="verify"),
    path("verify/<str:digest>/manifest.json", letters.manifest, name="verify-manifest"),
    path("verify/<str:digest>/letter.pdf", letters.delivered_pdf, name="verify-pdf"),
    path("verify/<str:digest>/SHA256SUMS", letters.sums, name="verify-sums"),
    # For other sites and programs
    path("statements/<slug:slug>/embed/", embedding.put_on_your_site, name="put-on-your-site"),
    path("sign-ons/objection/<str:token>/", by_hand.object_to, name="object"),
    path("statements/<slug:slug>/draft/<str:token>/", private.draft, name="draft"),
    path("statements/<slug:slug>/draft/<str:token>/comment/", private.draft_comment, name="draft-comment"),
    path("statements/<slug:slug>/draft/<str:token>/sign/", private.draft_sign, name="draft-sign"),
    path("statements/<slug:slug>/draft/<str:token>/sent/", private.draft_sent, name="draft-sent"),
    path("statements/<slug:slug>/late/<str:token>/", private.late, name="late"),
    path("statements/<slug:slug>/late/<str:token>/sent/", private.late_sent, name="late-sent"),
    path("sign-ons/try/<str:token>/", private.try_confirm, name="try-confirm"),
    path("invitations/<str:token>/", invited.invitation, name="invitation"),
    path("invitations/<str:token>/<str:name>/", invited.act, name="invitation-act"),
    path("drafts/<str:kind>/<str:key>/", drafts.draft, name="piece-draft"),
    path("drafts/events/<str:key>/event.ics", drafts.draft_calendar, name="draft-calendar"),
    path("desk/", include("config.desk_urls")),
    path("accounts/", include("config.account_urls")),
    prefix_default_language=False,
)

urlpatterns += [
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}campaigns/favicon.svg")),
    # The admin has no login of its own, no way out and no password page: there is one of each.
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/logout/", RedirectView.as_view(pattern_name="account_logout")),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
]

if settings.LOCAL_MODE:
    urlpatterns += i18n_patterns(
        path("mailbox/", mailbox.mailbox, name="mailbox"),
        path("mailbox/<str:key>/", mailbox.message, name="mailbox-message"),
        path("mailbox/<str:key>/html/", mailbox.html_part, name="mailbox-html"),
        prefix_default_language=False,
    )

if settings.MAIL_WEBHOOK:
    events = webhooks.of(settings.MAIL_PROVIDER)
    urlpatterns += [path(f"mail/events/{settings.MAIL_PROVIDER}/", events, name="mail-events")]

urlpatterns += [
    path("style/colors.css", style.colors, name="network-colors"),
    # For other sites and programs
    path("api/v1/", include(api.urls)),
    path("oembed", embedding.oembed, name="oembed"),
    path("embed/style.css", embedding.style, name="embed-style"),
    path("embed/statements/<slug:slug>/", embedding.embed, name="embed"),
]

# Files, and for programs that find pages
urlpatterns += [
    path("media/<path:name>", files.media, name="media"),
    path("documents/<str:key>/", files.document, name="document"),
    path("sitemap.xml", finding.sitemap, name="sitemap"),
    path("robots.txt", finding.robots, name="robots"),
]

# News, events, pages
urlpatterns += i18n_patterns(
    path("news/", posts.news, name="news"),
    path("news/<int:year>/<int:month>/", posts.news, name="news-month"),
    path("news/<slug:slug>/", posts.post, name="post"),
    path("events/", event_pages.events, name="events"),
    path("events/calendar.ics", event_pages.calendar, name="calendar"),
    path("events/<slug:slug>/", event_pages.event, name="event"),
    path("events/<slug:slug>/event.ics", event_pages.event_calendar, name="event-calendar"),
    path("events/<slug:slug>/register/", registering.register, name="register"),
    path("events/<slug:slug>/register/challenge/", registering.challenge, name="register-challenge"),
    path("events/<slug:slug>/register/sent/", registering.sent, name="registration-sent"),
    path("events/registrations/<str:token>/", registering.manage, name="registration"),
    path("events/registrations/<str:token>/confirm/", registering.confirm, name="registration-confirm"),
    path("events/registrations/<str:token>/not-me/", registering.not_me, name="registration-not-me"),
    path("events/registrations/<str:token>/calendar.ics", registering.calendar, name="registration-calendar"),
    path("pages/<slug:slug>/", pages.page, name="page"),
    path("feeds/", finding.feeds, name="feeds"),
    path("feeds/posts.atom", finding.feed, {"feed": "posts"}, name="feed-posts"),
    path("feeds/statements.atom", finding.feed, {"feed": "statements"}, name="feed-statements"),
    path("feeds/events.atom", finding.feed, {"feed": "events"}, name="feed-events"),
    prefix_default_language=False,
)

# Who signed, and where to find it
urlpatterns += i18n_patterns(
    path("search/", searching.search, name="search"),
    path("organizations/", organizations.organizations, name="organizations"),
    path("organizations/<str:slug>/", organizations.organization, name="organization"),
    path("statements/<slug:slug>/revisions/", revisions.revisions, name="revisions"),
    path("statements/<slug:slug>/numbers/", numbers.numbers, name="numbers"),
    path("statements/<slug:slug>/numbers/<slug:name>.png", numbers.picture, name="numbers-picture"),
    path("statements/<slug:slug>/share.png", numbers.share, name="share-picture"),
    prefix_default_language=False,
)
