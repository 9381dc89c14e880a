"""What is worked out once and remembered, within bounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

MOST: Final = 50_000  # found things remembered before starting afresh

Asked = TypeVar("Asked")
Found = TypeVar("Found")


class Kept(dict[Asked, Found]):
    """``kept[asked]`` is what ``find(asked)`` gives; found when it is first asked for."""

    def __init__(self, find: Callable[[Asked], Found]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, asked: Asked) -> Found:
        found = self._find(asked)
        if len(self) >= MOST:
            self.clear()
        self[asked] = found
        return found
