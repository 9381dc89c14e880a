"""What is typed and scanned about the stock, cleaned. Forms never save; `actions` decide and write."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anagen.clinic.people.forms import DayInput
from anagen.clinic.site.scanning import ProductScanField, ScanField, ScanInput
from anagen.exchange.gs1 import ProductCode

from . import queries
from .actions.common import MOST_AT_ONCE
from .models import Lot, Place, Product

_NO_DAY = gettext_lazy("This date does not exist. Enter day, month and year, as in 27/03/2027.")
_HOW_MANY = gettext_lazy("How many containers")
QUIET: dict[str, Any] = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


def text(
    label: Any, required: Any = None, *, most: int = 300, hint: Any = "", **attrs: Any
) -> forms.CharField:
    """One line of text; `required`: what is said when it is empty."""
    return forms.CharField(
        label=label,
        required=required is not None,
        max_length=most,
        help_text=hint,
        error_messages={"required": required or ""},
        widget=forms.TextInput(attrs={"autocomplete": "off"} | attrs),
    )


def containers_field(label: Any = _HOW_MANY, **attrs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=attrs.pop("least", 1),
        max_value=MOST_AT_ONCE,
        error_messages={
            "required": gettext_lazy("Enter how many containers."),
            "invalid": gettext_lazy("Enter a whole number, such as 10."),
        },
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"} | attrs),
    )


def millilitres_field(label: Any, required: Any = None) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required is not None,
        max_digits=8,
        decimal_places=3,
        min_value=Decimal(0),
        localize=False,
        error_messages={
            "required": required or "",
            "invalid": gettext_lazy("Enter a number of millilitres, such as 2.5."),
        },
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


class KeyedForm(forms.Form):
    """A form that counts once, however often it is sent."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid4()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    @property
    def sent_key(self) -> UUID:
        key: UUID = self.cleaned_data["key"]
        return key


class PlaceField(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Place.objects.filter(in_use=True),
            empty_label=gettext_lazy("choose"),
            error_messages={
                "required": gettext_lazy("Choose a place."),
                "invalid_choice": gettext_lazy("There is no such place. Choose one of these."),
            },
            **kwargs,
        )


class ScanForm(forms.Form):
    """The first step of a receipt: a code, or a product chosen by hand. `reading`: which of several is on the pack."""

    scan = ProductScanField(
        label=gettext_lazy("Scan the code on the pack"),
        required=False,
        help_text=gettext_lazy(
            "The square code tells product, lot and expiry. A bar code or typed digits do as well."
        ),
        widget=ScanInput(attrs={"autofocus": True}),
    )
    product = forms.ModelChoiceField(
        label=gettext_lazy("Or choose the product"),
        queryset=Product.objects.filter(in_use=True),
        required=False,
        empty_label=gettext_lazy("by its code"),
    )
    reading = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and cleaned.get("scan") is None and cleaned.get("product") is None:
            self.add_error("scan", _("Scan a code, or choose the product."))
        return cleaned


class SearchForm(forms.Form):
    """Words, a number, or a scanned pack."""

    q = ScanField(
        label=gettext_lazy("Product, ingredient, lot or trade number"),
        help_text=gettext_lazy("Type a part of it, or scan a pack."),
    )


