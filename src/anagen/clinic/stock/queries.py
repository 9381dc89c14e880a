"""What the pages ask about the stock. Nothing here writes; nothing about it is stored as a status."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from anagen.clinic.review.queries import current
from anagen.exchange.gs1 import ProductCode

from .models import Balance, Gtin, Lot, Movement, Place, Product, Quarantine, Vial
from .wording import look_of

# products


def known_ingredients() -> dict[str, str]:
    """Ingredients that the knowledge describes: id → title."""
    return {
        name: topic["title"] for name, topic in current().topics.items() if name.startswith("ingredient.")
    }


def _ingredient_names() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, topic in current().topics.items():
        if name.startswith("ingredient."):
            short = name.partition(".")[2].replace("_", " ")
            for word in (topic["title"], short, *topic.get("details", {}).get("names", ())):
                found.setdefault(str(word).casefold(), name)
    return found


def ingredient_called(name: str) -> str:
    """The id of the ingredient that the knowledge calls so; "" when it knows none of that name."""
    return _ingredient_names().get(" ".join(name.split()).casefold(), "")


def gtin14(text: str) -> str | None:
    """A trade number as 14 digits; None when it is none, or its check digit is wrong."""
    digits = "".join(text.split()).replace("-", "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in (8, 12, 13, 14):
        return None
    digits = digits.zfill(14)
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits))
    return digits if weighted % 10 == 0 and digits != "0" * 14 else None


def product_of(gtin: str) -> Product | None:
    """The product that a scanned trade number means."""
    number = gtin14(gtin)
    known = Gtin.objects.select_related("product").filter(number=number).first() if number else None
    return known.product if known is not None else None


def another_pack(code: ProductCode, lot: Lot) -> str:
    """Why a scanned pack is none of `lot`, in words; empty when it is, or when the code does not tell its lot."""
    product = product_of(code.gtin)
    if product is None:
        return _("Nobody has said which product the number %(gtin)s means.") % {"gtin": code.gtin}
    if product != lot.product:
        return _("This is a pack of “%(product)s”, not of this lot.") % {"product": product}
    told = {code.lot} if code.lot is not None else {choice.lot for choice in code.choices}
    if told - {None} and lot.number not in {number.upper() for number in told if number}:
        return _("This pack is of lot %(told)s, not of %(lot)s.") % {
            "told": ", ".join(sorted(number for number in told if number)),
            "lot": lot,
        }
    return ""


def lots_in_code(code: ProductCode, among: Iterable[Lot]) -> list[Lot]:
    """Which of these lots a scanned pack may be of."""
    return [lot for lot in among if not another_pack(code, lot)]


# lots


def quarantine_of(lot: Lot) -> Quarantine | None:
    """The quarantine in which a lot is now."""
    return lot.quarantines.filter(lifted__isnull=True).first()


def look_alikes(product: Product, number: str) -> list[Lot]:
    """Other lots of a product whose number looks the same on a pack."""
    return list(Lot.objects.filter(product=product, look=look_of(number)).exclude(number=number))


def count_of(lot: Lot, place: Place) -> int:
    balance = Balance.objects.filter(lot=lot, place=place).first()
    return balance.count if balance is not None else 0


def usable(on: date) -> QuerySet[Balance]:
    """What may be opened on a day: in date, expiry known, not held back; first expired first."""
    held = Quarantine.objects.filter(lifted__isnull=True).values("lot")
    return (
        Balance.objects.filter(count__gt=0, lot__expiry__gte=on)
        .exclude(lot__in=held)
        .select_related("lot__product", "place")
        .order_by("lot__expiry", "lot__made_at", "lot_id", "place_id")
    )


def to_take(product: Product, on: date, place: Place | None = None) -> list[Balance]:
    """From where to take a product, first expired first out; never expired, unknown expiry or held back."""
    found = usable(on).filter(lot__product=product)
    return list(found if place is None else found.filter(place=place))


def last_movement(place: Place) -> int:
    """The newest movement of a place, 0 for none: whether something changed since it was looked at."""
    return Movement.objects.filter(place=place).order_by("-pk").values_list("pk", flat=True).first() or 0


def lots_to_count(place: Place, on: date) -> list[Lot]:
    """What a stock-take of a place asks for: every lot that lies there, and any in date that has run out there."""
    found = Balance.objects.filter(place=place).filter(Q(count__gt=0) | Q(lot__expiry__gte=on))
    return list(
        Lot.objects.filter(pk__in=found.values("lot"))
        .select_related("product")
        .order_by("product__name", "expiry", "number")
    )


@dataclass(frozen=True, slots=True)
class WrongBalance:
    """A balance that is not the sum of its movements."""

    lot: int
    place: int
    kept: int | None
    moved: int

    def __str__(self) -> str:
        return f"lot {self.lot}, place {self.place}: kept {self.kept}, moved {self.moved}"


def wrong_balances() -> list[WrongBalance]:
    """Every balance that differs from the sum of its movements. Empty: all is well."""
    moved = {
        (row["lot"], row["place"]): row["sum"]
        for row in Movement.objects.order_by().values("lot", "place").annotate(sum=Sum("count"))
    }
    kept = {(row.lot_id, row.place_id): row.count for row in Balance.objects.all()}
    return [
        WrongBalance(*where, kept.get(where), moved.get(where, 0))
        for where in sorted(moved.keys() | kept.keys())
        if kept.get(where) != moved.get(where, 0)
    ]


# vials


def open_vials() -> QuerySet[Vial]:
    """Vials that nobody has closed, the one whose time ends first in front."""
    return (
        Vial.objects.filter(closed__isnull=True)
        .select_related("lot__product", "place", "by")
        .prefetch_related("draws__patient")
        .order_by("use_by", "id")
    )


def left_in(vial: Vial) -> Decimal:
    """What the draws have left, in mL."""
    last = vial.draws.order_by("-number").first()
    return last.left_ml if last is not None else vial.content_ml


def drawable(product: Product, at: datetime) -> list[Vial]:
    """Opened multi-dose vials of a product from which may be drawn now, the one that ends first in front."""
    held = Quarantine.objects.filter(lifted__isnull=True).values("lot")
    found = open_vials().filter(
        lot__product=product, single_dose=False, use_by__gt=at, lot__expiry__gte=timezone.localdate(at)
    )
    return [vial for vial in found.exclude(lot__in=held) if left_in(vial) > 0]
