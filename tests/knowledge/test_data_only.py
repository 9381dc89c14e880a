"""A body area, a protocol, an ingredient and a rule are data: one of each is added here, and no code."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from anagen.knowledge.loader import ROOT, Knowledge, load
from anagen.medicine.facts import Facts
from anagen.medicine.planning import plan_course
from anagen.medicine.rules import State
from anagen.medicine.screening import screen

ON = date(2026, 12, 1)

RULE = """
rules:
  - id: precaution.forearm_tan
    title: Fresh tan of the forearm
    topic: precaution
    versions:
      - from: 2026-11-21
        when: {fact: scalp.sunburn, is: yes}
        verdict: refer
        if_unknown: ask
        says: {clinician: A second rule on sunburn., patient: Your skin should calm down first.}
        change: The skin has calmed down.
        override: {by: [prescriber], reasons: [finding_resolved]}
        evidence: [{source: anagen_policy, strength: policy}]
        claims: []
    examples:
      - {name: Burnt is referred, given: {scalp.sunburn: yes}, expect: refer}
      - {name: Not burnt is not matched, given: {scalp.sunburn: no}, expect: not_matched}
      - {name: Not asked is unknown, given: {}, expect: unknown}
"""
PROTOCOL = """
protocols:
  - id: forearm-trial
    title: Forearm, a trial
    area: forearm
    sessions: {least: 2, usual: 3, most: 4}
    gaps: [{sessions: [2, 4], least: 10 d, usual: 14 d, longest: 28 d}]
    start_within: 30 d
    session_length: 30 min
    mixture: [{sessions: [1, 4], mixture: saline}]
    evidence: [{source: anagen_policy, strength: policy}]
    claims: []
"""
CARE = """
care:
  - id: aftercare.forearm_sleeve
    subject: sleeve
    kind: do
    areas: [forearm]
    from: 0 h
    to: 48 h
    says: {clinician: A loose sleeve for two days., patient: Please wear a loose sleeve for two days.}
    evidence: [{source: anagen_policy, strength: policy}]
    claims: []
"""
TOPICS = """
topics:
  - id: area.forearm
    title: Forearm
    step: treatment
    says: {clinician: "An area of its own, added as data."}
    details: {status: not_released, missing: [screening of its own], must: [a map], unsafe: [everything not tried]}
    see: [forearm-trial]
    evidence: [{source: anagen_policy, strength: policy}]
    claims: []
  - id: ingredient.saline_of_the_trial
    title: Saline of the trial
    step: formulation
    says: {clinician: "Salt water, added as data."}
    details:
      entry: substance
      class: other
      purpose: [{for: nothing but volume, strength: claimed}]
      legal: medicine
      injectable: unknown
      scalp: unlicensed
    evidence: [{source: anagen_policy, strength: policy}]
    claims: []
"""


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """The shipped knowledge with one file more of each kind."""
    root: Path = tmp_path_factory.mktemp("grown") / "knowledge"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns("*.py", "__pycache__", "schema"))
    for part, text in {"rules": RULE, "protocols": PROTOCOL, "care": CARE, "topics": TOPICS}.items():
        (root / part / "added.yaml").write_text(text, encoding="utf-8")
    return load(root)


def test_the_rule_speaks_in_a_screening(grown: Knowledge) -> None:
    facts = Facts.answered({"scalp.sunburn": True}, on=ON)
    findings = {finding.rule: finding for finding in screen(facts, ruleset=grown.ruleset, on=ON).findings}
    assert findings["precaution.forearm_tan"].state is State.MATCHED


def test_the_protocol_is_planned_with_the_care_of_its_area_and_no_other(grown: Knowledge) -> None:
    plan = plan_course(grown.protocols["forearm-trial"], start=ON, care=grown.care)
    assert [(day - ON).days for day in plan.course.days] == [0, 14, 28]
    assert {window.subject for window in plan.windows} == {"session", "sleeve"}


def test_the_area_and_the_ingredient_are_known(grown: Knowledge) -> None:
    assert {"area.forearm", "ingredient.saline_of_the_trial"} <= set(grown.topics)
