"""The stock as the pages show it: what may be used, what runs low, what ends soon. All computed, nothing stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anagen.clinic.people.names import searchable

from . import queries
from .models import Balance, Draw, Lot, Place, Product, Quarantine, Vial
from .wording import millilitres, time_left

SOON = timedelta(days=30)  # of the card on the home page; each product says its own for its badge


@dataclass(frozen=True, slots=True)
class Badge:
    """A word with a tone; the word alone says it."""

    word: str
    tone: str


@dataclass(slots=True)
class LotRow:
    """One lot with where it lies and what may be done with it."""

    lot: Lot
    on: date
    balances: list[Balance] = field(default_factory=list)
    quarantine: Quarantine | None = None

    @property
    def count(self) -> int:
        return sum(balance.count for balance in self.balances)

    @property
    def expired(self) -> bool:
        return self.lot.expired(self.on)

    @property
    def usable(self) -> bool:
        return not self.expired and self.quarantine is None

    @property
    def soon(self) -> bool:
        expiry = self.lot.expiry
        return expiry is not None and not self.expired and expiry <= self.on + self._ahead

    @property
    def _ahead(self) -> timedelta:
        return timedelta(days=self.lot.product.warn_days)

    @property
    def badges(self) -> list[Badge]:
        found = []
        if self.quarantine is not None:
            found.append(Badge(_("Quarantined"), "bad"))
        if self.lot.expiry is None:
            found.append(Badge(_("Expiry not known"), "bad"))
        elif self.expired:
            found.append(Badge(_("Expired"), "bad"))
        elif self.soon:
            found.append(Badge(_("Expires soon"), "warm"))
        return found


@dataclass(slots=True)
class ProductRow:
    """One product with its lots that lie somewhere."""

    product: Product
    lots: list[LotRow] = field(default_factory=list)

    @property
    def usable(self) -> int:
        return sum(lot.count for lot in self.lots if lot.usable)

    @property
    def unusable(self) -> int:
        return sum(lot.count for lot in self.lots if not lot.usable)

    @property
    def next_expiry(self) -> date | None:
        return min((lot.lot.expiry for lot in self.lots if lot.usable and lot.lot.expiry), default=None)

    @property
    def low(self) -> bool:
        return self.product.in_use and self.usable < self.product.low_below

    @property
    def badges(self) -> list[Badge]:
        found = []
        if not self.product.in_use:
            found.append(Badge(_("No longer in use"), "quiet"))
        elif self.usable == 0:
            found.append(Badge(_("None to use"), "bad"))
        elif self.low:
            found.append(Badge(_("Low"), "warm"))
        held = sum(lot.count for lot in self.lots if lot.quarantine is not None)
        over = sum(lot.count for lot in self.lots if lot.expired and lot.lot.expiry is not None)
        blank = sum(lot.count for lot in self.lots if lot.lot.expiry is None)
        soon = sum(lot.count for lot in self.lots if lot.soon and lot.quarantine is None)
        for number, words, tone in (
            (soon, ngettext("%(n)d expires soon", "%(n)d expire soon", soon), "warm"),
            (over, ngettext("%(n)d expired", "%(n)d expired", over), "bad"),
            (held, ngettext("%(n)d quarantined", "%(n)d quarantined", held), "bad"),
            (blank, ngettext("%(n)d without expiry", "%(n)d without expiry", blank), "bad"),
        ):
            if number:
                found.append(Badge(words % {"n": number}, tone))
        return found


def lot_rows(balances: Iterable[Balance], on: date) -> list[LotRow]:
    held = {row.lot_id: row for row in Quarantine.objects.filter(lifted__isnull=True)}
    rows: dict[int, LotRow] = {}
    for balance in balances:
        row = rows.setdefault(balance.lot_id, LotRow(balance.lot, on, quarantine=held.get(balance.lot_id)))
        row.balances.append(balance)
    return list(rows.values())


def lying(on: date, product: Product | None = None) -> list[LotRow]:
    """Every lot that lies somewhere, first expired first, unknown expiry last."""
    found = Balance.objects.filter(count__gt=0).select_related("lot__product", "place")
    if product is not None:
        found = found.filter(lot__product=product)
    rows = lot_rows(found.order_by("lot__number", "place__name"), on)
    return sorted(rows, key=lambda row: (row.lot.expiry or date.max, row.lot.number))


def products(on: date, text: str = "") -> list[ProductRow]:
    """Every product with its stock; `text`: words of its name, its maker or an ingredient, a lot or a trade number."""
    by_product: dict[int, list[LotRow]] = defaultdict(list)
    for row in lying(on):
        by_product[row.lot.product_id].append(row)
    rows = [ProductRow(product, by_product[product.pk]) for product in _found(text)]
    return sorted(rows, key=lambda row: (not row.product.in_use, not row.badges, row.product.name.casefold()))


def _found(text: str) -> Sequence[Product]:
    text = " ".join(text.split())
    if not text:
        return list(Product.objects.all())
    known = queries.product_of(text)
    if known is not None:
        return [known]
    found = Product.objects.all()
    for word in searchable(text).split():
        found = found.filter(search__contains=word)
    by_lot = Product.objects.filter(lots__number__iexact=text)
    return list((found | by_lot).distinct())


# vials


@dataclass(frozen=True, slots=True)
class VialRow:
    """One opened vial with its clock as it stands."""

    vial: Vial
    at: datetime
    draws: tuple[Draw, ...]
    held: bool

    @property
    def left(self) -> Decimal:
        return self.draws[-1].left_ml if self.draws else self.vial.content_ml

    @property
    def left_words(self) -> str:
        return millilitres(self.left)

    @property
    def content_words(self) -> str:
        return millilitres(self.vial.content_ml)

    @property
    def clock(self) -> str:
        return time_left(self.vial.use_by, self.at)

    @property
    def past(self) -> bool:
        return self.vial.past(self.at)

    @property
    def badges(self) -> list[Badge]:
        found = []
        if self.held:
            found.append(Badge(_("Quarantined"), "bad"))
        if self.past:
            found.append(Badge(_("Past its time"), "bad"))
        elif self.left == 0:
            found.append(Badge(_("Empty"), "quiet"))
        if self.vial.single_dose:
            found.append(Badge(_("One patient, one session"), "plain"))
        return found


def vials(at: datetime, product: Product | None = None) -> list[VialRow]:
    """Every opened vial, the one whose time ends first in front."""
    held = set(Quarantine.objects.filter(lifted__isnull=True).values_list("lot_id", flat=True))
    found = queries.open_vials()
    if product is not None:
        found = found.filter(lot__product=product)
    return [VialRow(vial, at, tuple(vial.draws.all()), vial.lot_id in held) for vial in found]


@dataclass(frozen=True, slots=True)
class Alerts:
    """What somebody has to look after."""

    low: list[ProductRow]
    soon: list[LotRow]
    expired: list[LotRow]
    past: list[VialRow]


def alerts(at: datetime, on: date, product: Product | None = None) -> Alerts:
    """Of the whole stock, or of one product."""
    rows = products(on) if product is None else [ProductRow(product, lying(on, product))]
    lots = [lot for row in rows for lot in row.lots]
    return Alerts(
        low=[row for row in rows if row.low],
        soon=[lot for lot in lots if lot.usable and lot.lot.expiry and lot.lot.expiry <= on + SOON],
        expired=[lot for lot in lots if lot.expired],
        past=[row for row in vials(at, product) if row.past],
    )


def places() -> list[Place]:
    return list(Place.objects.filter(in_use=True))
