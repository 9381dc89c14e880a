"""What is typed about consents, certificates and syringes, cleaned. Forms never save."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from anagen.clinic.people.forms import DayInput
from anagen.clinic.people.models import User
from anagen.clinic.site.scanning import ScanField, ScanInput

from .devices import Device
from .models import CertificateKind, ConsentKind

_DAYS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"]
_NO_DAY = lazy("This date does not exist. Enter day, month and year, as in 27/03/2027.")


def _day(label: Any, needed: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        input_formats=_DAYS,
        widget=DayInput(attrs={"autocomplete": "off"}),
        error_messages={"required": needed, "invalid": _NO_DAY},
        **more,
    )


class SyringeForm(forms.Form):
    # the scanner types where the cursor stands: no tap before the scan
    code = ScanField(label=lazy("Syringe"), required=False, widget=ScanInput(attrs={"autofocus": True}))


class ConsentTextForm(forms.Form):
    """A new version of what patients sign."""

    kind = forms.ChoiceField(label=lazy("For"), choices=ConsentKind.choices, widget=forms.RadioSelect)
    title = forms.CharField(
        label=lazy("Title"), max_length=120, error_messages={"required": lazy("Give it a title.")}
    )
    body = forms.CharField(
        label=lazy("Text"),
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=lazy("An empty line begins a paragraph."),
        error_messages={"required": lazy("Write the text.")},
    )
    valid_from = _day(lazy("From"), lazy("Enter the first day."))


class ConsentForm(forms.Form):
    """The patient's signature, seen by whoever is signed in."""

    devices = forms.MultipleChoiceField(
        label=lazy("What the patient was told of"), widget=forms.CheckboxSelectMultiple, required=False
    )
    mixture = forms.CharField(label=lazy("Mixture, as the patient was told"), max_length=200, required=False)
    agreed = forms.BooleanField(
        label=lazy(
            "I have read this, I could ask everything, and I agree. I can take this back at any time."
        ),
        required=False,
    )
    signed_name = forms.CharField(
        label=lazy("Name of the patient, typed as a signature"),
        max_length=200,
        error_messages={"required": lazy("The patient types the full name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    drawing = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20_000)

    def __init__(self, *args: Any, offered: Iterable[Device], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(offered)
        if offered:
            self.fields["devices"].choices = [(one.id, one.title) for one in offered]  # type: ignore[attr-defined]
        else:
            del self.fields["devices"], self.fields["mixture"]


class CertificateForm(forms.Form):
    """A paper of somebody who injects."""

    holder = forms.ModelChoiceField(
        label=lazy("Holder"),
        queryset=User.objects.none(),
        error_messages={"required": lazy("Choose a person.")},
    )
    kind = forms.ChoiceField(label=lazy("Kind"), choices=CertificateKind.choices, widget=forms.RadioSelect)
    number = forms.CharField(
        label=lazy("Number"), max_length=80, error_messages={"required": lazy("Enter the number.")}
    )
    issuer = forms.CharField(
        label=lazy("Issued by"), max_length=120, error_messages={"required": lazy("Enter who issued it.")}
    )
    covers = forms.CharField(label=lazy("Covers"), max_length=200, required=False)
    valid_from = _day(lazy("From"), lazy("Enter the first day."))
    valid_until = _day(lazy("Last day"), lazy("Enter the last day."))

    def __init__(self, *args: Any, holders: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].queryset = holders  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if isinstance(first, date) and isinstance(last, date) and last < first:
            self.add_error("valid_until", _("The last day lies before the first."))
        return cleaned
