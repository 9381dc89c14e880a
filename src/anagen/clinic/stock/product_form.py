"""The form that describes a product: a label, typed off."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import queries
from .actions import Part, Sheet
from .actions.common import MOST_AT_ONCE
from .forms import QUIET, millilitres_field, text
from .models import Container, Dosing, LegalClass, Product, Route


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
        **QUIET,
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
