"""Entries of knowledge as pages show them: conditions in words, evidence with its source, claims with their fate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from anagen.knowledge import adjusting, examples, wording
from anagen.knowledge.adjusting import Parameter
from anagen.knowledge.ledger import Claim
from anagen.knowledge.loader import Source
from anagen.medicine.conditions import All, AnyOf, Condition, Not
from anagen.medicine.dates import Duration, in_words
from anagen.medicine.quantities import Quantity
from anagen.medicine.rules import Rule, RuleVersion, State
from anagen.medicine.vocabulary import AGE, FactDefinition, Vocabulary

from .catalogue import Entry, Kind, Library, Plain

_CLASHES: Final = re.compile(r"(^|;)\s*vs C\d.*$")


@dataclass(frozen=True, slots=True)
class Cited:
    """One source that something rests on."""

    source: Source
    strength: str
    note: str


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """One claim of the documents and what became of it. `aside` is the kind of reason, empty where it is used."""

    claim: Claim
    document: Source | None
    users: tuple[Entry, ...]
    aside: str
    reason: str
    accounted: bool

    @property
    def note(self) -> str:
        """The note of the ledger without its list of clashing claims: conflicts are shown as such."""
        return _CLASHES.sub("", self.claim.note)


@dataclass(frozen=True, slots=True)
class Position:
    """One side of a conflict: what is said, and which documents say so."""

    name: str
    value: str
    documents: tuple[Source, ...]
    claims: tuple[ShownClaim, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Where the sources disagree: every position, the choice and why, and what it bears on."""

    id: str
    title: str
    positions: tuple[Position, ...]
    choice: str
    why: str
    bears_on: tuple[Entry, ...]

    @property
    def url(self) -> str:
        return Entry(Kind.CONFLICT, self.id, self.title, "", "", "").url


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """One version of a rule."""

    version: RuleVersion
    verdict: str
    stands: bool
    condition: SafeString
    until: str
    override: str
    review: str
    parameters: tuple[Parameter, ...]
    evidence: tuple[Cited, ...]
    claims: tuple[ShownClaim, ...]
    conflicts: tuple[Conflict, ...]
    facts: tuple[FactDefinition, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example and what the rule answers to it now."""

    name: str
    given: tuple[tuple[str, str], ...]
    on: date
    verdict: str  # empty where the rule does not match or does not know
    state: str
    until: date | None
    as_expected: bool


def versions(rule: Rule, catalogue: Library, on: date) -> list[ShownVersion]:
    """Every version, the one that stands on the day first, then the newest."""
    words = catalogue.knowledge.ruleset.vocabulary
    standing = rule.version(on)
    plain = catalogue.rules[rule.id]["versions"]
    shown = [
        ShownVersion(
            version=version,
            verdict=version.verdict.word,
            stands=version is standing,
            condition=condition(version.when, words),
            until=wording.ending(version.until, words) if version.until is not None else "",
            override=wording.overriding(version.override, catalogue.knowledge.override_reasons),
            review=review(version),
            parameters=adjusting.parameters(part),
            evidence=tuple(cited(part, catalogue)),
            claims=tuple(claims(version.claims, catalogue)),
            conflicts=tuple(conflicts(version.conflicts, catalogue)),
            facts=tuple(words[fact] for fact in dict.fromkeys(version.when.facts()) if fact in words),
        )
        for version, part in zip(rule.versions, plain, strict=True)
    ]
    return sorted(shown, key=lambda each: (not each.stands, -each.version.effective_from.toordinal()))


def review(version: RuleVersion) -> str:
    """Who of the clinic has reviewed the version, and when; empty where nobody has."""
    if not version.reviewed:
        return ""
    said = version.reviewed
    words = _("reviewed by %(name)s on %(day)s") % {"name": said["by"], "day": _day(said["on"])}
    again = said.get("again_before")
    return words + (_(", again before %(day)s") % {"day": _day(again)} if again else "")


def _day(text: str) -> str:
    return str(date_format(date.fromisoformat(str(text)), "j M Y"))


def condition(when: Condition, words: Vocabulary) -> SafeString:
    """A condition as nested lists; each fact leads to its page."""
    match when:
        case All(parts) | AnyOf(parts) if len(parts) == 1:
            return condition(parts[0], words)
        case All(parts) | AnyOf(parts):
            head = _("all of these") if isinstance(when, All) else _("any of these")
            lines = format_html_join("", "<li>{}</li>", ((condition(part, words),) for part in parts))
            return format_html('<span class="quiet">{}</span><ul>{}</ul>', head, lines)
        case Not(part):
            head = _("not so that")
            return format_html(
                '<span class="quiet">{}</span><ul><li>{}</li></ul>', head, condition(part, words)
            )
        case _:
            return _leaf(when, words)


def _leaf(when: Any, words: Vocabulary) -> SafeString:
    said = wording.leaf(when, words)
    name = wording.label_of(when.fact, words)
    if when.fact == AGE or not said.startswith(name):
        return format_html("{}", said)
    url = Entry(Kind.FACT, when.fact, name, "", "", "").url
    return format_html('<a href="{}">{}</a>{}', url, name, said[len(name) :])


def worked(rule: Rule, catalogue: Library, number: int) -> Iterator[Example]:
    """Each example of a version (the oldest has the number 1), answered now by the rule itself."""
    words = catalogue.knowledge.ruleset.vocabulary
    for plain in catalogue.rules[rule.id]["examples"]:
        if plain.get("version", number) != number:
            continue
        found = examples.finding(plain, rule, words)
        until = plain.get("until")
        yield Example(
            name=plain["name"],
            given=tuple(
                (wording.label_of(fact, words), _given(said)) for fact, said in plain["given"].items()
            ),
            on=date.fromisoformat(str(plain.get("on", examples.DAY))),
            verdict=found.verdict.word if found.state is State.MATCHED else "",
            state=found.state.value,
            until=found.until,
            as_expected=examples.answer(found) == plain["expect"]
            and (until is None or str(found.until) == str(until)),
        )


def _given(plain: Any) -> str:
    """An answer of an example, with units as people write them."""
    if isinstance(plain, str):
        try:
            return wording.quantity(Quantity.parse(plain))
        except ValueError:
            return plain
    if isinstance(plain, dict) and "value" in plain:
        return wording.answer({**plain, "value": _given(plain["value"])})
    return wording.answer(plain)


def cited(part: Plain, catalogue: Library) -> Iterator[Cited]:
    """The evidence of a part of knowledge, in its order."""
    for item in part["evidence"]:
        yield Cited(catalogue.knowledge.sources[item["source"]], item["strength"], item.get("note", ""))


def claims(ids: Iterable[str], catalogue: Library) -> Iterator[ShownClaim]:
    """Claims of the ledger with what became of each."""
    for id in ids:
        claim = catalogue.claims[id]
        aside = catalogue.aside.get(id, {})
        yield ShownClaim(
            claim=claim,
            document=document(claim, catalogue),
            users=tuple(catalogue.users(id)),
            aside=aside.get("kind", ""),
            reason=aside.get("reason", ""),
            accounted=catalogue.account is not None,
        )


def document(claim: Claim, catalogue: Library) -> Source | None:
    """The source document that a claim was taken from."""
    return next(
        (
            source
            for source in catalogue.knowledge.sources.values()
            if source.locator == f"file:{claim.source}"
        ),
        None,
    )


def conflicts(ids: Iterable[str], catalogue: Library) -> Iterator[Conflict]:
    """Conflicts with their positions, as they are shown beside what they bear on."""
    for id in ids:
        plain = catalogue.knowledge.conflicts[id]
        yield Conflict(
            id=id,
            title=plain["title"],
            positions=tuple(_position(item, catalogue) for item in plain["positions"]),
            choice=plain["choice"],
            why=plain["why"],
            bears_on=tuple(catalogue.on_conflict.get(id, ())),
        )


def _position(plain: Plain, catalogue: Library) -> Position:
    shown = tuple(claims(plain["claims"], catalogue))
    found = {claim.document.id: claim.document for claim in shown if claim.document is not None}
    return Position(plain["name"], plain.get("value", ""), tuple(found.values()), shown)


def around_session(text: str) -> str:
    """A time of a care window, relative to the session."""
    time = Duration.parse(text)
    if time.number == 0:
        return _("the session")
    if time.number < 0:
        return _("%(time)s before") % {"time": in_words(Duration(-time.number, time.unit))}
    return _("%(time)s after") % {"time": in_words(time)}
