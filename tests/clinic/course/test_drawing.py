"""The picture: every window is in it, no two bars of a row overlap, and it is valid XML whatever is typed."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anagen.clinic.course import drawing, layout, presentation
from anagen.clinic.course.queries import one_of_each
from anagen.clinic.course.wording import lane_order, stretch
from anagen.knowledge.loader import shipped
from anagen.medicine.course import Session
from anagen.medicine.planning import Plan, plan_course
from anagen.medicine.timeline import SESSION, Window

START = date(2026, 11, 30)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def plan() -> Plan:
    holiday = Window(date(2026, 12, 23), date(2026, 12, 29), "busy", SESSION, "Christmas & <New Year>")
    cold = Window(date(2026, 11, 28), date(2026, 12, 2), "deferral", SESSION, "A cold", "infection.cold")
    knowledge = shipped()
    return plan_course(
        knowledge.protocols["hair-standard"], start=START, care=knowledge.care, busy=[holiday, cold]
    )


def drawn(plan: Plan, *, advice: bool = False, **options: object) -> tuple[drawing.Picture, list[Window]]:
    windows = list(layout.only(one_of_each(plan.windows), advice=advice))
    picture = drawing.draw(plan.course.sessions, windows, today=START - DAY, **options)  # type: ignore[arg-type]
    return picture, windows


def tree(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(markup)


def of_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [found for found in root.iter() if name in found.get("class", "").split()]


@pytest.mark.parametrize("advice", [False, True])
def test_every_window_of_the_table_is_in_the_picture(plan: Plan, advice: bool) -> None:
    picture, windows = drawn(plan, advice=advice)
    rows = presentation.rows_of(windows)
    assert sorted(map(str, (window for row in rows for window in row.windows))) == sorted(map(str, windows))
    said = [bar.get("aria-label") for bar in of_class(tree(picture.days), "bar")]
    assert sorted(map(str, said)) == sorted(layout.bar_words(window) for window in windows)
    for row in rows:
        for window, span in zip(row.windows, row.spans, strict=True):
            assert span.startswith(stretch(window.start, window.end))


def test_the_two_halves_are_valid_and_equally_high(plan: Plan) -> None:
    picture, _windows = drawn(plan)
    names, days = tree(picture.names), tree(picture.days)
    heights = {half.attrib["viewBox"].split()[3] for half in (names, days)}
    assert len(heights) == 1
    texts = [text.text for text in names.iter("text")]
    assert texts[:4] == ["Sessions", "No session", "Own life", "Review"]
    assert any("Christmas & <New Year>" in str(bar.get("aria-label")) for bar in of_class(days, "bar"))


def test_bars_do_not_overlap_on_paper(plan: Plan) -> None:
    picture, _windows = drawn(plan)
    rows: dict[str, list[tuple[float, float]]] = {}
    for ground in of_class(tree(picture.days), "bar-ground"):
        left, wide = float(ground.attrib["x"]), float(ground.attrib["width"])
        rows.setdefault(ground.attrib["y"], []).append((left, left + wide))
    assert len(rows) > 12
    for spans in rows.values():
        for one, other in pairwise(sorted(spans)):
            assert one[1] <= other[0] + 0.011, (one, other)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 80),
            st.one_of(st.none(), st.integers(1, 40)),
            st.sampled_from(["wash", "sun", "session", "moon dust"]),
            st.sampled_from(["avoid", "do", "busy", "deferral", "review"]),
            st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
        ),
        max_size=30,
    )
)
def test_any_windows_find_room(given_: list[tuple[int, int | None, str, str, str]]) -> None:
    windows = [
        Window(START + at * DAY, None if long is None else START + (at + long) * DAY, kind, subject, words)
        for at, long, subject, kind, words in given_
    ]
    first, end = START, START + 60 * DAY
    lanes = layout.lanes_of(windows, first, end)
    bars = [bar for lane in lanes for row in lane.rows for bar in row]
    assert sorted(map(str, (bar.window for bar in bars))) == sorted(
        str(window) for window in windows if window.meets(first, end)
    )
    for lane in lanes:
        for row in lane.rows:
            for one, other in pairwise(row):
                assert one.end <= other.start
    assert [lane.key for lane in lanes] == sorted((lane.key for lane in lanes), key=lane_order)
    for bar in bars:
        assert first <= bar.start < bar.end <= end
        assert bar.goes_on == (bar.window.end is None or bar.window.end > end)
    session = Session(1, START, START, START, "")
    picture = drawing.draw([session], windows, today=START)
    assert len(of_class(tree(picture.days), "session-dot")) == 1


def test_marks_are_links_that_say_what_they_do(plan: Plan) -> None:
    picture, _windows = drawn(plan, link=lambda number: f"/try?session={number}")
    marks = of_class(tree(picture.days), "session")
    assert len(marks) == 8
    first = plan.course.days[0]
    assert marks[0].attrib["href"] == "/try?session=1"
    assert marks[0].attrib["aria-label"].startswith(f"Session 1, Wednesday, {first.day} December 2026")
    assert marks[0].attrib["aria-label"].endswith("Try another date")


def test_without_links_marks_can_still_be_reached(plan: Plan) -> None:
    picture, _windows = drawn(plan)
    for mark in of_class(tree(picture.days), "session"):
        assert (mark.tag, mark.attrib["tabindex"], mark.attrib["role"]) == ("g", "0", "img")


def test_sessions_and_today_stand_in_order_of_time(plan: Plan) -> None:
    picture, _windows = drawn(plan)
    root = tree(picture.days)
    dots = [float(dot.attrib["cx"]) for dot in of_class(root, "session-dot")]
    assert dots == sorted(dots)
    assert of_class(root, "today")[0].text == "Today, Sun 29 Nov"
    assert float(of_class(root, "today-line")[0].attrib["x1"]) < dots[0]


def test_a_trial_shows_where_sessions_were(plan: Plan) -> None:
    knowledge = shipped()
    moved = plan_course(
        knowledge.protocols["hair-standard"],
        start=START,
        fixed={1: plan.course.days[0], 2: plan.course.days[1] + 3 * DAY},
    )
    root = tree(
        drawing.draw(
            moved.course.sessions, [], today=START, before=plan.course.sessions, chosen=2, refused=START
        ).days
    )
    changed = sum(a != b for a, b in zip(plan.course.days, moved.course.days, strict=True))
    assert len(of_class(root, "session--before")) == changed > 1
    assert len(of_class(root, "session--moved")) == changed
    assert len(of_class(root, "session--chosen")) == 1
    assert len(of_class(root, "session--refused")) == 1


def test_ids_are_its_own(plan: Plan) -> None:
    ids = [
        pattern.attrib["id"]
        for name in ("course", "advice")
        for pattern in tree(drawn(plan, name=name)[0].days).iter("pattern")
    ]
    assert len(ids) == len(set(ids)) > 4


def test_kinds_differ_by_pattern_and_not_by_colour_alone(plan: Plan) -> None:
    picture, _windows = drawn(plan)
    swatches = [str(swatch) for swatch, _words in picture.key]
    assert len(swatches) >= 4
    fills = [mark.split("url(#")[1].split(")")[0] if "url(#" in mark else "" for mark in swatches]
    assert len(set(fills)) == len(fills)


def test_today_far_away_is_said_in_words(plan: Plan) -> None:
    picture = drawing.draw(plan.course.sessions, [], today=START - 200 * DAY)
    assert of_class(tree(picture.days), "today")[0].text == "← Today, Thu 14 May"
    assert not of_class(tree(picture.days), "today-line")


def test_nothing_planned_is_a_picture_too() -> None:
    picture = drawing.draw([], [], today=START)
    assert picture.summary == "No session is planned."
    assert tree(picture.days).attrib["aria-label"] == picture.summary
