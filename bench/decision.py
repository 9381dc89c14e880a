"""One decision from facts: Anagen against zen-engine, on the same rules and the same patients.

    python bench/decision.py

First every answer of both is compared, rule by rule, three-valued: matched, unknown, not matched, and the worst
verdict of them. One difference, and the benchmark fails. Then the two are timed in turn.

Anagen's verdict also counts the open questions of the intake, and its findings carry reason, source, dates and what
is missing; zen answers with a word or with names. How zen is spared is said in ``_peer.py``. “New” patients are
decided for the first time in this process, after others of their kind; “again” is the same patients once more.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

from _copies import copied
from _measure import Times, Work, begin, in_turn, micro, print_table, times_as_fast
from _patients import KINDS, ON, batches, patients
from _peer import Context, Peers, context

from anagen.knowledge.loader import shipped
from anagen.medicine import compiled
from anagen.medicine.compiled import Day
from anagen.medicine.facts import Facts, Statement
from anagen.medicine.rules import Ruleset
from anagen.medicine.screening import screen

NUMBER, BATCH, PASSES, SEED = 400, 50, 5, 20261121
GOAL_VERDICT, GOAL_FINDINGS = 20, 5
COPIES = (1, 2, 4, 8)

Row = tuple[Any, ...]


def main() -> int:
    begin()
    knowledge = shipped()
    ruleset = knowledge.ruleset
    asked = sum(fact.asked_in_intake for fact in ruleset.vocabulary)
    print(f"  {len(ruleset.standing(ON))} rules, {asked} questions in the intake")
    population = {kind: patients(ruleset.vocabulary, kind, NUMBER, SEED) for kind in KINDS}
    if differ(ruleset, [facts for kind in KINDS for facts in population[kind]]):
        return 1
    against_zen(ruleset, population)
    by_rules(knowledge.plain, population["typical"])
    return 0


def differ(ruleset: Ruleset, everybody: list[Facts]) -> bool:
    """Compare all answers of every patient; say where they differ."""
    peers = Peers(ruleset, ON)
    differences = [difference for facts in everybody for difference in peers.differences(facts)]
    for difference in differences[:5]:
        print(f"  DIFFERENT  {difference[:300]}")
    agreed = f"{len(everybody)} patients × {len(ruleset.standing(ON))} rules: "
    print(f"  {agreed}{len(differences)} differences\n" if differences else f"  {agreed}the same answers\n")
    return bool(differences)


def against_zen(ruleset: Ruleset, population: dict[str, list[Facts]]) -> None:
    peers = Peers(ruleset, ON)
    verdicts, findings, building = [], [], []
    for kind, everybody in population.items():
        groups = list(batches(everybody, BATCH))
        spoken = {id(facts): context(facts, ruleset, ON) for facts in everybody}
        answers = {id(facts): _rows(facts) for facts in everybody}
        mean = f"{sum(map(len, everybody)) / len(everybody):.0f}"

        verdict = warmed(ruleset, kind).verdict
        new = in_turn({"ours": verdict}, groups)["ours"]
        zen = {"table": told(peers.verdict_table, spoken), "formula": told(peers.verdict_formula, spoken)}
        verdicts.append((kind, mean, *_row(in_turn({"ours": verdict, **zen}, groups, passes=PASSES), new)))

        times = in_turn(
            {"made": made(len, answers), "ours": made(verdict, answers), **zen}, groups, passes=PASSES
        )
        building.append(
            (
                kind,
                *(micro(times[name].median) for name in ("made", "ours", "table", "formula")),
                times_as_fast(times["table"], times["ours"]),
                times_as_fast(times["formula"], times["ours"]),
            )
        )

        warmed(ruleset, kind)
        whole = partial(screen, ruleset=ruleset, on=ON)
        new = in_turn({"ours": whole}, groups)["ours"]
        zen = {"table": told(peers.findings_table, spoken), "formula": told(peers.findings_formula, spoken)}
        findings.append((kind, mean, *_row(in_turn({"ours": whole, **zen}, groups, passes=PASSES), new)))
    head = (
        *("patient", "answers", "new", "again", "least"),
        *("table", "least", "formula", "least", "table ÷ ours", "formula ÷ ours"),
    )
    print("  zen ÷ ours: the ratio of the medians, in brackets that of the least")
    print(f"  The verdict alone, facts at hand; µs of CPU, medians. Goal: zen ÷ ours ≥ {GOAL_VERDICT}")
    print_table(head, verdicts)
    print(f"  Every finding with its reason, facts at hand; the same. Goal: zen ÷ ours ≥ {GOAL_FINDINGS}")
    print_table(head, findings)
    print(
        "  The verdict, every statement and the facts made anew from plain values; zen takes its dictionary"
    )
    print_table(
        ("patient", "making", "and verdict", "zen table", "zen formula", "table", "formula"), building
    )


def told(ask: Work, spoken: dict[int, Context]) -> Work:
    """To ask zen about a patient whose context has been prepared."""
    return lambda facts: ask(spoken[id(facts)])


def made(decide: Work, answers: dict[int, list[Row]]) -> Work:
    """To decide from plain rows, every statement made anew."""
    return lambda facts: decide(Facts(Statement(*row) for row in answers[id(facts)]))


def warmed(ruleset: Ruleset, kind: str) -> Day:
    """The ruleset as it is after a morning of other patients of the kind; nobody that will be measured."""
    compiled.day.cache_clear()
    for facts in patients(ruleset.vocabulary, kind, NUMBER, SEED + 1):
        screen(facts, ruleset=ruleset, on=ON)
    return compiled.day(ruleset, ON)


def _rows(facts: Facts) -> list[Row]:
    return [(each.fact, each.value, each.on, each.speaker, each.since, each.until) for each in facts]


def _row(times: dict[str, Times], new: Times) -> tuple[str, ...]:
    ours, table, formula = times["ours"], times["table"], times["formula"]
    return (
        micro(new.median),
        *(micro(each) for time in (ours, table, formula) for each in (time.median, time.least)),
        f"{table.median / ours.median:.1f} ({table.least / ours.least:.1f})",
        f"{formula.median / ours.median:.1f} ({formula.least / ours.least:.1f})",
    )


def by_rules(plain: Mapping[str, Any], everybody: list[Facts]) -> None:
    """More rules, the same answers: the cost must follow the answers."""
    rulesets = {times: copied(plain, times) for times in COPIES}
    everybody = everybody[:100]
    groups = list(batches(everybody, BATCH))
    ours: dict[str, Work] = {}
    theirs: dict[str, Work] = {}
    for times, ruleset in rulesets.items():
        peers = Peers(ruleset, ON)
        spoken = {id(facts): context(facts, ruleset, ON) for facts in everybody}
        if any(peers.differences(facts) for facts in everybody[:20]):
            raise SystemExit("  the copies answer otherwise than zen")
        ours[f"verdict {times}"] = compiled.day(ruleset, ON).verdict
        ours[f"screen {times}"] = partial(screen, ruleset=ruleset, on=ON)
        theirs[f"table {times}"] = told(peers.verdict_table, spoken)
        theirs[f"formula {times}"] = told(peers.verdict_formula, spoken)
    in_turn(ours, groups)  # once unseen
    found = in_turn({**ours, **theirs}, groups, passes=PASSES)
    rows = [
        (
            f"{times} × ({len(ruleset.rules)} rules)",
            *(micro(found[f"{what} {times}"].median) for what in ("verdict", "table", "formula")),
            times_as_fast(found[f"table {times}"], found[f"verdict {times}"]),
            times_as_fast(found[f"formula {times}"], found[f"verdict {times}"]),
            micro(found[f"screen {times}"].median),
        )
        for times, ruleset in rulesets.items()
    ]
    print(
        "  The rules copied, each copy about facts of its own; typical patients, who answered the first copy."
    )
    print(
        "  The list of findings holds every rule, so it grows with them: those of the copies are all unknown."
    )
    print_table(("rules", "verdict", "zen table", "zen formula", "table", "formula", "findings"), rows)


if __name__ == "__main__":
    sys.exit(main())
