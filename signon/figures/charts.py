"""Pictures of numbers as SVG, made here: each has a title and a description, and stands beside a table.

Colors come from the page's style sheet by class, so that they follow day and night; what is written in them is for
readers without it. Where
the page runs from right to left (`rtl`), so do they: time from the right, its numbers at the right edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 290, 76, 16, 40, 44
# Of bars that lie: as wide as a phone, so that its words stay legible there.
NARROW, LABEL, LONGEST_BAR, ROW = 360, 130, 170, 30
# Of bars that lie below their labels.
LONG_ROW = 72


def over_time(
    points: Sequence[tuple[date, int, int]],
    *,
    title: str,
    words: str,
    goal: int | None = None,
    goal_label: str = "",
    ends_on: date | None = None,
    rtl: bool = False,
) -> SafeString:
    """Bars of a first number and a line of a second, growing one, for each date (ascending, at least one).

    `goal` is a dashed line across, `ends_on` the date at which the picture ends where it lies ahead.
    """
    first, last = points[0][0], max(points[-1][0], ends_on or points[-1][0])
    span = max((last - first).days, 1)
    most = max([goal or 0, *(max(bar, line) for _day, bar, line in points), 1])
    width, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def across(distance: float) -> float:
        """So far from the edge at which reading begins."""
        return round(WIDTH - distance if rtl else distance, 1)

    def along(day: date) -> float:
        return LEFT + width * (day - first).days / span

    def y(number: int) -> float:
        return round(TOP + height * (1 - number / most), 1)

    thick = max(2.0, min(18.0, 0.6 * width / max(len(points), span if len(points) == span else len(points))))
    bars = format_html_join(
        "",
        '<rect class="chart-bar" fill="#999" x="{}" y="{}" width="{}" height="{}"/>',
        (
            (across(begin + thick) if rtl else across(begin), y(bar), round(thick, 1), round(y(0) - y(bar), 1))
            for day, bar, _line in points
            if bar
            for begin in [max(LEFT, along(day) - thick / 2)]
        ),
    )
    path = " ".join(
        f"{'L' if place else 'M'}{across(along(day))} {y(line)}" for place, (day, _bar, line) in enumerate(points)
    )
    # A line of one point is none: it is a dot.
    dot = SafeString()
    if len(points) == 1:
        middle = LEFT + thick / 2  # of its bar
        dot = format_html('<circle class="chart-dot" cx="{}" cy="{}" r="5"/>', across(middle), y(points[0][2]))
    aim = SafeString()
    if goal:
        aim = format_html(
            '<path class="chart-goal" fill="none" stroke="#666" d="M{} {}H{}"/>'
            '<text class="chart-label" x="{}" y="{}">{}</text>',
            across(LEFT), y(goal), across(WIDTH - RIGHT), across(LEFT + 6), y(goal) - 6, goal_label,
        )  # fmt: skip
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" {} role="img" aria-labelledby="chart-title chart-words">'
        '<title id="chart-title">{}</title><desc id="chart-words">{}</desc>'
        '<path class="chart-axis" stroke="#999" d="M{} {}H{}"/>'
        '<text class="chart-label" x="{}" y="{}" text-anchor="end">{}</text>'
        '<text class="chart-label" x="{}" y="{}" text-anchor="end">{}</text>{}{}'
        '<path class="chart-line" fill="none" stroke="#000" d="{}"/>{}'
        '<text class="chart-label" x="{}" y="{}">{}</text>'
        '<text class="chart-label" x="{}" y="{}" text-anchor="end">{}</text></svg>',
        _classes("chart chart-wide", rtl=rtl), WIDTH, HEIGHT, _size(WIDTH, HEIGHT), title, words,
        across(LEFT), y(0), across(WIDTH - RIGHT),
        across(LEFT - 8), y(most) + 10, _printed(most), across(LEFT - 8), y(0), _printed(0), bars, aim, path, dot,
        across(LEFT), HEIGHT - 10, date_format(first, "j M"),
        across(WIDTH - RIGHT), HEIGHT - 10, date_format(last, "j M"),
    )  # fmt: skip


def _classes(classes: str, *, rtl: bool) -> str:
    return f"{classes} chart-rtl" if rtl else classes


def _size(width: int, height: int) -> SafeString:
    """What it measures where no style sheet says so."""
    return format_html('width="{}" height="{}"', width, height)


def _printed(number: int) -> str:
    """As the page beside it writes numbers."""
    return number_format(number, use_l10n=True, force_grouping=True)


def bars(rows: Sequence[tuple[str, int]], *, title: str, words: str, name: str, rtl: bool = False) -> SafeString:
    """Horizontal bars, each with its label and number; `name` keeps the ids of several on a page apart."""
    most = max([number for _label, number in rows] or [1]) or 1
    height = ROW * len(rows)

    def across(distance: float) -> float:
        return round(NARROW - distance if rtl else distance, 1)

    drawn = format_html_join(
        "",
        '<text class="chart-label" x="{}" y="{}">{}</text>'
        '<rect class="chart-bar" x="{}" y="{}" width="{}" height="14"/>'
        '<text class="chart-number" x="{}" y="{}">{}</text>',
        (
            (
                across(0),
                ROW * place + 19,
                label,
                across(LABEL + length) if rtl else across(LABEL),
                ROW * place + 7,
                length,
                across(LABEL + 8 + length),
                ROW * place + 19,
                _printed(number),
            )
            for place, (label, number) in enumerate(rows)
            for length in [round(LONGEST_BAR * number / most, 1)]
        ),
    )
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" {} role="img" aria-labelledby="{}-title {}-words">'
        '<title id="{}-title">{}</title><desc id="{}-words">{}</desc>{}</svg>',
        _classes("chart", rtl=rtl), NARROW, height, _size(NARROW, height), name, name, name, title, name, words, drawn,
    )  # fmt: skip


def long_bars(rows: Sequence[tuple[str, int]], *, title: str, words: str, name: str, rtl: bool = False) -> SafeString:
    """Horizontal bars, each below its label, which may be long; `name` keeps the ids of several on a page apart."""
    most = max([number for _label, number in rows] or [1]) or 1
    room = WIDTH - 90  # the number stands beside the bar
    height = LONG_ROW * len(rows)

    def across(distance: float) -> float:
        return round(WIDTH - distance if rtl else distance, 1)

    drawn = format_html_join(
        "",
        '<text class="chart-label" x="{}" y="{}">{}</text>'
        '<rect class="chart-bar" x="{}" y="{}" width="{}" height="18"/>'
        '<text class="chart-number" x="{}" y="{}">{}</text>',
        (
            (
                across(0),
                LONG_ROW * place + 22,
                label,
                across(length) if rtl else across(0),
                LONG_ROW * place + 36,
                length,
                across(length + 10),
                LONG_ROW * place + 52,
                _printed(number),
            )
            for place, (label, number) in enumerate(rows)
            for length in [round(max(room * number / most, 2), 1)]
        ),
    )
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" {} role="img" aria-labelledby="{}-title {}-words">'
        '<title id="{}-title">{}</title><desc id="{}-words">{}</desc>{}</svg>',
        _classes("chart chart-long", rtl=rtl), WIDTH, height, _size(WIDTH, height), name, name, name, title, name,
        words, drawn,
    )  # fmt: skip
