"""What goes wrong, as RFC 9457 has it: application/problem+json with type, title, status and detail."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from signon.running import outages

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
# As RFC 9110 names it; Python names it so from 3.13 on.
UNPROCESSABLE = "Unprocessable Content"


def problem(status: int, detail: str, **more: Any) -> HttpResponse:
    """An answer that says what is wrong; `detail` is a sentence for whoever wrote the program."""
    title = UNPROCESSABLE if status == 422 else HTTPStatus(status).phrase
    said = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return HttpResponse(json.dumps(said, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)


def handle(api: NinjaAPI) -> None:
    """Let this API answer every fault with a problem."""
    api.add_exception_handler(Http404, _not_found)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(ValidationError, _wrong_parameters)
    api.add_exception_handler(Exception, _our_fault)


def _not_found(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(404, "There is nothing public at this address.")


def _http_error(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.status_code, str(error))


def _wrong_parameters(request: HttpRequest, error: Any) -> HttpResponse:
    errors = [_wrong(each) for each in error.errors]
    return problem(422, " ".join(each["detail"] for each in errors), errors=errors)


def _wrong(error: dict[str, Any]) -> dict[str, Any]:
    if error["type"] == "unknown":
        return {"parameter": error["ctx"]["name"], "detail": error["msg"]}
    name = str(error["loc"][-1])
    return {"parameter": name, "detail": f"“{name}”: {error['msg'].rstrip('.')}."}


def _our_fault(request: HttpRequest, error: Any) -> HttpResponse:
    log.error("%s failed", request.path, exc_info=error)
    if outages.of(error):
        away = problem(503, "This is not available at this moment. Please try again in half a minute.")
        away["Retry-After"] = str(outages.COME_AGAIN)
        return away
    return problem(500, "Something went wrong on our side. Please try again later.")
