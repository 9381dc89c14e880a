"""The pages as they are sent: wishes, scans, entries; what was typed is kept and nothing half-written."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from anagen.clinic.audit.context import acting
from anagen.clinic.course.actions import plan_course
from anagen.clinic.formulation.actions import make_worksheet
from anagen.clinic.formulation.judging import Wanted, Wish
from anagen.clinic.formulation.models import Preparation, SecondCheck, Worksheet
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.review.queries import current
from anagen.clinic.stock.models import Lot, Product, Vial

from .conftest import GTINS, Prepare, Sheets, decided

pytestmark = pytest.mark.django_db
Browsers = Callable[[Role], Client]


def test_a_wish_is_typed_judged_and_kept(
    client_of: Browsers, screened: Patient, stocked: dict[str, Product], today: Any
) -> None:
    nurse = client_of(Role.NURSE)
    address = reverse("formulation:new", args=[screened.number])
    said = {
        "key": str(uuid4()),
        "on": today.isoformat(),
        "product_0": stocked["panthenol"].pk,
        "ml_0": "0.5",
        "ml_1": "4.5",
    }
    lost = nurse.post(address, said | {"keep": "1"})
    assert (
        lost.status_code == 422 and b"Choose the product" in lost.content and b'value="4.5"' in lost.content
    )
    scanned = nurse.post(address, said | {"scan": GTINS["saline"], "judge": "1"})
    assert b"A pair nobody has tested" in scanned.content and not Worksheet.objects.exists()
    judged = nurse.post(
        reverse("formulation:judge", args=[screened.number]), said | {"ml_0": "900", "ml_1": ""}
    )
    assert b"cannot be" in judged.content
    made = nurse.post(address, said | {"product_1": stocked["saline"].pk, "keep": "1"})
    sheet = Worksheet.objects.get()
    assert made.headers["Location"] == reverse("formulation:worksheet", args=[screened.number, sheet.pk])
    assert b"May be prepared" not in nurse.get(made.headers["Location"]).content


def test_scans_at_the_bench(
    client_of: Browsers, worksheet: Sheets, prescriber: User, stocked: dict[str, Product]
) -> None:
    sheet = decided(worksheet(panthenol="0.5", saline="4.5"), prescriber)
    nurse = client_of(Role.NURSE)
    address = reverse("formulation:prepare", args=[sheet.patient.number, sheet.pk])
    lots = {name: Lot.objects.get(product=product) for name, product in stocked.items()}
    place = lots["saline"].balances.get().place_id
    said = {
        "key": str(uuid4()),
        "syringes": "1",
        "scan_0": f"01{GTINS['panthenol'].zfill(14)}10A1",
        "source_1_0": f"b{lots['saline'].pk}-{place}",
        "waste_0": "1.5",
        "waste_1": "5.5",
    }
    for scan, words in (
        (f"01{GTINS['panthenol'].zfill(14)}10Z9", "never received"),
        (f"01{GTINS['saline'].zfill(14)}10A1", "The worksheet wants"),
        (GTINS["panthenol"], "does not say the lot"),
        ("V99", "no opened vial"),
    ):
        wrong = nurse.post(address, said | {"scan_0": scan})
        assert wrong.status_code == 422 and words in wrong.content.decode(), scan
    off = nurse.post(address, said | {"waste_0": "1.2"})
    assert "not accounted for" in off.content.decode()
    assert not Preparation.objects.exists() and not Vial.objects.exists()
    for _twice in range(2):
        assert nurse.post(address, said).status_code == 302
    made = Preparation.objects.get()
    code = made.syringes.get().code
    labels = nurse.get(reverse("formulation:labels", args=[sheet.patient.number, sheet.pk]))
    assert (
        code[2:6] in labels.content.decode()
        and sheet.patient.name
        not in labels.content.decode().split("syringe-label", 1)[1].split("</article>")[0]
    )
    assert code in nurse.get(reverse("formulation:day_csv")).content.decode()


def blind(page: str) -> bool:
    """Nothing on a page of a worksheet says what is in it or how much."""
    main = page.split("<main", 1)[1].split("</main>", 1)[0].lower()
    return not any(words in main for words in ("panthenol", "saline", "4.5 ml", "5 ml", "mixture."))


def test_the_second_person_does_not_see_it_before(
    client_of: Browsers, worksheet: Sheets, prescriber: User, prepare: Prepare, stocked: dict[str, Product]
) -> None:
    made = prepare(decided(worksheet(panthenol="0.5", saline="4.5"), prescriber))
    address = [made.worksheet.patient.number, made.worksheet_id]
    other = client_of(Role.PRESCRIBER)
    page = other.get(reverse("formulation:worksheet", args=address)).content.decode()
    assert "shown after the second check" in page and blind(page)
    said = {
        "scan_0": f"01{GTINS['panthenol'].zfill(14)}10A1",
        "ml_0": "0.5",
        "product_1": stocked["saline"].pk,
        "lot_1": "A1",
    }
    check = reverse("formulation:check", args=address)
    assert "Enter the volume" in other.post(check, said).content.decode()
    assert client_of(Role.NURSE).post(check, said | {"ml_1": "4.5"}).status_code == 403
    assert not SecondCheck.objects.exists()
    # A try that differs shows nothing of what was drawn either, but to the person who drew it.
    assert other.post(check, said | {"ml_1": "4.4"}).status_code == 302
    sheet = reverse("formulation:worksheet", args=address)
    page = other.get(sheet).content.decode()
    assert "differs" in page and blind(page)
    assert not blind(client_of(Role.NURSE).get(sheet).content.decode())
    assert other.post(check, said | {"ml_1": "4.5"}).status_code == 302
    assert not blind(other.get(sheet).content.decode())
    assert [check.agrees for check in SecondCheck.objects.order_by("pk")] == [False, True]
    assert "4.5 mL" in other.get(reverse("formulation:worksheet", args=address)).content.decode()


def test_the_session_of_today_leads_to_its_mixture(
    client_of: Browsers, screened: Patient, nurse: User, today: Any
) -> None:
    """Of all protocols only the patient's own says what it wants in that session."""
    new = reverse("formulation:new", args=[screened.number]) + "?session=1"
    browser = client_of(Role.NURSE)
    others = [one.title for name, one in current().protocols.items() if 1 in one.mixtures]
    assert sum(f"{title}: " in browser.get(new).content.decode() for title in others) > 1
    course = plan_course(by=nurse, patient=screened, protocol="hair-standard", start=today, on=today)
    own = current().protocols[course.protocol]
    page = browser.get(new).content.decode()
    assert [title for title in others if f"{title}: " in page] == [own.title]
    assert own.mixtures[1] in page
    for address in ("treatment:day", "course:week"):
        assert (new in browser.get(reverse(address)).content.decode()) == (
            course.sessions.get(number=1).day == today
        )


