"""Whether a knowledge file has the shape of its schema; each fault in words, with its line and mend."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from anagen.knowledge.reading import ROOT, Document, Fault


@cache
def _validator(schema: str) -> Draft202012Validator:
    file = ROOT / "schema" / f"{schema}.schema.json"
    return Draft202012Validator(json.loads(file.read_text(encoding="utf-8")))


def shape_faults(document: Document, schema: str) -> Iterator[Fault]:
    """Where a file has not the shape of its schema; every key that is not known is a fault of its own."""
    for error in _validator(schema).iter_errors(document.plain):
        path = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            known = sorted(error.schema.get("properties", {}))
            mend = f"Use one of {', '.join(known)}, or correct the spelling."
            for key in error.instance:
                if key not in known:
                    yield document.fault((*path, key), f"“{key}” is not known here.", mend)
        else:
            yield document.fault(path, *_explained(error))


def _explained(error: ValidationError) -> tuple[str, str]:
    """A schema's complaint in words, and the mend."""
    described = error.schema.get("description", "") if isinstance(error.schema, dict) else ""
    # either may have any shape: what the schema asks, and what stands in the file
    wanted: Any = error.validator_value
    given: Any = error.instance
    match error.validator:
        case "required":
            lacking = next((key for key in wanted if key not in given), "?")
            return f"“{lacking}” is missing.", f"Add {lacking}."
        case "enum":
            return f"“{given}” is not possible here.", f"Use one of {', '.join(map(str, wanted))}."
        case "minItems" | "minLength":
            return "There is too little here.", f"At least {wanted} is needed."
        case _ if isinstance(given, int | float) and described:
            return f"{given} stands here without a unit.", f"Write {described}."
        case _:
            return (
                f"“{str(given)[:60]}” cannot stand here.",
                f"Write {described}." if described else error.message,
            )
