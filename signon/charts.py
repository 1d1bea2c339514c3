"""Pictures of numbers as SVG, made here: each has a title and a description, and stands beside a table.

Colors come from the page's style sheet by class, so that they follow day and night; no style is written in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 290, 76, 16, 40, 44
# Of bars that lie: as wide as a phone, so that its words stay legible there.
NARROW, LABEL, LONGEST_BAR, ROW = 360, 110, 190, 30


def over_time(
    points: Sequence[tuple[date, int, int]],
    *,
    title: str,
    words: str,
    goal: int | None = None,
    goal_label: str = "",
    ends_on: date | None = None,
) -> SafeString:
    """Bars of a first number and a line of a second, growing one, for each date (ascending, at least one).

    `goal` is a dashed line across, `ends_on` the date at which the picture ends where it lies ahead.
    """
    first, last = points[0][0], max(points[-1][0], ends_on or points[-1][0])
    span = max((last - first).days, 1)
    most = max([goal or 0, *(max(bar, line) for _day, bar, line in points), 1])
    width, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(day: date) -> float:
        return round(LEFT + width * (day - first).days / span, 1)

    def y(number: int) -> float:
        return round(TOP + height * (1 - number / most), 1)

    thick = max(2.0, min(18.0, 0.6 * width / max(len(points), span if len(points) == span else len(points))))
    bars = format_html_join(
        "",
        '<rect class="chart-bar" x="{}" y="{}" width="{}" height="{}"/>',
        ((max(LEFT, round(x(day) - thick / 2, 1)), y(bar), round(thick, 1), round(y(0) - y(bar), 1))
         for day, bar, _line in points if bar),
    )  # fmt: skip
    path = " ".join(f"{'L' if place else 'M'}{x(day)} {y(line)}" for place, (day, _bar, line) in enumerate(points))
    aim = ""
    if goal:
        aim = format_html(
            '<path class="chart-goal" d="M{} {}H{}"/><text class="chart-label" x="{}" y="{}">{}</text>',
            LEFT, y(goal), WIDTH - RIGHT, LEFT + 6, y(goal) - 6, goal_label,
        )  # fmt: skip
    return format_html(
        '<svg class="chart chart-wide" viewBox="0 0 {} {}" role="img" aria-labelledby="chart-title chart-words">'
        '<title id="chart-title">{}</title><desc id="chart-words">{}</desc>'
        '<path class="chart-axis" d="M{} {}H{}"/><text class="chart-label" x="{}" y="{}" text-anchor="end">{}</text>'
        '<text class="chart-label" x="{}" y="{}" text-anchor="end">0</text>{}{}<path class="chart-line" d="{}"/>'
        '<text class="chart-label" x="{}" y="{}">{}</text>'
        '<text class="chart-label" x="{}" y="{}" text-anchor="end">{}</text></svg>',
        WIDTH, HEIGHT, title, words, LEFT, y(0), WIDTH - RIGHT, LEFT - 8, y(most) + 10, most, LEFT - 8, y(0), bars,
        aim, path, LEFT, HEIGHT - 10, date_format(first, "j M"), WIDTH - RIGHT, HEIGHT - 10, date_format(last, "j M"),
    )  # fmt: skip


def bars(rows: Sequence[tuple[str, int]], *, title: str, words: str, name: str) -> SafeString:
    """Horizontal bars, each with its label and number; `name` keeps the ids of several on a page apart."""
    most = max([number for _label, number in rows] or [1]) or 1
    height = ROW * len(rows)
    drawn = format_html_join(
        "",
        '<text class="chart-label" x="0" y="{}">{}</text>'
        '<rect class="chart-bar" x="{}" y="{}" width="{}" height="14"/>'
        '<text class="chart-number" x="{}" y="{}">{}</text>',
        (
            (ROW * place + 19, label, LABEL, ROW * place + 7, length, LABEL + 8 + length, ROW * place + 19, number)
            for place, (label, number) in enumerate(rows)
            for length in [round(LONGEST_BAR * number / most, 1)]
        ),
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-words">'
        '<title id="{}-title">{}</title><desc id="{}-words">{}</desc>{}</svg>',
        NARROW, height, name, name, name, title, name, words, drawn,
    )  # fmt: skip
