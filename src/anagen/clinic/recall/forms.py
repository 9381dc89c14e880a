"""What is typed about a recall, cleaned. Forms never save; `actions` decide and write."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anagen.clinic.people.forms import DayInput
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import ALLOWED, Permission
from anagen.clinic.stock.forms import KeyedForm, text
from anagen.clinic.stock.models import Lot, Product

from .actions import Subject
from .models import About, Severity, Source, Way

_NO_DAY = gettext_lazy("This date does not exist. Enter day, month and year, as in 27/03/2027.")


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"],
        error_messages={"invalid": _NO_DAY},
        widget=DayInput(attrs={"autocomplete": "off"}),
    )


def _long(label: Any, required: Any, rows: int = 4, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=4000,
        help_text=hint,
        error_messages={"required": required},
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class SubjectForm(forms.Form):
    """What is looked for: lots, a product, a person or a room with its days. Read from the address."""

    lot = forms.ModelMultipleChoiceField(
        queryset=Lot.objects.select_related("product"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("There is no such lot."),
            "invalid_pk_value": gettext_lazy("There is no such lot."),
        },
    )
    product = forms.ModelChoiceField(
        label=gettext_lazy("Product"),
        queryset=Product.objects.all(),
        required=False,
        empty_label=gettext_lazy("choose"),
        error_messages={"invalid_choice": gettext_lazy("There is no such product.")},
    )
    nurse = forms.ModelChoiceField(
        label=gettext_lazy("Who injected"),
        queryset=User.objects.filter(role__in=ALLOWED[Permission.TREAT]),
        required=False,
        empty_label=gettext_lazy("choose"),
        error_messages={"invalid_choice": gettext_lazy("There is no such person.")},
    )
    room = text(gettext_lazy("Room"), most=60)
    first = _day(gettext_lazy("From"))
    last = _day(gettext_lazy("To"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        asked = [name for name in ("lot", "product", "nurse", "room") if cleaned.get(name)]
        if not self.errors and len(asked) != 1:
            raise forms.ValidationError(_("Choose one: lots, a product, a person or a room."))
        if cleaned.get("first") and cleaned.get("last") and cleaned["last"] < cleaned["first"]:
            self.add_error("last", _("The last day lies before the first."))
        return cleaned

    @property
    def subject(self) -> Subject:
        """What is meant, once it is valid."""
        cleaned = self.cleaned_data
        first, last = cleaned["first"], cleaned["last"]
        if cleaned["lot"]:
            return Subject(About.LOTS, list(cleaned["lot"]))
        if cleaned["product"]:
            product = cleaned["product"]
            return Subject(About.PRODUCT, list(product.lots.select_related("product")), product)
        if cleaned["nurse"]:
            return Subject(About.NURSE, nurse=cleaned["nurse"], first=first, last=last)
        return Subject(About.ROOM, room=cleaned["room"], first=first, last=last)


class OpenForm(KeyedForm):
    """Why, who says so, how urgent."""

    begun = forms.CharField(max_length=100, widget=forms.HiddenInput)
    reason = text(gettext_lazy("Reason"), gettext_lazy("Say in a few words why."))
    source = forms.ChoiceField(
        label=gettext_lazy("Who says so"),
        choices=Source.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who says so.")},
    )
    severity = forms.ChoiceField(
        label=gettext_lazy("How urgent"),
        choices=Severity.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how urgent it is.")},
    )


class AttemptForm(KeyedForm):
    how = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=Way.choices,
        initial=Way.PHONE,
        error_messages={"required": gettext_lazy("Say how you tried.")},
    )
    reached = forms.ChoiceField(
        label=gettext_lazy("Reached"),
        choices=[("no", gettext_lazy("No")), ("yes", gettext_lazy("Yes"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whether you reached the patient.")},
    )
    note = text(gettext_lazy("Note"), most=500)


class AcknowledgeForm(forms.Form):
    told = _long(gettext_lazy("What the patient was told"), gettext_lazy("Say what the patient was told."), 6)


class NotReachedForm(forms.Form):
    why = text(gettext_lazy("Why not"), gettext_lazy("Say why this patient could not be reached."))


class CloseForm(forms.Form):
    conclusion = _long(
        gettext_lazy("Conclusion"),
        gettext_lazy("Write what was found and what follows from it."),
        hint=gettext_lazy("What was found, what became of the stock, what is done otherwise from now on."),
    )