class ReceiveForm(KeyedForm):
    """What is taken in. Lot and expiry that the code does not say are asked for."""

    gtin = forms.CharField(required=False, max_length=14, widget=forms.HiddenInput)
    product = forms.ModelChoiceField(
        label=gettext_lazy("Which product is it?"),
        queryset=Product.objects.filter(in_use=True),
        empty_label=gettext_lazy("choose"),
        error_messages={"required": gettext_lazy("Choose the product that lies before you.")},
    )
    number = text(gettext_lazy("Lot"), gettext_lazy("Enter the lot number."), most=200, **QUIET)
    expiry = forms.DateField(
        label=gettext_lazy("Expires on"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"],
        help_text=gettext_lazy("Only month and year on the pack: enter the last day of the month."),
        error_messages={
            "required": gettext_lazy("Enter the expiry from the pack, or say that there is none."),
            "invalid": _NO_DAY,
        },
        widget=DayInput(attrs={"autocomplete": "off"}),
    )
    no_expiry = forms.BooleanField(
        label=gettext_lazy("No expiry can be found. It is stored, but cannot be used."), required=False
    )
    count = containers_field()
    place = PlaceField(label=gettext_lazy("Where it is put"))
    another = forms.BooleanField(
        label=gettext_lazy("I compared letter by letter: it is another lot"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expiry"].required = "no_expiry" not in self.data


class LeaveForm(KeyedForm):
    """Why containers leave a place, and how many."""

    KINDS = (
        ("move", gettext_lazy("Move to another place")),
        ("waste", gettext_lazy("Throw away: broken, spilt, spoilt")),
        ("return", gettext_lazy("Send back")),
        ("expired", gettext_lazy("Write off as expired")),
    )
    scan = ProductScanField(
        label=gettext_lazy("Scan the pack"),
        required=False,
        help_text=gettext_lazy("To be sure that it is this lot."),
    )
    what = forms.ChoiceField(
        label=gettext_lazy("What happens"),
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what happens.")},
    )
    place = PlaceField(label=gettext_lazy("From"))
    count = containers_field()
    target = PlaceField(label=gettext_lazy("To (when it is moved)"), required=False)
    reason = text(gettext_lazy("Reason (when it is thrown away or sent back)"))
    witness = text(
        gettext_lazy("User name of the witness"),
        hint=gettext_lazy("A second person who watches it being thrown away."),
        most=60,
        **QUIET,
    )
    witness_password = forms.CharField(
        label=gettext_lazy("Password of the witness"),
        required=False,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, lot: Lot, expired: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lot = lot
        # An expired lot leaves only as loss; one in date is no loss yet.
        barred = {"waste", "return"} if expired else {"expired"}
        field: Any = self.fields["what"]
        field.choices = [choice for choice in self.KINDS if choice[0] not in barred]
        origin: Any = self.fields["place"]
        origin.queryset = Place.objects.filter(balances__lot=lot, balances__count__gt=0)
        origin.empty_label = None

    def clean_scan(self) -> ProductCode | None:
        code: ProductCode | None = self.cleaned_data["scan"]
        if code is not None and (words := queries.another_pack(code, self.lot)):
            raise forms.ValidationError(words)
        return code


class ReasonForm(forms.Form):
    reason = text(gettext_lazy("Reason"), gettext_lazy("Say in a few words why."))


class ExpiryForm(forms.Form):
    expiry = forms.DateField(
        label=gettext_lazy("Expires on"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"],
        error_messages={"invalid": _NO_DAY, "required": gettext_lazy("Enter the expiry from the pack.")},
        widget=DayInput(attrs={"autocomplete": "off"}),
    )
    reason = text(
        gettext_lazy("Where it is written"), gettext_lazy("Say in a few words where it is written.")
    )


class CloseForm(forms.Form):
    """How a vial ended."""

    wasted = millilitres_field(
        gettext_lazy("Thrown away, in mL"), gettext_lazy("Enter how much was thrown away; 0 if nothing.")
    )
    reason = text(
        gettext_lazy("Reason for a difference"),
        hint=gettext_lazy("Only when drawn and thrown away do not add up to the content."),
    )
    witness = LeaveForm.base_fields["witness"]
    witness_password = LeaveForm.base_fields["witness_password"]


class PlaceForm(forms.Form):
    name = text(gettext_lazy("Name of the place"), gettext_lazy("Enter a name, such as “Fridge 1”."), most=80)
    note = text(gettext_lazy("Note"), most=200)


class CountForm(KeyedForm):
    """Counts of one place, lot by lot, without saying what is expected. A scanned pack counts one more of its lot."""

    scan = ProductScanField(
        label=gettext_lazy("Scan pack after pack"),
        required=False,
        help_text=gettext_lazy("Each scan counts one more. Or type the numbers below."),
        widget=ScanInput(attrs={"autofocus": True}),
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = text(gettext_lazy("Reason for the differences"))

    def __init__(self, *args: Any, lots: Iterable[Lot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lots = list(lots)
        for lot in self.lots:
            label = _("%(product)s, lot %(lot)s") % {"product": lot.product, "lot": lot}
            self.fields[f"lot_{lot.pk}"] = containers_field(label, least=0)

    @property
    def lines(self) -> list[Any]:
        return [self[f"lot_{lot.pk}"] for lot in self.lots]

    def again(self, lot: Lot | None = None) -> CountForm:
        """The form with what was typed and nothing scanned; with one container more of `lot`."""
        typed = {name: value for name, value in self.data.items() if name != "scan"}
        if lot is not None:
            before = str(typed.get(f"lot_{lot.pk}", "")).strip()
            typed[f"lot_{lot.pk}"] = str(int(before) + 1 if before.isdecimal() else 1)
        return CountForm(None, lots=self.lots, initial=typed)

    def counted(self) -> dict[int, int]:
        return {lot.pk: self.cleaned_data[f"lot_{lot.pk}"] for lot in self.lots}
