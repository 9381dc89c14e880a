"""Worked examples of rules: run as tests, printed in the manual."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from anagen.knowledge import build
from anagen.knowledge.reading import Step
from anagen.medicine.conditions import Situation
from anagen.medicine.facts import Facts
from anagen.medicine.rules import Finding, Rule, RuleVersion, State, judge
from anagen.medicine.vocabulary import BIRTH_DATE, Vocabulary

DAY: Final = date(2026, 11, 21)  # examples without a day of their own are judged on this one


def finding(example: Mapping[str, Any], rule: Rule, words: Vocabulary) -> Finding:
    """What the rule says of an example; ValueError when the example cannot be understood."""
    on = date.fromisoformat(str(example.get("on", DAY)))
    version = _version(example, rule, on)
    return judge(rule, version, Situation(_facts(example["given"], words, on), on, words))


def _version(example: Mapping[str, Any], rule: Rule, on: date) -> RuleVersion:
    """The version that an example names by its number, or else the one of its day."""
    if "version" in example:
        if not 1 <= example["version"] <= len(rule.versions):
            raise ValueError(f"{rule.id} has no version {example['version']}")
        return rule.versions[example["version"] - 1]
    version = rule.version(on)
    if version is None:
        raise ValueError(f"no version of {rule.id} stands on {on}")
    return version


def _facts(given: Mapping[str, Any], words: Vocabulary, on: date) -> Facts:
    for fact in given:
        if fact not in words:
            raise ValueError(
                f"no fact is called “{fact}”" + (f"; give {BIRTH_DATE}" if fact == "age" else "")
            )
    return Facts(build.statement(words[fact], plain, words, on) for fact, plain in given.items())


def answer(found: Finding) -> str:
    """A finding in the word that examples expect."""
    return found.verdict.word if found.state is State.MATCHED else found.state.value


def faults(
    plain: Mapping[str, Any], rule: Rule, words: Vocabulary
) -> Iterator[tuple[tuple[Step, ...], str, str]]:
    """Examples that cannot be understood or answer otherwise than expected, and kinds that are lacking."""
    expected = set()
    for number, example in enumerate(plain["examples"]):
        steps: tuple[Step, ...] = ("examples", number)
        expected.add(example["expect"])
        try:
            found = finding(example, rule, words)
        except (ValueError, TypeError) as error:
            yield steps, f"Example “{example['name']}”: {error}.", "Mend what is given."
            continue
        if answer(found) != example["expect"]:
            expects, says = _in_words(example["expect"]), _in_words(answer(found))
            what = f"Example “{example['name']}” expects {expects}, the rule says {says}."
            yield steps, what, "Mend the rule or the example."
        until = example.get("until")
        if until is not None and str(found.until) != str(until):
            yield (
                steps,
                f"Example “{example['name']}” expects until {until}, the rule says {found.until}.",
                "Mend one.",
            )
    for kind in ("not_matched", "unknown"):
        if kind not in expected:
            yield ("examples",), f"There is no example that is {_in_words(kind)}.", "Add one."
    if not expected - {"not_matched", "unknown"}:
        yield ("examples",), "There is no example that matches.", "Add one."


def _in_words(answer: str) -> str:
    """An answer as examples expect it, as a person says it."""
    return answer.replace("_", " ")
