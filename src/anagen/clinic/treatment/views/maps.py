"""The map of a session: drawn anew with every change, kept as an event, read on the record."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anagen.clinic.people.access import opens_file
from anagen.clinic.people.actions import ChangedMeanwhile, NotAllowed, Refused
from anagen.clinic.people.downloads import csv_download
from anagen.clinic.people.models import Patient
from anagen.clinic.people.permissions import Permission, needs
from anagen.medicine.scalp_views import View
from anagen.medicine.treatment import Kind, fits

from .. import actions, devices, drawing, events, mapping, maps, typed
from .. import marks as marking
from ..mapping import Plan, Wish
from ..maps import MapOf
from ..marks import Mark
from ..queries import Session
from .common import with_session

CAPTIONS: Final = {
    View.ABOVE: lambda: _("From above"),
    View.BEHIND: lambda: _("From behind"),
    View.LEFT: lambda: _("Left side"),
    View.RIGHT: lambda: _("Right side"),
}
_COLUMNS: Final = (
    *("point", "region", "parting", "right_mm", "front_mm", "up_mm"),
    *("depth_mm", "volume_ml", "injected"),
)


@dataclass
class Asked:
    """What the page was asked: the map as typed, and what cannot be."""

    wish: Wish
    faults: dict[str, str]
    plan: Plan | None = None

    @property
    def wrong(self) -> list[str]:
        return list(self.faults.values())


@needs(Permission.TREAT)
@require_http_methods(["GET", "POST"])
@opens_file("treatment: map")
@with_session
def map_page(request: HttpRequest, *, patient: Patient, session: Session) -> HttpResponse:
    """Choose, draw, mark, leave out, tick off, keep. Every button draws the map anew; some keep it."""
    device = session.device
    if not fits(Kind.MAP, session.state) or device is None or not device.injects:
        name = "map_sheet" if session.points else "session"
        return redirect(f"treatment:{name}", number=patient.number, treatment=session.treatment.pk)
    here = MapOf(session)
    if request.method == "GET":
        return _page(request, here, _drawn(here, here.wish))
    asked = _read(request.POST, here)
    do, _colon, about = request.POST.get("do", "").partition(":")
    if asked.plan is None:
        return _page(request, here, asked)
    try:
        asked = _changed(do, about, asked, here, request.POST)
        if do in ("save", "done", "rest", "needle"):
            _keep(request, here, asked, needle=do == "needle")
            return redirect("treatment:map", number=patient.number, treatment=session.treatment.pk)
    except NotAllowed as refused:
        raise PermissionDenied(str(refused)) from None
    except ChangedMeanwhile as changed:
        return _page(request, MapOf(Session(session.treatment)), asked, changed=str(changed))
    except Refused as refused:
        if str(refused) not in asked.wrong:
            asked.faults["all"] = str(refused)
    return _page(request, here, asked)


def _drawn(here: MapOf, wish: Wish) -> Asked:
    faults = mapping.checked(wish, here.scalp, here.deepest)
    plan = None
    if not faults:
        try:
            plan = here.plan(wish)
        except Refused as refused:
            faults["all"] = str(refused)
    return Asked(wish, faults, plan)


def _read(post: QueryDict, here: MapOf) -> Asked:
    """The map as the page describes it; what cannot be read is a fault of its field."""
    faults: dict[str, str] = {}

    def number(name: str, label: str) -> Decimal:
        try:
            return events.amount(post, name, label)
        except Refused as refused:
            faults[name] = str(refused)
            return Decimal(0)

    marks: list[Mark] = []
    for said in post.getlist("mark")[: marking.MOST_MARKS]:
        try:
            marks.append(Mark.read(said))
        except Refused as refused:
            faults["mark"] = str(refused)
    wish = Wish(
        head_cm=number("head", _("Head")),
        regions=tuple(id for id in here.scalp.regions if id in post.getlist("region")),
        spacing_mm=number("spacing", _("Distance")),
        depth_mm=number("depth", _("Depth")),
        shared=post.get("shared") == "yes",
        volume_ml=number("volume", _("Volume")),
        marks=tuple(marks),
        left_out=frozenset(post.getlist("skip")),
        done=frozenset(post.getlist("done")),
    )
    asked = _drawn(here, wish)
    asked.faults = asked.faults | faults
    return asked


def _changed(do: str, about: str, asked: Asked, here: MapOf, post: QueryDict) -> Asked:
    """What a button changes. Raises Refused when that cannot be."""
    plan, wish = asked.plan, asked.wish
    assert plan is not None
    match do:
        case "row":
            wish = plan.without(spot.place for row in plan.rows if row.id == about for spot in row.spots)
        case "region":
            wish = plan.without(spot.place for spot in plan.spots if spot.point.region == about)
        case "unmark":
            wish = replace(wish, marks=tuple(mark for mark in wish.marks if str(mark) != about))
        case "tap" | "mark":
            wish = replace(wish, marks=(*wish.marks, _marked(do, plan, here, post)))
        case "done":
            wish = plan.with_done(about or None)
        case "rest":
            wish = plan.without(_open_places(plan))
        case _:
            return asked
    return _drawn(here, wish)


def _open_places(plan: Plan) -> list[str]:
    """Where no needle was, by the rows that are ticked."""
    return [spot.place for row in plan.rows if not row.done for spot in row.given]


def _marked(do: str, plan: Plan, here: MapOf, post: QueryDict) -> Mark:
    if len(plan.wish.marks) >= marking.MOST_MARKS:
        raise Refused(_("%(most)d marks are the most.") % {"most": marking.MOST_MARKS})
    what = events.one_of(post, "what", tuple(marking.KINDS_OF_MARKS), _("Choose what you mark."))
    radius = int(events.one_of(post, "radius", tuple(map(str, marking.RADII)), _("Choose how large it is.")))
    head = plan.drawn.head
    if do == "mark":
        offset = events.amount(post, "offset", _("Distance along the parting"))
        place = drawing.along_parting(plan, post.get("row", ""), offset)
        return marking.marked(head, here.scalp, place, radius, what)
    try:
        at = float(post.get("x", "")), float(post.get("y", ""))
    except ValueError:
        raise Refused(_("Tap on the scalp, or name the place in the list.")) from None
    return marking.tapped(head, here.scalp, post.get("view", ""), at, radius, what)


def _keep(request: HttpRequest, here: MapOf, asked: Asked, *, needle: bool) -> None:
    """Keep the map, and the new needle. Raises Refused, ChangedMeanwhile."""
    user: Any = request.user
    plan, treatment, post = asked.plan, here.session.treatment, request.POST
    if plan is None or asked.faults:
        raise Refused(" ".join(asked.wrong))
    if plan.refused:
        raise Refused(" ".join(finding.says for finding in plan.refused))
    words = events.words(post, "words", needed=_("Say in a few words why.") if plan.asks else "")
    seen = post.get("seen", "")
    actions.keep_map(
        by=user,
        treatment=treatment,
        data=plan.data(words),
        seen=int(seen) if seen.isdecimal() else 0,
        key=typed.key_of(post, "map"),
    )
    if needle:
        actions.add_event(
            by=user, treatment=treatment, kind=Kind.NEEDLE_CHANGE, key=typed.key_of(post, "needle")
        )
    messages.success(request, _("The new needle and the map are kept.") if needle else _("The map is kept."))


def _page(request: HttpRequest, here: MapOf, asked: Asked, *, changed: str = "") -> HttpResponse:
    plan, wish, post = asked.plan, asked.wish, request.POST
    needle = devices.number("procedure.needle_change", "punctures with one needle")
    session = here.session
    head = here.scalp.head() if plan is None else plan.drawn.head
    under_way = session.state.value != "preparing"
    punctures = 0 if plan is None else here.punctures(plan)
    refused = bool(asked.faults) or bool(changed)
    return render(
        request,
        "treatment/map.html",
        {
            "patient": session.patient,
            "session": session,
            "treatment": session.treatment,
            "plan": plan,
            "wish": wish,
            "typed": {
                "head": post.get("head", f"{wish.head_cm.normalize():f}"),
                "spacing": post.get("spacing", f"{wish.spacing_mm.normalize():f}"),
                "depth": post.get("depth", f"{wish.depth_mm.normalize():f}"),
                "volume": f"{wish.volume_ml.normalize():f}" if wish.volume_ml else post.get("volume", ""),
                "words": post.get("words", session.map.get("words", "")),
                "what": post.get("what", "mole"),
                "radius": post.get("radius", "8"),
                "tap": post.get("tap", "point"),
                "row": post.get("row", ""),
                "offset": post.get("offset", ""),
            },
            "regions": [(id, marking.region_words(id), id in wish.regions) for id in here.scalp.regions],
            "marks": [(str(mark), mark, here.where(mark, head)) for mark in wish.marks],
            "kinds": marking.KINDS_OF_MARKS.items(),
            "radii": [str(radius) for radius in marking.RADII],
            "views": _views(plan),
            "gone": 0 if plan is None else len(wish.left_out) - plan.left_out,
            "faults": asked.faults,
            "wrong": asked.wrong,
            "changed": changed,
            "seen": here.seen,
            "key": uuid.uuid4(),
            "under_way": under_way,
            "punctures": punctures,
            "needle_usual": needle.usual,
            "needle_due": needle.usual is not None and punctures >= needle.usual,
            "limits": here.scalp.limits,
            "shape": here.scalp.shape,
            "deepest": here.deepest,
            "syringes": here.syringes,
        },
        # A page that htmx asked for is put into the one that is open, whatever is wrong with it.
        status=422 if refused and not request.headers.get("HX-Request") else 200,
    )


def _views(plan: Plan | None) -> list[dict[str, Any]]:
    if plan is None:
        return []
    # our own drawing: what comes from people in it is escaped there
    return [
        {"id": view.value, "caption": words(), "picture": mark_safe(plan.picture(view))}
        for view, words in CAPTIONS.items()
    ]


def shown(session: Session) -> dict[str, Any]:
    """What the record shows of the map: pictures and rows; empty when none was drawn."""
    plan = maps.kept_plan(session)
    if plan is None:
        return {}
    scalp, head = plan.scalp, plan.drawn.head
    return {
        "plan": plan,
        "views": _views(plan),
        "marks": [(mark, marking.where(mark, scalp, head)) for mark in plan.wish.marks],
        "kept": session.last(Kind.MAP),
    }


@needs(Permission.SEE_TREATMENT)
@require_GET
@opens_file("treatment: map")
@with_session
def map_sheet(request: HttpRequest, *, patient: Patient, session: Session) -> HttpResponse:
    """The map on one page, to be read and printed."""
    _readable(request, session)
    return render(
        request,
        "treatment/map_sheet.html",
        {"patient": patient, "session": session, "treatment": session.treatment, "drawn": shown(session)},
    )


@needs(Permission.SEE_TREATMENT)
@require_GET
@opens_file("treatment: map")
@with_session
def map_csv(request: HttpRequest, *, patient: Patient, session: Session) -> HttpResponse:
    """Every point of the map, those that were left out as well."""
    _readable(request, session)
    left_out = (session.map.get("map") or {}).get("left_out", [])
    rows = [(point, "yes") for point in session.points] + [(point, "no") for point in left_out]
    return csv_download(
        f"map-{session.treatment.day}",
        _COLUMNS,
        [
            [
                point["number"],
                point["region"],
                point.get("parting", ""),
                *(point.get("position_mm") or ("", "", "")),
                point["depth_mm"],
                point["volume_ml"],
                injected,
            ]
            for point, injected in sorted(rows, key=lambda row: int(row[0]["number"]))
        ],
    )


def _readable(request: HttpRequest, session: Session) -> None:
    """Patients read the map when it is part of their record. Raises Http404."""
    user: Any = request.user
    if not session.points or (user.is_patient and session.finish is None):
        raise Http404(_("This session has no map yet."))
