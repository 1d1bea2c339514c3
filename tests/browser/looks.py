"""Ways to look at a page: with FULL=1 all of them.

Else public pages are looked at twice, wide by day in English and on a phone by night in Arabic, and the desk's in the
second way, in which most goes wrong.
"""

import os
from itertools import product

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
