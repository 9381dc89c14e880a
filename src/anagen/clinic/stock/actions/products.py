"""Products, their trade numbers, and places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import ChangedMeanwhile, Refused
from anagen.clinic.people.models import User
from anagen.clinic.people.names import searchable
from anagen.clinic.people.permissions import Permission
from anagen.medicine.quantities import Quantity

from .. import queries
from ..models import Balance, Container, Dosing, Gtin, LegalClass, Place, Product, ProductIngredient, Route
from ..wording import tidy
from .common import held_product, knowledge_first, may, person

LARGEST_CONTAINER_ML: Final = Decimal(1000)
LONGEST_OPENED_HOURS: Final = 366 * 24
MOST_INGREDIENTS: Final = 60


@dataclass(frozen=True, slots=True)
class Part:
    """One ingredient. `ingredient`: its id in the knowledge, "" when unknown; `strength`: "5 mg/mL", "" unknown."""

    name: str
    ingredient: str = ""
    strength: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a product's label says. None and "" are unknown."""

    name: str
    maker: str
    legal_class: str
    container: str
    content_ml: Decimal
    routes: Sequence[str] = ()
    dosing: str = Dosing.SINGLE
    opened_hours: int | None = None
    storage: str = ""
    from_light: bool = False
    ph: Decimal | None = None
    osmolality: int | None = None
    price: Decimal | None = None
    currency: str = ""
    knowledge: str = ""
    low_below: int = 5
    warn_days: int = 60
    complete: bool = False
    witnessed: bool = False
    in_use: bool = True
    ingredients: Sequence[Part] = ()


# what a label may say, in small letters: how many of which unit that is
_STRENGTHS: Final = {
    "mg/ml": (Decimal(1), "mg/mL"),
    "ug/ml": (Decimal("0.001"), "mg/mL"),
    "mcg/ml": (Decimal("0.001"), "mg/mL"),
    "g/ml": (Decimal(1000), "mg/mL"),
    "%w/v": (Decimal(10), "mg/mL"),  # 1 g in 100 mL
    "u/ml": (Decimal(1), "U/mL"),
    "iu/ml": (Decimal(1), "[iU]/mL"),
    "[iu]/ml": (Decimal(1), "[iU]/mL"),
}
_PER_VOLUME: Final = re.compile(r"(\d) ?% ?\(?[wm]/v\)?$")

_OWN_FIELDS: Final = [field.name for field in fields(Sheet) if field.name != "ingredients"]


@knowledge_first
@transaction.atomic
def add_product(*, by: User | str, sheet: Sheet, gtins: Sequence[str] = ()) -> Product:
    """Describe a new product. Raises NotAllowed; Refused for what a label cannot say or what is there already."""
    may(by, Permission.KEEP_STOCK)
    product = Product(made_by=person(by))
    _fill(product, sheet)
    with acting(by):
        _save(product)
        _keep_ingredients(product, sheet.ingredients)
        for gtin in gtins:
            _keep_gtin(product, gtin)
    return product


@knowledge_first
@transaction.atomic
def change_product(*, by: User | str, product: Product, version: int, sheet: Sheet) -> Product:
    """Correct what a label says. The old words stay in the audit trail, and in the worksheets that used them.

    `version` is the one the person saw. Raises NotAllowed, Refused, ChangedMeanwhile.
    """
    may(by, Permission.KEEP_STOCK)
    current = held_product(product)
    if current.version != version:
        raise ChangedMeanwhile(
            _("Somebody else changed this product while you were typing. Compare, then save again.")
        )
    if not sheet.in_use and Balance.objects.filter(lot__product=current, count__gt=0).exists():
        raise Refused(_("There is still stock of this product. Use it up or write it off first."))
    _fill(current, sheet)
    current.version += 1
    with acting(by):
        _save(current)
        if _parts(current) != list(_tidied(sheet.ingredients)):
            current.ingredients.all().delete()
            _keep_ingredients(current, sheet.ingredients)
    return current


@transaction.atomic
def add_gtin(*, by: User | str, product: Product, gtin: str) -> Gtin:
    """Let a trade number mean this product. Raises NotAllowed; Refused when it means another already."""
    may(by, Permission.KEEP_STOCK)
    with acting(by):
        return _keep_gtin(held_product(product), gtin)


@transaction.atomic
def add_place(*, by: User | str, name: str, note: str = "") -> Place:
    """Name a place where stock may lie. Raises NotAllowed; Refused when the name is empty or taken."""
    may(by, Permission.KEEP_STOCK)
    with acting(by):
        return _keep_place(Place(), name, note)


@transaction.atomic
def rename_place(*, by: User | str, place: Place, name: str, note: str = "") -> Place:
    """Give a place another name or note. Raises NotAllowed; Refused when the name is empty or taken."""
    may(by, Permission.KEEP_STOCK)
    current = Place.objects.select_for_update().get(pk=place.pk)
    with acting(by):
        return _keep_place(current, name, note)


def _keep_place(place: Place, name: str, note: str) -> Place:
    place.name, place.note = tidy(name, 80), tidy(note, 200)
    if not place.name:
        raise Refused(_("Enter a name for the place, such as “Fridge 1”."))
    taken = Refused(_("There is a place called “%(name)s” already.") % {"name": place.name})
    if any(other.name.casefold() == place.name.casefold() for other in Place.objects.exclude(pk=place.pk)):
        raise taken
    try:
        with transaction.atomic():
            place.save()
    except IntegrityError:
        raise taken from None
    return place


