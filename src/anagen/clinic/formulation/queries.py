"""What others ask about mixtures. Nothing here writes; the state of a worksheet is computed, never stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_UP, Decimal
from enum import StrEnum
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from anagen.clinic.people.models import Patient
from anagen.clinic.stock.models import Lot, Product
from anagen.exchange.errors import BadInput
from anagen.exchange.labels import NotALabel, read_code
from anagen.exchange.mixture import plain_answer
from anagen.knowledge.loader import Knowledge
from anagen.medicine.formulary import Formulary
from anagen.medicine.mixture import Given, MixtureAnswer
from anagen.medicine.quantities import Quantity

from . import given, judging
from .models import Preparation, SecondCheck, Syringe, Worksheet

MOST_FAILED: Final = 3  # second checks that differ; then it is thrown away and begun again
SOON: Final = timedelta(minutes=60)  # before its use-by a preparation is shown on the home page
_FINEST: Final = Decimal("0.000001")


class Standing(StrEnum):
    """Where a worksheet stands now."""

    REVISED = "revised"
    BARRED = "barred"  # nobody may set aside what was found
    OPEN = "open"  # something has to be answered first
    TO_DECIDE = "to_decide"
    READY = "ready"
    TO_CHECK = "to_check"
    CHECK_FAILED = "check_failed"
    TO_GIVE = "to_give"
    GIVEN = "given"
    PAST = "past"
    DISCARDED = "discarded"


# worksheets


def worksheets() -> QuerySet[Worksheet]:
    """With everything that a list or a page of them shows."""
    return Worksheet.objects.select_related(
        "patient", "decision", "made_by", "preparation__by", "revised_by"
    ).prefetch_related("decisions__by", "preparation__syringes__discarded", "preparation__checks__by")


def worksheets_of(patient: Patient) -> QuerySet[Worksheet]:
    return worksheets().filter(patient=patient)


def worksheet(pk: int, patient: Patient) -> Worksheet | None:
    return worksheets_of(patient).filter(pk=pk).first()


def mixture_verdict(
    worksheet: Worksheet, knowledge: Knowledge | Formulary, on: date, *, known: judging.Known | None = None
) -> MixtureAnswer:
    """What the same wish would be answered with other knowledge, on another day, or by what is `known` since."""
    base = knowledge if isinstance(knowledge, Formulary) else knowledge.formulary
    found = judging.again(worksheet, base)
    known = known or judging.Known.at(worksheet.decision)
    return judging.answered(found.request, found.formulary, on=on, known=known).answer


def decided(worksheet: Worksheet, answer: MixtureAnswer) -> dict[judging.Named, tuple[str, str]]:
    """What was decided about a worksheet: each finding with its verdict and words as they were read."""
    names = {(one.rule, tuple(one.about)) for one in worksheet.decisions.all()}
    return {
        judging.name_of(finding): judging.words_of(finding)
        for finding in answer.findings
        if judging.name_of(finding) in names
    }


def barriers(worksheet: Worksheet) -> judging.Barriers:
    """What is left to be done before it may be prepared, as the worksheet was judged."""
    answer = judging.again(worksheet).answer
    return judging.barriers(answer, decided(worksheet, answer))


def standing(worksheet: Worksheet, now: datetime) -> Standing:
    """Computed from what was recorded."""
    preparation = preparation_of(worksheet)
    if preparation is not None:
        return standing_of(preparation, now)
    if hasattr(worksheet, "revised_by"):
        return Standing.REVISED
    left = barriers(worksheet)
    if left.barred:
        return Standing.BARRED
    if left.open:
        return Standing.OPEN
    return Standing.TO_DECIDE if left.to_decide else Standing.READY


def preparation_of(worksheet: Worksheet) -> Preparation | None:
    found: Preparation | None = getattr(worksheet, "preparation", None)
    return found


# preparations


def preparations() -> QuerySet[Preparation]:
    return Preparation.objects.select_related(
        "worksheet__patient", "worksheet__decision", "by"
    ).prefetch_related(
        "syringes__discarded",
        "checks__by",
        "drawn__draw__vial__lot__product__ingredients",
        "drawn__draw__vial__closed",
    )


def standing_of(preparation: Preparation, now: datetime) -> Standing:
    if all(hasattr(one, "discarded") for one in preparation.syringes.all()):
        return Standing.DISCARDED
    if all(hasattr(one, "discarded") or given.was_given(one) for one in preparation.syringes.all()):
        return Standing.GIVEN
    if now >= preparation.use_by:
        return Standing.PAST
    if not preparation.needs_check or any(check.agrees for check in preparation.checks.all()):
        return Standing.TO_GIVE
    failed = sum(not check.agrees for check in preparation.checks.all())
    return Standing.CHECK_FAILED if failed >= MOST_FAILED else Standing.TO_CHECK


def blind_for(preparation: Preparation, user: int, now: datetime) -> bool:
    """Whether somebody may still enter it again, and therefore sees nothing of what is in it.

    Also after a try that differed: until both agree, or it is thrown away.
    """
    return (
        user != preparation.by_id
        and preparation.needs_check
        and not any(check.agrees for check in preparation.checks.all())
        and standing_of(preparation, now) not in (Standing.DISCARDED, Standing.GIVEN)
    )


def of_day(on: date) -> QuerySet[Preparation]:
    """What was prepared on a day, the newest first."""
    begin = timezone.make_aware(datetime.combine(on, datetime.min.time()))
    end = timezone.make_aware(datetime.combine(on + timedelta(days=1), datetime.min.time()))
    return preparations().filter(prepared_at__gte=begin, prepared_at__lt=end)


def in_hand(now: datetime) -> QuerySet[Preparation]:
    """In date, with a syringe that nobody has thrown away."""
    left = Syringe.objects.filter(preparation=OuterRef("pk"), discarded__isnull=True)
    return preparations().filter(Exists(left), use_by__gt=now)


def to_check(now: datetime) -> QuerySet[Preparation]:
    """In hand, and nobody else has entered it again yet; the one whose time ends first in front."""
    agreed = SecondCheck.objects.filter(preparation=OuterRef("pk"), agrees=True)
    failed = Count("checks", filter=Q(checks__agrees=False))
    return (
        in_hand(now)
        .filter(~Exists(agreed), needs_check=True)
        .annotate(failed=failed)
        .filter(failed__lt=MOST_FAILED)
        .order_by("use_by")
    )


def soon_past(now: datetime) -> QuerySet[Preparation]:
    return in_hand(now).filter(use_by__lte=now + SOON).order_by("use_by")


def preparations_of_lot(lot: Lot) -> QuerySet[Preparation]:
    """Every preparation into which something of a lot was drawn."""
    return preparations().filter(drawn__draw__vial__lot=lot).distinct()


def syringe_by_code(code: str) -> Syringe | None:
    """The syringe whose label was scanned, typed or read out."""
    try:
        code = read_code(code)
    except NotALabel:
        code = code.strip()
    known = Syringe.objects.select_related("preparation__worksheet__patient", "discarded")
    return known.filter(code__iexact=code).first() if code else None


def given_before(patient: Patient, *, but: Preparation | None = None) -> tuple[Given, ...]:
    """What earlier preparations of a patient hold, in doses.

    Whatever was not thrown away counts as given, on the day of mixing: that is at most what was given, so that no
    ceiling is passed unseen.
    """
    found = preparations().filter(worksheet__patient=patient, syringes__discarded__isnull=True).distinct()
    if but is not None:
        found = found.exclude(pk=but.pk)
    return tuple(dose for preparation in found.order_by("prepared_at", "pk") for dose in _given(preparation))


def _given(preparation: Preparation) -> Iterator[Given]:
    syringes = list(preparation.syringes.all())
    whole = sum((one.volume_ml for one in syringes), Decimal(0))
    kept = sum((one.volume_ml for one in syringes if not hasattr(one, "discarded")), Decimal(0))
    on = timezone.localdate(preparation.prepared_at)
    ingredients = preparation.document.get("totals", {}).get("ingredients", {})
    for name, total in ingredients.items():
        if total["dose"] is not None:
            dose = Quantity.parse(total["dose"])
            share = (dose.value * kept / whole).quantize(_FINEST, ROUND_UP).normalize()
            yield Given(f"ingredient.{name}", Quantity(share, dose.unit), on)


# new here, new for this patient


def trusted() -> QuerySet[Preparation]:
    """What nobody had to check, or somebody did and agreed; and what was not thrown away as a whole."""
    agreed = SecondCheck.objects.filter(preparation=OuterRef("pk"), agrees=True)
    left = Syringe.objects.filter(preparation=OuterRef("pk"), discarded__isnull=True)
    return Preparation.objects.filter(Q(needs_check=False) | Exists(agreed), Exists(left))


def first_for(patient: Patient) -> bool:
    return not trusted().filter(worksheet__patient=patient).exists()


def new_products(products: list[Product], patient: Patient | None = None) -> list[Product]:
    """Those of which nothing that may be trusted was drawn here, or for this patient."""
    drawn = trusted() if patient is None else trusted().filter(worksheet__patient=patient)
    known = set(drawn.values_list("drawn__draw__vial__lot__product", flat=True))
    return [one for one in products if one.pk not in known]


# again


@dataclass(frozen=True, slots=True)
class Replay:
    """One worksheet or preparation, judged again."""

    what: str
    differences: tuple[str, ...]

    @property
    def equal(self) -> bool:
        return not self.differences


def replayed() -> Iterator[Replay]:
    """Every worksheet and every preparation judged again from what it kept, and how it would differ."""
    for sheet in Worksheet.objects.select_related("decision").order_by("pk").iterator(chunk_size=200):
        yield Replay(f"worksheet {sheet.pk}", _differences(sheet.document, sheet, judging.again))
    for made in Preparation.objects.exclude(request={}).order_by("pk").iterator(chunk_size=200):
        yield Replay(f"preparation {made.pk}", _differences(made.document, made, judging.prepared_again))


def _differences(before: dict[str, Any], what: Any, judge: Any) -> tuple[str, ...]:
    try:
        now = json.loads(json.dumps(plain_answer(judge(what).answer)))
    except (BadInput, ValueError, KeyError, TypeError) as error:
        return (f"it cannot be judged again: {error}",)
    return tuple(
        f"{key} differs" for key in sorted(set(before) | set(now)) if before.get(key) != now.get(key)
    )
