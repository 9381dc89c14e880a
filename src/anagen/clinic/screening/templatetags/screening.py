"""Words of screening in templates."""

from __future__ import annotations

from django import template

from anagen.clinic.review.queries import current

register = template.Library()


@register.filter
def override_label(code: str) -> str:
    """The label of a reason code; the code itself where the label is gone."""
    reason = current().override_reasons.get(code)
    return reason["label"] if reason else code
