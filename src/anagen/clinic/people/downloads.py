"""Tables to take away: every table of a page can be had as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_download(name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A CSV file called `name`.csv, in UTF-8 with a mark so that spreadsheets read accents rightly."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    out = csv.writer(response)
    out.writerow([str(title) for title in header])
    out.writerows([_plain(value) for value in row] for row in rows)
    return response


def _plain(value: Any) -> str:
    """A cell that begins like a formula is kept as words: spreadsheets would run it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
