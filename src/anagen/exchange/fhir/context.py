"""What the readers share: what has been understood so far, what could not be, and how a concept is placed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from anagen.exchange.codes import Codes, Kind
from anagen.exchange.fhir.days import Span
from anagen.exchange.fhir.elements import Coding, Element
from anagen.medicine.facts import Answer, Speaker, Statement
from anagen.medicine.screening import Unmapped
from anagen.medicine.vocabulary import FactType, Vocabulary

# Entries that say in a code that there is nothing to say (SNOMED CT).
NOTHING: Final = frozenset(
    {
        "160245001",  # no current problems or disability
        "787481004",  # no known medications
        "716186003",  # no known allergy
        "409137002",  # no known drug allergy
        "429625007",  # no known food allergy
        "428607008",  # no known environmental allergy
    }
)


# Looking a member up in its enumeration takes longer than comparing it; these are compared for every entry.
_UNPLACED: Final = Kind.UNPLACED
_IRRELEVANT: Final = Kind.IRRELEVANT


class Listed(NamedTuple):
    """A coding that decided what an entry speaks of, and the facts it names."""

    coding: Coding
    facts: tuple[str, ...]


@dataclass(slots=True)
class Context:
    """One reading of one document."""

    vocabulary: Vocabulary
    codes: Codes
    on: date
    file: str
    said_on: date | None = None  # the day on which the bundle as a whole was put together
    birth: Span | None = None
    statements: list[Statement] = field(default_factory=list)
    unmapped: list[Unmapped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    entries: list[tuple[str, Element]] = field(default_factory=list)  # fullUrl and resource
    _records: dict[str, int] = field(default_factory=dict)
    _addresses: dict[str, Element] | None = None

    def state(
        self,
        fact: str,
        value: Answer,
        on: date,
        speaker: Speaker = Speaker.SYSTEM,
        *,
        since: date | None = None,
        until: date | None = None,
        record: str = "",
    ) -> None:
        self.statements.append(Statement(fact, value, on, speaker, since, until, record))

    def record(self, resource: Element) -> str:
        """The name of a resource, such as ``Condition/7``; no two resources of a document share one."""
        name = name_of(resource)
        if self._records.setdefault(name, id(resource.data)) != id(resource.data):
            return f"{name} ({resource.place})"
        return name

    def note(self, resource: Element, what: str) -> None:
        self.notes.append(f"{name_of(resource)}: {what}")

    def map_not(self, resource: Element, why: str, text: str = "", coding: Coding | None = None) -> None:
        """List something that no fact could be made of."""
        self.unmapped.append(
            Unmapped(
                where=name_of(resource),
                text=text
                or (coding.display or coding.code if coding else "")
                or resource.word("resourceType"),
                why=why,
                system=coding.system if coding else "",
                code=coding.code if coding else "",
            )
        )

    def understood(
        self, resource: Element, holder: Element, key: str, *, allergy: bool = False, drug: bool = False
    ) -> list[Listed]:
        """The codings of the concept under ``key`` that facts list.

        Where no coding decides, the concept is listed as unmapped, unless one of them is a valid code of a
        hierarchy that no fact lists: then it does not matter. Substances speak of allergies in allergy entries
        only, and there a substance that no fact lists is never without meaning.
        """
        # the common case, at a glance: one coding that has been met before
        concept = holder.data.get(key)
        codings = concept.get("coding") if type(concept) is dict else None
        if type(codings) is list and len(codings) == 1 and type(coding := codings[0]) is dict:
            system, code = coding.get("system"), coding.get("code")
            if type(system) is str and type(code) is str:
                placement = self.codes.known.get((system, code))
                if placement is not None and placement.kind is not _UNPLACED:
                    facts = placement.allergies if allergy else placement.others if drug else placement.facts
                    if facts:
                        return [Listed(Coding(system, code, ""), facts)]
                    if placement.kind is _IRRELEVANT and not allergy:
                        return []
        return self._understood(resource, holder.part(key), allergy=allergy, drug=drug)

    def _understood(
        self, resource: Element, concept: Element | None, *, allergy: bool, drug: bool
    ) -> list[Listed]:
        if concept is None:
            self.map_not(resource, "it has no code")
            return []
        found: list[Listed] = []
        decided = False
        doubts: list[tuple[Coding, str, tuple[str, ...]]] = []
        for coding in concept.codings():
            placement = self.codes.place(coding.system, coding.code)
            facts = placement.allergies if allergy else placement.others if drug else placement.facts
            if placement.kind is Kind.LISTED and facts:
                found.append(Listed(coding, facts))
            elif coding.code in NOTHING and placement.system == "snomed":
                decided = True
            elif placement.kind is Kind.UNPLACED:
                doubts.append((coding, placement.why, facts))
            elif allergy or placement.system in ("rxnorm", "snomed"):
                doubts.append((coding, "no fact lists this substance", ()))
            else:
                decided = True
        if found or decided:
            return found
        if not doubts:
            text = concept.words()
            self.map_not(resource, "it is in words only" if text else "it has no code", text)
            return []
        coding, why, facts = doubts[0]
        self.map_not(resource, why, concept.words(), coding)
        # an invalid code below a listed one may well mean what it seems to mean: the riskier reading counts too
        return [Listed(coding, facts) for coding, _, facts in doubts if facts]

    def resource(self, reference: str) -> Element | None:
        """The resource of the bundle that a reference names; the first one where two could be meant."""
        if self._addresses is None:
            self._addresses = {}
            for full, resource in self.entries:
                own = f"{resource.word('resourceType')}/{resource.word('id')}"
                for address in (full, last_segment(full), own):
                    self._addresses.setdefault(address, resource)
        return self._addresses.get(reference) or self._addresses.get(last_segment(reference))

    def kinds(self, fact: str) -> FactType:
        return self.vocabulary[fact].type


def name_of(resource: Element) -> str:
    """``Condition/7``, or the type and the place when it has no id."""
    kind, own = resource.data["resourceType"], resource.word("id")
    if own:
        return f"{kind}/{own}"
    return f"{kind} ({resource.place})" if resource.above is not None else kind


def last_segment(reference: str) -> str:
    """``Patient/7`` of ``https://server/fhir/Patient/7/_history/2``; other references stay as they are."""
    reference = reference.partition("/_history/")[0]
    parts = reference.rsplit("/", 2)
    return "/".join(parts[-2:]) if len(parts) > 1 else reference
