"""A condition put together part by part: a fact, a comparison that fits it, a value with its unit.

What is made is the same text that a physician may type; nothing else understands it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from anagen.knowledge import build, wording
from anagen.knowledge.loader import Knowledge
from anagen.knowledge.reading import Refused
from anagen.medicine.quantities import Units
from anagen.medicine.vocabulary import AGE, YEAR, FactDefinition, FactType

from . import own_rules

_COMPARISONS: Final = [
    ("at_least", _("at least")),
    ("above", _("above")),
    ("at_most", _("at most")),
    ("below", _("below")),
]
_SAID: Final = {
    FactType.STATE: [
        ("yes", _("is so")),
        ("no", _("is not so")),
        ("within", _("is so, or ended less than … ago")),
    ],
    FactType.EVENT: [
        ("yes", _("has happened")),
        ("no", _("has never happened")),
        ("within", _("happened less than … ago")),
    ],
}
_SPANS: Final = [("d", _("days")), ("wk", _("weeks")), ("mo", _("months")), ("a", _("years"))]
_PLAIN: Final = re.compile(r"[A-Za-z][\w.]*|\d+(\.\d+)? [A-Za-z%/]+")  # YAML reads it as these very words
_INDENT: Final = "  "


def offers(fact: str, knowledge: Knowledge) -> bool:
    """Whether a condition can be made of it: days are not compared."""
    words = knowledge.ruleset.vocabulary
    return fact == AGE or (fact in words and words[fact].type is not FactType.DATE)


class FactForm(forms.Form):
    """Which fact the next part is about."""

    prefix = "part"
    fact = forms.ChoiceField(
        label=_("Fact"), error_messages={"required": _("Choose a fact, then press Choose.")}
    )

    def __init__(self, *args: Any, knowledge: Knowledge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fact"].choices = list(_facts(knowledge))  # type: ignore[attr-defined]


class PartForm(FactForm):
    """One part: comparison and value as they fit the fact, and how it joins what stands there already."""

    join = forms.ChoiceField(
        label=_("Together with what stands there"),
        choices=[("all", _("both must be so (all)")), ("any", _("one of them is enough (any)"))],
        widget=forms.RadioSelect,
        initial="all",
    )
    negated = forms.BooleanField(label=_("The opposite: it is not so that …"), required=False)

    def __init__(self, *args: Any, fact: str, knowledge: Knowledge, **kwargs: Any) -> None:
        super().__init__(*args, knowledge=knowledge, initial={"fact": fact, "join": "all"}, **kwargs)
        self.about, self.knowledge = fact, knowledge
        self.definition = None if fact == AGE else knowledge.ruleset.vocabulary[fact]
        own = dict(_value_fields(self.definition, knowledge.ruleset.vocabulary.units))
        joining = {name: self.fields.pop(name) for name in ("join", "negated")}
        self.fields |= own | joining
        self.values = list(own)

    @property
    def value_fields(self) -> list[Any]:
        return [self[name] for name in self.values]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.errors:
            return said
        if said.get("comparison") == "within" and not said.get("number"):
            self.add_error("number", _now("Say how long."))
            return said
        part = self._part(said)
        try:
            build.condition(part, self.knowledge.ruleset.vocabulary)
        except Refused as refused:
            at = next((name for name in ("number", "codes", "options") if name in self.fields), "comparison")
            self.add_error(at, f"{refused.what} {refused.mend}".strip())
        said["part"] = {"not": part} if said.get("negated") else part
        return said

    def _part(self, said: Mapping[str, Any]) -> dict[str, Any]:
        leaf: dict[str, Any] = {"fact": self.about}
        if "options" in said:
            chosen = said["options"]
            return leaf | ({"is": chosen[0]} if len(chosen) == 1 else {"in": chosen})
        if "codes" in said:
            return leaf | {"under": re.findall(r"[^\s,;]+", said["codes"])}
        comparison = said["comparison"]
        if comparison in ("yes", "no"):
            return leaf | {"is": comparison}
        return leaf | {comparison: f"{said['number'].strip().replace(',', '.')} {said['unit']}"}


def _facts(knowledge: Knowledge) -> Iterator[tuple[Any, Any]]:
    """Choices in the groups of the intake, so that a list of hundreds can be overlooked."""
    yield "", _now("Choose a fact")
    yield AGE, _now("Age")
    titles = {group["id"]: group["title"] for group in knowledge.groups}
    usable = [fact for fact in knowledge.ruleset.vocabulary if offers(fact.id, knowledge)]
    order = {group: number for number, group in enumerate(titles)}
    usable.sort(key=lambda fact: (order.get(fact.group, len(order)), fact.label.lower()))
    for group, facts in groupby(usable, key=lambda fact: fact.group):
        yield titles.get(group, group), [(fact.id, fact.label) for fact in facts]


def _value_fields(fact: FactDefinition | None, units: Units) -> Iterator[tuple[str, forms.Field]]:
    number = forms.CharField(label=_("Number"), max_length=12, widget=forms.TextInput(_NUMBER))
    if fact is None:
        yield "comparison", forms.ChoiceField(label=_("Comparison"), choices=_COMPARISONS)
        yield "number", number
        yield "unit", forms.ChoiceField(label=_("Unit"), choices=[(YEAR, _("years"))])
    elif fact.type is FactType.CHOICE:
        yield (
            "options",
            forms.MultipleChoiceField(
                label=_("Is one of"),
                choices=list(fact.options.items()),
                widget=forms.CheckboxSelectMultiple,
                error_messages={"required": _("Tick at least one.")},
            ),
        )
    elif fact.type is FactType.CODE:
        yield (
            "codes",
            forms.CharField(
                label=_("Has a code under"),
                max_length=400,
                help_text=_("%(system)s codes with commas; each with all below it.")
                % {"system": wording.SYSTEMS.get(fact.system or "", "")},
            ),
        )
    elif fact.type is FactType.QUANTITY:
        yield "comparison", forms.ChoiceField(label=_("Comparison"), choices=_COMPARISONS)
        yield "number", number
        yield "unit", forms.ChoiceField(label=_("Unit"), choices=_units(fact.unit or "1", units))
    else:
        number.required = False
        number.label = _("How long, where it has a span")
        yield "comparison", forms.ChoiceField(label=_("Comparison"), choices=_SAID[fact.type])
        yield "number", number
        yield "unit", forms.ChoiceField(label=_("Unit"), choices=_SPANS, required=False)


_NUMBER: Final = {"inputmode": "decimal", "autocomplete": "off"}


def _units(own: str, units: Units) -> list[tuple[str, str]]:
    """The fact's own unit first, then those that can be converted into it."""
    dimension = units.table[own].dimension
    alike = [code for code, unit in units.table.items() if unit.dimension == dimension and code != own]
    return [(code, wording.unit_words(code) or _now("(a bare number)")) for code in (own, *alike)]


def joined(text: str, part: Mapping[str, Any], how: str, knowledge: Knowledge) -> str:
    """The condition with one part more. `how`: all or any. Unreadable where what stands there cannot be read."""
    if not text.strip():
        return written(part)
    there = own_rules.condition(text, knowledge)
    others = there.get(how, [there])
    return written({how: [*others, dict(part)]})


def written(condition: Mapping[str, Any]) -> str:
    """A condition as the text of a knowledge file."""
    return "\n".join(_lines(condition))


def _lines(condition: Mapping[str, Any]) -> Iterator[str]:
    key = next(iter(condition))
    if key == "fact":
        yield "{" + ", ".join(f"{name}: {_flow(value)}" for name, value in condition.items()) + "}"
    elif key == "not":
        yield "not:"
        yield from (_INDENT + line for line in _lines(condition["not"]))
    else:
        yield f"{key}:"
        for part in condition[key]:
            first, *others = _lines(part)
            yield f"{_INDENT}- {first}"
            yield from (f"{_INDENT * 2}{line}" for line in others)


def _flow(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
