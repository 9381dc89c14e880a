"""What is called back, what came of a syringe and how long it took, in words."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from anagen.clinic.stock.models import Lot
from anagen.clinic.stock.wording import day_words

from .actions import Subject
from .models import About, Recall
from .trace import State

STATES: dict[State, tuple[Promise, str]] = {
    State.GIVEN: (lazy("given"), "warm"),
    State.IN_THE_CHAIR: (lazy("in the chair, or not finished"), "bad"),
    State.NOTHING_GIVEN: (lazy("nothing given"), "quiet"),
    State.READY: (lazy("prepared: stop it"), "bad"),
    State.LOST: (lazy("not known what became of it"), "bad"),
    State.DISCARDED: (lazy("discarded"), "quiet"),
    State.DRAWN: (lazy("drawn, not known where it went"), "bad"),
    State.SEEN: (lazy("session without an end"), "warm"),
}


def subject_of(recall: Recall, lots: Sequence[Lot]) -> Subject:
    return Subject(
        About(recall.about), lots, recall.product, recall.nurse, recall.room, recall.first, recall.last
    )


def subject_words(subject: Subject) -> str:
    """Lot A100 of Saline; Everybody whom Nora Lind treated, 1 Mar 2026 to 2 Mar 2026."""
    match subject.about:
        case About.NURSE:
            words = _("Everybody whom %(name)s treated") % {"name": subject.nurse}
        case About.ROOM:
            words = _("Everybody in %(room)s") % {"room": subject.room}
        case About.PRODUCT:
            return _("Every lot of %(product)s") % {"product": subject.product}
        case _:
            numbers = ", ".join(f"{lot} ({lot.product.name})" for lot in subject.lots)
            return ngettext("Lot %(lots)s", "Lots %(lots)s", len(subject.lots)) % {"lots": numbers}
    if subject.first and subject.last:
        if subject.first == subject.last:
            return f"{words}, {day_words(subject.first)}"
        return f"{words}, {day_words(subject.first)} – {day_words(subject.last)}"
    if subject.first:
        return _("%(who)s since %(day)s") % {"who": words, "day": day_words(subject.first)}
    if subject.last:
        return _("%(who)s until %(day)s") % {"who": words, "day": day_words(subject.last)}
    return words


def title_of(recall: Recall, *, clinical: bool) -> str:
    """Without the right to clinical details only its number."""
    number = _("Drill %(n)d") if recall.is_drill else _("Recall %(n)d")
    if not clinical:
        return number % {"n": recall.pk}
    return subject_words(subject_of(recall, [row.lot for row in recall.lots.all()]))


def duration_words(seconds: float | None) -> str:
    """4.2 s, 12 min, 3 h 5 min, 2 days; – where it has not happened."""
    if seconds is None:
        return "–"
    if seconds < 1:
        return _("%(n)d ms") % {"n": round(seconds * 1000)}
    if seconds < 60:
        return _("%(n).0f s") % {"n": seconds}
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
    return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}
