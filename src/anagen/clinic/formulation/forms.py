"""What is typed and scanned about a mixture, cleaned. Forms never save; `actions` decide and write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anagen.clinic.people.forms import DayInput
from anagen.clinic.site.scanning import ScanField
from anagen.clinic.stock import queries as stock
from anagen.clinic.stock.forms import KeyedForm, millilitres_field, text
from anagen.clinic.stock.models import Lot, Place, Product, Vial
from anagen.clinic.stock.models.products import plain
from anagen.clinic.stock.wording import day_words, millilitres, tidy
from anagen.exchange.gs1 import NotAProductCode, read_scan
from anagen.exchange.labels import looks_like_code

from .actions import Entered, Source, Take
from .actions.preparing import MOST_SYRINGES
from .actions.worksheets import LEAST_COMMENT
from .judging import Wanted, Wish
from .models import Worksheet

ROWS: Final = 5  # 2 to 5 components
_MARK: Final = re.compile(r"[Vv]\s*(\d{1,9})")


def number_field(label: Any, example: str, *, hint: Any = "", places: int = 3) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        max_digits=8,
        decimal_places=places,
        localize=False,
        help_text=hint,
        error_messages={"invalid": _("Enter a number, such as %(example)s.") % {"example": example}},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


class WishForm(KeyedForm):
    """A mixture for a patient: products with volumes, points, and what was measured of it."""

    scan = ScanField(
        label=gettext_lazy("Scan a pack to add it"),
        required=False,
        help_text=gettext_lazy("It takes the next free line below."),
    )
    points = forms.IntegerField(
        label=gettext_lazy("Points"),
        required=False,
        min_value=1,
        max_value=1000,
        error_messages={"invalid": gettext_lazy("Enter a whole number, such as 100.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    point_ml = number_field(gettext_lazy("Volume per point in mL"), "0.05")
    ph = number_field(
        gettext_lazy("pH, measured"), "6.8", hint=gettext_lazy("Only if it was measured."), places=2
    )
    osmolality = number_field(gettext_lazy("Osmolality in mosm/kg, measured"), "310", places=1)
    on = forms.DateField(label=gettext_lazy("For the day"), widget=DayInput)
    session = forms.IntegerField(
        label=gettext_lazy("Session of the course"),
        required=False,
        min_value=1,
        max_value=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        products = Product.objects.filter(in_use=True)
        for row in range(ROWS):
            self.fields[f"product_{row}"] = forms.ModelChoiceField(
                label=_("Product %(n)d") % {"n": row + 1},
                queryset=products,
                required=False,
                empty_label=_("none"),
            )
            self.fields[f"ml_{row}"] = number_field(_("mL of product %(n)d") % {"n": row + 1}, "2.5")

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"product_{row}"], self[f"ml_{row}"]) for row in range(ROWS)]

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if not 0 <= (on - self.today).days <= 60:
            raise forms.ValidationError(_("Choose today or a day of the next 60."))
        return on

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for row in range(ROWS):
            product, ml = cleaned.get(f"product_{row}"), cleaned.get(f"ml_{row}")
            if product is not None and ml is None and f"ml_{row}" not in self.errors:
                self.add_error(f"ml_{row}", _("Enter its volume in mL."))
            if product is None and ml is not None:
                self.add_error(f"product_{row}", _("Choose the product, or clear the volume."))
        return cleaned

    @property
    def wish(self) -> Wish:
        cleaned = self.cleaned_data
        return Wish(
            [
                Wanted(cleaned[f"product_{row}"], cleaned[f"ml_{row}"])
                for row in range(ROWS)
                if cleaned.get(f"product_{row}") is not None
            ],
            points=cleaned.get("points"),
            point_ml=cleaned.get("point_ml"),
            ph=cleaned.get("ph"),
            osmolality=cleaned.get("osmolality"),
        )


class DecideForm(forms.Form):
    """Why a finding about a mixture is set aside: one of the rule's reasons, and one's own words."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the reason.")},
    )
    comment = forms.CharField(
        label=gettext_lazy("In your own words"),
        help_text=gettext_lazy(
            "What you know and how you know it. Your name stands beside it on the worksheet."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        min_length=LEAST_COMMENT,
        max_length=2000,
        error_messages={
            "required": gettext_lazy("Say in a few words why."),
            "min_length": gettext_lazy("Say a little more, so that the next reader understands."),
        },
    )

    def __init__(self, *args: Any, reasons: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = reasons  # type: ignore[attr-defined]


class WitnessForm(forms.Form):
    """Somebody who watches what is thrown away, and proves it with their own password."""

    witness = text(gettext_lazy("User name of the witness"), most=150)
    witness_password = forms.CharField(
        label=gettext_lazy("Password of the witness"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class PrepareForm(KeyedForm, WitnessForm):
    """Where each component comes from, what becomes of the rest, and into how many syringes it goes."""

    syringes = forms.IntegerField(
        label=gettext_lazy("Syringes"),
        min_value=1,
        max_value=MOST_SYRINGES,
        initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(
        self, *args: Any, worksheet: Worksheet, products: list[Product], at: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.products, self.at = products, at
        parts = worksheet.request["request"]["components"]
        self.volumes = [Decimal(part["volume"].removesuffix(" mL")) for part in parts]
        for row, (product, volume) in enumerate(zip(products, self.volumes, strict=True)):
            options = list(_options(product, at))
            self.fields[f"scan_{row}"] = ScanField(
                label=_("Scan %(product)s") % {"product": product.name}, required=False
            )
            for turn, label in enumerate((_("Take it from"), _("And, if that is not enough, from"))):
                self.fields[f"source_{row}_{turn}"] = forms.ChoiceField(
                    label=label,
                    required=False,
                    choices=[("", _("choose")), *options],
                    initial=options[turn][0] if turn < len(options) and not turn else "",
                )
            rest = _rest(product, volume)
            self.fields[f"waste_{row}"] = millilitres_field(_("Rest thrown away, in mL"))
            self.fields[f"waste_{row}"].initial = plain(rest) if product.is_single_dose else ""
            self.fields[f"why_{row}"] = text(_("If it is not what should be left: why"))

    @property
    def witnessed(self) -> bool:
        return any(product.witnessed for product in self.products)

    @property
    def rows(self) -> Iterator[dict[str, Any]]:
        for row, (product, volume) in enumerate(zip(self.products, self.volumes, strict=True)):
            yield {
                "product": product,
                "ml": plain(volume),
                "rest": millilitres(_rest(product, volume)),
                "scan": self[f"scan_{row}"],
                "first": self[f"source_{row}_0"],
                "second": self[f"source_{row}_1"],
                "waste": self[f"waste_{row}"],
                "why": self[f"why_{row}"],
                "several": len(self.fields[f"source_{row}_0"].choices) > 2,  # type: ignore[attr-defined]
            }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        takes = []
        for row, product in enumerate(self.products):
            sources = []
            scanned = cleaned.get(f"scan_{row}")
            if scanned:
                try:
                    sources.append(scanned_source(scanned, self.at))
                except forms.ValidationError as wrong:
                    self.add_error(f"scan_{row}", wrong)
            for turn in range(2):
                chosen = cleaned.get(f"source_{row}_{turn}")
                if chosen and not (scanned and turn == 0):
                    sources.append(_chosen(chosen))
            waste = cleaned.get(f"waste_{row}")
            takes.append(
                Take(sources, waste if product.is_single_dose else None, cleaned.get(f"why_{row}", ""))
            )
        cleaned["takes"] = takes
        return cleaned


def _rest(product: Product, volume: Decimal) -> Decimal:
    """What should be left in the last container."""
    return (product.content_ml - volume % product.content_ml) % product.content_ml


def _options(product: Product, at: datetime) -> Iterator[tuple[str, str]]:
    """What may be drawn from, in the order in which it should be: opened vials, then first expired first out."""
    for vial in stock.drawable(product, at):
        words = _("opened vial %(vial)s, lot %(lot)s, %(left)s left")
        said = words % {"vial": vial, "lot": vial.lot, "left": millilitres(stock.left_in(vial))}
        yield f"v{vial.pk}", said
    for balance in stock.to_take(product, timezone.localdate(at)):
        words = _("lot %(lot)s, %(place)s, expires %(day)s, %(count)d there")
        yield (
            f"b{balance.lot_id}-{balance.place_id}",
            words
            % {
                "lot": balance.lot,
                "place": balance.place,
                "day": day_words(balance.lot.expiry),
                "count": balance.count,
            },
        )


def _chosen(value: str) -> Source:
    if value.startswith("v"):
        vial = Vial.objects.select_related("lot__product").get(pk=value[1:])
        return Source(vial.lot, vial=vial)
    lot, _dash, place = value[1:].partition("-")
    return Source(Lot.objects.select_related("product").get(pk=lot), Place.objects.get(pk=place))


def scanned_lot(said: str, on: date) -> tuple[Product, str]:
    """Product and lot number of what was scanned; the lot is empty when the code does not say it."""
    if looks_like_code(said):
        raise forms.ValidationError(_("This is the label of a syringe. Scan the pack or the vial."))
    try:
        code = read_scan(said, on=on)
    except NotAProductCode as no:
        raise forms.ValidationError(str(no)) from no
    product = stock.product_of(code.gtin)
    if product is None:
        raise forms.ValidationError(_("No product of the stock has this code. Receive it first."))
    return product, (code.lot or "").upper()  # as it is kept


def scanned_source(said: str, at: datetime) -> Source:
    """The vial or container that was scanned: our mark on an opened vial, or the code of a pack with its lot."""
    mark = _MARK.fullmatch(said.strip())
    if mark is not None:
        vial = Vial.objects.select_related("lot__product").filter(pk=mark[1]).first()
        if vial is None:
            raise forms.ValidationError(_("There is no opened vial %(mark)s.") % {"mark": said.strip()})
        return Source(vial.lot, vial=vial)
    on = timezone.localdate(at)
    product, number = scanned_lot(said, on)
    if not number:
        raise forms.ValidationError(_("This code does not say the lot. Choose it from the list."))
    lot = Lot.objects.select_related("product").filter(product=product, number=number).first()
    if lot is None:
        raise forms.ValidationError(
            _("Lot %(lot)s of %(product)s was never received.") % {"lot": number, "product": product}
        )
    balance = lot.balances.filter(count__gt=0).select_related("place").order_by("place_id").first()
    if balance is None:
        raise forms.ValidationError(_("By the records nothing of lot %(lot)s is left.") % {"lot": number})
    return Source(lot, balance.place)


class CheckForm(forms.Form):
    """What a second person reads from the vials: product, lot and volume, line by line."""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        products = Product.objects.filter(in_use=True)
        for row in range(ROWS):
            n = {"n": row + 1}
            self.fields[f"scan_{row}"] = ScanField(label=_("Scan vial or pack %(n)d") % n, required=False)
            self.fields[f"product_{row}"] = forms.ModelChoiceField(
                label=_("Or its product %(n)d") % n, queryset=products, required=False, empty_label=_("none")
            )
            self.fields[f"lot_{row}"] = text(_("Lot %(n)d, if the code does not say it") % n, most=40)
            self.fields[f"ml_{row}"] = number_field(_("Volume %(n)d in mL") % n, "2.5")

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"{name}_{row}"] for name in ("scan", "product", "lot", "ml")] for row in range(ROWS)]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        entered = []
        for row in range(ROWS):
            scan, product, lot, ml = (
                cleaned.get(f"{name}_{row}") for name in ("scan", "product", "lot", "ml")
            )
            if not (scan or product or lot or ml is not None):
                continue
            if scan:
                try:
                    product, lot = self._scanned(scan, lot or "")
                except forms.ValidationError as wrong:
                    self.add_error(f"scan_{row}", wrong)
                    continue
            if product is None:
                self.add_error(f"scan_{row}", _("Scan it, or choose the product."))
            elif not lot:
                self.add_error(f"lot_{row}", _("Enter the lot."))
            elif ml is None or ml <= 0:
                self.add_error(f"ml_{row}", _("Enter the volume in mL."))
            else:
                entered.append(Entered(product, tidy(lot, 40).upper(), ml))
        cleaned["entered"] = entered
        return cleaned

    def _scanned(self, scan: str, lot: str) -> tuple[Product, str]:
        mark = _MARK.fullmatch(scan.strip())
        if mark is not None:
            vial = Vial.objects.select_related("lot__product").filter(pk=mark[1]).first()
            if vial is None:
                raise forms.ValidationError(_("There is no opened vial %(mark)s.") % {"mark": scan.strip()})
            return vial.lot.product, vial.lot.number
        product, number = scanned_lot(scan, self.today)
        return product, number or lot


class DiscardForm(WitnessForm):
    """Why syringes are thrown away."""

    reason = text(gettext_lazy("Why"), gettext_lazy("Say in a few words why."), most=300)
    field_order = ("reason", "witness", "witness_password")
