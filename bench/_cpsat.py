"""CP-SAT (OR-Tools) as peer and oracle of booking: one worker, the same words, the same costs, no start from ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from ortools.sat.python import cp_model

from anagen.medicine.booking import Clinic, Request, Weights, last_day
from anagen.medicine.dates import add
from anagen.medicine.timeline import Timeline

WEIGHTS = Weights()
UNPLACED = 100_000  # what a course without a place costs


@dataclass(frozen=True)
class Answer:
    """``status`` in CP-SAT's word; courses placed, cost of these, and the bound that was proved for the sum."""

    status: str
    placed: int
    cost: int
    bound: int


def _solver(seconds: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_time_in_seconds = seconds
    return solver


def places(
    request: Request, clinic: Clinic, first: date, days: int, index: int
) -> dict[tuple[int, str], list[int]]:
    """By day and person the slots at which a visit may start, slot by slot from the words: nothing of the solver."""
    visit = request.visits[index]
    timeline = Timeline(request.windows)
    found: dict[tuple[int, str], list[int]] = {}
    for ahead in range(max(0, (request.start - first).days), min(days, (last_day(request) - first).days + 1)):
        day = first + timedelta(days=ahead)
        if not timeline.is_free(day):
            continue
        busy = request.busy.get(day, 0)
        things = {
            need: [thing.hours.on(day) for thing in clinic.things if thing.kind == need.kind]
            for need in visit.needs
        }
        for person in clinic.staff:
            hours = person.hours.on(day)
            if any(day >= person.certificates.get(name, date.min) for name in visit.certificates):
                continue
            starts = [
                slot
                for slot in range(clinic.slots - visit.total + 1)
                if all(hours >> at & 1 for at in range(slot, slot + visit.length))
                and not any(busy >> at & 1 for at in range(slot, slot + visit.total))
                and all(
                    any(
                        all(free >> at & 1 for at in range(slot + need.first, slot + need.end))
                        for free in lots
                    )
                    for need, lots in things.items()
                )
            ]
            if starts:
                found[ahead, person.id] = starts
    return found


def _wished(request: Request, slot: int, total: int) -> bool:
    hours = request.wishes.hours
    return hours is None or all(hours >> at & 1 for at in range(slot, slot + total))


def _distances(model: Any, request: Request, days: list[Any], first: date) -> list[Any]:
    """Gaps as constraints; for each session its distance from the usual day."""
    off = []
    for index, day in enumerate(days):
        distance = model.new_int_var(0, 400, "")
        if index == 0:
            start = (request.start - first).days
            model.add(day >= start)
            model.add(day <= (add(request.start, request.start_within) - first).days)
            usual: Any = start
        else:
            gap = request.gaps[request.first + index]
            model.add(day - days[index - 1] >= gap.least.days)
            model.add(day - days[index - 1] <= gap.longest.days)
            usual = days[index - 1] + gap.usual.days
        model.add(distance >= day - usual)
        model.add(distance >= usual - day)
        off.append(WEIGHTS.day * distance)
    return off


def _changes(model: Any, request: Request, who: list[dict[str, Any]]) -> list[Any]:
    if not request.wishes.same_person:
        return []
    costs = []
    for before, after in pairwise(who):
        change = model.new_bool_var("")
        for name, here in after.items():
            model.add(change >= here - before.get(name, 0))
        costs.append(WEIGHTS.change * change)
    return costs


def one(
    request: Request, clinic: Clinic, first: date, days: int, options: list[dict[tuple[int, str], list[int]]]
) -> int | None:
    """The least cost of a whole course; None when it is proved that there is none. ``options``: see ``places``.

    Slots are decided beforehand, for both: a day and a person cost what their best slot costs.
    """
    model = cp_model.CpModel()
    costs: list[Any] = []
    placed, who = [], []
    total = request.visits[0].total
    for having in options:
        chosen = {place: model.new_bool_var("") for place in having}
        model.add_exactly_one(chosen.values())
        for (ahead, person), literal in chosen.items():
            cost = 0
            if not any(_wished(request, slot, total) for slot in having[ahead, person]):
                cost += WEIGHTS.hours
            weekdays = request.wishes.weekdays
            if weekdays is not None and (first + timedelta(days=ahead)).weekday() not in weekdays:
                cost += WEIGHTS.weekday
            if cost:
                costs.append(cost * literal)
        placed.append(sum(ahead * literal for (ahead, _), literal in chosen.items()))
        people = {person for _, person in chosen}
        who.append(
            {name: sum(lit for (_, person), lit in chosen.items() if person == name) for name in people}
        )
    days_of = [model.new_int_var(0, days, "") for _ in placed]
    for variable, expression in zip(days_of, placed, strict=True):
        model.add(variable == expression)
    costs += _distances(model, request, days_of, first)
    costs += _changes(model, request, who)
    model.minimize(sum(costs))
    solver = _solver(120)
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return None
    assert status == cp_model.OPTIMAL, solver.status_name(status)
    return round(solver.objective_value)


def many(
    requests: Sequence[Request],
    clinic: Clinic,
    first: date,
    days: int,
    seconds: float,
    *,
    all_of_them: bool = False,
) -> Answer:
    """All courses as intervals that do not overlap for anybody or anything.

    A course may be left out at a price, unless all of them must be booked.
    """
    model = cp_model.CpModel()
    width = clinic.slots
    in_use: dict[str, list[Any]] = {each.id: [] for each in clinic.everything}
    costs: list[Any] = []
    left_out = []
    for request in requests:
        held = model.new_bool_var("")
        left_out.append(~held)
        if all_of_them:
            model.add(held == 1)
        having = places(request, clinic, first, days, 0)  # all visits are alike, and all calendars empty
        by_person: dict[str, list[int]] = {}
        for (ahead, person), starts in having.items():
            by_person.setdefault(person, []).extend(ahead * width + slot for slot in starts)
        everywhere = sorted({start for starts in by_person.values() for start in starts})
        total = request.visits[0].total
        visits, who = [], []
        for visit in request.visits:
            start = model.new_int_var_from_domain(cp_model.Domain.from_values(everywhere), "")
            day, slot = model.new_int_var(0, days, ""), model.new_int_var(0, width - 1, "")
            model.add(start == day * width + slot)
            visits.append(day)
            people = {name: model.new_bool_var("") for name in by_person}
            model.add(sum(people.values()) == held)
            for name, here in people.items():
                domain = cp_model.Domain.from_values(sorted(by_person[name]))
                model.add_linear_expression_in_domain(start, domain).only_enforce_if(here)
                in_use[name].append(model.new_optional_fixed_size_interval_var(start, visit.length, here, ""))
            who.append(people)
            for need in visit.needs:
                lots = {each.id: model.new_bool_var("") for each in clinic.things if each.kind == need.kind}
                model.add(sum(lots.values()) == held)
                for name, here in lots.items():
                    in_use[name].append(
                        model.new_optional_fixed_size_interval_var(
                            start + need.first, need.end - need.first, here, ""
                        )
                    )
            if request.wishes.weekdays is not None:
                good = [start for start in everywhere
                        if (first + timedelta(days=start // width)).weekday() in request.wishes.weekdays]  # fmt: skip
                costs += _unless(model, start, good, held, WEIGHTS.weekday)
            if request.wishes.hours is not None:
                good = [start for start in everywhere if _wished(request, start % width, total)]
                costs += _unless(model, start, good, held, WEIGHTS.hours)
        mine = _distances(model, request, visits, first) + _changes(model, request, who)
        spent = model.new_int_var(0, UNPLACED, "")
        model.add(spent >= sum(mine)).only_enforce_if(held)
        costs.append(spent)
    for intervals in in_use.values():
        model.add_no_overlap(intervals)
    model.minimize(sum(costs) + UNPLACED * sum(left_out))
    solver = _solver(seconds)
    status = solver.solve(model)
    name = solver.status_name(status)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(name, 0, 0, round(solver.best_objective_bound))
    missing = sum(solver.boolean_value(each) for each in left_out)
    cost = round(solver.objective_value) - UNPLACED * missing
    return Answer(name, len(requests) - missing, cost, round(solver.best_objective_bound))


def _unless(model: Any, start: Any, good: list[int], held: Any, weight: int) -> list[Any]:
    bad = model.new_bool_var("")
    model.add_linear_expression_in_domain(start, cp_model.Domain.from_values(good)).only_enforce_if(
        ~bad, held
    )
    return [weight * bad]
