"""Makes tasks of what has to be looked after in the stock. To be run once a day, by the clock of the machine."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from anagen.clinic.stock import actions


class Command(BaseCommand):
    help = (
        "Makes a task of what is low, expiring, expired or past its time; drops those that are no longer so."
    )

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        added, dropped = actions.keep_alerts(by="stock_alerts", at=timezone.now())
        self.stdout.write(
            _("%(added)d added, %(dropped)d dropped.") % {"added": len(added), "dropped": dropped}
        )
