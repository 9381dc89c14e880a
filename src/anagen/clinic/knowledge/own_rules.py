"""A rule of the clinic's own, from what a physician has typed: conditions and examples in the form of the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from anagen.knowledge import build, wording
from anagen.knowledge.loader import Knowledge, KnowledgeError
from anagen.knowledge.reading import Refused, parsed

LONGEST: Final = 4000  # characters of a condition


class Unreadable(ValueError):
    """What was typed cannot be understood; the message says where and how to mend it."""


def mapping(text: str) -> dict[str, Any]:
    """Lines such as `pregnancy: yes`, as plain data. Unreadable with the line."""
    return _read(text).plain or {}


def condition(text: str, knowledge: Knowledge) -> dict[str, Any]:
    """A condition as plain data, understood by the vocabulary. Unreadable with the line and the mend."""
    document = _read(text)
    try:
        build.condition(document.plain, knowledge.ruleset.vocabulary)
    except Refused as refused:
        line = document.line(refused.path)
        raise Unreadable(_said(line, f"{refused.what} {refused.mend}")) from None
    plain: dict[str, Any] = document.plain
    return plain


def in_words(text: str, knowledge: Knowledge) -> Iterator[tuple[int, str]]:
    """A condition as indented lines. Unreadable as above."""
    words = knowledge.ruleset.vocabulary
    yield from wording.outline(build.condition(condition(text, knowledge), words), words)


def _read(text: str) -> Any:
    if len(text) > LONGEST or "&" in text:
        raise Unreadable(_("This is too long, or uses a sign (&) that has no place here."))
    try:
        document = parsed(text, "")
    except KnowledgeError as error:
        fault = error.faults[0]
        raise Unreadable(_said(fault.line, f"{fault.what} {fault.mend}")) from None
    if document.plain is not None and not isinstance(document.plain, dict):
        raise Unreadable(_("Write a name, a colon and a value, such as “fact: pregnancy”."))
    return document


def _said(line: int, words: str) -> str:
    return _("Line %(line)d: %(words)s") % {"line": line, "words": words.strip()}


def rule(said: Mapping[str, Any], knowledge: Knowledge) -> dict[str, Any]:
    """A whole rule in the form of a knowledge file, from the cleaned fields of `forms.AddForm`."""
    version: dict[str, Any] = {
        "from": said["start"].isoformat(),
        "when": said["condition"],
        "verdict": said["verdict"],
        "if_unknown": said["if_unknown"],
        "says": {"clinician": said["clinician"], "patient": said["patient"]},
        "change": said["change"],
        "override": {"by": ["prescriber", "medical_lead"], "reasons": said["override"]}
        if said["override"]
        else "never",
        "evidence": [{"source": said["source"], "strength": said["strength"], "note": said["note"]}],
        "claims": [],
    }
    if said["event"]:
        version["until"] = {"event": said["event"]}
        if said["until_of"]:
            version["until"] |= {"of": said["until_of"], "after": said["until_after"]}
    kinds = (("true", said["verdict"]), ("false", "not_matched"), ("unknown", "unknown"))
    return {
        "id": said["rule"],
        "title": said["title"],
        "topic": said["topic"],
        "versions": [version],
        "examples": [
            {"name": said[f"{kind}_name"], "given": said[f"{kind}_given"], "on": said["start"].isoformat()}
            | {"expect": expected}
            for kind, expected in kinds
        ],
    }
