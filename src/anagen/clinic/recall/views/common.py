"""What several pages of recalls need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from anagen.clinic.people.permissions import Permission

from .. import queries
from ..models import Recall
from ..wording import title_of


def recall_or_404(pk: int) -> Recall:
    found = queries.counted().filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such recall."))
    return found


def sees_details(request: HttpRequest) -> bool:
    """Whether lots, products and what somebody got may be shown: not at the front desk."""
    user: Any = request.user
    return bool(user.may(Permission.SEE_MIXTURE))


def framed(request: HttpRequest, recall: Recall, **context: Any) -> dict[str, Any]:
    """What every page of one recall shows of it."""
    user: Any = request.user
    details = sees_details(request)
    return {
        "recall": recall,
        "heading": title_of(recall, clinical=details),
        "details": details,
        "closed": getattr(recall, "closed", None),
        "runs": user.may(Permission.RECALL),
    } | context


def whole_address(request: HttpRequest) -> Callable[[str], str]:
    """From the secret of a link to its address."""
    return lambda token: request.build_absolute_uri(reverse("recall:notice", args=[token]))
