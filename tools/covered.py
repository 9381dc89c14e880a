"""The page docs/reference/coverage.md: what of the ledger, the facts and the sources is used, and what is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from anagen.knowledge import ledger
from anagen.knowledge.loader import Knowledge
from anagen.medicine.rules import Rule
from anagen.medicine.vocabulary import AGE, BIRTH_DATE
from reference import anchor, cell, counted, page, table, used_by

USED = "used"


def coverage(knowledge: Knowledge) -> str:
    return page("Coverage", _coverage(knowledge))


def _coverage(knowledge: Knowledge) -> Iterator[str]:
    yield "What is used of all that is known, and by what. A claim that is neither used nor set aside, a source that"
    yield "is named and missing, a conflict that nothing cites: each fails the tests."
    yield ""
    yield from table(("what", "all", "used", "not used"), _summary(knowledge))
    yield from _claims(knowledge)
    yield from _conflicts(knowledge)
    yield from _facts(knowledge)
    yield from _reviews(knowledge)
    yield from _sources(knowledge)


def _summary(knowledge: Knowledge) -> Iterator[tuple[str, int, int, int]]:
    every: dict[str, tuple[int, int]] = {
        "claims of the source documents": (len(ledger.claims()), len(ledger.uses(knowledge.account))),
        "conflicts between them": (len(knowledge.conflicts), len(conflicts_used(knowledge))),
        "facts": (len(knowledge.ruleset.vocabulary.facts), len(readers(knowledge))),
        "sources": (len(knowledge.sources), len(sources_used(knowledge))),
    }
    for name, (whole, used) in every.items():
        yield name, whole, used, whole - used


# claims


def _claims(knowledge: Knowledge) -> Iterator[str]:
    cited, used = ledger.claims(), ledger.uses(knowledge.account)
    kinds = {claim: item["kind"] for item in knowledge.account["set_aside"] for claim in item["claims"]}
    fates = Counter(
        (claim.sense_check, USED if claim.id in used else kinds[claim.id]) for claim in cited.values()
    )
    heads = [USED, *sorted(set(kinds.values()))]
    yield "## Claims"
    yield ""
    yield "How the reader of the documents flagged a claim, and what became of it: used, or set aside because it is"
    yield "what the column says. Every reason stands in [claims](claims.md)."
    yield ""
    rows = [
        (flag, *(fates[flag, head] for head in heads), sum(fates[flag, head] for head in heads))
        for flag in sorted({claim.sense_check for claim in cited.values()})
    ]
    yield from table(
        ("flag", *(head if head == USED else f"set aside: {head}" for head in heads), "all"), rows
    )
    yield "What the used ones drive; a claim may drive several."
    yield ""
    yield from table(("part", "claims", "entries"), _driven(knowledge, used))


def _driven(knowledge: Knowledge, used: dict[str, list[str]]) -> Iterator[tuple[str, int, int]]:
    parts = {"rules": {item["id"] for item in knowledge.plain["rules"]}}
    parts |= {
        part: {item["id"] for item in knowledge.account[part]} for part in ("care", "protocols", "topics")
    }
    for part, entries in parts.items():
        resting = [claim for claim, holders in used.items() if not entries.isdisjoint(holders)]
        yield part, len(resting), len(entries)


# conflicts


def conflicts_used(knowledge: Knowledge) -> dict[str, list[str]]:
    """Conflict → ids of what cites it."""
    return used_by(knowledge, lambda item: item.get("conflicts", []))


def _conflicts(knowledge: Knowledge) -> Iterator[str]:
    used = conflicts_used(knowledge)
    yield "## Conflicts"
    yield ""
    rows = [
        (f"[{name}](conflicts.md#{anchor(name)})", cell(conflict["title"]), _ids(used.get(name, [])))
        for name, conflict in knowledge.conflicts.items()
    ]
    yield from table(("conflict", "about", "cited by"), rows)


# facts


def readers(knowledge: Knowledge) -> dict[str, list[str]]:
    """Fact → ids of the rules whose condition or date rests on it, and of the questions that are asked by it."""
    found: dict[str, list[str]] = {}
    for rule in knowledge.ruleset.rules:
        for fact in dict.fromkeys(_read_by(rule)):
            found.setdefault(fact, []).append(rule.id)
    for question in knowledge.ruleset.vocabulary:
        for fact in dict.fromkeys(question.asked_when.facts() if question.asked_when else ()):
            found.setdefault(_asked(fact), []).append(f"question {question.id}")
    return found


def _read_by(rule: Rule) -> Iterator[str]:
    for version in rule.versions:
        yield from map(_asked, version.when.facts())
        if version.until is not None and version.until.of is not None:
            yield version.until.of


def _asked(fact: str) -> str:
    return BIRTH_DATE if fact == AGE else fact


def _facts(knowledge: Knowledge) -> Iterator[str]:
    read = readers(knowledge)
    idle = [fact.id for fact in knowledge.ruleset.vocabulary if fact.id not in read]
    yield "## Facts"
    yield ""
    yield "The rules that read each fact, and the questions that are asked only by what it says."
    if idle:
        yield f"{counted(len(idle), 'fact')} read by none: {_ids(idle)}. An open question among them keeps a patient"
        yield "from being clear all the same."
    yield ""
    rows = [
        (f"[`{fact.id}`](facts.md#{anchor(fact.id)})", _ids(read.get(fact.id, [])))
        for fact in knowledge.ruleset.vocabulary
    ]
    yield from table(("fact", "read by"), rows)


# reviews and sources


def _reviews(knowledge: Knowledge) -> Iterator[str]:
    rules = knowledge.ruleset.rules
    waiting = [rule.id for rule in rules if not rule.versions[-1].reviewed]
    yield "## Rules without a review"
    yield ""
    if len(waiting) == len(rules):
        yield f"All {len(rules)}: what is shipped is reviewed by nobody before your medical lead has signed it."
    else:
        yield f"{len(waiting)} of {len(rules)}: {_ids(waiting)}"
    yield ""
    every = Counter(rule.topic for rule in rules)
    unreviewed = Counter(rule.topic for rule in rules if not rule.versions[-1].reviewed)
    yield from table(
        ("topic", "rules", "without a review"),
        ((topic, number, unreviewed[topic]) for topic, number in sorted(every.items())),
    )


def sources_used(knowledge: Knowledge) -> dict[str, list[str]]:
    """Source → ids of what rests on it."""
    return used_by(knowledge, lambda item: [evidence["source"] for evidence in item["evidence"]])


def _sources(knowledge: Knowledge) -> Iterator[str]:
    used = sources_used(knowledge)
    idle = [source for source in knowledge.sources if source not in used]
    yield "## Sources"
    yield ""
    yield f"{len(knowledge.sources) - len(idle)} of {counted(len(knowledge.sources), 'source')} carry something."
    if idle:
        yield f"Nothing rests on {_ids(idle)}."
    yield ""
    rows = [
        (
            f"[`{name}`](sources.md#{anchor(name)})",
            source.kind.replace("_", " "),
            source.certainty,
            len(used.get(name, [])),
        )
        for name, source in sorted(
            knowledge.sources.items(), key=lambda item: (-len(used.get(item[0], [])), item[0])
        )
    ]
    yield from table(("source", "kind", "certainty", "entries that rest on it"), rows)


def _ids(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"
