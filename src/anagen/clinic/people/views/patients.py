"""Finding, registering and correcting patients, and the page of one patient."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from .. import actions, queries
from ..access import opens_file
from ..downloads import csv_download
from ..forms import AccessForm, PatientForm
from ..models import Patient
from ..names import is_patient_number
from ..panels import path_of
from ..passwords import first_password
from ..permissions import Permission, needs


@needs(Permission.FIND_PATIENTS)
@require_GET
def patients(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    if is_patient_number(text.replace(" ", "")):
        patient = queries.patient_by_number(text.replace(" ", ""))
        if patient is not None and not getattr(request, "htmx", False):
            return redirect("people:patient", number=patient.number)
    page = queries.page_of_patients(text, request.GET.get("page"))
    fragment = getattr(request, "htmx", False) and request.htmx.target == "found"  # type: ignore[attr-defined]
    template = "people/patients_found.html" if fragment else "people/patients.html"
    query = urlencode({"q": text}) if text else ""
    return render(request, template, {"page": page, "text": text, "query": query, "today": queries.today()})


@needs(Permission.FIND_PATIENTS)
@require_GET
def patients_csv(request: HttpRequest) -> HttpResponse:
    found = queries.found_patients(request.GET.get("q", "").strip())
    return csv_download(
        "patients",
        [
            _("Number"),
            _("Family name"),
            _("First name"),
            _("Date of birth"),
            _("Sex"),
            _("Telephone"),
            _("Email"),
        ],
        (
            [
                patient.number,
                patient.family_name,
                patient.given_name,
                patient.birth_date.isoformat(),
                patient.get_sex_display(),
                patient.phone,
                patient.email,
            ]
            for patient in found.iterator()
        ),
    )


@needs(Permission.REGISTER_PATIENT)
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    today = queries.today()
    form = PatientForm(request.POST or None, on=today)
    duplicates: list[Patient] = []
    if request.method == "POST" and form.is_valid():
        person = form.person()
        duplicates = list(
            queries.possible_duplicates(
                given_name=person["given_name"],
                family_name=person["family_name"],
                birth_date=person["birth_date"],
                email=person["email"],
                phone=person["phone"],
            )
        )
        if not duplicates or request.POST.get("another_person") == "yes":
            patient = actions.register_patient(by=user, on=today, **person)
            messages.success(
                request,
                _("%(name)s is registered with the number %(number)s.")
                % {"name": patient.name, "number": patient.number},
            )
            return redirect("people:patient", number=patient.number)
    return render(
        request,
        "people/register.html",
        {"form": form, "duplicates": duplicates, "today": today},
        status=422 if form.errors or duplicates else 200,
    )


@needs(Permission.OPEN_FILE)
@require_GET
@opens_file("patient page")
def patient_page(request: HttpRequest, patient: Patient) -> HttpResponse:
    user: Any = request.user
    return render(
        request,
        "people/patient.html",
        {"patient": patient, "path": path_of(patient, user), "age": patient.age_on(queries.today())},
    )


@needs(Permission.SEE_OWN_RECORD)
@require_GET
def my_record(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    patient = queries.patient_of(user)
    if patient is None:
        return render(request, "people/no_record.html")
    return redirect("people:patient", number=patient.number)


@needs(Permission.CORRECT_PATIENT)
@require_http_methods(["GET", "POST"])
@opens_file("personal details")
def correct(request: HttpRequest, patient: Patient) -> HttpResponse:
    user: Any = request.user
    today = queries.today()
    names = ("given_name", "family_name", "birth_date", "sex", "phone", "email", "language")
    form = PatientForm(
        request.POST or None, on=today, initial={name: getattr(patient, name) for name in names}
    )
    version = request.POST.get("version", "")
    changed_meanwhile = False
    if request.method == "POST" and form.is_valid():
        person = {"language": patient.language} | form.cleaned_data
        try:
            actions.correct_patient(
                by=user,
                patient=patient,
                version=int(version) if version.isascii() and version.isdigit() else 0,
                on=today,
                **person,
            )
        except actions.ChangedMeanwhile as refused:
            form.add_error(None, str(refused))
            changed_meanwhile = True
        else:
            messages.success(request, _("The details of %(name)s are saved.") % {"name": patient.name})
            return redirect("people:patient", number=patient.number)
    return render(
        request,
        "people/correct.html",
        {
            "form": form,
            "patient": patient,
            "changed_meanwhile": changed_meanwhile,
            "version": patient.version,
        },
        status=422 if form.errors else 200,
    )


@needs(Permission.GIVE_ACCESS)
@require_http_methods(["GET", "POST"])
@opens_file("own access")
def give_access(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Give a patient an account, or a new first password. It is shown once, to be handed over."""
    user: Any = request.user
    form = AccessForm(request.POST or None, initial={"username": f"patient.{patient.number}"})
    made: dict[str, str] | None = None
    if request.method == "POST" and patient.user is not None:
        password = first_password()
        actions.set_password(by=user, user=patient.user, password=password, must_change=True)
        made = {"username": patient.user.username, "password": password}
    elif request.method == "POST" and form.is_valid():
        password = first_password()
        try:
            account = actions.give_access(
                by=user, patient=patient, username=form.cleaned_data["username"], password=password
            )
        except actions.Refused as refused:
            form.add_error("username", str(refused))
        else:
            made = {"username": account.username, "password": password}
    return render(
        request,
        "people/give_access.html",
        {"form": form, "patient": patient, "made": made},
        status=422 if form.errors else 200,
    )
