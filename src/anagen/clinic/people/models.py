"""The people of the clinic: who signs in, who is treated, and who tried the door."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from .names import searchable
from .permissions import Permission, Role, allows


class UserManager(models.Manager["User"]):
    """Reading only: accounts are made by `people.actions.create_user`."""

    def get_by_natural_key(self, username: str) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """An account. What it may do follows from its one role (`permissions.ALLOWED`)."""

    last_login = None  # every sign-in is a row of SignIn instead
    username = models.CharField(_("user name"), max_length=60, unique=True)
    full_name = models.CharField(_("full name"), max_length=150)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    language = models.CharField(_("language"), max_length=12, default="en-gb")
    is_active = models.BooleanField(_("may sign in"), default=True)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name", "role"]

    class Meta:
        ordering = ["full_name", "id"]
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_is_known"),
            models.CheckConstraint(
                condition=models.Q(username=Lower("username")), name="user_name_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def may(self, permission: Permission) -> bool:
        return self.is_active and allows(self.role, permission)

    @property
    def is_patient(self) -> bool:
        return self.role == Role.PATIENT


class Sex(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Not stated")


class Patient(models.Model):
    """A person who is or may be treated. The medical facts about them belong to later steps."""

    number = models.CharField(_("patient number"), max_length=12, unique=True)
    given_name = models.CharField(_("first name"), max_length=100)
    family_name = models.CharField(_("family name"), max_length=100)
    birth_date = models.DateField(_("date of birth"))
    sex = models.CharField(_("sex"), max_length=10, choices=Sex.choices, default=Sex.UNKNOWN)
    email = models.EmailField(_("email"), blank=True, default="")
    phone = models.CharField(_("telephone"), max_length=40, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, default="en-gb")
    user = models.OneToOneField(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="patient",
        verbose_name=_("account"),
    )
    version = models.PositiveIntegerField(default=1)  # raised by each correction; two desks cannot overwrite
    search_name = models.CharField(max_length=220, editable=False, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["search_name", "id"]
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        constraints = [
            models.CheckConstraint(condition=models.Q(sex__in=Sex.values), name="patient_sex_is_known"),
            models.CheckConstraint(
                condition=models.Q(birth_date__gte=date(1890, 1, 1)), name="patient_birth_date_is_plausible"
            ),
        ]
        indexes = [models.Index(fields=["birth_date"], name="patient_birth_date")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    def age_on(self, day: date) -> int:
        """Whole calendar years on `day`; born on 29 February, one ages on 1 March in common years."""
        return (
            day.year
            - self.birth_date.year
            - ((day.month, day.day) < (self.birth_date.month, self.birth_date.day))
        )

    def renew_search_name(self) -> None:
        self.search_name = searchable(f"{self.family_name} {self.given_name}")


class SignIn(models.Model):
    """One attempt to sign in. Names are kept as a keyed digest: people type passwords into the wrong field."""

    at = models.DateTimeField(db_index=True)
    name_key = models.CharField(max_length=64)
    address = models.CharField(max_length=45, blank=True, default="")
    succeeded = models.BooleanField(default=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="sign_ins")

    class Meta:
        indexes = [
            models.Index(fields=["name_key", "at"], name="sign_in_by_name"),
            models.Index(fields=["address", "at"], name="sign_in_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {'signed in' if self.succeeded else 'refused'}"
