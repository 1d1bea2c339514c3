"""What the first readers of a process would wait for, all at once in a burst, is there before it serves anybody.

No database is asked: a process starts without one and says so (/readyz).
"""

from __future__ import annotations

import gc

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation

# What a burst asks for.
PAGES = (
    "campaigns/home.html",
    "campaigns/statement.html",
    "signon/sign.html",
    "signon/sent.html",
    "signon/confirm.html",
    "signon/confirmed.html",
)


def warm() -> None:
    """Import all views, read all catalogs, compile the templates of what a burst asks for."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            reverse("home")
    for name in PAGES:
        get_template(name)
    # What is there now stays: the collector of unreachable objects need not look through it again and again.
    gc.collect()
    gc.freeze()
    # What a request makes is gone with it, cycles and all but a few: looked for each 700 objects it costs more.
    gc.set_threshold(10_000, 20, 20)
