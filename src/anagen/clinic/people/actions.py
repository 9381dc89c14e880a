"""Everything that changes people: patients, accounts, attempts to sign in. Nothing else writes to them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password, verify_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting

from .models import Patient, Sex, SignIn, User
from .names import new_patient_number
from .permissions import Permission, Role

# A guesser gets five tries in a quarter of an hour; a whole clinic behind one address gets more.
SIGN_IN_WINDOW = timedelta(minutes=15)
TRIES_PER_NAME_AND_ADDRESS = 5
TRIES_PER_NAME = 25
TRIES_PER_ADDRESS = 50

EARLIEST_BIRTH_DATE = date(1890, 1, 1)


class Refused(Exception):
    """An action that may not be done. The message is for the person who asked."""


class NotAllowed(Refused):
    """The acting person's role does not allow it."""


class ChangedMeanwhile(Refused):
    """Somebody else changed the same record since it was read."""


class TooManyTries(Refused):
    """Signing in is paused for this name or address."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(
            _("Too many attempts to sign in. Please try again after %(time)s.")
            % {"time": timezone.localtime(until).strftime("%H:%M")}
        )


def _may(by: User | str, permission: Permission) -> None:
    # A name instead of a user is the machine itself: set-up, the demo, the command line.
    if isinstance(by, User) and not by.may(permission):
        raise NotAllowed(_("Your role does not allow this."))


@transaction.atomic
def register_patient(
    *,
    by: User | str,
    given_name: str,
    family_name: str,
    birth_date: date,
    on: date,
    sex: str = Sex.UNKNOWN,
    email: str = "",
    phone: str = "",
    language: str = "en-gb",
    user: User | None = None,
) -> Patient:
    """Open a file for a new patient on day `on` and give it a number.

    Raises NotAllowed; ValidationError for a birth date in the future or before 1890.
    """
    _may(by, Permission.REGISTER_PATIENT)
    patient = Patient(
        given_name=given_name.strip(),
        family_name=family_name.strip(),
        birth_date=birth_date,
        sex=sex,
        email=email.strip(),
        phone=phone.strip(),
        language=language,
        user=user,
        created_by=by if isinstance(by, User) else None,
    )
    _check(patient, on=on)
    with acting(by):
        for _attempt in range(20):
            patient.number = new_patient_number()
            if not Patient.objects.filter(number=patient.number).exists():
                break
        patient.save(force_insert=True)
    return patient


@transaction.atomic
def correct_patient(
    *,
    by: User,
    patient: Patient,
    version: int,
    on: date,
    given_name: str,
    family_name: str,
    birth_date: date,
    sex: str,
    email: str,
    phone: str,
    language: str,
) -> Patient:
    """Correct who a patient is. The old words stay in the audit trail.

    `version` is the one the person saw; raises ChangedMeanwhile if it is no longer the latest.
    """
    _may(by, Permission.CORRECT_PATIENT)
    current = Patient.objects.select_for_update().get(pk=patient.pk)
    if current.version != version:
        raise ChangedMeanwhile(
            _("Somebody else corrected this patient while you were typing. Compare, then save again.")
        )
    current.given_name, current.family_name = given_name.strip(), family_name.strip()
    current.birth_date, current.sex = birth_date, sex
    current.email, current.phone, current.language = email.strip(), phone.strip(), language
    current.version += 1
    _check(current, on=on)
    with acting(by):
        current.save()
    return current


@transaction.atomic
def link_account(*, by: User | str, patient: Patient, user: User) -> Patient:
    """Let a patient's own account see this file, and no other."""
    _may(by, Permission.GIVE_ACCESS)
    if user.role != Role.PATIENT:
        raise Refused(_("Only an account with the role “Patient” can own a patient's file."))
    current = Patient.objects.select_for_update().get(pk=patient.pk)
    if current.user_id not in (None, user.pk):
        raise Refused(_("This file already belongs to another account."))
    if Patient.objects.filter(user=user).exclude(pk=patient.pk).exists():
        raise Refused(_("This account already owns another file."))
    current.user = user
    current.version += 1
    with acting(by):
        current.save(update_fields=["user", "version"])
    return current


@transaction.atomic
def create_user(
    *,
    by: User | str,
    username: str,
    full_name: str,
    role: str,
    password: str | None,
    language: str = "en-gb",
    must_change_password: bool = False,
) -> User:
    """Make an account. Without a password nobody can sign in with it.

    Raises NotAllowed; Refused when the user name is taken.
    """
    _may(by, Permission.GIVE_ACCESS if role == Role.PATIENT else Permission.MANAGE_STAFF)
    user = User(
        username=username.strip().lower(),
        full_name=full_name.strip(),
        role=role,
        language=language,
        must_change_password=must_change_password,
        password=make_password(password),
    )
    user.full_clean(exclude=["password"], validate_unique=False, validate_constraints=False)
    if User.objects.filter(username=user.username).exists():
        raise Refused(_("The user name “%(name)s” is taken. Choose another.") % {"name": user.username})
    with acting(by):
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError as clash:
            raise Refused(
                _("The user name “%(name)s” is taken. Choose another.") % {"name": user.username}
            ) from clash
    return user


