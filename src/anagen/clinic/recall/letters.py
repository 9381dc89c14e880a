"""What patients read, and the one place from which an e-mail leaves.

Plain and calm; the subject says nothing about health. A secret is never kept: the address of a link is put in only
as the message goes.
"""

from __future__ import annotations

import logging
import smtplib
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from .models import Contact, Severity

_LINK: Final = "[link]"
_LOCAL: Final = ("console", "filebased", "dummy")
_log = logging.getLogger(__name__)


def subject() -> str:
    return _("A message from your clinic")


def body(contact: Contact) -> str:
    """For an e-mail, a letter, or to be read out on the telephone; `[link]` stands for the address."""
    parts = [
        _("Dear %(name)s,") % {"name": contact.patient.name},
        _(
            "We are writing to you because of a product or a procedure that was part of your treatment with us. "
            "We have learnt that it has to be looked at again, and we tell everybody whom it may concern."
        ),
        _advice(contact.recall.urgency),
        _("Please do not stop any medicine because of this message."),
        _("Please tell us that you have read this: %(link)s") % {"link": _LINK},
        _("Your clinic") if not settings.CLINIC_NAME else settings.CLINIC_NAME,
    ]
    if settings.CLINIC_TELEPHONE:
        parts.append(_("Telephone: %(number)s") % {"number": settings.CLINIC_TELEPHONE})
    return "\n\n".join(parts)


def _advice(severity: str) -> str:
    if severity == Severity.SERIOUS:
        return _(
            "Please call us today. If you feel ill, have a fever, or the skin is red, swollen or painful where you "
            "were treated, see a doctor at once and show this message."
        )
    if severity == Severity.MODERATE:
        return _(
            "Please call us within the next days. If the skin is red, swollen or painful where you were treated, or "
            "you feel ill, call at once or see a doctor."
        )
    return _(
        "You need not do anything. If you have noticed something unusual since your treatment, please call us."
    )


def with_link(text: str, address: str) -> str:
    return text.replace(_LINK, address)


def without_link(text: str) -> str:
    """For paper and for reading out: the paragraph with the link is left out."""
    return "\n\n".join(part for part in text.split("\n\n") if _LINK not in part)


def leaves_the_house() -> bool:
    """Whether an e-mail really goes out: otherwise it is only written to a folder or the console."""
    return not any(name in settings.EMAIL_BACKEND for name in _LOCAL)


def send(*, to: str, subject: str, body: str) -> str:
    """Hand one e-mail over; what went wrong, empty when nothing did. It is logged without its text."""
    try:
        EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [to]).send()
    except (OSError, smtplib.SMTPException) as error:
        _log.warning("recall: an email was not handed over: %s", type(error).__name__)
        return str(error)[:300] or type(error).__name__
    _log.info("recall: an email was handed over")
    return ""
