"""Every address of the site. English stands at the root, other languages under their prefix."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView

from campaigns.views import drafts, files, finding, front, pages, posts, statements, style
from campaigns.views import events as event_pages
from campaigns.views import statement as words
from signon.api import operations as api
from signon.views import (
    asked,
    bulk,
    by_hand,
    desk,
    desk_conveners,
    desk_coverage,
    desk_delivery,
    desk_documents,
    desk_exports,
    desk_imports,
    desk_invitation,
    desk_invitations,
    desk_letters,
    desk_life,
    desk_mail,
    desk_mailings,
    desk_network,
    desk_networks,
    desk_organizations,
    desk_photos,
    desk_piece,
    desk_preview,
    desk_questions,
    desk_quotes,
    desk_senders,
    desk_site,
    desk_sources,
    desk_statement,
    desk_text,
    desk_webhooks,
    embedding,
    invited,
    letters,
    mailbox,
    numbers,
    organizations,
    private,
    revisions,
    searching,
    signatories,
    signing,
    unsubscribing,
    webhooks,
)

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
    urlpatterns += i18n_patterns(
        path("mailbox/", mailbox.mailbox, name="mailbox"),
        path("mailbox/<str:key>/", mailbox.message, name="mailbox-message"),
        path("mailbox/<str:key>/html/", mailbox.html_part, name="mailbox-html"),
        prefix_default_language=False,
    )

if settings.MAIL_WEBHOOK:
    events = webhooks.of(settings.MAIL_PROVIDER)
    urlpatterns += [path(f"mail/events/{settings.MAIL_PROVIDER}/", events, name="mail-events")]

# For other sites and programs
urlpatterns += [
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

urlpatterns += i18n_patterns(
    path("", front.home, name="home"),
    path("campaigns/<slug:slug>/", statements.campaign, name="campaign"),
    path("statements/", statements.statements, name="statements"),
    path("statements/<slug:slug>/", words.statement, name="statement"),
    path("statements/<slug:slug>/sign/", signing.sign, name="sign"),
    path("statements/<slug:slug>/sign/sent/", signing.sent, name="sign-on-sent"),
    path("statements/<slug:slug>/signatories/", signatories.signatories, name="signatories"),
    path("sign-ons/confirm/<str:token>/", signing.confirm, name="confirm"),
    path("sign-ons/confirm/<str:token>/not-me/", signing.not_me, name="not-me"),
    path("sign-ons/manage/<str:token>/", signing.manage, name="manage"),
    path("sign-ons/link/", signing.new_link, name="new-link"),
    path("sign-ons/link/sent/", signing.links_sent, name="links-sent"),
    path("sign-ons/manage/<str:token>/answers/", asked.answers, name="manage-answers"),
    path("sign-ons/manage/<str:token>/reaffirm/", asked.reaffirm, name="reaffirm"),
    path("sign-ons/answer/<str:token>/", asked.answer, name="answer"),
    path("mail/unsubscribe/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
    path("desk/", desk.home, name="desk"),
    path("desk/sign-ons/", desk.queue, name="desk-queue"),
    path("desk/sign-ons/decide/<str:act>/", bulk.decide, name="desk-decide"),
    path("desk/sign-ons/<int:number>/", desk.case, name="desk-case"),
    path("desk/sign-ons/<int:number>/<str:name>/", desk.act, name="desk-act"),
    path("desk/me/", desk.me, name="desk-me"),
    path("desk/rules/", desk.rules, name="desk-rules"),
    path("desk/rules/<slug:slug>/undo/", desk.undo_rule, name="desk-undo-rule"),
    path("desk/organizations/", desk_organizations.organizations, name="desk-organizations"),
    path("desk/organizations/<int:number>/", desk_organizations.organization, name="desk-organization"),
    path("desk/organizations/<int:number>/merge/<int:other>/", desk_organizations.merge, name="desk-merge"),
    path("desk/merges/<int:number>/undo/", desk_organizations.undo, name="desk-undo-merge"),
    path("desk/mail/", desk_mail.mail, name="desk-mail"),
    path("desk/mail/messages/<int:number>/<str:act>/", desk_mail.handle, name="desk-message"),
    path("desk/mail/lanes/<str:lane>/release/", desk_mail.release, name="desk-release"),
    path("desk/mail/kinds/", desk_mail.kinds, name="desk-kinds"),
    path("desk/mail/kinds/<str:name>/", desk_mail.kind, name="desk-kind"),
    path("desk/mail/kinds/<str:name>/html/", desk_mail.kind_html, name="desk-kind-html"),
    path("desk/mailings/", desk_mailings.listed, name="desk-mailings"),
    path("desk/mailings/new/", desk_mailings.write, name="desk-mailing-new"),
    path("desk/mailings/<int:number>/", desk_mailings.mailing, name="desk-mailing"),
    path("desk/mailings/<int:number>/write/", desk_mailings.write, name="desk-mailing-write"),
    path("desk/mailings/<int:number>/preview/", desk_mailings.preview, name="desk-mailing-preview"),
    path("desk/mailings/<int:number>/<str:name>/", desk_mailings.act, name="desk-mailing-act"),
    # Lists out
    path("desk/statements/", desk_exports.statements, name="desk-statements"),
    path("desk/statements/new/", desk_text.new, name="desk-statement-new"),
    path("desk/statements/<slug:slug>/", desk_statement.statement, name="desk-statement"),
    path("desk/statements/<slug:slug>/export/", desk_exports.export, name="desk-export-choose"),
    path("desk/campaigns/<slug:slug>/archive/", desk_exports.campaign_archive, name="desk-campaign-archive"),
    path("desk/exports/", desk_exports.exports, name="desk-exports"),
    path("desk/exports/<int:number>/", desk_exports.one_export, name="desk-export"),
    path("desk/exports/<int:number>/file/", desk_exports.file, name="desk-export-file"),
    # Letters
    path("verify/", letters.find, name="verify-find"),
    path("verify/<str:digest>/", letters.verify, name="verify"),
    path("verify/<str:digest>/manifest.json", letters.manifest, name="verify-manifest"),
    path("verify/<str:digest>/letter.pdf", letters.delivered_pdf, name="verify-pdf"),
    path("verify/<str:digest>/SHA256SUMS", letters.sums, name="verify-sums"),
    path("desk/statements/<slug:slug>/letters/", desk_letters.packs, name="desk-statement-letters"),
    path("desk/letters/<int:number>/", desk_letters.pack, name="desk-letter"),
    path("desk/letters/<int:number>/again/", desk_letters.try_again, name="desk-letter-again"),
    path("desk/letters/<int:number>/deliver/", desk_letters.deliver, name="desk-letter-deliver"),
    path("desk/letters/<int:number>/forget/", desk_letters.forget, name="desk-letter-forget"),
    path("desk/letters/<int:number>/<str:kind>/", desk_letters.fetch, name="desk-letter-file"),
    # For other sites and programs
    path("statements/<slug:slug>/embed/", embedding.put_on_your_site, name="put-on-your-site"),
    path("desk/webhooks/", desk_webhooks.webhooks, name="desk-webhooks"),
    path("desk/webhooks/<int:number>/", desk_webhooks.webhook, name="desk-webhook"),
    path("desk/webhooks/<int:number>/change/", desk_webhooks.change, name="desk-webhook-change"),
    path("desk/webhooks/<int:number>/<str:name>/", desk_webhooks.act, name="desk-webhook-act"),
    path("desk/announcements/<int:number>/again/", desk_webhooks.try_again, name="desk-announcement-again"),
    # Lists in
    path("desk/statements/<slug:slug>/import/", desk_imports.begin, name="desk-import-begin"),
    path("desk/imports/<int:number>/", desk_imports.show, name="desk-import"),
    path("desk/imports/<int:number>/columns/", desk_imports.columns, name="desk-import-columns"),
    path("desk/imports/<int:number>/rows/", desk_imports.rows, name="desk-import-rows"),
    path("desk/imports/<int:number>/rows/<int:row>/", desk_imports.row, name="desk-import-row"),
    path("desk/imports/<int:number>/rows/<int:row>/<str:name>/", desk_imports.act, name="desk-import-act"),
    path("desk/imports/<int:number>/apply/", desk_imports.apply, name="desk-import-apply"),
    path("desk/imports/<int:number>/<str:name>/", desk_imports.end, name="desk-import-end"),
    # Delivery, and what was entered by hand
    path("desk/statements/<slug:slug>/delivery/", desk_delivery.delivery, name="desk-delivery"),
    path("desk/statements/<slug:slug>/delivery/thank/", desk_delivery.thank, name="desk-thank"),
    path("desk/statements/<slug:slug>/archive/", desk_delivery.archive, name="desk-archive"),
    path("desk/statements/<slug:slug>/by-hand/", by_hand.enter, name="desk-by-hand"),
    path("desk/attachments/<int:number>/", desk_delivery.attachment, name="desk-attachment"),
    path("desk/attachments/<int:number>/remove/", desk_delivery.remove_attachment, name="desk-attachment-remove"),
    path("sign-ons/objection/<str:token>/", by_hand.object_to, name="object"),
    # A statement's life, conveners
    path("desk/statements/<slug:slug>/particulars/", desk_life.particulars, name="desk-particulars"),
    path("desk/statements/<slug:slug>/deadline/", desk_life.deadline, name="desk-statement-deadline"),
    path("desk/statements/<slug:slug>/look/<str:subject>/", desk_life.look, name="desk-look"),
    path("desk/statements/<slug:slug>/try/", desk_life.try_it, name="desk-try"),
    path("desk/statements/<slug:slug>/late/", desk_life.late_links, name="desk-late-links"),
    path("desk/statements/<slug:slug>/late/<int:number>/end/", desk_life.end_late_link, name="desk-late-link-end"),
    path("desk/statements/<slug:slug>/move/<str:act>/", desk_life.move, name="desk-statement-move"),
    path("desk/statements/<slug:slug>/conveners/", desk_conveners.conveners, name="desk-conveners"),
    path("desk/statements/<slug:slug>/conveners/<int:number>/", desk_conveners.change, name="desk-convener"),
    path(
        "desk/statements/<slug:slug>/conveners/<int:number>/<str:name>/", desk_conveners.act, name="desk-convener-act"
    ),
    path("desk/statements/<slug:slug>/comments/<int:number>/settle/", desk_conveners.settle, name="desk-settle"),
    path("statements/<slug:slug>/draft/<str:token>/", private.draft, name="draft"),
    path("statements/<slug:slug>/draft/<str:token>/comment/", private.draft_comment, name="draft-comment"),
    path("statements/<slug:slug>/draft/<str:token>/sign/", private.draft_sign, name="draft-sign"),
    path("statements/<slug:slug>/draft/<str:token>/sent/", private.draft_sent, name="draft-sent"),
    path("statements/<slug:slug>/late/<str:token>/", private.late, name="late"),
    path("statements/<slug:slug>/late/<str:token>/sent/", private.late_sent, name="late-sent"),
    path("sign-ons/try/<str:token>/", private.try_confirm, name="try-confirm"),
    # A statement's text and questions
    path("desk/statements/<slug:slug>/text/", desk_text.text, name="desk-text"),
    path("desk/statements/<slug:slug>/text/languages/", desk_text.languages, name="desk-text-languages"),
    path("desk/text/paste/", desk_text.paste, name="desk-paste"),
    path("desk/statements/<slug:slug>/preview/", desk_preview.preview, name="desk-preview"),
    path("desk/statements/<slug:slug>/preview/page/", desk_preview.page, name="desk-preview-page"),
    path("desk/statements/<slug:slug>/preview/mail/", desk_preview.mail, name="desk-preview-mail"),
    path("desk/statements/<slug:slug>/preview/pdf/", desk_preview.pdf, name="desk-preview-pdf"),
    path("desk/statements/<slug:slug>/questions/", desk_questions.questions, name="desk-questions"),
    path("desk/statements/<slug:slug>/questions/why/", desk_questions.ask_why, name="desk-questions-why"),
    path("desk/statements/<slug:slug>/questions/<int:number>/", desk_questions.question, name="desk-question"),
    path(
        "desk/statements/<slug:slug>/questions/<int:number>/<str:name>/",
        desk_questions.act,
        name="desk-question-act",
    ),
    path("desk/answers/<int:number>/", desk_delivery.answer, name="desk-answer"),
    path("desk/answers/<int:number>/remove/", desk_delivery.remove_answer, name="desk-answer-remove"),
    path("desk/statements/<slug:slug>/reaffirm/", desk_mailings.ask_to_reaffirm, name="desk-reaffirm"),
    path("desk/statements/<slug:slug>/quotes/", desk_quotes.quotes, name="desk-quotes"),
    path("desk/statements/<slug:slug>/quotes/<int:number>/<str:name>/", desk_quotes.decide, name="desk-quote"),
    # Invitations, coverage, sources
    path("desk/statements/<slug:slug>/invitations/", desk_invitations.invitations, name="desk-invitations"),
    path("desk/statements/<slug:slug>/invitations/add/", desk_invitations.add, name="desk-invitations-add"),
    path("desk/statements/<slug:slug>/invitations/planned/", desk_invitations.planned, name="desk-invitations-planned"),
    path("desk/statements/<slug:slug>/invitations/words/", desk_invitations.words, name="desk-invitations-words"),
    path("desk/statements/<slug:slug>/invitations/words/mail/", desk_invitations.preview, name="desk-invitations-mail"),
    path("desk/statements/<slug:slug>/invitations/act/<str:name>/", desk_invitations.act, name="desk-invitations-act"),
    path("desk/statements/<slug:slug>/coverage/", desk_coverage.coverage, name="desk-coverage"),
    path("desk/statements/<slug:slug>/coverage/missing.csv", desk_coverage.missing, name="desk-coverage-missing"),
    path("desk/statements/<slug:slug>/coverage/invite/", desk_coverage.invite, name="desk-coverage-invite"),
    path("desk/networks/", desk_networks.networks_page, name="desk-networks"),
    path("desk/networks/<int:number>/", desk_networks.network, name="desk-network"),
    path("desk/networks/<int:number>/remove/", desk_networks.remove, name="desk-network-remove"),
    path("desk/members/<int:number>/", desk_networks.member, name="desk-member-of"),
    path("desk/members/<int:number>/<str:name>/", desk_networks.decide, name="desk-member"),
    path("desk/statements/<slug:slug>/sources/", desk_sources.sources, name="desk-sources"),
    path("desk/sources/<int:number>/drop/", desk_sources.drop, name="desk-source-drop"),
    path("desk/invitations/<int:number>/", desk_invitation.invitation, name="desk-invitation"),
    path("desk/invitations/<int:number>/<str:name>/", desk_invitation.act, name="desk-invitation-act"),
    path("invitations/<str:token>/", invited.invitation, name="invitation"),
    path("invitations/<str:token>/<str:name>/", invited.act, name="invitation-act"),
    prefix_default_language=False,
)

# Writing for the public site
urlpatterns += [path("style/colors.css", style.colors, name="network-colors")]
urlpatterns += i18n_patterns(
    path("drafts/<str:kind>/<str:key>/", drafts.draft, name="piece-draft"),
    path("desk/site/", desk_site.home, name="desk-site"),
    path("desk/site/preview/", desk_site.preview, name="desk-site-preview"),
    path("desk/site/photos/", desk_photos.listed, name="desk-photos"),
    path("desk/site/photos/new/", desk_photos.new, name="desk-photo-new"),
    path("desk/site/photos/<int:number>/", desk_photos.photo, name="desk-photo"),
    path("desk/site/photos/<int:number>/<str:name>/", desk_photos.act, name="desk-photo-act"),
    path("desk/site/documents/", desk_documents.listed, name="desk-documents"),
    path("desk/site/documents/new/", desk_documents.new, name="desk-document-new"),
    path("desk/site/documents/<int:number>/", desk_documents.document, name="desk-document"),
    path("desk/site/documents/<int:number>/file/", desk_documents.file, name="desk-document-file"),
    path("desk/site/documents/<int:number>/<str:name>/", desk_documents.act, name="desk-document-act"),
    path("desk/site/network/", desk_network.general, name="desk-network-settings"),
    path("desk/site/network/words/", desk_network.words, name="desk-network-words"),
    path("desk/site/network/countries/", desk_network.country_names, name="desk-network-countries"),
    path("desk/site/network/senders/", desk_senders.listed, name="desk-senders"),
    path("desk/site/network/senders/<slug:slug>/", desk_senders.sender, name="desk-sender"),
    path("desk/site/network/senders/<slug:slug>/test/", desk_senders.test, name="desk-sender-test"),
    path("desk/site/<str:kind>/", desk_site.pieces, name="desk-pieces"),
    path("desk/site/<str:kind>/new/", desk_site.new, name="desk-piece-new"),
    path("desk/site/<str:kind>/<int:number>/", desk_site.piece, name="desk-piece"),
    path("desk/site/<str:kind>/<int:number>/particulars/", desk_piece.particulars, name="desk-piece-particulars"),
    path("desk/site/<str:kind>/<int:number>/publish/", desk_piece.publication, name="desk-piece-publish"),
    path("desk/site/<str:kind>/<int:number>/history/", desk_piece.history, name="desk-piece-history"),
    path(
        "desk/site/<str:kind>/<int:number>/history/<int:version>/restore/",
        desk_piece.restore,
        name="desk-piece-restore",
    ),
    path("desk/site/<str:kind>/<int:number>/act/<str:name>/", desk_piece.act, name="desk-piece-act"),
    prefix_default_language=False,
)
