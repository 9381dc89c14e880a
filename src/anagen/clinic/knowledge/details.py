"""The details of a topic as page content: every topic has a shape of its own, and one way to be shown.

Words and figures stand in a list of terms; several things of one shape become a table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from anagen.knowledge import build, wording
from anagen.medicine.quantities import Quantity

from .catalogue import Kind, Library
from .words import plain

_CODE_WORD: Final = re.compile(r"[a-z]+(_[a-z]+)+")
_LABELS: Final = {
    "inn": "INN",
    "atc": "ATC",
    "unii": "UNII",
    "rxcui": "RxNorm",
    "icd-10": "ICD-10",
    "loinc": "LOINC",
    "ph": "pH",
    "ctcae": "CTCAE",
    "differs": "Where the texts differ",
    "default": "Offered",
    "entry": "Kind of entry",
    "answers": "Answers",
}
_SHORT: Final = 40  # characters: items no longer than this stand on one line


def label(key: str) -> str:
    """The heading of a detail."""
    return _LABELS.get(key) or plain(key).capitalize()


def shown(details: Mapping[str, Any], catalogue: Library) -> SafeString:
    """All details of one topic."""
    tables = {key: value for key, value in details.items() if _is_table(value)}
    terms = [(label(key), _value(value, catalogue)) for key, value in details.items() if key not in tables]
    listed = format_html(
        '<dl class="facts">{}</dl>',
        format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", terms),
    )
    drawn = [(_table(label(key), rows, catalogue),) for key, rows in tables.items()]
    return format_html("{}{}", listed if terms else "", format_html_join("", "{}", drawn))


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _table(caption: str, rows: Sequence[Mapping[str, Any]], catalogue: Library) -> SafeString:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    heads = format_html_join("", '<th scope="col">{}</th>', ((label(key),) for key in columns))
    body = format_html_join(
        "",
        "<tr>{}</tr>",
        (
            (
                format_html_join(
                    "",
                    "<td{}>{}</td>",
                    (
                        (
                            mark_safe(' class="words"') if _is_long(rows, key) else "",
                            _value(row[key], catalogue, inline=True) if key in row else "",
                        )
                        for key in columns
                    ),
                ),
            )
            for row in rows
        ),
    )
    content = format_html("<thead><tr>{}</tr></thead><tbody>{}</tbody>", heads, body)
    return mark_safe(_drawn(content, caption))


def _drawn(content: SafeString, caption: str) -> str:
    return render_to_string(
        "site/components/table.html",
        {"content": content, "caption": caption, "csv": "", "hide_caption": False},
    )


def _is_long(rows: Sequence[Mapping[str, Any]], key: str) -> bool:
    return any(not isinstance(row.get(key, ""), str) or len(row.get(key, "")) > 24 for row in rows)


def _value(value: Any, catalogue: Library, *, inline: bool = False) -> SafeString:
    match value:
        case {"amount": amount, "currency": currency, **others} if not others:
            return format_html("{} {}", amount, currency)
        case dict() if "fact" in value or value.keys() & {"all", "any", "not"}:
            words = catalogue.knowledge.ruleset.vocabulary
            return format_html("{}", wording.sentence(build.condition(value, words), words))
        case dict():
            parts = ((label(key), _value(item, catalogue, inline=True)) for key, item in value.items())
            return format_html_join("; ", '<span class="quiet">{}</span> {}', parts)
        case list():
            return _several([_value(item, catalogue, inline=True) for item in value], value, inline)
        case _:
            return _word(str(value), catalogue)


def _several(items: list[SafeString], values: list[Any], inline: bool) -> SafeString:
    lines = ((item,) for item in items)
    if len(items) == 1 or all(isinstance(value, str) and len(value) <= _SHORT for value in values):
        return format_html_join(", ", "{}", lines)
    if inline:
        return format_html_join("; ", "{}", lines)
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", lines))


def _word(text: str, catalogue: Library) -> SafeString:
    """One value: what has a page of its own leads there, what has a unit is said as people say it."""
    if (entry := catalogue.find(text)) is not None and not (entry.kind is Kind.FACT and "." not in text):
        return format_html('<a href="{}">{}</a>', entry.url, entry.title)
    if _CODE_WORD.fullmatch(text):
        return format_html("{}", plain(text))
    with suppress(ValueError):
        return format_html("{}", wording.duration(text))
    with suppress(ValueError):
        return format_html("{}", wording.quantity(Quantity.parse(text)))
    return format_html("{}", text)
