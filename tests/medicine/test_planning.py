"""One plan from the screening, the patient's own time, the course and the care around it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from anagen.medicine.care import Care
from anagen.medicine.course import Gap, ImpossibleCourse, Protocol, Review
from anagen.medicine.dates import Duration, in_words
from anagen.medicine.facts import Speaker
from anagen.medicine.planning import last_day, plan_course
from anagen.medicine.quantities import Units
from anagen.medicine.rules import Evidence, Finding, State, Verdict
from anagen.medicine.screening import Screening, windows_of
from anagen.medicine.timeline import SESSION, Window
from anagen.medicine.vocabulary import FactDefinition, FactType, Vocabulary

START = date(2026, 12, 1)


def after(days: int) -> date:
    return START + timedelta(days=days)


def weekly(*, least: str = "7 d", sessions: int = 3, reviews: tuple[Review, ...] = ()) -> Protocol:
    gap = Gap(Duration.parse(least), Duration.parse("7 d"), Duration.parse("14 d"))
    return Protocol(
        id="weekly",
        title="Weekly",
        area="scalp",
        usual_sessions=sessions,
        least_sessions=1,
        most_sessions=sessions,
        gaps=dict.fromkeys(range(2, sessions + 1), gap),
        start_within=Duration.parse("10 d"),
        session_length=Duration.parse("60 min"),
        mixtures={},
        evidence=(Evidence("study", "trial"), Evidence("study", "review")),
        reviews=reviews,
    )


def finding(
    verdict: Verdict, *, until: date | None = None, missing: tuple[str, ...] = (), title: str = "Something"
) -> Finding:
    return Finding(
        rule=f"rule.{verdict.word}",
        title=title,
        state=State.UNKNOWN if missing else State.MATCHED,
        verdict=verdict,
        reason="Because.",
        patient_reason="",
        facts=(),
        sources=("label",),
        claims=(),
        until=until,
        missing=missing,
    )


def screened(*findings: Finding, on: date = START) -> Screening:
    return Screening(
        on=on,
        verdict=max((each.verdict for each in findings), default=Verdict.CLEAR),
        findings=findings,
        not_before=None,
        waiting_for=(),
        missing=tuple(fact for each in findings for fact in each.missing),
        unmapped=(),
        ruleset_version="",
        ruleset_hash="",
    )


def words() -> Vocabulary:
    fact = FactDefinition(
        "pregnancy", FactType.STATE, "health", "Pregnancy", "Are you pregnant?", (Speaker.PATIENT,), None
    )
    return Vocabulary({"pregnancy": fact}, Units({}))


def test_without_anything_in_the_way_the_course_runs_at_its_usual_gaps() -> None:
    plan = plan_course(weekly(), start=START)
    assert plan.complete
    assert plan.course.days == (START, after(7), after(14))
    assert plan.screening is None


def test_the_least_gap_after_each_session_but_the_last_is_a_window() -> None:
    plan = plan_course(weekly(), start=START)
    gaps = [window for window in plan.windows if window.kind == "gap"]
    assert [(window.start, window.end) for window in gaps] == [(after(1), after(7)), (after(8), after(14))]
    assert {(window.subject, window.rule, window.sources) for window in gaps} == {
        (SESSION, "weekly", ("study",))
    }
    assert gaps[0].reason == "At least 7 days lie between two sessions here."


def test_a_gap_of_a_day_needs_no_window() -> None:
    assert plan_course(weekly(least="1 d"), start=START).windows == ()


def test_the_gap_after_the_last_placed_session_stands_while_others_wait() -> None:
    away = Window(after(8), None, "busy", SESSION, "Moved away")
    plan = plan_course(weekly(), start=START, busy=[away])
    assert plan.course.days[-1] == after(7)
    assert not plan.complete
    assert (
        Window(
            after(8),
            after(14),
            "gap",
            SESSION,
            "At least 7 days lie between two sessions here.",
            "weekly",
            ("study",),
        )
        in plan.windows
    )


def test_reviews_stand_until_the_next_session_could_follow() -> None:
    reviews = (Review(1, "First?"), Review(2, "Second?"), Review(3, "Third?"), Review(9, "Never?"))
    plan = plan_course(weekly(reviews=reviews), start=START, sessions=2)
    found = [(window.start, window.end, window.reason) for window in plan.windows if window.kind == "review"]
    assert found == [(START, after(7), "First?"), (after(7), after(21), "Second?")]
    whole = plan_course(weekly(reviews=reviews), start=START)
    assert [window.end for window in whole.windows if window.reason == "Third?"] == [after(15)]


def test_a_deferral_moves_the_sessions_and_stands_on_the_timeline() -> None:
    deferred = finding(Verdict.DEFER, until=after(5))
    plan = plan_course(weekly(), start=START, screening=screened(deferred))
    assert plan.course.days[0] == after(5)
    assert windows_of([deferred], START)[0] in plan.windows


def test_busy_days_and_care_join_the_same_timeline_in_order_of_time() -> None:
    away = Window(START, after(2), "busy", SESSION, "Away")
    dry = Care(
        "care.wash", "wash", "avoid", Duration.parse("0 h"), Duration.parse("72 h"), "Dry.", "Dry.", ()
    )
    plan = plan_course(weekly(), start=START, busy=[away], care=[dry])
    assert plan.course.days == (after(2), after(9), after(16))
    assert away in plan.windows
    assert [window.start for window in plan.windows if window.subject == "wash"] == list(plan.course.days)
    assert [window.start for window in plan.windows] == sorted(window.start for window in plan.windows)


def test_caution_places_as_clear_does() -> None:
    assert plan_course(weekly(), start=START, screening=screened(finding(Verdict.CAUTION))).complete


@pytest.mark.parametrize(
    ("findings", "reason"),
    [
        (
            [finding(Verdict.INCOMPLETE, missing=("pregnancy", "other"))],
            "Answers are missing: Pregnancy; other.",
        ),
        ([finding(Verdict.INCOMPLETE, title="Not understood")], "Answers are missing: Not understood."),
        (
            [finding(Verdict.REFER, title="Heart disease"), finding(Verdict.DEFER, until=after(2))],
            "A prescriber, a specialist or a test has to answer first: Heart disease.",
        ),
        (
            [finding(Verdict.REFER, title="Tumour", missing=("pregnancy",))],
            "A prescriber, a specialist or a test has to answer first: Tumour.",
        ),
        ([finding(Verdict.EXCLUDE, title="Pregnancy")], "This treatment is not given: Pregnancy."),
    ],
)
def test_under_a_verdict_that_a_person_must_lift_no_session_is_placed(
    findings: list[Finding], reason: str
) -> None:
    plan = plan_course(weekly(), start=START, screening=screened(*findings), words=words())
    assert plan.course.sessions == ()
    assert [unplaced.number for unplaced in plan.course.unplaced] == [1, 2, 3]
    assert {unplaced.reason for unplaced in plan.course.unplaced} == {reason}
    assert {window.rule for each in plan.course.unplaced for window in each.windows} <= {findings[0].rule}
    assert all(window.kind == "deferral" for window in plan.windows)


def test_missing_facts_are_named_by_their_id_without_a_vocabulary() -> None:
    missing = screened(finding(Verdict.INCOMPLETE, missing=("pregnancy",)))
    assert plan_course(weekly(), start=START, screening=missing).course.unplaced[0].reason == (
        "Answers are missing: pregnancy."
    )


def test_a_long_list_is_counted_instead_of_told() -> None:
    missing = screened(finding(Verdict.INCOMPLETE, missing=tuple(f"fact {number}" for number in range(8))))
    reason = plan_course(weekly(), start=START, screening=missing).course.unplaced[0].reason
    assert reason.endswith("fact 5 and 2 more.")


def test_a_screening_says_nothing_of_the_days_before_it() -> None:
    with pytest.raises(ImpossibleCourse, match="2026-12-02 and later"):
        plan_course(weekly(), start=START, screening=screened(on=after(1)))


def test_busy_times_matter_up_to_the_last_day_a_session_can_lie_on() -> None:
    assert last_day(weekly(), START) == after(10 + 2 * 14 + 1)
    assert last_day(weekly(), START, 2) == after(10 + 14 + 1)
    assert last_day(weekly(), START, 99) == last_day(weekly(), START)


def test_durations_in_words() -> None:
    assert in_words(Duration.parse("1 a")) == "1 year"
    assert in_words(Duration.parse("14 d")) == "14 days"
    assert in_words(Duration.parse("90 min")) == "90 minutes"


def test_care_of_another_area_does_not_stand_around_a_course() -> None:
    wash = Care("wash", "wash", "avoid", Duration.parse("0 h"), Duration.parse("72 h"), "No.", "No.", ())
    around = {item.subject for item in plan_course(weekly(), start=START, care=[wash]).windows}
    assert "wash" in around
    elsewhere = plan_course(weekly(), start=START, care=[replace(wash, areas=("face",))])
    assert "wash" not in {item.subject for item in elsewhere.windows}
