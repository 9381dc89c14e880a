"""Plain knowledge made into medicine's objects. What cannot be made is refused with the path to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any, Final, TypeVar

from anagen.knowledge.reading import Refused
from anagen.medicine.care import Care
from anagen.medicine.codes import expanded
from anagen.medicine.conditions import All, AnyOf, Compares, Comparison, Condition, Is, Not, Under, Within
from anagen.medicine.dates import Duration
from anagen.medicine.facts import Speaker, Statement, Value
from anagen.medicine.quantities import Quantity, Unit, Units, UnknownUnit
from anagen.medicine.rules import Ending, Evidence, Override, Rule, Ruleset, RuleVersion, Verdict
from anagen.medicine.vocabulary import AGE, YEAR, FactDefinition, FactType, Vocabulary

Plain = Mapping[str, Any]
Made = TypeVar("Made")

YES_NO: Final = {"yes": True, "no": False, "never": False}
_OPERATORS: Final = ("is", "in", "under", "within", *(comparison.value for comparison in Comparison))
_FITTING: Final[Mapping[FactType, tuple[str, ...]]] = {
    FactType.STATE: ("is", "within"),
    FactType.EVENT: ("is", "within"),
    FactType.CHOICE: ("is", "in"),
    FactType.CODE: ("under",),
    FactType.QUANTITY: tuple(comparison.value for comparison in Comparison),
    FactType.DATE: (),
}


def ruleset(plain: Plain) -> Ruleset:
    """The ruleset of plain data that has been checked: ``version``, ``units``, ``facts``, ``rules``."""
    words = vocabulary(plain["facts"], plain["units"])
    return Ruleset(
        rules=tuple(rule(item, words) for item in plain["rules"]),
        vocabulary=words,
        version=plain["version"],
        hash=fingerprint(plain),
    )


def fingerprint(plain: Plain) -> str:
    """SHA-256 of everything that can change a verdict or its words, whatever the order of keys."""
    decisive = {
        "version": plain["version"],
        "units": plain["units"],
        "facts": plain["facts"],
        "rules": [
            {key: value for key, value in item.items() if key != "examples"} for item in plain["rules"]
        ],
    }
    text = json.dumps(decisive, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


# units and facts


def units(plain: Iterable[Plain]) -> Units:
    return Units({item["code"]: _unit(item) for item in plain})


def _unit(plain: Plain) -> Unit:
    try:
        factor, offset = Fraction(plain["factor"]), Fraction(plain.get("offset", "0"))
    except ZeroDivisionError:
        factor = offset = Fraction(0)
    if not factor:
        raise Refused(
            ("factor",), "The factor of a unit is more than nothing.", "Write a decimal or a fraction."
        )
    return Unit(plain["code"], plain["dimension"], factor, offset)


def vocabulary(facts: Iterable[Plain], table: Iterable[Plain]) -> Vocabulary:
    """All facts; conditions on when a question applies may speak of any of them."""
    measured_in = units(table)
    facts = list(facts)
    bare = Vocabulary({item["id"]: fact(item) for item in facts}, measured_in)
    return Vocabulary({item["id"]: fact(item, bare) for item in facts}, measured_in)


def _expanded(system: str, entry: str) -> list[str]:
    return list(expanded(system, entry))


def fact(plain: Plain, words: Vocabulary | None = None) -> FactDefinition:
    """One definition; without ``words`` its ``asked_when`` is left out, for it may speak of later facts."""
    codes = {system: tuple(map(str, entries)) for system, entries in plain.get("codes", {}).items()}
    for system, entries in codes.items():
        for position, entry in enumerate(entries):
            at(("codes", system, position), partial(_expanded, system, entry))
    definition = FactDefinition(
        id=plain["id"],
        type=FactType(plain["type"]),
        group=plain["group"],
        label=plain["label"],
        question=plain["question"],
        speakers=tuple(map(Speaker, plain["speakers"])),
        fresh=None if plain["fresh"] == "always" else Duration.parse(plain["fresh"]),
        help=plain.get("help", ""),
        unit=plain.get("unit"),
        decimals=plain.get("decimals"),
        plausible=_range(plain),
        options=plain.get("options", {}),
        system=plain.get("system"),
        ends=plain.get("ends", False),
        codes=codes,
    )
    asked_when = plain.get("asked_when")
    example = at(("example",), lambda: value(definition, plain["example"])) if "example" in plain else None
    if words is None or (asked_when is None and example is None):
        return definition
    when = None if asked_when is None else at(("asked_when",), lambda: condition(asked_when, words))
    return replace(definition, asked_when=when, example=example)


def _range(plain: Plain) -> tuple[Quantity, Quantity] | None:
    if "plausible" not in plain:
        return None
    low, high = (Quantity.parse(text) for text in plain["plausible"])
    for position, end in enumerate((low, high)):
        if end.unit != plain["unit"]:
            raise Refused(
                ("plausible", position),
                f"The range is in {end.unit}, the fact in {plain['unit']}.",
                "Use one unit.",
            )
    if low.value >= high.value:
        raise Refused(("plausible",), "The plausible range runs backwards.", "Write the lower value first.")
    return low, high


# what is said


def value(definition: FactDefinition, plain: Any) -> Value:
    """An answer as it is written in knowledge and on the command line; ValueError says what would be right."""
    match definition.type:
        case FactType.STATE | FactType.EVENT:
            if plain in YES_NO:
                return YES_NO[plain]
            raise ValueError(f"“{plain}” is no answer to {definition.id}; write yes or no")
        case FactType.CHOICE:
            if plain in definition.options:
                return str(plain)
            raise ValueError(
                f"“{plain}” is no option of {definition.id}; use {', '.join(definition.options)}"
            )
        case FactType.CODE:
            codes = [plain] if isinstance(plain, str) else plain
            return frozenset(map(str, codes))
        case FactType.DATE:
            return date.fromisoformat(str(plain))
        case FactType.QUANTITY:
            return Quantity.parse(str(plain))


def statement(definition: FactDefinition, plain: Any, words: Vocabulary, on: date) -> Statement:
    """One answer of an example: a plain value, an event's day, or a mapping with since and until."""
    said: dict[str, Any] = dict(plain) if isinstance(plain, dict) else {"value": plain}
    days = {key: date.fromisoformat(str(said.pop(key))) for key in ("since", "until", "said") if key in said}
    answer = said.pop("value", "yes")
    if said:
        raise ValueError(f"“{next(iter(said))}” is not known here; use value, since, until, said")
    if definition.type is FactType.EVENT and answer not in YES_NO:
        days["since"], answer = date.fromisoformat(str(answer)), "yes"
    made = value(definition, answer)
    if isinstance(made, Quantity):
        made = words.measured(definition.id, made)
    speaker = Speaker.PATIENT if Speaker.PATIENT in definition.speakers else definition.speakers[0]
    return Statement(
        definition.id, made, days.get("said", on), speaker, since=days.get("since"), until=days.get("until")
    )


