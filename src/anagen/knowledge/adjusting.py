"""Numbers of a rule that a clinic may set: where they stand, how far they may go, and the words that name them."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from anagen.knowledge import wording
from anagen.knowledge.reading import Refused, Step
from anagen.medicine.conditions import Comparison
from anagen.medicine.dates import Duration
from anagen.medicine.quantities import Quantity

Plain = Mapping[str, Any]

MORE, LESS = "more", "less"  # which way a number is the safer one
_LENGTHS: Final = ("within", "after")
_SAFER: Final = {
    Comparison.AT_LEAST.value: LESS,
    Comparison.ABOVE.value: LESS,
    Comparison.AT_MOST.value: MORE,
    Comparison.BELOW.value: MORE,
    "within": MORE,
    "after": MORE,
}
_OTHER: Final = {MORE: LESS, LESS: MORE, "": ""}
# Where the words of a version stand: the name a clinic gives them by, and the way to them.
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("title",),
    "clinician": ("says", "clinician"),
    "patient": ("says", "patient"),
    "change": ("change",),
    "event": ("until", "event"),
}
_NUMBERS: Final = (
    "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty twenty-one twenty-two twenty-three twenty-four twenty-five twenty-six "
    "twenty-seven twenty-eight twenty-nine thirty"
).split()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number that a clinic may set, at every place of its version where it stands."""

    name: str
    what: str
    at: tuple[tuple[Step, ...], ...]
    value: str
    least: str
    most: str
    why: str
    safer: str  # more, less, or empty where neither way is safer

    @property
    def unit(self) -> str:
        return Quantity.parse(self.value).unit

    @property
    def is_length(self) -> bool:
        """Whether it is a length of time, in whole units."""
        return self.at[0][-1] in _LENGTHS

    @property
    def unit_words(self) -> str:
        """``days``; empty for a mere number."""
        return in_words(f"2 {self.unit}", self.is_length).removeprefix("2").strip()

    @property
    def words(self) -> str:
        return in_words(self.value, self.is_length)

    @property
    def allowed(self) -> str:
        """``5 days to 14 days``."""
        return f"{in_words(self.least, self.is_length)} to {in_words(self.most, self.is_length)}"

    def refusal(self, text: str) -> tuple[str, str] | None:
        """What is wrong with a new value, and the mend; None when it may stand."""
        example = f"Write a number with its unit, from {self.least} to {self.most}."
        try:
            wanted = Quantity.parse(text)
        except ValueError:
            return f"“{text}” is no value for {self.what}.", example
        if wanted.unit != self.unit:
            return f"“{text}” is not in {self.unit}.", example
        if not _number(self.least) <= wanted.value <= _number(self.most):
            return f"{text} is outside of what may be set for {self.what}.", example
        places = max(_places(self.value), _places(self.least), _places(self.most))
        if _places(text) > places:
            return f"{text} is more exact than {self.what} is measured.", example
        return None


def in_words(text: str, is_length: bool) -> str:
    """A number of a rule as people say it."""
    return wording.duration(text) if is_length else wording.quantity(Quantity.parse(text))


def parameters(version: Plain) -> tuple[Parameter, ...]:
    """Everything that may be set in a version that has passed its checks."""
    return tuple(_parameter(version, item) for item in version.get("adjustable", ()))


def _parameter(version: Plain, item: Plain) -> Parameter:
    places = tuple(_steps(place) for place in item["at"])
    return Parameter(
        name=item["name"],
        what=item["what"],
        at=places,
        value=str(_found(version, places[0])),
        least=item["least"],
        most=item["most"],
        why=item["why"],
        safer=_safer(places),
    )


def adjusted(version: Plain, values: Mapping[str, str], words: Mapping[str, str]) -> dict[str, Any]:
    """The version with other numbers, and with the words that a clinic gives it (see ``WORDS``)."""
    made: dict[str, Any] = copy.deepcopy(dict(version))
    for parameter in parameters(version):
        if parameter.name in values:
            for place in parameter.at:
                *before, last = place
                _found(made, tuple(before))[last] = values[parameter.name]
    for name, text in words.items():
        *above, key = WORDS[name]
        (made[above[0]] if above else made)[key] = text
    return made


def without_ending(version: Plain) -> dict[str, Any]:
    """The version without its end, and without what could be set there."""
    left = [
        {**item, "at": [place for place in item["at"] if not place.startswith("until.")]}
        for item in version.get("adjustable", ())
    ]
    made = {key: value for key, value in version.items() if key not in ("until", "adjustable")}
    kept = [item for item in left if item["at"]]
    return made | ({"adjustable": kept} if kept else {})


def spoken(rule: Plain, version: Plain) -> dict[str, str]:
    """The words of a version by their names."""
    texts = {"title": version.get("title", rule["title"])}
    for name, (first, *rest) in WORDS.items():
        if rest and first in version:
            texts[name] = version[first][rest[0]]
        elif first in version:
            texts[name] = version[first]
    return texts


def suggested(texts: Mapping[str, str], version: Plain, values: Mapping[str, str]) -> dict[str, str]:
    """The same words with the new numbers in the place of the old; a person has to read them all the same."""
    made = dict(texts)
    for parameter in parameters(version):
        if parameter.name not in values:
            continue
        made = {name: _renamed(text, parameter, values[parameter.name]) for name, text in made.items()}
    return made


def _renamed(text: str, parameter: Parameter, new: str) -> str:
    pattern = _mentioned(parameter.value, parameter.is_length)
    return pattern.sub(lambda found: _in_its_place(found[0], new, parameter.is_length), text)


