"""What a person says when a task ends. Forms clean; `actions` decide and write."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class EndForm(forms.Form):
    said = forms.CharField(
        label=_("What was done, or why it is not to be done"),
        help_text=_("Needed when you drop the task. Everybody in the clinic can read it."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
