"""A mail's HTML as a page of its own, to be shown in a frame."""

from django.http import HttpResponse


def framed(html: str) -> HttpResponse:
    """Under a policy that allows the mail's own styles, and lets nothing in it run or load."""
    response = HttpResponse(html)
    response._csp_replace = {  # type: ignore[attr-defined]
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "frame-ancestors": ["'self'"],
        "sandbox": [
            "allow-popups",
            "allow-popups-to-escape-sandbox",
            "allow-top-navigation-by-user-activation",
        ],
    }
    return response
