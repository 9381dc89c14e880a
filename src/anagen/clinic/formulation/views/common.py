"""What several pages about mixtures need."""

from __future__ import annotations

from django.http import Http404
from django.utils.translation import gettext as _

from anagen.clinic.people.models import Patient

from .. import queries
from ..models import Preparation, Worksheet


def worksheet_or_404(pk: int, patient: Patient) -> Worksheet:
    found = queries.worksheet(pk, patient)
    if found is None:
        raise Http404(_("This patient has no such worksheet."))
    return found


def preparation_or_404(pk: int, patient: Patient) -> Preparation:
    found = queries.preparations().filter(worksheet=pk, worksheet__patient=patient).first()
    if found is None:
        raise Http404(_("This worksheet has not been prepared."))
    return found
