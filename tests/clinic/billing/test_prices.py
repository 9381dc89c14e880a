"""Prices have a day, charges have a key, and money is exact."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from anagen.clinic.billing import actions, queries
from anagen.clinic.billing.models import Charge, Price, Service
from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role

DAY = timedelta(days=1)


@pytest.fixture
def lead(users: dict[Role, User]) -> User:
    return users[Role.MEDICAL_LEAD]


def priced(by: User, day: date, on: date, amount: str = "120.00", currency: str = "eur") -> Price:
    return actions.set_price(
        by=by, service=Service.SESSION, amount=Decimal(amount), currency=currency, valid_from=day, on=on
    )


def test_a_price_holds_from_its_day_until_the_next(lead: User, today: date) -> None:
    first, second = priced(lead, today, today), priced(lead, today + 10 * DAY, today, "130")
    assert queries.price_of(Service.SESSION, today - DAY) is None
    assert queries.price_of(Service.SESSION, today + 9 * DAY) == first
    assert queries.price_of(Service.SESSION, today + 10 * DAY) == second
    assert first.words == "€120.00"


def test_what_is_no_price_is_refused(lead: User, users: dict[Role, User], today: date) -> None:
    for amount, currency, words in (
        ("1", "XXA", "no currency"),
        ("-1", "EUR", "not possible"),
        ("NaN", "EUR", "not possible"),
        ("1.005", "EUR", "small coins"),
        ("10.5", "JPY", "small coins"),
    ):
        with pytest.raises(Refused, match=words):
            priced(lead, today, today, amount, currency)
    with pytest.raises(Refused, match="past"):
        priced(lead, today - DAY, today)
    with pytest.raises(NotAllowed):
        priced(users[Role.NURSE], today, today)
    priced(lead, today, today)
    with pytest.raises(Refused, match="from that day"):
        priced(lead, today, today, "99")
    assert Price.objects.count() == 1


def test_the_same_key_charges_once(patient: Patient, stranger: Patient, lead: User, today: date) -> None:
    key = uuid.uuid4()
    with pytest.raises(Refused, match="price list says nothing"):
        actions.charge(by=lead, patient=patient, service=Service.SESSION, day=today, key=key)
    priced(lead, today, today, "99.95")
    first = actions.charge(by=lead, patient=patient, service=Service.SESSION, day=today, key=key)
    again = actions.charge(by=lead, patient=patient, service=Service.SESSION, day=today, key=key)
    assert first == again and Charge.objects.count() == 1 and first.amount == Decimal("99.95")
    with pytest.raises(Refused, match="Something else"):
        actions.charge(by=lead, patient=stranger, service=Service.SESSION, day=today, key=key)


def test_the_price_list_page(client_of: Callable[[Role], Client], today: date) -> None:
    page = reverse("billing:prices")
    administrator = client_of(Role.ADMINISTRATOR)
    asked = {"service": "session", "amount": "120.50", "currency": "gbp", "valid_from": today.isoformat()}
    assert administrator.post(page, asked | {"amount": "1,000"}).status_code == 422
    assert administrator.post(page, asked).status_code == 302
    assert "£120.50" in administrator.get(page).content.decode()
