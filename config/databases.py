"""The database's addresses: the primary, a replica, and pools of their own for downloads (docs/scaling.md)."""

from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import embedded
from config.environment import at_least, env, switch

SCHEMES = ("postgres", "postgresql", "pgsql")
# Aliases beside the default: strangers' pages on the replica, and downloads on either server.
REPLICA, DOWNLOADS, REPLICA_DOWNLOADS = "replica", "downloads", "replica_downloads"


def databases() -> dict[str, Any]:
    """Django's DATABASES; raises ImproperlyConfigured for what cannot be meant."""
    local = embedded.local_mode()
    #: Connections that a process keeps: the web process' number of threads, so that each finds one. 0: one a thread.
    size = at_least("DATABASE_POOL", 0, default=0)
    #: Lists that one web process sends at once, on connections of their own; one more is prepared by a worker. 0: all.
    downloads = at_least("DOWNLOADS_POOL", 0, default=0)
    #: `1` where the database is reached through PgBouncer in transaction mode: no cursor outlives its transaction.
    bouncer = switch("PGBOUNCER")
    #: The database, for the role that owns nothing; a socket as `postgresql://user@//socket/folder/name`.
    primary = _database("DATABASE_URL", embedded.database_url(embedded.folder()) if local else env.str("DATABASE_URL"))
    #: A replica that only reads: pages of strangers and lists are read there while it keeps up. None without it.
    second = env.str("REPLICA_URL", "")
    if second and local:
        raise ImproperlyConfigured("REPLICA_URL needs DATABASE_URL and REDIS_URL: local mode has one server.")
    if bouncer and local:
        raise ImproperlyConfigured("PGBOUNCER needs DATABASE_URL and REDIS_URL: local mode has nothing between.")
    found = {"default": _kept(primary, size, bouncer=bouncer)}
    if second:
        replica = _database("REPLICA_URL", second)
        if _place(replica) == _place(primary):
            raise ImproperlyConfigured("REPLICA_URL is DATABASE_URL's server: leave it out, or name the replica.")
        _refuse_options("REPLICA_URL", replica, bouncer)
        # Who does not answer is left alone; nobody waits long to find out.
        replica["OPTIONS"] = {"connect_timeout": 2, "tcp_user_timeout": 5000} | replica.get("OPTIONS", {})
        found[REPLICA] = _kept(replica, size, bouncer=bouncer, wait=2)
        found[REPLICA_DOWNLOADS] = _kept(replica, downloads, wait=1)
    if second or bouncer or downloads:
        # Their cursors live in transactions, so they pass PgBouncer.
        found[DOWNLOADS] = _kept(primary, downloads, wait=1)
    _refuse_options("DATABASE_URL", primary, bouncer)
    for name in set(found) - {"default"}:
        found[name]["TEST"] = {"MIRROR": "default"}
    return found


def _database(name: str, address: str) -> dict[str, Any]:
    if urlsplit(address).scheme not in SCHEMES:
        raise ImproperlyConfigured(f"{name} must begin with postgresql://: there is one code path.")
    return env.db_url_config(address) | {"ENGINE": "django.db.backends.postgresql"}


def _place(database: dict[str, Any]) -> tuple[str, str, str]:
    return database["HOST"], str(database["PORT"]), database["NAME"]


def _kept(database: dict[str, Any], size: int, *, bouncer: bool = False, wait: int = 10) -> dict[str, Any]:
    """The same with `size` connections in a pool (0: one a thread), for which a request waits so many seconds."""
    made = deepcopy(database)
    made["CONN_HEALTH_CHECKS"] = True
    made["DISABLE_SERVER_SIDE_CURSORS"] = bouncer
    if size:
        made.setdefault("OPTIONS", {})["pool"] = {
            "min_size": 0,
            "max_size": size,
            # A request waits so long for a database that is restarted; then its page says that it is away.
            "timeout": wait,
            # Else the pool waits longer each time, and minutes after the database is back.
            "reconnect_timeout": 2,
        }
    else:
        made["CONN_MAX_AGE"] = 60
    return made


def _refuse_options(name: str, database: dict[str, Any], bouncer: bool) -> None:
    if bouncer and "options" in database.get("OPTIONS", {}):
        raise ImproperlyConfigured(
            f"{name} has options, which PgBouncer refuses: ALTER ROLE … SET does the same for the role."
        )
