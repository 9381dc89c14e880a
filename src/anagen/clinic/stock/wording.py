"""Numbers, days and scanned texts of the stock, cleaned and in words."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models.products import plain

_LOOKS_LIKE = str.maketrans("OQILSBZ", "0011582")
_CYRILLIC_AND_GREEK = str.maketrans("АВЕКМНОРСТУХЗІΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYX3IABEZHIKMNOPTYX")
_NOT_PRINTED = re.compile(r"[^0-9A-Z]")


def look_of(number: str) -> str:
    """What a lot number looks like on a pack: case, spaces and hyphens do not count, O is 0, I is 1, S is 5."""
    text = unicodedata.normalize("NFKC", number).upper().translate(_CYRILLIC_AND_GREEK)
    return _NOT_PRINTED.sub("", text).translate(_LOOKS_LIKE)


def tidy(text: str, most: int = 300) -> str:
    """One line, without control characters and double spaces."""
    printed = "".join(" " if unicodedata.category(letter).startswith("C") else letter for letter in text)
    return " ".join(printed.split())[:most]


def millilitres(amount: Decimal) -> str:
    return _("%(amount)s mL") % {"amount": plain(amount)}


def containers(number: int) -> str:
    return ngettext("%(n)d container", "%(n)d containers", number) % {"n": number}


def day_words(day: date | None) -> str:
    return date_format(day, "j M Y") if day is not None else _("not known")


def hours_words(hours: int) -> str:
    """A time after opening: 12 hours, 28 days."""
    if hours % 24 == 0 and hours > 24:
        return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}
    return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}


def time_left(until: datetime, at: datetime) -> str:
    """How long a clock still runs: 3 days, 2 hours 5 minutes; “past” when it has run out."""
    left = until - at
    if left <= timedelta(0):
        return _("past")
    if left >= timedelta(days=2):
        return ngettext("%(n)d day", "%(n)d days", left.days) % {"n": left.days}
    hours, rest = divmod(int(left.total_seconds()), 3600)
    minutes = rest // 60
    if hours and minutes:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    return _("%(hours)d h") % {"hours": hours} if hours else _("%(minutes)d min") % {"minutes": minutes}
