"""Opening, telling, closing: what is refused, and what is never done twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone
from tests.clinic.recall.conftest import Reached
from tests.clinic.recall.reach import Bench

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import ChangedMeanwhile, NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.recall import actions, letters, queries
from anagen.clinic.recall.actions import Subject
from anagen.clinic.recall.models import About, Attempt, Contact, Link, Message, Recall
from anagen.clinic.stock import actions as stock
from anagen.clinic.stock.queries import quarantine_of
from anagen.clinic.tasks.queries import open_tasks
from anagen.clinic.treatment.syringes import find, seen
from anagen.medicine.treatment import syringe_faults

pytestmark = pytest.mark.django_db
OpenIt = Callable[..., Recall]


def contact_of(recall: Recall, patient: Patient) -> Contact:
    return recall.contacts.select_related("recall").get(patient=patient)


# opening


def test_who_joins_with_something_graver_makes_it_graver(
    recall: Recall, reached: Reached, prescriber: User
) -> None:
    def again(severity: str) -> Recall:
        asked = Subject(About.LOTS, [reached.lot])
        return actions.open_recall(
            by=prescriber, subject=asked, reason="Again", source="maker", severity=severity, key=uuid4()
        ).recall

    assert again("minor") == recall
    assert Recall.objects.get().urgency == "moderate"
    again("serious")
    assert Recall.objects.get().urgency == "serious"
    assert "Please call us today" in letters.body(contact_of(recall, reached.given))


def test_opening_holds_back_lists_and_gives_work(recall: Recall, reached: Reached) -> None:
    assert quarantine_of(reached.lot) is not None
    listed = set(recall.contacts.values_list("patient", flat=True))
    assert listed == {reached.given.pk, reached.lost.pk, reached.drawn.pk}
    tasks = list(open_tasks().filter(origin="recall"))
    assert {task.patient_id for task in tasks} == listed
    assert not any("A100" in task.words or "Saline" in task.words for task in tasks)


def test_a_prepared_syringe_of_the_lot_is_not_given_any_more(
    recall: Recall, reached: Reached, bench: Bench
) -> None:
    syringe = find(reached.code)
    assert syringe is not None
    faults = syringe_faults(seen(syringe, reached.ready, bench.at), bench.at)
    assert "held_back" in {fault.why for fault in faults}


def test_a_drill_holds_nothing_back_and_writes_to_nobody(
    reached: Reached, open_it: OpenIt, desk: User
) -> None:
    drill = open_it(reached.lot, drill=True)
    assert quarantine_of(reached.lot) is None
    assert not open_tasks().filter(origin="recall").exists()
    with pytest.raises(Refused, match="drill"):
        actions.write_email(by=desk, contact=contact_of(drill, reached.given), address_of=str)
    assert mail.outbox == []
    # and a real recall does not join it
    assert open_it(reached.lot).pk != drill.pk


def test_the_same_lot_again_joins_the_open_recall(
    recall: Recall, reached: Reached, open_it: OpenIt, bench: Bench, stranger: Patient
) -> None:
    other = bench.lot("B200")
    bench.gives(bench.syringe(stranger, bench.vial(other)))
    assert open_it(reached.lot, other).pk == recall.pk
    assert recall.joined.count() == 1
    assert quarantine_of(other) is not None
    assert recall.contacts.filter(patient=stranger).exists()


def test_sent_twice_it_is_opened_once(reached: Reached, prescriber: User) -> None:
    key = uuid4()
    for _turn in range(2):
        actions.open_recall(
            by=prescriber,
            subject=Subject(About.LOTS, [reached.lot]),
            reason="Flakes",
            source="own",
            severity="serious",
            key=key,
        )
    assert Recall.objects.count() == 1
    assert not Recall.objects.get().joined.exists()


@pytest.mark.parametrize(
    ("subject", "reason", "source"),
    [
        (Subject(About.LOTS), "Flakes", "own"),
        (Subject(About.PRODUCT), "Flakes", "own"),
        (Subject(About.NURSE), "Flakes", "own"),
        (Subject(About.ROOM, room="  "), "Flakes", "own"),
        (Subject(About.ROOM, room="1", first=date(2026, 2, 2), last=date(2026, 2, 1)), "Flakes", "own"),
        (Subject(About.ROOM, room="1"), " ", "own"),
        (Subject(About.ROOM, room="1"), "Flakes", "a neighbour"),
    ],
)
def test_what_is_not_said_is_asked(subject: Subject, reason: str, source: str, prescriber: User) -> None:
    with pytest.raises(Refused):
        actions.open_recall(
            by=prescriber, subject=subject, reason=reason, source=source, severity="minor", key=uuid4()
        )
    assert not Recall.objects.exists()


def test_only_prescribers_open_and_close(recall: Recall, reached: Reached, users: dict[Role, User]) -> None:
    for role in (Role.NURSE, Role.FRONT_DESK, Role.ADMINISTRATOR, Role.PATIENT):
        with pytest.raises(NotAllowed):
            actions.close_recall(by=users[role], recall=recall, conclusion="All is well with us.")
        with pytest.raises(NotAllowed):
            actions.open_recall(
                by=users[role],
                subject=Subject(About.LOTS, [reached.lot]),
                reason="Flakes",
                source="own",
                severity="minor",
                key=uuid4(),
            )


# telling


def test_an_email_goes_once_and_says_nothing_in_its_subject(
    recall: Recall, reached: Reached, desk: User
) -> None:
    contact = contact_of(recall, reached.given)
    actions.write_email(
        by=desk, contact=contact, address_of=lambda token: f"https://c.example/notice/{token}"
    )
    (sent,) = mail.outbox
    assert sent.to == ["amelie@example.org"]
    assert sent.subject == "A message from your clinic"
    assert "https://c.example/notice/" in sent.body and "A100" not in sent.body
    # the secret of the link is kept nowhere
    assert "notice/" not in Message.objects.get().body
    with pytest.raises(Refused, match="Nobody is written to twice"):
        actions.write_email(by=desk, contact=contact, address_of=str)
    assert len(mail.outbox) == 1


def test_a_message_whose_fate_is_unknown_is_not_sent_again(
    recall: Recall, reached: Reached, desk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = contact_of(recall, reached.given)

    def dies(**_message: str) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("anagen.clinic.recall.letters.send", dies)
        with pytest.raises(KeyboardInterrupt):
            actions.write_email(by=desk, contact=contact, address_of=str)
    with pytest.raises(Refused, match="twice"):
        actions.write_email(by=desk, contact=contact, address_of=str)
    assert mail.outbox == []


def test_a_message_that_failed_may_be_sent_again(
    recall: Recall, reached: Reached, desk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = contact_of(recall, reached.given)
    with monkeypatch.context() as patch:
        patch.setattr("anagen.clinic.recall.letters.send", lambda **_message: "no route")
        failed = actions.write_email(by=desk, contact=contact, address_of=str)
    assert failed.result.words == "no route"
    assert actions.write_email(by=desk, contact=contact, address_of=str).number == 2
    assert len(mail.outbox) == 1


def test_a_patient_reads_it_by_link_once(recall: Recall, reached: Reached, desk: User) -> None:
    contact = contact_of(recall, reached.given)
    _link, token = actions.make_link(by=desk, contact=contact)
    with pytest.raises(Refused, match="date of birth"):
        actions.acknowledge_by_link(token=token, birth_date=date(1980, 1, 1), address="x")
    first = actions.acknowledge_by_link(token=token, birth_date=reached.given.birth_date, address="x")
    assert first.by is None and "Dear Amélie" in first.told
    again = actions.acknowledge_by_link(token=token, birth_date=reached.given.birth_date, address="x")
    assert again.pk == first.pk
    assert not open_tasks().filter(origin="recall", patient=reached.given).exists()
    with pytest.raises(ChangedMeanwhile, match="already"):
        actions.acknowledge(by=desk, contact=contact, told="The same by telephone")


def test_links_that_lead_nowhere_say_so(recall: Recall, reached: Reached, desk: User) -> None:
    contact = contact_of(recall, reached.given)
    born = reached.given.birth_date
    _old, old = actions.make_link(by=desk, contact=contact)
    new, token = actions.make_link(by=desk, contact=contact)
    with pytest.raises(Refused, match="replaced"):
        actions.open_link(token=old, birth_date=born, address="x")
    with pytest.raises(Refused, match="not known"):
        actions.open_link(token="nonsense", birth_date=born, address="x")
    past = timezone.now() - timedelta(minutes=1)
    with acting("test"):
        Link.objects.create(contact=contact, token_hash="0" * 64, made_at=past, expires_at=past)
    expired = queries.link_by_digest("0" * 64)
    assert "expired" in actions.link_problem(expired)
    assert new.pk and token


def test_attempts_count_once_and_are_kept(recall: Recall, reached: Reached, desk: User) -> None:
    contact, key = contact_of(recall, reached.lost), uuid4()
    for _turn in range(2):
        actions.note_attempt(by=desk, contact=contact, how="phone", reached=False, key=key, note="No answer")
    assert Attempt.objects.count() == 1
    with pytest.raises(Refused, match="how"):
        actions.note_attempt(by=desk, contact=contact, how="pigeon", reached=True, key=uuid4())


# closing


def test_a_recall_is_closed_when_everything_is_done(
    recall: Recall, reached: Reached, prescriber: User, desk: User, bench: Bench
) -> None:
    with pytest.raises(Refused) as early:
        actions.close_recall(by=prescriber, recall=recall, conclusion="Two vials had flakes; all sent back.")
    for words in ("3 patients are not told", "1 prepared syringe", "3 unopened", "1 opened vial"):
        assert words in str(early.value)

    actions.acknowledge(by=desk, contact=contact_of(recall, reached.given), told="To watch the skin")
    actions.acknowledge(by=desk, contact=contact_of(recall, reached.lost), told="To watch the skin")
    with pytest.raises(Refused, match="why"):
        actions.say_not_reached(by=desk, contact=contact_of(recall, reached.drawn), reason="")
    actions.say_not_reached(by=desk, contact=contact_of(recall, reached.drawn), reason="Moved abroad")
    bench.discards(find(reached.code))  # type: ignore[arg-type]
    stock.give_back(
        by=prescriber,
        lot=reached.lot,
        place=bench.place,
        count=3,
        reason="Sent back to the maker",
        at=timezone.now(),
        key=uuid4(),
    )
    with pytest.raises(Refused, match="1 opened vial"):
        actions.close_recall(by=prescriber, recall=recall, conclusion="Two vials had flakes; all sent back.")
    quarantine = quarantine_of(reached.lot)
    assert quarantine is not None
    stock.release(by=prescriber, quarantine=quarantine, reason="The maker says harmless", at=timezone.now())
    with pytest.raises(Refused, match="Write what"):
        actions.close_recall(by=prescriber, recall=recall, conclusion="ok")
    closed = actions.close_recall(
        by=prescriber, recall=recall, conclusion="Two vials had flakes; all sent back."
    )
    assert closed.figures["patients"] == 3 and closed.figures["told"] == 2
    assert closed.figures["last_contact"] is not None
    with pytest.raises(ChangedMeanwhile, match="closed"):
        actions.note_attempt(
            by=desk, contact=contact_of(recall, reached.given), how="phone", reached=True, key=uuid4()
        )


def test_whoever_was_reached_meanwhile_has_to_be_listed(
    recall: Recall, reached: Reached, bench: Bench, stranger: Patient, prescriber: User
) -> None:
    bench.gives(bench.syringe(stranger, reached.vial))
    assert "1 patient was reached meanwhile" in " ".join(actions.left_to_do(recall))
    assert actions.add_missing(by=prescriber, recall=recall) == 1
    assert actions.add_missing(by=prescriber, recall=recall) == 0


def test_a_drill_closes_with_a_conclusion_and_its_times(
    reached: Reached, open_it: OpenIt, prescriber: User
) -> None:
    today = timezone.localdate()
    assert queries.drill_due(today)
    drill = open_it(reached.lot, drill=True)
    assert queries.drill_due(today)
    actions.close_recall(by=prescriber, recall=drill, conclusion="The list took four seconds.")
    assert not queries.drill_due(today)
    assert queries.drill_due(today + timedelta(days=366))


def test_a_nurse_or_a_room_is_called_back_too(
    reached: Reached, open_it: OpenIt, bench: Bench, today: date
) -> None:
    by_nurse = open_it(about=About.NURSE, nurse=bench.nurse, first=today)
    assert [contact.patient for contact in queries.contacts(by_nurse)] == [reached.given]
    by_room = open_it(about=About.ROOM, room="Room 1", first=today, last=today)
    assert [contact.patient for contact in queries.contacts(by_room)] == [reached.given]
    assert open_it(about=About.ROOM, room=" Room 1 ", first=today, last=today).pk == by_room.pk
    whole = open_it(about=About.PRODUCT, product=reached.lot.product)
    assert whole.contacts.count() == 3
