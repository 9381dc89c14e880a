"""What Hypothesis makes: vocabularies with questions that hang on each other, rules, patients, courses.

Days lie close together, so that windows, ends and old answers meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st
from tests.medicine.builders import DAY, UNITS, amount, definition, quantity

from anagen.medicine.conditions import (
    All,
    AnyOf,
    Compares,
    Comparison,
    Condition,
    Is,
    Not,
    Under,
    Within,
)
from anagen.medicine.course import Gap, Protocol
from anagen.medicine.dates import Duration
from anagen.medicine.facts import UNKNOWN, Facts, Speaker, Statement
from anagen.medicine.rules import Ending, Evidence, Rule, Ruleset, RuleVersion, Verdict
from anagen.medicine.timeline import SESSION, Window
from anagen.medicine.vocabulary import FactType, Vocabulary

TYPES = {
    "birth_date": FactType.DATE,
    "sex": FactType.CHOICE,
    "cold": FactType.STATE,
    "rash": FactType.STATE,
    "ache": FactType.STATE,
    "vaccination": FactType.EVENT,
    "surgery": FactType.EVENT,
    "temperature": FactType.QUANTITY,
    "diagnosis": FactType.CODE,
}
MORE: dict[str, dict[str, Any]] = {
    "sex": {"options": {"female": "Female", "male": "Male"}},
    "temperature": {"unit": "Cel", "decimals": 1},
    "diagnosis": {"system": "icd-10"},
}
PERIODS = ["1 d", "7 d", "1 mo"]


@cache
def days(before: int = 12, after: int = 12) -> st.SearchStrategy[date]:
    return st.integers(-before, after).map(lambda ahead: DAY + timedelta(days=ahead))


# conditions


@cache
def leaves(risks: bool = False) -> st.SearchStrategy[Condition]:
    """One condition over one fact; only such as a yes fulfils where ``risks`` alone are asked for."""
    names = {type: [name for name, its in TYPES.items() if its is type] for type in FactType}
    lengths = st.sampled_from(PERIODS).map(Duration.parse)
    on = frozenset({True})
    ways: list[st.SearchStrategy[Condition]] = [
        st.builds(
            Is,
            st.sampled_from([*names[FactType.STATE], *names[FactType.EVENT]]),
            st.just(on) if risks else st.sampled_from([on, frozenset({False})]),
        ),
        st.builds(Within, st.sampled_from(names[FactType.STATE]), lengths, st.just(False)),
        st.builds(Is, st.just("sex"), st.sampled_from([frozenset({"male"}), frozenset({"female"})])),
        st.builds(
            Compares,
            st.just("temperature"),
            st.sampled_from(Comparison),
            st.sampled_from([quantity("37.5 Cel"), quantity("38.0 Cel")]),
        ),
        st.builds(Compares, st.just("age"), st.sampled_from(Comparison), st.just(quantity("18 a"))),
        st.builds(Under, st.just("diagnosis"), st.just("icd-10"), st.sampled_from([("L64",), ("L60-L69",)])),
    ]
    if not risks:
        ways.append(st.builds(Within, st.sampled_from(names[FactType.EVENT]), lengths, st.just(True)))
    return st.one_of(ways)


@cache
def conditions(risks: bool = False) -> st.SearchStrategy[Condition]:
    def grown(part: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        parts = st.lists(part, min_size=1, max_size=3).map(tuple)
        joined = st.builds(All, parts) | st.builds(AnyOf, parts)
        return joined if risks else joined | st.builds(Not, part)

    return st.recursive(leaves(risks), grown, max_leaves=4)


# vocabularies and rules

ASKED = (Speaker.PATIENT, Speaker.CLINICIAN)
_GATED = st.sets(st.sampled_from(list(TYPES)), max_size=4)
_PLACE = st.integers(0, len(TYPES))
_FRESH = st.sampled_from([None, "3 d", "1 mo"])
_ENDING = (
    st.none()
    | st.just(Ending("it is over"))
    | st.builds(
        Ending,
        st.just("it is over"),
        st.sampled_from(["cold", "rash", "vaccination", "surgery"]),
        st.sampled_from(["0 d", "3 d", "1 mo"]).map(Duration.parse),
    )
)


@cache
def _verdicts(least: Verdict) -> st.SearchStrategy[Verdict]:
    return st.sampled_from(
        [verdict for verdict in Verdict if verdict >= least and verdict is not Verdict.INCOMPLETE]
    )


@st.composite
def vocabularies(draw: st.DrawFn, risks: bool = False) -> Vocabulary:
    """The facts above in some order of hanging on each other: a question waits for earlier ones alone."""
    order = list(TYPES) if draw(st.booleans()) else list(reversed(TYPES))
    gated, unasked, fresh = draw(_GATED), draw(_PLACE), draw(_FRESH)
    made = {}
    for position, name in enumerate(order):
        gate = None
        if name in gated:
            gate = draw(conditions(risks))
            known = {"age" if fact == "birth_date" else fact for fact in order[:position]} | set(
                order[:position]
            )
            gate = gate if set(gate.facts()) <= known else None
        made[name] = definition(
            name,
            TYPES[name],
            speakers=ASKED if position != unasked else ASKED[1:],
            fresh=fresh if position % 2 else None,
            asked_when=gate,
            **MORE.get(name, {}),
        )
    return Vocabulary({name: made[name] for name in TYPES}, UNITS)


@st.composite
def rules(draw: st.DrawFn, number: int, risks: bool = False, least: Verdict = Verdict.CAUTION) -> Rule:
    verdict, ending = draw(_verdicts(least)), draw(_ENDING)
    if verdict is Verdict.DEFER and ending is None:
        ending = Ending("it is over")
    made = RuleVersion(
        effective_from=date(2026, 1, 1),
        when=draw(conditions(risks)),
        verdict=verdict,
        clinician=f"Words {number}",
        patient=f"Plain words {number}",
        change="Wait.",
        evidence=(Evidence("label", "label"),),
        unknown_counts_as_matched=verdict >= Verdict.DEFER and draw(st.booleans()),
        until=ending if verdict >= Verdict.DEFER else None,
    )
    return Rule(f"rule.{number}", f"Rule {number}", "deferral", (made,))


@st.composite
def rulesets(draw: st.DrawFn, risks: bool = False, least: Verdict = Verdict.CAUTION) -> Ruleset:
    """``risks``: without ``not`` and without ``is: no``, in rules and in what questions hang on."""
    words = draw(vocabularies(risks))
    count = draw(st.integers(1, 5))
    made = tuple(draw(rules(number, risks, least)) for number in range(count))
    return Ruleset(made, words, "1", "hash")


# patients

_NAMES = st.sampled_from(list(TYPES))
_VALUES: dict[FactType, st.SearchStrategy[Any]] = {
    FactType.STATE: st.booleans(),
    FactType.EVENT: st.booleans(),
    FactType.CHOICE: st.sampled_from(["female", "male"]),
    FactType.QUANTITY: st.sampled_from(["36.6", "37.5", "37.9", "38.0", "39.2"]).map(amount),
    FactType.CODE: st.lists(st.sampled_from(["L64.9", "L65", "C44.4"]), max_size=2).map(frozenset),
    FactType.DATE: st.sampled_from([date(1990, 2, 28), date(2008, 11, 21), date(2008, 11, 22)]),
}
_BOUND = st.none() | days()
# who speaks, of which entry of a record, and whether he does not know
_VOICES = st.sampled_from(
    [
        (speaker, record, ignorant)
        for speaker in (Speaker.PATIENT, Speaker.CLINICIAN)
        for record, ignorant in [("", False)] * 4
        + [("", True), ("Condition/1", False), ("Condition/2", False)]
    ]
)
_SAID = days(before=20, after=1)


@st.composite
def statements(draw: st.DrawFn, fact: str | None = None, known: bool = False) -> Statement:
    """One thing said; ``known``: by the patient, today, and never *don't know*."""
    name = draw(_NAMES) if fact is None else fact
    value: Any
    value = draw(_VALUES[TYPES[name]])
    since = until = None
    if value is True:
        since, until = draw(_BOUND), draw(_BOUND)
    if known:
        return Statement(name, value, DAY, Speaker.PATIENT, since, until)
    speaker, record, ignorant = draw(_VOICES)
    return Statement(name, UNKNOWN if ignorant else value, draw(_SAID), speaker, since, until, record)


