"""From the first question to a dated course."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime

import icalendar
from tests.journeys.conftest import Arrive
from tests.journeys.steps import (
    THURSDAY,
    TODAY,
    Person,
    Said,
    answers_everything,
    asks_at_the_desk,
    examines,
    gets_an_account,
    hands_in,
    in_words,
    opens_the_link,
    plans,
    registers,
    screens,
    sends_a_link,
    sessions,
    verdict,
)

PHONE = {"width": 360, "height": 740}


def test_a_clear_patient_is_booked_through(arrive: Arrive) -> None:
    eleni = Person("Eleni", "Vassiliou", date(1990, 5, 14))

    # Given: the front desk registers her and lets her have a link
    desk = arrive("desk")
    file = registers(desk, eleni)
    address = sends_a_link(desk, file, eleni)

    # When: she answers on her own phone, a prescriber examines her, and the rules are asked
    phone = arrive(name="phone", viewport=PHONE, has_touch=True)
    opens_the_link(phone, address, eleni)
    answers_everything(phone)
    phone.reads("Is this right?")
    hands_in(phone)
    phone.reads("Thank you")
    phone.sees("Please do not stop any medicine because of these questions.")

    prescriber = arrive("prescriber")
    examines(prescriber, file, eleni)
    assert screens(prescriber, file) == "Clear"
    prescriber.sees("Every question is answered, and no rule objects.")

    # Then: the desk books the whole course at once
    desk.goes_to(file, eleni.name)
    days = plans(desk, file)
    assert len(days) == 8
    assert days == sorted(days) and days[0] >= TODAY
    assert all((after - before).days >= 7 for before, after in itertools.pairwise(days))
    desk.looks(anew=True)

    # and she takes it home: on paper,
    desk.follows("Sheet to print")
    desk.reads("Your sessions")
    for day in days:
        desk.sees(f"{day.day} {day:%B %Y}")
    desk.sees("Whom to call")

    # and in her own calendar.
    desk.goes_to(f"{file}/calendar", "The dates in the patient’s own calendar")
    desk.presses("Make an address")
    desk.sees("The address is ready")
    feed = desk.page.locator(".handover .address").inner_text().strip()
    answer = phone.context.request.get(feed)
    assert answer.ok and answer.headers["content-type"].startswith("text/calendar")
    events = icalendar.Calendar.from_ical(answer.text()).walk("VEVENT")
    assert [_day(event.start) for event in events] == days
    assert "pregn" not in answer.text().lower() and "mesotherapy" not in answer.text().lower()


def _day(moment: date | datetime) -> date:
    return moment.astimezone(UTC).date() if isinstance(moment, datetime) else moment


def test_a_pregnant_patient_is_not_treated_and_reads_kind_words(arrive: Arrive) -> None:
    hope = Person("Hope", "Adeyinka", date(1993, 9, 2))
    desk = arrive("desk")
    file = registers(desk, hope)

    nurse = arrive("nurse")
    asks_at_the_desk(nurse, file, hope, {"pregnancy": "yes"})
    examines(nurse, file, hope)

    assert screens(nurse, file) == "Exclude"
    nurse.sees("Pregnancy")
    nurse.sees("What would change it")
    nurse.does_not_see("Override this finding")
    nurse.does_not_see("Plan the course")

    # No plan is possible, and the desk reads why.
    desk.goes_to(f"{file}/course/new", "Plan a course")
    desk.sees("A course cannot be planned now")
    assert desk.button("Keep this plan").count() == 0

    # She reads it in words that are meant for her, without sources, with an account of her own.
    herself = arrive(name="hope", viewport=PHONE)
    gets_an_account(desk, herself, file, "hope.a")
    herself.goes_to(f"{file}/screening")
    assert verdict(herself) == "Exclude"
    herself.does_not_see("Sources")
    herself.does_not_see("label")
    reasons = herself.page.locator(".reasons").inner_text().lower()
    assert "stop" not in reasons and "contraindication" not in reasons
    herself.looks(anew=True)


def test_a_cold_that_ends_on_thursday(arrive: Arrive) -> None:
    bruno = Person("Bruno", "Castellano", date(1984, 1, 30), sex="Male")
    desk, nurse = arrive("desk"), arrive("nurse")
    file = registers(desk, bruno)

    asks_at_the_desk(
        nurse, file, bruno, {"infection.cold": Said("yes", since=date(2027, 2, 27), until=THURSDAY)}
    )
    examines(nurse, file, bruno)
    assert screens(nurse, file) == "Defer"
    nurse.sees(in_words(THURSDAY))  # not before Thursday

    days = plans(desk, file, start=TODAY)
    assert days[0] == THURSDAY, f"the first session is on {days[0]}"


def test_a_teenager_is_not_treated_without_more(arrive: Arrive) -> None:
    noah = Person("Noah", "Brandt", date(2010, 6, 1), sex="Male")
    desk, nurse = arrive("desk"), arrive("nurse")
    file = registers(desk, noah)
    asks_at_the_desk(nurse, file, noah)
    examines(nurse, file, noah)

    word = screens(nurse, file)
    assert word in {"Refer", "Exclude"}
    nurse.sees("16")
    desk.goes_to(f"{file}/course/new", "Plan a course")
    desk.sees("A course cannot be planned now")


def test_another_date_shows_what_moves_before_it_is_kept(arrive: Arrive) -> None:
    mira = Person("Mira", "Oyelaran", date(1988, 11, 20))
    desk, nurse = arrive("desk"), arrive("nurse")
    file = registers(desk, mira)
    asks_at_the_desk(nurse, file, mira)
    examines(nurse, file, mira)
    assert screens(nurse, file) == "Clear"
    before = plans(desk, file)

    # When session 3 is tried two days later, the page shows what moves
    desk.goes_to(f"{file}/course/move?session=3", "Hair mesotherapy")
    desk.presses("A day later")
    desk.sees("What moves with session 3")
    desk.looks(anew=True)
    desk.presses("A day later")
    desk.sees("2 days later")

    # and nothing has happened yet:
    meanwhile = arrive("nurse", name="colleague")
    meanwhile.goes_to(f"{file}/course", "Hair mesotherapy")
    assert sessions(meanwhile) == before

    # Then it is kept.
    desk.presses("Keep this plan")
    desk.is_told("Session 3 is on")
    after = sessions(desk)
    assert (after[2] - before[2]).days == 2
    assert after[:2] == before[:2]
    assert all((late - early).days >= 7 for early, late in itertools.pairwise(after))

    # A day on which the skin has not healed is refused, with the reason.
    desk.goes_to(f"{file}/course/move?session=3&day={before[1].isoformat()}", "Hair mesotherapy")
    desk.sees("Not possible on")
    assert desk.button("Keep this plan").count() == 0
