"""Days, stretches of days and refusals in words. What others may read stands in words fit for the patient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anagen.medicine.dates import Duration, add
from anagen.medicine.planning import REVIEW, Plan
from anagen.medicine.rules import Verdict
from anagen.medicine.screening import Screening
from anagen.medicine.timeline import SESSION, Window
from anagen.medicine.vocabulary import Vocabulary

OWN_LIFE = "own life"
BUSY, DEFERRAL, REPEAT, PAST, DO = "busy", "deferral", "repeat", "past", "do"
FORBIDDING = frozenset({BUSY, DEFERRAL, REPEAT})  # what stands in the way of a session, whoever asks
_ONE_DAY = timedelta(days=1)

# In the order of the drawing. A subject that a clinic adds comes after these, under its own name.
_LANES: Mapping[str, Promise] = {
    SESSION: gettext_lazy("No session"),
    OWN_LIFE: gettext_lazy("Own life"),
    REVIEW: gettext_lazy("Review"),
    "alcohol": gettext_lazy("Alcohol"),
    "drug self-bought": gettext_lazy("Painkillers"),
    "wash": gettext_lazy("Washing hair"),
    "bath": gettext_lazy("Bath, shower"),
    "pool": gettext_lazy("Swimming"),
    "sauna": gettext_lazy("Sauna"),
    "sun": gettext_lazy("Sun"),
    "sport": gettext_lazy("Sport"),
    "massage": gettext_lazy("Massage"),
    "touch": gettext_lazy("Touching"),
    "hat": gettext_lazy("Hat"),
    "products": gettext_lazy("Products"),
    "cosmetics": gettext_lazy("Make-up"),
    "procedures": gettext_lazy("Other treatment"),
    "drug prescribed": gettext_lazy("Medicines"),
    "papers": gettext_lazy("Papers"),
    "observation": gettext_lazy("Staying with us"),
    "follow-up": gettext_lazy("We ask you"),
    "skin": gettext_lazy("Skin"),
    "headache": gettext_lazy("Headache"),
    "swelling": gettext_lazy("Swelling"),
    "shedding": gettext_lazy("Hair loss"),
    "warning signs": gettext_lazy("Warning signs"),
}
_KINDS: Mapping[str, Promise] = {
    DEFERRAL: gettext_lazy("not possible"),
    REPEAT: gettext_lazy("not possible"),
    "gap": gettext_lazy("healing"),
    BUSY: gettext_lazy("no time"),
    REVIEW: gettext_lazy("review"),
    "avoid": gettext_lazy("avoid"),
    DO: gettext_lazy("do"),
}


def lane_of(window: Window) -> str:
    """The lane of the drawing in which a window lies."""
    if window.kind == BUSY:
        return OWN_LIFE
    return window.subject


def lane_order(lane: str) -> tuple[int, str]:
    known = list(_LANES)
    return (known.index(lane), "") if lane in _LANES else (len(known), lane)


def lane_words(lane: str) -> str:
    return str(_LANES[lane]) if lane in _LANES else lane.capitalize()


def kind_words(window: Window) -> str:
    if window.subject == SESSION and window.kind == "avoid":
        return str(_KINDS["gap"])
    return str(_KINDS.get(window.kind, window.kind))


# days


def long_day(day: date) -> str:
    """Monday, 7 December 2026"""
    return date_format(day, "l, j F Y")


def short_day(day: date) -> str:
    """Mon 7 Dec"""
    return date_format(day, "D j M")


def stretch(start: date, end: date | None) -> str:
    """A half-open stretch with weekdays: Mon 7 Dec; Mon 7 – Wed 9 Dec; from Mon 7 Dec, with no end yet."""
    if end is None:
        return _("from %(day)s, end not known") % {"day": short_day(start)}
    last = end - _ONE_DAY
    if last <= start:
        return short_day(start)
    if (last.year, last.month) == (start.year, start.month):
        return f"{date_format(start, 'D j')} – {short_day(last)}"
    return f"{short_day(start)} – {short_day(last)}"


def stretches(windows: Sequence[Window]) -> Iterator[str]:
    """Each stretch in words; the year stands where it changes, and at the end."""
    for number, window in enumerate(windows):
        words = stretch(window.start, window.end)
        last = (window.end or window.start + _ONE_DAY) - _ONE_DAY
        following = windows[number + 1].start.year if number + 1 < len(windows) else None
        yield f"{words} {last.year}" if following != last.year else words


def how_long(duration: Duration) -> str:
    """A duration in words of the page's language."""
    number = duration.number
    words = {
        "h": ngettext("%(n)d hour", "%(n)d hours", number),
        "d": ngettext("%(n)d day", "%(n)d days", number),
        "wk": ngettext("%(n)d week", "%(n)d weeks", number),
        "mo": ngettext("%(n)d month", "%(n)d months", number),
        "a": ngettext("%(n)d year", "%(n)d years", number),
    }.get(duration.unit, f"{duration}")
    return words % {"n": number} if "%" in words else words


