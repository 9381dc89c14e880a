"""Whole patients for the public case file: answers that fulfil or refute a condition, and everything they entail."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from anagen.exchange import cases
from anagen.knowledge.loader import Knowledge
from anagen.medicine.conditions import Situation
from anagen.medicine.dates import add_months
from anagen.medicine.truth import Truth

Plain = dict[str, Any]

DAY: Final = date(2026, 11, 21)
WOMAN: Final = "healthy woman of 34"
MAN: Final = "healthy man of 40"
ONE: Final = timedelta(days=1)

# measured values of a healthy adult, for the patients in whom they are asked for
NORMAL: Final = {
    "vital.temperature": "36.6 Cel",
    "vital.systolic": "120 mm[Hg]",
    "vital.diastolic": "80 mm[Hg]",
    "vital.pulse": "70 /min",
    "vital.inr": "2.5 {INR}",
    "vital.platelets": "250 10*9/L",
    "vital.haemoglobin": "13.5 g/dL",
    "vital.ferritin": "80 ug/L",
    "vital.hba1c": "6.5 %",
    "vital.weight": "60.0 kg",
}
# what best opens a question that several answers open: something that forbids as little as can be
OPENED_BY: Final[Mapping[str, Plain]] = {
    "vital.temperature": {},  # fever would forbid by itself; a thermometer may speak without being asked
    "vital.pulse": {"drug.antiarrhythmic": "yes"},
    "vital.platelets": {"blood_disease": "yes"},
    "vital.ferritin": {"deficiency": "yes"},
    "infection.site_lesion": {"procedure.mesotherapy": "2026-10-21"},
    "scalp.new_patch": {"procedure.mesotherapy": "2026-10-21"},
    "scalp.shedding_more": {"procedure.mesotherapy": "2026-10-21"},
    "scalp.punctures_unhealed": {"procedure.mesotherapy": "2026-10-21"},
}
COMPARISONS: Final = ("at_least", "above", "at_most", "below")


class Patients:
    """Patients made from the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.words = knowledge.ruleset.vocabulary
        self._sayings = cases.Sayings(self.words)
        self.rules: list[Plain] = list(knowledge.plain["rules"])
        self.facts: dict[str, Plain] = {fact["id"]: fact for fact in knowledge.plain["facts"]}
        example = {name: fact["example"] for name, fact in self.facts.items() if "example" in fact}
        man = {**example, "sex": "male", "birth_date": "1986-03-03"}
        self.bases: dict[str, Plain] = {WOMAN: {}, MAN: {}}
        for name, answers in ((WOMAN, example), (MAN, man)):
            drops = self.completed(answers, name)
            self.bases[name] = {fact: said for fact, said in answers.items() if drops[fact] is not None}

    # whole patients

    def applies(self, fact: str, facts: Plain, base: str, on: date = DAY) -> Truth:
        return self._situation(facts, base, on).applies(fact)

    def completed(
        self, facts: Plain, base: str = WOMAN, on: date = DAY, leave: Collection[str] = ()
    ) -> Plain:
        """The differences, and an ordinary answer to every question that they open; what they shut is not asked."""
        made = dict(facts)
        for _ in range(8):
            situation = self._situation(made, base, on)
            before = dict(made)
            for fact in self.facts:
                asked = situation.applies(fact)
                standing = {**self.bases[base], **made}.get(fact)
                # at the making of a base nothing stands below it yet, and everything may go
                if asked is Truth.NO and standing is not None and (fact not in facts or not self.bases[base]):
                    made[fact] = None
                elif asked is Truth.YES and standing is None and fact not in (*facts, *leave):
                    made[fact] = self.ordinary(fact)
            if made == before:
                break
        base_facts = self.bases[base]
        return {
            fact: said
            for fact, said in made.items()
            if fact in facts or said != base_facts.get(fact) or not base_facts
        }

    def ordinary(self, fact: str) -> Any:
        """What a healthy adult answers, or is measured to have; None for a measure that NORMAL does not know yet."""
        return self.facts[fact].get("example", NORMAL.get(fact))

    def _situation(self, facts: Plain, base: str, on: date) -> Situation:
        whole = cases.whole({"base": base, "facts": facts}, self.bases)
        return Situation(self._sayings.facts(whole, on), on, self.words)

    def opened(self, fact: str, facts: Plain) -> Plain:
        """The facts, with what opens the question of another."""
        if (
            fact == "age"
            or "asked_when" not in self.facts[fact]
            or self.applies(fact, facts, WOMAN) is Truth.YES
        ):
            return facts
        wanted = OPENED_BY[fact] if fact in OPENED_BY else self.fulfilled(self.facts[fact]["asked_when"])
        made = {**wanted, **facts}
        for opening in wanted:
            made = self.opened(opening, made)
        return made

    # conditions

    def fulfilled(self, condition: Plain, way: int = 0) -> Plain:
        """Answers that fulfil a condition; ``way`` picks a part of ``any``."""
        match condition:
            case {"all": parts}:
                return {fact: said for part in parts for fact, said in self.fulfilled(part).items()}
            case {"any": parts}:
                return self.fulfilled(parts[way])
            case {"not": part}:
                return self.refuted(part)
        return self._leaf(condition, holds=True)

    def refuted(self, condition: Plain) -> Plain:
        match condition:
            case {"all": parts}:
                return self.refuted(parts[0])
            case {"any": parts}:
                return {fact: said for part in parts for fact, said in self.refuted(part).items()}
            case {"not": part}:
                return self.fulfilled(part)
        return self._leaf(condition, holds=False)

    def _leaf(self, leaf: Plain, holds: bool) -> Plain:
        fact, operator, operand = parts(leaf)
        if fact == "age":
            years = int(operand.split()[0])
            younger = (operator in ("below", "at_most")) is holds
            return {"birth_date": add_months(DAY, -12 * (years - 2 if younger else years + 2)).isoformat()}
        if operator in COMPARISONS:
            return {fact: self.stepped(fact, operand, {"below": -1, "above": 1}.get(operator, 0))}
        if operator == "under":
            return {fact: [operand[0]] if holds else ["H52.1"]}
        if operator == "is" and operand not in ("yes", "no"):
            others = [option for option in self.facts[fact]["options"] if option != operand]
            return {fact: operand if holds else others[0]}
        so = (operand != "no") is holds
        if self.facts[fact]["type"] == "event":
            return {fact: DAY.isoformat() if so else "never"}
        return {fact: "yes" if so else "no"}

    def stepped(self, fact: str, operand: str, steps: int) -> str:
        """A limit, moved by the steps in which the quantity is measured."""
        number, unit = operand.split(" ", 1)
        step = Decimal(1).scaleb(-self.facts[fact].get("decimals", 0))
        return f"{Decimal(number).quantize(step) + steps * step} {unit}"

    def leaves(self, condition: Plain) -> Iterator[tuple[Plain, Plain]]:
        """Every comparison, with the answers under which it decides."""
        match condition:
            case {"all": parts_}:
                for number, part in enumerate(parts_):
                    others = [other for place, other in enumerate(parts_) if place != number]
                    given = self.fulfilled({"all": others}) if others else {}
                    yield from ((leaf, {**given, **inner}) for leaf, inner in self.leaves(part))
            case {"any": parts_}:
                for part in parts_:
                    yield from self.leaves(part)
            case {"not": part}:
                yield from self.leaves(part)
            case _:
                yield condition, {}

    def standing(self) -> Iterator[tuple[Plain, Plain]]:
        """Each rule with each of its versions."""
        for rule in self.rules:
            for version in rule["versions"]:
                yield rule, version


def parts(leaf: Plain) -> tuple[str, str, Any]:
    """Fact, comparison and limit."""
    ((operator, operand),) = ((key, value) for key, value in leaf.items() if key != "fact")
    return leaf["fact"], operator, operand
