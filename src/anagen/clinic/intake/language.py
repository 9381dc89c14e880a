"""The words of the intake in the patient's language: questions from knowledge, the rest from gettext."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from anagen.clinic.review.queries import current
from anagen.medicine.facts import UNKNOWN
from anagen.medicine.vocabulary import FactDefinition, FactType

ENGLISH: Final = "en"


def languages() -> dict[str, str]:
    """Code → name, in its own language, of each language in which the questions can be asked."""
    return {ENGLISH: "English"} | {code: str(plain["name"]) for code, plain in current().languages.items()}


def language_for(wanted: str) -> str:
    """The language of the intake that fits a code such as ``ru-RU``; English where there is none."""
    code = wanted.lower().partition("-")[0]
    return code if code in current().languages else ENGLISH


@dataclass(frozen=True, slots=True)
class Words:
    """Questions, answers and titles in one language. What is not translated stays English."""

    code: str
    plain: Mapping[str, Any]

    @classmethod
    def of(cls, code: str) -> Words:
        return cls(code, current().languages.get(code, {}))

    def _fact(self, definition: FactDefinition) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.plain.get("facts", {}).get(definition.id, {})
        return found

    def question(self, definition: FactDefinition) -> str:
        return str(self._fact(definition).get("question", definition.question))

    def help(self, definition: FactDefinition) -> str:
        return str(self._fact(definition).get("help", definition.help))

    def options(self, definition: FactDefinition) -> dict[str, str]:
        """Stored value → words, in the order in which the answers are offered."""
        if definition.type is FactType.CHOICE:
            said = self._fact(definition).get("options", {})
            offered = {key: str(said.get(key, words)) for key, words in definition.options.items()}
        elif definition.type is FactType.EVENT:
            offered = {"yes": _("Yes, last on …"), "no": self._answer("never") or _("Never")}
        else:
            offered = {"yes": self._answer("yes") or _("Yes"), "no": self._answer("no") or _("No")}
        return offered | {UNKNOWN.value: self._answer("unknown") or _("Don’t know")}

    def group(self, group: Mapping[str, str]) -> tuple[str, str]:
        """Title and introduction of a page."""
        said = self.plain.get("groups", {}).get(group["id"], {})
        return str(said.get("title", group["title"])), str(said.get("intro", group["intro"]))

    def _answer(self, word: str) -> str:
        return str(self.plain.get("answers", {}).get(word, ""))
