"""Alive, and ready. Both ignore the Host header, for a probe knows no name."""

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("alive\n", content_type="text/plain")


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """503 only without the database; a missing Redis shows as `degraded` in a 200, for signing goes on without it."""
    parts = {"database": _database(), "redis": _redis()}
    if not parts["database"]:
        return JsonResponse({"status": "down", "missing": ["database"]}, status=503)
    missing = [name for name, works in parts.items() if not works]
    return JsonResponse({"status": "degraded" if missing else "ready", "missing": missing})


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis() -> bool:
    try:
        cache.get("readyz")
    except Exception:  # whatever the client raises, the answer is the same
        return False
    return True
