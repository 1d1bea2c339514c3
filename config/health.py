"""Alive, ready, and metrics. All ignore the Host header, for a probe knows no name."""

from collections.abc import Callable

from django.core.cache import caches
from django.db import DatabaseError, Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from config import metrics
from signon.mail import lanes
from signon.privacy import hash_key
from signon.running import clock

GetResponse = Callable[[HttpRequest], HttpResponse]


class Probes:
    """Answers /healthz, /readyz and /metrics before anything looks at the Host header or asks for https."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/metrics":
            response = metrics.respond(request)
        elif probe := {"/healthz": healthz, "/readyz": readyz}.get(request.path_info):
            response = probe()
        else:
            return self.get_response(request)
        response["Cache-Control"] = "no-store"
        return response


def healthz() -> HttpResponse:
    """The process answers."""
    return HttpResponse("alive\n", content_type="text/plain")


def readyz() -> HttpResponse:
    """503 without the database, or where this process' CONTACT_HASH_KEY finds no address. In a 200, `degraded`.

    That is without Redis, where mail is late or held up, and where this machine's clock is wrong.
    """
    if not _database():
        return JsonResponse({"status": "down", "missing": ["database"]}, status=503)
    if not _hash_key():
        told = {"status": "not ready", "missing": ["contact_hash_key"], "why": hash_key.WORDS}
        return JsonResponse(told, status=503)
    parts = {"redis": _redis(), "mail": _mail(), "clock": clock.is_right()}
    missing = [name for name, works in parts.items() if not works]
    return JsonResponse({"status": "degraded" if missing else "ready", "missing": missing})


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _hash_key() -> bool:
    try:
        return hash_key.is_right()
    except DatabaseError:  # it is being migrated
        return True


def _mail() -> bool:
    try:
        return not lanes.held() and not lanes.is_late()
    except DatabaseError:  # it is being migrated
        return True


def _redis() -> bool:
    try:
        caches["redis"].get("readyz")
    except Exception:  # whatever the client raises, the answer is the same
        return False
    return True
