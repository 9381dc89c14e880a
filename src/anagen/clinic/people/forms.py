"""What is typed about people, cleaned. Forms never save: the views hand `cleaned_data` to actions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import check_password
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .actions import EARLIEST_BIRTH_DATE
from .models import Sex, User
from .permissions import Role


class DayInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class PatientForm(forms.Form):
    given_name = forms.CharField(
        label=gettext_lazy("First name"),
        max_length=100,
        error_messages={"required": gettext_lazy("Enter the first name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    family_name = forms.CharField(
        label=gettext_lazy("Family name"),
        max_length=100,
        error_messages={"required": gettext_lazy("Enter the family name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    birth_date = forms.DateField(
        label=gettext_lazy("Date of birth"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"],
        error_messages={
            "required": gettext_lazy("Enter the date of birth."),
            "invalid": gettext_lazy("This date does not exist. Enter day, month and year, as in 27/03/1985."),
        },
        widget=DayInput(attrs={"autocomplete": "off"}),
    )
    sex = forms.ChoiceField(
        label=gettext_lazy("Sex"),
        choices=Sex.choices,
        help_text=gettext_lazy("Some safety questions depend on it."),
        error_messages={"required": gettext_lazy("Choose one answer. “Not stated” is an answer too.")},
        widget=forms.RadioSelect,
    )
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        max_length=40,
        required=False,
        validators=[
            RegexValidator(
                r"^[0-9+()/. -]{5,40}$",
                gettext_lazy(
                    "A telephone number has digits, spaces and a plus sign, as in +44 20 7946 0018."
                ),
            )
        ],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Email"),
        required=False,
        error_messages={"invalid": gettext_lazy("Enter an email address such as name@example.org.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        day = self.fields["birth_date"].widget.attrs
        day["max"], day["min"] = on.isoformat(), EARLIEST_BIRTH_DATE.isoformat()
        if len(settings.LANGUAGES) > 1:
            self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined]
        else:
            del self.fields["language"]  # a question with one answer is no question

    def clean_birth_date(self) -> date:
        born: date = self.cleaned_data["birth_date"]
        if born > self.on:
            raise forms.ValidationError(_("The date of birth lies in the future."))
        if born < EARLIEST_BIRTH_DATE:
            raise forms.ValidationError(_("The date of birth is too long ago. Check the year."))
        return born

    def person(self) -> dict[str, Any]:
        """What `register_patient` and `correct_patient` want to know."""
        return {"language": settings.LANGUAGE_CODE} | self.cleaned_data


class SignInForm(forms.Form):
    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=60,
        error_messages={"required": gettext_lazy("Enter your user name.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=256,
        strip=False,
        error_messages={"required": gettext_lazy("Enter your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordForm(forms.Form):
    """Change one's own password."""

    old = forms.CharField(
        label=gettext_lazy("Your password now"),
        strip=False,
        error_messages={"required": gettext_lazy("Enter the password you use now.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        max_length=256,
        help_text=gettext_lazy("At least 12 characters. A few unrelated words are easier to remember."),
        error_messages={"required": gettext_lazy("Enter a new password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old(self) -> str:
        old: str = self.cleaned_data["old"]
        if not check_password(old, self.user.password):
            raise forms.ValidationError(_("This is not your present password."))
        return old

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        password_validation.validate_password(new, self.user)
        if self.cleaned_data.get("old") == new:
            raise forms.ValidationError(_("The new password is the old one. Choose another."))
        return new


_username = RegexValidator(
    r"^[a-z0-9][a-z0-9._-]{2,59}$",
    gettext_lazy("Use at least three small letters, digits, dots or hyphens, as in “jo.smith”."),
)


class UsernameField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("User name"),
            max_length=60,
            validators=[_username],
            help_text=gettext_lazy("Small letters, digits, dots and hyphens."),
            error_messages={"required": gettext_lazy("Enter a user name.")},
            widget=forms.TextInput(
                attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
            ),
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").strip().lower()


class AccountForm(forms.Form):
    """A new account of a member of staff. The first password is made by the machine."""

    full_name = forms.CharField(
        label=gettext_lazy("Full name"),
        max_length=150,
        error_messages={"required": gettext_lazy("Enter the full name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    username = UsernameField()
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[choice for choice in Role.choices if choice[0] != Role.PATIENT],
        error_messages={"required": gettext_lazy("Choose a role.")},
        widget=forms.RadioSelect,
    )


class ChangeAccountForm(forms.Form):
    full_name = AccountForm.base_fields["full_name"]
    role = AccountForm.base_fields["role"]
    is_active = forms.BooleanField(label=gettext_lazy("May sign in"), required=False)

    def __init__(self, *args: Any, role_is_fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if role_is_fixed:
            del self.fields["role"]


class AccessForm(forms.Form):
    """Give a patient an account of their own."""

    username = UsernameField()
