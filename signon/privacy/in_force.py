"""What the settings of this installation mean for personal data, as the privacy page tells it. Only reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db.models import Max, Min

from campaigns.models import Statement
from signon import retention, tokens
from signon.events import registering
from signon.imports import previewing
from signon.models import Export, Webhook

STORES = ("default", "private")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True)
class InForce:
    """Days and hours are whole numbers; what is switched on is true, or the name of what it leads to."""

    unconfirmed_days: int
    confirm_hours: int
    contact_days: int
    # Where statements say other days: the fewest and the most, else None.
    fewest_days: int | None
    most_days: int | None
    invitation_days: int
    registration_days: int
    registration_hours: int
    network_days: int
    seat_days: int
    offer_days: int
    proof_days: int
    export_days: int
    import_days: int
    link_mail_days: int
    link_hours: int
    session_days: int
    network_limit: str
    statement_limit: str
    mail_host: str
    mail_provider: str
    reads_bounces: bool
    has_webhooks: bool
    sign_in_by: str
    stores_files_elsewhere: bool
    reports_errors: bool
    encrypts_contacts: bool


def read() -> InForce:
    """As they are at this moment; two queries."""
    own = Statement.objects.exclude(contact_days=None).aggregate(fewest=Min("contact_days"), most=Max("contact_days"))
    return InForce(
        unconfirmed_days=settings.UNCONFIRMED_DAYS,
        confirm_hours=settings.CONFIRM_AFTER_CLOSING_HOURS,
        contact_days=settings.CONTACT_DAYS,
        fewest_days=own["fewest"],
        most_days=own["most"],
        invitation_days=settings.INVITATION_CONTACT_DAYS,
        registration_days=settings.REGISTRATION_DAYS,
        registration_hours=registering.TIME_TO_CONFIRM // HOUR,
        network_days=retention.NETWORKS_ARE_KEPT // DAY,
        seat_days=retention.SEATS_ARE_KEPT // DAY,
        offer_days=retention.OFFERS_STAND // DAY,
        proof_days=settings.ATTACHMENT_DAYS,
        export_days=Export.KEPT // DAY,
        import_days=previewing.KEPT // DAY,
        link_mail_days=retention.LINK_MAIL_IS_KEPT // DAY,
        link_hours=tokens.RIGHTS_LAST // HOUR,
        session_days=settings.SESSION_COOKIE_AGE // (24 * 3600),
        network_limit=settings.NETWORK_LIMIT,
        statement_limit=settings.STATEMENT_LIMIT,
        mail_host=settings.EMAIL_HOST,
        mail_provider=settings.MAIL_PROVIDER,
        reads_bounces=bool(settings.INBOUND_URL),
        has_webhooks=Webhook.objects.filter(stopped_at=None).exists(),
        sign_in_by=settings.OPENID_CONNECT_NAME,
        stores_files_elsewhere=not all(isinstance(storages[name], FileSystemStorage) for name in STORES),
        reports_errors=bool(getattr(settings, "SENTRY_DSN", "")),
        encrypts_contacts=bool(getattr(settings, "CONTACT_KEYS", "")),
    )
