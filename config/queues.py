"""Settings of Redis and Celery; config.settings takes all of them.

Broker, cache and limits have database numbers of their own: clearing a cache must not empty the broker.
"""

from urllib.parse import urlsplit

from config import embedded, inbound, schedule, sentinel
from config.environment import env

#: The Redis-protocol server, Valkey or Redis; set with DATABASE_URL, or neither. Sockets as `unix:///path`; where
#: Sentinel watches it `redis+sentinel://:password@host:26379,host:26379/name` (`rediss+sentinel://` with TLS).
REDIS_URL = embedded.redis_url(embedded.folder()) if embedded.local_mode() else env.str("REDIS_URL")
SENTINEL = sentinel.read(REDIS_URL)


def _database(number: int) -> str:
    """REDIS_URL with another database number; a Unix socket's number stands in its query."""
    if SENTINEL:
        return str(number)
    parts = urlsplit(REDIS_URL)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/{number}{query}"


LIMITS_URL = SENTINEL.limits_url() if SENTINEL else _database(2)
LIMITS_OPTIONS = SENTINEL.limits_options() if SENTINEL else {}
CELERY_BROKER_URL = SENTINEL.broker_url() if SENTINEL else _database(0)
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
        "LOCATION": _database(1),
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1}
        | ({"pool_class": "signon.running.redis_server.Pool"} if SENTINEL else {}),
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
# A broker that only reads, or is full, is waited for as one that is away: else the worker ends.
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "socket_keepalive": not REDIS_URL.startswith("unix"),
    "visibility_timeout": 600,
    **({"master_name": SENTINEL.name, "sentinel_kwargs": SENTINEL.to_sentinels(1)} if SENTINEL else {}),
}
if SENTINEL and SENTINEL.is_secure:
    CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": "required"}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = schedule.beat() | (schedule.beat_of_the_bounce_mailbox() if inbound.inbound_url() else {})
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
