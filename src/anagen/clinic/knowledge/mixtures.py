"""What a change of the rules would do to mixtures that stand: thought of or mixed, and neither given nor thrown away.

A mixture rests on two answers, that of the screening and its own. Each is judged by what is known on the day and what
was decided by name; whatever keeps it from being mixed after the change is named, whichever of the two it comes from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from anagen.clinic.formulation import judging, queries
from anagen.clinic.formulation.models import Worksheet
from anagen.clinic.formulation.queries import Standing
from anagen.clinic.formulation.shown import title_of
from anagen.clinic.screening.models import VerdictWord
from anagen.exchange.errors import BadInput
from anagen.knowledge.loader import Knowledge
from anagen.medicine.impact import Why
from anagen.medicine.mixture import MixtureFinding

_DONE: Final = (Standing.GIVEN, Standing.DISCARDED, Standing.PAST)


@dataclass(frozen=True, slots=True)
class Mixture:
    """One standing worksheet under one state of the rules, in words; the findings that weigh, by what they concern."""

    words: str
    findings: Mapping[judging.Named, MixtureFinding] = field(default_factory=dict)


def differ(before: Knowledge, after: Knowledge) -> bool:
    """Whether mixtures are judged by anything else; that the version has another name turns none."""
    return _content(before) != _content(after)


def _content(knowledge: Knowledge) -> dict[str, Any]:
    return {key: value for key, value in judging.content_of(knowledge).items() if key != "version"}


def standing_of(patients: Iterable[int], on: date) -> dict[int, list[Worksheet]]:
    """Patient → the worksheets that stand on a day, the newest first. Whether a session was held is not asked."""
    begin = timezone.make_aware(datetime.combine(on, datetime.min.time()))
    found = defaultdict(list)
    for sheet in queries.worksheets().filter(patient__in=list(patients), revised_by__isnull=True):
        made = queries.preparation_of(sheet)
        if made is None or queries.standing_of(made, begin) not in _DONE:
            found[sheet.patient_id].append(sheet)
    return dict(found)


def judged(sheet: Worksheet, knowledge: Knowledge, on: date, *, treatable: bool) -> Mixture:
    """What a worksheet would be answered. `treatable`: what the screening says under the same rules."""
    name = _("%(mixture)s for %(day)s") % {
        "mixture": title_of(sheet) or _("Mixture"),
        "day": date_format(sheet.on, "j M Y"),
    }
    try:
        answer = queries.mixture_verdict(sheet, knowledge, on, known=judging.Known.on(sheet.patient, on))
    except (BadInput, ValueError, KeyError):  # what it is made of is no longer known: never taken for allowed
        return Mixture(_("%(name)s: can no longer be judged") % {"name": name})
    left = judging.barriers(answer, queries.decided(sheet, judging.again(sheet).answer))
    if left.barred or not treatable:
        state = _("not to be prepared")
    elif left.open:
        state = _("an answer is missing")
    elif left.to_decide:
        state = _("to be decided by name")
    else:
        state = _("may be prepared")
    verdict = str(VerdictWord(answer.verdict.word).label).lower()
    words = _("%(name)s: %(verdict)s, %(state)s") % {"name": name, "verdict": verdict, "state": state}
    return Mixture(words, {judging.name_of(one): one for one in answer.reasons})


def reasons(before: Iterable[Mixture], after: Iterable[Mixture]) -> Iterator[Why]:
    """The rules that say something else of the mixtures that turn."""
    for first, second in zip(before, after, strict=True):
        if first.words == second.words:
            continue
        for name in dict.fromkeys((*second.findings, *first.findings)):
            was, is_now = first.findings.get(name), second.findings.get(name)
            if _said(was) != _said(is_now):
                yield Why(name[0], was, is_now)


def _said(finding: MixtureFinding | None) -> object:
    return None if finding is None else judging.words_of(finding)
