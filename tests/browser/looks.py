"""Ways to look at a page: with FULL=1 all of them.

Else public pages are looked at twice, wide by day in English and on a phone by night in Arabic, and the desk's in the
second way, in which most goes wrong.
"""

import os
from itertools import product
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

# Where pictures of what was looked at go, for people: SHOTS=/tmp/shots make test ARGS=tests/browser/test_life.py
SHOTS = os.environ.get("SHOTS", "")
FULL = os.environ.get("FULL") == "1"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 800}
LANGUAGES = ["", "/ar"]


def of(*axes):
    """All combinations of these with FULL=1, else so few that each value is in one."""
    if FULL:
        return list(product(*axes))
    longest = max(map(len, axes))
    return [tuple(axis[number % len(axis)] for axis in axes) for number in range(longest)]


def named(values):
    """An id for pytest: (language, size, light) and the like."""
    words = [str(value["width"]) if isinstance(value, dict) else str(value).strip("/") or "en" for value in values]
    return " ".join(words)


# What a browser's context is opened with.
LOOKS = [{"viewport": WIDE, "color_scheme": "light"}]
DESK = [("/ar", {"viewport": PHONE, "color_scheme": "dark"})]
if FULL:
    LOOKS = [{"viewport": size, "color_scheme": light} for size, light in product([PHONE, WIDE], ["dark", "light"])]
    DESK = [(language, look) for language in LANGUAGES for look in LOOKS]


def look_named(look):
    return f"{look['viewport']['width']}-{look['color_scheme']}" if isinstance(look, dict) else look.strip("/") or "en"


def findings(page):
    """What axe finds at fault in a page that is there: [(rule, where)]."""
    page.wait_for_load_state()
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in Axe().run(page).response["violations"]]


def look(page, name, *, full_page=True):
    """No fault that axe finds, nothing wider than the page; and a picture for people."""
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, name, full_page=full_page)


def picture(page, name, *, full_page=True):
    if SHOTS:
        page.wait_for_load_state()
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=full_page)
