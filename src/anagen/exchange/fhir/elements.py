"""FHIR's JSON, element by element: the value that is asked for, or BadInput with the place where it stands.

Places are written as FHIR writes paths, ``Bundle.entry[3].resource.onsetDateTime``. They are put together only
when something is wrong.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, NamedTuple

from anagen.exchange.errors import BadInput

_ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


class Coding(NamedTuple):
    """One coding of a concept."""

    system: str
    code: str
    display: str


class Element:
    """A JSON object of FHIR; ``above`` and ``step`` lead to it from the document.

    A step is a key, or what stands between dots in ``entry[3].resource``, taken apart: ("entry", 3, ".resource").
    """

    __slots__ = ("above", "data", "file", "step")

    def __init__(
        self, data: dict[str, Any], step: str | tuple[str, int, str], above: Element | None, file: str
    ) -> None:
        self.data = data
        self.step = step
        self.above = above
        self.file = file

    @property
    def place(self) -> str:
        steps = []
        element: Element | None = self
        while element is not None:
            step = element.step
            steps.append(step if isinstance(step, str) else f"{step[0]}[{step[1]}]{step[2]}")
            element = element.above
        return ".".join(reversed(steps))

    def bad(self, key: str, what: str, mend: str) -> BadInput:
        """What to raise when the value of ``key`` (or, without one, the element itself) cannot be used."""
        return BadInput(self.file, f"{self.place}.{key}" if key else self.place, what, mend)

    def word(self, key: str) -> str:
        """A string, code, uri or date; empty when it is absent."""
        value = self.data.get(key)
        if type(value) is str:
            return value
        if value is None:
            return ""
        raise self.bad(key, f"This must be a text, not {_kind(value)}.", "Write it in quotation marks.")

    def flag(self, key: str) -> bool | None:
        value = self.data.get(key)
        if value is None or type(value) is bool:
            return value
        raise self.bad(key, f"This must be true or false, not {_kind(value)}.", "Write true or false.")

    def number(self, key: str) -> Decimal | None:
        value = self.data.get(key)
        if value is None:
            return None
        if type(value) is int or type(value) is float:
            number = Decimal(repr(value))
            if number.is_finite() and abs(number) < 10**15:
                return number
        raise self.bad(key, f"This must be a number, not {_kind(value)}.", "Write a decimal number.")

    def part(self, key: str) -> Element | None:
        """An object inside of this one."""
        value = self.data.get(key)
        if type(value) is dict:
            return Element(value, key, self, self.file)
        if value is None:
            return None
        raise self.bad(key, f"This must be an object, not {_kind(value)}.", "Write it in braces.")

    def parts(self, key: str) -> list[Element]:
        """The objects of a list inside of this one."""
        value = self.data.get(key)
        if value is None:
            return []
        if type(value) is not list:
            raise self.bad(key, f"This must be a list, not {_kind(value)}.", "Write it in brackets.")
        for position, item in enumerate(value):
            if type(item) is not dict:
                what = f"This must be an object, not {_kind(item)}."
                raise self.bad(f"{key}[{position}]", what, "Write it in braces.")
        return [Element(item, (key, position, ""), self, self.file) for position, item in enumerate(value)]

    def codings(self) -> list[Coding]:
        """The codings of a CodeableConcept that have a code."""
        return [
            Coding(coding.word("system"), code, coding.word("display"))
            for coding in self.parts("coding")
            if (code := coding.word("code").strip())
        ]

    def words(self) -> str:
        """What a person would read of a CodeableConcept."""
        text = self.word("text").strip()
        if text:
            return text
        for coding in self.parts("coding"):
            shown = coding.word("display") or coding.word("code")
            if shown:
                return shown
        return ""

    def absent_because(self, key: str) -> str:
        """The coded reason for which the value of a primitive element is absent; empty when none is given."""
        extended = self.data.get(f"_{key}")
        if type(extended) is not dict:
            return ""
        for extension in Element(extended, f"_{key}", self, self.file).parts("extension"):
            if extension.word("url") == _ABSENT:
                return extension.word("valueCode")
        return ""


def _kind(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case str():
            return "a text"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return "null"
