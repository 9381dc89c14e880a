"""The ruleset several times over, every copy about facts of its own: more rules, the same patients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anagen.knowledge import build
from anagen.medicine.rules import Ruleset

_SHARED = ("age", "birth_date")  # age is derived from this one fact, in every copy


def copied(plain: Mapping[str, Any], times: int) -> Ruleset:
    """``times`` copies, the first one as it is. What only the others ask is not part of the intake, so that the
    number of questions stays the same."""
    facts, rules = list(plain["facts"]), list(plain["rules"])
    for number in range(1, times):
        end = f".copy{number}"
        for fact in plain["facts"]:
            if fact["id"] not in _SHARED:
                own = {key: value for key, value in fact.items() if key != "codes"}
                facts.append({**_renamed(own, end), "id": fact["id"] + end, "speakers": ["clinician"]})
        rules += [{**_renamed(rule, end), "id": rule["id"] + end} for rule in plain["rules"]]
    return build.ruleset({**plain, "facts": facts, "rules": rules})


def _renamed(node: Any, end: str) -> Any:
    """The same with every fact that it speaks of called otherwise."""
    if isinstance(node, list):
        return [_renamed(item, end) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: value + end
        if key in ("fact", "of") and isinstance(value, str) and value not in _SHARED
        else _renamed(value, end)
        for key, value in node.items()
    }
