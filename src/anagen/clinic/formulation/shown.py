"""A worksheet as its page shows it: components, ceilings, findings with decisions. All computed, nothing stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Permission
from anagen.clinic.review.queries import current
from anagen.clinic.stock import queries as stock
from anagen.clinic.stock.models import Balance, Product
from anagen.clinic.stock.models.products import plain
from anagen.clinic.stock.overview import lying
from anagen.clinic.stock.typed import as_medicine
from anagen.medicine import dose
from anagen.medicine.formulation import may_be_overridden
from anagen.medicine.mixture import Ingredient, Legal, MixtureFinding
from anagen.medicine.proposal import Proposal, propose

from . import judging, queries
from .judging import Judged, Known
from .models import MixtureDecision, Worksheet
from .wording import PER, STANDINGS, STRENGTHS, rounded


@dataclass(frozen=True, slots=True)
class PartShown:
    """One component: what, what for, how much, and from which lot it would be taken."""

    title: str
    purposes: tuple[tuple[str, str], ...]  # for what, how far that is shown
    ml: str
    place: int  # in the order of drawing, from 1
    is_diluent: bool
    lot: str


@dataclass(frozen=True, slots=True)
class Ceiling:
    """One limit with how much of it is used, what was given before included; None: not known."""

    title: str
    amount: str
    per: str
    percent: str | None
    width: int  # of a bar, 0 to 100
    tone: str
    before: str


@dataclass(frozen=True, slots=True)
class FindingShown:
    """A finding that weighs, with its decision or who may make it."""

    finding: MixtureFinding
    number: int
    decision: MixtureDecision | None
    may_decide: bool
    who: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """An answer in the order in which it is read."""

    judged: Judged
    verdict: str
    parts: tuple[PartShown, ...]
    ceilings: tuple[Ceiling, ...]
    findings: tuple[FindingShown, ...]
    totals: tuple[dict[str, str], ...]
    document: dict[str, Any]
    earlier: bool
    needs: tuple[str, ...]


def card(found: Judged, user: User, worksheet: Worksheet | None = None) -> Card:
    document = found.document
    return Card(
        judged=found,
        verdict=found.answer.verdict.word,
        parts=_parts(found, worksheet),
        ceilings=tuple(_ceilings(found)),
        findings=_findings(found, user, worksheet),
        totals=tuple(document["totals"]["ingredients"].values()),
        document=document,
        earlier=bool(found.request.given_before),
        needs=tuple(need.replace("_", " ") for need in found.answer.needs),
    )


def _parts(found: Judged, worksheet: Worksheet | None) -> tuple[PartShown, ...]:
    lots = _lots(worksheet)
    order = list(found.answer.order)
    shown = []
    for number, part in enumerate(dose.parts(found.request, found.formulary)):
        entries = _entries(found, part)
        shown.append(
            PartShown(
                title=part.title,
                purposes=tuple(
                    dict.fromkeys(
                        (purpose.what, str(STRENGTHS.get(purpose.strength, purpose.strength)))
                        for entry in entries
                        for purpose in entry.purposes[:2]
                    )
                ),
                ml=plain(part.component.volume),
                place=order.index(part.title) + 1 if part.title in order else 0,
                is_diluent=bool(entries) and all(entry.is_diluent for entry in entries),
                lot=part.component.lot or lots.get(number, ""),
            )
        )
    return tuple(sorted(shown, key=lambda one: one.place))


def _entries(found: Judged, part: dose.Part) -> list[Ingredient]:
    known = (found.formulary.ingredients.get(content.ingredient) for content in part.contents)
    return [entry for entry in known if entry is not None]


def _lots(worksheet: Worksheet | None) -> dict[int, str]:
    """Component → the lots that were drawn for it."""
    preparation = None if worksheet is None else queries.preparation_of(worksheet)
    if preparation is None:
        return {}
    found: dict[int, str] = {}
    for part in preparation.drawn.select_related("draw__vial__lot"):
        number = part.draw.vial.lot.number
        if number not in found.get(part.component, "").split(", "):
            found[part.component] = ", ".join(filter(None, (found.get(part.component, ""), number)))
    return found


def _ceilings(found: Judged) -> list[Ceiling]:
    request, on = found.request, found.answer.on
    parts = dose.parts(request, found.formulary)
    doses, beside = dose.doses(parts), dose.company(parts)
    shown = []
    for name, amount in sorted(doses.items()):
        entry = found.formulary.ingredients.get(name)
        if entry is None:
            continue
        for limit in dose.holding(entry, beside):
            used = dose.share(limit, entry, amount, request, on)
            unit = limit.amount.unit.removesuffix("/kg")
            before = (
                rounded(
                    Decimal(dose.given(request.given_before or (), name, limit.per, on, unit).numerator)
                    / dose.given(request.given_before or (), name, limit.per, on, unit).denominator
                )
                if limit.per != "site"
                else "0"
            )
            shown.append(
                Ceiling(
                    title=entry.title,
                    amount=f"{plain(limit.amount.value)} {limit.amount.unit}",
                    per=str(PER.get(limit.per, limit.per)),
                    percent=None if used is None else rounded(used),
                    width=0 if used is None else min(100, int(used)),
                    tone="quiet"
                    if used is None
                    else "bad"
                    if used > 100
                    else "warm"
                    if used >= 80
                    else "good",
                    before="" if before == "0" else f"{before} {unit}",
                )
            )
    return shown


def _findings(found: Judged, user: User, worksheet: Worksheet | None) -> tuple[FindingShown, ...]:
    made = {(one.rule, tuple(one.about)): one for one in worksheet.decisions.all()} if worksheet else {}
    sources = current().sources
    return tuple(
        FindingShown(
            finding=finding,
            number=number,
            decision=made.get(judging.name_of(finding)),
            may_decide=worksheet is not None
            and judging.name_of(finding) not in made
            and may_be_overridden(finding)
            and user.may(Permission.DECIDE_MIXTURE)
            and user.role in finding.override.by,
            who=finding.override.by if may_be_overridden(finding) else (),
            sources=tuple(sources[name].title for name in finding.sources if name in sources),
        )
        for number, finding in enumerate(found.answer.reasons)
    )


# lists


@dataclass(frozen=True, slots=True)
class Row:
    """A worksheet in a list."""

    worksheet: Worksheet
    standing: queries.Standing
    word: str
    tone: str
    names: str


def row(worksheet: Worksheet, now: datetime) -> Row:
    stands = queries.standing(worksheet, now)
    word, tone = STANDINGS[stands]
    return Row(worksheet, stands, str(word), tone, title_of(worksheet))


def title_of(worksheet: Worksheet) -> str:
    """What is in it, in a line: the ingredients beside the diluent."""
    totals = worksheet.document.get("totals", {}).get("ingredients", {})
    thin = worksheet.document.get("diluent") or ""
    names = [total["title"] for total in totals.values() if total["title"] not in thin] or [thin]
    return ", ".join(name.partition(" (")[0] for name in names if name)


# what there is to choose from


@dataclass(frozen=True, slots=True)
class Choice:
    """A product in stock: usable or not for a mixture, and why not."""

    product: Product
    first: Balance | None
    purposes: tuple[tuple[str, str], ...]
    refused: str


def choices(on: Any) -> list[Choice]:
    """Every product that lies here, the usable ones first; what may not be injected is shown with the reason."""
    formulary = current().formulary
    found: dict[int, Choice] = {}
    usable: dict[int, Balance] = {}
    for balance in stock.usable(on).filter(lot__product__in_use=True):
        usable.setdefault(balance.lot.product_id, balance)
    for lot_row in lying(on):
        product = lot_row.lot.product
        if product.pk in found or not product.in_use:
            continue
        seen = as_medicine(product)
        entries = [
            formulary.ingredients[part.ingredient]
            for part in seen.contents
            if part.ingredient in formulary.ingredients
        ]
        first = usable.get(product.pk)
        found[product.pk] = Choice(
            product,
            first,
            tuple(
                dict.fromkeys(
                    (purpose.what, str(STRENGTHS.get(purpose.strength, purpose.strength)))
                    for entry in entries
                    for purpose in entry.purposes[:1]
                )
            ),
            _refused(seen, entries, first),
        )
    return sorted(found.values(), key=lambda one: (bool(one.refused), one.product.name))


def _refused(product: Any, entries: list[Ingredient], first: Balance | None) -> str:
    if product.legal is Legal.COSMETIC:
        return _("A cosmetic is never injected.")
    if product.injectable is False:
        return _("Its label does not allow an injection.")
    for entry in entries:
        if entry.refusal is not None:
            return f"{entry.title}: {entry.refusal.reason}"
    if first is None:
        return _("No lot that may be used: expired, held back, or its expiry is not known.")
    return ""


def proposed(patient: Patient, known: Known, on: Any) -> Proposal:
    """What the knowledge names for this patient's problems; never for whom an answer bars it."""
    return propose(current().formulary, facts=known.facts, on=on)
