"""What one clinic changes in the shipped rules: each change a new dated version, and the whole checked again.

Nothing here is an edit. A change adds a version and lets the one before end on that day; what was decided before is
replayed from the rules that were kept with it. The laws:

- a missing answer never becomes harmless: an example that was unknown is never “not matched” afterwards;
- a rule that nobody may override can be made stricter, but neither be switched to advice nor be taken away;
- a shipped rule cannot be withdrawn; *back to the shipped version* ends what the clinic has changed.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from anagen.knowledge import adjusting, build, examples, ledger
from anagen.knowledge.change_kinds import (
    Added,
    Adjusted,
    AdviceOnly,
    Change,
    Plain,
    Signed,
    Withdrawn,
    change,
)
from anagen.knowledge.loader import Knowledge
from anagen.knowledge.reading import Document, Fault, KnowledgeError
from anagen.medicine.rules import State
from anagen.medicine.vocabulary import Vocabulary

OWN: Final = "clinic."  # the ids of a clinic's own rules begin so, and no shipped rule's does
NO_LONGER: Final = "No longer so: "  # before the name of an example that a change answers otherwise
_RULE_FILE: Final = "the clinic’s changes"
_TAKE_BACK: Final = "Take the change back."


def bound(made: Change, plain: Plain) -> Change:
    """The change with a digest of what the shipped rule says in the knowledge that its author has read."""
    rule = next((item for item in plain["rules"] if item["id"] == made.rule), None)
    return replace(made, of=_content(rule))


def _content(rule: Plain | None) -> str:
    """A digest of the newest shipped version of a rule, on whatever days it stands; empty where there is none."""
    versions = [version for version in rule["versions"] if "changed" not in version] if rule else []
    return digest(_without(versions[-1], "from", "to", "reviewed")) if versions else ""


def knowledge(shipped: Knowledge, changes: Sequence[Change], today: date | None = None) -> Knowledge:
    """The shipped knowledge with the clinic's changes. KnowledgeError lists every fault."""
    if not changes:
        return shipped
    plain, faults = apply(shipped.plain, changes, today)
    if faults:
        raise KnowledgeError(faults)
    return Knowledge(plain, shipped.root)


def digest(plain: Plain) -> str:
    """SHA-256 of all of some plain knowledge, whatever the order of keys."""
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def apply(
    plain: Plain, changes: Sequence[Change], today: date | None = None
) -> tuple[dict[str, Any], list[Fault]]:
    """The knowledge with the changes in their order, and every fault; it is of use only when there is none.

    A change that no longer fits is no fault once a later one has taken the rule back; a signature on what has been
    shipped otherwise since is no fault either: the rule is not reviewed then. ``today``: the day of the newest change
    where it is not known.
    """
    rules = {rule["id"]: rule for rule in copy.deepcopy(list(plain["rules"]))}
    latest = max((made.on for made in changes), default=date.min)
    work = _Work(plain, rules, build.vocabulary(plain["facts"], plain["units"]), max(latest, today or latest))
    taken_back = {made.rule: number for number, made in enumerate(changes) if isinstance(made, Withdrawn)}
    for number, made in enumerate(changes):
        before = copy.deepcopy(rules.get(made.rule))
        faults = work.tried(made, number + 1)
        if not faults:
            work.back.pop(made.rule, None)
            if isinstance(made, Withdrawn):
                work.back[made.rule] = made
            continue
        if before is None:
            rules.pop(made.rule, None)
        else:
            rules[made.rule] = before
        work.unfit.add(made.rule)
        if taken_back.get(made.rule, -1) <= number:
            work.faults += faults
    work.faults += work.checked()
    version = f"{plain['version']}+clinic.{len(changes)}"
    return {**plain, "rules": list(rules.values()), "version": version}, work.faults


