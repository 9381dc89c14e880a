"""Who may do what. One table, read by every view, the navigation, and the test that walks all addresses.

A view says `@needs(Permission.X)` or `@public("why")`. A view that says neither is not served
(`people.middleware.EveryViewNamesItsPermission`). Access to one patient's file is `people.access.opens_file`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import HttpResponseClientRedirect


class Role(TextChoices):
    PATIENT = "patient", gettext_lazy("Patient")
    FRONT_DESK = "front_desk", gettext_lazy("Front desk")
    NURSE = "nurse", gettext_lazy("Nurse")
    PRESCRIBER = "prescriber", gettext_lazy("Prescriber")
    MEDICAL_LEAD = "medical_lead", gettext_lazy("Medical lead")
    ADMINISTRATOR = "administrator", gettext_lazy("Administrator")


class Permission(StrEnum):
    """What can be allowed, named by what the person wants to do. The value is stable: it may be stored."""

    SEE_HOME = "home.see"
    KEEP_OWN_ACCOUNT = "account.keep"
    SEE_OWN_RECORD = "record.see_own"
    FIND_PATIENTS = "patients.find"
    REGISTER_PATIENT = "patients.register"
    CORRECT_PATIENT = "patients.correct"
    OPEN_FILE = "patients.open"
    GIVE_ACCESS = "patients.give_access"
    MANAGE_STAFF = "staff.manage"
    SEE_STYLE = "style.see"

    SEND_INTAKE = "intake.send"
    ANSWER_INTAKE = "intake.answer"
    SEE_ANSWERS = "intake.see"
    SCREEN = "screening.decide"
    SEE_DECISION = "screening.see"
    OVERRIDE_FINDING = "screening.override"
    REPLAY_DECISIONS = "screening.replay"
    PLAN_COURSE = "course.plan"
    SEE_COURSE = "course.see"
    SCAN = "scan.read"
    SEE_STOCK = "stock.see"
    KEEP_STOCK = "stock.keep"
    RELEASE_STOCK = "stock.release"
    SEE_MIXTURE = "formulation.see"
    PREPARE_MIXTURE = "formulation.prepare"
    DECIDE_MIXTURE = "formulation.decide"
    SEE_TREATMENT = "treatment.see"
    TREAT = "treatment.treat"
    SUPERVISE = "treatment.supervise"
    KEEP_CONSENT_TEXTS = "treatment.consent_texts"
    KEEP_CERTIFICATES = "treatment.certificates"
    KEEP_PRICES = "billing.prices"
    SEE_RECALL = "recall.see"
    RECALL = "recall.run"
    SEE_TASKS = "tasks.see"
    SEE_RULES = "rules.see"
    REVIEW_RULES = "rules.review"
    SEE_RULE_FAULTS = "rules.faults"
    SEE_AUDIT = "audit.see"


_EVERYONE = frozenset(Role)
_STAFF = _EVERYONE - {Role.PATIENT}
_CLINIC = frozenset({Role.FRONT_DESK, Role.NURSE, Role.PRESCRIBER, Role.MEDICAL_LEAD})
_CLINICIANS = _CLINIC - {Role.FRONT_DESK}
_PRESCRIBERS = frozenset({Role.PRESCRIBER, Role.MEDICAL_LEAD})

# An administrator keeps accounts and the machine, and has no business in a patient's file.
ALLOWED: dict[Permission, frozenset[Role]] = {
    Permission.SEE_HOME: _EVERYONE,
    Permission.KEEP_OWN_ACCOUNT: _EVERYONE,
    Permission.SEE_OWN_RECORD: frozenset({Role.PATIENT}),
    Permission.FIND_PATIENTS: _CLINIC,
    Permission.REGISTER_PATIENT: _CLINIC,
    Permission.CORRECT_PATIENT: _CLINIC,
    Permission.OPEN_FILE: _CLINIC | {Role.PATIENT},
    Permission.GIVE_ACCESS: _CLINIC,
    Permission.MANAGE_STAFF: frozenset({Role.ADMINISTRATOR}),
    Permission.SEE_STYLE: frozenset({Role.ADMINISTRATOR}),
    Permission.SEND_INTAKE: _CLINIC,
    Permission.ANSWER_INTAKE: _CLINIC | {Role.PATIENT},
    Permission.SEE_ANSWERS: _CLINICIANS | {Role.PATIENT},
    Permission.SCREEN: _CLINICIANS,
    Permission.SEE_DECISION: _CLINIC | {Role.PATIENT},
    Permission.OVERRIDE_FINDING: _PRESCRIBERS,
    Permission.REPLAY_DECISIONS: frozenset({Role.MEDICAL_LEAD}),
    Permission.PLAN_COURSE: _CLINIC,
    Permission.SEE_COURSE: _CLINIC | {Role.PATIENT},
    Permission.SCAN: _STAFF,
    Permission.SEE_STOCK: _CLINIC,
    Permission.KEEP_STOCK: _CLINIC,
    Permission.RELEASE_STOCK: _PRESCRIBERS,
    Permission.SEE_MIXTURE: _CLINICIANS,
    Permission.PREPARE_MIXTURE: _CLINICIANS,
    Permission.DECIDE_MIXTURE: _PRESCRIBERS,
    Permission.SEE_TREATMENT: _CLINICIANS | {Role.PATIENT},
    Permission.TREAT: _CLINICIANS,
    Permission.SUPERVISE: _PRESCRIBERS,
    Permission.KEEP_CONSENT_TEXTS: frozenset({Role.MEDICAL_LEAD}),
    Permission.KEEP_CERTIFICATES: frozenset({Role.MEDICAL_LEAD, Role.ADMINISTRATOR}),
    Permission.KEEP_PRICES: frozenset({Role.MEDICAL_LEAD, Role.ADMINISTRATOR}),
    Permission.SEE_RECALL: _CLINIC,
    Permission.RECALL: _PRESCRIBERS,
    Permission.SEE_TASKS: _CLINIC,
    Permission.SEE_RULES: _STAFF,
    Permission.REVIEW_RULES: frozenset({Role.MEDICAL_LEAD}),
    Permission.SEE_RULE_FAULTS: frozenset({Role.MEDICAL_LEAD, Role.ADMINISTRATOR}),
    Permission.SEE_AUDIT: frozenset({Role.MEDICAL_LEAD, Role.ADMINISTRATOR}),
}


def allows(role: str, permission: Permission) -> bool:
    return role in ALLOWED[permission]


View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def needs(permission: Permission) -> Callable[[View], View]:
    """Let only roles pass that have `permission`; send strangers to the log-in and back afterwards."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user: Any = request.user
            if not user.is_authenticated:
                return _to_sign_in(request)
            if not user.may(permission):
                raise PermissionDenied(
                    _("Your account (%(role)s) is not meant for this page.")
                    % {"role": user.get_role_display()}
                )
            if user.must_change_password and permission is not Permission.KEEP_OWN_ACCOUNT:
                return redirect("people:change_password")
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def public(why: str) -> Callable[[View], View]:
    """Mark a view that anybody may call, with the reason. The reason is what a reviewer reads."""
    if not why.strip():
        raise ValueError("A public view needs a reason.")

    def decorate(view: View) -> View:
        view.public = why  # type: ignore[attr-defined]
        return view

    return decorate


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    # Not above: that module wants the account model, whose roles are defined here.
    from django.contrib.auth.views import redirect_to_login

    if getattr(request, "htmx", False):
        # A fragment request cannot show the log-in page inside the page: send the whole window there.
        address = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = address.path + (f"?{address.query}" if address.query else "")
        return HttpResponseClientRedirect(redirect_to_login(back or "/").url)
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