# conditions


def condition(plain: Any, words: Vocabulary) -> Condition:
    """A condition and everything in it."""
    if not isinstance(plain, dict):
        raise Refused((), "A condition is a mapping.", "Write all, any, not, or fact with a comparison.")
    match sorted(plain):
        case ["all"]:
            return All(_parts("all", plain["all"], words))
        case ["any"]:
            return AnyOf(_parts("any", plain["any"], words))
        case ["not"]:
            return Not(at(("not",), lambda: condition(plain["not"], words)))
    if "fact" not in plain:
        raise Refused(
            (), f"“{', '.join(plain)}” is no condition.", "Write all, any, not, or fact with a comparison."
        )
    return _leaf(plain, words)


def _parts(key: str, plain: Any, words: Vocabulary) -> tuple[Condition, ...]:
    if not isinstance(plain, list) or not plain:
        raise Refused((key,), f"“{key}” needs a list of conditions.", "Write at least one.")
    return tuple(at((key, number), partial(condition, part, words)) for number, part in enumerate(plain))


def _leaf(plain: Plain, words: Vocabulary) -> Condition:
    name = plain["fact"]
    if not isinstance(name, str) or (name != AGE and name not in words):
        raise Refused(
            ("fact",), f"No fact is called “{name}”.", "Use a fact of facts/*.yaml, or add it there."
        )
    operators = [key for key in plain if key != "fact"]
    if len(operators) != 1 or operators[0] not in _OPERATORS:
        raise Refused((), "A fact needs exactly one comparison.", f"Use one of {', '.join(_OPERATORS)}.")
    operator, operand = operators[0], plain[operators[0]]
    if name == AGE:
        if operator not in set(Comparison):
            raise Refused((operator,), "Age is measured.", "Use at_least, above, at_most or below.")
        return at((operator,), lambda: Compares(AGE, Comparison(operator), _years(operand)))
    definition = words[name]
    return at((operator,), lambda: _compare(definition, operator, operand, words))


