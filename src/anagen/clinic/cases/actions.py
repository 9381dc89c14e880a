"""Everything that writes signed cases: signing, and withdrawing a signature. Both are the medical lead's alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from anagen.clinic.audit.context import acting
from anagen.clinic.people.actions import NotAllowed, Refused
from anagen.clinic.people.models import User
from anagen.clinic.people.permissions import Permission
from anagen.clinic.people.queries import today
from anagen.exchange.anonymous import anonymous, plain_case
from anagen.exchange.cases import Bases, whole
from anagen.exchange.errors import BadInput
from anagen.knowledge.loader import Knowledge
from anagen.medicine.facts import Facts
from anagen.medicine.rules import Ruleset
from anagen.medicine.screening import Unmapped

from . import queries
from .models import CaseWithdrawn, SignedCase

LEAST_REASON = 10  # characters; “ok” explains nothing to the next reader
LONGEST_TITLE = 200
FROM_A_DECISION = "decision"


@transaction.atomic
def sign_patient(
    *,
    by: User,
    facts: Facts,
    unmapped: Iterable[Unmapped],
    on: date,
    ruleset: Ruleset,
    knowledge: Knowledge,
    title: str,
) -> SignedCase:
    """Sign how a patient was answered, stripped of who it is. `ruleset`: the rules that gave the answer;
    `knowledge`: what is in use now.

    Raises NotAllowed; Refused without a title, where the rules in use would answer otherwise, or when the same case
    is signed already.
    """
    _may_sign(by)
    nameless, unread = anonymous(facts, unmapped, on=on)
    content = plain_case(nameless, unread, on=on, ruleset=ruleset.as_on(on), id="case", title=_titled(title))
    return _signed(by, content, FROM_A_DECISION, knowledge)


@transaction.atomic
def sign_case(
    *, by: User, content: dict[str, Any], bases: Bases, came_from: str, knowledge: Knowledge
) -> SignedCase:
    """Sign a case of the public form. Raises as `sign_patient`; Refused with what is wrong in it."""
    _may_sign(by)
    if not isinstance(content.get("facts"), dict):
        raise Refused(_("This is no case: it lacks “facts”, an object of fact and answer."))
    try:
        case = {key: value for key, value in content.items() if key != "base"} | {
            "facts": whole(content, bases)
        }
    except (TypeError, ValueError) as error:
        raise Refused(_("This is no case: %(error)s.") % {"error": error}) from None
    title = _titled(str(case.get("title", "")))
    return _signed(by, case | {"title": title}, came_from, knowledge)


def _signed(by: User, content: dict[str, Any], came_from: str, knowledge: Knowledge) -> SignedCase:
    with acting(by):
        # One signature after the other: the number is the next, and the same case is not signed twice at once.
        standing = list(SignedCase.objects.select_for_update(of=("self",)).filter(withdrawn__isnull=True))
        same = next((case for case in standing if _asks_the_same(case.content, content)), None)
        if same is not None:
            raise Refused(_("This case is signed already, as %(name)s.") % {"name": same.name})
        number = (SignedCase.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        case = SignedCase(
            number=number,
            title=content["title"],
            content=content | {"id": f"signed/{number}"},
            came_from=came_from[:120],
            ruleset_hash=knowledge.ruleset.hash,
            signed_by=by,
        )
        try:
            queries.read(case.content, knowledge.ruleset)
        except BadInput as bad:
            raise Refused(f"{bad.what} {bad.mend}") from None
        told = queries.otherwise(case.content, queries.rules_ahead(knowledge, today()))
        if told:
            raise Refused(
                _(
                    "The rules in use answer this otherwise: %(differences)s. Only an answer they give can be signed."
                )
                % {"differences": "; ".join(told)}
            )
        try:
            with transaction.atomic():
                case.save(force_insert=True)
        except IntegrityError:
            raise Refused(_("Somebody else signed a case in this moment. Try again.")) from None
        return case


@transaction.atomic
def withdraw(*, by: User, case: SignedCase, reason: str) -> CaseWithdrawn:
    """No longer stand for the answer of a case. It stays to be read, with this name and reason.

    Raises NotAllowed; Refused when the reason says too little, or the signature was withdrawn before.
    """
    _may_sign(by)
    reason = " ".join(reason.split())
    if len(reason) < LEAST_REASON:
        raise Refused(_("Say in a few words why, so that the next reader understands."))
    try:
        with transaction.atomic(), acting(by):
            return CaseWithdrawn.objects.create(case=case, reason=reason, by=by)
    except IntegrityError:
        raise Refused(_("This signature was withdrawn before.")) from None


def _may_sign(by: User) -> None:
    if not by.may(Permission.REVIEW_RULES):
        raise NotAllowed(_("Your role does not allow this."))


def _titled(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise Refused(_("Say in a few words what the case shows."))
    return title[:LONGEST_TITLE]


def _asks_the_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one.get(key) == other.get(key) for key in ("on", "facts", "unmapped"))
