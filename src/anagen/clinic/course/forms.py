"""What is typed about a course, cleaned. Forms never save; `actions` decide and write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anagen.clinic.people.forms import DayInput
from anagen.medicine.course import Protocol

from .actions import LARGEST_CALENDAR

_DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"]
_NO_DAY = gettext_lazy("This date does not exist. Enter day, month and year, as in 27/03/2027.")


class DayField(forms.DateField):
    def __init__(self, *, label: Any, required: Any, **kwargs: Any) -> None:
        super().__init__(
            label=label,
            input_formats=_DAY_FORMATS,
            widget=DayInput(attrs={"autocomplete": "off"}),
            error_messages={"required": required, "invalid": _NO_DAY},
            **kwargs,
        )


class PlanForm(forms.Form):
    """Which course, from which day on, how many sessions."""

    protocol = forms.ChoiceField(
        label=gettext_lazy("Course"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose a course."),
            "invalid_choice": gettext_lazy("There is no such course. Choose one of these."),
        },
    )
    start = DayField(
        label=gettext_lazy("First possible day"), required=gettext_lazy("Enter the first possible day.")
    )
    sessions = forms.IntegerField(
        label=gettext_lazy("Number of sessions"),
        required=False,
        help_text=gettext_lazy("Leave it empty for the usual number."),
        error_messages={"invalid": gettext_lazy("Enter a whole number, such as 8.")},
        widget=forms.NumberInput(attrs={"min": 1, "max": 99, "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, protocols: Mapping[str, Protocol], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.protocols, self.on = protocols, on
        self.fields["protocol"].choices = [  # type: ignore[attr-defined]
            (known.id, _("%(title)s (%(least)d to %(most)d sessions, usually %(usual)d)") % _numbers(known))
            for known in protocols.values()
        ]
        self.fields["start"].widget.attrs["min"] = on.isoformat()

    def clean_start(self) -> date:
        start: date = self.cleaned_data["start"]
        if start < self.on:
            raise forms.ValidationError(_("This day has passed. Choose today or a later day."))
        return start

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        known = self.protocols.get(cleaned.get("protocol", ""))
        number = cleaned.get("sessions")
        if (
            known is not None
            and number is not None
            and not known.least_sessions <= number <= known.most_sessions
        ):
            self.add_error(
                "sessions",
                _("This course has %(least)d to %(most)d sessions. Choose a number between them.")
                % _numbers(known),
            )
        return cleaned


def _numbers(known: Protocol) -> dict[str, Any]:
    return {
        "title": known.title,
        "least": known.least_sessions,
        "most": known.most_sessions,
        "usual": known.usual_sessions,
    }


class TryForm(forms.Form):
    """Another date for one session."""

    session = forms.IntegerField(min_value=1, max_value=99, widget=forms.HiddenInput)
    day = DayField(label=gettext_lazy("New date"), required=gettext_lazy("Enter a date."))
    step = forms.IntegerField(min_value=-31, max_value=31, required=False)

    def asked(self) -> date | None:
        """The day that is meant, steps counted; None when it cannot be read or leaves the calendar."""
        if not self.is_valid():
            return None
        day: date = self.cleaned_data["day"]
        try:
            return day + timedelta(days=self.cleaned_data.get("step") or 0)
        except OverflowError:
            self.add_error("day", _NO_DAY)
            return None


class BusyForm(forms.Form):
    """Days on which the patient has no time. The last day is one of them."""

    start = DayField(label=gettext_lazy("First day"), required=gettext_lazy("Enter the first day."))
    last = DayField(
        label=gettext_lazy("Last day"),
        required=gettext_lazy("Enter the last day. For a single day it is the same as the first."),
    )
    words = forms.CharField(
        label=gettext_lazy("What for"),
        max_length=120,
        help_text=gettext_lazy("A word or two, such as “holiday”. The patient sees it too."),
        error_messages={"required": gettext_lazy("Say in a word or two what for, such as “holiday”.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        start, last = cleaned.get("start"), cleaned.get("last")
        if start is not None and last is not None and last < start:
            self.add_error("last", _("The last day lies before the first."))
        elif last is not None and last < self.on:
            self.add_error("last", _("These days have passed."))
        elif last is not None and last.year > self.on.year + 4:
            self.add_error("last", _("This is more than four years away. Check the year."))
        return cleaned


class CalendarForm(forms.Form):
    """The patient's own calendar as a file."""

    calendar = forms.FileField(
        label=gettext_lazy("Calendar file (.ics)"),
        help_text=gettext_lazy("Exported from the patient’s own calendar. The file itself is not kept."),
        error_messages={
            "required": gettext_lazy("Choose the calendar file."),
            "empty": gettext_lazy("This file is empty. Export the calendar anew."),
        },
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
    )
    keep_words = forms.BooleanField(
        label=gettext_lazy("The patient wants the names of the events to be kept as well"), required=False
    )

    def clean_calendar(self) -> Any:
        upload = self.cleaned_data["calendar"]
        if upload.size > LARGEST_CALENDAR:
            raise forms.ValidationError(_("This file is larger than 2 MB. Export only the coming year."))
        return upload


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("The patient reads it too."),
        error_messages={"required": gettext_lazy("Say in a few words why the course is cancelled.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FeedForm(forms.Form):
    with_care = forms.BooleanField(
        label=gettext_lazy("Show what to do and avoid as well, as whole-day notes"),
        required=False,
    )


def number_of(text: Any) -> int:
    """A small whole number of an address or a hidden field; 0 when it is none."""
    words = str(text or "")
    return int(words) if words.isascii() and words.isdigit() and len(words) < 6 else 0
