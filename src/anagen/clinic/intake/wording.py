"""Answers, units and days as a person reads them."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anagen.medicine.facts import UNKNOWN, Statement
from anagen.medicine.quantities import Quantity
from anagen.medicine.vocabulary import FactDefinition, FactType

from .models import Answer
from .queries import statement_of, vocabulary

# How people write units; the rest are shown as their UCUM code.
UNITS: Final = {
    "Cel": "°C",
    "[degF]": "°F",
    "mm[Hg]": "mmHg",
    "ug/L": "µg/L",
    "ug/mL": "µg/mL",
    "10*9/L": "×10⁹/L",
    "10*12/L": "×10¹²/L",
    "10*3/uL": "×10³/µL",
    "10*6/uL": "×10⁶/µL",
    "10*6/L": "×10⁶/L",
    "/uL": "/µL",
    "[lb_av]": "lb",
    "[oz_av]": "oz",
    "{INR}": "",
    "{INR}/1": "",
    "1": "",
    "{beats}/min": "/min",
}
_SPEAKERS = {
    "patient": lambda: _("patient"),
    "clinician": lambda: _("clinician"),
    "laboratory": lambda: _("laboratory"),
    "system": lambda: _("health record"),
}


def unit_words(unit: str) -> str:
    return UNITS.get(unit, unit)


def quantity_words(amount: Quantity) -> str:
    return f"{amount.value:f} {unit_words(amount.unit)}".strip()


def speaker_words(speaker: str) -> str:
    return _SPEAKERS[speaker]()


def day_words(day: date) -> str:
    return date_format(day, "j M Y")


def statement_words(statement: Statement, definition: FactDefinition) -> str:
    """An answer with its days: ``yes, since 3 March 2026``."""
    value = statement.value
    if value is UNKNOWN:
        return _("don’t know")
    if isinstance(value, bool):
        return _yes_no(statement, definition)
    if isinstance(value, Quantity):
        return quantity_words(value)
    if isinstance(value, frozenset):
        return ", ".join(sorted(value))
    if isinstance(value, date):
        return day_words(value)
    return str(definition.options.get(str(value), value))


def _yes_no(statement: Statement, definition: FactDefinition) -> str:
    if definition.type is FactType.EVENT:
        if not statement.value:
            return _("never")
        return day_words(statement.since) if statement.since else _("yes, day not known")
    words = _("yes") if statement.value else _("no")
    if statement.since is not None:
        words += ", " + _("since %(day)s") % {"day": day_words(statement.since)}
    if statement.until is not None:
        words += ", " + _("over from %(day)s") % {"day": day_words(statement.until)}
    return words


def answer_words(answer: Answer) -> str:
    """A stored answer; a measured one in the unit it was given in and in that of the fact."""
    words = vocabulary()
    if answer.value is None:
        return _("taken back")
    if answer.fact not in words:
        return str(answer.value)
    definition = words[answer.fact]
    said = statement_of(answer, words)
    shown = statement_words(said, definition)
    if isinstance(said.value, Quantity):
        typed = Quantity.parse(str(answer.value))
        if typed.unit != said.value.unit:
            return f"{quantity_words(typed)} ({shown})"
    return shown


def age_words(said: date, on: date) -> str:
    """How long ago something was said."""
    days = (on - said).days
    if days <= 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}
