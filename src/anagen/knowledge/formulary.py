"""Plain knowledge made into what mixtures are judged by: ingredients, products, pairs, measures and rules."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

from anagen.knowledge import build
from anagen.knowledge.build import Plain, at
from anagen.medicine.conditions import Under
from anagen.medicine.dates import Duration
from anagen.medicine.formulary import Formulary
from anagen.medicine.mixture import (
    Action,
    Caution,
    Citation,
    Content,
    Ingredient,
    Interval,
    Known,
    Legal,
    Limit,
    Osmolality,
    PairRule,
    Problem,
    Product,
    Purpose,
    Range,
    Refusal,
    Strengths,
)
from anagen.medicine.quantities import Quantity, Units
from anagen.medicine.vocabulary import Vocabulary

_DIAGNOSIS: Final = "diagnosis.scalp"
_UNKNOWN_PAIR: Final = "formulation.unknown_pair"
_KEPT_MIXED: Final = "storage.mixed"
DECISIVE: Final = ("ingredient.", "product.", "formulation.", "storage.", "indication.")
_ROUGHLY: Final = {"mo": 30, "a": 365}  # days; intervals between sessions are given in weeks and months


def formulary(plain: Plain) -> Formulary:
    """The formulary of plain data that has been checked as a whole, its account included."""
    words = vocabulary(plain["facts"], plain["measures"], plain["units"])
    topics: dict[str, Plain] = {item["id"]: item for item in plain["topics"]}
    stored = topics[_KEPT_MIXED]["details"]
    pairs = [
        pair(item)
        for item in topics.values()
        if item["id"].startswith("formulation.") and "pair" in item.get("details", {})
    ]
    ingredients = {item["id"]: ingredient(item, words) for item in _of(topics, "ingredient.")}
    return Formulary(
        ingredients=ingredients,
        products={item["id"]: product(item) for item in _of(topics, "product.")},
        pairs=tuple(pairs),
        unknown_pair=citation(topics[_UNKNOWN_PAIR]),
        rules=tuple(build.rule(item, words) for item in plain["mixture_rules"]),
        problems={item["id"]: problem(item) for item in _of(topics, "indication.")},
        vocabulary=words,
        use_within=length(stored["use_within"]["most"]),
        use_within_unknown=length(stored["use_within_unknown"]["most"]),
        version=plain["version"],
        hash=fingerprint(plain),
    )


def fingerprint(plain: Plain) -> str:
    """SHA-256 of everything that can change an answer about a mixture, or its words."""
    rules = [{k: v for k, v in item.items() if k != "examples"} for item in plain["mixture_rules"]]
    topics = [item for item in plain["topics"] if item["id"].startswith(DECISIVE)]
    decisive = [plain["version"], plain["units"], plain["facts"], plain["measures"], rules, topics]
    text = json.dumps(decisive, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _of(topics: Mapping[str, Plain], start: str) -> Iterable[Plain]:
    return (item for name, item in topics.items() if name.startswith(start))


# measures


def measure(plain: Plain) -> dict[str, Any]:
    """A measure as a fact: never asked for, computed anew for every mixture, so that it never grows old."""
    return {
        **plain,
        "group": plain["id"].partition(".")[0],
        "question": plain["label"],
        "speakers": ["system"],
        "fresh": "always",
    }


def vocabulary(facts: Iterable[Plain], measures: Iterable[Plain], units: Iterable[Plain]) -> Vocabulary:
    """The words of the rules of formulation: the patient's facts and the measures of a mixture."""
    return build.vocabulary([*facts, *map(measure, measures)], units)


# entries


def citation(plain: Plain) -> Citation:
    return Citation(build.evidence(plain), tuple(plain["claims"]))


def ingredient(plain: Plain, words: Vocabulary) -> Ingredient:
    """One entry; Refused with the path to what cannot be made."""
    details = plain["details"]
    barred = details.get("contraindicated", ())
    return Ingredient(
        id=plain["id"],
        title=plain["title"],
        kind=details["class"],
        legal=Legal(details["legal"]),
        cite=citation(plain),
        is_group=details["entry"] == "group",
        names=tuple(name for name in (details.get("inn"), *details.get("names", ())) if name),
        unii=details.get("unii", ""),
        atc=tuple(details.get("atc", ())),
        purposes=tuple(_purpose(item) for item in details["purpose"]),
        injectable=_YES_NO[details["injectable"]],
        routes=tuple(details.get("routes", ())),
        scalp=details["scalp"],
        needs=tuple(details.get("needs", ())),
        own_syringe=details.get("own_syringe") == "yes",
        oily=details.get("oily") == "yes",
        measured_in=details.get("measured_in", "mg"),
        origin=tuple(details.get("origin", ())),
        limits=tuple(_limit(item, words.units) for item in details.get("limits", ())),
        interval=_interval(details.get("interval")),
        strengths=_strengths(details, words.units),
        ph=_range(details.get("ph")),
        osmolality=tuple(_osmolality(item, words.units) for item in details.get("osmolality", ())),
        stable_mixed=length(details["stable_mixed"]) if "stable_mixed" in details else None,
        cautions=tuple(
            at(("details", "contraindicated", number), partial(_caution, item, words))
            for number, item in enumerate(barred)
        ),
        warnings=tuple(details.get("warnings", ())),
        protect=tuple(details.get("protect", ())),
        refusal=_refusal(details),
        says=plain["says"]["clinician"],
    )


