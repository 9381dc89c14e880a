"""What the pages without a program of their own send: forms, as the data of events."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from anagen.clinic.people.actions import Refused
from anagen.clinic.people.models import Patient
from anagen.medicine.treatment import Kind

from . import todays_questions
from .actions import Sent
from .actions.session import MOST_AT_ONCE

_FARTHEST: Final = timedelta(days=365 * 60)  # the difference of two clocks is kept in seconds
_TICKS: Final = ("scalp", "kit", "well", "serious", "aside")
_TEXTS: Final = (
    "words", "code", "agent", "how", "mg_per_ml", "ml", "score", "reason", "term", "done", "result", "device",
    "technique", "lot", "depth_mm", "volume_ml", "systolic", "diastolic", "pulse", "temperature", "weight",
)  # fmt: skip
_OF: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.IDENTITY: frozenset({"by"}),
    Kind.EXAMINED: frozenset({"scalp", "kit"}),
    Kind.SYRINGE: frozenset({"code"}),
    Kind.VITALS: frozenset({"systolic", "diastolic", "pulse", "temperature", "weight"}),
    Kind.ALLERGY_TEST: frozenset({"result"}),
}

_NOT_SAID: Final = frozenset({"csrfmiddlewaretoken", "key", "kind", "then"})  # of what a form sends


def key_of(post: QueryDict, kind: str = "") -> UUID:
    """The key of the form that was sent, one for each kind of event in it: sent twice, it counts once.

    What was corrected on the same page is something else. A signature stays one, whatever was typed with it.
    """
    base = uuid_of(post.get("key"))
    if not kind:
        return base
    if "password" in post:
        return uuid.uuid5(base, kind)
    said = sorted((name, values) for name, values in post.lists() if _belongs(name, kind))
    return uuid.uuid5(base, f"{kind} {json.dumps(said)}")


def uuid_of(said: Any) -> UUID:
    try:
        return UUID(str(said))
    except ValueError:
        return uuid.uuid4()


def _belongs(name: str, kind: str) -> bool:
    """Whether a field of a form with several kinds says something about this one."""
    if name.startswith("q-") or name == "rest":
        return kind == Kind.QUESTIONS
    of = {str(one): fields for one, fields in _OF.items()}
    if kind in of or kind == Kind.QUESTIONS:
        return name in of.get(kind, ()) or (name == "for" and kind == Kind.ALLERGY_TEST)
    return name not in _NOT_SAID and not any(name in fields for fields in of.values())


def kinds_of(post: QueryDict) -> list[str]:
    """The kinds of events in this form for which something was filled in, in their order."""
    asked = post.getlist("kind")
    return [kind for kind in asked if len(asked) == 1 or _filled(kind, post)]


def _filled(kind: str, post: QueryDict) -> bool:
    if kind == Kind.QUESTIONS:
        return "rest" in post or any(name.startswith("q-") and said for name, said in post.items())
    fields = _OF.get(Kind(kind), frozenset()) if kind in set(Kind) else frozenset()
    return not fields or any(post.get(field) for field in fields)


def data_of(kind: str, post: QueryDict, patient: Patient) -> dict[str, Any]:
    """The data of one event, as the form says it."""
    if kind == Kind.QUESTIONS:
        return {"answers": answers_of(post, patient)}
    data: dict[str, Any] = {name: post[name] for name in _TEXTS if post.get(name)}
    data |= {name: True for name in _TICKS if post.get(name)}
    data |= {name: post.getlist(name) for name in ("by", "for") if name in post}
    data["settings"] = settings_of(post)
    data["regions"] = {region: said for region, said in _prefixed("region-", post).items() if said}
    return data


def settings_of(post: QueryDict) -> dict[str, str]:
    """The numbers of a device as they were typed."""
    return _prefixed("setting-", post)


def _prefixed(prefix: str, post: QueryDict) -> dict[str, str]:
    return {name.removeprefix(prefix): str(said) for name, said in post.items() if name.startswith(prefix)}


def answers_of(post: QueryDict, patient: Patient) -> dict[str, Any]:
    """Answers as they were chosen; with `rest`, what was left open is “no”, or as it was last time."""
    answers: dict[str, Any] = {}
    for name, said in post.items():
        if name.startswith("q-") and "--" not in name and said:
            fact = name.removeprefix("q-")
            since, until = post.get(f"{name}--since", ""), post.get(f"{name}--until", "")
            answers[fact] = {"value": said, "since": since, "until": until}
    if "rest" in post:
        for question in todays_questions.asked(patient, timezone.localdate()).questions:
            if question.fact not in answers:
                answers |= question.as_before()
    return answers


# the same from a program


def sent_events(body: bytes) -> tuple[list[Sent], datetime | None]:
    """A list of events as JSON, and the clock of the screen that sent it. Raises Refused with the place."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(_("This is no JSON.")) from None
    listed = document.get("events") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise Refused(_("Send an object with a list “events”."))
    if len(listed) > MOST_AT_ONCE:
        raise Refused(_("Send %(most)d events at most.") % {"most": MOST_AT_ONCE})
    sent_at = _moment(document["sent_at"], "sent_at") if document.get("sent_at") else None
    return [_event(number, one) for number, one in enumerate(listed)], sent_at


def _event(number: int, one: Any) -> Sent:
    place = f"events[{number}]"
    if not isinstance(one, dict):
        raise Refused(_("%(place)s is no object.") % {"place": place})
    try:
        key = UUID(str(one.get("key")))
    except ValueError:
        raise Refused(_("%(place)s.key is no UUID.") % {"place": place}) from None
    data = one.get("data", {})
    if not isinstance(data, dict):
        raise Refused(_("%(place)s.data is no object.") % {"place": place})
    return Sent(key, str(one.get("kind", "")), _moment(one.get("at"), f"{place}.at"), data)


def _moment(said: Any, place: str) -> datetime:
    try:
        moment = datetime.fromisoformat(str(said))
        far = moment.tzinfo is None or abs(moment.astimezone(UTC) - timezone.now()) > _FARTHEST
    except (ValueError, OverflowError, RecursionError):
        moment, far = None, True
    if moment is None or far:
        raise Refused(
            _("%(place)s: write day, time and offset, as in 2026-11-21T09:30:00+00:00.") % {"place": place}
        )
    return moment
