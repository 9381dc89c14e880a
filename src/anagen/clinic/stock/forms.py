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

from . import queries
from .actions import Part, Sheet
from .actions.common import MOST_AT_ONCE
from .models import Container, Dosing, LegalClass, Lot, Place, Product, Route

_NO_DAY = gettext_lazy("This date does not exist. Enter day, month and year, as in 27/03/2027.")
_HOW_MANY = gettext_lazy("How many containers")
_QUIET: dict[str, Any] = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


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
    """The first step of a receipt: a code, or a product chosen by hand."""

    scan = text(
        gettext_lazy("Scan the code on the pack"),
        most=400,
        hint=gettext_lazy(
            "The square code tells product, lot and expiry. A bar code or typed digits do as well."
        ),
        autofocus=True,
        **_QUIET,
    )
    product = forms.ModelChoiceField(
        label=gettext_lazy("Or choose the product"),
        queryset=Product.objects.filter(in_use=True),
        required=False,
        empty_label=gettext_lazy("by its code"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned.get("scan") and cleaned.get("product") is None:
            self.add_error("scan", _("Scan a code, or choose the product."))
        return cleaned


class ReceiveForm(KeyedForm):
    """What is taken in. Lot and expiry that the code does not say are asked for."""

    gtin = forms.CharField(required=False, max_length=14, widget=forms.HiddenInput)
    product = forms.ModelChoiceField(
        label=gettext_lazy("Which product is it?"),
        queryset=Product.objects.filter(in_use=True),
        empty_label=gettext_lazy("choose"),
        error_messages={"required": gettext_lazy("Choose the product that lies before you.")},
    )
    number = text(gettext_lazy("Lot"), gettext_lazy("Enter the lot number."), most=200, **_QUIET)
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
        **_QUIET,
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
        # An expired lot leaves only as loss; one in date is no loss yet.
        barred = {"waste", "return"} if expired else {"expired"}
        field: Any = self.fields["what"]
        field.choices = [choice for choice in self.KINDS if choice[0] not in barred]
        origin: Any = self.fields["place"]
        origin.queryset = Place.objects.filter(balances__lot=lot, balances__count__gt=0)
        origin.empty_label = None


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
    """Counts of one place, lot by lot, without saying what is expected."""

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

    def counted(self) -> dict[int, int]:
        return {lot.pk: self.cleaned_data[f"lot_{lot.pk}"] for lot in self.lots}


class ProductForm(forms.Form):
    """A label, typed off."""

    name = text(gettext_lazy("Name"), gettext_lazy("Enter the name on the label."), most=150)
    maker = text(gettext_lazy("Maker"), gettext_lazy("Enter the maker on the label."), most=150)
    legal_class = forms.ChoiceField(
        label=gettext_lazy("Registered as"),
        choices=LegalClass.choices,
        initial=LegalClass.UNKNOWN,
        help_text=gettext_lazy(
            "As the national register says. A cosmetic is never injected, nor is what nobody knows."
        ),
    )
    routes = forms.MultipleChoiceField(
        label=gettext_lazy("Routes that the label allows"),
        choices=Route.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    container = forms.ChoiceField(label=gettext_lazy("Container"), choices=Container.choices)
    content_ml = millilitres_field(
        gettext_lazy("Content of one container, in mL"), gettext_lazy("Enter the content in mL.")
    )
    dosing = forms.ChoiceField(
        label=gettext_lazy("Doses"),
        choices=Dosing.choices,
        initial=Dosing.SINGLE,
        help_text=gettext_lazy("Without “multi-dose” on the label it is single-dose."),
    )
    opened_hours = forms.IntegerField(
        label=gettext_lazy("Hours it may be used after opening"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("As the label says; 28 days are 672 hours."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    ingredients = forms.CharField(
        label=gettext_lazy("Ingredients, one a line"),
        required=False,
        max_length=6000,
        help_text=gettext_lazy(
            "Name; strength, as in “Dexpanthenol; 250 mg/mL”. Leave out what you do not know."
        ),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
    )
    complete = forms.BooleanField(label=gettext_lazy("All ingredients are listed"), required=False)
    gtins = text(
        gettext_lazy("Trade numbers (GTIN)"),
        hint=gettext_lazy("The digits below the code, several with a comma between."),
        **_QUIET,
    )
    storage = text(gettext_lazy("Storage"), most=200, hint=gettext_lazy("As in “2 to 8 °C”."))
    from_light = forms.BooleanField(label=gettext_lazy("Protect from light"), required=False)
    ph = forms.DecimalField(
        label=gettext_lazy("pH"),
        required=False,
        max_digits=4,
        decimal_places=2,
        min_value=Decimal(0),
        max_value=Decimal(14),
    )
    osmolality = forms.IntegerField(label=gettext_lazy("Osmolality in mOsm/kg"), required=False, min_value=1)
    price = forms.DecimalField(
        label=gettext_lazy("Price of a container"),
        required=False,
        max_digits=10,
        decimal_places=2,
        min_value=Decimal(0),
    )
    currency = text(gettext_lazy("Currency"), most=3, hint=gettext_lazy("Three letters, as in EUR."))
    low_below = forms.IntegerField(
        label=gettext_lazy("Low below, in containers"), min_value=0, max_value=MOST_AT_ONCE, initial=5
    )
    warn_days = forms.IntegerField(
        label=gettext_lazy("Say “expires soon”, days ahead"), min_value=0, max_value=730, initial=60
    )
    witnessed = forms.BooleanField(label=gettext_lazy("Waste needs a witness"), required=False)
    in_use = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def clean_ingredients(self) -> list[Part]:
        return [
            part
            for line in self.cleaned_data["ingredients"].splitlines()
            if (part := _part(line)) is not None
        ]

    def clean_gtins(self) -> list[str]:
        numbers = [number.strip() for number in self.cleaned_data["gtins"].split(",") if number.strip()]
        for number in numbers:
            if queries.gtin14(number) is None:
                raise forms.ValidationError(
                    _("“%(number)s” is no trade number. Compare the digits: the last one checks the others.")
                    % {"number": number}
                )
        return numbers

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).strip().upper()

    def sheet(self, knowledge: str = "") -> Sheet:
        given = {name: value for name, value in self.cleaned_data.items() if name != "gtins"}
        return Sheet(knowledge=knowledge, **given)

    @staticmethod
    def first(product: Product) -> dict[str, Any]:
        """What stands in the form of a product that is there."""
        own = {name: getattr(product, name) for name in ProductForm.base_fields if hasattr(product, name)}
        lines = ["; ".join(filter(None, (row.name, row.strength))) for row in product.ingredients.all()]
        numbers = ", ".join(gtin.number for gtin in product.gtins.all())
        return own | {"ingredients": "\n".join(lines), "gtins": numbers}


def _part(line: str) -> Part | None:
    name, _separator, strength = (piece.strip() for piece in line.partition(";"))
    if not name and not strength:
        return None
    return Part(name, queries.ingredient_called(name), strength)