def _compare(definition: FactDefinition, operator: str, operand: Any, words: Vocabulary) -> Condition:
    kind = definition.type
    if operator == "is" and kind in (FactType.STATE, FactType.EVENT, FactType.CHOICE):
        return Is(definition.id, frozenset({_plain_value(definition, operand)}))
    if operator == "in" and kind is FactType.CHOICE:
        return Is(definition.id, frozenset(_plain_value(definition, item) for item in _listed(operand)))
    if operator == "under" and kind is FactType.CODE and definition.system:
        return Under(definition.id, definition.system, tuple(map(str, _listed(operand))))
    if operator == "within" and kind in (FactType.STATE, FactType.EVENT):
        lasting = Duration.parse(str(operand))
        if lasting.number <= 0:
            raise ValueError(f"nothing lies within “{operand}”; write at least 1")
        return Within(definition.id, lasting, kind is FactType.EVENT)
    if operator in set(Comparison) and kind is FactType.QUANTITY and definition.unit:
        limit = words.units.convert(Quantity.parse(str(operand)), definition.unit)
        return Compares(definition.id, Comparison(operator), limit)
    fitting = " or ".join(_FITTING[kind]) or "another fact"
    raise ValueError(f"“{operator}” does not go with {definition.id}, which is a {kind.value}; use {fitting}")


def _listed(operand: Any) -> list[Any]:
    if not isinstance(operand, list) or not operand:
        raise ValueError(f"“{operand}” is no list; write one in brackets, such as [{operand}]")
    return operand


def _plain_value(definition: FactDefinition, operand: Any) -> bool | str:
    made = value(definition, operand)
    assert isinstance(made, bool | str)
    return made


def _years(operand: Any) -> Quantity:
    limit = Quantity.parse(str(operand))
    if limit.unit != YEAR or limit.value != limit.value.to_integral_value():
        raise ValueError(f"“{operand}” is no whole number of calendar years; write one such as “18 a”")
    return Quantity(Decimal(limit.value), YEAR)


# rules and care


def rule(plain: Plain, words: Vocabulary) -> Rule:
    """One rule with all its versions, oldest first; overlapping versions are refused."""
    versions = [
        at(("versions", number), partial(_version, item, words))
        for number, item in enumerate(plain["versions"])
    ]
    for number, (earlier, later) in enumerate(pairwise(versions), start=1):
        end = earlier.effective_to
        if end is None or later.effective_from < end:
            raise Refused(
                ("versions", number, "from"),
                "This version overlaps with the one before.",
                f"Let that one end with to: {later.effective_from}.",
            )
    for number, version in enumerate(versions):
        # A version that is replaced on the day it begins stays on record, though it stands on no day.
        following = versions[number + 1].effective_from if number + 1 < len(versions) else None
        if version.effective_to == version.effective_from != following:
            raise _ends_too_soon().under("versions", number)
    return Rule(plain["id"], plain["title"], plain["topic"], tuple(versions))


