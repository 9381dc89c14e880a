"""All that is known as one catalogue: every entry once, with what rests on it and where it is said.

Made from the knowledge that verdicts use, so that what is read here is what decides. The topics and the account of
the claims stand apart: where they have a fault the rest is shown without them, and `faults` says what is wrong.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from django.urls import reverse

from anagen.clinic.people.names import searchable
from anagen.clinic.review.queries import current
from anagen.knowledge import ledger, wording
from anagen.knowledge.ledger import Claim
from anagen.knowledge.loader import Knowledge, KnowledgeError
from anagen.knowledge.reading import Fault

from .words import place

Plain = Mapping[str, Any]

_LOOK_AGAIN: Final = 300.0  # seconds until topics with a fault are read once more


class Kind(StrEnum):
    """What an entry is. The value stands in addresses."""

    RULE = "rules"
    TOPIC = "topics"
    FACT = "facts"
    CARE = "care"
    PROTOCOL = "protocols"
    CONFLICT = "conflicts"
    SOURCE = "sources"
    CLAIM = "claims"

    @property
    def page(self) -> str:
        """The name of the address of one entry."""
        return f"knowledge:{_PAGES.get(self, self.value.removesuffix('s'))}"


_PAGES: Final = {Kind.CARE: "care"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is known, as a list or a search shows it."""

    kind: Kind
    id: str
    title: str
    summary: str
    topic: str
    text: str = field(repr=False)  # everything it is found by, without case and accents
    verdict: str = ""

    @property
    def url(self) -> str:
        return reverse(self.kind.page, args=[self.id])


@dataclass(frozen=True, slots=True)
class Mention:
    """An entry that rests on a source, and how strongly."""

    entry: Entry
    strength: str
    note: str


@dataclass(frozen=True)
class Library:
    """Knowledge, indexed for reading. `account` is None where topics and claims cannot be accounted for."""

    knowledge: Knowledge
    account: Plain | None
    faults: tuple[Fault, ...] = ()

    @cached_property
    def plain(self) -> Plain:
        return self.account or {**self.knowledge.plain, "topics": [], "set_aside": []}

    @cached_property
    def rules(self) -> dict[str, Plain]:
        return {item["id"]: item for item in self.plain["rules"]}

    @cached_property
    def topics(self) -> dict[str, Plain]:
        return {item["id"]: item for item in self.plain["topics"]}

    @cached_property
    def facts(self) -> dict[str, Plain]:
        return {item["id"]: item for item in self.plain["facts"]}

    @cached_property
    def care(self) -> dict[str, Plain]:
        return {item["id"]: item for item in self.plain["care"]}

    @cached_property
    def protocols(self) -> dict[str, Plain]:
        return {item["id"]: item for item in self.plain["protocols"]}

    @cached_property
    def claims(self) -> dict[str, Claim]:
        return ledger.claims()

    @cached_property
    def uses(self) -> dict[str, list[str]]:
        """Claim → what rests on it."""
        return ledger.uses(self.plain)

    @cached_property
    def aside(self) -> dict[str, Plain]:
        """Claim → why nothing rests on it, and of which kind that reason is."""
        return {claim: item for item in self.plain["set_aside"] for claim in item["claims"]}

    # entries

    @cached_property
    def entries(self) -> dict[tuple[Kind, str], Entry]:
        return {(entry.kind, entry.id): entry for entry in self._entries()}

    def of_kind(self, kind: Kind) -> list[Entry]:
        return self._by_kind[kind]

    @cached_property
    def _by_kind(self) -> dict[Kind, list[Entry]]:
        found: dict[Kind, list[Entry]] = {kind: [] for kind in Kind}
        for entry in self.entries.values():
            found[entry.kind].append(entry)
        return found

    def find(self, id: str) -> Entry | None:
        """The entry that something refers to by its id alone."""
        return next((entry for kind in Kind if (entry := self.entries.get((kind, id)))), None)

    def _entries(self) -> Iterator[Entry]:
        words = self.knowledge.ruleset.vocabulary
        for rule in self.knowledge.ruleset.rules:
            version = rule.versions[-1]
            condition = wording.sentence(version.when, words)
            asked = [words[fact] for fact in dict.fromkeys(version.when.facts()) if fact in words]
            codes = [code for fact in asked for listed in fact.codes.values() for code in listed]
            questions = [f"{fact.label} {fact.question} {fact.help}" for fact in asked]
            said = (version.clinician, version.patient, version.change, *questions, *codes)
            yield _entry(
                Kind.RULE, rule.id, rule.title, condition, rule.topic, said, verdict=version.verdict.word
            )
        for item in self.topics.values():
            yield _entry(
                Kind.TOPIC,
                item["id"],
                item["title"],
                item["says"]["clinician"],
                topic_of(item["id"]),
                (item["says"].get("patient", ""), *_strings(item.get("details", {}))),
            )
        for fact in words:
            codes = [code for listed in fact.codes.values() for code in listed]
            yield _entry(Kind.FACT, fact.id, fact.label, fact.question, fact.group, (fact.help, *codes))
        for item in self.care.values():
            says = item["says"]
            yield _entry(
                Kind.CARE,
                item["id"],
                _title(item["id"]),
                says["clinician"],
                item["subject"],
                (says["patient"], item["subject"]),
            )
        for item in self.protocols.values():
            summary = f"{item['sessions']['least']}–{item['sessions']['most']} sessions"
            yield _entry(
                Kind.PROTOCOL,
                item["id"],
                item["title"],
                summary,
                item["area"],
                tuple(_strings(item.get("stop", ()))),
            )
        for item in self.knowledge.conflicts.values():
            positions = " ".join(position["name"] for position in item["positions"])
            yield _entry(
                Kind.CONFLICT, item["id"], item["title"], item["choice"], "", (item["why"], positions)
            )
        for source in self.knowledge.sources.values():
            summary = f"{source.year or ''} {place(source.locator)}".strip()
            yield _entry(Kind.SOURCE, source.id, source.title, summary, source.kind, (source.note,))
        for claim in self.claims.values():
            yield _entry(
                Kind.CLAIM,
                claim.id,
                claim.statement,
                claim.note,
                claim.topic,
                (_title(claim.subject), claim.value),
            )

    def found(self, text: str, kind: Kind | None = None) -> list[Entry]:
        """Entries that hold every word of `text`, the nearest first; none for no word at all."""
        words = searchable(text).split()
        if not words:
            return []
        hits = [
            (_distance(entry, words), place, entry)
            for place, entry in enumerate(self.entries.values())
            if (kind is None or entry.kind is kind) and all(word in entry.text for word in words)
        ]
        return [entry for _, _, entry in sorted(hits, key=lambda hit: hit[:2])]

    # what hangs together

    @cached_property
    def on_source(self) -> dict[str, list[Mention]]:
        """Source → what rests on it; a rule once for each source."""
        found: dict[str, list[Mention]] = {}
        for entry, part in self._cited():
            for item in part["evidence"]:
                mentions = found.setdefault(item["source"], [])
                if all(mention.entry is not entry for mention in mentions):
                    mentions.append(Mention(entry, item["strength"], item.get("note", "")))
        return found

    @cached_property
    def on_conflict(self) -> dict[str, list[Entry]]:
        """Conflict → what it bears on."""
        found: dict[str, dict[Entry, None]] = {}
        for entry, part in self._cited():
            for conflict in part.get("conflicts", ()):
                found.setdefault(conflict, {})[entry] = None
        return {conflict: list(entries) for conflict, entries in found.items()}

    @cached_property
    def on_fact(self) -> dict[str, list[Entry]]:
        """Fact → rules that ask for it, and topics that speak of it."""
        found: dict[str, dict[Entry, None]] = {}
        for rule in self.knowledge.ruleset.rules:
            for version in rule.versions:
                for fact in version.when.facts():
                    found.setdefault(fact, {})[self.entries[Kind.RULE, rule.id]] = None
        for item in self.topics.values():
            for fact in _strings(item.get("details", {})):
                if fact in self.facts:
                    found.setdefault(fact, {})[self.entries[Kind.TOPIC, item["id"]]] = None
        return {fact: list(entries) for fact, entries in found.items()}

    @cached_property
    def conflicts_of_claim(self) -> dict[str, list[Plain]]:
        """Claim → conflicts in which it takes a position."""
        found: dict[str, list[Plain]] = {}
        for conflict in self.knowledge.conflicts.values():
            for claim in {claim for position in conflict["positions"] for claim in position["claims"]}:
                found.setdefault(claim, []).append(conflict)
        return found

    def _cited(self) -> Iterator[tuple[Entry, Plain]]:
        """Every part that names its evidence, with the entry it belongs to."""
        for rule in self.rules.values():
            for version in rule["versions"]:
                yield self.entries[Kind.RULE, rule["id"]], version
        for kind, items in (
            (Kind.TOPIC, self.topics),
            (Kind.CARE, self.care),
            (Kind.PROTOCOL, self.protocols),
        ):
            for item in items.values():
                yield self.entries[kind, item["id"]], item

    def users(self, claim: str) -> list[Entry]:
        """What rests on a claim."""
        return [entry for id in self.uses.get(claim, ()) if (entry := self.find(id)) is not None]


