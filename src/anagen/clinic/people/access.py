"""Opening one patient's file: found by its number, refused to strangers, written into the log of reads."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from anagen.clinic.audit.actions import record_read

from . import queries
from .models import Patient, User

View = Callable[..., HttpResponseBase]


def may_open(user: User, patient: Patient) -> bool:
    """A patient's account opens its own file only; staff are held by their permissions."""
    return not user.is_patient or patient.user_id == user.pk


def opens_file(what: str) -> Callable[[View], View]:
    """Turn the address's `number` into `patient`, refuse strangers, log that `what` was read.

    Stands under `@needs(...)`. The read is logged before the page is made: what cannot be logged is not shown.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, number: str, **kwargs: Any) -> HttpResponseBase:
            user: Any = request.user
            patient = queries.patient_by_number(number)
            if user.is_patient and (patient is None or not may_open(user, patient)):
                # The same answer whether or not such a file exists.
                raise PermissionDenied(
                    _("This is not your record. You can open your own from the home page.")
                )
            if patient is None:
                raise Http404(_("There is no patient with the number %(number)s.") % {"number": number})
            record_read(by=user, patient=patient, what=what)
            return view(request, *args, patient=patient, **kwargs)

        opened.opens_file = what  # type: ignore[attr-defined]
        return opened

    return decorate