_YES_NO: Final = {"yes": True, "no": False, "unknown": None}


def product(plain: Plain) -> Product:
    """An entry of the knowledge about a product: never a label, so its strengths are not known."""
    details = plain["details"]
    kind = details.get("mixture_type", "")
    return Product(
        id=plain["id"],
        title=plain["title"],
        legal=Legal(details["legal"]),
        cite=citation(plain),
        contents=tuple(Content(name) for name in details.get("ingredients", ())),
        names=tuple(details.get("names", ())),
        maker=details.get("maker", ""),
        injectable=_YES_NO[details["injectable"]],
        mixture_type=kind,
        refusal=_refusal(details),
        says=plain["says"]["clinician"],
    )


def pair(plain: Plain) -> PairRule:
    details = plain["details"]["pair"]
    return PairRule(
        id=plain["id"],
        one=frozenset(details["one"]),
        others=frozenset(details.get("other", ())),
        other_legal=Legal(details["other_legal"]) if "other_legal" in details else None,
        known=Known(details["known"]),
        action=details["action"],
        why=details["why"],
        cite=citation(plain),
    )


def problem(plain: Plain) -> Problem:
    details = plain["details"]
    codes = tuple(details.get("icd-10", ()))
    return Problem(
        id=plain["id"],
        title=plain["title"],
        kind=details["kind"],
        when=Under(_DIAGNOSIS, "icd-10", codes) if codes else None,
        says=plain["says"]["clinician"],
    )


# parts of entries


def length(text: str) -> timedelta:
    """A length of time; months and years count as 30 and 365 days."""
    lasting = Duration.parse(text)
    if lasting.is_fixed:
        return timedelta(minutes=lasting.minutes)
    return timedelta(days=lasting.number * _ROUGHLY[lasting.unit])


def amount(text: str, units: Units) -> Quantity:
    """A dose or strength in mg, mg/kg, mg/mL; units and millilitres stay as they are."""
    said = Quantity.parse(text)
    for part in ("", "/mL", "/kg"):
        if said.unit in (f"ug{part}", f"g{part}"):
            return units.convert(said, f"mg{part}")
    return said


def _purpose(plain: Plain) -> Purpose:
    return Purpose(plain["for"], plain["strength"], plain.get("note", ""), tuple(plain.get("problems", ())))


def _limit(plain: Plain, units: Units) -> Limit:
    return Limit(
        per=plain["per"],
        amount=amount(plain["amount"], units),
        action=Action(plain["action"]),
        beside=plain.get("with", ""),
        note=plain.get("note", ""),
    )


def _interval(plain: Plain | None) -> Interval | None:
    if plain is None:
        return None
    return Interval(length(plain["least"]), Action(plain["action"]), plain.get("note", ""))


def _strengths(details: Plain, units: Units) -> Strengths:
    """Strengths of use, and all in which it is said to exist anywhere in its entry."""
    use = {
        key: amount(text, units) for key, text in details.get("concentration", {}).items() if key != "note"
    }
    at_strength = [
        part["at"] for part in (details.get("ph", {}), *details.get("osmolality", ())) if "at" in part
    ]
    sold = [amount(text, units) for text in (*details.get("strengths", ()), *at_strength)]
    return Strengths(
        usual=use.get("usual"),
        reason_above=use.get("reason_above"),
        ceiling=use.get("ceiling"),
        drawn_up_ceiling=use.get("drawn_up_ceiling"),
        sold=tuple(dict.fromkeys((*use.values(), *sold))),
    )


def _range(plain: Plain | None) -> Range | None:
    if plain is None:
        return None
    return Range(Quantity.parse(plain["from"]).value, Quantity.parse(plain["to"]).value)


def _osmolality(plain: Plain, units: Units) -> Osmolality:
    """Thin solutions in water: a litre and a kilogram are taken as one."""
    return Osmolality(
        Decimal(Quantity.parse(plain["value"]).value), amount(plain["at"], units) if "at" in plain else None
    )


def _caution(plain: Plain, words: Vocabulary) -> Caution:
    when = at(("when",), lambda: build.condition(plain["when"], words))
    allergy = any(fact.startswith("allergy.") for fact in when.facts())
    return Caution(when, Action(plain["action"]), plain["why"], allergy)


def _refusal(details: Plain) -> Refusal | None:
    if "refuse" not in details:
        return None
    return Refusal(details["refuse"]["reason"], details["refuse"]["override"] == "never")
