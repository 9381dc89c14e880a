"""What the pages ask about people. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils import timezone

from .models import Patient, User
from .names import searchable
from .permissions import Role

PAGE_LENGTH = 25


def today() -> date:
    """The day at the clinic."""
    return timezone.localdate()


def patient_by_number(number: str) -> Patient | None:
    return Patient.objects.select_related("user").filter(number=number).first()


def patient_of(user: User) -> Patient | None:
    """The file that belongs to a patient's own account."""
    return Patient.objects.select_related("user").filter(user=user).first()


def found_patients(text: str) -> QuerySet[Patient]:
    """Patients whose names contain every word of `text`, or whose number it is; all when it is empty."""
    found = Patient.objects.all()
    digits = text.replace(" ", "")
    if digits.isascii() and digits.isdigit():
        return found.filter(number__startswith=digits)
    for word in searchable(text).split():
        found = found.filter(search_name__contains=word)
    return found


def page_of_patients(text: str, page: str | int | None) -> Page[Patient]:
    return Paginator(found_patients(text), PAGE_LENGTH).get_page(page)


def recent_patients(most: int = 6) -> QuerySet[Patient]:
    return Patient.objects.order_by("-created_at", "-id")[:most]


def registered_on(day: date) -> QuerySet[Patient]:
    return Patient.objects.filter(created_at__date=day).order_by("-created_at", "-id")


def possible_duplicates(
    *, given_name: str, family_name: str, birth_date: date, email: str = "", phone: str = ""
) -> Sequence[Patient]:
    """Files that may be the same person: same birthday and a name in common, or the same full name,
    or the same email or telephone."""
    words = set(searchable(f"{given_name} {family_name}").split())
    same_name = searchable(f"{family_name} {given_name}")
    swapped = searchable(f"{given_name} {family_name}")
    likely = Q(birth_date=birth_date) | Q(search_name__in=[same_name, swapped])
    if email:
        likely |= Q(email__iexact=email)
    if phone:
        likely |= Q(phone=phone)
    candidates = Patient.objects.filter(likely).order_by("search_name", "id")[:50]
    return [
        patient
        for patient in candidates
        if patient.birth_date != birth_date
        or words & set(patient.search_name.split())
        or (email and patient.email.lower() == email.lower())
        or (phone and patient.phone == phone)
    ][:5]


def staff_accounts() -> QuerySet[User]:
    return User.objects.exclude(role=Role.PATIENT).order_by("-is_active", "full_name", "id")


def patient_accounts() -> QuerySet[User]:
    return User.objects.filter(role=Role.PATIENT).select_related("patient").order_by("full_name", "id")


def account(username: str) -> User | None:
    return User.objects.filter(username=username).first()