@cache
def patients() -> st.SearchStrategy[Facts]:
    """Anything that anybody may have said, up to a dozen things."""
    return st.lists(statements(), max_size=9).map(Facts)


@st.composite
def answered_patients(draw: st.DrawFn) -> Facts:
    """Patients who have answered every question themselves, today."""
    return Facts(draw(statements(fact, known=True)) for fact in TYPES)


# courses


@dataclass(frozen=True)
class CourseCase:
    """What a course is planned from."""

    protocol: Protocol
    windows: tuple[Window, ...]
    fixed: dict[int, date]


@st.composite
def windows(draw: st.DrawFn, reach: int = 30) -> Window:
    start = draw(st.integers(-3, reach))
    length = draw(st.none() | st.integers(1, 6))
    if length is None and draw(st.integers(0, 3)):
        length = 2
    return Window(
        DAY + timedelta(days=start),
        None if length is None else DAY + timedelta(days=start + length),
        "busy",
        draw(st.sampled_from([SESSION, SESSION, SESSION, "sun"])),
        "away",
    )


@st.composite
def gaps(draw: st.DrawFn) -> Gap:
    least = draw(st.integers(1, 4))
    usual = draw(st.integers(least, least + 2))
    longest = draw(st.integers(usual, usual + 2))
    return Gap(*(Duration(number, "d") for number in (least, usual, longest)))


@st.composite
def course_cases(draw: st.DrawFn, most: int = 4) -> CourseCase:
    """Short courses among many windows, some with a day that somebody has chosen."""
    count = draw(st.integers(1, most))
    protocol = Protocol(
        id="short",
        title="Short",
        area="scalp",
        usual_sessions=count,
        least_sessions=1,
        most_sessions=count,
        gaps={number: draw(gaps()) for number in range(2, count + 1)},
        start_within=Duration(draw(st.integers(0, 4)), "d"),
        session_length=Duration(60, "min"),
        mixtures={},
        evidence=(),
    )
    fixed = {}
    if draw(st.integers(0, 2)) == 0:
        fixed[draw(st.integers(1, count))] = draw(days(before=1, after=15))
    return CourseCase(protocol, tuple(draw(st.lists(windows(), max_size=7))), fixed)
