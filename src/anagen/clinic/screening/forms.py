"""What a person types about a decision. Forms clean; `actions` decide and write."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anagen.clinic.review.queries import current

from .actions import LEAST_COMMENT


class OverrideForm(forms.Form):
    """Why a finding is set aside: one of the rule's reasons, and a comment in one's own words."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the reason."),
            "invalid_choice": _("Choose one of these reasons."),
        },
    )
    comment = forms.CharField(
        label=_("In your own words"),
        help_text=_(
            "What you know and how you know it. Your name stands beside it wherever the finding is shown."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        min_length=LEAST_COMMENT,
        max_length=2000,
        error_messages={
            "required": _("Say in a few words why."),
            "min_length": _("Say a little more, so that the next reader understands."),
        },
    )

    def __init__(self, *args: Any, reasons: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = current().override_reasons
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            (code, known[code]["label"] if code in known else code) for code in reasons
        ]
