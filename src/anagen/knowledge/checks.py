"""Everything that can be wrong with knowledge: each fault with its file, line and mend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Final

from anagen.knowledge import adjusting, build, courses, examples, formulary, scalp
from anagen.knowledge.reading import ROOT, Document, Fault, Refused, Step
from anagen.knowledge.shape import shape_faults
from anagen.medicine.dates import day_after, first_day
from anagen.medicine.vocabulary import AGE, FactType, Vocabulary

# part of the knowledge → the key its files hold; the parts in the order in which they build on each other
PARTS: Final = {
    "units.yaml": "units",
    "sources.yaml": "sources",
    "groups.yaml": "groups",
    "overrides.yaml": "reasons",
    "ledger/conflicts.yaml": "conflicts",
    "facts": "facts",
    "rules": "rules",
    "care": "care",
    "protocols": "protocols",
    "topics": "topics",
    "formulation/measures.yaml": "measures",
    "formulation/rules": "mixture_rules",
    "set_aside.yaml": "set_aside",
}
# parts that no verdict, plan or question rests on: what else is known (what mixtures are judged by among it), and
# what became of the ledger
ACCOUNT: Final = frozenset({"topics", "measures", "mixture_rules", "set_aside"})
_DAY: Final = date(2026, 1, 1)  # any day: lengths of time are compared by where they lead from it
_SCHEMA_OF: Final = {"reasons": "overrides"}
_NAME_OF: Final = {"units": "code", "reasons": "code"}


@dataclass
class Item:
    """One entry of a file."""

    document: Document
    path: tuple[Step, ...]
    plain: Any

    def fault(self, what: str, mend: str = "", *steps: Step) -> Fault:
        return self.document.fault((*self.path, *steps), what, mend)


@dataclass
class Check:
    """The items of all parts, the claims of the ledger, and the faults found so far."""

    parts: Mapping[str, list[Document]]
    claims: frozenset[str]
    finished: bool = True  # False: a draft, whose examples and ledger need not agree yet
    accounted: bool = True  # False: only what verdicts rest on, without the account of the ledger
    borrowed: frozenset[str] = frozenset()  # parts that the folder lacks, taken from the shipped knowledge
    clinic: bool = False  # a clinic's own changes, which may say by whom they are
    circular: bool = False  # questions that wait for each other cannot be asked, so no example can be judged
    faults: list[Fault] = field(default_factory=list)
    items: dict[str, list[Item]] = field(default_factory=dict)

    def run(self, *, whole: bool = True) -> list[Fault]:
        """Schema first; where a part has the wrong shape, nothing that builds on it is judged.

        Nor is anything judged that builds on a file that could not be read: then it is not ``whole``.
        """
        for key in PARTS.values():
            self.items[key] = [
                item for document in self.parts.get(key, ()) for item in self._shaped(document, key)
            ]
            self._once(key)
        if self.faults or not whole:
            return self.faults
        words = self._vocabulary()
        if words is None:
            return self.faults
        self._facts(words)
        self._rules("rules", words)
        self._mixtures(words)
        for item in self.items["care"]:
            self._span(item)
        for item in self.items["protocols"]:
            self._make(item, partial(courses.protocol, item.plain))
        for item in self.items["topics"]:
            self._details(item)
        for key in ("care", "protocols", "topics"):
            for item in self.items[key]:
                self._cited(item, item.plain, ())
        if self.finished and self.accounted:
            self._ledger()
        return self.faults

    # shape

    def _shaped(self, document: Document, key: str) -> Iterator[Item]:
        faults = list(shape_faults(document, _SCHEMA_OF.get(key, key)))
        self.faults.extend(faults)
        if not faults:
            for number, plain in enumerate(document.plain[key]):
                yield Item(document, (key, number), plain)

    def _once(self, key: str) -> None:
        name = _NAME_OF.get(key, "id")
        seen: set[str] = set()
        for item in self.items[key]:
            identifier = item.plain.get(name) if isinstance(item.plain, dict) else None
            if identifier in seen:
                self.faults.append(item.fault(f"“{identifier}” stands twice.", "Give each its own id."))
            elif identifier is not None:
                seen.add(identifier)

    # meaning

    def _make(self, item: Item, make: Callable[[], Any]) -> Any:
        try:
            return make()
        except Refused as refused:
            self.faults.append(item.fault(refused.what, refused.mend, *refused.path))
        except ValueError as error:
            self.faults.append(item.fault(f"{error}."))
        return None

    def _vocabulary(self) -> Vocabulary | None:
        before = len(self.faults)
        bare = {
            item.plain["id"]: self._make(item, partial(build.fact, item.plain)) for item in self._of("facts")
        }
        for item in self._of("units"):
            self._make(item, partial(build.units, [item.plain]))
        if len(self.faults) > before:
            return None
        units = build.units(item.plain for item in self._of("units"))
        words = Vocabulary(bare, units)
        full = {
            item.plain["id"]: self._make(item, partial(build.fact, item.plain, words))
            for item in self._of("facts")
        }
        return Vocabulary(full, units) if len(self.faults) == before else None

    def _of(self, key: str) -> list[Item]:
        return self.items[key]

    def _ids(self, key: str) -> frozenset[str]:
        return frozenset(item.plain[_NAME_OF.get(key, "id")] for item in self.items[key])

    def _facts(self, words: Vocabulary) -> None:
        groups = self._ids("groups")
        for item in self._of("facts"):
            definition = words[item.plain["id"]]
            if definition.id == AGE:
                self.faults.append(item.fault("“age” follows from the birth date.", "Leave it out.", "id"))
            if definition.group not in groups:
                self.faults.append(
                    item.fault(
                        f"No group is called “{definition.group}”.", "Use one of groups.yaml.", "group"
                    )
                )
            if definition.unit is not None and definition.unit not in words.units.table:
                self.faults.append(
                    item.fault(f"The unit “{definition.unit}” is not known.", "Add it to units.yaml.", "unit")
                )
            if definition.asked_in_intake and definition.example is None:
                self.faults.append(item.fault("The intake’s example has no answer to this.", "Add example."))
            if definition.ends and definition.type is not FactType.STATE:
                self.faults.append(item.fault("Only a state ends.", "Leave ends out.", "ends"))
            if circle := _circle(words, definition.id):
                self.circular = True
                self.faults.append(
                    item.fault(
                        f"asked_when runs in a circle: {' → '.join(circle)}.", "Break it.", "asked_when"
                    )
                )

    def _mixtures(self, words: Vocabulary) -> None:
        """Rules of formulation speak of measures and of facts; borrowed ones fit the facts that they came with."""
        if not self.accounted:
            return
        if "mixture_rules" in self.borrowed and "facts" not in self.borrowed:
            return
        measures = self._of("measures")
        before = len(self.faults)
        for item in measures:
            self._make(item, partial(build.fact, formulary.measure(item.plain)))
        if len(self.faults) > before:
            return
        plain = [[item.plain for item in self._of(key)] for key in ("facts", "measures", "units")]
        measured = self._make(measures[0], partial(formulary.vocabulary, *plain))
        if measured is not None:
            self._rules("mixture_rules", measured)

    def _rules(self, key: str, words: Vocabulary) -> None:
        reasons = self._ids("reasons")
        for item in self._of(key):
            rule = self._make(item, partial(build.rule, item.plain, words))
            for number, version in enumerate(item.plain["versions"]):
                path = ("versions", number)
                self._cited(item, version, path)
                if rule is not None:
                    self._adjustable(item, version, path)
                if not self.clinic:
                    self._shipped(item, version, path)
                allowed = version["override"]
                for reason in () if allowed == "never" else allowed["reasons"]:
                    if reason not in reasons:
                        self.faults.append(
                            item.fault(
                                f"No reason is called “{reason}”.",
                                "Use one of overrides.yaml.",
                                *("versions", number, "override", "reasons"),
                            )
                        )
            if rule is not None and self.finished and not self.circular:
                for steps, what, mend in examples.faults(item.plain, rule, words):
                    self.faults.append(item.fault(what, mend, *steps))

    def _adjustable(self, item: Item, version: Mapping[str, Any], path: tuple[Step, ...]) -> None:
        # A clinic's version keeps the range that was shipped, and may stand at its strict end.
        hard = version["override"] == "never" and not self.clinic
        for steps, what, mend in adjusting.faults(version, hard=hard):
            self.faults.append(item.fault(what, mend, *path, *steps))

    def _shipped(self, item: Item, version: Mapping[str, Any], path: tuple[Step, ...]) -> None:
        """What a clinic says of its changes is kept by the clinic, never in a file."""
        for key in ("changed", "ended", "advice_only"):
            if key in version:
                what = f"“{key}” is said by a clinic, in Anagen."
                self.faults.append(item.fault(what, "Leave it out.", *path, key))
        if item.plain["id"].startswith("clinic."):
            self.faults.append(
                item.fault("“clinic.” begins the ids of a clinic's own rules.", "Use another.", "id")
            )

    def _cited(self, item: Item, plain: Mapping[str, Any], path: tuple[Step, ...]) -> None:
        """Every source, claim and conflict that is named exists."""
        sources, conflicts = self._ids("sources"), self._ids("conflicts")
        for number, evidence in enumerate(plain["evidence"]):
            if evidence["source"] not in sources:
                what = f"No source is called “{evidence['source']}”."
                self.faults.append(item.fault(what, "Add it to sources.yaml.", *path, "evidence", number))
        for number, claim in enumerate(plain["claims"]):
            if claim not in self.claims:
                what = f"The ledger has no claim {claim}."
                self.faults.append(
                    item.fault(what, "Use the id of a row of claims.csv.", *path, "claims", number)
                )
        for number, conflict in enumerate(plain.get("conflicts", ())):
            if conflict not in conflicts:
                what = f"The ledger has no conflict {conflict}."
                self.faults.append(item.fault(what, "Use one of conflicts.yaml.", *path, "conflicts", number))

    def _span(self, item: Item) -> None:
        made = self._make(item, lambda: build.care(item.plain))
        if made is None:
            return
        backwards = made.start.unit == made.end.unit and made.start.number >= made.end.number
        if backwards or first_day(_DAY, made.start) >= day_after(_DAY, made.end):
            self.faults.append(item.fault("It ends before it begins.", "Let to be later than from.", "to"))

    def _details(self, item: Item) -> None:
        """The details of a topic have the shape of its own schema, and name other entries that exist."""
        topic = item.plain["id"].partition(".")[0]
        if not (ROOT / "schema" / "topics" / f"{topic}.schema.json").is_file():
            known = ", ".join(
                sorted(file.name.split(".")[0] for file in (ROOT / "schema" / "topics").glob("*"))
            )
            self.faults.append(item.fault(f"No topic is called “{topic}”.", f"Use one of {known}.", "id"))
            return
        details = Document(item.document.name, item.plain.get("details", {}), None)
        shape = list(shape_faults(details, f"topics/{topic}"))
        for fault in shape:
            self.faults.append(item.fault(fault.what, fault.mend, "details"))
        if topic == scalp.TOPIC and not shape:
            self._make(item, partial(scalp.piece, item.plain))
        known_ids = self._ids("topics") | self._ids("rules") | self._ids("protocols") | self._ids("care")
        for number, other in enumerate(item.plain.get("see", ())):
            if other not in known_ids:
                self.faults.append(
                    item.fault(f"Nothing is called “{other}”.", "Name an entry.", "see", number)
                )

    def _ledger(self) -> None:
        """Every claim is used or set aside, never both, never neither."""
        used = Counter(claim for _, claim in self._uses())
        aside: set[str] = set()
        for item in self._of("set_aside"):
            for number, claim in enumerate(item.plain["claims"]):
                steps = ("claims", number)
                if claim not in self.claims:
                    self.faults.append(
                        item.fault(f"The ledger has no claim {claim}.", "Mend the id.", *steps)
                    )
                elif claim in aside:
                    self.faults.append(item.fault(f"{claim} is set aside twice.", "Keep one.", *steps))
                elif claim in used:
                    self.faults.append(
                        item.fault(f"{claim} is used as well.", "Keep one of the two.", *steps)
                    )
                aside.add(claim)
        lost = sorted(self.claims - aside - set(used))
        if lost:
            shown = ", ".join(lost[:12]) + (f" and {len(lost) - 12} more" if len(lost) > 12 else "")
            self.faults.append(
                Fault("set_aside.yaml", 1, f"Neither used nor set aside: {shown}.", "Do one of the two.")
            )

    def _uses(self) -> Iterator[tuple[str, str]]:
        for key in ("care", "protocols", "topics"):
            for item in self._of(key):
                for claim in item.plain["claims"]:
                    yield item.plain["id"], claim
        for key in ("rules", "mixture_rules"):
            for item in self._of(key):
                for version in item.plain["versions"]:
                    for claim in version["claims"]:
                        yield item.plain["id"], claim


def _circle(words: Vocabulary, start: str) -> list[str]:
    """The way from a fact back to itself through asked_when; empty when there is none."""
    way: list[str] = []

    def walk(fact: str) -> bool:
        if fact in way:
            return fact == start
        way.append(fact)
        asked_when = words[fact].asked_when if fact in words else None
        if asked_when is not None and any(walk(other) for other in asked_when.facts()):
            return True
        way.pop()
        return False

    return [*way, start] if walk(start) else []


def language_faults(languages: Iterable[Document], parts: Mapping[str, list[Document]]) -> Iterator[Fault]:
    """A translation of the intake is whole: every question, option and page, and nothing that is not there."""
    facts = {item["id"]: item for document in parts["facts"] for item in document.plain["facts"]}
    groups = {item["id"] for document in parts["groups"] for item in document.plain["groups"]}
    for document in languages:
        for key, wanted in (("facts", set(facts)), ("groups", groups)):
            there = set(document.plain[key])
            for name in sorted(there - wanted):
                yield document.fault((key, name), f"“{name}” is not there to translate.", "Remove it.")
            for name in sorted(wanted - there):
                yield document.fault((key,), f"The translation of {key} lacks “{name}”.", "Add it.")
        for name, said in document.plain["facts"].items():
            options = set(facts.get(name, {}).get("options", {}))
            if options != set(said.get("options", {})):
                yield document.fault(
                    ("facts", name), "The options are not those of the fact.", "Translate each."
                )
