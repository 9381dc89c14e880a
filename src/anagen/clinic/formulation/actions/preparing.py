"""Preparing: judged once more, opened, drawn, filled and labelled in one transaction, or nothing of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import ChangedMeanwhile, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Permission
from anagen.clinic.review.queries import current
from anagen.clinic.screening.queries import latest_decision
from anagen.clinic.screening.queries import standing as screening_standing
from anagen.clinic.stock import actions as stock
from anagen.clinic.stock import queries as stock_queries
from anagen.clinic.stock.models import Draw, Lot, Place, Product, Vial
from anagen.clinic.stock.typed import as_medicine, key_of
from anagen.clinic.stock.witness import Witness
from anagen.clinic.stock.wording import millilitres
from anagen.exchange.facts import plain_facts
from anagen.exchange.labels import new_code
from anagen.exchange.screening import plain_unmapped
from anagen.exchange.worksheets import plain_products
from anagen.medicine.mixture import Component
from anagen.medicine.rules import State

from .. import judging, queries
from ..judging import Judged, Known, answered
from ..models import Drawn, Preparation, Syringe, Worksheet
from .common import held, kept, may

MOST_SYRINGES: Final = 10
NEAR_CEILING: Final = "mixture.dose_near_ceiling"  # the share is knowledge
_FINEST: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a component comes from: unopened containers of a lot in a place, or an opened vial."""

    lot: Lot
    place: Place | None = None
    vial: Vial | None = None


@dataclass(frozen=True, slots=True)
class Take:
    """One component: its sources in the order of drawing, and what becomes of the rest of a single-dose container.

    ``wasted_ml``: what was measured as thrown away; None: all that should be left. ``reason``: of a discrepancy.
    """

    sources: Sequence[Source]
    wasted_ml: Decimal | None = None
    reason: str = ""


@transaction.atomic
def prepare(
    *,
    by: User,
    worksheet: Worksheet,
    takes: Sequence[Take],
    at: datetime,
    key: UUID,
    syringes: int = 1,
    witness: Witness | None = None,
) -> Preparation:
    """Mix a worksheet: one take for each of its components. Sent twice with one key, it is prepared once.

    Raises NotAllowed; Refused for whatever keeps it from being mixed now, for the wrong product, too little in a
    vial, an expired or held lot, a single-dose vial of somebody else; ChangedMeanwhile when it was prepared or
    revised by somebody else, or a vial was closed.
    """
    may(by, Permission.PREPARE_MIXTURE)
    patient = held(worksheet.patient)
    before = Preparation.objects.filter(key=key).first()
    if before is not None:
        if before.worksheet_id != worksheet.pk:
            raise ChangedMeanwhile(_("Open the form again."))
        return before
    worksheet = Worksheet.objects.get(pk=worksheet.pk)
    _check_open(worksheet, patient)
    products = products_of(worksheet)
    if len(takes) != len(products) or not 1 <= syringes <= MOST_SYRINGES:
        raise Refused(_("Choose a vial or container for each component, and 1 to 10 syringes."))
    _lock(takes)
    _check_sources(takes, products)
    known = Known.on(patient, timezone.localdate(at))
    found = judged_now(worksheet, takes=takes, at=at, known=known)
    _check_allowed(worksheet, found)
    with acting(by):
        drawn = _drawn(by, worksheet, patient, found.request.components, takes, at, key, witness)
        reasons = check_reasons(worksheet, found, products)
        preparation = Preparation.objects.create(
            key=key,
            worksheet=worksheet,
            by=by,
            prepared_at=at,
            use_by=_use_by(found, drawn, at),
            needs_check=bool(reasons),
            check_reasons=reasons,
            request=found.plain,
            facts=plain_facts(known.facts),
            unmapped=[plain_unmapped(entry) for entry in known.unmapped],
            document=found.document,
            formulary_hash=kept(current()).hash,
        )
        for component, draws in enumerate(drawn):
            for draw in draws:
                Drawn.objects.create(preparation=preparation, component=component, draw=draw)
        for number, volume in enumerate(shares(found.answer.volume, syringes), start=1):
            Syringe.objects.create(preparation=preparation, number=number, code=new_code(), volume_ml=volume)
    return preparation


