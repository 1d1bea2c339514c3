"""`make bench-report`: what var/bench.json says of each size, as pictures for docs/performance.md."""

from __future__ import annotations

import json
import os
import re
import sys
from collections import defaultdict
from pathlib import Path

from tests.bench.__main__ import FIGURES

CHECKOUT = Path(__file__).resolve().parent.parent.parent
IMAGES = CHECKOUT / "docs" / "images"
# What becomes a picture: its name in the figures, how many of its units a bar counts, and its words.
DRAWN = [
    ("sign", "sign-ons a second"),
    ("confirm", "confirmations a second"),
    ("page", "statement pages a second"),
    ("page list", "slowest page of the list, in tenths of a millisecond of the database"),
    ("page search", "slowest search, in tenths of a millisecond of the database"),
]


def main() -> int:
    """Draw, and say where; 2 where nothing was measured."""
    if not FIGURES.exists():
        print("There are no figures: make bench first.", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.bare")
    os.environ.setdefault("SECRET_KEY", "of the report")
    import django

    django.setup()
    from signon.figures import charts

    by_name = sizes(json.loads(FIGURES.read_text()))
    for name, words in DRAWN:
        if not by_name[name]:
            continue
        times = 10 if "tenths" in words else 1
        rows = [(f"{size:,} names", round(value * times)) for size, value in sorted(by_name[name].items())]
        title = words[0].upper() + words[1:]
        drawn = charts.bars(rows, title=title, words=f"{title}, by the number of signatories.", name="bench")
        path = IMAGES / f"bench-{name.replace(' ', '-')}.svg"
        path.write_text(alone(drawn) + "\n")
        print(path.relative_to(CHECKOUT))
    return 0


def sizes(rows: list[dict[str, object]]) -> dict[str, dict[int, float]]:
    """The figures that stand at several sizes."""
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for row in rows:
        if match := re.fullmatch(r"(.+) (\d+)", str(row["name"])):
            found[match[1]][int(match[2])] = float(str(row["value"]))
    return found


def alone(drawn: str) -> str:
    """A picture as a file, which has no page's style sheet."""
    style = "<style>text{font:14px sans-serif;fill:#444}rect{fill:#7a3b2e}</style>"
    return drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).replace(
        "</desc>", f"</desc>{style}", 1
    )


if __name__ == "__main__":
    sys.exit(main())
