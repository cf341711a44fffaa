"""Numbers in, pictures out: every chart of the screens and of the documents, as small self-contained SVG.

A chart never stands alone: beside it the page gives the same figures in a table or a sentence, and its ``title`` says in
one sentence what to see. Screens are painted by classes (no inline style, the Content-Security-Policy forbids it), print
by presentation attributes (the PDF press does not apply the page’s stylesheet inside SVG). Two readings differ by stroke
and dot, never by hue alone.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from html import escape
from itertools import groupby, pairwise
from math import cos, pi, sin

from assessments.scoring import percent_text

PETROL, INK, MUTED, LINE, EDGE, TERRA, PAPER = (
    "#0F4C5C",
    "#16262E",
    "#4A5A63",
    "#DAD7CF",
    "#7C8A8F",
    "#A9412A",
    "#FFFFFF",
)
TEXT = 'font-family="Inter" font-size="12"'

SCREEN: Mapping[str, str] = {
    role: f'class="{role}"'
    for role in (
        *("ln", "ln-2", "me", "me-dot", "other", "other-dot", "tx", "tx-ink"),
        *("axis", "past", "pt", "pt-done", "pt-big", "now", "now-t", "bar"),
        *("g-grid", "g-today", "g-audit", "g-todo", "g-part", "g-first", "g-first-o"),
    )
}
PRINT: Mapping[str, str] = {
    "ln": f'fill="none" stroke="{LINE}" stroke-width="1"',
    "ln-2": f'fill="none" stroke="{EDGE}" stroke-width="1"',
    "me": f'fill="{PETROL}" fill-opacity=".1" stroke="{PETROL}" stroke-width="2.25" stroke-linejoin="round"',
    "me-dot": f'fill="{PETROL}"',
    "other": f'fill="none" stroke="{INK}" stroke-width="1.75" stroke-dasharray="5 4" stroke-linejoin="round"',
    "other-dot": f'fill="{PAPER}" stroke="{INK}" stroke-width="1.5"',
    "tx": f'{TEXT} fill="{MUTED}"',
    "tx-ink": f'{TEXT} fill="{INK}" font-weight="600"',
    "axis": f'stroke="{PETROL}" stroke-width="2"',
    "past": f'stroke="{PETROL}" stroke-width="6" stroke-linecap="round"',
    "pt": f'fill="{PAPER}" stroke="{PETROL}" stroke-width="2"',
    "pt-done": f'fill="{PETROL}" stroke="{PETROL}" stroke-width="2"',
    "pt-big": f'fill="{PETROL}"',
    "now": f'stroke="{INK}" stroke-width="1.5"',
    "now-t": f'{TEXT} fill="{INK}" font-weight="600"',
    "bar": f'fill="{PETROL}"',
    "g-grid": f'stroke="{LINE}" stroke-width="1"',
    "g-today": f'stroke="{INK}" stroke-width="1" stroke-dasharray="2 3"',
    "g-audit": f'stroke="{INK}" stroke-width="1.5"',
    "g-todo": f'fill="{PAPER}" stroke="{PETROL}" stroke-width="1.5"',
    "g-part": f'fill="{PETROL}"',
    "g-first-o": f'fill="{PAPER}" stroke="{TERRA}" stroke-width="1.5"',
    "g-first": f'fill="{TERRA}"',
}
"""Role → how it is painted."""


class Svg(str):
    """Markup already escaped: a template prints it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of the timeline; ``note`` is its date in words, shown for the big ones."""

    on: date
    label: str
    note: str = ""
    big: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A maturity on a day, under the rules of ``rules``: readings under different rules are never joined."""

    on: date
    value: Fraction
    rules: str = ""


# Radar


def radar(
    axes: Sequence[str],
    values: Sequence[Fraction | None],
    *,
    title: str,
    other: Sequence[Fraction | None] | None = None,
    percents: bool = False,
    margin: int = 0,
    paint: Mapping[str, str] = SCREEN,
) -> Svg:
    """Shares 0 to 1 on as many axes as there are labels, from the top clockwise; None leaves the line open.

    ``other`` is a second reading, dashed with hollow dots; ``percents`` writes the first reading under each label;
    ``margin`` is room left on both sides for long labels.
    """
    centre, radius = (180 + margin, 166), 130
    turn = [2 * pi * rank / max(1, len(axes)) for rank in range(len(axes))]

    def at(angle: float, share: float) -> tuple[float, float]:
        return centre[0] + radius * share * sin(angle), centre[1] - radius * share * cos(angle)

    parts = [
        _shape("polygon", paint["ln-2" if ring == 4 else "ln"], points=_points(at(angle, ring / 4) for angle in turn))
        for ring in (1, 2, 3, 4)
    ]
    parts += [_line(paint["ln"], centre, at(angle, 1)) for angle in turn]
    for role, reading in (("me", values), ("other", other)):
        if reading is not None:
            known = [None if share is None else at(angle, share) for angle, share in zip(turn, reading, strict=True)]
            parts += _outline(role, known, paint)
    for label, angle, share in zip(axes, turn, values, strict=True):
        x, y = at(angle, 1.11)
        anchor = "middle" if abs(sin(angle)) < 0.1 else "start" if sin(angle) > 0 else "end"
        lift = 5 - 7 * (cos(angle) + 0.3) if percents else 5
        parts.append(_text(paint["tx" if share is None else "tx-ink"], label, (x, y + lift), anchor))
        if percents:
            parts.append(_text(paint["tx"], "–" if share is None else percent_text(share), (x, y + lift + 14), anchor))
    return _svg("svg radar", (360 + 2 * margin, 336), title, parts, paint)


