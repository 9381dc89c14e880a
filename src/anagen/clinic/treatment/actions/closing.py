"""The end of the injections: what was given, what left the syringes, what is owed: in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.billing.actions import charge
from anagen.clinic.billing.models import Charge
from anagen.clinic.formulation.models import Syringe
from anagen.clinic.people.actions import ChangedMeanwhile, Refused
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission
from anagen.medicine import treatment as medicine
from anagen.medicine.treatment import State

from .. import devices, maps, readiness, syringes
from ..models import Administration, Finish, Treatment
from ..queries import Session
from .common import held, may, person


@dataclass(frozen=True, slots=True)
class Used:
    """What came of one syringe, in mL."""

    code: str
    given: Decimal
    wasted: Decimal


class Asks(Refused):
    """The numbers do not agree. `questions`: what is asked, in words; each needs a reason to close all the same."""

    def __init__(self, questions: Mapping[str, str]) -> None:
        self.questions = dict(questions)
        super().__init__(" ".join(questions.values()))


@transaction.atomic
def finish_treatment(
    *,
    by: User | str,
    treatment: Treatment,
    key: UUID,
    used: Sequence[Used] = (),
    reasons: Mapping[str, str] | None = None,
) -> Finish:
    """Record what was given and charge for it. The same key again is the same end.

    Raises NotAllowed; ChangedMeanwhile when somebody else has finished it; Asks when numbers do not agree and no
    reason is given; Refused for more than a syringe holds, a syringe that is missing or was given, or a map without
    points. Then nothing is written: no administration, no charge.
    """
    may(by, Permission.TREAT)
    current = held(treatment)
    session = Session(current)
    if session.finish is not None:
        if session.finish.key == key:
            return session.finish
        raise ChangedMeanwhile(
            _("%(name)s has finished this session meanwhile. Here is what was recorded.")
            % {"name": session.finish.by or _("Somebody")}
        )
    if session.state not in (State.UNDER_WAY, State.PAUSED, State.STOPPED):
        raise Refused(_("There was no first needle yet. Begin the session, or call it off."))
    now = timezone.now()
    amounts = _amounts(session, used)
    kept = {name: " ".join(words.split())[:300] for name, words in (reasons or {}).items() if words.strip()}
    open_questions = {name: words for name, words in asked(session, amounts).items() if name not in kept}
    if open_questions:
        raise Asks(open_questions)
    given = sum((one.given for one, _syringe in amounts), Decimal(0))
    nothing = bool(amounts) and not given
    try:
        with transaction.atomic(), acting(by):
            finish = Finish.objects.create(
                treatment=current,
                key=key,
                at=now,
                points=len(session.points),
                by_points=session.by_points,
                reasons=kept,
                charge=None if nothing else _charge(by, session, key),
                by=person(by),
            )
            Administration.objects.bulk_create(
                Administration(finish=finish, syringe=syringe, given=one.given, wasted=one.wasted)
                for one, syringe in amounts
            )
    except IntegrityError:
        raise Refused(_("A syringe of this session has been given meanwhile. Look again.")) from None
    return finish


def _charge(by: User | str, session: Session, key: UUID) -> Charge:
    service = readiness.service_of(session.device)
    return charge(by=by, patient=session.patient, service=service, day=session.treatment.day, key=key)


def _amounts(session: Session, used: Sequence[Used]) -> list[tuple[medicine.Given, Syringe]]:
    """Every syringe of the session with what came of it. Raises Refused."""
    told = {one.code: one for one in used}
    if len(told) != len(used) or set(told) != set(session.syringes):
        raise Refused(_("Say of every syringe of this session how much was given and thrown away."))
    amounts = []
    for syringe in syringes.of_codes(session.syringes):
        one = told[syringe.code]
        if min(one.given, one.wasted) < 0:
            raise Refused(_("Syringe %(code)s: an amount is not negative.") % {"code": syringe.code})
        amount = medicine.Given(syringe.code, syringe.volume_ml, one.given, one.wasted)
        if amount.too_much:
            raise Refused(
                _("Syringe %(code)s holds %(held)s mL. Less was given and thrown away than you say.")
                % {"code": syringe.code, "held": f"{syringe.volume_ml.normalize():f}"}
            )
        if hasattr(syringe, "administration"):
            raise Refused(_("Syringe %(code)s has been given already.") % {"code": syringe.code})
        amounts.append((amount, syringe))
    return amounts


def asked(session: Session, amounts: Sequence[tuple[medicine.Given, Syringe]]) -> dict[str, str]:
    """What does not agree, in words: a session with such numbers is closed only with a reason for each.

    Raises Refused for a session with injections and no points that was not stopped.
    """
    device = session.device
    if device is None or not device.injects:
        return {}
    tolerance = devices.number(
        "procedure.volume_per_point", "difference between points times volume and the syringe"
    )
    assert tolerance.most is not None
    share = tolerance.most / 100
    given = sum((one.given for one, _syringe in amounts), Decimal(0))
    questions: dict[str, str] = {}
    if not session.points:
        if session.state is not State.STOPPED:
            raise Refused(_("The map has no points. Enter them first, or stop the session."))
        if given:
            questions["points"] = _("No points were entered. Where was it given?")
    elif not medicine.Sum(session.by_points, given, share).agrees:
        questions["volume"] = _("The points come to %(points)s mL, the syringes gave %(given)s mL. Why?") % {
            "points": f"{session.by_points.normalize():f}",
            "given": f"{given.normalize():f}",
        }
    held = sum((one.held for one, _syringe in amounts), Decimal(0))
    if session.points and not questions and not medicine.Sum(session.by_points, held, share).agrees:
        questions["syringe"] = _("The points come to %(points)s mL, the syringes held %(held)s mL. Why?") % {
            "points": f"{session.by_points.normalize():f}",
            "held": f"{held.normalize():f}",
        }
    if undone := maps.undone(session):
        questions["undone"] = _("%(undone)d points of the map are not ticked as done. Why?") % {
            "undone": undone
        }
    for one, _syringe in amounts:
        left = one.held - one.given - one.wasted
        if left > share * one.held:
            questions[f"left {one.code}"] = _(
                "%(left)s mL of syringe %(code)s are not accounted for. Why?"
            ) % {
                "left": f"{left.normalize():f}",
                "code": one.code,
            }
    needle = devices.number("procedure.needle_change", "punctures with one needle")
    if medicine.needles_short(len(session.points), session.needles - 1, needle):
        questions["needles"] = _(
            "%(points)d punctures with %(needles)d needles are too many for one needle. Why?"
        ) % {
            "points": len(session.points),
            "needles": session.needles,
        }
    return questions
