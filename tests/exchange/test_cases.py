"""The public case file: complete, answered as written, and judged the same by a second reading of the rules."""

from __future__ import annotations

import importlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.exchange import second_opinion
from tools import cases as writer
from tools import mutate
from tools.recipe import Recipe, parts

from anagen.exchange import cases
from anagen.exchange.errors import BadInput
from anagen.knowledge.loader import Knowledge, shipped

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "cases"
LINES = [
    json.loads(line)
    for file in sorted(FOLDER.glob("*.jsonl"))
    for line in file.read_text(encoding="utf-8").splitlines()
]
BASES = json.loads((FOLDER / "baselines.json").read_text(encoding="utf-8"))
NOTHING = {"verdict": "clear", "not_before": None, "findings": [], "missing": []}


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return shipped()


def of_topic(topic: str) -> list[dict[str, Any]]:
    return [line for line in LINES if line["id"].startswith(f"{topic}/")]


def read(facts: dict[str, Any], knowledge: Knowledge, **more: Any) -> cases.Case:
    plain = {
        "id": "a",
        "title": "A",
        "on": "2026-11-21",
        "facts": facts,
        "expect": NOTHING,
        "why": [],
        **more,
    }
    return cases.read(json.dumps(plain), file="a", bases=BASES, vocabulary=knowledge.ruleset.vocabulary)[0]


# what is published


def test_every_case_is_answered_as_it_is_written(knowledge: Knowledge) -> None:
    assert list(writer.otherwise(writer.stored(knowledge), knowledge)) == []


def test_the_files_are_those_of_the_recipe(knowledge: Knowledge) -> None:
    assert list(writer.astray(writer.written(knowledge))) == []