def _version(plain: Plain, words: Vocabulary) -> RuleVersion:
    start = at(("from",), lambda: date.fromisoformat(plain["from"]))
    end = at(("to",), lambda: date.fromisoformat(plain["to"])) if "to" in plain else None
    if end is not None and end < start:
        raise _ends_too_soon()
    verdict = Verdict.of(plain["verdict"])
    as_matched = plain["if_unknown"] == "as_matched"
    if as_matched and verdict < Verdict.DEFER:
        raise Refused(("if_unknown",), "An unknown answer would become a caution.", "Write ask.")
    if verdict is Verdict.DEFER and "until" not in plain:
        raise Refused(("verdict",), "A deferral must say until when.", "Add until with an event.")
    if verdict is Verdict.CAUTION and "until" in plain:
        raise Refused(("until",), "A caution does not forbid a session.", "Leave until out.")
    allowed = plain["override"]
    return RuleVersion(
        effective_from=start,
        effective_to=end,
        when=at(("when",), lambda: condition(plain["when"], words)),
        verdict=verdict,
        unknown_counts_as_matched=as_matched,
        until=ending(plain["until"], words) if "until" in plain else None,
        clinician=plain["says"]["clinician"],
        patient=plain["says"]["patient"],
        change=plain["change"],
        override=Override()
        if allowed == "never"
        else Override(tuple(allowed["by"]), tuple(allowed["reasons"])),
        evidence=evidence(plain),
        claims=tuple(plain["claims"]),
        conflicts=tuple(plain.get("conflicts", ())),
        reviewed=plain.get("reviewed", {}),
        title=plain.get("title", ""),
        advice_only=plain.get("advice_only", False),
        changed=plain.get("changed", {}),
    )


def _ends_too_soon() -> Refused:
    return Refused(("to",), "The version ends before it begins.", "Write a later day.")


def ending(plain: Plain, words: Vocabulary) -> Ending:
    of = plain.get("of")
    if of is None:
        return Ending(plain["event"])
    if of not in words or words[of].type not in (FactType.STATE, FactType.EVENT):
        raise Refused(("until", "of"), f"“{of}” is no state or event.", "Name a fact that ends or happens.")
    return Ending(plain["event"], of, at(("until", "after"), lambda: Duration.parse(plain["after"])))


def evidence(plain: Plain) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(item["source"], item["strength"], item.get("note", "")) for item in plain["evidence"]
    )


def care(plain: Plain) -> Care:
    start, end = Duration.parse(plain["from"]), Duration.parse(plain["to"])
    return Care(
        id=plain["id"],
        subject=plain["subject"],
        kind=plain["kind"],
        start=start,
        end=end,
        clinician=plain["says"]["clinician"],
        patient=plain["says"]["patient"],
        evidence=evidence(plain),
        areas=tuple(plain.get("areas", ("scalp",))),
        until_course_end=plain.get("until_course_end", False),
        after_last=plain.get("after_last", False),
        claims=tuple(plain["claims"]),
        conflicts=tuple(plain.get("conflicts", ())),
    )


# refusals with their path


def at(path: tuple[str | int, ...], make: Callable[[], Made]) -> Made:
    try:
        return make()
    except Refused as refused:
        raise refused.under(*path) from None
    except UnknownUnit as error:
        raise Refused(path, f"{error}.", "Use a unit of units.yaml.") from None
    except (ValueError, TypeError) as error:
        what, _, mend = str(error).partition("; ")
        raise Refused(path, f"{what}.", f"{mend[:1].upper()}{mend[1:]}." if mend else "") from None
