"""A course as a picture: time from left to right, sessions as marks, windows as bars in lanes by subject.

A pure function from sessions, windows and today to two SVG elements of the same height: the names of the lanes,
which stay in place while the rest scrolls, and the days. Colours and patterns come from the stylesheet, so that
the same picture stands on a light and a dark screen and on paper; no kind of bar differs from another by colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from xml.etree.ElementTree import Element, SubElement

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from anagen.medicine.timeline import Window

from .layout import LANE_GAP, ROW, Bar, Lane, Placed, Scale, bar_words, lanes_of, scale_of, tone
from .strokes import PATTERNS, line, markup, patterns, size, swatch, text
from .wording import long_day, short_day

_DAY = timedelta(days=1)

MONTHS, WEEKS, SESSIONS, FOOT = 24, 20, 78, 26
RADIUS = 12
LEAST_WEEK = 22  # narrower weeks are not numbered


@dataclass(frozen=True, slots=True)
class Picture:
    """The two halves of the drawing, and what it says in one sentence."""

    names: SafeString
    days: SafeString
    key: tuple[tuple[SafeString, str], ...]  # swatch and meaning of each kind of bar that occurs
    summary: str


def draw(
    sessions: Sequence[Placed],
    windows: Iterable[Window],
    *,
    today: date,
    before: Sequence[Placed] = (),
    chosen: int = 0,
    refused: date | None = None,
    link: Callable[[int], str] | None = None,
    width: int = 1000,
    names_width: int = 150,
    name: str = "course",
) -> Picture:
    """Draw a course.

    `before`: the sessions of the plan that stands, shown as empty marks where a trial moves them. `chosen`: the
    session that is being moved; `refused`: the day it may not have. `link`: address for a session's mark.
    `name` makes the ids of the drawing its own.
    """
    windows = sorted(windows, key=lambda one: (one.start, one.end or date.max, one.subject, one.rule))
    scale = scale_of(sessions, windows, before, today, width)
    lanes = lanes_of(windows, scale.first, scale.end)
    top = MONTHS + WEEKS + SESSIONS
    height = top + sum(lane.height for lane in lanes) + FOOT
    summary = _summary(sessions, today)
    days = _Days(scale, lanes, height, today, name)
    svg = days.drawn(sessions, before, chosen, link, summary)
    if refused is not None and scale.first <= refused < scale.end:
        days.refused(svg, refused)
    kinds = dict.fromkeys(tone(bar.window) for lane in lanes for row in lane.rows for bar in row)
    return Picture(
        names=markup(_names(lanes, height, names_width, top)),
        days=markup(svg),
        key=tuple((swatch(kind, name), words) for kind, words in _key_words().items() if kind in kinds),
        summary=summary,
    )


def _key_words() -> Mapping[str, str]:
    return {
        "stop": _("no session possible"),
        "heal": _("skin heals, no session"),
        "own": _("own life"),
        "review": _("we look how it goes"),
        "avoid": _("please avoid"),
        "do": _("please do, or watch for"),
    }


class _Days:
    """The half with the days."""

    def __init__(self, scale: Scale, lanes: Sequence[Lane], height: int, today: date, name: str) -> None:
        self.scale, self.lanes, self.height, self.today, self.name = scale, lanes, height, today, name
        self.top = MONTHS + WEEKS + SESSIONS

    def drawn(
        self,
        sessions: Sequence[Placed],
        before: Sequence[Placed],
        chosen: int,
        link: Callable[[int], str] | None,
        summary: str,
    ) -> Element:
        width = self.scale.width
        svg = Element(
            "svg",
            {"class": "course-drawing", "viewBox": f"0 0 {width:g} {self.height}", "role": "group"}
            | {"aria-label": summary},
        )
        patterns(SubElement(svg, "defs"), self.name)
        _grounds(svg, self.lanes, self.top, width)
        self._months(svg)
        self._weeks(svg)
        self._lanes(svg)
        self._lines_down(svg, sessions)
        self._today(svg)
        self._sessions(svg, sessions, before, chosen, link)
        return svg

    def _months(self, svg: Element) -> None:
        group = SubElement(svg, "g", {"class": "months", "aria-hidden": "true"})
        day = self.scale.first
        while day < self.scale.end:
            following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
            left, right = self.scale.x(day), self.scale.x(min(following, self.scale.end))
            if day.day == 1 and day != self.scale.first:
                line(group, left, 2, left, self.height - FOOT, "month-line")
            room = right - left
            for form in ("F Y", "M Y", "M"):
                words = date_format(day, form)
                if len(words) * 7.4 + 12 <= room:
                    text(group, left + 6, 16, words, "month")
                    break
            day = following

    def _weeks(self, svg: Element) -> None:
        """A line for each Monday, with its day of the month where there is room."""
        group = SubElement(svg, "g", {"class": "weeks", "aria-hidden": "true"})
        week = self.scale.day * 7
        every = 1 if week >= LEAST_WEEK else 0
        day = self.scale.first
        while day < self.scale.end:
            if every:
                left = self.scale.x(day)
                line(group, left, MONTHS, left, self.height - FOOT, "week-line")
                text(group, left + 4, MONTHS + 14, str(day.day), "week")
            day += 7 * _DAY
        line(group, 0, MONTHS + WEEKS, self.scale.width, MONTHS + WEEKS, "rule")

    def _lanes(self, svg: Element) -> None:
        y = float(self.top)
        for lane in self.lanes:
            group = SubElement(svg, "g", {"class": "lane", "role": "group", "aria-label": lane.name})
            for number, row in enumerate(lane.rows):
                for bar in row:
                    self._bar(group, bar, y + LANE_GAP / 2 + number * ROW)
            y += lane.height

    def _bar(self, group: Element, bar: Bar, y: float) -> None:
        left, right = self.scale.x(bar.start), self.scale.x(bar.end)
        kind = tone(bar.window)
        words = bar_words(bar.window)
        one = SubElement(group, "g", {"class": f"bar bar--{kind}", "role": "img", "aria-label": words})
        SubElement(one, "title").text = words
        place = {"x": f"{left:g}", "y": f"{y + 1.5:g}", "rx": "3"} | size(max(right - left, 2), ROW - 3)
        SubElement(one, "rect", {"class": "bar-ground"} | place)
        if kind in PATTERNS:
            SubElement(one, "rect", {"fill": f"url(#{self.name}-{kind})", "class": "bar-pattern"} | place)
        if bar.goes_on:
            points = f"M{right - 8:g} {y + 4:g}l5 4.5-5 4.5"
            SubElement(one, "path", {"class": "bar-on", "d": points})
        inside = bar.window.reason if kind == "own" else ""
        if inside and len(inside) * 6.6 + 12 <= right - left:
            text(one, left + 6, y + 12.5, inside, "bar-words")

    def _lines_down(self, svg: Element, sessions: Sequence[Placed]) -> None:
        group = SubElement(svg, "g", {"class": "session-lines", "aria-hidden": "true"})
        for session in sessions:
            x = self.scale.x(session.day) + self.scale.day / 2
            line(group, x, self.top - 8, x, self.height - FOOT, "session-line")

    def _today(self, svg: Element) -> None:
        words = _("Today, %(day)s") % {"day": short_day(self.today)}
        y = self.height - 8
        if not self.scale.first <= self.today < self.scale.end:
            past = self.today < self.scale.first
            words = f"← {words}" if past else f"{words} →"
            text(svg, 4 if past else self.scale.width - 4, y, words, "today", "start" if past else "end")
            return
        x = self.scale.x(self.today) + self.scale.day / 2
        group = SubElement(svg, "g", {"class": "today-mark"})
        line(group, x, MONTHS, x, self.height - FOOT + 6, "today-line")
        half = len(words) * 3.6
        anchor = "start" if x < half else "end" if x > self.scale.width - half else "middle"
        at = 2.0 if anchor == "start" else self.scale.width - 2 if anchor == "end" else x
        text(group, at, y, words, "today", anchor)

    def _sessions(
        self,
        svg: Element,
        sessions: Sequence[Placed],
        before: Sequence[Placed],
        chosen: int,
        link: Callable[[int], str] | None,
    ) -> None:
        group = SubElement(svg, "g", {"class": "sessions", "role": "group", "aria-label": _("Sessions")})
        y = self.top - 22
        now = {session.number: session.day for session in sessions}
        for old in before:
            if now.get(old.number) != old.day:
                self._ghost(group, old, now.get(old.number), y)
        free_from = [float("-inf"), float("-inf")]
        for session in sessions:
            x = self.scale.x(session.day) + self.scale.day / 2
            moved = any(old.number == session.number and old.day != session.day for old in before)
            mark = self._mark(group, session, x, y, moved=moved, chosen=session.number == chosen, link=link)
            words = short_day(session.day)
            half = len(words) * 3.5
            row = next((row for row in (0, 1) if free_from[row] <= x - half), None)
            if row is not None:
                free_from[row] = x + half + 4
                at = min(max(x, half), self.scale.width - half)
                text(mark, at, y - RADIUS - 7 - 15 * row, words, "session-day", "middle")
                if row:
                    line(mark, x, y - RADIUS - 17, x, y - RADIUS - 1, "session-lead")

    def _mark(
        self,
        group: Element,
        session: Placed,
        x: float,
        y: float,
        *,
        moved: bool,
        chosen: bool,
        link: Callable[[int], str] | None,
    ) -> Element:
        past = session.day < self.today
        words = _("Session %(number)d, %(day)s") % {"number": session.number, "day": long_day(session.day)}
        if past:
            words = _("%(session)s, past") % {"session": words}
        kind = "past" if past else "moved" if moved else "planned"
        attributes = {
            "class": f"session session--{kind}{' session--chosen' if chosen else ''}",
            "aria-label": words,
        }
        if link is not None and not past:
            attributes |= {"href": link(session.number), "data-session": str(session.number)}
            attributes["data-day"] = session.day.isoformat()
            attributes["aria-label"] = _("%(session)s. Try another date") % {"session": words}
            mark = SubElement(group, "a", attributes)
        else:
            mark = SubElement(group, "g", attributes | {"role": "img", "tabindex": "0"})
        SubElement(mark, "title").text = words
        if chosen:
            SubElement(
                mark, "circle", {"class": "session-ring", "cx": f"{x:g}", "cy": f"{y}", "r": f"{RADIUS + 4}"}
            )
        SubElement(mark, "circle", {"class": "session-dot", "cx": f"{x:g}", "cy": f"{y}", "r": f"{RADIUS}"})
        text(mark, x, y + 4.5, str(session.number), "session-number", "middle")
        return mark

    def refused(self, svg: Element, day: date) -> None:
        """A crossed mark on the day that was asked for and cannot be had."""
        x, y = self.scale.x(day) + self.scale.day / 2, self.top - 22
        words = _("Not possible on %(day)s") % {"day": long_day(day)}
        mark = SubElement(svg, "g", {"class": "session session--refused", "role": "img", "aria-label": words})
        SubElement(mark, "title").text = words
        line(mark, x, y, x, self.height - FOOT, "session-line")
        SubElement(mark, "circle", {"class": "session-dot", "cx": f"{x:g}", "cy": f"{y}", "r": f"{RADIUS}"})
        cross = f"M{x - 5:g} {y - 5}l10 10m0-10l-10 10"
        SubElement(mark, "path", {"class": "session-cross", "d": cross})

    def _ghost(self, group: Element, old: Placed, now: date | None, y: float) -> None:
        """Where a session was: an empty mark, and an arrow to where it would be."""
        x = self.scale.x(old.day) + self.scale.day / 2
        words = _("Session %(number)d was on %(day)s") % {"number": old.number, "day": long_day(old.day)}
        mark = SubElement(
            group, "g", {"class": "session session--before", "role": "img", "aria-label": words}
        )
        SubElement(mark, "title").text = words
        SubElement(
            mark, "circle", {"class": "session-dot", "cx": f"{x:g}", "cy": f"{y}", "r": f"{RADIUS - 1}"}
        )
        if now is not None and abs(self.scale.x(now) - self.scale.x(old.day)) > 3 * RADIUS:
            end = self.scale.x(now) + self.scale.day / 2
            side = RADIUS + 2 if end > x else -RADIUS - 2
            tip = end - side
            back = -5 if end > x else 5
            path = f"M{x + side:g} {y}H{tip:g}m{back} -4l{-back} 4l{back} 4"
            SubElement(mark, "path", {"class": "session-arrow", "d": path})


def _names(lanes: Sequence[Lane], height: int, width: int, top: int) -> Element:
    svg = Element(
        "svg",
        {
            "class": "course-names",
            "viewBox": f"0 0 {width} {height}",
            "aria-hidden": "true",
            "focusable": "false",
        },
    )
    text(svg, 4, top - 17, _("Sessions"), "lane-name lane-name--strong")
    _grounds(svg, lanes, top, width)
    y = top
    for lane in lanes:
        text(svg, 4, y + lane.height / 2 + 4.5, lane.name, "lane-name")
        y += lane.height
    return svg


def _grounds(svg: Element, lanes: Sequence[Lane], top: float, width: float) -> None:
    """Every second lane has a ground of its own, under everything else."""
    y = top
    for position, lane in enumerate(lanes):
        if position % 2 == 0:
            SubElement(
                svg, "rect", {"class": "lane-ground", "x": "0", "y": f"{y:g}"} | size(width, lane.height)
            )
        y += lane.height


def _summary(sessions: Sequence[Placed], today: date) -> str:
    if not sessions:
        return _("No session is planned.")
    return _("%(count)d sessions, from %(first)s to %(last)s.") % {
        "count": len(sessions),
        "first": long_day(sessions[0].day),
        "last": long_day(sessions[-1].day),
    }
