"""What the program of the session page is given: who is here, with which key, and every word it may say."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anagen.medicine.treatment import State

from .queries import Session
from .wording import KINDS

STATES: Final = (State.UNDER_WAY, State.PAUSED, State.STOPPED, State.GIVEN)


def key_of(session: Session, user: int) -> str:
    """The key under which a device keeps what this person taps in this session, as 64 hexadecimal digits.

    It is given to nobody else, and the same again after a new sign-in: what waited on the device can then be read.
    """
    named = f"{session.treatment.key}:{user}"
    return salted_hmac("anagen.treatment.waiting", named, algorithm="sha256").hexdigest()


def here(request: HttpRequest, session: Session) -> dict[str, Any]:
    user: Any = request.user
    address = {"number": session.patient.number, "treatment": session.treatment.pk}
    return {
        "session": str(session.treatment.key),
        "state": session.state.value,
        "user": user.pk,
        "name": user.full_name,
        "key": key_of(session, user.pk),
        "token": get_token(request),
        "path": reverse("treatment:session", kwargs=address),
        "events": reverse("treatment:events", kwargs=address),
        "ask": reverse("treatment:connection", kwargs=address),
    }


def words() -> dict[str, Any]:
    return {
        "language": get_language(),
        "kinds": {kind.value: str(words) for kind, words in KINDS.items()},
        "all_saved": _("All saved."),
        "waiting_one": _("1 entry waiting."),
        "waiting_many": _("{count} entries waiting."),
        "offline": _("No connection. Go on: everything is kept on this device and sent later."),
        "offline_since": _(
            "No connection since {time}. Go on: everything is kept on this device and sent later."
        ),
        "signed_out": _("You are signed out. Sign in again, then it is sent."),
        "busy": _("The clinic’s server does not answer as it should. Everything is kept and sent again."),
        "denied": _("The clinic does not take entries from you for this session. They are kept here."),
        "refused": _("Something was not kept: see below."),
        "others": _("Entries of {name} wait on this device, until {name} signs in here."),
        "tapped": _("waiting since {time}"),
        "saved": _("saved {time}"),
        "not_kept": _("Not kept: {reason}"),
        "what_to_do": _("Enter it again as it should be, or write a note."),
        "understood": _("Understood"),
        "pain": _("so far {score}"),
        "needs_saved": _("Not yet: entries are still on their way."),
        "needs_network": _("Not yet: this needs the connection, and nothing waiting on this device."),
        "not_on_disk": _("This device can keep nothing. Do not close this page before all is saved."),
        "insecure": _(
            "This page needs the connection: without https this device may not keep anything for later."
        ),
        "locked": _(
            "No connection. This session can be read on this device again when the connection is back. "
            "Until then write on paper."
        ),
        "locked_count": _("Entries that wait here, and are not lost: {count}."),
    }