@transaction.atomic
def give_access(*, by: User | str, patient: Patient, username: str, password: str) -> User:
    """Make an account for a patient and join it to their file. The password is theirs to change at once."""
    user = create_user(
        by=by,
        username=username,
        full_name=patient.name,
        role=Role.PATIENT,
        password=password,
        language=patient.language,
        must_change_password=True,
    )
    link_account(by=by, patient=patient, user=user)
    return user


@transaction.atomic
def change_user(*, by: User | str, user: User, full_name: str, role: str, is_active: bool) -> User:
    """Change an account's name, role, or whether it may sign in. Nobody locks themselves out."""
    _may(by, Permission.MANAGE_STAFF)
    current = User.objects.select_for_update().get(pk=user.pk)
    if by == current and (not is_active or role != current.role):
        raise Refused(
            _("You cannot close your own account or change your own role. Ask another administrator.")
        )
    if (
        current.role == Role.PATIENT
        and role != Role.PATIENT
        and Patient.objects.filter(user=current).exists()
    ):
        raise Refused(_("This account owns a patient's file. Make a separate account for work."))
    current.full_name, current.role, current.is_active = full_name.strip(), role, is_active
    current.full_clean(exclude=["password"], validate_unique=False, validate_constraints=False)
    with acting(by):
        current.save(update_fields=["full_name", "role", "is_active"])
    return current


@transaction.atomic
def set_password(*, by: User | str, user: User, password: str, must_change: bool = False) -> User:
    """Set a password: one's own, or a first one for somebody who forgot theirs.

    Administrators do it for everybody, the clinic for its patients. Raises NotAllowed.
    """
    helps_a_patient = user.is_patient and isinstance(by, User) and by.may(Permission.GIVE_ACCESS)
    if by != user and not helps_a_patient:
        _may(by, Permission.MANAGE_STAFF)
    current = User.objects.select_for_update().get(pk=user.pk)
    current.password = make_password(password)
    current.must_change_password = must_change
    with acting(by):
        current.save(update_fields=["password", "must_change_password"])
    return current


@transaction.atomic
def note_sign_in_attempt(*, username: str, address: str, at: datetime) -> SignIn:
    """Write down that somebody tries to sign in; raises TooManyTries when it is time to pause.

    The row is written before the password is looked at, so that parallel guesses count as well.
    """
    attempt = SignIn(at=at, name_key=_name_key(username), address=address)
    failed = SignIn.objects.filter(at__gt=at - SIGN_IN_WINDOW, succeeded=False)
    limits = [
        (failed.filter(name_key=attempt.name_key, address=address), TRIES_PER_NAME_AND_ADDRESS),
        (failed.filter(name_key=attempt.name_key), TRIES_PER_NAME),
        (failed.filter(address=address), TRIES_PER_ADDRESS),
    ]
    for tries, most in limits:
        latest = list(tries.order_by("-at").values_list("at", flat=True)[:most])
        if len(latest) >= most:
            raise TooManyTries(latest[-1] + SIGN_IN_WINDOW)
    with acting("sign-in"):
        attempt.save(force_insert=True)
    return attempt


@transaction.atomic
def note_sign_in_succeeded(*, attempt: SignIn, user: User, password: str) -> None:
    """Mark the attempt; when the way of hashing passwords has moved on, hash this one anew."""
    attempt.succeeded, attempt.user = True, user
    right, outdated = verify_password(password, user.password)
    with acting(user):
        attempt.save(update_fields=["succeeded", "user"])
        if right and outdated:
            user.password = make_password(password)
            user.save(update_fields=["password"])


def _name_key(username: str) -> str:
    return salted_hmac("anagen.people.sign_in", username.strip().lower(), algorithm="sha256").hexdigest()


def _check(patient: Patient, *, on: date) -> None:
    if patient.birth_date > on:
        raise ValidationError({"birth_date": _("The date of birth lies in the future.")})
    if patient.birth_date < EARLIEST_BIRTH_DATE:
        raise ValidationError({"birth_date": _("The date of birth is too long ago. Check the year.")})
    patient.renew_search_name()
    patient.full_clean(exclude=["number", "created_by"], validate_unique=False, validate_constraints=False)