@transaction.atomic
def retire_place(*, by: User | str, place: Place) -> Place:
    """Put nothing there any more. Raises NotAllowed; Refused while something lies there."""
    may(by, Permission.KEEP_STOCK)
    current = Place.objects.select_for_update().get(pk=place.pk)
    if Balance.objects.filter(place=current, count__gt=0).exists():
        raise Refused(_("Something still lies in this place. Move it first."))
    current.in_use = False
    with acting(by):
        current.save(update_fields=["in_use"])
    return current


def _fill(product: Product, sheet: Sheet) -> None:
    for name in _OWN_FIELDS:
        value = getattr(sheet, name)
        setattr(product, name, tidy(value) if isinstance(value, str) else value)
    product.routes = [route for route in Route.values if route in sheet.routes]
    if not product.name or not product.maker:
        raise Refused(_("A product has a name and a maker. Both stand on its label."))
    for field, known in (("legal_class", LegalClass), ("container", Container), ("dosing", Dosing)):
        if getattr(product, field) not in known.values:
            raise Refused(_("“%(value)s” is none of the choices.") % {"value": getattr(product, field)})
    if not 0 < sheet.content_ml <= LARGEST_CONTAINER_ML:
        raise Refused(
            _("A container holds more than 0 and at most %(most)d mL.") % {"most": LARGEST_CONTAINER_ML}
        )
    if sheet.opened_hours is not None and not 0 < sheet.opened_hours <= LONGEST_OPENED_HOURS:
        raise Refused(_("The time after opening lies between an hour and a year."))
    if sheet.ph is not None and not 0 <= sheet.ph <= 14:
        raise Refused(_("A pH lies between 0 and 14."))
    if sheet.osmolality is not None and not 0 < sheet.osmolality <= 10_000:
        raise Refused(_("An osmolality lies between 1 and 10,000 mOsm/kg."))
    if sheet.price is not None and (sheet.price < 0 or len(sheet.currency) != 3):
        raise Refused(_("A price is 0 or more, with a currency of three letters, such as EUR."))
    product.search = searchable(
        " ".join([product.name, product.maker, *(part.name for part in _tidied(sheet.ingredients))])
    )[:320]


def _save(product: Product) -> None:
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError as clash:
        raise Refused(
            _("“%(product)s” by %(maker)s is there already.") % {"product": product, "maker": product.maker}
        ) from clash


def _tidied(parts: Sequence[Part]) -> list[Part]:
    return [Part(tidy(part.name, 150), tidy(part.ingredient, 80), tidy(part.strength, 40)) for part in parts]


def _parts(product: Product) -> list[Part]:
    return [Part(row.name, row.ingredient, row.strength) for row in product.ingredients.all()]


def _keep_ingredients(product: Product, parts: Sequence[Part]) -> None:
    parts = _tidied(parts)
    strengths = []
    if len(parts) > MOST_INGREDIENTS:
        raise Refused(_("A product has at most %(most)d ingredients.") % {"most": MOST_INGREDIENTS})
    known = queries.known_ingredients()
    for part in parts:
        if not part.name:
            raise Refused(_("Each ingredient has a name."))
        if part.ingredient and part.ingredient not in known:
            raise Refused(_("Anagen knows no ingredient “%(id)s”.") % {"id": part.ingredient})
        strengths.append(str(check_strength(part.strength)) if part.strength else "")
    ProductIngredient.objects.bulk_create(
        ProductIngredient(
            product=product,
            position=position,
            name=part.name,
            ingredient=part.ingredient,
            strength=strength,
        )
        for position, (part, strength) in enumerate(zip(parts, strengths, strict=True), start=1)
    )


def check_strength(text: str) -> Quantity:
    """The strength in mg/mL, U/mL or [iU]/mL. Refused for what is no positive amount of these per millilitre."""
    try:
        quantity = Quantity.parse(_PER_VOLUME.sub(r"\1 %w/v", text))
    except ValueError:
        quantity = None
    if quantity is None or quantity.value <= 0 or "/" not in quantity.unit:
        raise Refused(
            _("“%(text)s” is no strength. Write a number, a space and a unit per volume, as in “5 mg/mL”.")
            % {"text": text}
        )
    if quantity.unit.partition("/")[2] in ("dL", "dl", "L", "l"):
        raise Refused(
            _("“%(text)s” is a strength per %(volume)s, as in a blood test. A label says it per mL.")
            % {"text": text, "volume": quantity.unit.partition("/")[2]}
        )
    known = _STRENGTHS.get(quantity.unit.replace("µ", "u").replace("μ", "u").casefold())
    if known is None:
        raise Refused(
            _(
                "“%(text)s”: mixtures are judged in mg/mL, U/mL or [iU]/mL. Convert what the label says, "
                "or leave the strength out."
            )
            % {"text": text}
        )
    factor, unit = known
    if factor == 1:
        return Quantity(quantity.value, unit)
    return Quantity(Decimal(f"{(quantity.value * factor).normalize():f}"), unit)


def _keep_gtin(product: Product, text: str) -> Gtin:
    number = queries.gtin14(text)
    if number is None:
        raise Refused(
            _("“%(text)s” is no trade number: it has 8, 12, 13 or 14 digits, the last one a check digit.")
            % {"text": tidy(text, 40)}
        )
    taken = Gtin.objects.filter(number=number).select_related("product").first()
    if taken is not None:
        if taken.product_id == product.pk:
            return taken
        raise Refused(
            _("The number %(number)s belongs to “%(product)s”.")
            % {"number": number, "product": taken.product}
        )
    try:
        with transaction.atomic():
            return Gtin.objects.create(product=product, number=number)
    except IntegrityError:
        raise Refused(_("Somebody else has just given this number to a product.")) from None
