"""What the medical lead types about a case. Forms clean; `actions` decide and write."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anagen.exchange.cases import object_of
from anagen.exchange.errors import BadInput

from .actions import LEAST_REASON, LONGEST_TITLE


class TitleForm(forms.Form):
    """What a case shows."""

    title = forms.CharField(
        label=gettext_lazy("What this case shows"),
        help_text=gettext_lazy(
            "Without a name: others may read it. Such as “Warfarin is referred, never refused”."
        ),
        max_length=LONGEST_TITLE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Say in a few words what the case shows.")},
    )


class CaseForm(forms.Form):
    """A case of the public form, as one JSON object."""

    content = forms.CharField(
        label=gettext_lazy("The case"),
        help_text=gettext_lazy(
            "One line of the public case file: a JSON object with id, title, on, facts, expect, why."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        max_length=100_000,
        error_messages={"required": gettext_lazy("Paste one case.")},
    )

    def clean_content(self) -> dict[str, Any]:
        try:
            found = object_of(self.cleaned_data["content"])
        except BadInput as bad:
            raise forms.ValidationError(str(bad)) from None
        if not isinstance(found, dict):
            raise forms.ValidationError(_("This is no JSON object. Paste one line of the case file."))
        return found


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy(
            "Why this answer is no longer the right one. It stays beside the case with your name."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=LEAST_REASON,
        max_length=2000,
        error_messages={
            "required": gettext_lazy("Say why the signature is withdrawn."),
            "min_length": gettext_lazy("Say a little more, so that the next reader understands."),
        },
    )
