"""Adds every movement up again and compares the sums with the balances that are kept."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anagen.clinic.people.actions import Refused
from anagen.clinic.stock import actions, queries


class Command(BaseCommand):
    help = "Makes every balance of the stock the sum of its movements; --check only compares."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail when something differs"
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        wrong = [str(line) for line in queries.wrong_balances()]
        for line in wrong:
            self.stdout.write(line)
        if options["check"]:
            if wrong:
                raise CommandError(
                    ngettext("%(n)d balance differs.", "%(n)d balances differ.", len(wrong))
                    % {"n": len(wrong)}
                )
            self.stdout.write(_("Every balance is the sum of its movements."))
            return
        try:
            actions.rebuild(by="rebuild_stock")
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(_("Every balance is the sum of its movements."))
