"""What is asked of the trail, cleaned."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anagen.clinic.people.forms import DayInput
from anagen.clinic.people.queries import patient_by_number

from . import queries
from .queries import Wanted

CHANGES, READS = "changes", "reads"


class TrailForm(forms.Form):
    """All fields may stay empty. `wanted()` after `is_valid()`."""

    show = forms.ChoiceField(
        label=_("Show"),
        choices=[(CHANGES, _("What was changed")), (READS, _("Whose file was read"))],
    )
    patient = forms.CharField(
        label=_("Patient number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    person = forms.ChoiceField(
        label=_("Who"),
        required=False,
        error_messages={"invalid_choice": _("There is no such account. Choose one from the list.")},
    )
    table = forms.ChoiceField(
        label=_("What"),
        required=False,
        error_messages={"invalid_choice": _("There is no such table. Choose one from the list.")},
    )
    day = forms.DateField(
        label=_("Day"),
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"],
        widget=DayInput(attrs={"autocomplete": "off"}),
        error_messages={
            "invalid": _("This date does not exist. Enter day, month and year, as in 27/03/2026.")
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", _("everything"))
        self.fields["person"].choices = [("", _("everybody")), *queries.people()]  # type: ignore[attr-defined]
        self.fields["table"].choices = [everything, *queries.tables()]  # type: ignore[attr-defined]

    def clean_patient(self) -> Any:
        number = self.cleaned_data["patient"].replace(" ", "")
        if not number:
            return None
        patient = patient_by_number(number)
        if patient is None:
            raise forms.ValidationError(_("No patient has this number. Check it on the patient's page."))
        return patient

    def wanted(self) -> Wanted:
        given = self.cleaned_data
        return Wanted(
            reads=given["show"] == READS,
            patient_id=given["patient"].pk if given["patient"] else None,
            actor_id=int(given["person"]) if given["person"] else None,
            table=given["table"],
            day=given["day"],
        )
