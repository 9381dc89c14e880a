"""Whom a lot has reached: from the number on the pack to syringes, patients and what is still unopened."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from anagen.cli.arguments import add_json, day
from anagen.cli.errors import GOOD, BadInput

if TYPE_CHECKING:
    from anagen.clinic.people.models import User
    from anagen.clinic.recall.actions import Subject
    from anagen.clinic.recall.trace import Trace
    from anagen.clinic.stock.models import Lot, Product

NAME: Final = "recall"
HELP: Final = "list whom a lot, a product, a nurse or a room has reached"
_PLACE: Final = "anagen recall"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lot", metavar="LOT", nargs="?", help="the number of the lot, as on the pack")
    parser.add_argument(
        "--product", metavar="NAME", help="its product: name or trade number; alone, all lots of it"
    )
    parser.add_argument("--nurse", metavar="USER", help="everybody whom this person treated")
    parser.add_argument("--room", metavar="ROOM", help="everybody who was treated in this room")
    parser.add_argument(
        "--from", dest="first", type=day, metavar="DATE", help="first day, with --nurse or --room"
    )
    parser.add_argument(
        "--to", dest="last", type=day, metavar="DATE", help="last day, with --nurse or --room"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    _check(arguments)
    from anagen.cli.clinic import ready

    ready()
    from django.utils import timezone

    from anagen.clinic.recall import trace

    subject = _subject(arguments)
    at = timezone.now()
    if subject.nurse is not None:
        steps = trace.of_nurse(subject.nurse, first=subject.first, last=subject.last)
        found = trace.Trace(steps, everybody=True)
    elif subject.room:
        steps = trace.of_room(subject.room, first=subject.first, last=subject.last)
        found = trace.Trace(steps, everybody=True)
    else:
        found = trace.trace_lots(subject.lots, at)
    if arguments.json:
        print(json.dumps(_document(subject, found), ensure_ascii=False, indent=1, default=str))
    else:
        for line in _lines(subject, found):
            print(line)
    return GOOD


def _check(arguments: argparse.Namespace) -> None:
    by_day = arguments.first or arguments.last
    if (arguments.nurse and arguments.room) or (
        (arguments.nurse or arguments.room) and (arguments.lot or arguments.product)
    ):
        raise BadInput(_PLACE, "", "One question at a time: a lot or product, or --nurse, or --room.")
    if not (arguments.lot or arguments.product or arguments.nurse or arguments.room):
        raise BadInput(
            _PLACE, "LOT", "is missing.", "Give the number on the pack, or --product, --nurse or --room."
        )
    if by_day and not (arguments.nurse or arguments.room):
        raise BadInput(_PLACE, "--from", "Days go with --nurse or --room.", "A lot is traced whole.")
    if arguments.first and arguments.last and arguments.last < arguments.first:
        raise BadInput(_PLACE, "--to", f"{arguments.last} lies before {arguments.first}.")


def _subject(arguments: argparse.Namespace) -> Subject:
    from anagen.clinic.recall.actions import Subject
    from anagen.clinic.recall.models import About

    days = {"first": arguments.first, "last": arguments.last}
    if arguments.nurse:
        return Subject(About.NURSE, nurse=_person(arguments.nurse), **days)
    if arguments.room:
        return Subject(About.ROOM, room=_room(arguments.room), **days)
    product = _product(arguments.product) if arguments.product else None
    if arguments.lot:
        return Subject(About.LOTS, [_lot(arguments.lot, product)])
    assert product is not None
    return Subject(About.PRODUCT, list(product.lots.select_related("product")), product)


def _lot(number: str, product: Product | None) -> Lot:
    """The one lot that is meant; never one that only looks alike."""
    from anagen.clinic.recall.trace import look_alikes, lots_called

    found = lots_called(number, product)
    if len(found) == 1:
        return found[0]
    if found:
        which = "; ".join(f"{lot} of {lot.product.name} ({lot.product.maker})" for lot in found)
        raise BadInput(
            _PLACE, "LOT", f"“{number}” is a lot of several products: {which}.", "Add --product NAME."
        )
    alike = look_alikes(number, product)
    mend = "Compare it with the pack."
    if alike:
        mend = (
            "It looks like "
            + ", ".join(f"{lot} of {lot.product.name}" for lot in alike[:5])
            + ": compare letter by letter."
        )
    raise BadInput(_PLACE, "LOT", f"No lot “{number}” was ever received here.", mend)


def _product(words: str) -> Product:
    from anagen.clinic.stock.models import Product
    from anagen.clinic.stock.queries import product_of

    found = product_of(words)
    if found is not None:
        return found
    named = list(Product.objects.filter(name__iexact=words)) or list(
        Product.objects.filter(name__icontains=words)[:6]
    )
    if len(named) == 1:
        return named[0]
    if named:
        which = "; ".join(f"{one}, {one.maker}" for one in named)
        raise BadInput(
            _PLACE, "--product", f"“{words}” may be {which}.", "Write the whole name or the trade number."
        )
    raise BadInput(
        _PLACE, "--product", f"There is no product “{words}” here.", "Write its name or trade number."
    )


def _person(username: str) -> User:
    from anagen.clinic.people.models import User

    found = User.objects.filter(username=username.strip().lower()).first()
    if found is None:
        raise BadInput(_PLACE, "--nurse", f"There is no account “{username}”.", "Write the user name.")
    return found


def _room(name: str) -> str:
    from anagen.clinic.treatment.models import Treatment

    if not Treatment.objects.filter(room=name).exists():
        raise BadInput(
            _PLACE, "--room", f"Nobody was ever treated in “{name}”.", "Write the room as in the sessions."
        )
    return name


def _lines(subject: Subject, found: Trace) -> Iterator[str]:
    from anagen.clinic.recall.presentation import levels, rows
    from anagen.clinic.recall.wording import subject_words

    yield subject_words(subject)
    yield ""
    for level in levels(subject, found):
        yield f"  {level.count:>6}  {level.name}" + "".join(f"; {note}" for note in level.notes)
    listed = rows(found.steps)
    if listed:
        yield ""
        yield from _columns(
            [
                (
                    row.step.day.isoformat(),
                    row.patient.number,
                    row.patient.name,
                    row.word,
                    row.step.syringe,
                    row.given,
                    row.lots,
                )
                for row in listed
            ]
        )
    for balance in found.balances:
        yield f"still here: {balance.lot} of {balance.lot.product.name}, {balance.place}: {balance.count} unopened"
    for vial in found.open_vials:
        yield f"still here: {vial.lot}, {vial.place}: opened vial {vial}"


def _columns(table: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    for row in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _document(subject: Subject, found: Trace) -> dict[str, Any]:
    from anagen.clinic.recall.presentation import rows
    from anagen.clinic.recall.trace import patients_of

    return {
        "about": subject.about,
        "lots": [{"lot": lot.number, "product": str(lot.product)} for lot in subject.lots],
        "patients": [
            {"number": patient.number, "name": patient.name, "phone": patient.phone, "email": patient.email}
            for patient in patients_of(found.patients)
        ],
        "syringes": [
            {
                "patient": row.patient.number,
                "state": row.step.state,
                "day": row.step.day,
                "syringe": row.step.syringe,
                "given_ml": row.step.given_ml,
                "lots": row.lots,
                "site": row.site,
                "by": row.nurse,
                "room": row.step.room,
            }
            for row in rows(found.steps)
        ],
        "unopened": [
            {"lot": balance.lot.number, "place": str(balance.place), "count": balance.count}
            for balance in found.balances
        ],
        "open_vials": [
            {"lot": vial.lot.number, "vial": str(vial), "place": str(vial.place)} for vial in found.open_vials
        ],
    }
