"""The life of a one-time link, and of a tablet that is handed over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from anagen.clinic.audit.context import acting
from anagen.clinic.audit.models import AuditEntry
from anagen.clinic.intake import actions, queries, ticket
from anagen.clinic.intake.models import Answer, Intake, IntakeLink, LinkGuess
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role

pytestmark = pytest.mark.django_db

Browser = Callable[[Role | None], Client]
Link = tuple[IntakeLink, str]


@pytest.fixture
def link(patient: Patient, nurse: User) -> Link:
    made, token = actions.make_link(by=nurse, patient=patient)
    return made, reverse("intake:link", args=[token])


def open_in(browser: Client, link: Link, patient: Patient) -> Any:
    return browser.post(link[1], {"birth_date": patient.birth_date.isoformat()})


def test_a_link_is_shown_once_with_its_picture_and_only_its_digest_is_kept(
    client_of: Browser, patient: Patient
) -> None:
    desk = client_of(Role.FRONT_DESK)
    page = desk.post(reverse("intake:make_link", args=[patient.number])).content.decode()
    token = page.partition("/answer/link/")[2].partition("<")[0]
    assert len(token) == 32 and "<svg" in page and "qr__drawing" in page
    assert IntakeLink.objects.get().token_hash == actions.digest(token)
    assert token not in desk.get(reverse("intake:make_link", args=[patient.number])).content.decode()
    assert not AuditEntry.objects.filter(new__contains=actions.digest(token)).exists()


def test_looking_at_a_link_uses_nothing_up_and_shows_the_first_name_only(
    link: Link, patient: Patient
) -> None:
    for _look in range(3):
        answer = Client().get(link[1])
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Hello Amélie" in page and "Laurent" not in page and patient.number not in page
        assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == (
            "no-store",
            "same-origin",
        )
    link[0].refresh_from_db()
    assert link[0].opened_at is None


def test_a_patient_answers_by_link_and_hands_in(link: Link, patient: Patient) -> None:
    phone = Client()
    assert open_in(phone, link, patient).headers["Location"] == reverse("intake:own_resume")
    place = phone.get(reverse("intake:own_resume")).headers["Location"]
    page = phone.get(place)
    assert page.status_code == 200 and "Laurent" not in page.content.decode()
    phone.post(reverse("intake:own_save", args=["health"]), {"question": "asthma", "asthma": "no"})
    said = Answer.objects.get()
    assert (said.fact, said.value, said.speaker, said.entered_by) == ("asthma", "no", "patient", None)
    entry = AuditEntry.objects.filter(table="intake_answer").get()
    assert (entry.actor, entry.patient_id) == (f"patient: {patient.number}", patient.pk)
    tickets = [phone.cookies[ticket.COOKIE].value] * 2
    for held in tickets:  # a double tap: both requests were sent before the first was answered
        phone.cookies[ticket.COOKIE] = held
        done = phone.post(reverse("intake:own_review"), {"intake": link[0].intake_id})
        assert done.headers["Location"] == reverse("intake:own_thanks", args=["phone"])
    assert "What happens next" in phone.get(done.headers["Location"]).content.decode()
    assert phone.get(place).status_code == 403
    closed = phone.get(link[1])
    assert closed.status_code == 410 and "nothing left to do" in closed.content.decode()


def test_a_browser_goes_on_where_it_stopped(link: Link, patient: Patient) -> None:
    phone = Client()
    open_in(phone, link, patient)
    phone.post(reverse("intake:own_page", args=["health"]), {"asthma": "yes", "go": "next"})
    again = phone.get(link[1], follow=True)
    assert again.redirect_chain[-1][0] == reverse("intake:own_page", args=["reproduction"])
    stopped = phone.post(reverse("intake:own_page", args=["reproduction"]), {"go": "stop"}, follow=True)
    assert "You can close this page" in stopped.content.decode()


def test_a_second_browser_is_refused_with_words(link: Link, patient: Patient) -> None:
    open_in(Client(), link, patient)
    other = Client()
    for answer in (other.get(link[1]), open_in(other, link, patient)):
        assert answer.status_code == 403 and "opened before, in another browser" in answer.content.decode()
    assert other.get(reverse("intake:own_page", args=["health"])).status_code == 403


def test_another_date_of_birth_does_not_open(link: Link, patient: Patient) -> None:
    thief = Client()
    answer = thief.post(link[1], {"birth_date": "1991-06-13"})
    assert answer.status_code == 422 and "does not belong to this link" in answer.content.decode()
    assert thief.post(link[1], {"birth_date": "soon"}).status_code == 422
    assert LinkGuess.objects.filter(link=link[0]).count() == 1
    assert open_in(Client(), link, patient).status_code == 302


def test_guessing_the_date_of_birth_ends_soon(link: Link, patient: Patient) -> None:
    for day in range(1, 6):
        assert Client().post(link[1], {"birth_date": f"1990-01-0{day}"}).status_code == 422
    held = open_in(Client(), link, patient)
    assert held.status_code == 429 and "Too many attempts" in held.content.decode()
    link[0].refresh_from_db()
    assert link[0].opened_at is None


def test_guessing_addresses_ends_soon(link: Link) -> None:
    stranger = Client()
    for number in range(actions.GUESSES_PER_ADDRESS):
        assert stranger.get(reverse("intake:link", args=[f"guess-{number}"])).status_code == 404
    assert stranger.get(reverse("intake:link", args=["one-more"])).status_code == 429
    assert stranger.get(link[1]).status_code == 429
    assert LinkGuess.objects.count() == actions.GUESSES_PER_ADDRESS


def test_a_link_expires_also_while_it_is_answered(link: Link, patient: Patient) -> None:
    phone = Client()
    open_in(phone, link, patient)
    with acting("test"):
        IntakeLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for answer in (phone.get(reverse("intake:own_page", args=["health"])), Client().get(link[1])):
        assert answer.status_code in {403, 410} and "has expired" in answer.content.decode()
    phone.post(reverse("intake:own_save", args=["health"]), {"question": "asthma", "asthma": "no"})
    assert not Answer.objects.exists()


def test_a_withdrawn_link_leads_nowhere(link: Link, patient: Patient, client_of: Browser) -> None:
    phone = Client()
    open_in(phone, link, patient)
    client_of(Role.FRONT_DESK).post(reverse("intake:withdraw_link", args=[patient.number]))
    assert "withdrawn" in Client().get(link[1]).content.decode()
    assert phone.get(reverse("intake:own_page", args=["health"])).status_code == 403


def test_a_new_link_replaces_the_old_one_and_keeps_the_answers(
    link: Link, patient: Patient, nurse: User
) -> None:
    phone = Client()
    open_in(phone, link, patient)
    phone.post(reverse("intake:own_save", args=["health"]), {"question": "asthma", "asthma": "yes"})
    second, _token = actions.make_link(by=nurse, patient=patient)
    assert second.intake_id == link[0].intake_id
    assert phone.get(reverse("intake:own_page", args=["health"])).status_code == 403
    assert set(queries.round_of(second.intake, timezone.localdate()).answers) == {"asthma"}


def test_a_link_is_not_used_up_by_staff_who_try_it(link: Link, patient: Patient, client_of: Browser) -> None:
    answer = open_in(client_of(Role.NURSE), link, patient)
    assert answer.status_code == 403 and "has not been used up" in answer.content.decode()
    own = client_of(Role.PATIENT).get(link[1])
    assert own.headers["Location"] == reverse("intake:intake", args=[patient.number])
    link[0].refresh_from_db()
    assert link[0].opened_at is None


@pytest.mark.parametrize(
    "cookie",
    ["", "nonsense", signing.dumps([1, "phone", 1], salt="another")],
    ids=["empty", "nonsense", "signed for another purpose"],
)
def test_a_made_up_ticket_opens_nothing(link: Link, cookie: str) -> None:
    browser = Client()
    browser.cookies[ticket.COOKIE] = cookie
    assert browser.get(reverse("intake:own_page", args=["health"])).status_code == 403


def test_a_ticket_opens_one_round_and_no_later_one(link: Link, patient: Patient, nurse: User) -> None:
    phone = Client()
    open_in(phone, link, patient)
    actions.hand_in(by=nurse, intake=link[0].intake, on=timezone.localdate())
    actions.make_link(by=nurse, patient=patient)
    assert phone.get(reverse("intake:own_page", args=["health"])).status_code == 403


# the tablet


def test_a_tablet_is_locked_to_the_questions(client_of: Browser, patient: Patient, stranger: Patient) -> None:
    tablet = client_of(Role.FRONT_DESK)
    answer = tablet.post(reverse("intake:hand_over", args=[patient.number]), follow=True)
    page = answer.content.decode()
    assert "Hello Amélie" in page and "Laurent" not in page
    # whoever holds it is signed out: every other page asks for a sign-in
    for address in ("/", "/patients", f"/patients/{patient.number}", f"/patients/{stranger.number}/answers"):
        assert tablet.get(address).headers["Location"].startswith("/sign-in")
    tablet.post(reverse("intake:own_page", args=["health"]), {"asthma": "no", "go": "next"})
    intake = Intake.objects.get()
    assert (intake.channel, intake.answers.count()) == ("tablet", 1)
    done = tablet.post(reverse("intake:own_review"), {"intake": intake.pk}, follow=True)
    assert "give the tablet back" in done.content.decode()
    assert tablet.get(reverse("intake:own")).status_code == 403


def test_a_forgotten_tablet_locks_itself(
    client_of: Browser, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tablet = client_of(Role.NURSE)
    tablet.post(reverse("intake:hand_over", args=[patient.number]))
    assert tablet.get(reverse("intake:own")).status_code == 200
    monkeypatch.setattr(ticket, "TABLET_LASTS", timedelta(seconds=-1))
    assert tablet.get(reverse("intake:own")).status_code == 403


def test_staff_who_sign_in_take_the_tablet_back(
    client_of: Browser, patient: Patient, users: dict[Role, User]
) -> None:
    tablet = client_of(Role.NURSE)
    tablet.post(reverse("intake:hand_over", args=[patient.number]))
    tablet.force_login(users[Role.NURSE])
    assert tablet.get(reverse("intake:own")).headers["Location"] == "/"
    tablet.logout()
    assert tablet.get(reverse("intake:own")).status_code == 403