def _outline(role: str, known: list[tuple[float, float] | None], paint: Mapping[str, str]) -> Iterable[str]:
    """A closed shape when every axis has a point, else a line between the neighbours that both have one."""
    if None not in known:
        yield _shape("polygon", paint[role], points=_points(known))
    else:
        for one, two in zip(known, known[1:] + known[:1], strict=True):
            if one and two:
                yield _line(paint[role], one, two)
    for point in known:
        if point:
            yield _dot(paint[f"{role}-dot"], point, 3.5)


# Bar


def bar(value: Fraction | None, *, title: str, paint: Mapping[str, str] = SCREEN) -> Svg:
    """One share 0 to 1 as a bar on a rule, stretched to the box it is given."""
    parts = [_line(paint["ln-2"], (0, 11.5), (100, 11.5))]
    if value:
        parts.append(_shape("rect", paint["bar"], x="0", y="3", width=_figure(float(100 * value)), height="8"))
    return _svg("svg bars", (100, 12), title, parts, paint, stretched=True)


# Columns


def columns(
    counts: Sequence[int], *, mark: int | None = None, title: str | None = None, paint: Mapping[str, str] = SCREEN
) -> Svg:
    """A distribution as columns side by side, the highest as tall as the picture; ``mark`` dots the place of one of them.

    Without ``title`` it is hidden from screen readers: the page says the counts beside it.
    """
    step, top = 24, max([*counts, 1])
    parts = [_line(paint["ln-2"], (0, 32.5), (step * len(counts), 32.5))]
    for place, count in enumerate(counts):
        if count:
            height = max(2.0, 30 * count / top)
            parts.append(
                _shape("rect", paint["bar"], x=str(step * place + 4), y=_figure(32 - height), width="16", height=_figure(height))
            )
        if place == mark:
            parts.append(_dot(paint["other-dot"], (step * place + 12, 38), 4))
    return _svg("svg columns", (step * len(counts), 44), title, parts, paint)


# Timeline


def timeline(
    moments: Sequence[Moment],
    today: date,
    *,
    title: str,
    today_label: str = "Aujourd’hui",
    paint: Mapping[str, str] = SCREEN,
) -> Svg:
    """Moments on one line to scale, the past thick, the big ones labelled; a label that would run into another is left out."""
    width, left, right, y = 824, 6, 814, 70
    days = sorted(moment.on for moment in moments)
    if not days:
        return _svg("svg timeline", (width, 132), title, [], paint)
    first, span = days[0], max(1, (days[-1] - days[0]).days)

    def at(day: date) -> float:
        return left + (right - left) * (day - first).days / span

    parts = []
    new_years = [(year, at(date(year, 1, 1))) for year in range(first.year + 1, days[-1].year + 1)]
    for year, x in new_years:
        parts += [_line(paint["ln"], (x, 80), (x, 94)), _text(paint["tx"], str(year), (x + 6, 94))]
    if not new_years or new_years[0][1] > left + 48:
        parts.append(_text(paint["tx"], str(first.year), (left, 94)))
    parts.append(_line(paint["axis"], (left, y), (right, y)))
    now = at(today)
    if now > left:
        parts.append(_line(paint["past"], (left, y), (min(now, right), y)))
    taken = 0.0
    for moment in sorted(moments, key=lambda moment: (moment.big, moment.on)):
        x = at(moment.on)
        role = "pt-big" if moment.big else "pt-done" if moment.on <= today else "pt"
        parts.append(_dot(paint[role], (x, y), 9 if moment.big else 4))
        if moment.big:
            room = 8.0 * max(len(moment.label), len(moment.note))
            anchor = "start" if x < width / 4 else "end" if x > width * 3 / 4 else "middle"
            tip = {"start": x - 9, "middle": x, "end": x + 9}[anchor]
            begin = {"start": tip, "middle": tip - room / 2, "end": tip - room}[anchor]
            if begin >= taken:
                parts += [
                    _text(paint["tx-ink"], moment.label, (tip, 30), anchor),
                    _text(paint["tx"], moment.note, (tip, 49), anchor),
                ]
                taken = begin + room
    if left <= now <= right:
        anchor, tip = ("start", now) if now < 40 else ("end", now) if now > width - 40 else ("middle", now)
        parts += [_line(paint["now"], (now, 54), (now, 114)), _text(paint["now-t"], today_label, (tip, 130), anchor)]
    return _svg("svg timeline", (width, 132), title, parts, paint)


# Gantt


