"""Certificates of those who inject, and the devices that the medical lead allows."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import Refused
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission, allows

from .. import devices
from ..models import Certificate, CertificateKind, CertificateWithdrawal, DeviceSwitch
from .common import may, person


@transaction.atomic
def add_certificate(
    *,
    by: User | str,
    holder: User,
    kind: str,
    number: str,
    issuer: str,
    valid_from: date,
    valid_until: date,
    covers: str = "",
) -> Certificate:
    """A paper of somebody who injects. Nobody enters their own. Raises NotAllowed; Refused."""
    may(by, Permission.KEEP_CERTIFICATES)
    if by == holder:
        raise Refused(_("Somebody else enters your own certificates."))
    if not allows(holder.role, Permission.TREAT):
        raise Refused(_("This account does not treat anybody."))
    if kind not in CertificateKind.values or not number.strip() or not issuer.strip():
        raise Refused(_("A certificate has a kind, a number and an issuer."))
    if valid_until < valid_from:
        raise Refused(_("The last day lies before the first."))
    with acting(by):
        return Certificate.objects.create(
            holder=holder,
            kind=kind,
            number=" ".join(number.split())[:80],
            issuer=" ".join(issuer.split())[:120],
            covers=" ".join(covers.split())[:200],
            valid_from=valid_from,
            valid_until=valid_until,
            made_by=person(by),
        )


@transaction.atomic
def withdraw_certificate(*, by: User | str, certificate: Certificate, words: str) -> CertificateWithdrawal:
    """A certificate holds no more. Twice is once. Raises NotAllowed; Refused without a reason."""
    may(by, Permission.KEEP_CERTIFICATES)
    Certificate.objects.select_for_update().get(pk=certificate.pk)
    standing = CertificateWithdrawal.objects.filter(certificate=certificate).first()
    if standing is not None:
        return standing
    if not words.strip():
        raise Refused(_("Say in a few words why."))
    with acting(by):
        return CertificateWithdrawal.objects.create(
            certificate=certificate, words=" ".join(words.split())[:300], by=person(by)
        )


@transaction.atomic
def switch_device(*, by: User | str, device: str, on: bool) -> DeviceSwitch:
    """Allow a device that is off by default, or take that back. Raises NotAllowed; Refused for an unknown one."""
    may(by, Permission.KEEP_CONSENT_TEXTS)
    if device not in devices.devices():
        raise Refused(_("This device is not known."))
    with acting(by):
        return DeviceSwitch.objects.create(device=device, on=on, by=person(by))
