"""What the first readers of a process would wait for, all at once in a burst, is there before it serves anybody.

No database is asked: a process starts without one and says so (/readyz).
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation

# Folders of templates that strangers' pages are made of.
PUBLIC = ("campaigns", "components", "signon")


def warm() -> None:
    """Import all views, read all catalogs, compile the public pages' templates."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            reverse("home")
    templates = Path(settings.BASE_DIR, "templates")
    for folder in PUBLIC:
        for path in sorted((templates / folder).rglob("*.html")):
            get_template(str(path.relative_to(templates)))
