"""A field for a scanner, and what becomes of a scan in a form.

In a form:

    class ReceiptForm(forms.Form):
        product = ProductScanField(label=_("Code of the pack"))

In its template, in place of `{% field form.product %}`:

    {% scan_field form.product %}

`form.cleaned_data["product"]` is then an `exchange.gs1.ProductCode`: look at `.missing` and ask for what it names,
at `.choices` when a scanner has lost its separators; `why_asked` says it in words. A scan of something else is an
error of the field. `SyringeScanField` gives the code of a syringe of ours in the same way, `ScanField` the text alone.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anagen.clinic.people.queries import today
from anagen.exchange.gs1 import LONGEST, SEPARATOR, Looks, NotAProductCode, ProductCode, read_scan
from anagen.exchange.labels import NotALabel, looks_like_code, read_code
from anagen.exchange.pictures import Unusable

SHOWN_SEPARATOR = "␝"  # what the page writes for a separator, so that one can see it

# `exchange` speaks English alone; these are its kinds in words of the clinic.
LOOKS_LIKE = {
    Looks.NOTHING: _("Nothing was scanned."),
    Looks.SYRINGE: _("This is the label of a syringe that was prepared here, not a product."),
    Looks.PATIENT: _("This looks like the number of a patient, not a product."),
    Looks.ADDRESS: _("This is a web address without a product number."),
    Looks.CARTON: _("This is the code of a carton or pallet. Scan the pack inside it."),
    Looks.SHOP: _("This number was given by a shop for itself and names no product outside it."),
    Looks.LAYOUT: _(
        "Some characters come from another keyboard layout. Switch the keyboard to English and scan again."
    ),
    Looks.MISREAD: _("A check digit is wrong: it was misread or mistyped. Scan it again."),
    Looks.OTHER: _("This is not the code of a product."),
}
UNUSABLE = {
    Unusable.TOO_LARGE: _("The picture is too large. Take it with less detail."),
    Unusable.TOO_MANY_POINTS: _("The picture has too many points. Take it with less detail."),
    Unusable.NO_PICTURE: _("This is no picture in JPEG, PNG or WebP, or it is broken."),
}
_NO_LABEL = _("A label of a syringe begins with SY and has 13 characters.")
_LABEL_MISREAD = _("One character of this label is wrong or two have changed places. Scan it again.")


def why_asked(code: ProductCode) -> str:
    """Why something is asked about a code that names a product; empty when it says everything."""
    if code.choices:
        return gettext(
            "The scanner has left out the separators, so that this code can be read in more than one way."
        )
    if code.expiry is None and any(identifier in ("17", "7003") for identifier, _value in code.elements):
        return gettext("The code has an expiry that is no day of the calendar.")
    return gettext("The code does not say everything about this pack.") if code.missing else ""


class ScanInput(forms.TextInput):
    """A line of text that no browser completes, corrects or capitalises."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        plain = {"autocomplete": "off", "autocapitalize": "off", "autocorrect": "off", "spellcheck": "false"}
        super().__init__({**plain, "enterkeyhint": "done", "data-scan": "", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        text = super().format_value(value)
        return text if text is None else text.replace(SEPARATOR, SHOWN_SEPARATOR)


class ScanField(forms.CharField):
    """What was scanned or typed, with separators as scanners mean them."""

    widget = ScanInput
    default_error_messages = {"required": _("Scan the code, or type what is printed below it.")}

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"max_length": LONGEST, **more})

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value) or ""
        return text.replace(SHOWN_SEPARATOR, SEPARATOR)


class ProductScanField(ScanField):
    """A product with lot and expiry as far as its code says; None when nothing was scanned and nothing must be."""

    def clean(self, value: Any) -> ProductCode | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_scan(text, on=today(), separators=settings.SCANNERS_SEND_SEPARATORS)
        except NotAProductCode as no:
            raise ValidationError(LOOKS_LIKE[no.looks_like], code=no.looks_like.value) from no


class SyringeScanField(ScanField):
    """The code of a syringe that was prepared here; empty when nothing was scanned and nothing must be."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return read_code(text)
        except NotALabel as no:
            raise ValidationError(
                _LABEL_MISREAD if looks_like_code(text) else _NO_LABEL, code="label"
            ) from no
