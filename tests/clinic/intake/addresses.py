"""Samples of the addresses of the intake: one is open, and one entry of a health record is unread."""

from __future__ import annotations

from typing import Any

from tests.clinic.addresses import World

from anagen.clinic.intake import actions
from anagen.clinic.intake.models import Channel, UnreadEntry
from anagen.clinic.people.queries import today
from anagen.medicine.screening import Unmapped

ANSWERS = {
    "intake:begin": 405,
    "intake:save": 405,
    "intake:hand_over": 405,
    "intake:withdraw_link": 405,
    # without a ticket there is nothing to answer, and an address that nobody made is not known
    "intake:own": 403,
    "intake:own_resume": 403,
    "intake:own_page": 403,
    "intake:own_save": 405,
    "intake:own_review": 403,
    "intake:link": 404,
}


def samples(world: World) -> dict[str, dict[str, Any]]:
    number = {"number": world.patient.number}
    actions.open_intake(by="test", patient=world.patient, channel=Channel.DESK)
    entry = UnreadEntry.objects.filter(intake__patient=world.patient).first()
    if entry is None:
        actions.import_record(
            by="test",
            patient=world.patient,
            statements=[],
            unmapped=[Unmapped("Condition/7", "Zebra stripes", "words only")],
            on=today(),
        )
        entry = UnreadEntry.objects.get(intake__patient=world.patient)
    in_file = ("intake", "begin", "hand_over", "review", "thanks", "make_link", "withdraw_link")
    in_file += ("examination", "import_record", "answers", "answers_csv")
    return {f"intake:{name}": number for name in in_file} | {
        "intake:page": number | {"page": "health"},
        "intake:save": number | {"page": "health"},
        "intake:resolve": number | {"entry": entry.pk},
        "intake:own_page": {"page": "health"},
        "intake:own_save": {"page": "health"},
        "intake:own_thanks": {"way": "phone"},
        "intake:link": {"token": "nobody-made-this"},
    }
