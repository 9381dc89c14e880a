"""What is typed about prices, cleaned."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from anagen.clinic.people.forms import DayInput

from .models import Service


class PriceForm(forms.Form):
    service = forms.ChoiceField(
        label=_("For"), choices=Service.choices, widget=forms.RadioSelect, initial=Service.SESSION
    )
    amount = forms.DecimalField(
        label=_("Amount"),
        min_value=Decimal(0),
        max_digits=11,
        decimal_places=3,
        error_messages={
            "required": _("Enter the amount."),
            "invalid": _("Enter a number, such as 120.00."),
            "min_value": _("A price is not negative."),
        },
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        min_length=3,
        help_text=_("Its three letters, such as EUR."),
        error_messages={"required": _("Enter the currency.")},
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )
    valid_from = forms.DateField(
        label=_("From"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"],
        widget=DayInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Enter the first day."),
            "invalid": _("This date does not exist. Enter day, month and year, as in 27/03/2027."),
        },
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
