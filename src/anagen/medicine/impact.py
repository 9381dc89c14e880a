"""What a change of the rules does to one patient: the answer before, the answer after, and which rules made it so.

Only rules that differ can turn an answer. They are judged first, by themselves: whom they say the same of as before
is not affected, and nothing else has to be asked. Everybody else is screened in full under both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from anagen.medicine import compiled
from anagen.medicine.facts import Facts
from anagen.medicine.rules import Finding, Ruleset, RuleVersion, Verdict
from anagen.medicine.screening import Screening, Unmapped, overridden, screen
from anagen.medicine.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Why:
    """One rule that says something else; None where it is not there before, or after."""

    rule: str
    before: Finding | None
    after: Finding | None


@dataclass(frozen=True, slots=True)
class Turn:
    """One patient under the rules before and after."""

    before: Screening
    after: Screening
    why: tuple[Why, ...]

    @property
    def verdict(self) -> bool:
        return self.before.verdict is not self.after.verdict

    @property
    def not_before(self) -> bool:
        return self.before.not_before != self.after.not_before

    @property
    def windows(self) -> bool:
        """Whether other days are closed to sessions."""
        return _closed(self.before) != _closed(self.after)


class BeforeAndAfter:
    """Two rulesets on one day, made ready for many patients."""

    def __init__(self, before: Ruleset, after: Ruleset, on: date) -> None:
        self.before, self.after, self.on = before, after, on
        self.rules = differing(before, after, on)
        self._same_words = _decisive(before.vocabulary) == _decisive(after.vocabulary)
        self._some = [_only(rules, self.rules) for rules in (before, after)]

    @property
    def idle(self) -> bool:
        """Whether nothing differs that could turn an answer."""
        return self._same_words and not self.rules

    @property
    def reads(self) -> frozenset[str] | None:
        """The facts that decide whether somebody is affected; None for all of them."""
        if not self._same_words:
            return None
        return frozenset().union(*(compiled.day(rules, self.on).reads for rules in self._some))

    def may_turn(self, facts: Facts) -> bool:
        """Whether the rules that differ say something else of these facts; only what they read has to be given."""
        if not self._same_words:
            return True
        if not self.rules:
            return False
        found = [compiled.day(rules, self.on).findings(facts)[0] for rules in self._some]
        return {one.rule: _said(one) for one in found[0]} != {one.rule: _said(one) for one in found[1]}

    def turn(
        self, facts: Facts, *, unmapped: Iterable[Unmapped] = (), set_aside: Collection[str] = ()
    ) -> Turn | None:
        """Both answers, where they differ; None where they are the same.

        ``set_aside``: findings that a named person has overridden. Who set a finding of a changed rule aside did so
        by the rule as it stood: under the new one that finding weighs in full.
        """
        if not (self.may_turn(facts) or self.rules & set(set_aside)):
            return None
        unmapped = tuple(unmapped)
        answers = [
            overridden(
                screen(_known(facts, rules.vocabulary), ruleset=rules, on=self.on, unmapped=unmapped),
                aside,
                ruleset=rules,
            )
            for rules, aside in ((self.before, set(set_aside)), (self.after, set(set_aside) - self.rules))
        ]
        turn = Turn(answers[0], answers[1], tuple(_why(answers[0], answers[1])))
        return turn if turn.verdict or turn.not_before or turn.windows else None


def differing(before: Ruleset, after: Ruleset, on: date) -> frozenset[str]:
    """The rules that stand on the day and judge differently; other words alone turn no answer."""
    first, second = (
        {rule.id: _judging(version) for rule, version in rules.standing(on)} for rules in (before, after)
    )
    return frozenset(
        rule for rule in first.keys() | second.keys() if rule not in first or first[rule] != second.get(rule)
    )


def _judging(version: RuleVersion) -> object:
    return (
        version.when,
        version.verdict,
        version.unknown_counts_as_matched,
        version.until,
        version.override.allowed,
    )


def _decisive(words: Vocabulary) -> list[object]:
    """What of the facts can turn an answer: not their labels, nor how they are asked."""
    return [
        (
            fact.id,
            fact.type,
            fact.fresh,
            fact.asked_in_intake,
            fact.asked_when,
            fact.unit,
            fact.codes,
            fact.ends,
        )
        for fact in words
    ]


def _only(ruleset: Ruleset, rules: Collection[str]) -> Ruleset:
    return replace(ruleset, rules=tuple(rule for rule in ruleset.rules if rule.id in rules))


def _known(facts: Facts, words: Vocabulary) -> Facts:
    """What is said of facts that these rules know."""
    if all(fact in words for fact in facts.known()):
        return facts
    return Facts(statement for statement in facts if statement.fact in words)


def _said(finding: Finding) -> tuple[object, ...]:
    return (finding.state, finding.verdict, finding.until, finding.event)


def _why(before: Screening, after: Screening) -> Iterator[Why]:
    """Findings that weigh on one side at least and are not the same on both, heaviest first."""
    first, second = ({one.rule: one for one in answer.findings} for answer in (before, after))
    found = [
        Why(rule, first.get(rule), second.get(rule))
        for rule in dict.fromkeys((*second, *first))
        if _weighs(first.get(rule)) != _weighs(second.get(rule))
    ]
    return iter(sorted(found, key=lambda why: -max(_weight(why.before), _weight(why.after))))


def _weighs(finding: Finding | None) -> tuple[object, ...] | None:
    return None if finding is None or finding.verdict is Verdict.CLEAR else _said(finding)


def _weight(finding: Finding | None) -> int:
    return 0 if finding is None else int(finding.verdict)


def _closed(answer: Screening) -> frozenset[tuple[date, date | None]]:
    return frozenset((window.start, window.end) for window in answer.windows)


__all__ = ["BeforeAndAfter", "Turn", "Why", "differing"]
