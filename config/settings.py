"""The settings, read from the environment; wrong values are loud. What the way in and the queues need is beside it.

Local mode (neither DATABASE_URL nor REDIS_URL is set) uses the servers that `make run` starts under var/
and answers loopback alone. Everything else is production: it refuses to start without its secrets.
"""

from email.utils import formataddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import databases, embedded, file_places, inbound, logs, reporting, social
from config.environment import at_least, contact_keys, env, networks, rates, secret, token
from config.queues import *  # noqa: F403
from config.sign_in import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_MODE = embedded.local_mode()
VAR = embedded.folder()
DEBUG = False
#: What signs links and sessions: 50 random characters or more. In local mode one that is kept in var/.
SECRET_KEY = (env.str("SECRET_KEY", "") or embedded.local_secret(VAR)) if LOCAL_MODE else secret("SECRET_KEY")
#: Earlier secrets, with commas between: they keep links and sessions alive through a rotation.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
#: What addresses are encrypted with in the database: 50 random characters or more each, with commas between. The first
#: encrypts, all decrypt (`,key`: none encrypts). Without them: in clear ([security](security.md#encrypt-contact-data)).
CONTACT_KEYS = contact_keys("CONTACT_KEYS", beside="CONTACT_HASH_KEY")
#: Needed with CONTACT_KEYS: by what encrypted addresses are found again. It stays for good.
CONTACT_HASH_KEY = secret("CONTACT_HASH_KEY") if CONTACT_KEYS else ""

#: Where links in mails lead: the site's address. https switches on secure cookies and HSTS.
SITE_URL = (env.str("SITE_URL", "http://localhost:8000") if LOCAL_MODE else env.str("SITE_URL")).rstrip("/")
if urlsplit(SITE_URL).scheme not in ("http", "https") or not urlsplit(SITE_URL).hostname:
    raise ImproperlyConfigured("SITE_URL must be an address like https://statements.example.org.")
SECURE = urlsplit(SITE_URL).scheme == "https"
#: Host names that are answered, with commas between.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"] if LOCAL_MODE else env.list("ALLOWED_HOSTS")
#: Networks of proxies whose X-Forwarded-For, X-Forwarded-Proto and X-Request-ID are believed.
TRUSTED_PROXIES = networks("TRUSTED_PROXIES", like="10.0.0.0/8")
#: Where the source of what runs here is: the AGPL (section 13) asks for it of whoever changed it.
SOURCE_URL = env.str("SOURCE_URL", "")
#: The network's name until one is written at the desk; without it the host's name (in local mode the demo's).
NETWORK_NAME = env.str("NETWORK_NAME", "Women in Migration Network" if LOCAL_MODE else str(urlsplit(SITE_URL).hostname))
#: In how many minutes the site is expected back; 0: it is there (docs/site.md).
MAINTENANCE = at_least("MAINTENANCE", 0, default=0)

INSTALLED_APPS = [
    "config",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    *([social.APP] if social.server() else []),
    "import_export",
    "reversion",
    "csp",
    "campaigns",
    "signon",
]

MIDDLEWARE = [
    "config.watching.Watched",
    "config.middleware.TrustedProxies",
    "config.middleware.LocalOnly",
    "config.health.Probes",
    "config.kept_pages.KeptPages",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.Isolated",
    "config.middleware.Compressed",
    "config.middleware.Policy",
    "config.middleware.LanguageFromPath",
    "config.middleware.Maintenance",
    "config.right_key.RightKey",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.SecondFactor",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
        },
    }
]

DATABASES = databases.databases()
# Strangers' pages are read from the replica where there is one (docs/scaling.md).
DATABASE_ROUTERS = ["config.routing.Router"] if len(DATABASES) > 1 else []
if databases.REPLICA in DATABASES:
    MIDDLEWARE += ["config.routing.StrangersPages"]
