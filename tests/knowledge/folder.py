"""A small, whole folder of knowledge, to be spoilt in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from anagen.knowledge.reader import read_all
from anagen.knowledge.reading import Fault

UNITS = """\
units:
  - {code: Cel, dimension: temperature, factor: "1", offset: "273.15"}
  - {code: "[degF]", dimension: temperature, factor: "5/9", offset: "459.67"}
  - {code: kg, dimension: mass, factor: "1000"}
"""
SOURCES = """\
sources:
  - {id: label, title: A label, kind: label, year: 2020, locator: example, certainty: found}
"""
GROUPS = """\
groups:
  - {id: health, title: Your health}
"""
OVERRIDES = """\
reasons:
  - {code: specialist_agreed, label: A specialist has agreed, asks: Who and when.}
"""
CONFLICTS = """\
conflicts:
  - id: K01
    key: pregnancy
    title: Conditional or absolute
    positions: [{name: absolute, claims: [C001]}]
    choice: Absolute.
    why: It is safer.
"""
CLAIMS = """\
id,topic,statement,subject,value,source,line,sense_check,note
C001,contraindication,Pregnancy bars treatment.,pregnancy,absolute,a.txt,3,ok,
C002,deferral,Fever bars treatment.,fever,absolute,a.txt,4,ok,
C003,promotion,It always works.,effect,always,a.txt,5,dubious,
"""
SET_ASIDE = """\
set_aside:
  - {claims: [C003], reason: Nothing always works., kind: promotional}
"""
FACTS = """\
facts:
  - id: sex
    type: choice
    group: health
    label: Sex
    question: Which sex are you?
    speakers: [patient]
    fresh: always
    options: {female: Female, male: Male}
    example: female
  - id: pregnancy
    type: state
    group: health
    label: Pregnancy
    question: Are you pregnant?
    speakers: [patient]
    fresh: 14 d
    ends: true
    asked_when: {fact: sex, is: female}
    codes: {icd-10: [O00-O99, Z33]}
    example: no
  - id: temperature
    type: quantity
    group: health
    label: Temperature
    question: What is your temperature?
    speakers: [clinician]
    fresh: 1 d
    unit: Cel
    decimals: 1
    plausible: ["30 Cel", "45 Cel"]
  - id: diagnosis
    type: code
    group: health
    label: Diagnosis
    question: What has been found?
    speakers: [clinician]
    fresh: 1 a
    system: icd-10
  - id: vaccination
    type: event
    group: health
    label: Vaccination
    question: When were you last vaccinated?
    speakers: [patient]
    fresh: 7 d
    example: never
"""
RULES = """\
rules:
  - id: contraindication.pregnancy
    title: Pregnancy
    topic: contraindication
    versions:
      - from: 2026-01-01
        when: {fact: pregnancy, is: yes}
        verdict: exclude
        if_unknown: ask
        until: {event: the pregnancy has ended}
        says: {clinician: Pregnant., patient: Not while you are pregnant.}
        change: The pregnancy has ended.
        override: never
        evidence: [{source: label, strength: label}]
        claims: [C001]
        conflicts: [K01]
    examples:
      - {name: Pregnant, given: {pregnancy: yes}, expect: exclude}
      - {name: Not pregnant, given: {pregnancy: no}, expect: not_matched}
      - {name: Not asked, given: {}, expect: unknown}
  - id: deferral.fever
    title: Fever
    topic: deferral
    versions:
      - from: 2026-01-01
        when: {fact: temperature, at_least: "37.5 Cel"}
        verdict: defer
        if_unknown: ask
        until: {event: the fever is over}
        says: {clinician: Fever., patient: Please come when the fever is over.}
        change: The fever is over.
        override: {by: [prescriber], reasons: [specialist_agreed]}
        evidence: [{source: label, strength: label}]
        claims: [C002]
    examples:
      - {name: Fever, given: {temperature: "37.5 Cel"}, expect: defer}
      - {name: No fever, given: {temperature: "37.4 Cel"}, expect: not_matched}
      - {name: Not measured, given: {}, expect: unknown}
"""
CARE = """\
care:
  - id: aftercare.wash
    subject: wash
    kind: avoid
    from: 0 h
    to: 72 h
    says: {clinician: Dry., patient: Please keep it dry.}
    evidence: [{source: label, strength: label}]
    claims: []
"""
PROTOCOLS = """\
protocols:
  - id: short
    title: Short
    area: scalp
    sessions: {least: 1, usual: 2, most: 3}
    gaps:
      - {sessions: [2, 3], least: 7 d, usual: 7 d, longest: 2 wk}
    start_within: 30 d
    session_length: 60 min
    mixture:
      - {sessions: [1, 3], mixture: plain}
    evidence: [{source: label, strength: label}]
    claims: []
"""
LOCALE = """\
language: fr
name: Français
facts:
  sex: {question: Quel est votre sexe ?, options: {female: Femme, male: Homme}}
  pregnancy: {question: Êtes-vous enceinte ?}
  temperature: {question: Quelle est votre température ?}
  diagnosis: {question: Quel est le diagnostic ?}
  vaccination: {question: Quand avez-vous été vaccinée ?}
groups:
  health: {title: Votre santé}
"""
FILES = {
    "units.yaml": UNITS,
    "sources.yaml": SOURCES,
    "groups.yaml": GROUPS,
    "overrides.yaml": OVERRIDES,
    "ledger/conflicts.yaml": CONFLICTS,
    "ledger/claims.csv": CLAIMS,
    "set_aside.yaml": SET_ASIDE,
    "facts/health.yaml": FACTS,
    "rules/health.yaml": RULES,
    "care/after.yaml": CARE,
    "protocols/short.yaml": PROTOCOLS,
    "locale/fr.yaml": LOCALE,
}


@dataclass(frozen=True)
class Folder:
    """A folder of knowledge on the disk."""

    root: Path

    def write(self, file: str, text: str) -> None:
        place = self.root / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def text(self, file: str) -> str:
        return (self.root / file).read_text(encoding="utf-8")

    def spoil(self, file: str, right: str, wrong: str) -> None:
        """Put something wrong in the place of something right, which must stand there exactly once."""
        text = self.text(file)
        assert text.count(right) == 1, f"{right!r} stands {text.count(right)} times in {file}"
        self.write(file, text.replace(right, wrong))

    def line(self, file: str, marker: str) -> int:
        """The line on which a piece of text, or the ``¦`` in it, stands; the text must be there exactly once."""
        before, bar, after = marker.partition("¦")
        text = self.text(file)
        assert text.count(before + after) == 1, (
            f"{marker!r} stands {text.count(before + after)} times in {file}"
        )
        return text[: text.index(before + after) + (len(before) if bar else 0)].count("\n") + 1

    def faults(self) -> list[Fault]:
        return sorted(read_all(self.root)[1])


def make(root: Path) -> Folder:
    folder = Folder(root)
    for file, text in FILES.items():
        folder.write(file, text)
    (root / "topics").mkdir()
    return folder
