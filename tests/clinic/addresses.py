"""One sample of every address, for the test that walks all of them.

An app adds its own samples in `tests/clinic/<app>/addresses.py`, in a function `samples`:

    def samples(world: World) -> dict[str, dict[str, Any]]:
        return {"intake:page": {"number": world.patient.number, "page": "health"}}

`world.patient` belongs to the patient's own account, so that each role that may pass gets an answer. A view
without arguments needs no sample. An address that changes something when it is merely walked over belongs in
`ANSWERS` of that module: {"intake:send": 405} says that a GET is answered with this status.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role


@dataclass(frozen=True)
class World:
    """What the samples may be built from."""

    users: dict[Role, User]
    patient: Patient


@dataclass(frozen=True)
class Address:
    """One pattern with its view."""

    name: str
    view: Any
    arguments: frozenset[str]


def all_addresses() -> list[Address]:
    return _of(get_resolver(), [], frozenset())


def _of(resolver: URLResolver, namespaces: list[str], outer: frozenset[str]) -> list[Address]:
    found: list[Address] = []
    for pattern in resolver.url_patterns:
        arguments = outer | frozenset(pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLPattern):
            name = ":".join([*namespaces, pattern.name or ""])
            found.append(Address(name, pattern.callback, arguments))
        else:
            inner = [*namespaces, pattern.namespace] if pattern.namespace else namespaces
            found += _of(pattern, inner, arguments)
    return found


def sample_of(name: str, world: World) -> dict[str, Any] | None:
    """The arguments of one address; None when its app gives none. Only that app's samples are built."""
    module = _module_of(name)
    return module.samples(world).get(name) if module else None


def answer_of(name: str) -> int | None:
    """The status with which this address answers a GET, when it is not 200."""
    return getattr(_module_of(name), "ANSWERS", {}).get(name)


def _module_of(name: str) -> Any:
    app = name.partition(":")[0]
    there = (Path(__file__).parent / app / "addresses.py").is_file()
    return importlib.import_module(f"tests.clinic.{app}.addresses") if there else None
