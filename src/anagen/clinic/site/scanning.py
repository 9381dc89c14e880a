"""A field for a scanner, and what becomes of a scan in a form.

In a form:

    class ReceiptForm(forms.Form):
        product = ProductScanField(label=_("Code of the pack"))

In its template, in place of `{% field form.product %}`:

    {% scan_field form.product %}

`form.cleaned_data["product"]` is then an `exchange.gs1.ProductCode`: look at `.missing` and ask for what it names,
at `.choices` when a scanner has lost its separators. A scan of something else is an error of the field, in words.
`SyringeScanField` gives the code of a syringe of ours in the same way, `ScanField` the text alone.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from anagen.clinic.people.queries import today
from anagen.exchange.gs1 import LONGEST, SEPARATOR, NotAProductCode, ProductCode, read_scan
from anagen.exchange.labels import NotALabel, read_code

SHOWN_SEPARATOR = "␝"  # what the page writes for a separator, so that one can see it


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
            raise ValidationError(str(no), code=no.looks_like.value) from no


class SyringeScanField(ScanField):
    """The code of a syringe that was prepared here; empty when nothing was scanned and nothing must be."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return read_code(text)
        except NotALabel as no:
            raise ValidationError(str(no), code="label") from no