@dataclass
class _Work:
    shipped: Plain
    rules: dict[str, dict[str, Any]]
    words: Vocabulary
    today: date
    touched: set[str] = field(default_factory=set)
    ever_added: set[str] = field(default_factory=set)
    unfit: set[str] = field(default_factory=set)  # rules of which a change no longer fits
    back: dict[str, Withdrawn] = field(default_factory=dict)  # what was taken back, and not changed since
    faults: list[Fault] = field(default_factory=list)

    def tried(self, made: Change, number: int) -> list[Fault]:
        """The faults of making a change; also where the rule, sound once, can no longer be built at all."""
        try:
            return list(self.make(made, number))
        except (ValueError, TypeError, LookupError, ArithmeticError) as error:
            return [Fault(_place(made.rule), number, f"“{made.rule}” no longer fits: {error}.", _TAKE_BACK)]

    def checked(self) -> list[Fault]:
        """The faults of the rules that are not as they were shipped.

        A rule that was taken back leaves with all its versions where one of them no longer passes: it must not hold
        up the others.
        """
        while faults := _checked(
            self.shipped, [rule for rule in self.rules.values() if rule["id"] in self.touched]
        ):
            places = {fault.file for fault in faults}
            left = [rule for rule in self.back if rule in self.touched and _place(rule) in places]
            left = [rule for rule in left if not self._stands_on(rule)]
            if not left:
                break
            for rule in left:
                self.touched.remove(rule)
                self.rules.pop(rule)
                self.rules |= {
                    item["id"]: copy.deepcopy(dict(item))
                    for item in self.shipped["rules"]
                    if item["id"] == rule
                }
        return faults

    def _stands_on(self, rule: str) -> bool:
        """A rule of the clinic's own that ends on a later day; it is not dropped before."""
        return rule.startswith(OWN) and self.back[rule].start > self.today

    def make(self, made: Change, number: int) -> Iterator[Fault]:
        place = _place(made.rule)

        def fault(what: str, mend: str) -> Fault:
            return Fault(place, number, what, mend)

        self.touched.add(made.rule)
        if isinstance(made, Added):
            yield from self._add(made, fault)
            return
        rule = self.rules.get(made.rule)
        if isinstance(made, Withdrawn):
            yield from self._withdraw(rule, made, fault)
            return
        if made.of and made.of != self._shipped_content(made.rule):
            if isinstance(made, Signed):
                self.unfit.add(made.rule)  # nobody has read what is shipped now
            else:
                yield fault(
                    f"The shipped rule “{made.rule}” has changed since.",
                    f"Decide anew. {_TAKE_BACK}",
                )
            return
        if rule is None:
            yield fault(f"There is no rule “{made.rule}” any more.", _TAKE_BACK)
            return
        latest = rule["versions"][-1]
        if made.start.isoformat() < latest["from"]:
            yield fault(f"A version begins on {latest['from']}.", "Choose that day or a later one.")
            return
        if "to" in latest:
            if latest["to"] <= made.start.isoformat():
                yield fault(f"The rule has ended on {latest['to']}.", "Add a new one.")
            else:
                yield fault(f"The rule ends on {latest['to']}.", "Leave it as it is, or add a new one.")
            return
        match made:
            case Signed():
                again = {"again_before": made.again_before.isoformat()} if made.again_before else {}
                reviewed = {"by": made.by, "on": made.on.isoformat()} | again
                self._version(rule, {**latest, "reviewed": reviewed}, made)
            case Adjusted():
                yield from self._adjust(rule, latest, made, fault)
            case AdviceOnly():
                yield from self._advise(rule, latest, made, fault)

    def _shipped_content(self, id: str) -> str:
        return _content(next((item for item in self.shipped["rules"] if item["id"] == id), None))

    def _add(self, made: Added, fault: Any) -> Iterator[Fault]:
        rule = copy.deepcopy(dict(made.content))
        if made.rule != rule.get("id") or not made.rule.startswith(OWN):
            yield fault(f"“{made.rule}” is no id for a rule of your own.", f"Begin it with {OWN}")
        elif made.rule in self.rules or made.rule in self.ever_added:
            yield fault(
                f"There is or was a rule “{made.rule}”.", "An id is never used twice; choose another."
            )
        elif len(rule.get("versions", ())) != 1:
            yield fault("A new rule has one version.", "Leave one.")
        else:
            rule["versions"] = [
                _without(
                    {**rule["versions"][0], "from": made.start.isoformat()}, "to", "reviewed", "advice_only"
                )
                | {"changed": _changed(made)}
            ]
            rule["examples"] = [{**example, "version": 1} for example in rule.get("examples", ())]
            self.ever_added.add(made.rule)
            self.rules[made.rule] = rule

    def _adjust(self, rule: dict[str, Any], latest: Plain, made: Adjusted, fault: Any) -> Iterator[Fault]:
        known = {parameter.name: parameter for parameter in adjusting.parameters(latest)}
        refused = False
        for name, text in made.values.items():
            if name not in known:
                mend = f"Set {' or '.join(known)}." if known else "Write to us if it should be."
                refused = True
                yield fault(f"“{name}” cannot be set in this rule.", mend)
            elif (wrong := known[name].refusal(text)) is not None:
                refused = True
                yield fault(*wrong)
        unknown = sorted(set(made.words) - set(adjusting.spoken(rule, latest)))
        if unknown:
            refused = True
            yield fault(f"This rule has no words called “{unknown[0]}”.", "Leave them out.")
        if refused:
            return
        if all(known[name].value == text for name, text in made.values.items()):
            yield fault("Nothing is set anew.", "Choose another number.")
            return
        version = adjusting.adjusted(latest, made.values, made.words)
        texts = adjusting.spoken(rule, version)
        for name, text in made.values.items():
            if text != known[name].value:
                for said in adjusting.still_named(texts, known[name]):
                    what = f"The words ({said}) still say {known[name].words}."
                    yield fault(what, "Let them say the new number.")
        self._version(rule, _without(version, "reviewed"), made)

    def _advise(self, rule: dict[str, Any], latest: Plain, made: AdviceOnly, fault: Any) -> Iterator[Fault]:
        if latest["override"] == "never":
            yield fault("Nobody may override this rule, so it cannot become advice.", "Leave it as it is.")
        elif latest["verdict"] == "caution":
            yield fault("This rule is no more than a caution already.", "Leave it as it is.")
        else:
            as_advice = {"verdict": "caution", "if_unknown": "ask", "advice_only": True}
            version = adjusting.without_ending({**latest, **as_advice})
            self._version(rule, _without(version, "reviewed"), made)

    def _withdraw(self, rule: dict[str, Any] | None, made: Withdrawn, fault: Any) -> Iterator[Fault]:
        day, own = made.start.isoformat(), made.rule.startswith(OWN)
        if rule is None:
            if made.rule not in self.ever_added | self.unfit:
                yield fault(f"There is no rule “{made.rule}” any more.", "Leave it as it is.")
            return
        latest = rule["versions"][-1]
        if not own and "changed" not in latest:
            if made.rule not in self.unfit:  # else what is taken back could not be made in the first place
                yield fault("This rule stands as it was shipped.", "A shipped rule cannot be withdrawn.")
        elif day < latest["from"]:
            yield fault(f"A version begins on {latest['from']}.", "Choose that day or a later one.")
        elif "to" in latest and latest["to"] <= day:
            yield fault(f"The rule has ended on {latest['to']}.", "Add a new one.")
        elif not own:
            self._ship_again(rule, made)
        elif len(rule["versions"]) == 1 and latest["from"] == day:
            del self.rules[made.rule]  # it has not stood for a day
        elif latest["from"] == day:
            yield fault(f"A version begins on {day}.", "Choose a later day.")
        else:
            rule["versions"][-1] = {**latest, "to": day, "ended": _changed(made)}

    def _ship_again(self, rule: dict[str, Any], made: Withdrawn) -> None:
        as_shipped = next(item for item in self.shipped["rules"] if item["id"] == made.rule)["versions"][-1]
        self._version(rule, _without(as_shipped, "to"), made)

    def _version(self, rule: dict[str, Any], version: dict[str, Any], made: Change) -> None:
        """Put a version after the latest one, and let its examples prove it."""
        day = made.start.isoformat()
        before = _pinned(rule)
        rule["examples"] = before
        number = len(rule["versions"])
        rule["versions"][-1] = {**rule["versions"][-1], "to": day}
        rule["versions"].append(_without({**version, "from": day}, "to") | {"changed": _changed(made)})
        # As shipped again: the examples that were shipped. Otherwise those of the version before.
        source = [
            example
            for example in before
            if example["version"] == (self._shipped_count(rule) if isinstance(made, Withdrawn) else number)
        ]
        rule["examples"] = [*before, *self._anew(rule, source)]

    def _shipped_count(self, rule: Plain) -> int:
        return sum("changed" not in version for version in rule["versions"])

    def _anew(self, rule: Plain, source: Iterable[Plain]) -> Iterator[dict[str, Any]]:
        """Examples for the newest version: as they were where it answers alike, with a name that says so where not."""
        made = build.rule({**rule, "examples": []}, self.words)
        for example in source:
            pinned = {**_without(example, "until"), "version": len(rule["versions"])}
            found = examples.finding(pinned, made, self.words)
            answer = examples.answer(found)
            until = (
                {"until": found.until.isoformat()} if found.until is not None and "until" in example else {}
            )
            name = example["name"]
            if answer != example["expect"] or until.get("until") != example.get("until"):
                if example["expect"] == State.UNKNOWN.value and found.state is State.NOT_MATCHED:
                    until = {}  # kept as it was, so that the check refuses it: unknown never clears
                    answer = example["expect"]
                elif not name.startswith(NO_LONGER):
                    name = f"{NO_LONGER}{name}"
            yield {**pinned, "name": name, "expect": answer} | until


