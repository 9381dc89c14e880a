"""Words of knowledge in templates."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from anagen.clinic.review.queries import State, state
from anagen.clinic.site.templatetags.components import tag
from anagen.knowledge.loader import Source

from .. import words

register = template.Library()


@register.filter
def plainly(key: str) -> str:
    """A key as it is said: patient_information, patient information."""
    return words.plain(key)


@register.filter
def kind_of_one(kind: str) -> str:
    """What one entry of a kind is called."""
    return words.named(words.KIND_OF_ONE, kind)


@register.simple_tag
def strength_tag(strength: str) -> SafeString:
    """How strong a piece of evidence is."""
    return tag(words.named(words.STRENGTHS, strength), words.tone(strength))


@register.simple_tag
def certainty_tag(certainty: str) -> SafeString:
    """How certain it is that a source was read rightly."""
    return tag(words.named(words.CERTAINTIES, certainty), words.tone(certainty))


@register.simple_tag
def sense_tag(check: str) -> SafeString:
    """What the ledger thinks of a claim."""
    return tag(words.named(words.SENSE_CHECKS, check), words.tone(check))


@register.simple_tag
def aside_tag(kind: str) -> SafeString:
    """Why a claim is set aside."""
    return tag(words.named(words.ASIDE_KINDS, kind), "bad" if kind == "unsafe" else "warm")


@register.filter
def place(source: Source) -> str:
    """Where a source is found; the files of this project are no place for a reader."""
    return words.place(source.locator)


@register.inclusion_tag("review/unsound.html")
def unsound_knowledge() -> dict[str, State]:
    """What is wrong with the knowledge that should decide, while an earlier one does."""
    return {"state": state()}
