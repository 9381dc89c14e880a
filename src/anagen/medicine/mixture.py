"""What goes into one syringe: ingredients and products as they are known, components as they are wished for.

Amounts are exact: ``Fraction`` while they are worked with, ``Quantity`` (decimal) where they are said. Volumes are in
millilitres throughout, masses in milligrams, biological units as they stand on the label (``U``, ``[iU]``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from anagen.medicine.conditions import Condition
from anagen.medicine.quantities import Quantity
from anagen.medicine.rules import Evidence, Finding, Override, Verdict


class Legal(StrEnum):
    """What the law takes something for. Unknown is never fine."""

    MEDICINE = "medicine"
    DEVICE = "device"
    COSMETIC = "cosmetic"
    SUPPLEMENT = "supplement"
    HOMEOPATHIC = "homeopathic"
    UNKNOWN = "unknown"


class Known(StrEnum):
    """What is known of two ingredients in one syringe."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"


class Action(StrEnum):
    """What follows when a limit is passed or a condition holds."""

    REFUSE = "refuse"
    PRESCRIBER = "prescriber"
    REASON = "reason"
    CAUTION = "caution"

    @property
    def verdict(self) -> Verdict:
        return _VERDICTS[self]


_VERDICTS = {
    Action.REFUSE: Verdict.EXCLUDE,
    Action.PRESCRIBER: Verdict.REFER,
    Action.REASON: Verdict.CAUTION,
    Action.CAUTION: Verdict.CAUTION,
}


@dataclass(frozen=True, slots=True)
class Citation:
    """Who says so: evidence, and the claims of the ledger that it settles."""

    evidence: tuple[Evidence, ...] = ()
    claims: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(item.source for item in self.evidence)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What an ingredient is for, how far that is shown, and the problems (``indication.…``) it is meant for."""

    what: str
    strength: str  # licensed, trial, weak, claimed, implausible
    note: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """A ceiling: ``amount`` per session, kg (of body weight, on one day), day, month, course or site (one point).

    ``beside`` names an ingredient that has to be in the same product for this ceiling to hold instead of the plain one.
    """

    per: str
    amount: Quantity
    action: Action
    beside: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Interval:
    """The least time between two sessions with this ingredient."""

    least: timedelta
    action: Action
    note: str = ""


@dataclass(frozen=True, slots=True)
class Strengths:
    """In what strength an ingredient is used: final strength in the syringe, and strengths in which it is sold."""

    usual: Quantity | None = None
    reason_above: Quantity | None = None
    ceiling: Quantity | None = None
    drawn_up_ceiling: Quantity | None = None  # before it is thinned
    sold: tuple[Quantity, ...] = ()


@dataclass(frozen=True, slots=True)
class Osmolality:
    """mosm/kg of a solution at a strength; at any strength when ``at`` is None."""

    value: Decimal
    at: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """From the lowest to the highest that is possible."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Caution:
    """A condition over the patient's facts, what follows when it holds, and why."""

    when: Condition
    action: Action
    why: str
    is_allergy: bool = False  # an allergy that refuses is set aside by nobody


@dataclass(frozen=True, slots=True)
class Refusal:
    """Never part of a mixture, or only as the medical lead decides."""

    reason: str
    by_nobody: bool


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One substance, or a word for many (``is_group``) that no mixture may list."""

    id: str
    title: str
    kind: str  # class: vitamin, diluent, anaesthetic …
    legal: Legal
    cite: Citation
    is_group: bool = False
    names: tuple[str, ...] = ()  # INN and synonyms
    unii: str = ""
    atc: tuple[str, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    injectable: bool | None = None  # whether a sterile form made for injection exists
    routes: tuple[str, ...] = ()
    scalp: str = "unlicensed"  # labelled, off_label, unlicensed
    needs: tuple[str, ...] = ()
    own_syringe: bool = False
    oily: bool = False
    measured_in: str = "mg"  # or U, [iU]
    origin: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    interval: Interval | None = None
    strengths: Strengths = field(default_factory=Strengths)
    ph: Range | None = None
    osmolality: tuple[Osmolality, ...] = ()
    stable_mixed: timedelta | None = None
    cautions: tuple[Caution, ...] = ()
    warnings: tuple[str, ...] = ()
    protect: tuple[str, ...] = ()
    refusal: Refusal | None = None
    says: str = ""

    @property
    def is_diluent(self) -> bool:
        return self.kind == "diluent"

    @property
    def is_active(self) -> bool:
        """Whether it is there for its own sake, and not to dissolve or to preserve."""
        return self.kind not in ("diluent", "preservative")

    @property
    def is_anaesthetic(self) -> bool:
        return self.kind == "anaesthetic"

    @property
    def is_water(self) -> bool:
        """Whether it carries no solutes at all."""
        return self.is_diluent and bool(self.osmolality) and all(part.value == 0 for part in self.osmolality)


@dataclass(frozen=True, slots=True)
class Problem:
    """What a patient may come with: indicated, after_diagnosis, treat_cause_first or not_indicated."""

    id: str
    title: str
    kind: str
    when: Condition | None  # over the diagnosis; None where no code says it
    says: str


@dataclass(frozen=True, slots=True)
class Content:
    """One ingredient of a product; ``strength`` is None while nobody has said it."""

    ingredient: str
    strength: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A preparation with a maker: what is in it, what the law takes it for, how it is kept."""

    id: str
    title: str
    legal: Legal
    cite: Citation = field(default_factory=Citation)
    contents: tuple[Content, ...] = ()
    is_complete: bool = False  # whether the label's whole composition is known
    names: tuple[str, ...] = ()
    maker: str = ""
    injectable: bool | None = None
    routes: tuple[str, ...] = ()
    single_dose: bool | None = None
    container: Quantity | None = None  # mL
    store: tuple[Quantity, Quantity] | None = None  # from and to, Cel
    ph: Range | None = None
    osmolality: Decimal | None = None  # mosm/kg
    buffers: Mapping[str, Quantity] = field(default_factory=dict)  # phosphate, citrate: mmol/L
    after_opening: timedelta | None = None
    stable_mixed: timedelta | None = None
    mixture_type: str = ""
    refusal: Refusal | None = None
    says: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """What is known of two things in one syringe, and who says so."""

    one: str
    other: str
    known: Known
    action: str  # allow, caution, pharmacist, refuse
    why: str
    rule: str
    cite: Citation = field(default_factory=Citation)


