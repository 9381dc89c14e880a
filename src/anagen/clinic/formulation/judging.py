"""The one function that judges a mixture for a patient: for the page, for the worksheet, at the moment of mixing.

A worksheet keeps its request with the products as they stood, and the formulary under its hash, so that it can be
judged again for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from anagen.clinic.intake.queries import facts_of as facts_of_patient
from anagen.clinic.people.models import Patient
from anagen.clinic.review.queries import current, unpacked
from anagen.clinic.screening.models import Decision
from anagen.clinic.screening.queries import facts_of_decision
from anagen.clinic.stock.models import Product
from anagen.clinic.stock.typed import as_medicine, key_of
from anagen.exchange import facts as exchange
from anagen.exchange.errors import BadInput
from anagen.exchange.mixture import plain_answer, request_of
from anagen.exchange.screening import unmapped_of
from anagen.exchange.worksheets import plain_products, plain_request, request_and_formulary
from anagen.knowledge import formulary as building
from anagen.knowledge.loader import Knowledge
from anagen.medicine.facts import Facts
from anagen.medicine.formulary import Formulary
from anagen.medicine.formulation import judge_mixture, may_be_overridden
from anagen.medicine.mixture import MixtureAnswer, MixtureFinding, MixtureRequest
from anagen.medicine.rules import Verdict
from anagen.medicine.screening import Unmapped

from .models import KeptFormulary, Preparation, Worksheet

ROUTE: Final = "intradermal scalp"
DECISIVE: Final = ("version", "units", "facts", "measures", "topics", "mixture_rules")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a patient, and what of their record nobody has understood."""

    facts: Facts
    unmapped: tuple[Unmapped, ...] = ()

    @classmethod
    def at(cls, decision: Decision) -> Known:
        """As it stood when a screening was decided."""
        return cls(facts_of_decision(decision), tuple(map(unmapped_of, decision.unmapped)))

    @classmethod
    def on(cls, patient: Patient, day: date) -> Known:
        """As it stands now, for a day."""
        return cls(*facts_of_patient(patient, on=day))


@dataclass(frozen=True, slots=True)
class Wanted:
    """One component as somebody wishes for it."""

    product: Product
    ml: Decimal


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody would like to have in one syringe, before it is checked."""

    components: Sequence[Wanted]
    points: int | None = None
    point_ml: Decimal | None = None
    ph: Decimal | None = None
    osmolality: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A request with its answer and all that it rests on."""

    request: MixtureRequest
    formulary: Formulary
    answer: MixtureAnswer

    @property
    def plain(self) -> dict[str, Any]:
        """As a worksheet keeps it."""
        named = [one.name for one in self.request.components]
        products = [self.formulary.products[name] for name in named if name in self.formulary.products]
        return {"request": plain_request(self.request), "products": plain_products(products)}

    @property
    def document(self) -> dict[str, Any]:
        return plain_answer(self.answer)


def asked(wish: Wish, patient: Patient, on: date, formulary: Formulary) -> tuple[MixtureRequest, Formulary]:
    """The wish as medicine's object, with the doses given before. BadInput for what cannot be a mixture at all."""
    from .queries import given_before

    products = {key_of(one.product): as_medicine(one.product) for one in wish.components}
    whole = formulary.adding(products)
    plain: dict[str, Any] = {
        "route": ROUTE,
        "components": [
            {"product": key_of(one.product), "volume": f"{one.ml:f} mL"} for one in wish.components
        ],
    }
    if wish.points is not None:
        plain["points"] = wish.points
    if wish.point_ml is not None:
        plain["volume_per_point"] = f"{wish.point_ml:f} mL"
    if wish.ph is not None:
        plain["ph"] = f"{wish.ph:f}"
    if wish.osmolality is not None:
        plain["osmolality"] = f"{wish.osmolality:f} mosm/kg"
    if not wish.components:
        raise BadInput("worksheet", "components", "Nothing is in the mixture.", "Choose a product.")
    request = request_of(plain, formulary=whole, file="worksheet")
    return replace(request, given_before=given_before(patient)), whole