def still_named(texts: Mapping[str, str], parameter: Parameter) -> list[str]:
    """The names of the words that speak of the number as it was."""
    pattern = _mentioned(parameter.value, parameter.is_length)
    return [name for name, text in texts.items() if pattern.search(text)]


def _mentioned(text: str, is_length: bool) -> re.Pattern[str]:
    """A number as it may be said in a sentence."""
    value = Quantity.parse(text)
    number = _bare(value.value)
    if not is_length:
        tail = r"(?:\.0+)?" if "." not in number else ""
        return re.compile(rf"(?<![\d.,]){re.escape(number)}{tail}(?![\d]|[.,]\d|th\b|nd\b|st\b|rd\b)")
    amounts = [(int(value.value), _WORD_OF[value.unit])]
    if value.unit == "d" and amounts[0][0] % 7 == 0:
        amounts.append((amounts[0][0] // 7, "week"))
    if value.unit == "mo" and amounts[0][0] % 12 == 0:
        amounts.append((amounts[0][0] // 12, "year"))
    said = []
    for count, name in amounts:
        numbers = [str(count), *(_NUMBERS[count : count + 1])] + (["an?"] if count == 1 else [])
        said.append(rf"(?:{'|'.join(numbers)})[ -](?:\w+ )?{name}s?")
    return re.compile(rf"\b(?:{'|'.join(said)})\b", re.IGNORECASE)


_WORD_OF: Final = {"min": "minute", "h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year"}


def _in_its_place(old: str, new: str, is_length: bool) -> str:
    value = Quantity.parse(new)
    number = _bare(value.value)
    if not is_length:
        return number
    between = re.split(r"[ -]", old)[1:-1]  # “seven full days”
    name = _WORD_OF[value.unit] + ("" if number == "1" else "s")
    return " ".join((number, *between, name))


def faults(version: Plain, *, hard: bool) -> Iterator[tuple[tuple[Step, ...], str, str]]:
    """What is wrong with the adjustable numbers of a version: where, what, mend. ``hard``: nobody may override it."""
    seen: set[str] = set()
    for number, item in enumerate(version.get("adjustable", ())):
        path: tuple[Step, ...] = ("adjustable", number)
        if item["name"] in seen:
            yield (*path, "name"), f"“{item['name']}” stands twice.", "Give each its own name."
        seen.add(item["name"])
        try:
            yield from _misplaced(version, item, path)
        except Refused as refused:
            yield (*path, *refused.path), refused.what, refused.mend
            continue
        if hard:
            yield from _looser(_parameter(version, item), path)


def _misplaced(version: Plain, item: Plain, path: tuple[Step, ...]) -> Iterator[tuple[Any, str, str]]:
    places = [_steps(place) for place in item["at"]]
    values = []
    for number, place in enumerate(places):
        found = _found(version, place)
        if place[-1] not in _SAFER or place[0] not in ("when", "until") or not isinstance(found, str):
            raise Refused(("at", number), f"“{item['at'][number]}” is no limit.", _MEND_PLACE)
        values.append(found)
    if len(set(values)) > 1 or len({place[-1] in _LENGTHS for place in places}) > 1:
        raise Refused(("at",), "These places hold different numbers.", "Name each number apart.")
    for key in ("least", "most"):
        try:
            bound = Quantity.parse(item[key])
        except ValueError as error:
            raise Refused((key,), f"{error}.", "Write a number and a unit.") from None
        if bound.unit != Quantity.parse(values[0]).unit:
            raise Refused((key,), f"{item[key]} is not in the unit of {values[0]}.", "Use one unit.")
    if not _number(item["least"]) <= _number(values[0]) <= _number(item["most"]):
        what = f"{values[0]} is not from {item['least']} to {item['most']}."
        yield (*path, "least"), what, "Let what is shipped lie inside."
    if places[0][-1] in _LENGTHS:
        for key in ("least", "most"):
            Duration.parse(item[key])
    if item["least"] == item["most"]:
        yield (*path, "most"), "There is nothing to choose from.", "Widen it, or leave it out."


_MEND_PLACE: Final = "Name a comparison in when, such as when.any.0.within, or until.after."


def _looser(parameter: Parameter, path: tuple[Step, ...]) -> Iterator[tuple[Any, str, str]]:
    """What nobody may override may be made stricter, never looser."""
    edge = {MORE: ("least", parameter.least), LESS: ("most", parameter.most)}.get(parameter.safer)
    if edge is None or _number(edge[1]) != _number(parameter.value):
        yield (
            (*path, edge[0] if edge else "at"),
            "Nobody may override this rule, and here it could be made looser.",
            f"Let {edge[0] if edge else 'it'} be {parameter.value}.",
        )


def _safer(places: tuple[tuple[Step, ...], ...]) -> str:
    found = set()
    for place in places:
        way = _SAFER[str(place[-1])]
        found.add(_OTHER[way] if place.count("not") % 2 else way)
    return found.pop() if len(found) == 1 else ""


def _steps(place: str) -> tuple[Step, ...]:
    return tuple(int(step) if step.isdigit() else step for step in place.split("."))


def _found(version: Plain, place: tuple[Step, ...]) -> Any:
    node: Any = version
    for step in place:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            shown = ".".join(map(str, place))
            raise Refused(("at",), f"There is nothing at “{shown}”.", _MEND_PLACE) from None
    return node


def _number(text: str) -> Decimal:
    return Quantity.parse(text).value


def _places(text: str) -> int:
    exponent = _number(text).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _bare(value: Decimal) -> str:
    """Without zeros behind the point: 10.0 is said as 10."""
    return f"{value.normalize():f}"
