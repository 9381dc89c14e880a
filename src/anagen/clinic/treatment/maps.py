"""The map of one session: the one that stands, the one proposed from last time, the syringes, the needle."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from anagen.clinic.review.queries import current
from anagen.medicine.treatment import Kind

from . import devices, drawing, mapping, marks, queries, syringes
from .mapping import Last, Plan, Wish
from .marks import Mark
from .models import Event
from .queries import Session


class MapOf:
    """What the map page of a session rests on, read once."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.scalp = current().scalp
        self.seen = 0 if (event := session.last(Kind.MAP)) is None else event.pk
        before = queries.given_before(session.patient).exclude(pk=session.treatment.pk).first()
        self.before = None if before is None else Session(before)
        kept = kept_plan(session)
        self.begun = kept if kept is not None and kept.done else None  # some of it is in the skin
        codes = session.syringes
        self.syringes = syringes.of_codes(codes) if codes else []

    @property
    def syringe_ml(self) -> Decimal | None:
        """What the scanned syringes hold together; None while none is scanned."""
        return sum((one.volume_ml for one in self.syringes), Decimal(0)) if self.syringes else None

    @property
    def last(self) -> Last | None:
        """Where the needle went in the session before."""
        if self.before is None:
            return None
        positions = tuple(
            tuple(float(value) for value in point["position_mm"])
            for point in self.before.points
            if point.get("position_mm")
        )
        return Last(self.before.treatment.day, positions) if positions else None  # type: ignore[arg-type]

    @property
    def deepest(self) -> Decimal:
        """mm that the needle may go with this device."""
        device = self.session.device
        assert device is not None  # every session is set up when it begins
        return devices.deepest(device.id, self.session.setup["technique"])

    @property
    def standing(self) -> Wish | None:
        """The map that was kept in this session."""
        return _wish_of(self.session) if self.begun is None else self.begun.wish

    def proposed(self) -> Wish:
        """Head, regions and marks of last time; spacing and depth as the session is set up; all of the syringes."""
        limits, settings = self.scalp.limits, self.session.setup.get("settings", {})
        before = None if self.before is None else _wish_of(self.before)
        spacing = Decimal(settings.get("distance") or limits.spacing.usual or 0)
        depth = Decimal(settings.get("depth") or settings.get("depth stop") or limits.depth.usual or 0)
        total = self.syringe_ml
        wish = Wish(
            head_cm=self.scalp.shape.usual_cm,
            regions=mapping.PROPOSED,
            spacing_mm=spacing,
            depth_mm=depth,
            shared=total is not None,
            volume_ml=total or limits.volume_per_point.usual or Decimal(0),
        )
        if before is None:
            return wish
        return replace(
            wish,
            head_cm=before.head_cm,
            regions=tuple(one for one in before.regions if one in self.scalp.regions) or wish.regions,
            spacing_mm=before.spacing_mm,
            marks=before.marks,
        )

    @property
    def wish(self) -> Wish:
        return self.standing or self.proposed()

    def plan(self, wish: Wish) -> Plan:
        """The points of a wish. Raises Refused when it would move points that are done."""
        if self.begun is not None and wish.done:
            return drawing.continued(self.begun, wish, syringe_ml=self.syringe_ml, last=self.last)
        return drawing.planned(wish, self.scalp, syringe_ml=self.syringe_ml, last=self.last)

    def where(self, mark: Mark, head: Any) -> str:
        return marks.where(mark, self.scalp, head)

    def punctures(self, plan: Plan) -> int:
        """With the needle that is on now: what is done since it was changed."""
        done = before = 0
        for event in self.session.events:
            if event.kind == Kind.MAP:
                done = done_in(event)
            elif event.kind == Kind.NEEDLE_CHANGE:
                before = done
        return max(0, plan.done - before)


def _wish_of(session: Session) -> Wish | None:
    map_ = session.map.get("map") or {}
    return Wish.kept(map_) if "head_cm" in map_ else None


def done_in(event: Event) -> int:
    """How many points of a kept map were done."""
    rows = set((event.data.get("map") or {}).get("done", ()))
    return sum(f"{point['region']}:{point.get('parting', '')}" in rows for point in event.data["points"])


def undone(session: Session) -> int:
    """Points of rows that are not ticked, where somebody ticked rows at all; 0 where nobody did."""
    event = session.last(Kind.MAP)
    done = 0 if event is None else done_in(event)
    return len(session.points) - done if done else 0


def kept_plan(session: Session) -> Plan | None:
    """The map of the record, as it was kept."""
    return drawing.rebuilt(session.map, current().scalp) if session.map else None
