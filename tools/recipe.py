"""The recipe of the public case file: which patients it holds. ``tools/cases.py`` writes them with their answers.

What can be said of every rule is made from the rules themselves: each alone, each unknown, both sides of every number,
each answer grown old. What cannot (two findings at once, two speakers, records) is picked by hand in ``picked*.py``.
Only the *patients* follow from the rules here. What is expected of them is written down and read by people.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tools.patients import COMPARISONS, DAY, MAN, ONE, WOMAN, Patients, Plain, parts

from anagen.medicine.dates import Duration, add, add_months

# somebody born on 29 February reaches a limit in the years up to this one, some in a leap year, some not
REACHED_BY: Final = 2032


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


class Recipe(Patients):
    """The cases, topic by topic."""

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
            why = (*guarded, *self.rules_on(hanging))
            birthday = add_months(DAY, -12 * years)
            triple = [
                (DAY, birthday + ONE, "the day before"),
                (DAY, birthday, "on"),
                (DAY, birthday - ONE, "the day after"),
            ]
            born = (REACHED_BY - years) // 4 * 4
            first = add_months(date(born, 2, 29), 12 * years)  # 29 February where there is one, else 1 March
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

    def rules_on(self, facts: Collection[str]) -> tuple[str, ...]:
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
                        self.rules_on({hanging}),
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
            why = self.rules_on({"age" if fact == "birth_date" else fact})
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


def last(holds: Callable[..., bool]) -> date:
    """The last day, from today backwards, of which something holds."""
    day = DAY
    while not holds(day):
        day -= ONE
    return day


__all__ = ["DAY", "MAN", "WOMAN", "Draft", "Recipe", "parts"]
