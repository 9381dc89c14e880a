"""The pages: from a scan to the list, what the front desk does not see, the patient's own page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from tests.clinic.recall.conftest import Reached
from tests.clinic.recall.reach import Bench

from anagen.clinic.people.permissions import Role
from anagen.clinic.recall import actions
from anagen.clinic.recall.models import Recall
from anagen.clinic.stock.queries import quarantine_of

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Role | None], Client]


def text_of(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined,no-any-return]


def test_from_the_number_to_an_open_recall(reached: Reached, client_of: ClientOf) -> None:
    browser = client_of(Role.PRESCRIBER)
    found = text_of(browser.get("/recalls?q=a-100"))
    assert f'name="lot" value="{reached.lot.pk}" checked' in found
    traced = text_of(browser.get(f"/recalls/trace?lot={reached.lot.pk}"))
    assert all(name in traced for name in ("Amélie Laurent", "Lea Moss", "discarded", "3 unopened", "vertex"))
    page = browser.get(f"/recalls/open?lot={reached.lot.pk}")
    key = str(page.context["form"].initial["key"])
    wrong = browser.post(f"/recalls/open?lot={reached.lot.pk}", {"key": key, "reason": "Flakes"})
    assert wrong.status_code == 422 and "Choose who says so." in text_of(wrong)
    sent = {"key": key, "reason": "Flakes", "source": "maker", "severity": "serious", "begun": ""}
    listed = browser.post(f"/recalls/open?lot={reached.lot.pk}", sent, follow=True)
    assert "3 patients have to be told" not in text_of(listed)
    assert "patients to tell" in text_of(browser.get("/"))
    assert quarantine_of(reached.lot) is not None
    again = browser.post(f"/recalls/open?lot={reached.lot.pk}", sent | {"key": ""})
    assert again.status_code == 422
    assert Recall.objects.count() == 1


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("lot=99999", "There is no such lot."),
        ("lot=x", "There is no such lot."),
        ("", "Choose one"),
        ("room=1&first=2026-02-02&last=2026-02-01", "The last day lies before the first."),
        ("room=1&first=2026-02-31", "This date does not exist."),
    ],
)
def test_what_cannot_be_looked_for_says_so(query: str, told: str, client_of: ClientOf) -> None:
    response = client_of(Role.PRESCRIBER).get(f"/recalls/trace?{query}")
    assert response.status_code == 422
    assert told in text_of(response)


def test_unknown_and_alike_numbers(bench: Bench, client_of: ClientOf) -> None:
    bench.lot("PA-O1")
    browser = client_of(Role.NURSE)
    assert "No lot “ZZ9” was ever received here" in text_of(browser.get("/recalls?q=ZZ9"))
    alike = text_of(browser.get("/recalls?q=PA01"))
    assert "No lot has exactly this number" in alike and "PA-O1" in alike
    bench.lot("TWIN", name="Saline")
    bench.lot("TWIN", name="Biotin")
    assert "2 products have a lot with this number" in text_of(browser.get("/recalls?q=twin"))


def test_the_front_desk_works_the_list_without_clinical_details(
    recall: Recall, reached: Reached, client_of: ClientOf
) -> None:
    desk = client_of(Role.FRONT_DESK)
    pages = [
        f"/recalls/{recall.pk}",
        f"/recalls/{recall.pk}/patients/{reached.given.number}",
        f"/recalls/{recall.pk}/patients.csv",
        f"/recalls/{recall.pk}/letters",
        "/recalls",
    ]
    for page in pages:
        shown = text_of(desk.get(page))
        assert "Laurent" in shown or page == "/recalls"
        assert not any(word in shown for word in ("A100", "Saline", "Flakes", "vertex")), page
    assert "A100" in text_of(client_of(Role.NURSE).get(pages[2]))
    assert desk.get(f"/recalls/trace?lot={reached.lot.pk}").status_code == 403
    assert desk.get(f"/recalls/{recall.pk}/close").status_code == 403


def test_telling_one_patient(recall: Recall, reached: Reached, client_of: ClientOf) -> None:
    desk = client_of(Role.FRONT_DESK)
    address = f"/recalls/{recall.pk}/patients/{reached.given.number}"
    key = str(desk.get(address).context["attempt"].initial["key"])
    tried = {"do": "attempt", "key": key, "how": "phone", "reached": "no", "note": "Rang twice"}
    assert "Rang twice" in text_of(desk.post(address, tried, follow=True))
    assert "Say whether you reached" in text_of(desk.post(address, tried | {"reached": ""}))
    assert "no mail server is set up" not in text_of(desk.post(address, {"do": "email"}, follow=True))
    assert len(mail.outbox) == 1
    assert "Nobody is written to twice" in text_of(desk.post(address, {"do": "email"}, follow=True))
    assert "knows" in text_of(desk.post(address, {"do": "acknowledge", "told": "To call us"}, follow=True))
    twice = desk.post(address, {"do": "acknowledge", "told": "To call us"}, follow=True)
    assert "has acknowledged this already" in text_of(twice)


def test_everybody_with_an_address_is_written_to_once(recall: Recall, client_of: ClientOf) -> None:
    desk = client_of(Role.FRONT_DESK)
    assert "3 messages are sent" in text_of(desk.post(f"/recalls/{recall.pk}/write", follow=True))
    assert "nobody left to write to" in text_of(desk.post(f"/recalls/{recall.pk}/write", follow=True))
    assert len(mail.outbox) == 3


def test_a_patient_reads_and_says_so_without_a_password(
    recall: Recall, reached: Reached, client_of: ClientOf
) -> None:
    contact = recall.contacts.get(patient=reached.given)
    _link, token = actions.make_link(by="test", contact=contact)
    phone, address = client_of(None), reverse("recall:notice", args=[token])
    assert "Amélie" not in text_of(phone.get(address))
    assert "does not belong" in text_of(phone.post(address, {"birth_date": "1980-01-01"}))
    born = {"birth_date": reached.given.birth_date.isoformat()}
    shown = text_of(phone.post(address, born))
    assert "Dear Amélie Laurent" in shown and "A100" not in shown
    assert "Thank you" in text_of(phone.post(address, born | {"read": "1"}))
    assert "Thank you" in text_of(phone.post(address, born | {"read": "1"}))
    gone = phone.post("/notice/nobody-made-this", born)
    assert gone.status_code == 404 and "not known" in text_of(gone)


def test_every_page_of_a_drill_says_so(
    reached: Reached, open_it: Callable[..., Recall], client_of: ClientOf
) -> None:
    drill = open_it(reached.lot, drill=True)
    browser = client_of(Role.PRESCRIBER)
    for page in ("", "/letters", "/close", f"/patients/{reached.given.number}"):
        assert "This is a drill" in text_of(browser.get(f"/recalls/{drill.pk}{page}")), page
    assert "This is a drill" in text_of(browser.get(f"/recalls/open?lot={reached.lot.pk}&drill=1"))
    assert "This is a drill" in text_of(browser.post(f"/recalls/{drill.pk}/write", follow=True))
    assert mail.outbox == []
    done = {"conclusion": "The list was there in a second."}
    closed = text_of(browser.post(f"/recalls/{drill.pk}/close", done, follow=True))
    assert "Closed after" in closed and "The list was there in a second." in closed
    assert "closed" in text_of(browser.post(f"/recalls/{drill.pk}/close", done))


def test_closing_too_early_names_what_is_left(recall: Recall, client_of: ClientOf) -> None:
    response = client_of(Role.PRESCRIBER).post(
        f"/recalls/{recall.pk}/close", {"conclusion": "All is well with everybody."}
    )
    assert response.status_code == 422
    assert "3 patients are not told yet" in text_of(response)
