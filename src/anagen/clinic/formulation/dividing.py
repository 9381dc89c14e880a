"""A wish that does not go into one syringe, divided into the fewest that hold: by medicine's solver, and one judge.

Diluents are not divided by the solver: each syringe gets its part of them, in proportion to what is in it, or none
where what is in it has to be alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anagen.medicine import mixture
from anagen.medicine.formulation import may_be_overridden
from anagen.medicine.mixture import Component, MixtureFinding, MixtureRequest
from anagen.medicine.rules import Verdict
from anagen.medicine.syringes import Division, Limits, NoDivision, Relation, Wish, fewest_syringes
from anagen.medicine.truth import Truth

from .judging import Judged, Known, answered

_FINEST: Final = Decimal("0.001")
_TOGETHER: Final = {
    mixture.Known.GOOD: Truth.YES,
    mixture.Known.BAD: Truth.NO,
    mixture.Known.UNKNOWN: Truth.UNKNOWN,
}
_REASONS: Final = {
    mixture.Known.GOOD: gettext_lazy("known to go together"),
    mixture.Known.BAD: gettext_lazy("known not to go together"),
    mixture.Known.UNKNOWN: gettext_lazy("nobody has tested them together"),
}


@dataclass(frozen=True, slots=True)
class Split:
    """The syringes as component lists, and what is kept apart, in words; without syringes: why there are none.

    ``undecided``: pairs that nobody has tested, and syringes that are not known to keep their limits; each still asks
    for a decision with a name, or for the answer that is missing.
    """

    syringes: tuple[tuple[Component, ...], ...]
    words: tuple[str, ...]
    undecided: int = 0


def split(found: Judged, known: Known) -> Split:
    """Divide what was judged: by what is known alone; then with syringes whose limits ask for a decision or an answer,
    of what is known to go together; only where that does not do either, with pairs nobody has tested.
    """
    request, formulary = found.request, found.formulary
    contents = [
        tuple(part.ingredient for part in formulary.products[one.name].contents)
        if one.is_product and one.name in formulary.products
        else (one.name,)
        for one in request.components
    ]
    thins = [
        bool(names)
        and all((entry := formulary.ingredient(name)) is not None and entry.is_diluent for name in names)
        for names in contents
    ]
    active = [place for place, is_diluent in enumerate(thins) if not is_diluent]
    diluents = [request.components[place] for place, is_diluent in enumerate(thins) if is_diluent]
    if len(active) < 2:
        return Split(
            (), (_("There is nothing to divide: the mixture has one component beside its diluent."),)
        )
    titles = [
        formulary.products[request.components[place].name].title
        if request.components[place].name in formulary.products
        else request.components[place].name
        for place in active
    ]
    relations = {}
    for one in range(len(active)):
        for other in range(one + 1, len(active)):
            both = formulary.compatible(contents[active[one]], contents[active[other]])
            relations[one, other] = Relation(_TOGETHER[both], str(_REASONS[both]))

    def parts(group: Sequence[int]) -> tuple[Component, ...]:
        """With its part of the diluents, unless only the bare group holds."""
        bare = tuple(request.components[active[one]] for one in group)
        thinned = _with_diluents(list(bare), diluents, request, thins)
        alone = _holds(thinned, found, known) is False and _holds(bare, found, known) is not False
        return bare if alone else thinned

    def holds(group: frozenset[int]) -> bool | None:
        return _holds(parts(sorted(group)), found, known)

    wishes = [Wish(title, len(contents[place]) > 1) for title, place in zip(titles, active, strict=True)]
    limits = Limits(least=1)
    answer = fewest_syringes(wishes, pair=lambda i, j: relations[i, j], holds=holds, limits=limits)
    everything = [frozenset(group) for group in _groups(len(active))]
    untested = {frozenset(pair) for pair, one in relations.items() if one.together is Truth.UNKNOWN}
    tested = [group for group in everything if not any(pair <= group for pair in untested)]
    for groups in (tested, everything):
        if isinstance(answer, NoDivision):
            decided = dict.fromkeys(groups, _("to be decided by name, or answered"))
            answer = fewest_syringes(
                wishes, pair=lambda i, j: relations[i, j], holds=holds, decided=decided, limits=limits
            )
    if isinstance(answer, NoDivision):
        return Split((), _why_not(answer, titles))
    return Split(
        tuple(parts(syringe.components) for syringe in answer.syringes),
        tuple(_apart(answer, titles)),
        sum(len(syringe.decisions) for syringe in answer.syringes),
    )


def _groups(number: int) -> list[tuple[int, ...]]:
    return [
        tuple(place for place in range(number) if bits >> place & 1)
        for bits in range(1, 1 << min(number, 10))
        if bits.bit_count() <= 5
    ]


def _why_not(answer: NoDivision, titles: Sequence[str]) -> tuple[str, ...]:
    if not answer.stuck:
        return (_("Each component goes into some syringe, but there is no way to give every one a place."),)
    words = _(
        "%(name)s goes into no syringe: neither with another, nor alone, is it known to keep its limits."
    )
    return tuple(words % {"name": titles[one.component]} for one in answer.stuck)


def _apart(answer: Division, titles: Sequence[str]) -> list[str]:
    return [
        _("%(one)s and %(other)s: %(why)s.")
        % {"one": titles[one.first], "other": titles[one.second], "why": one.relation.reason}
        for one in answer.apart
        if one.relation.together is not Truth.YES
    ]


def _holds(parts: tuple[Component, ...], found: Judged, known: Known) -> bool | None:
    """Whether a group keeps its limits: NO for what nobody may set aside.

    Unknown for what asks for a decision, and for what has not been answered.
    """
    request = MixtureRequest(
        route=found.request.route,
        components=parts,
        area=found.request.area,
        weight=found.request.weight,
        given_before=found.request.given_before,
    )
    answer = answered(request, found.formulary, on=found.answer.on, known=known).answer
    weighing = [finding for finding in answer.reasons if finding.verdict > Verdict.CAUTION]
    heavy = [finding for finding in weighing if finding.verdict is not Verdict.INCOMPLETE]
    if any(not may_be_overridden(finding) or _too_much(finding) for finding in heavy):
        return False
    return None if weighing else True


def _too_much(finding: MixtureFinding) -> bool:
    """What dividing is meant to mend: refused unless the medical lead says otherwise."""
    return finding.verdict is Verdict.EXCLUDE


def _with_diluents(
    group: list[Component], diluents: Sequence[Component], request: MixtureRequest, thins: Sequence[bool]
) -> tuple[Component, ...]:
    """The group with its part of each diluent."""
    whole = sum(
        (one.volume for one, is_diluent in zip(request.components, thins, strict=True) if not is_diluent),
        Decimal(0),
    )
    own = sum((one.volume for one in group), Decimal(0))
    shares = [
        Component(
            one.name,
            (one.volume * own / whole).quantize(_FINEST, ROUND_HALF_UP),
            one.concentration,
            one.is_product,
        )
        for one in diluents
    ]
    return (*group, *(share for share in shares if share.volume))