def gantt_row(
    start: date | None,
    due: date | None,
    *,
    first_month: date,
    months: int,
    today: date,
    audit: date | None = None,
    done: Fraction | int = 0,
    blocking: bool = False,
    title: str | None = None,
    paint: Mapping[str, str] = SCREEN,
) -> Svg:
    """One action over ``months`` columns of equal width, both days included, cut at the edges; ``done`` is the share achieved.

    Without ``title`` the bar is hidden from screen readers: the page says its dates in words. Without a start the bar is
    a week long, up to the due date; without either there is only the grid.
    """
    column = 100
    width = column * months

    def at(day: date, *, end: bool = False) -> float:
        gone = (day.year - first_month.year) * 12 + day.month - first_month.month
        return column * (gone + (day.day - (not end)) / monthrange(day.year, day.month)[1])

    def upright(role: str, x: float) -> str:
        return _line(paint[role], (x, -80), (x, 112))

    parts = [upright("g-grid", column * month) for month in range(months)]
    for role, day in (("g-today", today), ("g-audit", audit)):
        if day and 0 <= at(day) <= width:
            parts.append(upright(role, at(day)))
    if start or due:
        stop = at(due or start, end=True)
        begin = min(at(start) if start else stop - column / 4, stop)
        left, right = max(0.0, begin), min(float(width), stop)
        if left < right:
            whole, part = ("g-first-o", "g-first") if blocking else ("g-todo", "g-part")
            parts.append(_box(paint[whole], left, right))
            reached = min(right, begin + (stop - begin) * float(done))
            if reached > left:
                parts.append(_box(paint[part], left, reached))
    return _svg("gantt-bar", (width, 32), title, parts, paint, stretched=True)


def _box(paint: str, left: float, right: float) -> str:
    return _shape("rect", paint, x=_figure(left), y="9", width=_figure(right - left), height="14")


# Trend


def trend(readings: Sequence[Reading], *, title: str, paint: Mapping[str, str] = SCREEN) -> Svg:
    """Maturity from reading to reading, to scale; the line breaks where the rules change, since the two sides do not compare."""
    left, right, top, bottom = 56, 790, 26, 150
    ordered = sorted(readings, key=lambda reading: reading.on)
    parts = []
    for share in (Fraction(1), Fraction(1, 2), Fraction(0)):
        y = bottom - (bottom - top) * float(share)
        parts += [
            _line(paint["ln"], (left, y), (right, y)),
            _text(paint["tx"], percent_text(share), (left - 8, y + 5), "end"),
        ]
    if ordered:
        first, span = ordered[0].on, max(1, (ordered[-1].on - ordered[0].on).days)
        for _, same_rules in groupby(ordered, key=lambda reading: reading.rules):
            run = [
                (
                    left + 16 + (right - left - 32) * (reading.on - first).days / span,
                    bottom - (bottom - top) * float(reading.value),
                    reading.value,
                )
                for reading in same_rules
            ]
            parts += [_line(paint["me"], one[:2], two[:2]) for one, two in pairwise(run)]
            for x, y, value in run:
                parts += [
                    _dot(paint["me-dot"], (x, y), 4),
                    _text(paint["tx-ink"], percent_text(value), (x, y - 10), "middle"),
                ]
    return _svg("svg trend", (824, 168), title, parts, paint)


# The ink


def _svg(
    classes: str,
    size: tuple[int, int],
    title: str | None,
    parts: Iterable[str],
    paint: Mapping[str, str],
    *,
    stretched: bool = False,
) -> Svg:
    painted = f'class="{classes}" ' if paint is SCREEN else ""
    ratio = ' preserveAspectRatio="none"' if stretched else ""
    said = 'role="img"' if title else 'aria-hidden="true"'
    words = f"<title>{_safe(title)}</title>" if title else ""
    return Svg(f'<svg {painted}viewBox="0 0 {size[0]} {size[1]}"{ratio} {said}>{words}{"".join(parts)}</svg>')


def _shape(tag: str, paint: str, **attributes: str) -> str:
    written = " ".join([f'{name}="{value}"' for name, value in attributes.items()])
    return f"<{tag} {paint} {written}/>"


def _line(paint: str, one: tuple[float, float], two: tuple[float, float]) -> str:
    return _shape("line", paint, x1=_figure(one[0]), y1=_figure(one[1]), x2=_figure(two[0]), y2=_figure(two[1]))


def _dot(paint: str, at: tuple[float, float], radius: float) -> str:
    return _shape("circle", paint, cx=_figure(at[0]), cy=_figure(at[1]), r=_figure(radius))


def _text(paint: str, text: str, at: tuple[float, float], anchor: str = "start") -> str:
    return f'<text {paint} text-anchor="{anchor}" x="{_figure(at[0])}" y="{_figure(at[1])}">{_safe(text)}</text>'


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{_figure(x)},{_figure(y)}" for x, y in points)


def _figure(value: float) -> str:
    """At most one decimal; adding 0 turns « -0 » into « 0 »."""
    return f"{round(value, 1) + 0.0:g}"


NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _safe(text: str) -> str:
    """Escaped for XML, without the characters XML cannot hold at all."""
    return escape(NOT_XML.sub("", text))
