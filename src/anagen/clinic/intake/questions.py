"""The pages of the intake: which question stands where, and which of them are shown to this patient.

A question stands on the page of its group. One that depends on an answer of a later page stands there, right
after the question that it depends on: nobody is asked about the places of injections before the injections.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from anagen.clinic.review.queries import current
from anagen.medicine.facts import UNKNOWN, Speaker, Statement
from anagen.medicine.truth import Truth
from anagen.medicine.vocabulary import FactDefinition, FactType

from .forms import Typed
from .language import Words
from .queries import Round, stated_in_file, vocabulary
from .wording import age_words, statement_words

REVIEW: Final = "review"
LONG: Final = 8  # from so many open questions on, “none of these” is offered above them as well


@cache
def layout() -> Mapping[str, tuple[str, ...]]:
    """Group → facts asked of patients on its page, in order."""
    words = vocabulary()
    order = [group["id"] for group in current().groups]
    asked = {definition.id: definition for definition in words if definition.asked_in_intake}
    pages: dict[str, list[str]] = {group: [] for group in order}
    for group in order:
        for fact, definition in asked.items():
            if definition.group != group:
                continue
            place = group
            for parent in _parents(definition):
                if parent in asked:
                    at = next((page for page, facts in pages.items() if parent in facts), asked[parent].group)
                    place = max(place, at, key=order.index)
            pages[place].append(fact)
    return {group: tuple(_after_parents(facts)) for group, facts in pages.items() if facts}


def _parents(definition: FactDefinition) -> tuple[str, ...]:
    return tuple(dict.fromkeys(definition.asked_when.facts())) if definition.asked_when is not None else ()


def _after_parents(facts: Sequence[str]) -> list[str]:
    """Each question after the last one on the page that it depends on, otherwise in the given order."""
    words = vocabulary()
    placed: list[str] = []
    left = list(facts)
    while left:
        ready = [fact for fact in left if not set(_parents(words[fact])) & set(left) - {fact}] or left
        # one that was waiting for the last placed question comes next
        follows = [fact for fact in ready if placed and set(_parents(words[fact])) & set(placed[-1:])]
        fact = (follows or ready)[0]
        placed.append(fact)
        left.remove(fact)
    return placed


@cache
def dependents(fact: str) -> tuple[str, ...]:
    """Questions whose being asked hangs on this one, at any remove."""
    words = vocabulary()
    found: dict[str, None] = {}
    waiting = [fact]
    while waiting:
        parent = waiting.pop()
        for definition in words:
            if parent in _parents(definition) and definition.id not in found and definition.id != fact:
                found[definition.id] = None
                waiting.append(definition.id)
    return tuple(found)


def page_of(fact: str) -> str:
    """The page on which a fact is asked; empty for one that is not asked of patients."""
    return next((group for group, facts in layout().items() if fact in facts), "")


def shown_on(round_: Round, page: str) -> tuple[str, ...]:
    """The questions of a page that this patient is asked now."""
    in_file = stated_in_file(round_.patient)
    asked = [fact for fact in layout().get(page, ()) if fact not in in_file]
    return tuple(fact for fact in asked if _is_shown(round_, fact, asked))


def _is_shown(round_: Round, fact: str, on_page: Sequence[str]) -> bool:
    """Not one that does not apply; nor one for which the answer of a question above it is still open."""
    applies = round_.situation.applies(fact)
    if applies is not Truth.UNKNOWN:
        return applies is Truth.YES
    parents = [parent for parent in _parents(vocabulary()[fact]) if parent in on_page]
    return not parents or any(
        _is_shown(round_, parent, on_page) and round_.said(parent) for parent in parents
    )


def pages_of(round_: Round) -> list[str]:
    """The pages on which there is something to ask."""
    return [page for page in layout() if shown_on(round_, page)]


def open_on(round_: Round, page: str) -> list[str]:
    """Shown questions of a page that this intake has no answer to."""
    return [fact for fact in shown_on(round_, page) if round_.said(fact) is None]


# what a page shows of a question


def slug_of(fact: str) -> str:
    """The fact's id as a part of ids in a page."""
    return fact.replace(".", "-").replace("_", "-")


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One question with what was typed or stands, ready for a template."""

    definition: FactDefinition
    words: str
    help: str
    options: tuple[Option, ...]
    typed: Typed
    last_time: str = ""  # “no (12 days ago)”
    said: str = ""  # how the standing answer reads
    concealed: bool = False  # the patient has answered it alone, and this reader may not see how
    follow_up: bool = False  # depends on another question of the page
    for_clinic: bool = False

    @property
    def id(self) -> str:
        return self.definition.id

    @property
    def slug(self) -> str:
        return slug_of(self.id)

    @property
    def kind(self) -> str:
        return self.definition.type.value

    @property
    def asks_days(self) -> bool:
        return self.definition.type is FactType.STATE and self.definition.ends

    @property
    def asks_day(self) -> bool:
        return self.definition.type is FactType.EVENT

    @property
    def answered(self) -> bool:
        return bool(self.said)

    @property
    def by_laboratory(self) -> bool:
        return self.for_clinic and Speaker.LABORATORY in self.definition.speakers

    @property
    def wrong(self) -> bool:
        return bool(self.typed.faults)


def question(
    definition: FactDefinition,
    words: Words,
    *,
    typed: Typed | None = None,
    said: Statement | None = None,
    last: Statement | None = None,
    concealed: bool = False,
    round_: Round | None = None,
    for_clinic: bool = False,
) -> Question:
    """``typed`` (what came with the form) goes before ``said`` (what stands)."""
    shown = typed if typed is not None and not typed.absent else Typed.of(definition, said)
    offered = {} if definition.type in (FactType.QUANTITY, FactType.CODE) else words.options(definition)
    page = layout().get(page_of(definition.id), ())
    return Question(
        definition=definition,
        words=words.question(definition),
        help=words.help(definition),
        options=tuple(
            Option(value, text, not concealed and shown.value == value) for value, text in offered.items()
        ),
        typed=shown,
        last_time=_last_time(last, definition, round_) if last is not None and round_ is not None else "",
        said=statement_words(said, definition) if said is not None else "",
        concealed=concealed,
        follow_up=not for_clinic and any(parent in page for parent in _parents(definition)),
        for_clinic=for_clinic,
    )


def _last_time(last: Statement, definition: FactDefinition, round_: Round) -> str:
    return f"{statement_words(last, definition)} ({age_words(last.on, round_.on)})"


def said_in_words(statement: Statement, definition: FactDefinition, words: Words) -> str:
    """A standing answer in the patient's language."""
    if statement.value is UNKNOWN or definition.type is FactType.CHOICE:
        key = UNKNOWN.value if statement.value is UNKNOWN else str(statement.value)
        return words.options(definition).get(key, key)
    is_plain = isinstance(statement.value, bool) and statement.since is None and statement.until is None
    if is_plain and not (definition.type is FactType.EVENT and statement.value):
        return words.options(definition)["yes" if statement.value else "no"]
    return statement_words(statement, definition)