def products_of(worksheet: Worksheet) -> list[Product]:
    """The stock's product of each component, in order. Refused where one is no longer there or was described anew."""
    named = {key_of(one): one for one in Product.objects.prefetch_related("ingredients")}
    then = {one["id"]: one for one in worksheet.request["products"]}
    found = []
    for part in worksheet.request["request"]["components"]:
        product = named.get(part.get("product", ""))
        if product is None:
            raise Refused(_("“%(name)s” is not in stock here. Revise the worksheet.") % {"name": part})
        if plain_products([as_medicine(product)])[0] != then[key_of(product)]:
            raise ChangedMeanwhile(
                _("%(product)s has been described anew since this was judged. Revise the worksheet.")
                % {"product": product}
            )
        found.append(product)
    return found


def shares(volume: Decimal, number: int) -> list[Decimal]:
    """A volume in so many syringes: alike, to a hundredth; the last one holds what is over."""
    each = (volume / number).quantize(_FINEST, ROUND_DOWN)
    if not each:
        raise Refused(_("So little does not go into that many syringes."))
    return [*([each] * (number - 1)), volume - each * (number - 1)]


# what has to hold


def _check_open(worksheet: Worksheet, patient: Patient) -> None:
    if queries.preparation_of(worksheet) is not None:
        raise ChangedMeanwhile(
            _("This worksheet has been prepared already, by somebody else or by another form.")
        )
    if hasattr(worksheet, "revised_by"):
        raise ChangedMeanwhile(_("This worksheet has been revised. Prepare the newer one."))
    decision = latest_decision(patient)
    if decision is None or not screening_standing(decision).verdict.treatable:
        raise Refused(_("The screening of this patient does not allow a treatment now. Nothing is mixed."))


