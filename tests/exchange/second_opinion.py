"""The public case file judged a second time, after docs/cases/README.md alone and without a line of the engine.

It reads the same plain knowledge and the same files, and shares no code with ``anagen.medicine``: where both say the
same, what the cases expect is more than an echo. Slow and short on purpose.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

Plain = dict[str, Any]

NO, UNKNOWN, YES = 0, 1, 2
ORDER = ("clear", "caution", "incomplete", "defer", "refer", "exclude")
Finding = tuple[str, str, str, str | None]  # rule, state, verdict, until


def plus(day: date, span: str) -> date:
    number, unit = int(span.split()[0]), span.split()[1]
    if unit in ("h", "d", "wk"):
        return day + timedelta(days=-(-number // 24) if unit == "h" else number * {"d": 1, "wk": 7}[unit])
    months = day.year * 12 + day.month - 1 + number * {"mo": 1, "a": 12}[unit]
    try:
        return date(months // 12, months % 12 + 1, day.day)
    except ValueError:
        return date((months + 1) // 12, (months + 1) % 12 + 1, 1)


def day_of(said: Plain, key: str) -> date | None:
    return date.fromisoformat(said[key]) if key in said else None


class Patient:
    """Everything said of one patient, seen on one day."""

    def __init__(self, case: Plain, bases: Plain, facts: dict[str, Plain]) -> None:
        self.on, self.facts = date.fromisoformat(case["on"]), facts
        merged = {**bases.get(case.get("base"), {}), **case["facts"]}
        self.whole = {fact: said for fact, said in merged.items() if said is not None}
        self.holding: dict[str, list[Plain]] = {}

    def said(self, fact: str) -> list[Plain]:
        if fact not in self.holding:
            self.holding[fact] = self.last_said(fact)
        return self.holding[fact]

    def last_said(self, fact: str) -> list[Plain]:
        """What each speaker and each record last said, as far as it is known and still holds."""
        plain = self.whole.get(fact)
        several = isinstance(plain, list) and plain and isinstance(plain[0], dict)
        usual = self.facts[fact]["speakers"]
        latest: dict[tuple[str, str], Plain] = {}
        for each in [] if plain is None else plain if several else [plain]:
            said = dict(each) if isinstance(each, dict) else {"value": each}
            said["said"] = day_of(said, "said") or self.on
            said.setdefault("speaker", "patient" if "patient" in usual else usual[0])
            who = (said["speaker"], said.get("record", ""))
            if said["said"] <= self.on and (who not in latest or latest[who]["said"] <= said["said"]):
                latest[who] = said
        fresh = self.facts[fact]["fresh"]
        return [
            said
            for said in latest.values()
            if said["value"] != "unknown"
            and (fresh == "always" or said["said"] == self.on or self.on < plus(said["said"], fresh))
        ]

    def truth(self, when: Plain, negated: bool = False) -> int:
        if "all" in when:
            return min(self.truth(part, negated) for part in when["all"])
        if "any" in when:
            return max(self.truth(part, negated) for part in when["any"])
        if "not" in when:
            return YES - self.truth(when["not"], not negated)
        fact = "birth_date" if when["fact"] == "age" else when["fact"]
        judged = [self.judged(when, said) for said in self.said(fact)]
        known = [each for each in judged if each is not None]
        if known:
            return min(known) if negated else max(known)
        return NO if when["fact"] != "age" and self.applies(fact) == NO else UNKNOWN

    def applies(self, fact: str) -> int:
        return self.truth(self.facts[fact]["asked_when"]) if "asked_when" in self.facts[fact] else YES

    def holds(self, said: Plain) -> bool:
        since, until = day_of(said, "since"), day_of(said, "until")
        begun = since is None or since <= self.on
        return said["value"] == "yes" and begun and (until is None or self.on < until)

    def judged(self, when: Plain, said: Plain) -> int | None:
        """What one statement says of a comparison; None: nothing."""
        ((operator, limit),) = ((key, value) for key, value in when.items() if key != "fact")
        kind = "age" if when["fact"] == "age" else self.facts[when["fact"]]["type"]
        if kind == "code":
            return YES if any(below(code, entry) for code in said["value"] for entry in limit) else NO
        if kind in ("age", "quantity"):
            value = self.age(said) if kind == "age" else self.measured(when["fact"], said["value"])
            edge = Fraction(limit.split()[0])
            holds = {
                "at_least": value >= edge,
                "above": value > edge,
                "at_most": value <= edge,
                "below": value < edge,
            }[operator]
            return YES if holds else NO
        if kind == "choice":
            return YES if said["value"] in (limit if operator == "in" else [limit]) else NO
        if operator == "within":
            recent = self.recent(said, kind, limit)
            return None if recent == NO and "record" in said else recent
        so = self.holds(said) if kind == "state" else said["value"] != "never"
        if not so and "record" in said:
            return None
        return YES if so is (limit == "yes") else NO

    def recent(self, said: Plain, kind: str, span: str) -> int:
        if kind == "event":
            if said["value"] == "never":
                return NO
            happened = date.fromisoformat(said["value"])
            return YES if happened <= self.on < plus(happened, span) else NO
        since, until = day_of(said, "since"), day_of(said, "until")
        if said["value"] != "yes" or (since is not None and since > self.on):
            return NO
        return YES if until is None or self.on < plus(until, span) else NO

    def age(self, said: Plain) -> int:
        born = date.fromisoformat(said["value"])
        return self.on.year - born.year - ((self.on.month, self.on.day) < (born.month, born.day))

    def measured(self, fact: str, text: str) -> Fraction:
        number, unit = text.split(" ", 1)
        value = Fraction(number)
        if unit == "[degF]":
            value = round((value - 32) * 5 / 9, self.facts[fact]["decimals"])
        return value

    def until(self, ending: Plain) -> str | None:
        if "of" not in ending:
            return None
        key = "value" if self.facts[ending["of"]]["type"] == "event" else "until"
        yes = [said for said in self.said(ending["of"]) if said["value"] not in ("no", "never")]
        ends = [day_of(said, key) for said in yes]
        left = [end for end in ends if end is None or plus(end, ending["after"]) > self.on]
        if not left or None in left:
            return None
        return max(plus(end, ending["after"]) for end in left if end is not None).isoformat()


def below(code: str, entry: str) -> bool:
    code, first, last = (
        text.strip().upper().replace(".", "") for text in (code, *(entry.split("-") * 2)[:2])
    )
    return code.startswith(first) if "-" not in entry else first <= code[:3] <= last


def opinion(case: Plain, bases: Plain, knowledge: Plain) -> tuple[str, str | None, set[Finding]]:
    """Verdict, first free day, and the findings that weigh."""
    facts = {fact["id"]: fact for fact in knowledge["facts"]}
    patient = Patient(case, bases, facts)
    found: set[Finding] = set()
    for rule in knowledge["rules"]:
        versions = rule["versions"]
        standing = [
            version
            for version in versions
            if version["from"] <= case["on"] and case["on"] < version.get("to", "9999")
        ]
        version = versions[0] if case["on"] < versions[0]["from"] else standing[0] if standing else None
        truth = NO if version is None else patient.truth(version["when"])
        if version is not None and truth == YES:
            until = patient.until(version["until"]) if "until" in version else None
            found.add((rule["id"], "matched", version["verdict"], until))
        elif version is not None and truth == UNKNOWN:
            weighs = version["verdict"] if version["if_unknown"] == "as_matched" else "incomplete"
            found.add((rule["id"], "unknown", weighs, None))
    for fact, definition in facts.items():
        said = patient.said(fact)
        if not said and "patient" in definition["speakers"] and patient.applies(fact) != NO:
            found.add(("screening.unanswered", "unknown", "incomplete", None))
        if definition["type"] not in ("quantity", "code"):
            answers = {
                "no" if definition["type"] == "state" and not patient.holds(each) else str(each["value"])
                for each in said
                if "record" not in each or (patient.holds(each) or definition["type"] != "state")
            }
            if definition["type"] == "event":
                answers = {"never" if answer == "never" else "yes" for answer in answers}
            if len(answers) > 1:
                found.add(("screening.disagreement", "matched", "caution", None))
    if case.get("unmapped"):
        found.add(("screening.unmapped", "unknown", "incomplete", None))
    verdict = max((finding[2] for finding in found), key=ORDER.index, default="clear")
    return verdict, first_free(verdict, found, case["on"]), found


def first_free(verdict: str, found: set[Finding], on: str) -> str | None:
    if verdict in ("clear", "caution"):
        return on
    if verdict != "defer":
        return None
    ends = [until for _, _, weighs, until in found if weighs == "defer"]
    return None if None in ends else max(end for end in ends if end is not None)
