"""A clinic changes its rules: only as new versions, only when all of it passes, and at once for the next decision."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.clinic.screening.known import answer

from anagen.clinic.people.actions import ChangedMeanwhile, NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.review import actions, queries
from anagen.clinic.review.models import RuleChange, SoundKnowledge
from anagen.clinic.screening.actions import decide
from anagen.clinic.screening.queries import replayed
from anagen.knowledge.loader import Knowledge, KnowledgeError, shipped
from anagen.knowledge.reading import Fault

Users = dict[Role, User]
Browser = Callable[[Role | None], Client]

PAINKILLER, PREGNANCY = "drug.self_bought_painkiller", "contraindication.pregnancy"
WHY = "Agreed in the meeting of the clinic."
OWN: dict[str, Any] = {
    "id": "clinic.recent_tattoo",
    "title": "Fever in the last three days",
    "topic": "deferral",
    "versions": [
        {
            "from": "2026-01-01",
            "when": {"fact": "infection.fever", "within": "3 d"},
            "verdict": "defer",
            "if_unknown": "ask",
            "until": {"event": "three days have passed without fever"},
            "says": {"clinician": "Three days without fever.", "patient": "Please wait three days."},
            "change": "Three days without fever.",
            "override": {"by": ["prescriber"], "reasons": ["specialist_agreed"]},
            "evidence": [{"source": "clinic_policy", "strength": "policy"}],
            "claims": [],
        }
    ],
    "examples": [
        {"name": "Fever", "given": {"infection.fever": "yes"}, "expect": "defer"},
        {"name": "No fever", "given": {"infection.fever": "no"}, "expect": "not_matched"},
        {"name": "Not asked", "given": {}, "expect": "unknown"},
    ],
}


@pytest.fixture
def lead(users: Users) -> User:
    return users[Role.MEDICAL_LEAD]


def seen() -> str:
    return queries.current().ruleset.hash


def set_wait(lead: User | str, today: date, days: str = "10 d") -> RuleChange:
    rule = next(item for item in queries.current().plain["rules"] if item["id"] == PAINKILLER)
    from anagen.knowledge import adjusting

    version = rule["versions"][-1]
    words = adjusting.suggested(adjusting.spoken(rule, version), version, {"wait": days})
    return actions.set_parameter(
        by=lead, rule=PAINKILLER, values={"wait": days}, words=words, reason=WHY, on=today, seen=seen()
    )


def test_a_number_that_is_set_decides_from_now_on(lead: User, patient: Patient, today: date) -> None:
    answer(patient, today, drug__painkiller_self_bought="no")
    eight_days_ago = today - timedelta(days=8)
    from anagen.clinic.intake import actions as intake
    from anagen.clinic.intake.actions import Given
    from anagen.clinic.intake.models import Channel

    asked = intake.open_intake(by="test", patient=patient, channel=Channel.DESK)
    given = [Given("drug.painkiller_self_bought", "yes", since=eight_days_ago)]
    intake.save_answers(by="test", intake=asked, speaker="patient", answers=given, on=today)
    intake.hand_in(by="test", intake=asked, on=today)
    before = decide(by=lead, patient=patient, on=today)
    set_wait(lead, today)
    after = decide(by=lead, patient=patient, on=today)
    assert (before.verdict, after.verdict) == ("clear", "defer")
    assert after.not_before == eight_days_ago + timedelta(days=10)
    assert after.rulebook.version == f"{shipped().ruleset.version}+clinic.1"
    finding = next(each for each in after.document["findings"] if each["rule"] == PAINKILLER)
    assert "10 days" in finding["reason"] and "seven" not in finding["reason"].lower()
    assert all(replay.equal for replay in replayed())


def test_a_signature_is_a_version_with_a_name_and_a_day(lead: User, today: date) -> None:
    made = actions.sign_rule(
        by=lead, rule=PREGNANCY, reason=WHY, on=today, seen=seen(), again_before=today + timedelta(days=365)
    )
    version = queries.current().ruleset[PREGNANCY].version(today)
    assert version is not None and version.reviewed["by"] == lead.full_name
    assert version.changed["reason"] == WHY and made.role == "medical_lead"
    assert len(queries.current().ruleset[PREGNANCY].versions) == 2


def test_advice_stays_visible_and_is_undone_by_taking_it_back(
    lead: User, patient: Patient, today: date, client_of: Browser
) -> None:
    answer(patient, today, drug__anticoagulant="yes")
    rule = "drug.anticoagulation"
    actions.advice_only(by=lead, rule=rule, reason=WHY, on=today, seen=seen())
    decision = decide(by=lead, patient=patient, on=today)
    assert decision.verdict == "caution"
    page = client_of(Role.PRESCRIBER).get(reverse("screening:decision", args=[patient.number, decision.pk]))
    assert "advice only" in page.content.decode()
    actions.withdraw(by=lead, rule=rule, reason=WHY, on=today, seen=seen())
    assert decide(by=lead, patient=patient, on=today).verdict == "refer"


def test_a_rule_of_the_clinic_decides_until_it_is_withdrawn(
    lead: User, patient: Patient, today: date
) -> None:
    answer(patient, today, infection__fever="yes")
    actions.add_rule(by=lead, content=OWN, reason=WHY, on=today, seen=seen())
    found = decide(by=lead, patient=patient, on=today).document["findings"]
    assert next(each for each in found if each["rule"] == OWN["id"])["verdict"] == "defer"
    actions.withdraw(by=lead, rule=OWN["id"], reason=WHY, on=today, seen=seen())
    assert all(
        each["rule"] != OWN["id"] for each in decide(by=lead, patient=patient, on=today).document["findings"]
    )
    with pytest.raises(actions.Faulty, match="is or was a rule"):
        actions.add_rule(by=lead, content=OWN, reason=WHY, on=today, seen=seen())


def spoilt(**version: Any) -> dict[str, Any]:
    return OWN | {"versions": [OWN["versions"][0] | version]}


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda by, **said: actions.advice_only(by=by, rule=PREGNANCY, **said), "Nobody may override"),
        (lambda by, **said: actions.withdraw(by=by, rule=PREGNANCY, **said), "stands as it was shipped"),
        (
            lambda by, **said: actions.set_parameter(by=by, rule=PAINKILLER, values={"wait": "4 d"}, **said),
            "outside",
        ),
        (
            lambda by, **said: actions.set_parameter(by=by, rule=PAINKILLER, values={"wait": "7 d"}, **said),
            "anew",
        ),
        (
            lambda by, **said: actions.set_parameter(by=by, rule=PAINKILLER, values={"wait": "9 d"}, **said),
            "still say",
        ),
        (
            lambda by, **said: actions.set_parameter(by=by, rule=PAINKILLER, values={"other": "9 d"}, **said),
            "cannot be set",
        ),
        (lambda by, **said: actions.sign_rule(by=by, rule="drug.none", **said), "no rule"),
        (lambda by, **said: actions.add_rule(by=by, content=OWN | {"id": "own.rule"}, **said), "no id"),
        (
            lambda by, **said: actions.add_rule(
                by=by, content=OWN | {"examples": OWN["examples"][:2]}, **said
            ),
            "too little",
        ),
        (
            lambda by, **said: actions.add_rule(
                by=by, content=spoilt(verdict="caution", if_unknown="as_matched"), **said
            ),
            "caution",
        ),
        (lambda by, **said: actions.add_rule(by=by, content=spoilt(when={"fact": "moon"}), **said), "moon"),
        (lambda by, **said: actions.add_rule(by=by, content=spoilt(evidence=[]), **said), "too little"),
    ],
)
def test_a_change_with_a_fault_is_refused_and_nothing_is_written(
    lead: User, today: date, ask: Callable[..., Any], words: str
) -> None:
    with pytest.raises(actions.Faulty, match=words):
        ask(lead, reason=WHY, on=today, seen=seen())
    assert not RuleChange.objects.exists()
    assert queries.current() is shipped()


def test_reason_role_and_day_are_checked(users: Users, lead: User, today: date) -> None:
    def sign(by: User, reason: str = WHY, start: date = today) -> None:
        actions.sign_rule(by=by, rule=PREGNANCY, reason=reason, on=today, start=start, seen=seen())

    with pytest.raises(NotAllowed):
        sign(users[Role.PRESCRIBER])
    for reason, start in (
        ("too short", today),
        (WHY, today - timedelta(days=1)),
        (WHY, today + timedelta(days=400)),
    ):
        with pytest.raises(Refused):
            sign(lead, reason, start)
    assert not RuleChange.objects.exists()


def test_who_looked_at_older_rules_is_told(lead: User, today: date) -> None:
    looked = seen()
    set_wait(lead, today)
    with pytest.raises(ChangedMeanwhile):
        actions.sign_rule(by=lead, rule=PREGNANCY, reason=WHY, on=today, seen=looked)
    assert RuleChange.objects.count() == 1


def test_two_leads_at_the_same_moment_do_not_both_succeed(
    lead: User, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    propose = queries.proposed

    def overtaken(change: Any) -> queries.Proposal:
        """Another's change is committed once this one has been judged."""
        proposal = propose(change)
        monkeypatch.setattr(queries, "proposed", propose)
        actions.sign_rule(by="another", rule=PAINKILLER, reason=WHY, on=today, seen=seen())
        return proposal

    monkeypatch.setattr(queries, "proposed", overtaken)
    with pytest.raises(ChangedMeanwhile):
        actions.sign_rule(by=lead, rule=PREGNANCY, reason=WHY, on=today, seen=seen())