def _lock(takes: Sequence[Take]) -> None:
    """Hold the row of every lot that is drawn from, always in one order: two people never wait for each other."""
    numbers = {source.lot.pk for take in takes for source in take.sources}
    list(Lot.objects.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk"))


def _check_sources(takes: Sequence[Take], products: Sequence[Product]) -> None:
    for take, product in zip(takes, products, strict=True):
        if not take.sources:
            raise Refused(_("Scan or choose from what %(product)s is drawn.") % {"product": product})
        for source in take.sources:
            if source.lot.product_id != product.pk:
                raise Refused(
                    _("This is %(other)s. The worksheet wants %(product)s.")
                    % {"other": source.lot.product, "product": product}
                )


def judged_now(
    worksheet: Worksheet, *, takes: Sequence[Take] = (), at: datetime, known: Known | None = None
) -> Judged:
    """The worksheet judged at this moment: today's facts and knowledge, what was given before, lots and expiry."""
    today = timezone.localdate(at)
    known = known or Known.on(worksheet.patient, today)
    then = judging.again(worksheet)
    parts = (
        [_traced(one, take) for one, take in zip(then.request.components, takes, strict=True)]
        if takes
        else then.request.components
    )
    request = replace(
        then.request,
        components=tuple(parts),
        prepared_at=timezone.localtime(at) if takes else None,
        given_before=queries.given_before(worksheet.patient),
    )
    base = current().formulary
    formulary = base.adding(
        {name: one for name, one in then.formulary.products.items() if name not in base.products}
    )
    moment = request.prepared_at
    return answered(request, formulary, on=today, known=known, at=moment)


def _traced(component: Component, take: Take) -> Component:
    lots = list(dict.fromkeys(source.lot for source in take.sources))
    known: list[date] = [lot.expiry for lot in lots if lot.expiry is not None]
    return replace(
        component,
        lot=", ".join(lot.number for lot in lots),
        expires=min(known) if len(known) == len(lots) else None,
    )


def left_to_do(worksheet: Worksheet, found: Judged) -> judging.Barriers:
    """What keeps it from being mixed, after the decisions that were made about the worksheet."""
    then = judging.again(worksheet).answer
    return judging.barriers(found.answer, queries.decided(worksheet, then))


def _check_allowed(worksheet: Worksheet, found: Judged) -> None:
    left = left_to_do(worksheet, found)
    if not left:
        return
    titles = "; ".join(
        dict.fromkeys(finding.title for finding in (*left.barred, *left.open, *left.to_decide))
    )
    if left.barred:
        raise Refused(_("This is not mixed: %(why)s.") % {"why": titles})
    if left.open:
        raise Refused(_("Something is not known yet: %(why)s.") % {"why": titles})
    raise Refused(_("A prescriber decides first: %(why)s.") % {"why": titles})


def check_reasons(worksheet: Worksheet, found: Judged, products: list[Product]) -> list[str]:
    """Why a second person enters it again; none: nobody has to. Codes of `wording.CHECK_REASONS`."""
    near = any(
        finding.rule == NEAR_CEILING and finding.state is not State.NOT_MATCHED
        for finding in found.answer.findings
    )
    said = {
        "first_session": queries.first_for(worksheet.patient),
        "new_here": bool(queries.new_products(products)),
        "new_for_patient": bool(queries.new_products(products, worksheet.patient)),
        "near_ceiling": near,
        "decided": worksheet.decisions.exists(),
    }
    return [code for code, holds in said.items() if holds]


# drawing


def _drawn(
    by: User,
    worksheet: Worksheet,
    patient: Patient,
    components: Sequence[Component],
    takes: Sequence[Take],
    at: datetime,
    key: UUID,
    witness: Witness | None,
) -> list[list[Draw]]:
    found = []
    for place, (component, take) in enumerate(zip(components, takes, strict=True)):
        steps = _Steps(by, worksheet, patient, take, at, uuid5(key, f"component {place}"), witness)
        found.append(steps.draw(component.volume))
    return found


class _Steps:
    """Opening and drawing for one component until its volume is reached."""

    def __init__(
        self,
        by: User,
        worksheet: Worksheet,
        patient: Patient,
        take: Take,
        at: datetime,
        key: UUID,
        witness: Witness | None,
    ) -> None:
        self.by, self.patient, self.take, self.at, self.key = by, patient, take, at, key
        self.purpose, self.witness = str(worksheet.key), witness
        self.draws: list[Draw] = []

    def draw(self, volume: Decimal) -> list[Draw]:
        left = volume
        for source in self.take.sources:
            left -= (
                self._from_vial(source.vial, left) if source.vial is not None else self._opened(source, left)
            )
        if left > 0:
            raise Refused(
                _(
                    "%(left)s of %(product)s are missing. Choose a second lot or vial, or revise the worksheet."
                )
                % {"left": millilitres(left), "product": self.take.sources[0].lot.product}
            )
        return self.draws

    def _from_vial(self, vial: Vial, wanted: Decimal) -> Decimal:
        if not wanted:
            return Decimal(0)
        there = stock_queries.left_in(vial)
        if there <= 0:
            raise Refused(_("Vial %(vial)s is empty. Choose another.") % {"vial": vial})
        volume = min(wanted, there)
        self._draw(vial, volume)
        if vial.single_dose:
            self._close(vial, last=volume == wanted)
        return volume

    def _opened(self, source: Source, wanted: Decimal) -> Decimal:
        """As many containers as it takes and as lie there."""
        assert source.place is not None
        drawn = Decimal(0)
        while drawn < wanted:
            if drawn and not stock_queries.count_of(source.lot, source.place):
                break  # the next source goes on
            vial = stock.open_container(
                by=self.by, lot=source.lot, place=source.place, at=self.at, key=self._key("open")
            )
            volume = min(wanted - drawn, vial.content_ml)
            self._draw(vial, volume)
            drawn += volume
            if vial.single_dose:
                self._close(vial, last=drawn == wanted)
        return drawn

    def _draw(self, vial: Vial, volume: Decimal) -> None:
        self.draws.append(
            stock.draw(
                by=self.by,
                vial=vial,
                volume_ml=volume,
                purpose=self.purpose,
                patient=self.patient,
                at=self.at,
                key=self._key("draw"),
            )
        )

    def _close(self, vial: Vial, *, last: bool) -> None:
        """A single-dose container is never kept: what is left is thrown away at once, and accounted for."""
        rest = stock_queries.left_in(vial)
        said = self.take.wasted_ml if last and self.take.wasted_ml is not None else rest
        stock.close_vial(
            by=self.by,
            vial=vial,
            wasted_ml=said,
            at=self.at,
            reason=self.take.reason if said != rest else "",
            witness=self.witness,
        )

    def _key(self, what: str) -> UUID:
        return uuid5(self.key, f"{what} {len(self.draws)}")


def _use_by(found: Judged, drawn: Sequence[Sequence[Draw]], at: datetime) -> datetime:
    """From the moment of mixing; never longer than any vial it came from."""
    ends = [draw.vial.use_by for draws in drawn for draw in draws]
    return min(at + found.answer.use_within, *ends)
