"""What a clinic changes: ranges that are checked, words that follow, versions that are added, and what is refused."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any

import pytest

from anagen.knowledge import adjusting, changes
from anagen.knowledge.changes import Added, Adjusted, AdviceOnly, Change, Signed, Withdrawn
from anagen.knowledge.loader import Knowledge, shipped
from anagen.medicine.rules import Verdict

ON = date(2026, 11, 21)
SAID: dict[str, Any] = {"start": ON, "on": ON, "by": "Ines Marchetti", "reason": "Agreed in the meeting."}
PAINKILLER = "drug.self_bought_painkiller"


def rule_of(knowledge: Knowledge, id: str) -> dict[str, Any]:
    return next(item for item in knowledge.plain["rules"] if item["id"] == id)


def settable() -> list[Any]:
    return [
        pytest.param(rule, parameter, id=f"{rule['id']}, {parameter.name}")
        for rule in shipped().plain["rules"]
        for parameter in adjusting.parameters(rule["versions"][-1])
    ]


def to(rule: str, values: dict[str, str], knowledge: Knowledge | None = None) -> Adjusted:
    """Numbers that are set, with the words that are proposed for them."""
    plain = rule_of(knowledge or shipped(), rule)
    version = plain["versions"][-1]
    words = adjusting.suggested(adjusting.spoken(plain, version), version, values)
    return Adjusted(rule=rule, **SAID, values=values, words=words)


@pytest.mark.parametrize(("rule", "parameter"), settable())
def test_both_ends_of_every_range_make_sound_knowledge(rule: Any, parameter: adjusting.Parameter) -> None:
    for end in (parameter.least, parameter.most):
        if end == parameter.value:
            continue
        made = changes.knowledge(shipped(), [to(rule["id"], {parameter.name: end})])
        newest = rule_of(made, rule["id"])["versions"][-1]
        assert {each.name: each.value for each in adjusting.parameters(newest)}[parameter.name] == end
        assert made.ruleset.hash != shipped().ruleset.hash


def test_at_least_twelve_rules_can_be_set() -> None:
    assert len({entry.values[0]["id"] for entry in settable()}) >= 12


@pytest.mark.parametrize(
    ("old", "new", "text", "expected"),
    [
        (
            "7 d",
            "10 d",
            "Seven full days since, a week after, 7 days.",
            "10 full days since, 10 days after, 10 days.",
        ),
        ("7 d", "10 d", "Seventy days, 17 days, weekly.", "Seventy days, 17 days, weekly."),
        ("6 mo", "1 a", "Half a year or six months.", "Half a year or 1 year."),
    ],
)
def test_words_follow_a_length_of_time(old: str, new: str, text: str, expected: str) -> None:
    version = {
        "when": {"fact": "x", "within": old},
        "adjustable": [
            {"name": "n", "what": "w", "at": ["when.within"], "least": old, "most": new, "why": "y"}
        ],
    }
    assert adjusting.suggested({"clinician": text}, version, {"n": new}) == {"clinician": expected}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ({"at": ["when.nothing"]}, "nothing at"),
        ({"at": ["says.patient"]}, "no limit"),
        ({"at": ["when.within", "until.after"], "least": "8 d"}, "is not from"),
        ({"least": "5 h"}, "not in the unit"),
        ({"most": "much"}, "no quantity"),
        ({"least": "7 d", "most": "7 d"}, "nothing to choose"),
    ],
)
def test_a_range_that_cannot_be_is_a_fault(spoil: dict[str, Any], words: str) -> None:
    version = copy.deepcopy(rule_of(shipped(), PAINKILLER)["versions"][0])
    version["adjustable"][0] |= spoil
    assert any(words in what for _path, what, _mend in adjusting.faults(version, hard=False))


def test_what_nobody_may_override_is_never_made_looser() -> None:
    version = copy.deepcopy(rule_of(shipped(), "deferral.recent_mesotherapy")["versions"][0])
    assert not list(adjusting.faults(version, hard=True))
    version["adjustable"][0]["least"] = "5 d"
    assert ["looser" in what for _path, what, _mend in adjusting.faults(version, hard=True)] == [True]


def test_every_change_survives_json() -> None:
    for made in (
        Signed(rule=PAINKILLER, **SAID, again_before=date(2027, 11, 21)),
        to(PAINKILLER, {"wait": "10 d"}),
        AdviceOnly(rule=PAINKILLER, **SAID),
    ):
        assert changes.change(json.loads(json.dumps(made.plain()))) == made


def test_nothing_that_was_is_edited() -> None:
    before = copy.deepcopy(shipped().plain)
    made = changes.knowledge(shipped(), [to(PAINKILLER, {"wait": "10 d"})])
    assert shipped().plain == before
    first, second = rule_of(made, PAINKILLER)["versions"]
    assert first == before_version(PAINKILLER) | {"to": "2026-11-21"}
    assert second["from"] == "2026-11-21" and second["changed"]["by"] == "Ines Marchetti"
    assert made.ruleset[PAINKILLER].version(ON) is made.ruleset[PAINKILLER].versions[1]
    assert made.ruleset.version.endswith("+clinic.1")


def before_version(id: str) -> dict[str, Any]:
    found: dict[str, Any] = rule_of(shipped(), id)["versions"][0]
    return found


def test_every_rule_that_may_be_overridden_can_become_advice_and_no_other() -> None:
    for rule in shipped().ruleset.rules:
        version = rule.versions[-1]
        _plain, faults = changes.apply(shipped().plain, [AdviceOnly(rule=rule.id, **SAID)])
        possible = version.override.allowed and version.verdict > Verdict.CAUTION
        assert (not faults) is possible, rule.id


def test_what_was_unknown_never_becomes_harmless() -> None:
    """A version that would not ask any more is refused by its own examples."""
    plain = copy.deepcopy(dict(shipped().plain))
    rule = next(item for item in plain["rules"] if item["id"] == PAINKILLER)
    rule["versions"][0]["when"] = {
        "not": {"any": [rule["versions"][0]["when"], {"not": rule["versions"][0]["when"]}]}
    }
    rule["versions"][0].pop("adjustable")
    _plain, faults = changes.apply(plain, [Signed(rule=PAINKILLER, **SAID)])
    assert faults


def test_a_change_that_no_longer_fits_is_mended_by_taking_the_rule_back() -> None:
    narrower = copy.deepcopy(dict(shipped().plain))
    rule = next(item for item in narrower["rules"] if item["id"] == PAINKILLER)
    rule["versions"][0]["adjustable"][0]["most"] = "8 d"
    made: list[Change] = [to(PAINKILLER, {"wait": "10 d"})]
    assert [fault.line for fault in changes.apply(narrower, made)[1]] == [1]
    back = Withdrawn(rule=PAINKILLER, **SAID)
    plain, faults = changes.apply(narrower, [*made, back])
    assert not faults, faults
    assert (
        next(item for item in plain["rules"] if item["id"] == PAINKILLER)["versions"][-1]["verdict"]
        == "defer"
    )


def test_a_version_never_begins_before_the_one_it_follows() -> None:
    later = Signed(rule=PAINKILLER, **SAID | {"start": date(2027, 1, 1)})
    _plain, faults = changes.apply(shipped().plain, [later, Signed(rule=PAINKILLER, **SAID)])
    assert ["begins on 2027-01-01" in fault.what for fault in faults] == [True]


def edited(id: str, **version: Any) -> dict[str, Any]:
    """The shipped knowledge of a later release, in which a rule says something else."""
    plain = copy.deepcopy(dict(shipped().plain))
    next(item for item in plain["rules"] if item["id"] == id)["versions"][-1] |= version
    return plain


def newest(plain: dict[str, Any], id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in plain["rules"] if item["id"] == id)["versions"][-1]
    return found


def test_a_signature_does_not_carry_over_to_what_nobody_has_read() -> None:
    signature = changes.bound(Signed(rule=PAINKILLER, **SAID), shipped().plain)
    same, faults = changes.apply(edited(PAINKILLER, reviewed={"by": "A", "on": "2026-11-20"}), [signature])
    assert not faults and newest(same, PAINKILLER)["reviewed"]["by"] == "Ines Marchetti"
    other = edited(PAINKILLER, change="Nothing would.")
    plain, faults = changes.apply(other, [signature])
    assert not faults and "reviewed" not in newest(plain, PAINKILLER)
    plain, faults = changes.apply(other, [signature, changes.bound(signature, other)])
    assert not faults and "reviewed" in newest(plain, PAINKILLER)


def test_other_changes_of_what_was_shipped_otherwise_are_decided_anew() -> None:
    other = edited(PAINKILLER, change="Nothing would.")
    for made in (to(PAINKILLER, {"wait": "10 d"}), AdviceOnly(rule=PAINKILLER, **SAID)):
        change = changes.bound(made, shipped().plain)
        (fault,) = changes.apply(other, [change])[1]
        assert "has changed since" in fault.what and "Decide anew" in fault.mend
        plain, faults = changes.apply(other, [change, Withdrawn(rule=PAINKILLER, **SAID)])
        assert not faults and "changed" not in newest(plain, PAINKILLER)


def test_a_rule_that_ends_later_takes_no_change() -> None:
    ending = edited(PAINKILLER, to="2027-01-01")
    for made in (Signed(rule=PAINKILLER, **SAID), to(PAINKILLER, {"wait": "10 d"})):
        assert ["ends on 2027-01-01" in fault.what for fault in changes.apply(ending, [made])[1]] == [True]
        assert not changes.apply(ending, [made, Withdrawn(rule=PAINKILLER, **SAID)])[1]


def test_what_is_gone_can_be_taken_back() -> None:
    plain = copy.deepcopy(dict(shipped().plain))
    plain["rules"] = [item for item in plain["rules"] if item["id"] != PAINKILLER]
    made: list[Change] = [to(PAINKILLER, {"wait": "10 d"})]
    assert changes.apply(plain, made)[1]
    assert not changes.apply(plain, [*made, Withdrawn(rule=PAINKILLER, **SAID)])[1]


def test_an_own_rule_that_no_longer_builds_is_a_fault_until_it_is_taken_back() -> None:
    rule = copy.deepcopy(rule_of(shipped(), PAINKILLER)) | {"id": "clinic.painkiller"}
    rule["versions"][0] |= {"claims": [], "evidence": [{"source": "clinic_policy", "strength": "policy"}]}
    rule["versions"][0].pop("adjustable")
    later, today = date(2026, 12, 1), date(2026, 12, 2)
    made: list[Change] = [
        Added(rule="clinic.painkiller", **SAID, content=rule),
        Signed(rule="clinic.painkiller", **SAID | {"start": later, "on": later}),
    ]
    assert not changes.apply(shipped().plain, made)[1]
    plain = copy.deepcopy(dict(shipped().plain))
    for fact in plain["facts"]:
        if fact["id"] == rule["versions"][0]["when"]["fact"]:
            fact["id"] = "drug.renamed"
    plain["rules"] = [item for item in plain["rules"] if "drug.renamed" not in item["id"]]
    faults = changes.apply(plain, made)[1]
    assert any(fault.line == 2 and "“clinic.painkiller” no longer fits" in fault.what for fault in faults)
    ahead = Withdrawn(rule="clinic.painkiller", **SAID | {"start": date(2027, 1, 1), "on": today})
    assert changes.apply(plain, [*made, ahead])[1]  # it still stands
    assert not changes.apply(plain, [*made, ahead], date(2027, 1, 1))[1]
    now = Withdrawn(rule="clinic.painkiller", **SAID | {"start": today, "on": today})
    for taken_back in ([now], [ahead, now]):
        left, faults = changes.apply(plain, [*made, *taken_back])
        assert not faults and left["rules"] == plain["rules"]
