"""Scans in forms, and photographs of codes at the server's door."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
import zxingcpp
from django import forms
from django.template import Context, Template
from django.test import Client
from PIL import Image

from anagen.clinic.people.permissions import Role
from anagen.clinic.site.gallery import SAMPLE_LABEL
from anagen.clinic.site.scanning import ProductScanField, SyringeScanField
from anagen.exchange.gs1 import ProductCode
from anagen.exchange.pictures import MOST_BYTES

GTIN = "04012345678901"


class Form(forms.Form):
    pack = ProductScanField(required=False)
    syringe = SyringeScanField(required=False)


def form(**typed: str) -> Form:
    return Form({"pack": "", "syringe": "", **typed})


def shown(source: str, **context: Any) -> str:
    return " ".join(Template(source).render(Context(context)).split())


@pytest.mark.parametrize("separator", ["␝", "\x1d"])
def test_a_scan_is_read_with_the_separator_that_the_page_shows(separator: str) -> None:
    filled = form(pack=f"01{GTIN}10AB12{separator}21XYZ")
    assert filled.is_valid()
    pack = filled.cleaned_data["pack"]
    assert isinstance(pack, ProductCode)
    assert (pack.lot, pack.serial, pack.missing) == ("AB12", "XYZ", ("expiry",))


def test_nothing_is_allowed_where_it_is() -> None:
    empty = form()
    assert empty.is_valid()
    assert empty.cleaned_data == {"pack": None, "syringe": ""}


def test_a_syringe_is_read_in_any_spelling() -> None:
    filled = form(syringe=f"]d1{SAMPLE_LABEL.code.lower()}")
    assert filled.is_valid()
    assert filled.cleaned_data["syringe"] == SAMPLE_LABEL.code


def test_something_else_is_an_error_of_the_field_and_stays_typed() -> None:
    wrong = form(pack=SAMPLE_LABEL.code, syringe=f"01{GTIN}")
    assert "label of a syringe" in wrong.errors["pack"][0]
    assert "begins with SY" in wrong.errors["syringe"][0]
    page = shown("{% scan_field form.pack %}", form=wrong)
    assert f'value="{SAMPLE_LABEL.code}"' in page
    assert 'aria-invalid="true"' in page
    assert re.search(r'aria-describedby="[^"]*id_pack_error', page)


def test_the_field_shows_separators_and_is_not_completed_by_browsers() -> None:
    page = shown("{% scan_field form.pack submit=True %}", form=Form(initial={"pack": "10A\x1d21B"}))
    assert 'value="10A␝21B"' in page
    assert 'autocomplete="off"' in page and 'spellcheck="false"' in page
    assert "data-submit" in page
    assert "data-submit" not in shown("{% scan_field form.pack %}", form=Form())
    assert " style=" not in page and " onclick" not in page


def test_a_label_says_who_what_how_much_until_when_and_by_whom() -> None:
    page = shown("{% syringe_label label %}", label=SAMPLE_LABEL)
    for words in (
        "J. D.",
        "104 2237",
        "4.5 mL",
        "Sat 21 Nov 2026, 15:30",
        "N. Lind",
        "S. Okafor",
        "SY 7K2Q M9XB 4TH",
    ):
        assert words in page
    assert '<svg class="symbol"' in page and " style=" not in page


# --- the photograph


def photograph() -> bytes:
    drawn = memoryview(zxingcpp.create_barcode("4012345678901", zxingcpp.EAN13).to_image(scale=4))  # type: ignore[arg-type]
    out = io.BytesIO()
    Image.frombytes("L", (drawn.shape[1], drawn.shape[0]), drawn.tobytes()).save(out, "PNG")  # type: ignore[index]
    return out.getvalue()


def send(browser: Client, data: bytes) -> Any:
    return browser.post("/scan/picture", data, content_type="application/octet-stream")


@pytest.mark.django_db
def test_a_photograph_is_answered_with_its_codes(client_of: Callable[[Role | None], Client]) -> None:
    nurse = client_of(Role.NURSE)
    answer = send(nurse, photograph())
    assert (answer.status_code, answer.json()) == (200, {"codes": ["]E04012345678901"]})
    broken = send(nurse, b"hello")
    assert (broken.status_code, "no picture" in broken.json()["error"]) == (400, True)
    large = send(nurse, b"\0" * (MOST_BYTES + 1))
    assert (large.status_code, "too large" in large.json()["error"]) == (400, True)
    assert send(client_of(Role.PATIENT), photograph()).status_code == 403


@pytest.mark.django_db
def test_a_photograph_from_another_site_is_refused(client_of: Callable[[Role | None], Client]) -> None:
    nurse = client_of(Role.NURSE)
    nurse.handler.enforce_csrf_checks = True
    assert send(nurse, photograph()).status_code == 403
