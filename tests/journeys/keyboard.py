"""A person without a mouse: Tab until the wanted thing has the focus, and see that it has it."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page

MOST: Final = 150  # presses of Tab; more is a page on which the keyboard does not suffice
_FOCUSED: Final = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const style = getComputedStyle(one), label = one.labels?.[0];
    const around = label ? getComputedStyle(label) : style;
    const shows = (s) => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none';
    return {
        words: (one.getAttribute('aria-label') || label?.innerText || one.innerText || one.value || '').trim(),
        chosen: one.checked === true,
        seen: shows(style) || shows(around),
    };
}"""


class Keyboard:
    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, words: str) -> Keyboard:
        """Tab from here to the next thing whose words begin so; it must show that it has the focus."""
        met: list[str] = []
        for _press in range(MOST):
            self.page.keyboard.press("Tab")
            focused = self.page.evaluate(_FOCUSED)
            if focused is None:
                continue
            met.append(focused["words"][:30])
            if words in focused["words"]:
                assert focused["seen"], f"“{words}” does not show that it has the focus"
                return self
        raise AssertionError(f"the keyboard does not reach “{words}”; it met {list(dict.fromkeys(met))}")

    def type(self, words: str) -> Keyboard:
        self.page.keyboard.type(words)
        return self

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    @property
    def chosen(self) -> str:
        """The words of the option that has the focus, if it is chosen; otherwise empty."""
        focused = self.page.evaluate(_FOCUSED)
        return focused["words"] if focused and focused["chosen"] else ""