def test_a_list_to_download_and_a_revision_show_nothing_before_the_second_check(
    client_of: Browsers, worksheet: Sheets, prescriber: User, prepare: Prepare
) -> None:
    sheet = decided(worksheet(panthenol="0.5", saline="4.5"), prescriber)
    revise = reverse("formulation:new", args=[sheet.patient.number]) + f"?revises={sheet.pk}"
    other, nurse = client_of(Role.PRESCRIBER), client_of(Role.NURSE)
    assert 'value="4.5"' in other.get(revise).content.decode()
    prepare(sheet)
    assert other.get(revise).status_code == 404
    lots = [browser.get(reverse("formulation:day_csv")).content.decode() for browser in (other, nurse)]
    assert ["A1" in one for one in lots] == [False, True]


def test_what_was_measured_is_not_carried_to_another_mixture(
    client_of: Browsers, screened: Patient, stocked: dict[str, Product], nurse: User, today: Any
) -> None:
    wish = Wish(
        [Wanted(stocked["panthenol"], Decimal("0.5")), Wanted(stocked["saline"], Decimal("4.5"))],
        ph=Decimal("6.83"),
        osmolality=Decimal("317"),
    )
    sheet = make_worksheet(by=nurse, patient=screened, wish=wish, on=today, key=uuid4())
    address = reverse("formulation:new", args=[screened.number]) + f"?revises={sheet.pk}"
    page = client_of(Role.NURSE).get(address).content.decode()
    assert 'value="4.5"' in page and "6.83" not in page and "317" not in page


@pytest.mark.parametrize("said", ["session=²", "revises=²", "session=" + "9" * 5000, "revises=" + "9" * 5000])
def test_an_odd_number_in_the_address_is_none(client_of: Browsers, screened: Patient, said: str) -> None:
    address = reverse("formulation:new", args=[screened.number])
    assert client_of(Role.NURSE).get(f"{address}?{said}").status_code == 200


def test_lots_are_read_whatever_their_case_and_labels_warn_until_checked(
    client_of: Browsers, worksheet: Sheets, prescriber: User, stocked: dict[str, Product]
) -> None:
    sheet = decided(worksheet(panthenol="0.5", saline="4.5"), prescriber)
    nurse, other = client_of(Role.NURSE), client_of(Role.PRESCRIBER)
    address = [sheet.patient.number, sheet.pk]
    lot = Lot.objects.get(product=stocked["saline"])
    said = {
        "key": str(uuid4()),
        "syringes": "1",
        "scan_0": f"01{GTINS['panthenol'].zfill(14)}10a1",
        "source_1_0": f"b{lot.pk}-{lot.balances.get().place_id}",
        "waste_0": "1.5",
        "waste_1": "5.5",
    }
    assert nurse.post(reverse("formulation:prepare", args=address), said).status_code == 302
    labels = reverse("formulation:labels", args=address)
    warning = "A second person checks before it is given"
    entered = {
        "scan_0": f"01{GTINS['panthenol'].zfill(14)}10a1",
        "ml_0": "0.6",
        "product_1": stocked["saline"].pk,
        "lot_1": "a1",
        "ml_1": "4.5",
    }
    check = reverse("formulation:check", args=address)
    for _turn in range(2):
        assert warning in nurse.get(labels).content.decode()
        other.post(check, entered)
    assert other.post(check, entered | {"ml_0": "0.5"}).status_code == 302
    assert [one.agrees for one in SecondCheck.objects.order_by("pk")] == [False, False, True]
    assert warning not in nurse.get(labels).content.decode()


def test_labels_warn_after_three_entries_that_differ(
    client_of: Browsers, worksheet: Sheets, prescriber: User, prepare: Prepare
) -> None:
    made = prepare(decided(worksheet(panthenol="0.5", saline="4.5"), prescriber))
    with acting(prescriber):
        for _turn in range(3):
            SecondCheck.objects.create(preparation=made, by=prescriber, entered=[], agrees=False)
    address = reverse("formulation:labels", args=[made.worksheet.patient.number, made.worksheet_id])
    assert "A second person checks" in client_of(Role.NURSE).get(address).content.decode()