# who reads it


def for_reader(windows: Iterable[Window], screening: Screening | None, *, clinical: bool) -> Iterator[Window]:
    """The same windows; clinical reasons in the words that the rule has for the patient, unless a clinician reads."""
    plain = {} if screening is None else {found.rule: found.patient_reason for found in screening.findings}
    for window in windows:
        if clinical or window.kind not in (DEFERRAL, REVIEW):
            yield window
        elif window.kind == REVIEW:
            yield replace(window, reason=_("We look together at how it is going, and whether to go on."))
        else:
            yield replace(window, reason=plain.get(window.rule) or _("It is not possible on these days."))


# refusals


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, and what would change it."""

    reason: str
    change: str = ""


def screening_refusals(screening: Screening, words: Vocabulary, *, clinical: bool) -> Iterator[Refusal]:
    """Why the decision allows no course."""
    if screening.verdict is Verdict.INCOMPLETE:
        ask = _("Answer the open questions, then ask the rules again.")
        if clinical and screening.missing:
            labels = ", ".join(words[fact].label for fact in screening.missing if fact in words)
            yield Refusal(_("Answers are missing: %(labels)s.") % {"labels": labels}, ask)
        else:
            yield Refusal(_("Some questions about your health are still open."), ask)
    for finding in screening.reasons:
        if finding.verdict is not screening.verdict or (
            screening.verdict is Verdict.INCOMPLETE and finding.missing
        ):
            continue
        if clinical:
            yield Refusal(f"{finding.title}: {finding.reason}", finding.change)
        else:
            yield Refusal(finding.patient_reason, _("A clinician of ours can say more."))


def window_refusal(window: Window) -> Refusal:
    """Why a window leaves no day."""
    if window.end is None:
        return Refusal(window.reason, _("A date can be given as soon as it is known when this ends."))
    free = _("From %(day)s it no longer stands in the way.") % {"day": long_day(window.end)}
    return Refusal(f"{window.reason} ({stretch(window.start, window.end)})", free)


def range_refusal(plan: Plan, number: int, before: date | None, start: date) -> Refusal:
    """Between which days the protocol allows a session, given the one before."""
    protocol = plan.course.protocol
    if number == 1 or before is None:
        last = add(start, protocol.start_within)
        return Refusal(
            _("The first session can lie from %(first)s to %(last)s.")
            % {"first": long_day(start), "last": long_day(last)}
        )
    gap = protocol.gaps[number]
    return Refusal(
        _("Session %(number)d can lie from %(first)s to %(last)s.")
        % {
            "number": number,
            "first": long_day(add(before, gap.least)),
            "last": long_day(add(before, gap.longest)),
        },
        _(
            "At least %(least)s lie between it and session %(before)d, so that the skin heals, at most %(longest)s."
        )
        % {"least": how_long(gap.least), "before": number - 1, "longest": how_long(gap.longest)},
    )
