"""The map of a session: its doses, what is left out and marked, progress, and what cannot be."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries
from tests.clinic.conftest import PASSWORD
from tests.clinic.treatment import chair

from anagen.clinic.people.actions import ChangedMeanwhile, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.treatment import actions, drawing, maps, marks
from anagen.clinic.treatment.mapping import Plan, Wish
from anagen.clinic.treatment.marks import Mark
from anagen.clinic.treatment.models import Event, Treatment
from anagen.knowledge.loader import shipped
from anagen.medicine.scalp import Scalp
from anagen.medicine.treatment import Kind

EVERYWHERE = [
    *("frontal", "midscalp", "vertex", "occipital"),
    *("temporal-left", "temporal-right", "parietal-left", "parietal-right"),
]
TOP = ("frontal", "midscalp", "vertex")


def scalp() -> Scalp:
    return shipped().scalp


def wish(**other: Any) -> Wish:
    asked: dict[str, Any] = {
        "head_cm": Decimal(56),
        "regions": TOP,
        "spacing_mm": Decimal(15),
        "depth_mm": Decimal(2),
        "shared": True,
        "volume_ml": Decimal(5),
    } | other
    return Wish(**asked)


def plan(syringe: str | None = "5", **other: Any) -> Plan:
    return drawing.planned(wish(**other), scalp(), syringe_ml=None if syringe is None else Decimal(syringe))


def page(treatment: Treatment, name: str = "map") -> str:
    tail = {"map": "map", "sheet": "map/sheet", "csv": "map.csv"}[name]
    return f"/patients/{treatment.patient.number}/treatment/{treatment.pk}/{tail}"


def fields(text: str) -> dict[str, Any]:
    """What the form of the page would send: its hidden fields, ticks and texts."""
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]*>", text.split('id="map-form"')[1]):
        said = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if said.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        if "name" in said and said["name"] != "csrfmiddlewaretoken":
            found.setdefault(said["name"], []).append(said.get("value", ""))
    return found


def press(client: Client, treatment: Treatment, do: str, **typed: Any) -> Any:
    """The page as it stands, with what was typed, and a button."""
    standing = fields(client.get(page(treatment)).content.decode())
    return client.post(page(treatment), standing | typed | {"do": do})


@pytest.fixture
def at_the_map(client: Client, nurse: User, treatment: Treatment, today: date) -> Client:
    """A nurse with a patient in the chair, the syringe of 5 mL scanned."""
    chair.ready(treatment, nurse, today)
    client.force_login(nurse)
    return client


@pytest.fixture
def under_way(at_the_map: Client, nurse: User, treatment: Treatment) -> Client:
    actions.add_event(by=nurse, treatment=treatment, kind=Kind.FIRST_NEEDLE)
    return at_the_map


# doses


@pytest.mark.parametrize(("total", "points"), [("5", 81), ("5", 3), ("4.999", 77), ("0.001", 2), ("10", 100)])
def test_what_is_shared_out_is_never_more_than_there_is(total: str, points: int) -> None:
    each = drawing.share(Decimal(total), points)
    rest = Decimal(total) - each * points
    assert 0 <= rest < points * Decimal("0.001")
    assert each == each.quantize(Decimal("0.001"))


def test_points_volume_and_rest_add_up_exactly() -> None:
    drawn = plan()
    assert len(drawn.drawn.points) == 81
    assert drawn.each_ml == Decimal("0.061")
    assert drawn.given.total_ml == Decimal("4.941")
    assert drawn.rest_ml == Decimal("0.059")
    assert drawn.given.total_ml + drawn.rest_ml == Decimal(5)
    assert drawn.findings == ()


def test_a_point_left_out_takes_its_dose_with_it() -> None:
    whole = plan()
    places = [spot.place for spot in whole.spots]
    assert len(set(places)) == len(places)
    few = plan(left_out=frozenset(places[:10]))
    assert few.given.total_ml == Decimal("0.061") * 71
    assert few.each_ml == whole.each_ml
    assert [finding.kind for finding in few.findings] == ["syringe"]
    assert few.asks == [] and few.refused == []
    assert few.without(places[:10]).left_out == frozenset()
    assert plan(left_out=frozenset(places)).findings[0].kind == "no_points"


def test_more_than_the_syringe_holds_is_refused() -> None:
    drawn = plan(shared=False, volume_ml=Decimal("0.1"))
    assert [finding.kind for finding in drawn.refused] == ["more_than_syringe"]


def test_once_a_parting_is_done_no_dose_moves() -> None:
    drawn = plan()
    row = drawn.rows[0].id
    after = drawing.planned(drawn.with_done(row), scalp(), syringe_ml=Decimal(5))
    mole = marks.marked(
        drawn.drawn.head, scalp(), drawn.drawn.head.place(drawn.drawn.points[40].position_mm), 8, "mole"
    )
    marked = drawing.planned(Wish(**{**_fields(after.wish), "marks": (mole,)}), scalp())
    assert len(marked.drawn.points) < 81
    assert marked.each_ml == drawn.each_ml == Decimal("0.061")
    assert after.done == len(drawn.rows[0].spots)
    assert after.with_done(row).done == frozenset()
    assert drawing.planned(drawn.with_done(None), scalp()).done == 81


def _fields(of: Wish) -> dict[str, Any]:
    return {name: getattr(of, name) for name in of.__slots__}


# marks


@pytest.mark.parametrize("number", [0, 20, 50, 80])
def test_a_tap_on_a_point_marks_it(number: int) -> None:
    from anagen.medicine.scalp_views import best_view, project

    drawn = plan()
    point = drawn.drawn.points[number]
    head = drawn.drawn.head
    view = best_view(head, point.position_mm)
    x, up = project(view, point.position_mm)
    mark = marks.tapped(head, scalp(), view.value, (x, -up), 8, "mole")
    assert head.distance(head.position(mark.place), point.position_mm) < 1
    after = plan(marks=(mark,))
    assert all(head.distance(head.position(mark.place), one.position_mm) > 8 for one in after.drawn.points)
    assert Mark.read(str(mark)) == mark


@pytest.mark.parametrize(
    ("view", "at"),
    [
        ("above", (500.0, 0.0)),
        ("left", (0.0, 400.0)),
        ("above", (float("nan"), 0.0)),
        ("inside", (0.0, 0.0)),
        ("right", (95.0, 20.0)),
    ],
)
def test_a_tap_beside_the_scalp_is_refused(view: str, at: tuple[float, float]) -> None:
    with pytest.raises(Refused):
        marks.tapped(plan().drawn.head, scalp(), view, at, 8, "mole")


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "90,0,8,cat", "90,0,999,mole", "nan,0,8,mole", "900,0,8,mole", "x,y,8,mole"]
)
def test_a_mark_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        Mark.read(text)


def test_a_spot_is_named_by_its_parting_without_a_picture() -> None:
    drawn = plan()
    row = next(row for row in drawn.rows if len(row.spots) > 2)
    head = drawn.drawn.head
    place = drawing.along_parting(drawn, row.id, Decimal(15))
    assert head.distance(head.position(place), row.spots[1].point.position_mm) < 0.5
    for id, offset in (("nowhere:M", 1), (row.id, 301)):
        with pytest.raises(Refused):
            drawing.along_parting(drawn, id, Decimal(offset))


# the page


def test_the_page_proposes_the_top_and_all_of_the_syringe(at_the_map: Client, treatment: Treatment) -> None:
    text = at_the_map.get(page(treatment)).content.decode()
    assert (
        "81</strong>" in text
        and "0.061 mL" in text
        and "4.941 mL" in text
        and "Points and syringe agree" in text
    )
    assert text.count('class="map map--') == 4
    assert not Event.objects.filter(kind=Kind.MAP).exists(), "to look is not to keep"


def test_what_is_kept_is_what_was_shown(at_the_map: Client, treatment: Treatment) -> None:
    first = fields(at_the_map.get(page(treatment)).content.decode())
    some = re.findall(r'name="skip" value="([^"]+)"', at_the_map.get(page(treatment)).content.decode())[:2]
    for _twice in range(2):  # sent twice, kept once
        sent = at_the_map.post(page(treatment), first | {"skip": some, "do": "save"})
        assert sent.status_code == 302
    (event,) = Event.objects.filter(kind=Kind.MAP)
    session = chair.session(treatment)
    assert len(session.points) == 79 and session.by_points == Decimal("0.061") * 79
    numbers = {point["number"] for point in session.points}
    assert len(numbers) == 79 and max(numbers) == 81, "points keep their numbers"
    kept = maps.kept_plan(session)
    assert kept is not None and kept.left_out == 2
    assert kept.given.total_ml == session.by_points
    again = fields(at_the_map.get(page(treatment)).content.decode())
    assert again["skip"] == some and again["seen"] == [str(event.pk)]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"head": "80"}, "44 to 66 cm"),
    ({"head": "much"}, "write a number"),
    ({"spacing": "5"}, "10 to 20 mm"),
    ({"depth": "5"}, "to 4 mm"),
    ({"depth": "0"}, "to 4 mm"),
    ({"region": []}, "at least one region"),
    ({"region": ["knee"]}, "at least one region"),
    ({"volume": "0"}, "how much is given"),
    ({"volume": "0.0001"}, "three decimals"),
    ({"volume": "0.1", "shared": "no"}, "it cannot give more"),
    ({"volume": "0.2", "shared": "no"}, "never over 0.1 mL"),
    ({"mark": ["900,0,8,mole"]}, "Mark the spot again"),
    ({"region": EVERYWHERE}, "never over 150"),
]


def test_what_cannot_be_drawn_is_named_and_nothing_is_kept(at_the_map: Client, treatment: Treatment) -> None:
    for typed, words in WRONG:
        answer = press(at_the_map, treatment, "save", **typed)
        text = answer.content.decode()
        assert answer.status_code == 422 and words in text, typed
        name, said = next(iter(typed.items()))
        if isinstance(said, str) and name != "shared":
            assert f'value="{said}"' in text, "what was typed is kept"
    assert not Event.objects.filter(kind=Kind.MAP).exists()


def test_no_point_left_is_no_map(at_the_map: Client, treatment: Treatment) -> None:
    text = at_the_map.get(page(treatment)).content.decode()
    every = re.findall(r'name="skip" value="([^"]+)"', text)
    answer = press(at_the_map, treatment, "save", skip=every)
    assert answer.status_code == 422 and "no points" in answer.content.decode()


def test_more_points_than_usual_need_a_reason(at_the_map: Client, treatment: Treatment) -> None:
    many = [*TOP, "occipital"]
    assert press(at_the_map, treatment, "save", region=many).status_code == 422
    assert press(at_the_map, treatment, "save", region=many, words="wide part").status_code == 302
    assert chair.session(treatment).map["words"] == "wide part"


def test_marking_by_tap_and_by_list_and_taking_back(at_the_map: Client, treatment: Treatment) -> None:
    tapped = press(at_the_map, treatment, "tap", view="above", x="10", y="-20", what="mole", radius="12")
    spots = re.findall(r'name="mark" value="([^"]+)"', tapped.content.decode())
    assert len(spots) == 1 and spots[0].endswith(",12,mole")
    listed = press(
        at_the_map, treatment, "mark", mark=spots, row="vertex:M", offset="10", what="scar", radius="5"
    )
    both = re.findall(r'name="mark" value="([^"]+)"', listed.content.decode())
    assert len(both) == 2 and both[1].endswith(",5,scar")
    taken = press(at_the_map, treatment, f"unmark:{both[0]}", mark=both)
    assert re.findall(r'name="mark" value="([^"]+)"', taken.content.decode()) == both[1:]
    beside = press(at_the_map, treatment, "tap", view="above", x="300", y="0", what="mole", radius="12")
    assert beside.status_code == 422 and "Tap on the scalp" in beside.content.decode()
    assert (
        press(at_the_map, treatment, "tap", view="above", x="", y="", what="mole", radius="8").status_code
        == 422
    )


def test_a_row_and_a_region_are_left_out_at_once(at_the_map: Client, treatment: Treatment) -> None:
    for what, gone in (("row:frontal:M", "frontal:M"), ("region:vertex", "vertex:")):
        rows = [row for row in plan().rows if row.id.startswith(gone)]
        count = sum(len(row.spots) for row in rows)
        text = press(at_the_map, treatment, what).content.decode()
        assert f"<strong>{81 - count}</strong>" in text and f"{count} left out" in text


# progress


def test_progress_is_kept_parting_by_parting_and_counts_for_the_needle(
    under_way: Client, nurse: User, treatment: Treatment
) -> None:
    rows = plan().rows
    done = 0
    for row in rows:
        press(under_way, treatment, f"done:{row.id}")
        done += len(row.spots)
        if done >= 35:
            break
    text = under_way.get(page(treatment)).content.decode()
    assert f"{done} of 35 punctures" in text and "Change the needle." in text
    press(under_way, treatment, "needle")
    assert chair.session(treatment).needles == 2
    assert "0 of 35 punctures" in under_way.get(page(treatment)).content.decode()
    assert maps.undone(chair.session(treatment)) == 81 - done
    press(under_way, treatment, "rest")
    assert len(chair.session(treatment).points) == done and maps.undone(chair.session(treatment)) == 0
    kinds = [event.kind for event in chair.session(treatment).events]
    assert kinds.count(Kind.MAP) > 2, "each is a version of its own"


def test_nothing_that_is_done_moves(under_way: Client, treatment: Treatment) -> None:
    press(under_way, treatment, "done:frontal:M")
    moved = press(under_way, treatment, "save", spacing="12")
    assert moved.status_code == 422 and "Partings are done already" in moved.content.decode()
    before = {point["number"]: point for point in chair.session(treatment).points}
    tapped = press(under_way, treatment, "tap", view="above", x="10", y="-20", what="mole", radius="12")
    spots = re.findall(r'name="mark" value="([^"]+)"', tapped.content.decode())
    assert press(under_way, treatment, "save", mark=spots).status_code == 302
    after = {point["number"]: point for point in chair.session(treatment).points}
    assert len(after) < len(before)
    assert all(before[number] == point for number, point in after.items()), "numbers, places and doses stay"


def test_a_session_is_not_closed_over_points_that_were_not_done(
    under_way: Client, nurse: User, treatment: Treatment
) -> None:
    press(under_way, treatment, "done:frontal:M")
    with pytest.raises(actions.Asks) as asks:
        chair.finished(treatment, nurse, given="4.941", wasted="0.059")
    assert "undone" in asks.value.questions
    press(under_way, treatment, "done")
    for _change in range(2):
        actions.add_event(by=nurse, treatment=treatment, kind=Kind.NEEDLE_CHANGE)
    assert chair.finished(treatment, nurse, given="4.941", wasted="0.059").by_points == Decimal("4.941")


def test_points_and_syringe_apart_by_more_than_a_tenth_ask_why(
    under_way: Client, nurse: User, treatment: Treatment
) -> None:
    press(under_way, treatment, "save", volume="0.05", shared="no")
    for _change in range(2):
        actions.add_event(by=nurse, treatment=treatment, kind=Kind.NEEDLE_CHANGE)
    used = {"given": "4.05", "wasted": "0.95"}
    with pytest.raises(actions.Asks) as asks:
        chair.finished(treatment, nurse, **used)
    assert list(asks.value.questions) == ["syringe"]
    chair.finished(treatment, nurse, **used, reasons={"syringe": "the patient asked to stop early"})


# two people, other people


def test_two_people_do_not_overwrite_each_other(
    at_the_map: Client, nurse: User, prescriber: User, treatment: Treatment
) -> None:
    mine = fields(at_the_map.get(page(treatment)).content.decode())
    other = Client()
    other.force_login(prescriber)
    assert press(other, treatment, "save", spacing="14").status_code == 302
    answer = at_the_map.post(page(treatment), mine | {"do": "save"})
    assert answer.status_code == 422 and "has kept another map" in answer.content.decode()
    assert Event.objects.filter(kind=Kind.MAP).count() == 1
    seen = fields(answer.content.decode())
    assert at_the_map.post(page(treatment), seen | {"do": "save"}).status_code == 302, "knowingly it may be"
    with pytest.raises(ChangedMeanwhile):
        actions.keep_map(by=nurse, treatment=treatment, data=plan().data(), seen=0, key=uuid.uuid4())


def test_nobody_else_draws_and_no_other_patient(
    at_the_map: Client, treatment: Treatment, stranger: Patient, users: dict[Role, User]
) -> None:
    elsewhere = f"/patients/{stranger.number}/treatment/{treatment.pk}/map"
    assert at_the_map.get(elsewhere).status_code == 404
    assert at_the_map.post(elsewhere, {"do": "save"}).status_code == 404
    at_the_map.force_login(users[Role.FRONT_DESK])
    assert at_the_map.post(page(treatment), {"do": "save"}).status_code == 403


def test_a_map_from_a_program_that_cannot_be_shown_again_is_refused(
    nurse: User, treatment: Treatment
) -> None:
    good = plan().data()
    for map_ in (
        {"head_cm": "x"},
        {"head_cm": "56"},
        {**good["map"], "marks": ["cat"]},
        {**good["map"], "head_cm": "9"},
    ):
        with pytest.raises(Refused):
            actions.add_event(by=nurse, treatment=treatment, kind=Kind.MAP, data=good | {"map": map_})
    actions.add_event(by=nurse, treatment=treatment, kind=Kind.MAP, data=good)


# the record, and the next time


@pytest.fixture
def drawn(under_way: Client, nurse: User, treatment: Treatment) -> Treatment:
    """Given by the map: a mole marked, everything done."""
    tapped = press(under_way, treatment, "tap", view="above", x="10", y="-20", what="mole", radius="8")
    spots = re.findall(r'name="mark" value="([^"]+)"', tapped.content.decode())
    press(under_way, treatment, "done", mark=spots)
    for _change in range(2):
        actions.add_event(by=nurse, treatment=treatment, kind=Kind.NEEDLE_CHANGE)
    actions.add_event(by=nurse, treatment=treatment, kind=Kind.PAIN, data={"score": 2})
    given = chair.session(treatment).by_points
    chair.finished(treatment, nurse, given=str(given), wasted=str(5 - given))
    return treatment


def test_the_record_shows_picture_table_and_csv(
    client: Client, nurse: User, drawn: Treatment, users: dict[Role, User]
) -> None:
    chair.cared_for(drawn, nurse)
    actions.sign_record(by=nurse, treatment=drawn, password=PASSWORD)
    session = chair.session(drawn)
    record = client.get(f"/patients/{drawn.patient.number}/treatment/{drawn.pk}/record").content.decode()
    sheet = client.get(page(drawn, "sheet")).content.decode()
    for text in (record, sheet):
        assert text.count('class="map map--') == 4 and "map-zone" in text
    assert "Mole (" in sheet
    lines = client.get(page(drawn, "csv")).content.decode().splitlines()
    assert len(lines) == 1 + len(session.points)
    assert sum(Decimal(line.split(",")[7]) for line in lines[1:]) == session.by_points
    assert client.get(page(drawn)).status_code == 302, "what is given is drawn no more"


def test_the_next_session_takes_the_same_regions_shifted(
    client: Client, nurse: User, drawn: Treatment, today: date
) -> None:
    again = actions.start_treatment(by=nurse, patient=drawn.patient, on=today + timedelta(days=7))
    here = maps.MapOf(chair.session(again))
    proposed = here.proposed()
    assert proposed.regions == TOP and [mark.what for mark in proposed.marks] == ["mole"]
    assert proposed.head_cm == 56 and not proposed.done and not proposed.left_out
    shifted = here.plan(proposed)
    assert shifted.drawn.clear_of_last_mm is not None and shifted.drawn.clear_of_last_mm >= 7
    text = client.get(page(again)).content.decode()
    assert 'class="map-last"' in text


def test_a_page_takes_few_queries_and_one_plan(
    at_the_map: Client, treatment: Treatment, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    drawing._planned.cache_clear()
    with django_assert_max_num_queries(24):
        at_the_map.get(page(treatment))
    press(at_the_map, treatment, "row:frontal:M")
    press(at_the_map, treatment, "save")
    assert drawing._planned.cache_info().misses == 1
