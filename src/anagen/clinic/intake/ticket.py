"""What binds a browser without an account to one intake: a signed cookie, and nothing in the session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from .actions import LINK_LASTS, link_problem
from .models import Intake, IntakeLink

COOKIE: Final = "anagen_intake"
SALT: Final = "anagen.clinic.intake.ticket"
PATH: Final = "/answer"
TABLET: Final = "tablet"
PHONE: Final = "phone"
TABLET_LASTS: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Ticket:
    """Which intake this browser may answer, and by which way it came."""

    intake: int
    way: str
    link: int = 0


def give(request: HttpRequest, response: HttpResponse, ticket: Ticket) -> None:
    response.set_cookie(
        COOKIE,
        signing.dumps([ticket.intake, ticket.way, ticket.link], salt=SALT),
        max_age=int(_lasts(ticket.way).total_seconds()),
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def take_back(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")


def of(request: HttpRequest) -> Ticket | None:
    """The ticket of this browser; None when there is none, or it is not ours, or too old."""
    raw = request.COOKIES.get(COOKIE, "")
    try:
        intake, way, link = signing.loads(raw, salt=SALT, max_age=LINK_LASTS)
        if way == TABLET:
            signing.loads(raw, salt=SALT, max_age=TABLET_LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Ticket(int(intake), str(way), int(link))


def opened(ticket: Ticket | None) -> tuple[Intake | None, str]:
    """The intake that a ticket opens; otherwise why it does not."""
    if ticket is None:
        return None, _(
            "There are no open questions in this browser. Please use the link that the clinic sent you."
        )
    intake = Intake.objects.select_related("patient").filter(pk=ticket.intake).first()
    if intake is None or not intake.is_open:
        return None, _("Your answers have been handed in already. Thank you: there is nothing left to do.")
    if ticket.way == PHONE:
        link = IntakeLink.objects.select_related("intake").filter(pk=ticket.link, intake=intake).first()
        problem = link_problem(link)
        if problem:
            return None, problem
    return intake, ""


def _lasts(way: str) -> timedelta:
    return TABLET_LASTS if way == TABLET else LINK_LASTS
