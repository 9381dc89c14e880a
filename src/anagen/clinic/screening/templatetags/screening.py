"""Words of screening in templates."""

from __future__ import annotations

from django import template

from anagen.knowledge.loader import shipped

register = template.Library()


@register.filter
def override_label(code: str) -> str:
    """The label of a reason code; the code itself where the label is gone."""
    reason = shipped().override_reasons.get(code)
    return reason["label"] if reason else code
