"""What a clinic has to have before its first session: certificates, consent texts, prices. All made up."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from anagen.clinic.billing.actions import set_price
from anagen.clinic.billing.models import Service
from anagen.clinic.people.models import User
from anagen.clinic.treatment.actions import add_certificate, new_consent_text
from anagen.clinic.treatment.models import CertificateKind, ConsentKind

_TEXTS: Final = {
    ConsentKind.TREATMENT: (
        "Consent to injections into the scalp",
        "Small amounts of a mixture are placed in the skin of your scalp with many punctures. That it makes hair grow "
        "is not well shown, and nobody can promise you an effect.\n\n"
        "It hurts for many people. Redness, swelling, bruises and itching are common. Infection, hard spots, allergy, "
        "a bald patch or a scar are rare, and can show weeks later.\n\n"
        "You can ask anything, take more time, or stop at any moment, also in the middle.",
    ),
    ConsentKind.IMAGES: (
        "Consent to the use of pictures",
        "Pictures of your scalp belong to your record. With this consent they may also be used for teaching, without "
        "your name. Your treatment does not depend on it.",
    ),
}


def fill_papers(*, lead: User, injectors: list[User], on: date) -> None:
    """Everything without which no first needle is allowed."""
    for holder in injectors:
        for kind in CertificateKind.values:
            add_certificate(
                by=lead,
                holder=holder,
                kind=kind,
                number=f"DEMO {holder.pk}",
                issuer="Fictitious College of the Scalp",
                valid_from=on - timedelta(days=200),
                valid_until=on + timedelta(days=500),
            )
    for kind, (title, body) in _TEXTS.items():
        new_consent_text(by=lead, kind=kind, title=title, body=body, valid_from=on, on=on)
    for service, amount in (
        (Service.SESSION, Decimal("140.00")),
        (Service.SURFACE_SESSION, Decimal("60.00")),
    ):
        set_price(by=lead, service=service, amount=amount, currency="GBP", valid_from=on, on=on)
