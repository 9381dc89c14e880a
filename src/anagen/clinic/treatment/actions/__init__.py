"""Everything that writes sessions, consents and certificates. All of it is added, nothing is changed."""

from __future__ import annotations

from .closing import Asks, Used, finish_treatment
from .common import NotReady, WrongPassword
from .consents import hand_out_consent, new_consent_text, sign_consent, withdraw_consent
from .maps import keep_map
from .papers import add_certificate, switch_device, withdraw_certificate
from .session import Outcome, Sent, add_event, add_events, start_treatment
from .signing import add_addendum, countersign, sign_record

__all__ = [
    "Asks",
    "NotReady",
    "Outcome",
    "Sent",
    "Used",
    "WrongPassword",
    "add_addendum",
    "add_certificate",
    "add_event",
    "add_events",
    "countersign",
    "finish_treatment",
    "hand_out_consent",
    "keep_map",
    "new_consent_text",
    "sign_consent",
    "sign_record",
    "start_treatment",
    "switch_device",
    "withdraw_certificate",
    "withdraw_consent",
]