def test_knowledge_that_is_taken_up_again_is_kept_once(lead: User, today: date) -> None:
    first = queries.current()
    set_wait(lead, today)
    second = queries.current()
    for known in (first, second, first, first, first, second, second):
        actions.keep_sound(knowledge=known)
    assert [row.version for row in SoundKnowledge.objects.all()] == [
        known.plain["version"] for known in (first, second, first, second)
    ]


def test_a_request_asks_once(lead: User, today: date) -> None:
    set_wait(lead, today)
    queries.current()
    with queries.one_request(), CaptureQueriesContext(connection) as asked:
        assert queries.current() is queries.current()
    assert len(asked) == 2


# knowledge that is faulty


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let the files of the shipped knowledge be faulty, as after an edit by hand and a restart."""
    monkeypatch.setattr(queries, "_broken", [])
    monkeypatch.setattr(queries, "_held", {})

    def spoil() -> None:
        def refuse() -> None:
            raise KnowledgeError(
                [Fault("rules/drugs.yaml", 12, "“verdikt” is not known here.", "Use verdict.")]
            )

        queries._held.clear()
        monkeypatch.setattr(queries, "shipped", refuse)

    return spoil


def test_the_clinic_goes_on_with_the_last_sound_knowledge_and_says_so(
    lead: User, patient: Patient, today: date, client_of: Browser, broken: Callable[[], None]
) -> None:
    set_wait(lead, today)
    actions.keep_sound(knowledge=queries.current())
    actions.keep_sound(knowledge=queries.current())
    assert SoundKnowledge.objects.count() == 1
    good = seen()
    answer(patient, today)
    broken()
    assert seen() == good and queries.current().topics
    assert decide(by=lead, patient=patient, on=today).rulebook.hash == good
    for role, home in ((Role.MEDICAL_LEAD, True), (Role.ADMINISTRATOR, True), (Role.NURSE, False)):
        browser = client_of(role)
        assert ("rules/drugs.yaml:12" in browser.get(reverse("site:home")).content.decode()) is home
        for page in ("knowledge:home", "knowledge:rules"):
            html = browser.get(reverse(page)).content.decode()
            assert "rules/drugs.yaml:12" in html and "Use verdict." in html
    with pytest.raises(actions.Faulty, match="verdikt"):
        actions.sign_rule(by=lead, rule=PREGNANCY, reason=WHY, on=today, seen=good)


def test_changes_that_no_longer_fit_are_taken_back_one_after_the_other(
    lead: User, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "drug.anticoagulation"
    set_wait(lead, today)
    actions.advice_only(by=lead, rule=other, reason=WHY, on=today, seen=seen())
    actions.sign_rule(by=lead, rule=PREGNANCY, reason=WHY, on=today, seen=seen())
    actions.keep_sound(knowledge=queries.current())
    good = seen()
    plain = deepcopy(dict(shipped().plain)) | {"version": "2027.1.1"}
    for rule in plain["rules"]:
        if rule["id"] in (PAINKILLER, PREGNANCY, other):
            rule["versions"][-1]["change"] = "Nothing would."
    newer = Knowledge(plain, shipped().root)
    monkeypatch.setattr(queries, "_held", {})
    monkeypatch.setattr(queries, "shipped", lambda: newer)
    assert len(queries.state().faults) == 2
    with pytest.raises(actions.Faulty, match="has changed since"):
        actions.sign_rule(by=lead, rule="deferral.recent_mesotherapy", reason=WHY, on=today, seen=seen())
    actions.withdraw(by=lead, rule=PAINKILLER, reason=WHY, on=today, seen=seen())
    assert len(queries.state().faults) == 1 and seen() == good
    actions.withdraw(by=lead, rule=other, reason=WHY, on=today, seen=seen())
    assert queries.state().sound and queries.state().version == "2027.1.1+clinic.5"
    assert not queries.current().ruleset[PREGNANCY].versions[-1].reviewed


def test_without_any_sound_knowledge_nothing_is_decided(lead: User, broken: Callable[[], None]) -> None:
    broken()
    with pytest.raises(KnowledgeError):
        queries.current()
