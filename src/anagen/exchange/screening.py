"""A screening as one JSON document, and back: what others rely on, and what a stored decision is replayed from.

The keys that programs count on are ``verdict``, ``not_before``, ``findings`` (each with ``rule``, ``state``,
``verdict``, ``until``, ``reason``, ``patient_reason``, ``facts``, ``sources``, ``claims``), ``missing``, ``unmapped``,
``on`` and ``ruleset`` (``version``, ``hash``). The others may grow.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from anagen.medicine.rules import Finding, State, Verdict
from anagen.medicine.screening import Screening, Unmapped


def plain_screening(screening: Screening) -> dict[str, Any]:
    """The document; every finding is in it, matched or not, in the order of the rules."""
    return {
        "verdict": screening.verdict.word,
        "not_before": _day(screening.not_before),
        "waiting_for": list(screening.waiting_for),
        "findings": [plain_finding(finding) for finding in screening.findings],
        "missing": list(screening.missing),
        "unmapped": [plain_unmapped(entry) for entry in screening.unmapped],
        "on": screening.on.isoformat(),
        "ruleset": {"version": screening.ruleset_version, "hash": screening.ruleset_hash},
    }


def plain_finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "title": finding.title,
        "state": finding.state.value,
        "verdict": finding.verdict.word,
        "until": _day(finding.until),
        "event": finding.event,
        "reason": finding.reason,
        "patient_reason": finding.patient_reason,
        "change": finding.change,
        "facts": list(finding.facts),
        "missing": list(finding.missing),
        "sources": list(finding.sources),
        "claims": list(finding.claims),
        "effective_from": _day(finding.effective_from),
    }


def plain_unmapped(entry: Unmapped) -> dict[str, str]:
    return {
        "where": entry.where,
        "text": entry.text,
        "why": entry.why,
        "system": entry.system,
        "code": entry.code,
    }


def screening_of(plain: Mapping[str, Any]) -> Screening:
    """The screening that a document was made from. KeyError and ValueError for what is none."""
    return Screening(
        on=date.fromisoformat(plain["on"]),
        verdict=Verdict.of(plain["verdict"]),
        findings=tuple(finding_of(item) for item in plain["findings"]),
        not_before=_read_day(plain["not_before"]),
        waiting_for=tuple(plain["waiting_for"]),
        missing=tuple(plain["missing"]),
        unmapped=tuple(unmapped_of(item) for item in plain["unmapped"]),
        ruleset_version=plain["ruleset"]["version"],
        ruleset_hash=plain["ruleset"]["hash"],
    )


def finding_of(plain: Mapping[str, Any]) -> Finding:
    return Finding(
        rule=plain["rule"],
        title=plain["title"],
        state=State(plain["state"]),
        verdict=Verdict.of(plain["verdict"]),
        reason=plain["reason"],
        patient_reason=plain["patient_reason"],
        facts=tuple(plain["facts"]),
        sources=tuple(plain["sources"]),
        claims=tuple(plain["claims"]),
        until=_read_day(plain["until"]),
        event=plain["event"],
        missing=tuple(plain["missing"]),
        change=plain["change"],
        effective_from=_read_day(plain["effective_from"]),
    )


def unmapped_of(plain: Mapping[str, str]) -> Unmapped:
    return Unmapped(**plain)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _read_day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
