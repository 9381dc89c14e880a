"""Pages of the stock: a scan is read or asked about, what was typed is kept, tables can be taken away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from tests.clinic.stock.conftest import DAY, GTIN, Receive

from anagen.clinic.audit.context import acting
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Role
from anagen.clinic.stock import actions, queries, typed
from anagen.clinic.stock.models import Balance, Gtin, Lot, Place, Product
from anagen.medicine.mixture import Legal

Browser = Callable[[Role | None], Client]


@pytest.fixture
def nurses(client_of: Browser) -> Client:
    return client_of(Role.NURSE)


def kept(product: Product, place: Place, today: date, **other: object) -> dict[str, object]:
    return {
        "step": "keep",
        "key": str(uuid4()),
        "product": product.pk,
        "number": "A1",
        "expiry": (today + 90 * DAY).isoformat(),
        "count": 3,
        "place": place.pk,
    } | other


def test_a_scanned_product_is_known_by_its_number(nurses: Client, ampoule: Product, cupboard: Place) -> None:
    page = nurses.post(reverse("stock:receive"), {"step": "scan", "scan": GTIN[1:]})
    said = page.content.decode()
    assert page.status_code == 200 and "Demo Panthenol" in said and "does not say everything" in said


def test_a_new_number_is_given_to_a_product_once(
    nurses: Client, multi: Product, cupboard: Place, today: date
) -> None:
    page = nurses.post(reverse("stock:receive"), {"step": "scan", "scan": GTIN[1:]})
    assert "This code is new here" in page.content.decode()
    nurses.post(reverse("stock:receive"), kept(multi, cupboard, today, gtin=GTIN))
    assert Gtin.objects.get().product == multi and Lot.objects.get().number == "A1"


@pytest.mark.parametrize("scan", ["", "hello there", "4006381333932"])
def test_what_is_no_product_is_refused(nurses: Client, cupboard: Place, scan: str) -> None:
    assert nurses.post(reverse("stock:receive"), {"step": "scan", "scan": scan}).status_code == 422


def test_a_refused_receipt_keeps_what_was_typed_and_gives_no_number_away(
    nurses: Client, multi: Product, cupboard: Place, today: date
) -> None:
    page = nurses.post(reverse("stock:receive"), kept(multi, cupboard, today, gtin=GTIN, expiry="2062-01-01"))
    assert page.status_code == 422 and 'value="A1"' in page.content.decode()
    assert not Gtin.objects.exists() and not Lot.objects.exists()
    empty = nurses.post(reverse("stock:receive"), kept(multi, cupboard, today, expiry=""))
    assert "or say that there is none" in empty.content.decode()


def test_lost_separators_are_choices(nurses: Client, ampoule: Product, cupboard: Place) -> None:
    sent = {"step": "scan", "scan": f"01{GTIN}1728030010PJ2721AB12"}
    page = nurses.post(reverse("stock:receive"), sent).content.decode()
    assert "Which of these stands on the pack?" in page and 'name="reading" value="0"' in page
    chosen = nurses.post(reverse("stock:receive"), sent | {"reading": "0"}).content.decode()
    assert "Which of these" not in chosen and 'value="PJ27' in chosen and 'value="2028-03-31"' in chosen


def test_a_scanned_pack_is_found_and_is_not_taken_for_another_lot(
    nurses: Client, receive: Receive, multi: Product
) -> None:
    lot, found = receive("A1"), reverse("stock:home")
    assert nurses.get(found, {"q": f"(01){GTIN}(10)A1"}).url == reverse("stock:lot", args=[lot.pk])  # type: ignore[attr-defined]
    assert "trade number" in nurses.get(found, {"q": "4006381333932"}).content.decode()
    assert "check digit" in nurses.get(found, {"q": "4006381333932"}).content.decode()
    sent = {
        "key": str(uuid4()),
        "what": "waste",
        "place": lot.balances.get().place_id,
        "count": 1,
        "reason": "broken",
    }
    leave = reverse("stock:leave", args=[lot.pk])
    page = nurses.post(leave, sent | {"scan": f"(01){GTIN}(10)B2"})
    assert page.status_code == 422 and "of lot B2, not of A1" in page.content.decode()
    assert nurses.post(leave, sent | {"scan": f"(01){GTIN}(10)A1"}).status_code == 302


def test_a_stock_take_counts_scanned_packs(nurses: Client, receive: Receive, cupboard: Place) -> None:
    lot, address = receive("A1", 7), reverse("stock:count", args=[cupboard.pk])
    sent = {"key": str(uuid4()), "seen": queries.last_movement(cupboard), f"lot_{lot.pk}": "2"}
    assert "lot A1: 3" in nurses.post(address, sent | {"scan": f"(01){GTIN}(10)A1"}).content.decode()
    for scan, told in (
        (GTIN, "does not tell the lot"),
        (f"(01){GTIN}(10)ZZ", "not in the books"),
        ("x", "not the code"),
    ):
        page = nurses.post(address, sent | {"scan": scan})
        assert (
            page.status_code == 422 and told in page.content.decode() and 'value="2"' in page.content.decode()
        )


def test_a_place_is_changed_on_its_page(
    nurses: Client, receive: Receive, cupboard: Place, fridge: Place
) -> None:
    receive("A1")
    page = nurses.post(reverse("stock:place", args=[cupboard.pk]), {"retire": "1"})
    assert page.status_code == 422 and "still lies" in page.content.decode()
    assert nurses.post(reverse("stock:place", args=[fridge.pk]), {"retire": "1"}).status_code == 302
    assert nurses.post(reverse("stock:place", args=[cupboard.pk]), {"name": "Shelf"}).status_code == 302
    assert "Shelf" in nurses.get(reverse("stock:all_movements_csv")).content.decode()


def test_counting_shows_nothing_before_it_was_counted(
    nurses: Client, receive: Receive, cupboard: Place, nurse: User
) -> None:
    lot = receive("A1", 7)
    address = reverse("stock:count", args=[cupboard.pk])
    assert "expected" not in nurses.get(address).content.decode()
    sent = {"key": str(uuid4()), "seen": queries.last_movement(cupboard), f"lot_{lot.pk}": 6}
    assert "counted 6, expected 7" in nurses.post(address, sent).content.decode()
    assert queries.count_of(lot, cupboard) == 7
    assert nurses.post(address, sent | {"reason": "one broken"}).status_code == 302
    assert queries.count_of(lot, cupboard) == 6
    receive("A1", 1, expiry=None)
    late = nurses.post(address, sent | {"reason": "again", "key": str(uuid4())}).content.decode()
    assert "while you counted" in late and queries.count_of(lot, cupboard) == 7


def test_tables_and_badges(nurses: Client, receive: Receive, today: date) -> None:
    lot = receive("A1", 2, expiry=today + DAY)
    found = nurses.get(reverse("stock:home"), {"q": "panth"}).content.decode()
    assert "Low" in found and "2 expire soon" in found
    assert "Nothing is found" in nurses.get(reverse("stock:home"), {"q": "zzz"}).content.decode()
    assert "A1" in nurses.get(reverse("stock:home_csv")).content.decode()
    assert "Received" in nurses.get(reverse("stock:movements_csv", args=[lot.product_id])).content.decode()


def test_a_product_is_described_and_changed_by_one_desk_at_a_time(nurses: Client, ampoule: Product) -> None:
    address = reverse("stock:change_product", args=[ampoule.pk])
    form = {
        "name": "Demo Panthenol",
        "maker": "Demo Works",
        "legal_class": "cosmetic",
        "container": "ampoule",
        "content_ml": "5",
        "dosing": "single",
        "low_below": "5",
        "warn_days": "60",
        "in_use": "on",
        "ingredients": "Dexpanthenol; 250 mg/mL\nSomething else",
        "gtins": GTIN,
    }
    assert nurses.post(address, form | {"version": 1}).status_code == 302
    assert "Somebody else changed" in nurses.post(address, form | {"version": 1}).content.decode()
    for wrong, told in (("Dexpanthenol; 5 mg/dL", "per dL"), ("Dexpanthenol; 5 %", "is no strength")):
        page = nurses.post(address, form | {"version": 2, "ingredients": wrong})
        assert page.status_code == 422 and told in page.content.decode()
    product = Product.objects.get()
    plain = typed.as_medicine(product)
    assert (plain.legal, plain.injectable, plain.is_complete) == (Legal.COSMETIC, False, False)
    assert [(part.ingredient, str(part.strength)) for part in plain.contents] == [
        ("ingredient.dexpanthenol", "250 mg/mL")
    ]
    assert [row.ingredient for row in product.ingredients.all()] == ["ingredient.dexpanthenol", ""]


def test_the_books_are_checked_on_the_command_line(receive: Receive) -> None:
    receive("A1")
    said = StringIO()
    call_command("rebuild_stock", "--check", stdout=said)
    assert "Every balance is the sum" in said.getvalue()
    with acting("test"):
        Balance.objects.update(count=3)
    with pytest.raises(CommandError, match="1 balance differs"):
        call_command("rebuild_stock", "--check", stdout=said)
    call_command("rebuild_stock", stdout=said)
    assert queries.wrong_balances() == [] and actions.rebuild(by="test") == []
