"""Which claims of the ledger somebody wants to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from anagen.clinic.people.names import searchable

from . import words
from .catalogue import Kind, Library


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """What was chosen; an empty word chooses everything."""

    q: str = ""
    fate: str = ""  # used, aside, or one of the kinds of reasons
    topic: str = ""
    check: str = ""
    document: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> ClaimFilter:
        return cls(**{name: str(given.get(name, "")).strip()[:200] for name in cls.__slots__})

    @property
    def query(self) -> str:
        """The choice as part of an address."""
        return urlencode({name: value for name, value in asdict(self).items() if value})

    def matching(self, catalogue: Library) -> list[str]:
        """Ids of the claims that fit, in the order of the ledger."""
        wanted = searchable(self.q).split()
        source = catalogue.knowledge.sources.get(self.document)
        file = source.locator.removeprefix("file:") if source is not None else self.document
        return [
            id
            for id, claim in catalogue.claims.items()
            if self.topic in ("", claim.topic)
            and self.check in ("", claim.sense_check)
            and file in ("", claim.source)
            and (self.fate == "" or self.fate in fate(id, catalogue))
            and all(word in catalogue.entries[Kind.CLAIM, id].text for word in wanted)
        ]

    def fates(self, catalogue: Library) -> list[tuple[str, str]]:
        """What may have become of a claim, for a list to choose from."""
        kinds = words.options(words.ASIDE_KINDS, (item["kind"] for item in catalogue.aside.values()))
        aside = [(key, _("set aside: %(kind)s") % {"kind": name}) for key, name in kinds]
        return [("used", _("used")), ("aside", _("set aside")), *aside]


def fate(claim: str, catalogue: Library) -> tuple[str, ...]:
    """What became of a claim, in the words of the filter; nothing while that cannot be told."""
    if claim in catalogue.uses:
        return ("used",)
    item = catalogue.aside.get(claim)
    return ("aside", item["kind"]) if item is not None else ()
