"""What the style gallery shows: each component once, with fictitious content."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anagen.clinic.people.forms import DayInput
from anagen.clinic.people.panels import Stage
from anagen.clinic.people.path import Progress, Step
from anagen.exchange.labels import SyringeLabel

from .icons import ICONS, VERDICTS
from .scanning import ProductScanField

TOKENS = ("page", "surface", "sunken", "ink", "ink-soft", "line", "brand", "brand-soft", "accent", "focus")


class SampleForm(forms.Form):
    name = forms.CharField(label=_("Name"), error_messages={"required": _("Enter a name.")})
    day = forms.DateField(
        label=_("Day of the last antibiotic"),
        widget=DayInput,
        help_text=_("The day of the last dose."),
        error_messages={"required": _("Enter a day.")},
    )
    answer = forms.ChoiceField(
        label=_("Do you have a fever today?"),
        choices=[("yes", _("Yes")), ("no", _("No")), ("unknown", _("I don't know"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one answer.")},
    )
    area = forms.ChoiceField(label=_("Area"), choices=[("scalp", _("Scalp")), ("face", _("Face"))])
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agreed = forms.BooleanField(label=_("Identity checked by name and date of birth"), required=False)


class SampleScan(forms.Form):
    pack = ProductScanField(label=_("Code of the pack"))


SAMPLE_LABEL = SyringeLabel(
    code="SY7K2QM9XB4TH",
    initials="J. D.",
    patient_number="1042237",
    mixture="Dexpanthenol, biotin and procaine, for the scalp",
    volume="4.5 mL",
    use_by=datetime(2026, 11, 21, 15, 30, tzinfo=UTC),
    prepared_by="N. Lind",
    checked_by="S. Okafor",
)


def everything(*, on: date) -> dict[str, Any]:
    stages = [
        Stage(Step.QUESTION, Progress.DONE, str(_("Answered")), "#stepper", here=False),
        Stage(Step.SCREENING, Progress.STOPPED, str(_("Two answers missing")), "#stepper", here=True),
        Stage(Step.FORMULATION, Progress.LATER, "", "", here=False),
        Stage(Step.COURSE, Progress.READY, "", "#stepper", here=False),
        Stage(Step.TREATMENT, Progress.UNDER_WAY, str(_("3 of 8")), "#stepper", here=False),
        Stage(Step.CARE, Progress.LATER, "", "", here=False),
        Stage(Step.OUTCOME, Progress.LATER, "", "", here=False),
    ]
    return {
        "tokens": TOKENS,
        "icons": sorted(ICONS),
        "verdicts": list(VERDICTS),
        "progresses": list(Progress),
        "stages": stages,
        "empty_form": SampleForm(auto_id="sample_%s"),
        "wrong_form": SampleForm({"name": "", "day": ""}, auto_id="wrong_%s"),
        "scan_form": SampleScan(auto_id="scan_%s"),
        "wrong_scan": SampleScan({"pack": SAMPLE_LABEL.code}, auto_id="wrong_scan_%s"),
        "label": SAMPLE_LABEL,
        "day": on,
        "sessions": [on + timedelta(days=7 * number) for number in range(4)],
    }
