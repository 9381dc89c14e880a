"""The first account of a clinic, made at its own machine; every other one is made on the page “Accounts”."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from anagen.clinic.people import actions
from anagen.clinic.people.passwords import first_password
from anagen.clinic.people.permissions import Role

STAFF = [role.value for role in Role if role != Role.PATIENT]


class Command(BaseCommand):
    help = "Makes an account for a member of staff and tells its first password, once."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username", help="what they type to sign in")
        parser.add_argument("--name", required=True, help="their full name, as others read it")
        parser.add_argument("--role", choices=STAFF, default=Role.ADMINISTRATOR.value)

    def handle(self, *_arguments: Any, **options: Any) -> None:
        password = first_password()
        try:
            account = actions.create_user(
                by="installation",
                username=options["username"],
                full_name=options["name"],
                role=options["role"],
                password=password,
                must_change_password=True,
            )
        except actions.Refused as refused:
            raise CommandError(str(refused)) from refused
        except ValidationError as invalid:
            raise CommandError(" ".join(invalid.messages)) from invalid
        self.stdout.write(
            _("%(username)s may sign in as %(role)s with the password %(password)s and then chooses another.")
            % {"username": account.username, "role": account.get_role_display(), "password": password}
        )
