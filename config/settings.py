"""One file of settings, read from the environment; wrong values are loud.

Local mode (neither DATABASE_URL nor REDIS_URL is set) uses the servers that `make run` starts under var/
and answers loopback alone. Everything else is production: it refuses to start without its secrets.
"""

from email.utils import formataddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import embedded, inbound, schedule, social
from config.environment import at_least, env, networks, rates, secret
from config.sign_in import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_MODE = embedded.local_mode()
VAR = embedded.folder()
DEBUG = False
# What signs links and sessions; in local mode one that is kept in var/.
SECRET_KEY = (env.str("SECRET_KEY", "") or embedded.local_secret(VAR)) if LOCAL_MODE else secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# Links in mails come from SITE_URL alone.
SITE_URL = (env.str("SITE_URL", "http://localhost:8000") if LOCAL_MODE else env.str("SITE_URL")).rstrip("/")
if urlsplit(SITE_URL).scheme not in ("http", "https") or not urlsplit(SITE_URL).hostname:
    raise ImproperlyConfigured("SITE_URL must be an address like https://statements.example.org.")
SECURE = urlsplit(SITE_URL).scheme == "https"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"] if LOCAL_MODE else env.list("ALLOWED_HOSTS")
# Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, as networks ("10.0.0.0/8").
TRUSTED_PROXIES = networks("TRUSTED_PROXIES", like="10.0.0.0/8")
# Where the source of what runs here is: the AGPL (section 13) asks for it of whoever changed it.
SOURCE_URL = env.str("SOURCE_URL", "")
# Until one is written at the desk. An installation that nobody named is called by its address, not by the demo's name.
NETWORK_NAME = env.str("NETWORK_NAME", "Women in Migration Network" if LOCAL_MODE else str(urlsplit(SITE_URL).hostname))
# In how many minutes the site is expected back; 0: it is there (config.middleware.Maintenance).
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
    "config.middleware.TrustedProxies",
    "config.middleware.LocalOnly",
    "config.health.Probes",
    "config.kept_pages.KeptPages",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.Isolated",
    "config.middleware.Compressed",
    "csp.middleware.CSPMiddleware",
    "config.middleware.LanguageFromPath",
    "config.middleware.Maintenance",
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

# The web process sets DATABASE_POOL to its number of threads: each then finds a connection, and no more are opened.
if not LOCAL_MODE and urlsplit(env.str("DATABASE_URL")).scheme not in ("postgres", "postgresql", "pgsql"):
    raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://: there is one code path.")
DATABASES = {"default": env.db_url_config(env.str("DATABASE_URL", "") or embedded.database_url(VAR))}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
if pool_size := at_least("DATABASE_POOL", 0, default=0):
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 0,
        "max_size": pool_size,
        "timeout": 10,
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Who owns the tables. Only `prepare_database` connects as this role, and only where it runs the address is needed.
OWNER_DATABASE_URL = embedded.owner_database_url(VAR) if LOCAL_MODE else env.str("OWNER_DATABASE_URL", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "signon.User"

# Redis: broker, cache and limits have database numbers of their own: clearing a cache must not empty the broker.
REDIS_URL = env.str("REDIS_URL", "") or embedded.redis_url(VAR)


def redis_database(number: int) -> str:
    """REDIS_URL with another database number; a Unix socket's number stands in its query."""
    parts = urlsplit(REDIS_URL)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/{number}{query}"


LIMITS_URL = redis_database(2)
CELERY_BROKER_URL = redis_database(0)
if CELERY_BROKER_URL.startswith("unix://"):
    CELERY_BROKER_URL = CELERY_BROKER_URL.replace("unix://", "redis+socket://").split("?")[0] + "?virtual_host=0"
CACHES = {
    # What limits at the way in count by (allauth asks for the default one): signon.models.SignInLimit.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "signon_signinlimit",
        "KEY_FUNCTION": "config.hidden_keys.hidden",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # What can be made again.
    "redis": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": redis_database(1),
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    },
}

