"""A lot that several people of the demo got, and a recall of it that was practised and ended."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from anagen.clinic.course.models import Course
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Role
from anagen.clinic.recall import actions
from anagen.clinic.recall.actions import Subject
from anagen.clinic.recall.models import About, Way
from anagen.clinic.stock import actions as stock
from anagen.clinic.stock.models import Lot, Place

LOT: Final = "PA2401"
_PEOPLE: Final = 4


def fill_recall(*, staff: dict[Role, User], on: date) -> None:
    """Ampoules of one lot drawn for people who have a course; the drill reached one of them."""
    nurse, prescriber = staff[Role.NURSE], staff[Role.PRESCRIBER]
    lot, place = Lot.objects.get(number=LOT), Place.objects.get(name="Cupboard")
    planned = Course.objects.filter(number=1).select_related("patient").order_by("patient_id")
    for days, course in enumerate(planned[:_PEOPLE], start=6):
        at = timezone.make_aware(datetime.combine(on - timedelta(days=days), time(9)))
        key = f"recall {days}"
        vial = stock.open_container(by=nurse, lot=lot, place=place, at=at, key=uuid5(NAMESPACE_URL, key))
        stock.draw(
            by=nurse,
            vial=vial,
            volume_ml=Decimal("1.5"),
            purpose="test spot, on paper",
            patient=course.patient,
            at=at,
            key=uuid5(NAMESPACE_URL, f"{key} drawn"),
        )
        stock.close_vial(by=nurse, vial=vial, wasted_ml=Decimal("0.5"), at=at + timedelta(hours=1))
    _practise(prescriber, staff[Role.FRONT_DESK], lot)


def _practise(prescriber: User, desk: User, lot: Lot) -> None:
    drill = actions.open_recall(
        by=prescriber,
        subject=Subject(About.LOTS, [lot]),
        reason="Yearly drill",
        source="own",
        severity="minor",
        key=uuid5(NAMESPACE_URL, "drill"),
        is_drill=True,
        begun_at=timezone.now() - timedelta(seconds=40),
    ).recall
    for contact in drill.contacts.all()[:1]:
        actions.note_attempt(
            by=desk,
            contact=contact,
            how=Way.PHONE,
            reached=True,
            key=uuid5(NAMESPACE_URL, "drill call"),
            note="Number is right; told that it is a drill",
        )
    actions.close_recall(
        by=prescriber,
        recall=drill,
        conclusion="The list was made at once. One telephone number was out of date and has been corrected.",
    )
