"""The pages of docs/reference, made from the knowledge itself. Each function gives one page as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from anagen.cli.rules import reviewed
from anagen.knowledge import adjusting, examples, ledger, wording
from anagen.knowledge.loader import Knowledge
from anagen.medicine.rules import Evidence, Rule, RuleVersion, Verdict
from anagen.medicine.truth import Truth, all_of, any_of
from anagen.medicine.vocabulary import FactDefinition, FactType

HEAD = "<!-- Made by tools/docs.py from src/anagen; change the source, not this page. -->\n\n"

VERDICTS = {
    Verdict.CLEAR: "Every question is answered and nothing was found.",
    Verdict.CAUTION: "May be treated, with a precaution that is recorded.",
    Verdict.INCOMPLETE: "Answers are missing. They are listed.",
    Verdict.DEFER: "Not now: until a day, or until something has ended.",
    Verdict.REFER: "Not before a prescriber, a specialist or a test has answered.",
    Verdict.EXCLUDE: "Not with this treatment.",
}


def cell(text: object) -> str:
    """Text that can stand in a cell of a table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A table, or nothing when it has no rows."""
    lines = ["| " + " | ".join(cell(item) for item in row) + " |" for row in rows]
    if lines:
        yield "| " + " | ".join(heads) + " |"
        yield "|" + "---|" * len(heads)
        yield from lines
        yield ""


def anchor(name: str) -> str:
    """How GitHub and GitLab name the place of a heading made of an id."""
    return "".join(letter for letter in name.lower() if letter.isalnum() or letter in "-_")


def page(title: str, lines: Iterable[str]) -> str:
    body = "\n".join(lines).rstrip()
    return f"{HEAD}# {title}\n\n{body}\n"


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


# rules


def rules(knowledge: Knowledge) -> str:
    return page("Rules", _rules(knowledge))


def _rules(knowledge: Knowledge) -> Iterator[str]:
    plain = {item["id"]: item for item in knowledge.plain["rules"]}
    found = sorted(knowledge.ruleset.rules, key=lambda rule: rule.id)
    yield f"{counted(len(found), 'rule')}, ruleset {knowledge.ruleset.version}. What each says of its worked"
    yield "examples stands in its table; the same examples are tests. How findings become a verdict: see"
    yield "[verdicts](verdicts.md). None has been reviewed by your medical lead unless it says so."
    yield ""
    rows = [
        (f"[`{rule.id}`](#{anchor(rule.id)})", rule.versions[-1].verdict.word, rule.title) for rule in found
    ]
    yield from table(("rule", "verdict", "title"), rows)
    cited = ledger.claims()
    for rule in found:
        yield from _rule(rule, plain[rule.id], knowledge, cited)


def _rule(rule: Rule, plain: Any, knowledge: Knowledge, cited: dict[str, ledger.Claim]) -> Iterator[str]:
    yield f"## {rule.id}"
    yield ""
    yield f"**{rule.title}**"
    yield ""
    for version, said in zip(rule.versions, plain["versions"], strict=True):
        end = f" until {version.effective_to}" if version.effective_to else ""
        yield f"From {version.effective_from}{end}: **{version.verdict.word}**, {reviewed(version)}."
        yield ""
        yield from _version(version, knowledge, cited)
        yield from _adjustable(said)
        yield ""
    yield from table(("example", "given", "on", "answer"), _examples(rule, plain, knowledge))


def _version(version: RuleVersion, knowledge: Knowledge, cited: dict[str, ledger.Claim]) -> Iterator[str]:
    words = knowledge.ruleset.vocabulary
    yield "When"
    yield ""
    for depth, text in wording.outline(version.when, words):
        yield f"{'  ' * depth}- {text}"
    yield ""
    facts = ", ".join(f"[`{fact}`](facts.md#{anchor(fact)})" for fact in dict.fromkeys(version.when.facts()))
    yield f"- Facts: {facts}"
    unknown = "counts as if it were so" if version.unknown_counts_as_matched else "is asked for"
    yield f"- An unknown answer {unknown}."
    if version.until is not None:
        yield f"- It stands {wording.ending(version.until, words)}."
    yield f"- To the clinician: {cell(version.clinician)}"
    yield f"- To the patient: {cell(version.patient)}"
    yield f"- What would change it: {cell(version.change)}"
    yield f"- May be overridden {wording.overriding(version.override, knowledge.override_reasons)}."
    yield from _grounds(version, cited)


def _adjustable(version: Any) -> Iterator[str]:
    """What a clinic may set, and how far."""
    for parameter in adjusting.parameters(version):
        yield f"- A clinic may set {parameter.what}: from {parameter.allowed}. {cell(parameter.why)}"


def _grounds(item: Any, cited: dict[str, ledger.Claim]) -> Iterator[str]:
    """Evidence, claims and conflicts of a rule version, care item or course."""
    yield "- Evidence:"
    for evidence in item.evidence:
        yield f"  - {_evidence(evidence)}"
    if item.claims:
        yield "- Claims:"
        for claim in item.claims:
            yield f"  - {claim}: {cell(cited[claim].statement)}"
    if item.conflicts:
        links = ", ".join(f"[{conflict}](conflicts.md#{anchor(conflict)})" for conflict in item.conflicts)
        yield f"- Where the sources disagree: {links}"


def _evidence(evidence: Evidence) -> str:
    note = f": {cell(evidence.note)}" if evidence.note else ""
    return f"[{evidence.source}](sources.md#{anchor(evidence.source)}), {evidence.strength}{note}"


def _examples(rule: Rule, plain: Any, knowledge: Knowledge) -> Iterator[tuple[str, str, str, str]]:
    for example in plain["examples"]:
        finding = examples.finding(example, rule, knowledge.ruleset.vocabulary)
        given = "; ".join(f"`{fact}` {wording.answer(value)}" for fact, value in example["given"].items())
        until = f" until {finding.until}" if finding.until else ""
        answer = examples.answer(finding).replace("_", " ")
        yield example["name"], given or "nothing", str(example.get("on", examples.DAY)), f"{answer}{until}"


# verdicts


def verdicts(knowledge: Knowledge) -> str:
    return page("Verdicts and three-valued logic", _verdicts())


def _verdicts() -> Iterator[str]:
    yield "A rule says of a patient on a day: *matched*, *not matched* or *unknown*. A matched rule gives its"
    yield "verdict; an unknown one gives *incomplete*, or its verdict where an unknown answer counts as if it were"
    yield "so. The worst finding wins:"
    yield ""
    yield from table(
        ("verdict", "meaning", "treatable"),
        (
            (f"**{verdict.word}**", meaning, "yes" if verdict.treatable else "no")
            for verdict, meaning in VERDICTS.items()
        ),
    )
    yield "## Truth tables"
    yield ""
    yield "Unknown is a value of its own and never counts as no."
    yield ""
    order = (Truth.YES, Truth.UNKNOWN, Truth.NO)
    for name, joined in (("all of", all_of), ("any of", any_of)):
        heads = (name, *(f"**{_word(second)}**" for second in order))
        rows = [
            (f"**{_word(first)}**", *(_word(joined((first, second))) for second in order)) for first in order
        ]
        yield from table(heads, rows)
    yield from table(("not", ""), [(f"**{_word(truth)}**", _word(truth.negated)) for truth in order])


def _word(truth: Truth) -> str:
    return truth.name.lower()


# facts


def facts(knowledge: Knowledge) -> str:
    return page("Facts", _facts(knowledge))


def _facts(knowledge: Knowledge) -> Iterator[str]:
    words = knowledge.ruleset.vocabulary
    yield f"{counted(len(words.facts), 'fact')}: what can be known of a patient. The id is the `linkId` of the"
    yield "questionnaire. Age follows from `birth_date` on the day asked about."
    yield ""
    for group in knowledge.groups:
        yield f"## {group['title']}"
        yield ""
        yield f"{cell(group['intro'])}"
        yield ""
        for fact in words:
            if fact.group == group["id"]:
                yield from _fact(fact, knowledge)


def _fact(fact: FactDefinition, knowledge: Knowledge) -> Iterator[str]:
    words = knowledge.ruleset.vocabulary
    yield f"### {fact.id}"
    yield ""
    yield f"**{fact.label}**: {cell(fact.question)}"
    yield ""
    yield f"- Answer: {_form(fact)}"
    yield f"- Who may answer: {', '.join(speaker.value for speaker in fact.speakers)}"
    fresh = (
        "an answer never grows old"
        if fact.fresh is None
        else f"an answer holds {wording.duration(str(fact.fresh))}"
    )
    yield f"- Freshness: {fresh}"
    if fact.asked_when is not None:
        yield f"- Asked when {wording.sentence(fact.asked_when, words)}; otherwise it does not apply"
    for system, entries in fact.codes.items():
        yield f"- {wording.SYSTEMS[system]}: {', '.join(entries)}"
    if fact.example is not None:
        plain = next(item for item in knowledge.plain["facts"] if item["id"] == fact.id)
        yield f"- Example: {wording.answer(plain['example'])}"
    yield ""


def _form(fact: FactDefinition) -> str:
    match fact.type:
        case FactType.STATE:
            return "yes or no, with the days on which it began and ended where known"
        case FactType.EVENT:
            return "the last day it happened, or never"
        case FactType.CHOICE:
            return ", ".join(f"{label} (`{option}`)" for option, label in fact.options.items())
        case FactType.CODE:
            return f"one or more {wording.SYSTEMS[fact.system or '']} codes"
        case FactType.DATE:
            return "a day"
        case FactType.QUANTITY:
            range_ = f", from {fact.plausible[0]} to {fact.plausible[1]}" if fact.plausible else ""
            return f"a number in {fact.unit}{range_}"


# care and courses


def care(knowledge: Knowledge) -> str:
    return page("Care before and after a session", _care(knowledge))


def _care(knowledge: Knowledge) -> Iterator[str]:
    yield "Times run from the session; negative ones lie before it. Each is a window on the patient's timeline."
    yield ""
    cited = ledger.claims()
    rows = [
        (f"[`{item.id}`](#{anchor(item.id)})", item.subject, item.kind, item.start, item.end)
        for item in knowledge.care
    ]
    yield from table(("care", "subject", "kind", "from", "to"), rows)
    for item in knowledge.care:
        yield f"## {item.id}"
        yield ""
        yield f"{item.kind.capitalize()}: {item.subject}, {_from_to(item)}."
        yield ""
        yield f"- To the clinician: {cell(item.clinician)}"
        yield f"- To the patient: {cell(item.patient)}"
        yield from _grounds(item, cited)
        yield ""


def _from_to(item: Any) -> str:
    span = f"from {item.start} to {item.end} of the session"
    if item.after_last:
        return f"{span}, after the last one only"
    return f"{span}, without a break from the first session to the last" if item.until_course_end else span


def protocols(knowledge: Knowledge) -> str:
    return page("Courses", _protocols(knowledge))


def _protocols(knowledge: Knowledge) -> Iterator[str]:
    cited = ledger.claims()
    for course in knowledge.protocols.values():
        yield f"## {course.id}"
        yield ""
        yield f"**{course.title}**, {course.area}: {course.least_sessions} to {course.most_sessions} sessions,"
        yield f"usually {course.usual_sessions}; the first within {wording.duration(str(course.start_within))}."
        yield f"A session takes {wording.duration(str(course.session_length))}."
        yield ""
        rows = [
            (number, gap.least, gap.usual, gap.longest, course.mixtures[number])
            for number, gap in sorted(course.gaps.items())
        ]
        yield from table(("session", "least gap", "usual", "longest", "mixture"), rows)
        for review in course.reviews:
            yield f"- Review after session {review.after_session}: {cell(review.question)}"
        if course.stop:
            yield "- When to stop:"
        for sentence in course.stop:
            yield f"  - {cell(sentence)}"
        if course.repeat_after is not None:
            yield f"- May be repeated after {wording.duration(str(course.repeat_after))}."
        yield from _grounds(course, cited)
        yield ""


# sources, conflicts, claims


def sources(knowledge: Knowledge) -> str:
    return page("Sources", _sources(knowledge))


def _sources(knowledge: Knowledge) -> Iterator[str]:
    used = used_by(knowledge, lambda item: [evidence["source"] for evidence in item["evidence"]])
    yield "Certainty says how well we know the source itself: *found* was read, *known* is from general knowledge,"
    yield "*derived* is our own arithmetic or choice, *uncertain* must be verified before it is relied on."
    yield ""
    for source in knowledge.sources.values():
        yield f"### {source.id}"
        yield ""
        year = f", {source.year}" if source.year else ""
        kind = source.kind.replace("_", " ").capitalize()
        yield f"{cell(source.title)}{year}. {kind}, {source.certainty}; {cell(source.locator)}."
        if source.note:
            yield f"{cell(source.note)}"
        yield ""
        yield f"Used by: {_list(used.get(source.id, []))}"
        yield ""


def conflicts(knowledge: Knowledge) -> str:
    return page("Where the sources disagree", _conflicts(knowledge))


def _conflicts(knowledge: Knowledge) -> Iterator[str]:
    used = used_by(knowledge, lambda item: item.get("conflicts", []))
    yield f"{counted(len(knowledge.conflicts), 'contradiction')} of the source documents: every position, what"
    yield "Anagen does, and why. The choices are conservative and not yet reviewed by your medical lead."
    yield ""
    for conflict in knowledge.conflicts.values():
        yield f"## {conflict['id']}"
        yield ""
        yield f"**{cell(conflict['title'])}**"
        yield ""
        rows = [(item["name"], item["value"], ", ".join(item["claims"])) for item in conflict["positions"]]
        yield from table(("position", "value", "claims"), rows)
        yield f"- Chosen: {cell(conflict['choice'])}"
        yield f"- Why: {cell(conflict['why'])}"
        yield f"- Used by: {_list(used.get(conflict['id'], []))}"
        yield ""


def claims(knowledge: Knowledge) -> str:
    return page("Claims of the source documents", _claims(knowledge))


def _claims(knowledge: Knowledge) -> Iterator[str]:
    cited = ledger.claims()
    used = ledger.uses(knowledge.account)
    yield f"{len(cited)} claims: {len(used)} are used, {len(cited) - len(used)} are set aside with a reason."
    yield "`./anagen claims --json` lists every one."
    yield ""
    for heading, field in (("topic", "topic"), ("sense check", "sense_check")):
        total = Counter(getattr(claim, field) for claim in cited.values())
        of_these = Counter(getattr(cited[claim], field) for claim in used)
        rows = [
            (name.replace("_", " "), total[name], of_these[name], total[name] - of_these[name])
            for name in sorted(total)
        ]
        yield from table((heading, "claims", "used", "set aside"), rows)
    yield "## Set aside"
    yield ""
    rows = [
        (item["kind"], cell(item["reason"]), ", ".join(item["claims"]))
        for item in sorted(knowledge.account["set_aside"], key=lambda item: item["kind"])
    ]
    yield from table(("kind", "reason", "claims"), rows)


def used_by(knowledge: Knowledge, named: Any) -> dict[str, list[str]]:
    """Name → ids of the rules, care items and courses that name it."""
    used: dict[str, list[str]] = {}
    holders = [(item["id"], item["versions"]) for item in knowledge.plain["rules"]]
    holders += [
        (item["id"], [item]) for part in ("care", "protocols", "topics") for item in knowledge.account[part]
    ]
    for holder, parts in holders:
        for name in dict.fromkeys(name for part in parts for name in named(part)):
            used.setdefault(name, []).append(holder)
    return used


def _list(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "nothing yet"


PAGES = {
    "rules.md": rules,
    "verdicts.md": verdicts,
    "facts.md": facts,
    "care.md": care,
    "protocols.md": protocols,
    "sources.md": sources,
    "conflicts.md": conflicts,
    "claims.md": claims,
}
