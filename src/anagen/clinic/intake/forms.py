"""What is typed into questions, cleaned. Nothing here saves: views hand the answers to actions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anagen.clinic.people.forms import DayInput
from anagen.exchange.codes import URLS, Kind, codes_of
from anagen.knowledge.wording import SYSTEMS
from anagen.medicine.facts import UNKNOWN, Speaker, Statement
from anagen.medicine.quantities import Quantity, UnknownUnit
from anagen.medicine.vocabulary import FactDefinition, FactType, ImplausibleValue

from .actions import LEAST_COMMENT, Found, Given
from .queries import stored, vocabulary
from .wording import day_words, quantity_words, unit_words

DAY_FORMS: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y")
FARTHEST_END: Final = 3  # years; an end beyond is a mistyped year
_AMOUNT: Final = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*(.*)", re.ASCII)
# how people write units, besides the UCUM codes themselves
_ALIASES: Final = {
    "°c": "Cel", "c": "Cel", "℃": "Cel", "°f": "[degF]", "f": "[degF]", "℉": "[degF]",
    "mmhg": "mm[Hg]", "bpm": "/min", "beats/min": "/min", "1/min": "/min", "inr": "{INR}",
    "lb": "[lb_av]", "lbs": "[lb_av]", "µg/l": "ug/L", "μg/l": "ug/L", "mcg/l": "ug/L", "g/l": "10*9/L",
    "×10⁹/l": "10*9/L", "10^9/l": "10*9/L", "10e9/l": "10*9/L", "×10³/µl": "10*3/uL", "10^3/ul": "10*3/uL",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Typed:
    """One question as it was typed, with what is wrong with it: part → words."""

    value: str = ""
    since: str = ""
    until: str = ""
    unit: str = ""
    sample: str = ""
    absent: bool = False  # the question was not on the form
    faults: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, definition: FactDefinition, said: Statement | None) -> Typed:
        """How a standing answer would have been typed."""
        if said is None:
            return cls(unit=definition.unit or "")
        plain = stored(said.value)
        unit = definition.unit or ""
        if isinstance(said.value, Quantity):
            plain, unit = f"{said.value.value:f}", said.value.unit
        return cls(
            value=", ".join(plain) if isinstance(plain, list) else str(plain),
            since=said.since.isoformat() if said.since else "",
            until=said.until.isoformat() if said.until else "",
            unit=unit,
        )


class Wrong(ValueError):
    """What is wrong with one part of an answer."""

    def __init__(self, part: str, words: str) -> None:
        self.part = part
        super().__init__(words)


class AnswersForm:
    """Some questions as they came with a form: `given` holds the sound answers, `faults` the others.

    A question that was not on the form, or was left open, is in neither.
    """

    def __init__(
        self, data: Mapping[str, str], questions: Sequence[FactDefinition], *, on: date, born: date
    ) -> None:
        self.on, self.born = on, born
        self.typed: dict[str, Typed] = {}
        self.given: dict[str, Given] = {}
        self.found: list[Found] = []
        for definition in questions:
            typed = _typed(data, definition)
            try:
                given = self._read(definition, typed)
                self._find(given, typed)
            except Wrong as wrong:
                typed = Typed(
                    typed.value,
                    typed.since,
                    typed.until,
                    typed.unit,
                    typed.sample,
                    False,
                    {wrong.part: str(wrong)},
                )
            else:
                if given is not None:
                    self.given[definition.id] = given
            self.typed[definition.id] = typed

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        """Fact, part, words."""
        return [
            (fact, part, words) for fact, typed in self.typed.items() for part, words in typed.faults.items()
        ]

    @property
    def is_sound(self) -> bool:
        return not self.faults

    def _read(self, definition: FactDefinition, typed: Typed) -> Given | None:
        if typed.absent:
            return None
        match definition.type:
            case FactType.QUANTITY:
                return (
                    Given(definition.id, quantity(definition, typed))
                    if typed.value
                    else Given(definition.id, None)
                )
            case FactType.CODE:
                return Given(definition.id, codes(definition, typed.value) or None)
            case FactType.STATE | FactType.EVENT:
                return self._yes_or_no(definition, typed)
        if not typed.value:
            return None
        offered = {*definition.options, UNKNOWN.value}
        if typed.value not in offered:
            raise Wrong("value", _("Choose one of these answers."))
        return Given(definition.id, typed.value)

    def _yes_or_no(self, definition: FactDefinition, typed: Typed) -> Given | None:
        value = typed.value
        if not value and (typed.since or typed.until):
            if definition.type is not FactType.EVENT:
                raise Wrong("value", _("Answer the question as well, or empty the days."))
            value = "yes"
        if not value:
            return None
        if value not in {"yes", "no", UNKNOWN.value}:
            raise Wrong("value", _("Choose one of these answers."))
        if value != "yes":
            return Given(definition.id, value)
        since = self._past("since", typed.since)
        until = self._end(typed.until) if definition.type is FactType.STATE else None
        if since and until and until <= since:
            raise Wrong("until", _("It cannot end before it began on %(day)s.") % {"day": day_words(since)})
        return Given(definition.id, value, since, until)

    def _past(self, part: str, text: str) -> date | None:
        found = day(part, text)
        if found is not None and found > self.on:
            raise Wrong(part, _("%(day)s lies in the future.") % {"day": day_words(found)})
        if found is not None and found < self.born:
            raise Wrong(part, _("%(day)s lies before the date of birth.") % {"day": day_words(found)})
        return found

    def _end(self, text: str) -> date | None:
        found = day("until", text)
        if found is not None and found < self.born:
            raise Wrong("until", _("%(day)s lies before the date of birth.") % {"day": day_words(found)})
        if found is not None and found.year > self.on.year + FARTHEST_END:
            raise Wrong("until", _("%(day)s is very far away. Check the year.") % {"day": day_words(found)})
        return found

    def _find(self, given: Given | None, typed: Typed) -> None:
        """The same answer as a clinician's finding, or a laboratory's when a day of the sample is given."""
        sample = self._past("sample", typed.sample)
        if given is not None and given.value is not None:
            self.found.append(
                Found(given, sample, Speaker.LABORATORY) if sample is not None else Found(given, self.on)
            )
        elif sample is not None:
            raise Wrong("value", _("There is a day of the sample and no value."))


def _typed(data: Mapping[str, str], definition: FactDefinition) -> Typed:
    keys = {part: f"{definition.id}--{part}" for part in ("since", "until", "unit", "sample")}
    keys["value"] = definition.id
    parts = {part: data[key].strip()[:200] for part, key in keys.items() if key in data}
    return Typed(
        value=parts.get("value", ""),
        since=parts.get("since", ""),
        until=parts.get("until", ""),
        unit=parts.get("unit", ""),
        sample=parts.get("sample", ""),
        absent=not parts,
    )


def day(part: str, text: str) -> date | None:
    """A day as a browser or a person writes it."""
    if not text:
        return None
    for form in DAY_FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day of the calendar, no instant)
        except ValueError:
            continue
    raise Wrong(
        part,
        _("“%(typed)s” is no day of the calendar. Enter day, month and year, as in 27/03/2026.")
        % {"typed": text},
    )


def quantity(definition: FactDefinition, typed: Typed) -> str:
    """A measured value in its stored form, in the unit in which it was given: ``101.1 [degF]``."""
    match = _AMOUNT.fullmatch(typed.value)
    label = definition.label
    if match is None:
        raise Wrong(
            "value",
            _("“%(typed)s” is no number. Enter %(label)s as in 37.5.")
            % {"typed": typed.value, "label": label},
        )
    number, written = Decimal(match[1].replace(",", ".")), match[2].strip()
    unit = unit_of(written, definition) if written else (typed.unit or definition.unit or "")
    amount = Quantity(number, unit)
    try:
        vocabulary().measured(definition.id, amount)
    except UnknownUnit:
        raise Wrong(
            "value" if written else "unit",
            _("“%(unit)s” is no unit of %(label)s. Use %(known)s.")
            % {
                "unit": written or unit,
                "label": label,
                "known": ", ".join(words for _code, words in units_for(definition) if words)[:120],
            },
        ) from None
    except ImplausibleValue:
        low, high = definition.plausible or (amount, amount)
        raise Wrong(
            "value",
            _("%(typed)s cannot be: %(label)s lies between %(low)s and %(high)s.")
            % {
                "typed": quantity_words(amount),
                "label": label,
                "low": quantity_words(low),
                "high": quantity_words(high),
            },
        ) from None
    return f"{number:f} {unit}"


def unit_of(written: str, definition: FactDefinition) -> str:
    """The UCUM code for a unit as people write it; what is not known stays as it is."""
    table = vocabulary().units.table
    if written in table:
        return written
    shown = {unit_words(code): code for code, _words in units_for(definition)}
    return shown.get(written) or _ALIASES.get(written.lower().replace(" ", ""), written)


def units_for(definition: FactDefinition) -> list[tuple[str, str]]:
    """The units in which a fact may be given, its own first: UCUM code and words."""
    table = vocabulary().units.table
    own = definition.unit or ""
    same = [
        code
        for code, unit in table.items()
        if unit.dimension == table[own].dimension and code != own and unit_words(code)
    ]
    return [(code, unit_words(code)) for code in [own, *same]]


def codes(definition: FactDefinition, text: str) -> list[str]:
    """Codes with commas between, each of them a code that exists."""
    found = [code.strip().upper() for code in re.split(r"[,;\s]+", text) if code.strip()]
    for code in found:
        if codes_of(vocabulary()).place(URLS[definition.system or ""], code).kind is Kind.UNPLACED:
            raise Wrong(
                "value",
                _("“%(code)s” is no code of %(system)s.")
                % {"code": code, "system": SYSTEMS[definition.system or ""]},
            )
    return found


def definitions(facts: Iterable[str]) -> list[FactDefinition]:
    words = vocabulary()
    return [words[fact] for fact in facts]


# forms of a few fields


class BirthDateForm(forms.Form):
    """Whether it is the right person who holds the link."""

    birth_date = forms.DateField(
        label=gettext_lazy("Your date of birth"),
        input_formats=list(DAY_FORMS),
        error_messages={
            "required": gettext_lazy("Enter your date of birth."),
            "invalid": gettext_lazy("This date does not exist. Enter day, month and year, as in 27/03/1985."),
        },
        widget=DayInput(attrs={"autocomplete": "bday"}),
    )


class RecordForm(forms.Form):
    """A health record to take over."""

    file = forms.FileField(
        label=gettext_lazy("Health record"),
        help_text=gettext_lazy("A FHIR R4 bundle about this patient, as a JSON file of up to 4 MB."),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("This file is empty. Choose another one."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json,application/fhir+json"}),
    )
    MOST = 4 * 1024 * 1024

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > self.MOST:
            raise forms.ValidationError(_("This file is larger than 4 MB. Export a shorter record."))
        return file


class AsideForm(forms.Form):
    """Why an unread entry has no bearing."""

    comment = forms.CharField(
        label=gettext_lazy("Why it has no bearing"),
        max_length=500,
        min_length=LEAST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": gettext_lazy("Say in a few words why it has no bearing."),
            "min_length": gettext_lazy("Say in a few words why it has no bearing."),
        },
    )