@dataclass(frozen=True, slots=True)
class PairRule:
    """An entry of the knowledge about pairs: any of ``one`` with any of ``others``, or with a whole legal class."""

    id: str
    one: frozenset[str]
    others: frozenset[str]
    other_legal: Legal | None
    known: Known
    action: str
    why: str
    cite: Citation

    def about(self, one: Ingredient, other: Ingredient) -> bool:
        return self._from(one, other) or self._from(other, one)

    def _from(self, one: Ingredient, other: Ingredient) -> bool:
        return one.id in self.one and (other.id in self.others or other.legal is self.other_legal)


@dataclass(frozen=True, slots=True)
class Component:
    """One thing drawn into the syringe, as it is wished for: a product or an ingredient by any of its names.

    ``concentration`` is None where the product's label says it. ``expires`` is the last day of use. ``unit`` keeps
    the unit in which the strength was written, for one that no label carries.
    """

    name: str
    volume: Decimal  # mL
    concentration: Quantity | None = None  # mg/mL, U/mL, [iU]/mL
    is_product: bool = False
    lot: str = ""
    expires: date | None = None
    written: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """A dose given before, on a day."""

    ingredient: str
    dose: Quantity
    on: date


@dataclass(frozen=True, slots=True)
class MixtureRequest:
    """What somebody would like to have in one syringe. ``prepared_at`` is None for what is only planned."""

    route: str  # intradermal, subcutaneous …
    components: tuple[Component, ...]
    area: str = "scalp"
    weight: Decimal | None = None  # kg
    points: int | None = None
    volume_per_point: Decimal | None = None  # mL
    prepared_at: datetime | None = None
    given_before: tuple[Given, ...] | None = None  # None: nobody has said
    measured_ph: Decimal | None = None
    measured_osmolality: Decimal | None = None  # mosm/kg


@dataclass(frozen=True, slots=True)
class MixtureFinding(Finding):
    """A finding about part of a mixture: ``about`` names ingredients or products, ``override`` who may set it aside."""

    about: tuple[str, ...] = ()
    override: Override = field(default_factory=Override)


@dataclass(frozen=True, slots=True)
class Total:
    """How much of one ingredient is in the syringe; ``dose`` and ``strength`` are None when that is not known."""

    ingredient: str
    title: str
    dose: Quantity | None
    strength: Quantity | None
    volume: Decimal  # mL of the components that hold it


@dataclass(frozen=True, slots=True)
class MixtureAnswer:
    """The answer, with everything that it rests on."""

    on: date
    verdict: Verdict
    findings: tuple[MixtureFinding, ...]
    missing: tuple[str, ...]  # facts of the patient
    volume: Decimal  # mL
    totals: tuple[Total, ...]
    ph: Range | None
    ph_unknown: tuple[str, ...]  # titles of what it is not known of
    osmolality: Decimal | None  # mosm/kg
    osmolality_unknown: tuple[str, ...]
    use_within: timedelta
    use_by: datetime | None  # None for what is only planned
    needs: tuple[str, ...]
    order: tuple[str, ...]  # in which the components are drawn up: names as given
    diluent: str
    ruleset_version: str
    ruleset_hash: str

    @property
    def reasons(self) -> tuple[MixtureFinding, ...]:
        """The findings that weigh, heaviest first."""
        weighing = (finding for finding in self.findings if finding.verdict > Verdict.CLEAR)
        return tuple(sorted(weighing, key=lambda finding: -finding.verdict))


def exact(value: Fraction) -> Decimal:
    """As a decimal: exact where it has an end, else to the 28 digits of a decimal; without idle zeros."""
    found = Decimal(value.numerator) / Decimal(value.denominator)
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found.normalize()
