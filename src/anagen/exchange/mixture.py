"""A mixture as the plain JSON of the command line: what is asked for, and the answer.

Amounts are text with a unit (``"5 mg/mL"``, ``"2 mL"``), so that nothing is rounded on the way. What cannot be a
mixture at all is BadInput with its place; what nobody should mix is an answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Any, Final

from anagen.exchange.errors import BadInput
from anagen.exchange.screening import plain_finding
from anagen.medicine.formulary import Formulary
from anagen.medicine.mixture import Component, Given, MixtureAnswer, MixtureFinding, MixtureRequest, Range
from anagen.medicine.quantities import Quantity, UnknownUnit

_TOP: Final = (
    *("route", "components", "weight", "points", "volume_per_point", "prepared_at"),
    *("given_before", "ph", "osmolality"),
)
_PART: Final = ("product", "ingredient", "concentration", "volume", "lot", "expires")
_GIVEN: Final = ("ingredient", "dose", "on")
_AMOUNT: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?(\D.*)")
_MOST_COMPONENTS: Final = 50
_LONGEST_NAME: Final = 200
_TWELVE_DIGITS: Final = Context(prec=12)
# how people write units → UCUM
_SPELLINGS: Final = {
    "ml": "mL", "μl": "uL", "ul": "uL", "l": "L", "μg": "ug", "mcg": "ug", "iu": "[iU]", "[iu]": "[iU]",
    "units": "U", "unit": "U", "u": "U", "dl": "dL", "cc": "mL", "mosmol": "mosm", "lb": "[lb_av]",
}  # fmt: skip
_UNITS_OF_LABELS: Final = ("U", "[iU]")
# what can be at all, whatever a formulary says: nothing heavier than its own volume of a heavy salt
_POSSIBLE: Final = {
    "concentration": (Decimal("0.000001"), Decimal(3000), "mg/mL"),
    "units": (Decimal("0.001"), Decimal(10_000_000), "/mL"),
    "volume": (Decimal("0.001"), Decimal(100), "mL"),
    "volume_per_point": (Decimal("0.001"), Decimal(10), "mL"),
    "weight": (Decimal(1), Decimal(400), "kg"),
    "dose": (Decimal("0.000001"), Decimal(100_000), "mg"),
    "osmolality": (Decimal(0), Decimal(20_000), "mosm/kg"),
}


class _Reader:
    """Reads one document, and knows its name for messages."""

    def __init__(self, file: str, formulary: Formulary) -> None:
        self.file = file
        self.formulary = formulary

    def bad(self, place: str, what: str, mend: str) -> BadInput:
        return BadInput(self.file, place, what, mend)

    def object(self, plain: Any, place: str, keys: tuple[str, ...]) -> Mapping[str, Any]:
        if not isinstance(plain, dict):
            raise self.bad(place, "This is no object.", "Write one in braces.")
        for key in plain:
            if key not in keys:
                here = f"{place}.{key}" if place else str(key)
                raise self.bad(here, f"“{key}” is not known here.", f"Use {', '.join(keys)}.")
        return plain

    def text(self, plain: Any, place: str) -> str:
        if not isinstance(plain, str) or not plain.strip():
            raise self.bad(place, "This is no text.", "Write words in quotes.")
        if len(plain) > _LONGEST_NAME:
            raise self.bad(place, "This is too long.", f"Write at most {_LONGEST_NAME} characters.")
        return " ".join(plain.split())

    def several(self, plain: Any, place: str) -> list[Any]:
        if not isinstance(plain, list) or not plain:
            raise self.bad(place, "This is no list with something in it.", "Write at least one.")
        if len(plain) > _MOST_COMPONENTS:
            raise self.bad(place, f"{len(plain)} are too many.", f"Write at most {_MOST_COMPONENTS}.")
        return plain

    def amount(self, plain: Any, place: str, example: str) -> tuple[Decimal, str]:
        """A positive number and its unit as UCUM."""
        if not isinstance(plain, str):
            raise self.bad(place, f"{_short(plain)} has no unit.", f"Write it in quotes as “{example}”.")
        text = " ".join(plain.split())
        if text.startswith("-"):
            raise self.bad(place, f"“{_short(text)}” is less than nothing.", "Write a positive amount.")
        if re.match(r"\d+,\d", text):
            raise self.bad(place, f"“{_short(text)}” has a comma.", f"Write a point, as in “{example}”.")
        found = _AMOUNT.fullmatch(text)
        if found is None:
            raise self.bad(place, f"“{_short(text)}” is no amount.", f"Write it as “{example}”.")
        return Decimal(found[1]), _unit(found[2])

    def measured(self, plain: Any, place: str, kind: str, example: str) -> Decimal:
        """An amount in the unit of its kind, within what can be."""
        value, unit = self.amount(plain, place, example)
        least, most, wanted = _POSSIBLE[kind]
        try:
            found = self.formulary.units.convert(Quantity(value, unit), wanted).value
        except UnknownUnit as error:
            raise self.bad(place, f"{_sentence(error)}.", f"Write it as “{example}”.") from None
        self.possible(found, place, str(plain), least, most, wanted)
        return _tidy(found)

    def possible(
        self, found: Decimal, place: str, said: str, least: Decimal, most: Decimal, unit: str
    ) -> None:
        if not found:
            raise self.bad(
                place, f"“{_short(said)}” is nothing.", "Write a positive amount, or leave it out."
            )
        if not least <= found <= most:
            raise self.bad(
                place, f"“{_short(said)}” cannot be.", f"It lies between {least} and {most} {unit}."
            )

    def strength(self, plain: Any, place: str) -> tuple[Quantity, str]:
        """In mg/mL, or in the units of labels per millilitre; and the unit as it was written."""
        if isinstance(plain, str) and "%" in plain:
            what = f"“{_short(plain)}”: a percentage without its solvent is no strength."
            raise self.bad(place, what, "Write mg/mL as on the label (1 g in 100 mL is 10 mg/mL).")
        value, unit = self.amount(plain, place, "5 mg/mL")
        numerator, _, per = unit.partition("/")
        if numerator in _UNITS_OF_LABELS and per == "mL":
            self.possible(value, place, str(plain), *_POSSIBLE["units"])
            return Quantity(_tidy(value), unit), unit
        found = self.measured(plain, place, "concentration", "5 mg/mL")
        return Quantity(found, "mg/mL"), unit

    def day(self, plain: Any, place: str) -> date:
        try:
            if isinstance(plain, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", plain):
                return date.fromisoformat(plain)
        except ValueError:
            pass
        raise self.bad(place, f"“{_short(plain)}” is no day.", "Write it as 2026-11-21.")

    # the document

    def request(self, plain: Any) -> MixtureRequest:
        whole = self.object(plain, "", _TOP)
        for key in ("route", "components"):
            if key not in whole:
                raise self.bad(key, "This is missing.", f"Add {key}.")
        way, area = self.route(whole["route"])
        listed = self.several(whole["components"], "components")
        components = [self.component(one, f"components[{number}]") for number, one in enumerate(listed)]
        self.once(components)
        before = whole.get("given_before")
        return MixtureRequest(
            route=way,
            area=area,
            components=tuple(components),
            weight=self.optional(whole, "weight", "60 kg"),
            points=self.points(whole),
            volume_per_point=self.optional(whole, "volume_per_point", "0.05 mL"),
            prepared_at=self.moment(whole["prepared_at"]) if "prepared_at" in whole else None,
            given_before=None if before is None else self.given(before),
            measured_ph=self.ph(whole["ph"]) if "ph" in whole else None,
            measured_osmolality=self.optional(whole, "osmolality", "300 mosm/kg"),
        )

    def optional(self, whole: Mapping[str, Any], key: str, example: str) -> Decimal | None:
        return self.measured(whole[key], key, key, example) if key in whole else None

    def route(self, plain: Any) -> tuple[str, str]:
        """``intradermal scalp``: the way, and the area, which may be left out."""
        words = self.text(plain, "route").casefold().split()
        ways = self.formulary.vocabulary["mixture.way"].options
        if words[0] not in ways:
            raise self.bad("route", f"“{words[0]}” is no way of giving it.", f"Use one of {', '.join(ways)}.")
        area = " ".join(words[1:]) or "scalp"
        if area != "scalp":
            raise self.bad(
                "route", f"Mixtures for “{_short(area)}” are not judged.", "Write intradermal scalp."
            )
        return words[0], area

    def component(self, plain: Any, place: str) -> Component:
        one = self.object(plain, place, _PART)
        if ("product" in one) == ("ingredient" in one):
            raise self.bad(place, "It names a product and an ingredient, or neither.", "Name one of the two.")
        kind = "product" if "product" in one else "ingredient"
        if "volume" not in one:
            raise self.bad(f"{place}.volume", "This is missing.", "Write it as “2 mL”.")
        concentration, written = None, ""
        if "concentration" in one:
            concentration, written = self.strength(one["concentration"], f"{place}.concentration")
        return Component(
            name=self.text(one[kind], f"{place}.{kind}"),
            volume=self.measured(one["volume"], f"{place}.volume", "volume", "2 mL"),
            concentration=concentration,
            is_product=kind == "product",
            lot=self.text(one["lot"], f"{place}.lot") if "lot" in one else "",
            expires=self.day(one["expires"], f"{place}.expires") if "expires" in one else None,
            written=written,
        )

    def once(self, components: list[Component]) -> None:
        """The same thing twice is one thing with another volume, unless its strength or lot differs."""
        seen: dict[tuple[str, str, str], int] = {}
        for number, one in enumerate(components):
            entry = (
                self.formulary.product(one.name) if one.is_product else self.formulary.ingredient(one.name)
            )
            name = one.name.casefold() if entry is None else entry.id
            first = seen.setdefault((name, str(one.concentration), one.lot), number)
            if first != number:
                what = f"“{one.name}” stands twice (components[{first}])."
                raise self.bad(f"components[{number}]", what, "Write it once, with the whole volume.")

    def points(self, whole: Mapping[str, Any]) -> int | None:
        if "points" not in whole:
            return None
        plain = whole["points"]
        if isinstance(plain, bool) or not isinstance(plain, int) or not 1 <= plain <= 1000:
            raise self.bad("points", f"{_short(plain)} is no number of points.", "Write 1 to 1000.")
        return plain

    def ph(self, plain: Any) -> Decimal:
        text = str(plain) if isinstance(plain, str) else ""
        if not re.fullmatch(r"\d{1,2}(\.\d{1,3})?", text) or Decimal(text) > 14:
            raise self.bad("ph", f"“{_short(plain)}” is no pH.", "Write it as “6.8”.")
        return Decimal(text)

    def moment(self, plain: Any) -> datetime:
        try:
            found = datetime.fromisoformat(plain) if isinstance(plain, str) and "T" in plain else None
        except ValueError:
            found = None
        if found is None or not 1900 <= found.year < 2200:
            what = f"“{_short(plain)}” is no moment."
            raise self.bad("prepared_at", what, "Write it as “2026-11-21T10:30”.")
        return found

    def given(self, plain: Any) -> tuple[Given, ...]:
        if plain == []:
            return ()
        return tuple(
            self.one_given(one, f"given_before[{number}]")
            for number, one in enumerate(self.several(plain, "given_before"))
        )

    def one_given(self, plain: Any, place: str) -> Given:
        one = self.object(plain, place, _GIVEN)
        for key in _GIVEN:
            if key not in one:
                raise self.bad(f"{place}.{key}", "This is missing.", f"Add {key}.")
        name = self.text(one["ingredient"], f"{place}.ingredient")
        entry = self.formulary.ingredient(name)
        if entry is None:
            raise self.bad(f"{place}.ingredient", f"No ingredient is called “{name}”.", "Correct the name.")
        value, unit = self.amount(one["dose"], f"{place}.dose", "10 mg")
        if unit not in _UNITS_OF_LABELS:
            value, unit = self.measured(one["dose"], f"{place}.dose", "dose", "10 mg"), "mg"
        if unit != entry.measured_in:
            what = f"{entry.title} is dosed in {entry.measured_in}, not in {unit}."
            raise self.bad(f"{place}.dose", what, "Write the dose in its unit.")
        return Given(entry.id, Quantity(value, unit), self.day(one["on"], f"{place}.on"))


def request_of(plain: Any, *, formulary: Formulary, file: str) -> MixtureRequest:
    """The request in a document; BadInput names the file, the place in it and the mend."""
    return _Reader(file, formulary).request(plain)


def _unit(text: str) -> str:
    parts = [_SPELLINGS.get(_small(part), part.strip()) for part in text.split("/")]
    return "/".join(parts)


def _small(text: str) -> str:
    """In small letters; the micro sign and the Greek letter are one."""
    return text.strip().replace("µ", "μ").casefold()


def _tidy(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _short(plain: Any) -> str:
    text = str(plain)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _sentence(error: Exception) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]


# the answer


def plain_answer(answer: MixtureAnswer) -> dict[str, Any]:
    """The document; findings are shaped as in a screening, with what they are about and who may set them aside."""
    return {
        "verdict": answer.verdict.word,
        "findings": [_finding(finding) for finding in answer.findings],
        "missing": list(answer.missing),
        "totals": {
            "volume": f"{answer.volume:f} mL",
            "ingredients": {
                total.ingredient.partition(".")[2]: {
                    "title": total.title,
                    "dose": _said(total.dose),
                    "volume": f"{total.volume:f} mL",
                    "concentration": _said(total.strength),
                }
                for total in answer.totals
            },
        },
        "osmolality": None if answer.osmolality is None else f"{_rounded(answer.osmolality):f} mosm/kg",
        "osmolality_unknown": list(answer.osmolality_unknown),
        "ph": _range(answer.ph),
        "ph_unknown": list(answer.ph_unknown),
        "use_within": f"{int(answer.use_within.total_seconds() // 60)} min",
        "use_by": None if answer.use_by is None else answer.use_by.isoformat(),
        "order": list(answer.order),
        "diluent": answer.diluent or None,
        "needs": list(answer.needs),
        "on": answer.on.isoformat(),
        "ruleset": {"version": answer.ruleset_version, "hash": answer.ruleset_hash},
    }


def _finding(finding: MixtureFinding) -> dict[str, Any]:
    by = finding.override
    return {
        **plain_finding(finding),
        "about": list(finding.about),
        "override": {"by": list(by.by), "reasons": list(by.reasons)} if by.allowed else "never",
    }


def _said(amount: Quantity | None) -> str | None:
    return None if amount is None else f"{_rounded(amount.value):f} {amount.unit}"


def _rounded(value: Decimal) -> Decimal:
    """To twelve digits where it has more; what ends before is said exactly."""
    return _tidy(_TWELVE_DIGITS.plus(value))


def _range(ph: Range | None) -> dict[str, str] | None:
    return None if ph is None else {"from": f"{ph.low}", "to": f"{ph.high}"}
