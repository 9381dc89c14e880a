"""What people adds to the navigation and to the home page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import queries
from .menu import Card, Entry, add_card, add_entry
from .models import User
from .panels import path_of
from .permissions import Permission


def register() -> None:
    add_entry(
        Entry(gettext_lazy("Patients"), "people:patients", Permission.FIND_PATIENTS, order=10, icon="people")
    )
    add_entry(
        Entry(
            gettext_lazy("My record"), "people:my_record", Permission.SEE_OWN_RECORD, order=10, icon="record"
        )
    )
    add_entry(Entry(gettext_lazy("Accounts"), "people:staff", Permission.MANAGE_STAFF, order=80, icon="key"))
    add_card("own_record", Permission.SEE_OWN_RECORD, _own_record, order=0)
    add_card("find", Permission.FIND_PATIENTS, _find, order=0)
    add_card("registered_today", Permission.FIND_PATIENTS, _registered_today, order=50)
    add_card("accounts", Permission.MANAGE_STAFF, _accounts, order=50)


def _own_record(user: User) -> Card:
    patient = queries.patient_of(user)
    if patient is None:
        return Card(
            title=_("Your record"),
            note=_("Your account is not yet joined to a record. Please ask the front desk."),
            wide=True,
        )
    return Card(
        title=_("Your path"),
        template="people/card_own_record.html",
        context={"patient": patient, "path": path_of(patient, user)},
        url=reverse("people:my_record"),
        action=_("Open your record"),
        wide=True,
    )


def _find(user: User) -> Card:
    return Card(title=_("Find a patient"), template="people/card_find.html", wide=True)


def _registered_today(user: User) -> Card:
    patients = list(queries.registered_on(queries.today())[:6])
    return Card(
        title=_("Registered today"),
        template="people/card_patients.html",
        context={"patients": patients or queries.recent_patients(), "today": bool(patients)},
        url=reverse("people:patients"),
        action=_("All patients"),
    )


def _accounts(user: User) -> Card:
    accounts = queries.staff_accounts()
    return Card(
        title=_("Accounts of staff"),
        count=accounts.filter(is_active=True).count(),
        note=_("may sign in"),
        url=reverse("people:staff"),
        action=_("See all accounts"),
    )