# Celery: the database is the truth, the broker only an alarm clock (docs/architecture.md).
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_STORE_ERRORS_EVEN_IF_IGNORED = False
CELERY_TASK_DEFAULT_QUEUE = "desk"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "socket_keepalive": not REDIS_URL.startswith("unix"),
    "visibility_timeout": 600,
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = schedule.beat()
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# Mail goes through the outbox (signon/mailing.py) and one SMTP server.
_mail = env.email_url_config(env.str("EMAIL_URL", "smtp://127.0.0.1:2525") if LOCAL_MODE else env.str("EMAIL_URL"))
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _mail["EMAIL_HOST"]
EMAIL_PORT = _mail["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = at_least("EMAIL_TIMEOUT", 1, default=20)  # seconds
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", formataddr((NETWORK_NAME, f"sign-on@{urlsplit(SITE_URL).hostname}")))
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# A claim on a message is a lease: a worker that dies gives its messages back when it ends. In seconds.
MAIL_LEASE = at_least("MAIL_LEASE", 1, default=60)
# A temporary failure is tried again after so many seconds, then after twice as many, and so on for three days.
MAIL_RETRY_AFTER = at_least("MAIL_RETRY_AFTER", 1, default=60)
# What the provider allows, for each lane: "14/s", or "transactional=14/s,bulk=300/h".
MAIL_RATE = rates("MAIL_RATE")

# What comes back: bounces and complaints (config/inbound.py).
BOUNCE_ADDRESS = inbound.bounce_address()
MAIL_PROVIDER = inbound.mail_provider()
ANYMAIL = inbound.webhook_secrets(MAIL_PROVIDER)
MAIL_WEBHOOK = inbound.takes_webhooks(MAIL_PROVIDER, ANYMAIL)
INBOUND_URL = inbound.inbound_url()
if INBOUND_URL:
    CELERY_BEAT_SCHEDULE |= schedule.beat_of_the_bounce_mailbox()

# Sign-ons
UNCONFIRMED_DAYS = 30
# Beyond so many from one network, or to one statement, something is asked of a sign-on (signon/guarding.py).
NETWORK_LIMIT, STATEMENT_LIMIT = env.str("NETWORK_LIMIT", "30/hour"), env.str("STATEMENT_LIMIT", "120/minute")
# Scans and mails that prove an entry by hand go so long after its statement closed.
ATTACHMENT_DAYS = at_least("ATTACHMENT_DAYS", 1, default=180)
# So long after a statement was delivered, or else has closed, contacts around it are kept (signon/forgetting.py).
CONTACT_DAYS = at_least("CONTACT_DAYS", 1, default=365)
# So long after a statement was delivered or withdrawn, contacts of its invitations are kept.
INVITATION_CONTACT_DAYS = 90
REGISTRATION_DAYS = at_least("REGISTRATION_DAYS", 1, default=30)  # after an event (signon/registration_times.py)
CONFIRM_AFTER_CLOSING_HOURS = at_least("CONFIRM_AFTER_CLOSING_HOURS", 0, default=72)
NAMES_ON_STATEMENT = 500
# Whether strangers' pages are made once a second for all who read them (config/kept_pages.py).
KEEP_PAGES = True
# Folders with more fonts for letters: of scripts that none of the installed packages has, or a house's own.
LETTER_FONTS = env.list("LETTER_FONTS", default=[])

# What is no public address and may have webhooks all the same, as networks ("10.0.0.0/8"); there http will do.
_inside = ["127.0.0.0/8", "::1/128"] if LOCAL_MODE else []
WEBHOOK_NETWORKS = networks("WEBHOOK_NETWORKS", _inside, like="10.0.0.0/8")

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
STATIC_ROOT = VAR / "static"
PRIVATE_ROOT = VAR / "private"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # What no address leads to: lists on their way out and in. A view hands it to whoever may have it.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Photos and documents that a network publishes: campaigns.views.media hands them out, as what runs nowhere.
MEDIA_ROOT, MEDIA_URL = VAR / "media", "/media/"
if LOCAL_MODE:
    WHITENOISE_USE_FINDERS = True
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# The web's rules
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if SECURE:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_SSL_REDIRECT = True
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

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"without tokens": {"()": "config.logs.WithoutTokens"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without tokens"]}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "INFO")},
}

# Every process that reads the settings has the Celery application that they configure.
from config.celery import app as celery_app  # noqa: E402, F401