def test_a_file_that_differs_is_missing_or_of_no_recipe_is_named(tmp_path: Path) -> None:
    for name, text in (("a.jsonl", "same"), ("b.jsonl", "changed by hand"), ("extra.jsonl", "")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    texts = {"a.jsonl": "same", "b.jsonl": "made", "c.jsonl": "made"}
    named = [line.split(":")[0] for line in writer.astray(texts, tmp_path)]
    assert named == ["docs/cases/b.jsonl", "docs/cases/c.jsonl", "docs/cases/extra.jsonl"]


def test_a_changed_rule_shows_as_changed_cases(tmp_path: Path) -> None:
    for name in ("matched.jsonl", "baselines.json"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    plain = json.loads(json.dumps(shipped().plain))
    rule = next(rule for rule in plain["rules"] if rule["id"] == "precaution.asthma")
    rule["versions"][0]["verdict"] = "exclude"
    changed = Knowledge(plain)
    (told,) = writer.otherwise(writer.stored(changed, tmp_path), changed)
    assert told.startswith("matched/precaution.asthma: verdict: expected caution, answered exclude")


def test_there_are_enough_cases_each_with_a_name_of_its_own() -> None:
    assert len(LINES) >= 400
    assert [name for name, times in Counter(line["id"] for line in LINES).items() if times > 1] == []
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 1_000_000
    for file in FOLDER.glob("*.jsonl"):
        assert of_topic(file.stem)
        assert f"`{file.stem}`" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_every_rule_is_matched_unknown_and_silent_somewhere_and_guarded(knowledge: Knowledge) -> None:
    guarded = {rule for line in LINES for rule in line["why"]}
    for rule in knowledge.plain["rules"]:
        states = {
            next(
                (found["state"] for found in line["expect"]["findings"] if found["rule"] == rule["id"]),
                "silent",
            )
            for line in LINES
        }
        assert states == {"matched", "unknown", "silent"}, rule["id"]
        assert rule["id"] in guarded


def test_every_verdict_is_expected_of_many() -> None:
    counted = Counter(line["expect"]["verdict"] for line in LINES)
    assert set(counted) == set(second_opinion.ORDER)
    assert min(counted.values()) >= 50


def test_every_limit_has_patients_on_both_sides_and_on_it(knowledge: Knowledge) -> None:
    recipe = Recipe(knowledge)
    given = {
        (fact, said)
        for line in of_topic("quantities")
        for fact, said in line["facts"].items()
        if isinstance(said, str)
    }
    limits = 0
    for rule, version in recipe.standing():
        for leaf, _ in recipe.leaves(version["when"]):
            fact, operator, limit = parts(leaf)
            if operator in ("at_least", "above", "at_most", "below") and fact != "age":
                limits += 1
                assert {(fact, recipe.stepped(fact, limit, step)) for step in (-1, 0, 1)} <= given, rule["id"]
            elif operator == "within":
                names = {line["id"] for line in of_topic("durations") if rule["id"] in line["id"].split("/")}
                assert {name.split("/")[-1] for name in names} == {"below", "at", "above", "ahead"}
    assert limits > 15
    for fact in knowledge.plain["facts"]:
        names = {line["id"] for line in of_topic("freshness") if line["id"].split("/")[1] == fact["id"]}
        assert len(names) == (1 if fact["fresh"] == "always" else 3), fact["id"]


def test_at_every_limit_of_a_measured_value_the_answer_turns(knowledge: Knowledge) -> None:
    """Nothing else in the patient hides it: on one side of the limit the rule weighs, on the other it does not."""
    recipe, turned = Recipe(knowledge), 0
    weighing = {
        line["id"]: {found["rule"] for found in line["expect"]["findings"]} for line in of_topic("quantities")
    }
    for rule, version in recipe.standing():
        for leaf, _ in recipe.leaves(version["when"]):
            fact, operator, limit = parts(leaf)
            if operator in ("at_least", "above", "at_most", "below") and fact != "age":
                values = [recipe.stepped(fact, limit, step).replace(" ", "-") for step in (-1, 0, 1)]
                weighs = [rule["id"] in weighing[f"quantities/{fact}/{value}"] for value in values]
                at = operator in ("at_least", "at_most")
                above = operator in ("at_least", "above")
                assert weighs == [not above, at, above], (rule["id"], limit)
                turned += 1
    assert turned > 15


# a second reading of the rules


@pytest.mark.parametrize("topic", sorted({line["id"].split("/")[0] for line in LINES}))
def test_a_second_reading_of_the_rules_says_the_same(topic: str, knowledge: Knowledge) -> None:
    for line in of_topic(topic):
        verdict, not_before, found = second_opinion.opinion(line, BASES, dict(knowledge.plain))
        expect = line["expect"]
        assert (verdict, not_before) == (expect["verdict"], expect["not_before"]), line["id"]
        assert found == {
            (each["rule"], each["state"], each["verdict"], each["until"]) for each in expect["findings"]
        }, line["id"]


def test_the_second_reading_shares_no_code_with_the_engine() -> None:
    source = Path(importlib.import_module("tests.exchange.second_opinion").__file__ or "").read_text("utf-8")
    assert "import anagen" not in source and "from anagen" not in source


# a slip of the hand


def test_every_change_to_a_rule_or_a_fact_is_noticed_by_a_case() -> None:
    """Of one rule and one fact of each kind; python tools/mutate.py --cases tries all."""
    names = ["deferral.fever", "drug.antineoplastic", "contraindication.high_inr", "indication.shaft_damage"]
    tried = list(mutate.tried_on_cases(names))
    assert len(tried) > 40
    assert [what for what, _, by_case in tried if not by_case] == []
    noticing = mutate.Cases()
    for name in ("menstruation", "vital.temperature"):
        plain = next(fact for fact in shipped().plain["facts"] if fact["id"] == name)
        changes = list(mutate.definitions(plain))
        assert len(changes) > 2
        for what, changed in changes:
            assert noticing.notice_fact(name, changed), f"{name}: {what}"


def test_what_changes_nothing_is_noticed_by_no_case() -> None:
    noticing = mutate.Cases()
    rule = next(rule for rule in shipped().plain["rules"] if rule["id"] == "precaution.asthma")
    version = rule["versions"][0]
    assert noticing.notice_rule(rule, 0, version) is False
    assert noticing.notice_rule(rule, 0, {**version, "when": {"all": [version["when"]]}}) is False
    assert noticing.notice_rule(rule, 0, {**version, "when": {"all": []}}) is None
    assert noticing.notice_drop("nobody.knows_this_rule") is False


# reading


def test_a_difference_takes_the_place_of_the_base_and_null_takes_the_answer_away(
    knowledge: Knowledge,
) -> None:
    base = "healthy woman of 34"
    whole = cases.whole({"base": base, "facts": {"asthma": "yes", "epilepsy": None}}, BASES)
    assert whole["asthma"] == "yes" and "epilepsy" not in whole
    assert len(whole) == len(BASES[base]) - 1
    assert [statement.fact for statement in read({"asthma": "yes"}, knowledge).facts] == ["asthma"]


def test_everything_that_can_be_said_of_an_answer_is_kept(knowledge: Knowledge) -> None:
    said = {
        "value": "yes",
        "since": "2026-11-01",
        "until": "2026-11-30",
        "said": "2026-11-20",
        "speaker": "system",
        "record": "Condition/7",
    }
    first, second = read(
        {"infection.cold": [said, {"value": "unknown", "speaker": "clinician"}]}, knowledge
    ).facts
    assert (str(first.since), str(first.until), str(first.on)) == ("2026-11-01", "2026-11-30", "2026-11-20")
    assert (first.speaker, first.record) == ("system", "Condition/7")
    assert (second.value.name, second.speaker, str(second.on)) == ("UNKNOWN", "clinician", "2026-11-21")


def test_who_speaks_by_default_is_the_patient_where_patients_are_asked(knowledge: Knowledge) -> None:
    asked, measured, unknown = read(
        {"asthma": "no", "vital.pulse": "70 /min", "vital.inr": "unknown"}, knowledge
    ).facts
    assert (asked.speaker, measured.speaker, unknown.speaker) == ("patient", "clinician", "clinician")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"facts": {"astma": "yes"}}, "no fact is called “astma”"),
        ({"facts": {"asthma": True}}, "asthma: “True” is no answer to asthma; write yes or no"),
        (
            {"facts": {"asthma": {"value": "yes", "untill": "2026-11-30"}}},
            "asthma: “untill” is not known here",
        ),
        ({"facts": {"asthma": {"until": "2026-11-30"}}}, "asthma: there is no value"),
        (
            {"facts": {"asthma": {"value": "unknown", "until": "2026-11-30"}}},
            "what nobody knows has no since",
        ),
        (
            {"facts": {"asthma": {"value": "yes", "speaker": "nobody"}}},
            "asthma: 'nobody' is not a valid Speaker",
        ),
        ({"facts": {"asthma": {"value": "yes", "record": 7}}}, "asthma: “7” is no name of a record"),
        ({"facts": {"vital.pulse": "fast"}}, "vital.pulse: “fast” is no quantity"),
        ({"facts": {"vital.pulse": "900 /min"}}, "vital.pulse: 900 /min cannot be"),
        ({"facts": []}, "“facts” is no object"),
        ({"on": "21.11.2026"}, "“21.11.2026” is no day; write it as 2026-11-21"),
        ({"id": " "}, "“id” is no text"),
        ({"base": "somebody"}, "there is no base “somebody”; use healthy woman of 34 or healthy man of 40"),
        ({"base": ["somebody"]}, "there is no base"),
        ({"extra": 1}, "“extra” is not known in a case"),
        ({"why": "precaution.asthma"}, "“why” is no list"),
        ({"why": [1]}, "“why” is no list of texts"),
        ({"unmapped": [{"where": "x"}]}, "an unmapped entry lacks “text”"),
        ({"unmapped": [{"where": "x", "text": "x", "why": 1}]}, "an unmapped entry is made of texts"),
        ({"expect": {}}, "what is expected lacks “verdict”"),
        ({"expect": []}, "what is expected is no object"),
        ({"expect": {**NOTHING, "verdict": "fine"}}, "“fine” is no verdict; use clear, caution"),
        ({"expect": {**NOTHING, "not_before": 1}}, "“1” is no day"),
        ({"expect": {**NOTHING, "findings": [{}]}}, "a finding lacks “rule”"),
        (
            {
                "expect": {
                    **NOTHING,
                    "findings": [{"rule": "a", "state": "no", "verdict": "defer", "until": None}],
                }
            },
            "“no” is no state; use matched or unknown",
        ),
        (
            {
                "expect": {
                    **NOTHING,
                    "findings": [{"rule": 1, "state": "matched", "verdict": "defer", "until": None}],
                }
            },
            "“1” is no rule",
        ),
    ],
)
def test_a_case_that_is_not_understood_is_refused_with_place_and_mend(
    changed: dict[str, Any], said: str, knowledge: Knowledge
) -> None:
    with pytest.raises(BadInput) as refused:
        read(changed.pop("facts", {}), knowledge, **changed)
    assert refused.value.place.startswith("line 1")
    assert refused.value.what.startswith(said) or said in refused.value.what
    assert refused.value.mend


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', '{"a": NaN}', "[" * 100_000, "[1]"])
def test_what_is_no_case_is_refused(text: str, knowledge: Knowledge) -> None:
    with pytest.raises(BadInput):
        cases.read(text, file="a", bases={}, vocabulary=knowledge.ruleset.vocabulary)
    if text != "[1]":
        with pytest.raises(BadInput):
            cases.baselines(text, file="a")


@pytest.mark.parametrize("text", ["[]", '{"healthy": 1}'])
def test_what_are_no_baselines_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="no patients by name"):
        cases.baselines(text, file="baselines.json")


def test_every_difference_is_told_and_order_is_none() -> None:
    one = {"rule": "a", "state": "matched", "verdict": "defer", "until": "2026-12-01"}
    two = {"rule": "b", "state": "unknown", "verdict": "incomplete", "until": None}
    whole = {"verdict": "defer", "not_before": "2026-12-01", "findings": [one, two], "missing": ["x", "y"]}
    assert cases.differences(whole, {**whole, "findings": [two, one], "missing": ["y", "x"]}) == []
    other = {
        "verdict": "incomplete",
        "not_before": None,
        "findings": [two, {**one, "until": None}],
        "missing": ["x", "z"],
    }
    assert cases.differences(whole, other) == [
        "verdict: expected defer, answered incomplete",
        "not_before: expected 2026-12-01, answered none",
        "a: expected matched defer until 2026-12-01, answered matched defer",
        "missing: expected y, which is not asked for",
        "missing: z is asked for, which is not expected",
    ]
