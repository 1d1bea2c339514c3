"""Where the mail provider reports to: django-anymail's view, which neither cookie nor Origin guards.

The proof is the secret in the address (HTTP's basic authentication), or the provider's signature.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from signon.views.origin import View


def of(provider: str) -> View:
    """The view for a provider's events (anymail's name of it)."""
    from anymail import urls  # the views of all providers, with what each of them needs

    name = f"{provider}_tracking_webhook"
    theirs: Any = next(pattern.callback for pattern in urls.urlpatterns if pattern.name == name)

    class Events(theirs.view_class):
        def parse_events(self, request: HttpRequest) -> Any:
            # What cannot be read is the sender's fault: 400. What cannot be written is ours: 500, and it comes again.
            try:
                return super().parse_events(request)
            except Exception as error:  # a KeyError, a ValueError: whatever a payload does to the parser
                # Without the cause, whose words may hold what was sent: this is logged.
                raise BadRequest(f"not understood: {type(error).__name__}") from None

    return Events.as_view()
