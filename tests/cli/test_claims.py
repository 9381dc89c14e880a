"""`claims`: nothing of the source documents is lost."""

from __future__ import annotations

import json

import pytest

from anagen.cli import main
from anagen.knowledge import ledger
from anagen.knowledge.loader import shipped


def test_every_claim_is_used_or_set_aside_with_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 1146
    assert [row["id"] for row in rows] == list(ledger.claims())
    for row in rows:
        assert list(row) == ["id", "used_by", "set_aside"]
        assert bool(row["used_by"]) is not bool(row["set_aside"]), row


def test_what_uses_a_claim_is_there_and_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "--json"]) == 0
    knowledge = shipped()
    known = {
        **{
            rule.id: {claim for version in rule.versions for claim in version.claims}
            for rule in (*knowledge.ruleset.rules, *knowledge.formulary.rules)
        },
        **{item.id: set(item.claims) for item in knowledge.care},
        **{name: set(course.claims) for name, course in knowledge.protocols.items()},
        **{name: set(topic["claims"]) for name, topic in knowledge.topics.items()},
    }
    for row in json.loads(capsys.readouterr().out):
        for name in row["used_by"]:
            assert row["id"] in known[name]


def test_the_summary_counts_every_claim_once_by_topic_and_by_sense(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["claims"]) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    assert first.startswith("1146 claims: ")
    for heading in ("Topic", "Sense check"):
        start = next(number for number, line in enumerate(lines) if line.startswith(heading)) + 1
        total = 0
        for line in lines[start:]:
            if not line:
                break
            claims, used, aside = map(int, line.split()[-3:])
            assert claims == used + aside
            total += claims
        assert total == 1146
