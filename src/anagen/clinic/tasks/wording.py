"""Kinds of tasks in words. The app that makes a kind names it in `ready()`."""

from __future__ import annotations

from django.utils.functional import Promise

_KINDS: dict[str, str | Promise] = {}


def name_kind(kind: str, words: str | Promise) -> None:
    """Say what a kind of task is called on pages."""
    _KINDS[kind] = words


def kind_words(kind: str) -> str:
    return str(_KINDS.get(kind, kind.replace("_", " ").capitalize()))
