"""Planning, moving and cancelling: what stands, what is refused and why, and that nothing is half-written."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from tests.clinic.course.conftest import Plan, days
from tests.clinic.screening.known import answer

from anagen.clinic.audit.context import acting
from anagen.clinic.audit.models import AuditEntry
from anagen.clinic.course import actions, queries
from anagen.clinic.course.models import Course, PlannedSession
from anagen.clinic.course.proposals import Blocked, propose_move
from anagen.clinic.course.queries import Status
from anagen.clinic.people.actions import ChangedMeanwhile, NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.screening.actions import decide
from anagen.clinic.screening.models import Decision
from anagen.knowledge.loader import shipped
from anagen.medicine.planning import plan_course as one_function
from anagen.medicine.timeline import SESSION, Window

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def nothing_written() -> bool:
    return not Course.objects.exists() and not PlannedSession.objects.exists()


# planning


def test_a_whole_course_is_planned_at_once(course: Course, clear: Decision, desk: User, today: date) -> None:
    first = today + timedelta(days=3)
    weekly = [first + number * WEEK for number in range(4)]
    fortnightly = [weekly[-1] + 2 * number * WEEK for number in range(1, 5)]
    assert days(course) == weekly + fortnightly
    assert (course.number, course.version, course.decision, course.made_by) == (1, 0, clear, desk)
    assert course.ruleset_hash == clear.rulebook.hash == shipped().ruleset.hash
    assert queries.status_of(course, today) is Status.PLANNED


def test_the_dates_are_those_of_the_one_planning_function(
    clear: Decision, plan: Plan, patient: Patient, desk: User, today: date
) -> None:
    start, end = today + 10 * DAY, today + 20 * DAY
    actions.add_busy_time(by=desk, patient=patient, start=start, end=end, words="holiday", on=today)
    course = plan(start=today + 2 * DAY, sessions=6)
    asked = one_function(
        shipped().protocols["hair-standard"],
        start=today + 2 * DAY,
        busy=[Window(start, end, "busy", SESSION, "holiday")],
        sessions=6,
    )
    assert days(course) == list(asked.course.days)
    assert not [day for day in days(course) if start <= day < end]


def test_both_protocols_can_be_planned(clear: Decision, plan: Plan) -> None:
    assert len(days(plan(protocol="hair-upkeep"))) == 3


@pytest.mark.parametrize(
    ("protocol", "ahead", "sessions", "words"),
    [
        ("hair-of-the-dog", 0, None, "no course called “hair-of-the-dog”"),
        ("hair-standard", -1, None, "has passed"),
        ("hair-standard", 400, None, "more than a year away"),
        ("hair-standard", 0, 13, "4 to 12 sessions"),
        ("hair-standard", 0, 3, "4 to 12 sessions"),
        ("hair-standard", 0, 0, "4 to 12 sessions"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    clear: Decision, plan: Plan, today: date, protocol: str, ahead: int, sessions: int | None, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        plan(protocol=protocol, start=today + ahead * DAY, sessions=sessions)
    assert nothing_written()


def test_without_a_decision_nothing_is_planned(plan: Plan) -> None:
    with pytest.raises(Blocked, match="Nobody has asked the rules"):
        plan()
    assert nothing_written()


def test_an_excluded_patient_has_no_course_and_the_desk_reads_words_for_patients(
    patient: Patient, plan: Plan, desk: User, nurse: User, today: date
) -> None:
    answer(patient, today, pregnancy="yes")
    decide(by=nurse, patient=patient, on=today)
    rule = shipped().ruleset["contraindication.pregnancy"].versions[0]
    with pytest.raises(Blocked) as told:
        plan()
    reasons = [refusal.reason for refusal in told.value.reasons]
    assert rule.patient in reasons
    assert rule.clinician not in str(told.value)
    with pytest.raises(Blocked) as clinical:
        plan(by=nurse)
    assert rule.clinician in str(clinical.value)
    assert rule.change in [refusal.change for refusal in clinical.value.reasons]
    assert nothing_written()


def test_missing_answers_are_named_to_clinicians_only(
    patient: Patient, plan: Plan, nurse: User, today: date
) -> None:
    answer(patient, today, pregnancy=None)
    decide(by=nurse, patient=patient, on=today)
    with pytest.raises(Blocked, match="Some questions about your health are still open"):
        plan()
    with pytest.raises(Blocked, match=r"Answers are missing: .*Pregnancy"):
        plan(by=nurse)


def test_a_deferral_moves_the_course_and_says_until_when(
    patient: Patient, plan: Plan, nurse: User, today: date
) -> None:
    answer(patient, today, infection__cold="yes", until={"infection__cold": today + 5 * DAY})
    decision = decide(by=nurse, patient=patient, on=today)
    assert decision.verdict == "defer"
    assert decision.not_before is not None
    course = plan()
    assert days(course)[0] == decision.not_before > today
    with pytest.raises(Blocked) as told:
        actions.move_session(by=nurse, patient=patient, number=1, day=today, on=today, seen=1)
    assert told.value.reasons[0].change.startswith("From ")


def test_new_answers_ask_for_a_new_decision(
    clear: Decision, patient: Patient, plan: Plan, today: date
) -> None:
    answer(patient, today, pregnancy="yes")
    with pytest.raises(Blocked, match="New answers came in"):
        plan()
    assert nothing_written()


def test_an_old_decision_carries_no_new_plan(clear: Decision, plan: Plan, today: date) -> None:
    later = today + queries.DECISION_LASTS
    assert days(plan(start=later - DAY, on=later - DAY))
    with pytest.raises(Blocked, match="older than 4 weeks"):
        plan(start=later, on=later, seen=1)


def test_a_patient_does_not_plan(clear: Decision, plan: Plan, users: dict[Role, User]) -> None:
    for role in (Role.PATIENT, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            plan(by=users[role])
    assert nothing_written()


def test_a_long_holiday_leaves_no_day_and_is_named(
    clear: Decision, plan: Plan, patient: Patient, desk: User, today: date
) -> None:
    actions.add_busy_time(
        by=desk, patient=patient, start=today + DAY, end=today + 200 * DAY, words="round the world", on=today
    )
    with pytest.raises(Blocked) as told:
        plan()
    assert "round the world" in str(told.value)
    assert nothing_written()


# moving


def test_a_moved_session_takes_the_later_ones_along(
    course: Course, patient: Patient, desk: User, today: date
) -> None:
    before = days(course)
    wanted = before[2] + 2 * DAY
    moved = actions.move_session(by=desk, patient=patient, number=3, day=wanted, on=today, seen=1)
    assert days(moved) == before[:2] + [day + 2 * DAY for day in before[2:]]
    assert [session.number for session in moved.sessions.filter(chosen=True)] == [3]
    assert (moved.key, moved.version, moved.number) == (course.key, 1, 2)
    assert days(Course.objects.get(number=1)) == before, "the earlier plan is kept as it was"


def test_a_preview_writes_nothing(course: Course, patient: Patient, desk: User, today: date) -> None:
    day = days(course)[3] + DAY
    proposal = propose_move(by=desk, patient=patient, course=course, number=4, day=day, on=today)
    assert proposal.plan.course.days[3] == day
    assert Course.objects.count() == 1


def test_a_session_that_somebody_chose_stays_where_it_can(
    course: Course, patient: Patient, desk: User, today: date
) -> None:
    chosen = days(course)[7] + 3 * DAY
    actions.move_session(by=desk, patient=patient, number=8, day=chosen, on=today, seen=1)
    again = actions.move_session(
        by=desk, patient=patient, number=2, day=days(course)[1] + DAY, on=today, seen=2
    )
    assert days(again)[7] == chosen
    assert [session.number for session in again.sessions.filter(chosen=True)] == [2, 8]


def test_the_least_gap_is_kept_whoever_asks(
    course: Course, patient: Patient, users: dict[Role, User], today: date
) -> None:
    too_soon = days(course)[0] + 6 * DAY
    for role in (Role.FRONT_DESK, Role.NURSE, Role.PRESCRIBER, Role.MEDICAL_LEAD):
        with pytest.raises(Blocked, match="so that the skin heals") as told:
            actions.move_session(by=users[role], patient=patient, number=2, day=too_soon, on=today, seen=1)
        assert "7 days" in told.value.reasons[0].change
    assert Course.objects.count() == 1


def test_own_life_blocks_a_day_and_says_from_when_it_is_free(
    course: Course, patient: Patient, desk: User, today: date
) -> None:
    day = days(course)[4] + DAY
    actions.add_busy_time(by=desk, patient=patient, start=day, end=day + 2 * DAY, words="wedding", on=today)
    with pytest.raises(Blocked, match="wedding"):
        actions.move_session(by=desk, patient=patient, number=5, day=day, on=today, seen=1)
    moved = actions.move_session(by=desk, patient=patient, number=5, day=day + 2 * DAY, on=today, seen=1)
    assert days(moved)[4] == day + 2 * DAY


@pytest.mark.parametrize(
    ("number", "shift", "words"), [(9, 0, "no session 9"), (1, -10, "has passed"), (2, 200, "can lie from")]
)
def test_moves_that_cannot_be_are_refused(
    course: Course, patient: Patient, desk: User, today: date, number: int, shift: int, words: str
) -> None:
    day = days(course)[min(number, 8) - 1] + shift * DAY
    with pytest.raises(Refused, match=words):
        actions.move_session(by=desk, patient=patient, number=number, day=day, on=today, seen=1)
    assert Course.objects.count() == 1


def test_what_took_place_stays(course: Course, patient: Patient, desk: User, today: date) -> None:
    before = days(course)
    on = before[2] + DAY  # three sessions lie in the past
    assert queries.status_of(course, on) is Status.UNDER_WAY
    with pytest.raises(Refused, match="has passed and stays"):
        actions.move_session(by=desk, patient=patient, number=2, day=on + WEEK, on=on, seen=1)
    moved = actions.move_session(by=desk, patient=patient, number=4, day=before[3] + 4 * DAY, on=on, seen=1)
    assert days(moved) == before[:3] + [day + 4 * DAY for day in before[3:]]
    replanned = actions.plan_course(
        by=desk,
        patient=patient,
        protocol="hair-standard",
        start=before[3] + 5 * DAY,
        sessions=7,
        on=on,
        seen=2,
    )
    assert days(replanned)[:4] == [*before[:3], before[3] + 5 * DAY]
    assert len(days(replanned)) == 7
    assert replanned.key == course.key


def test_a_decision_after_the_plan_can_stop_it(
    course: Course, patient: Patient, desk: User, nurse: User, today: date
) -> None:
    answer(patient, today, pregnancy="yes")
    decide(by=nurse, patient=patient, on=today)
    with pytest.raises(Blocked):
        actions.move_session(by=desk, patient=patient, number=8, day=days(course)[7] + DAY, on=today, seen=1)
    assert Course.objects.count() == 1


def test_a_later_deferral_collides_and_the_course_can_step_aside(
    course: Course, patient: Patient, nurse: User
) -> None:
    before = days(course)
    on = before[1] + DAY
    answer(patient, on, infection__cold="yes", until={"infection__cold": before[2] + DAY})
    decision = decide(by=nurse, patient=patient, on=on)
    found = queries.collisions(course, queries.forbidding(course), on)
    assert [collision.session.number for collision in found] == [3]
    assert decision.not_before is not None
    moved = actions.move_session(by=nurse, patient=patient, number=3, day=decision.not_before, on=on, seen=1)
    assert days(moved)[:2] == before[:2]
    assert not queries.collisions(moved, queries.forbidding(moved), on)


# cancelling, and what comes after


def test_a_cancelled_course_says_why_and_keeps_what_took_place(
    course: Course, patient: Patient, desk: User
) -> None:
    on = days(course)[1] + DAY
    with pytest.raises(Refused, match="why"):
        actions.cancel_course(by=desk, patient=patient, reason="  ", on=on, seen=1)
    cancelled = actions.cancel_course(by=desk, patient=patient, reason="Moves away", on=on, seen=1)
    assert (cancelled.cancelled, cancelled.reason, days(cancelled)) == (True, "Moves away", days(course)[:2])
    with pytest.raises(Refused, match="no course ahead"):
        actions.cancel_course(by=desk, patient=patient, reason="Again", on=on, seen=2)
    with pytest.raises(Refused, match="over or cancelled"):
        actions.move_session(by=desk, patient=patient, number=3, day=on, on=on, seen=2)


def test_the_next_course_keeps_its_distance(
    course: Course, patient: Patient, desk: User, plan: Plan, today: date
) -> None:
    on = days(course)[1] + DAY
    actions.cancel_course(by=desk, patient=patient, reason="Moves away", on=on, seen=1)
    with pytest.raises(Blocked, match="At least 6 months lie between one course and the next"):
        plan(start=on, on=on, seen=2)
    assert len(days(plan(start=on, on=on, seen=2, protocol="hair-upkeep"))) == 3


def test_a_course_cancelled_before_it_began_delays_nothing(
    course: Course, patient: Patient, desk: User, plan: Plan, today: date
) -> None:
    actions.cancel_course(by=desk, patient=patient, reason="Wrong patient", on=today, seen=1)
    again = plan(seen=2)
    assert days(again)[0] == today
    assert again.key != course.key


# two desks


def test_the_second_desk_is_told(clear: Decision, plan: Plan, nurse: User, today: date) -> None:
    first = plan(seen=0)
    with pytest.raises(ChangedMeanwhile, match="Somebody else changed this course"):
        plan(seen=0, by=nurse, start=today + WEEK)
    assert list(Course.objects.all()) == [first]


def test_the_database_itself_keeps_one_plan_of_a_number(course: Course, patient: Patient) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), acting("test"):
        Course.objects.create(
            patient=patient,
            number=1,
            protocol="hair-standard",
            start=course.start,
            wanted=8,
            decision=course.decision,
            ruleset_hash=course.ruleset_hash,
            on=course.on,
        )


def test_plans_are_never_changed(course: Course) -> None:
    for change in (
        lambda: Course.objects.filter(pk=course.pk).update(wanted=3),
        lambda: PlannedSession.objects.filter(course=course).update(day=date(2020, 1, 1)),
        lambda: PlannedSession.objects.filter(course=course).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), acting("test"):
            change()


def test_who_planned_is_in_the_trail(course: Course, patient: Patient, desk: User) -> None:
    entries = AuditEntry.objects.filter(table="course_course")
    assert [(entry.operation, entry.actor_id, entry.patient_id) for entry in entries] == [
        ("insert", desk.pk, patient.pk)
    ]