#: Seconds by which what is read from the replica may be old; beyond, everything is read from the primary.
REPLICA_LAG = at_least("REPLICA_LAG", 1, default=5)
#: The same database for the role that owns the tables; read by `prepare_database`, `make backup` and `make restore`.
OWNER_DATABASE_URL = embedded.owner_database_url(VAR) if LOCAL_MODE else env.str("OWNER_DATABASE_URL", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "signon.User"

# Mail goes through the outbox (signon/mailing.py) and one SMTP server.
#: The SMTP server: `smtp+tls://user:password@host:587` (STARTTLS), `smtp+ssl://`, `smtp://`.
_mail = env.email_url_config(env.str("EMAIL_URL", "smtp://127.0.0.1:2525") if LOCAL_MODE else env.str("EMAIL_URL"))
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _mail["EMAIL_HOST"]
EMAIL_PORT = _mail["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
#: Seconds to wait for the SMTP server.
EMAIL_TIMEOUT = at_least("EMAIL_TIMEOUT", 1, default=20)
#: Who mails are from: `Name <address>`.
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", formataddr((NETWORK_NAME, f"sign-on@{urlsplit(SITE_URL).hostname}")))
SERVER_EMAIL = DEFAULT_FROM_EMAIL
#: Seconds of a worker's claim on a message: one that dies gives its messages back when it ends.
MAIL_LEASE = at_least("MAIL_LEASE", 1, default=60)
#: Seconds after which a temporary failure is tried again, then twice as many, and so on for three days.
MAIL_RETRY_AFTER = at_least("MAIL_RETRY_AFTER", 1, default=60)
#: What the mail provider allows, for each lane: `14/s`, or `transactional=14/s,bulk=300/h`. Without it no limit.
MAIL_RATE = rates("MAIL_RATE")

# What comes back: bounces and complaints (config/inbound.py).
BOUNCE_ADDRESS = inbound.bounce_address()
MAIL_PROVIDER = inbound.mail_provider()
ANYMAIL = inbound.webhook_secrets(MAIL_PROVIDER)
MAIL_WEBHOOK = inbound.takes_webhooks(MAIL_PROVIDER, ANYMAIL)
INBOUND_URL = inbound.inbound_url()

# Sign-ons
UNCONFIRMED_DAYS = 30
#: Beyond so many sign-ons from one network something is asked of one (docs/abuse.md).
NETWORK_LIMIT = env.str("NETWORK_LIMIT", "30/hour")
#: Beyond so many sign-ons to one statement something is asked of one.
STATEMENT_LIMIT = env.str("STATEMENT_LIMIT", "120/minute")
#: Days after a statement closed, when scans and mails that prove an entry by hand go.
ATTACHMENT_DAYS = at_least("ATTACHMENT_DAYS", 1, default=180)
#: Days for which contacts are kept after a statement was delivered, or else has closed (docs/privacy.md).
CONTACT_DAYS = at_least("CONTACT_DAYS", 1, default=365)
# So long after a statement was delivered or withdrawn, contacts of its invitations are kept.
INVITATION_CONTACT_DAYS = 90
#: Days for which names of who registered are kept after an event.
REGISTRATION_DAYS = at_least("REGISTRATION_DAYS", 1, default=30)
#: Hours in which what was signed before closing may still be confirmed.
CONFIRM_AFTER_CLOSING_HOURS = at_least("CONFIRM_AFTER_CLOSING_HOURS", 0, default=72)
NAMES_ON_STATEMENT = 500
# Whether strangers' pages are made once a second for all who read them (config/kept_pages.py), and what their posts
# need is read as seldom (signon/statements/at_hand.py).
KEEP_PAGES = True
#: How many sign at once in a web process; others wait their turn, so that pages are made meanwhile.
SIGNERS_AT_ONCE = at_least("SIGNERS_AT_ONCE", 1, default=2)
#: Folders with more fonts for letters, with commas between: of scripts that none of the packages has.
LETTER_FONTS = env.list("LETTER_FONTS", default=[])

_inside = ["127.0.0.0/8", "::1/128"] if LOCAL_MODE else []
#: Networks that are not public and may have webhooks all the same, there by http too (in local mode: this machine).
WEBHOOK_NETWORKS = networks("WEBHOOK_NETWORKS", _inside, like="10.0.0.0/8")

#: Where keyed digests of erased addresses are written down, a line each, for a restore; to be kept apart from backups.
ERASURES_FILE = Path(env.str("ERASURES_FILE", "") or VAR / "erasures")

# Languages: English stands at the root, others under their prefix; the URL alone decides.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("es", _("Spanish")), ("ar", _("Arabic"))]
# Words of the templates stand in signon's catalogs; each app's own in its own.
LOCALE_PATHS = [BASE_DIR / "signon" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Static files
STATIC_URL = "/static/"
#: The folder of collected static files; without it `static` in UNDERSIGNED_VAR.
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR / "static")))
STORAGES: dict[str, dict[str, Any]] = {
    # No address leads to the private one: lists on their way out and in. A view hands it to whoever may have it.
    **file_places.storages(VAR / "private"),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Photos and documents that a network publishes: campaigns.views.files.media hands them out, as what runs nowhere.
MEDIA_ROOT, MEDIA_URL = VAR / "media", "/media/"
if LOCAL_MODE:
    WHITENOISE_USE_FINDERS = True
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# The web's rules
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "config.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if SECURE:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_SSL_REDIRECT = True
    #: For how many seconds browsers shall know that the site is https alone (HSTS).
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000)
    CSRF_TRUSTED_ORIGINS = [SITE_URL]
    # config.middleware.TrustedProxies takes the header away where no trusted proxy has set it.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Subdomains and browsers' preload lists are the operator's to switch on: they bind hosts that are not ours.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "export"

# What is watched from outside (docs/operating.md)
#: The least that is logged: DEBUG, INFO, WARNING, ERROR.
LOGGING = logs.configuration(for_people=LOCAL_MODE, level=env.str("LOG_LEVEL", "INFO"))
#: Networks that may read /metrics, with commas: `127.0.0.1/32,10.0.0.0/8`. Without it none; in local mode this machine.
METRICS_NETWORKS = networks("METRICS_NETWORKS", _inside, like="10.0.0.0/8")
#: A token with which /metrics may be read from anywhere (`Authorization: Bearer …`); 20 characters or more.
METRICS_TOKEN = token("METRICS_TOKEN")
#: Where errors are reported to (Sentry, GlitchTip), without names, addresses and secrets. Off without it.
SENTRY_DSN = env.str("SENTRY_DSN", "")
reporting.begin(SENTRY_DSN)

# Every process that reads the settings has the Celery application that they configure.
from config.celery import app as celery_app  # noqa: E402, F401
