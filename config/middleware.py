"""What every request passes before a view sees it."""

from collections.abc import Callable
from functools import cached_property
from ipaddress import ip_address

from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.template.loader import render_to_string
from django.utils import translation

from config.failing import alone
from signon.people import factors

# What shrinks. Photos and PDFs are as small as they get, and lists on their way out stream.
COMPRESSED = ("text/", "application/json", "application/xml", "application/atom+xml", "image/svg+xml")
GetResponse = Callable[[HttpRequest], HttpResponse]


class TrustedProxies:
    """Believes X-Forwarded-For and X-Forwarded-Proto from settings.TRUSTED_PROXIES alone; takes them away else.

    The client is the last address that no trusted proxy has: what stands before it, the client may have written.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        if not is_trusted(request.META.get("REMOTE_ADDR", "")):
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
            # A proxy that nobody told us of: what it hides is not on its own network.
            request.META["undersigned.is_hidden"] = bool(forwarded)
        else:
            hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
            client = next((hop for hop in reversed(hops) if not is_trusted(hop)), None)
            request.META["REMOTE_ADDR"] = client or request.META["REMOTE_ADDR"]
        return self.get_response(request)


def is_trusted(address: str) -> bool:
    """Whether a peer is one of our proxies (settings.TRUSTED_PROXIES)."""
    try:
        return any(ip_address(address) in network for network in settings.TRUSTED_PROXIES)
    except ValueError:
        return False


class Compressed(GZipMiddleware):
    """Pages and other text go compressed; Django adds bytes by chance, so that a length tells nothing of a secret."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.headers.get("Content-Type", "").startswith(COMPRESSED):
            return response
        return super().process_response(request, response)


class Policy(CSPMiddleware):
    """What a page may load and run (settings.CONTENT_SECURITY_POLICY); put together once where a view changes nothing.

    No page of ours has a nonce: an answer whose request was given one, too, is left to django-csp.
    """

    @cached_property
    def usual(self) -> str:
        """The settings' policy."""
        return build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if self.get_policy_parts(request, response) != PolicyParts():
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self.usual)
        return response


class Isolated:
    """What a page of ours may ask of a browser (nothing), and who may take it into theirs (see CORP and COOP).

    Pictures and what is made for other sites (the API, oEmbed, which say so in Access-Control-Allow-Origin) may be
    fetched from anywhere; frames of statements are documents, which frame-ancestors rules.
    """

    FEATURES = (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen",
        "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi",
        "payment", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
    )  # fmt: skip
    # Copying a link and passkeys are for our own pages alone.
    OWN = ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
    POLICY = ", ".join([*(f"{name}=()" for name in FEATURES), *(f"{name}=(self)" for name in OWN)])

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.POLICY)
        is_for_all = "Access-Control-Allow-Origin" in response or response.get("Content-Type", "").startswith("image/")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if is_for_all else "same-origin")
        return response


class LocalOnly:
    """In local mode answers loopback peers alone, whatever the server is bound to."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.LOCAL_MODE and not _is_loopback(request.META.get("REMOTE_ADDR", "")):
            return HttpResponseForbidden("Local mode answers this machine alone.", content_type="text/plain")
        return self.get_response(request)


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


class LanguageFromPath:
    """The URL alone decides the language, so that one copy of a page serves all readers.

    Django's LocaleMiddleware also reads a cookie and Accept-Language and says so in Vary; this one does not.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


# Where staff work; while the site is away from strangers, they see that all is well before it comes back.
STAFF = ("/desk/", "/accounts/", "/admin/")


class Maintenance:
    """While settings.MAINTENANCE says that the site is away: answers 503, and says in words when to come again.

    Files of the page's looks are served before it, probes too; staff's pages answer as ever. The database may be away.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        minutes = settings.MAINTENANCE
        if not minutes or _is_staffs(request.path_info):
            return self.get_response(request)
        html = render_to_string("maintenance.html", {"minutes": minutes, **alone()})
        headers = {"Retry-After": str(minutes * 60), "Cache-Control": "no-store"}
        return HttpResponse(html, status=503, headers=headers)


def _is_staffs(path: str) -> bool:
    return _without_language(path).startswith(STAFF)


def _without_language(path: str) -> str:
    language = translation.get_language_from_path(path)
    return path.removeprefix(f"/{language}") if language else path


# What staff open with a second factor alone: the desk, with every list that leaves by it, and the admin.
GUARDED = ("/desk/", "/admin/")


class SecondFactor:
    """Leads staff who have no second factor, or did not show it in this session, to where they set it up or show it.

    By the path, so that no page of the desk or the admin can be forgotten. They come back to where they wanted to go.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _without_language(request.path_info).startswith(GUARDED):
            return self.get_response(request)
        standing = factors.standing(request)
        if standing in factors.SHUT:
            response = HttpResponseRedirect(factors.way_in(request, standing))
            response.headers["Cache-Control"] = "no-store"
            return response
        factors.arrived(request)
        request.second_factor_waived = standing is factors.Standing.WAIVED  # type: ignore[attr-defined]
        return self.get_response(request)