def _pinned(rule: Plain) -> list[dict[str, Any]]:
    """The examples, each with the number of the version that it is about."""
    pinned = []
    for example in rule["examples"]:
        on = str(example.get("on", examples.DAY.isoformat()))
        standing = [
            number
            for number, version in enumerate(rule["versions"], start=1)
            if version["from"] <= on < version.get("to", "9999")
        ]
        pinned.append({"version": standing[0] if standing else 1, **example})
    return pinned


def _place(rule: str) -> str:
    return f"{_RULE_FILE}, {rule}"


def _changed(made: Change) -> dict[str, str]:
    return {"kind": made.kind, "by": made.by, "on": made.on.isoformat(), "reason": made.reason}


def _without(plain: Plain, *keys: str) -> dict[str, Any]:
    return {key: value for key, value in plain.items() if key not in keys}


def _checked(plain: Plain, changed: list[dict[str, Any]]) -> list[Fault]:
    """The checks of a knowledge folder, over the rules that are not as they were shipped."""
    from anagen.knowledge.checks import Check  # the schema library takes a while to load

    parts = {key: [Document(_RULE_FILE, {key: plain[key]}, None)] for key in _CHECKED_WITH}
    parts["rules"] = [Document(_place(rule["id"]), {"rules": [rule]}, None) for rule in changed]
    return Check(parts, frozenset(ledger.claims()), accounted=False, clinic=True).run()


_CHECKED_WITH: Final = ("units", "sources", "groups", "reasons", "conflicts", "facts")

__all__ = [
    "OWN",
    "Added",
    "Adjusted",
    "AdviceOnly",
    "Change",
    "Signed",
    "Withdrawn",
    "apply",
    "bound",
    "change",
    "digest",
    "knowledge",
]
