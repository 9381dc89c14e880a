"""Spots on the head that stay free: marked by a tap on a picture, or by naming a place in the list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from anagen.clinic.people.actions import Refused
from anagen.medicine.scalp import Scalp, Zone
from anagen.medicine.scalp_surface import Head, Place
from anagen.medicine.scalp_views import View, unproject

from .wording import REGIONS

KINDS_OF_MARKS: Final[dict[str, Promise]] = {
    "mole": lazy("Mole"),
    "lesion": lazy("Lesion"),
    "scar": lazy("Scar"),
    "pulse": lazy("Pulse felt"),
}
RADII: Final = (5, 8, 12, 20)  # mm; how large a spot can be marked
MOST_MARKS: Final = 40


@dataclass(frozen=True, slots=True)
class Mark:
    """A spot that somebody saw or felt: nothing is injected within its radius."""

    along: float
    across: float
    radius_mm: int
    what: str

    def __str__(self) -> str:
        return f"{self.along:.1f},{self.across:.1f},{self.radius_mm},{self.what}"

    @classmethod
    def read(cls, text: str) -> Mark:
        """The mark that a page sent back. Raises Refused."""
        try:
            along, across, radius, what = text.split(",")
            mark = cls(round(float(along), 1), round(float(across), 1), int(radius), what)
        except ValueError:
            raise Refused(_("A mark cannot be read. Mark the spot again.")) from None
        if what not in KINDS_OF_MARKS or mark.radius_mm not in RADII:
            raise Refused(_("A mark cannot be read. Mark the spot again."))
        if not (-90 <= mark.along <= 270 and -90 <= mark.across <= 90):
            raise Refused(_("A mark does not lie on the head. Mark the spot again."))
        return mark

    @property
    def place(self) -> Place:
        return Place(self.along, self.across)

    @property
    def title(self) -> str:
        return str(KINDS_OF_MARKS[self.what])


def zones(marks: Iterable[Mark]) -> list[Zone]:
    return [
        Zone.spot(f"mark-{number}", mark.title, mark.place, float(mark.radius_mm))
        for number, mark in enumerate(marks, start=1)
    ]


def tapped(head: Head, scalp: Scalp, view: str, at: tuple[float, float], radius_mm: int, what: str) -> Mark:
    """The mark where a picture was tapped (mm from the middle, y down). Raises Refused beside the scalp."""
    position = unproject(head, View(view), (at[0], -at[1])) if view in set(View) else None
    if position is None:
        raise Refused(_("This lies beside the head. Tap on the scalp."))
    return marked(head, scalp, head.place(position), radius_mm, what)


def marked(head: Head, scalp: Scalp, place: Place, radius_mm: int, what: str) -> Mark:
    """A mark at a place. Raises Refused where none of it touches the scalp."""
    mark = Mark.read(str(Mark(place.along, place.across, radius_mm, what)))
    around = [place, *(head.onward(place, way) for way in (-radius_mm, radius_mm))]
    around += [head.aside(place, way) for way in (-radius_mm, radius_mm)]
    if not any(scalp.region_at(one) for one in around):
        raise Refused(_("This lies outside the scalp, where nothing is injected anyway."))
    return mark


def where(mark: Mark, scalp: Scalp, head: Head) -> str:
    """A mark's place in words: region, and mm from the midline."""
    region = scalp.region_at(mark.place)
    side = round(head.distance(head.position(Place(mark.along, 0)), head.position(mark.place)))
    words = region_words(region.id) if region is not None else _("At the border of the scalp")
    if not side:
        return _("%(region)s, on the midline") % {"region": words}
    if mark.across < 0:
        return _("%(region)s, %(mm)d mm left of the midline") % {"region": words, "mm": side}
    return _("%(region)s, %(mm)d mm right of the midline") % {"region": words, "mm": side}


def region_words(region: str) -> str:
    return str(REGIONS.get(region, region)).capitalize()
