"""What the pages of a session share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from anagen.clinic.people.models import Patient

from .. import queries
from ..queries import Session

View = Callable[..., HttpResponse]


def with_session(view: View) -> View:
    """Turn the address's `treatment` into the `session` of this patient. Stands under `@opens_file`."""

    @wraps(view)
    def found(
        request: HttpRequest, *args: Any, patient: Patient, treatment: int, **kwargs: Any
    ) -> HttpResponse:
        known = queries.treatment(treatment, patient)
        if known is None:
            raise Http404(_("This patient has no such session."))
        return view(request, *args, patient=patient, session=Session(known), **kwargs)

    return found
