"""What every page's frame shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_info

from campaigns import network
from campaigns.menus import menu
from signon.models import source


def site(request: HttpRequest) -> dict[str, Any]:
    """The network's name, its pages, this page in the other languages, and where the source is (AGPL, section 13)."""
    current = translation.get_language()
    shown = network.current()
    return {
        "network_name": shown.name,
        "network_colors": shown.css_digest,
        "has_own_country_names": bool(shown.country_names),
        "site_url": settings.SITE_URL,
        "local_mode": settings.LOCAL_MODE,
        "openid_connect_name": settings.OPENID_CONNECT_NAME,
        # Asked for by the pages that show it.
        "menu": SimpleLazyObject(menu),
        "source_url": settings.SOURCE_URL,
        # By whose link this page was opened, for links that lead on to the form.
        "via_query": source.query(request.GET.get("via", "")),
        "language_links": [
            {
                "code": code,
                "name": get_language_info(code)["name_local"],
                "url": translate_url(request.get_full_path(), code),
                "current": code == current,
            }
            for code, _name in settings.LANGUAGES
        ],
    }