def topic_of(id: str) -> str:
    """The topic of an entry of the topics: the word before the first dot."""
    return id.partition(".")[0]


def _title(id: str) -> str:
    return id.rpartition(".")[2].replace("_", " ").capitalize()


def _entry(
    kind: Kind,
    id: str,
    title: str,
    summary: str,
    topic: str,
    more: tuple[str, ...] = (),
    *,
    verdict: str = "",
) -> Entry:
    text = searchable(" ".join((id, title, summary, topic, verdict, *more)))
    return Entry(kind, id, title, summary, topic, text, verdict)


def _distance(entry: Entry, words: list[str]) -> int:
    """How far an entry is from what was typed: its id, its title, a word of its title, the rest."""
    title, typed = searchable(entry.title), " ".join(words)
    if typed in (searchable(entry.id), title):
        return 0
    if title.startswith(typed):
        return 1
    if all(f" {word}" in f" {title}" for word in words):
        return 2
    return 3 if all(word in title for word in words) else 4


def _strings(plain: Any) -> Iterator[str]:
    match plain:
        case str():
            yield plain
        case dict():
            for value in plain.values():
                yield from _strings(value)
        case list() | tuple():
            for value in plain:
                yield from _strings(value)


# the one catalogue of this process

_held: list[tuple[float, Library]] = []


def catalogue() -> Library:
    """The catalogue of the knowledge that decides, made once. One with a fault is made anew after some minutes."""
    knowledge = current()
    if _held:
        made, held = _held[0]
        fresh = not held.faults or time.monotonic() - made < _LOOK_AGAIN
        if fresh and held.knowledge is knowledge:
            return held
    new = opened(knowledge)
    _held[:] = [(time.monotonic(), new)]
    return new


def opened(knowledge: Knowledge) -> Library:
    """The catalogue of some knowledge, without its topics where these have a fault."""
    try:
        return Library(knowledge, knowledge.account)
    except KnowledgeError as error:
        return Library(knowledge, None, error.faults)
