from __future__ import annotations

from tests.clinic.treatment import chair

from anagen.clinic.people.models import User
from anagen.clinic.treatment import chart
from anagen.clinic.treatment.models import Treatment
from anagen.medicine.treatment import State


def test_a_whole_session(record: Treatment, nurse: User) -> None:
    assert chair.session(record).state is State.SIGNED
    assert not chart.verify().broken
