"""The recipe of the public case file: which patients it holds. ``tools/cases.py`` writes them with their answers.

What can be said of every rule is made from the rules themselves: each alone, each unknown, both sides of every number,
each answer grown old. What cannot (two findings at once, two speakers, records) is picked by hand in ``picked.py``.
Only the *patients* follow from the rules here. What is expected of them is written down and read by people.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from anagen.exchange import cases
from anagen.knowledge.loader import Knowledge
from anagen.medicine.conditions import Situation
from anagen.medicine.dates import Duration, add, add_months
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
OPENED_BY: Final = {
    "vital.pulse": {"drug.antiarrhythmic": "yes"},
    "vital.platelets": {"blood_disease": "yes"},
    "vital.ferritin": {"deficiency": "yes"},
    "infection.site_lesion": {"procedure.mesotherapy": "2026-10-21"},
    "scalp.new_patch": {"procedure.mesotherapy": "2026-10-21"},
    "scalp.shedding_more": {"procedure.mesotherapy": "2026-10-21"},
    "scalp.punctures_unhealed": {"procedure.mesotherapy": "2026-10-21"},
}
COMPARISONS: Final = ("at_least", "above", "at_most", "below")
# born on 29 February, with the year in which the limit is reached
LEAPLINGS: Final = {14: (2016, 2030), 18: (2012, 2030), 66: (1964, 2030), 60: (1972, 2032)}


@dataclass(frozen=True)
class Draft:
    """A patient without the answer."""

    id: str
    title: str
    facts: Mapping[str, Any]
    why: tuple[str, ...]
    base: str = WOMAN
    on: date = DAY
    unmapped: tuple[Mapping[str, str], ...] = ()

    @property
    def topic(self) -> str:
        return self.id.split("/")[0]


class Recipe:
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
        """What a healthy adult answers, or is measured to have. KeyError for a new measure: give it a value."""
        fact_ = self.facts[fact]
        return fact_["example"] if "example" in fact_ else NORMAL[fact]

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
        wanted = OPENED_BY.get(fact) or self.fulfilled(self.facts[fact]["asked_when"])
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

    # the topics

    def all(self) -> list[Draft]:
        from tools import picked

        made = [
            *self.healthy(),
            *self.matched(),
            *self.unknown(),
            *self.quantities(),
            *self.ages(),
            *self.durations(),
            *self.endings(),
            *self.freshness(),
            *picked.drafts(self),
        ]
        merged: dict[str, Draft] = {}
        for draft in made:
            if draft.id in merged:
                raise ValueError(f"two cases are called {draft.id}")
            merged[draft.id] = draft
        return list(merged.values())

    def healthy(self) -> Iterator[Draft]:
        for base in self.bases:
            yield Draft(f"healthy/{base.split()[1]}", f"A {base}: every question answered", {}, (), base)

    def matched(self) -> Iterator[Draft]:
        """Every rule alone; each way of an ``any``; each ``all`` with one part missing."""
        for rule, version in self.standing():
            when = version["when"]
            if any("under" in leaf for leaf, _ in self.leaves(when)):
                continue  # diagnoses are picked by hand
            ways = range(len(when["any"])) if "any" in when else [0]
            for way in ways:
                wanted = self.fulfilled(when, way)
                for fact in list(wanted):
                    wanted = self.opened(fact, wanted)
                told = "" if len(ways) == 1 else f"/{way + 1}"
                yield Draft(
                    f"matched/{rule['id']}{told}", rule["title"], self.completed(wanted), (rule["id"],)
                )
            for number, part in enumerate(when.get("all", ())):
                others = [other for place, other in enumerate(when["all"]) if place != number]
                wanted = {**self.refuted(part), **self.fulfilled({"all": others})}
                if any(fact == "birth_date" for fact in wanted):
                    continue  # ages have cases of their own
                yield Draft(
                    f"matched/{rule['id']}/without-{number + 1}",
                    f"{rule['title']}: part {number + 1} does not hold",
                    self.completed(wanted),
                    (rule["id"],),
                )

    def unknown(self) -> Iterator[Draft]:
        """The deciding answer of every rule missing, and answered with *don’t know*."""
        found: dict[tuple[str, str], tuple[Plain, list[str]]] = {}
        for rule, version in self.standing():
            for leaf, given in self.leaves(version["when"]):
                fact = "birth_date" if leaf["fact"] == "age" else leaf["fact"]
                given = {name: said for name, said in given.items() if name != fact}
                key = (fact, " and ".join(given))
                _, guarded = found.setdefault(key, (given, []))
                guarded.append(rule["id"])
        found[("sex", "")] = ({}, [])
        for (fact, context), (given, guarded) in found.items():
            opened = self.opened(fact, dict(given))
            for name, said, words in (
                ("not-asked", None, "not asked"),
                ("not-known", "unknown", "answered with don’t know"),
            ):
                facts = self.completed({**opened, fact: said}, leave={fact})
                told = f"/with-{context.replace(' ', '-')}" if context else ""
                yield Draft(
                    f"unknown/{fact}/{name}{told}",
                    f"{self.words[fact].label}: {words}",
                    facts,
                    tuple(dict.fromkeys(guarded)),
                )

    def quantities(self) -> Iterator[Draft]:
        """One step below, at, and one step above every limit of a measured value."""
        limits: dict[tuple[str, str], list[str]] = {}
        for rule, version in self.standing():
            for leaf, _ in self.leaves(version["when"]):
                fact, operator, operand = parts(leaf)
                if fact != "age" and operator in COMPARISONS:
                    limits.setdefault((fact, operand), []).append(rule["id"])
        for (fact, limit), guarded in limits.items():
            opened = self.opened(fact, {})
            for steps, words in ((-1, "one step below"), (0, "at"), (1, "one step above")):
                value = self.stepped(fact, limit, steps)
                yield Draft(
                    f"quantities/{fact}/{value.replace(' ', '-')}",
                    f"{self.words[fact].label} {value}: {words} the limit of {limit}",
                    self.completed({**opened, fact: value}),
                    tuple(guarded),
                )

    def ages(self) -> Iterator[Draft]:
        """A day before, on, and a day after each birthday that counts, also for those born on 29 February."""
        limits: dict[int, tuple[list[str], list[str]]] = {}
        for rule, version in self.standing():
            for leaf, _ in self.leaves(version["when"]):
                if leaf["fact"] == "age":
                    limits.setdefault(int(parts(leaf)[2].split()[0]), ([], []))[0].append(rule["id"])
        for name, fact in self.facts.items():
            for leaf, _ in self.leaves(fact.get("asked_when", {"all": []})):
                if leaf["fact"] == "age":
                    limits.setdefault(int(parts(leaf)[2].split()[0]), ([], []))[1].append(name)
        for years, (guarded, hanging) in sorted(limits.items()):
            why = (*guarded, *self._rules_on(hanging))
            birthday = add_months(DAY, -12 * years)
            triple = [
                (DAY, birthday + ONE, "the day before"),
                (DAY, birthday, "on"),
                (DAY, birthday - ONE, "the day after"),
            ]
            born, reached = LEAPLINGS[years]
            first = date(
                reached, 3, 1
            )  # 29 February or not: a year is completed on 29 February, or on 1 March
            first = date(reached, 2, 29) if reached % 4 == 0 else first
            leap = [
                (first - ONE, date(born, 2, 29), "the day before"),
                (first, date(born, 2, 29), "on"),
                (first + ONE, date(born, 2, 29), "the day after"),
            ]
            for on, birth, words in triple + leap:
                leapling = " (born on 29 February)" if (birth.month, birth.day) == (2, 29) else ""
                for left in (False, True) if hanging else (False,):
                    facts: Plain = {"birth_date": birth.isoformat()}
                    facts |= dict.fromkeys(hanging) if left else {}
                    asked = f", {' and '.join(hanging)} not asked" if left else ""
                    yield Draft(
                        f"ages/{years}/born-{birth}-on-{on}{'/not-asked' if left else ''}",
                        f"{words.capitalize()} the birthday of {years}{leapling}{asked}",
                        self.completed(facts, on=on, leave=hanging if left else ()),
                        why,
                        on=on,
                    )

    def _rules_on(self, facts: Collection[str]) -> tuple[str, ...]:
        return tuple(
            rule["id"]
            for rule, version in self.standing()
            if any(leaf["fact"] in facts for leaf, _ in self.leaves(version["when"]))
        )

    def durations(self) -> Iterator[Draft]:
        """A day short of, at, and a day past each span; what lies ahead; and each question that opens for a span."""
        for rule, version in self.standing():
            for leaf, given in self.leaves(version["when"]):
                fact, operator, operand = parts(leaf)
                if operator != "within":
                    continue
                context = {name: said for name, said in given.items() if name != fact}
                for name, words, said in self._around(fact, operand):
                    yield Draft(
                        f"durations/{rule['id']}/{name}",
                        f"{rule['title']}: {words}",
                        self.completed({**context, fact: said}),
                        (rule["id"],),
                    )
        for hanging, definition in self.facts.items():
            for leaf, _ in self.leaves(definition.get("asked_when", {"all": []})):
                if "within" not in leaf:
                    continue
                for name, words, said in self._around(leaf["fact"], leaf["within"]):
                    yield Draft(
                        f"durations/asked/{hanging}/{name}",
                        f"Whether {hanging} is asked; {leaf['fact']}: {words}",
                        self.completed({leaf["fact"]: said, hanging: None}, leave={hanging}),
                        self._rules_on({hanging}),
                    )

    def _around(self, fact: str, span: str) -> Iterator[tuple[str, str, Any]]:
        duration = Duration.parse(span)
        edge = last(lambda day: add(day, duration) <= DAY)
        for day, name, words in (
            (edge + ONE, "below", f"a day short of {span} ago"),
            (edge, "at", f"{span} ago to the day"),
            (edge - ONE, "above", f"a day more than {span} ago"),
            (DAY + ONE, "ahead", "begins tomorrow"),
        ):
            if self.facts[fact]["type"] == "event":
                yield name, words, day.isoformat()
            elif name == "ahead":
                yield name, words, {"value": "yes", "since": day.isoformat()}
            else:
                yield name, words, {"value": "yes", "until": day.isoformat()}

    def endings(self) -> Iterator[Draft]:
        """The last day, the day it ends (it is over then), the day after; an end that is known before it comes."""
        for rule, version in self.standing():
            leaf = version["when"]
            fact = leaf.get("fact", "")
            if fact in self.facts and self.facts[fact].get("ends") and leaf.get("is") == "yes":
                for days, name, words in (
                    (1, "tomorrow", "today is its last day"),
                    (0, "today", "it ends today and is over"),
                    (-1, "yesterday", "it ended yesterday"),
                ):
                    said = {"value": "yes", "until": (DAY + days * ONE).isoformat()}
                    yield self._ending(rule, fact, said, name, words)
            after = version.get("until", {}).get("of")
            if after is not None and self.facts[after]["type"] == "state":
                ahead = {
                    "value": "yes",
                    "since": (DAY - 2 * ONE).isoformat(),
                    "until": (DAY + 5 * ONE).isoformat(),
                }
                yield self._ending(rule, after, ahead, "ahead", "the end is known: five days ahead")
                begins = {"value": "yes", "since": DAY.isoformat()}
                yield self._ending(
                    rule, after, begins, "begins-today", "it began today, the end is not known"
                )

    def _ending(self, rule: Plain, fact: str, said: Plain, name: str, words: str) -> Draft:
        opened = self.opened(fact, {fact: "yes"})
        facts = self.completed({**opened, fact: said})
        return Draft(f"endings/{rule['id']}/{name}", f"{rule['title']}: {words}", facts, (rule["id"],))

    def freshness(self) -> Iterator[Draft]:
        """The last day on which each answer holds, the first on which it does not, and a day later."""
        for fact, definition in self.facts.items():
            why = self._rules_on({"age" if fact == "birth_date" else fact})
            opened = self.opened(fact, {})
            value = self.ordinary(fact)
            if definition["fresh"] == "always":
                days = [(add_months(DAY, -12 * 30), "always", "said thirty years ago, which still holds")]
            else:
                fresh = Duration.parse(definition["fresh"])
                edge = last(lambda day, span=fresh: add(day, span) <= DAY)
                days = [
                    (edge + ONE, "below", "said on the last day that still holds"),
                    (edge, "at", f"said {fresh} ago, which no longer holds"),
                    (edge - ONE, "above", "said a day earlier than that"),
                ]
            for said, name, words in days:
                answer = {"value": value, "said": said.isoformat()}
                facts = self.completed({**opened, fact: answer}, leave={fact})
                yield Draft(f"freshness/{fact}/{name}", f"{self.words[fact].label}: {words}", facts, why)


def parts(leaf: Plain) -> tuple[str, str, Any]:
    """Fact, comparison and limit."""
    ((operator, operand),) = ((key, value) for key, value in leaf.items() if key != "fact")
    return leaf["fact"], operator, operand


def last(holds: Callable[..., bool]) -> date:
    """The last day, from today backwards, of which something holds."""
    day = DAY
    while not holds(day):
        day -= ONE
    return day
