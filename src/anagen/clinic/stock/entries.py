"""What stock adds to the navigation and the home page."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anagen.clinic.people.menu import Card, Entry, add_card, add_entry
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission
from anagen.clinic.people.queries import today

from . import overview

_MOST = 5  # of each list on the card


def register() -> None:
    add_entry(Entry(gettext_lazy("Stock"), "stock:home", Permission.SEE_STOCK, order=35, icon="list"))
    add_card("stock", Permission.SEE_STOCK, _card, order=35)


def _card(user: User) -> Card | None:
    """What somebody has to look after; none when all is well."""
    found = overview.alerts(timezone.now(), today())
    lines = [
        *(
            (_("Past its time"), str(row.vial.lot.product), reverse("stock:vials"), "bad")
            for row in found.past
        ),
        *((_("To write off"), str(row.lot.product), _lot(row), "bad") for row in found.expired),
        *(
            (_("Low"), str(row.product), reverse("stock:product", args=[row.product.pk]), "warm")
            for row in found.low
        ),
        *((_("Expires soon"), str(row.lot.product), _lot(row), "warm") for row in found.soon),
    ]
    if not lines:
        return None
    return Card(
        title=_("Stock to look after"),
        count=len(lines),
        note=ngettext("thing", "things", len(lines)),
        template="stock/card.html",
        context={"lines": lines[:_MOST]},
        url=reverse("stock:home"),
        action=_("See the stock"),
    )


def _lot(row: overview.LotRow) -> str:
    return reverse("stock:lot", args=[row.lot.pk])