def judged(
    wish: Wish, *, patient: Patient, known: Known, on: date, knowledge: Knowledge | None = None
) -> Judged:
    """A wish judged for a patient on a day. Raises BadInput."""
    request, whole = asked(wish, patient, on, (knowledge or current()).formulary)
    return answered(request, whole, on=on, known=known)


def answered(
    request: MixtureRequest, formulary: Formulary, *, on: date, known: Known, at: datetime | None = None
) -> Judged:
    answer = judge_mixture(request, formulary, on=on, facts=known.facts, at=at, unmapped=known.unmapped)
    return Judged(request, formulary, answer)


# again


def formulary_kept(digest: str) -> Formulary:
    """What mixtures were judged by under this hash. KeyError when it was never kept."""
    now = current().formulary
    return now if now.hash == digest else _kept(digest)


@lru_cache(maxsize=8)
def _kept(digest: str) -> Formulary:
    row = KeptFormulary.objects.filter(hash=digest).first()
    if row is None:
        raise KeyError(f"no formulary with the hash {digest[:12]} is kept")
    return building.formulary(unpacked(row.packed))


def again(worksheet: Worksheet, formulary: Formulary | None = None) -> Judged:
    """A worksheet judged again from what it kept; `formulary`: by other knowledge than it was."""
    base = formulary or formulary_kept(worksheet.formulary_hash)
    request, whole = request_and_formulary(worksheet.request, base)
    return answered(request, whole, on=worksheet.on, known=Known.at(worksheet.decision))


def prepared_again(preparation: Preparation) -> Judged:
    """What was judged at the moment of mixing, from what was kept of it."""
    base = formulary_kept(preparation.formulary_hash)
    request, whole = request_and_formulary(preparation.request, base)
    at = request.prepared_at
    assert at is not None
    known = Known(exchange.facts_of(preparation.facts), tuple(map(unmapped_of, preparation.unmapped)))
    return answered(request, whole, on=at.date(), known=known, at=at)


def content_of(knowledge: Knowledge) -> Mapping[str, Any]:
    """The part of the knowledge that a formulary is made from."""
    account = knowledge.account
    whole = {key: account[key] for key in DECISIVE}
    whole["topics"] = [item for item in account["topics"] if item["id"].startswith(building.DECISIVE)]
    return whole


# what stands in the way

Named = tuple[str, tuple[str, ...]]


def name_of(finding: MixtureFinding) -> Named:
    return finding.rule, finding.about


@dataclass(frozen=True, slots=True)
class Barriers:
    """What keeps a mixture from being prepared: barred for good, to be answered, to be decided by name."""

    barred: tuple[MixtureFinding, ...]
    open: tuple[MixtureFinding, ...]
    to_decide: tuple[MixtureFinding, ...]

    def __bool__(self) -> bool:
        return bool(self.barred or self.open or self.to_decide)


def barriers(answer: MixtureAnswer, decided: Mapping[Named, tuple[str, str]]) -> Barriers:
    """What is left after the decisions. `decided`: a finding → its verdict and words when it was decided.

    A decision stands only for what was read: where verdict or words have changed it has to be made anew.
    """
    barred, open_, left = [], [], []
    for finding in answer.reasons:
        if finding.verdict is Verdict.INCOMPLETE:
            open_.append(finding)
        elif finding.verdict > Verdict.CAUTION and not may_be_overridden(finding):
            barred.append(finding)
        elif finding.verdict > Verdict.CAUTION and decided.get(name_of(finding)) != words_of(finding):
            left.append(finding)
    return Barriers(tuple(barred), tuple(open_), tuple(left))


def words_of(finding: MixtureFinding) -> tuple[str, str]:
    return finding.verdict.word, finding.reason
