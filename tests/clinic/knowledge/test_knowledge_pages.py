"""The pages of the knowledge browser, as each reader sees them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.clinic.knowledge.addresses import RULE
from tests.clinic.knowledge.test_library import ROSE
from tests.clinic.screening.known import answer

from anagen.clinic.audit.models import ReadEntry
from anagen.clinic.knowledge import downloads, sourced, views
from anagen.clinic.knowledge import queries as knowledge_queries
from anagen.clinic.knowledge.catalogue import Library
from anagen.clinic.people.models import Patient, User
from anagen.clinic.people.permissions import Role
from anagen.clinic.screening import actions
from anagen.knowledge.loader import shipped
from anagen.knowledge.reading import Fault

Users = dict[Role, User]
Browser = Callable[[Role | None], Client]
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def shelve(monkeypatch: pytest.MonkeyPatch) -> Callable[[Library], None]:
    """Let the pages read another catalogue."""

    def put(catalogue: Library) -> None:
        for module in (views, sourced, downloads):
            monkeypatch.setattr(module, "catalogue", lambda: catalogue)

    return put


@pytest.fixture
def with_a_topic(shelve: Callable[[Library], None]) -> None:
    plain = shipped().plain
    aside = [{"claims": ["C182"], "kind": "promotional", "reason": "It is an advertisement."}]
    shelve(Library(shipped(), {**plain, "topics": [ROSE], "set_aside": aside}))


def page(browser: Client, name: str, *args: Any, **query: str) -> str:
    shown = browser.get(reverse(f"knowledge:{name}", args=args), query)
    assert shown.status_code == 200
    return str(shown.content.decode())


def test_a_rule_says_everything_that_is_known_of_it(with_a_topic: None, client_of: Browser) -> None:
    html = page(client_of(Role.PRESCRIBER), "rule", RULE)
    for words in (
        "verdict--refer",
        "is yes",
        "The verdict is incomplete, and the answer is asked for.",
        "Anticoagulation continues unchanged",
        "Please keep taking it exactly as you",
        "A written answer of the prescriber",
        "until the prescriber of the anticoagulant has answered in writing",
        "The prescriber has agreed",
        "from 21 Nov 2026 on",
        "A course that ends tomorrow still counts",
        "CHEST guideline on perioperative antithrombotic management",
        "known, not read again",
        "Long-term anticoagulant use bars treatment.",
        "Drugs that raise bleeding are banned for the patient but put in the cocktail",
        "not yet reviewed by your medical lead",
    ):
        assert words in html, words
    assert "not as expected" not in html


def test_every_rule_fact_and_conflict_has_a_page(with_a_topic: None, client_of: Browser) -> None:
    browser, plain = client_of(Role.NURSE), shipped().plain
    for name, part in (("rule", "rules"), ("fact", "facts"), ("conflict", "conflicts"), ("care", "care")):
        for item in plain[part]:
            html = page(browser, name, item["id"])
            assert html.count("<h1") == 1, item["id"]


def test_no_example_answers_otherwise_than_expected(with_a_topic: None, client_of: Browser) -> None:
    browser = client_of(Role.NURSE)
    odd = [
        item["id"]
        for item in shipped().plain["rules"]
        if "not as expected" in page(browser, "rule", item["id"])
    ]
    assert odd == []


def test_search_works_with_and_without_htmx(with_a_topic: None, client_of: Browser) -> None:
    browser = client_of(Role.FRONT_DESK)
    whole = page(browser, "home", q="rosehip")
    assert "Rosehip oil" in whole and "<h1" in whole
    part = browser.get(reverse("knowledge:home"), {"q": "rosehip"}, headers=FRAGMENT | {"HX-Target": "found"})
    assert "Rosehip oil" in part.content.decode() and "<h1" not in part.content.decode()
    assert "Nothing is found for “zebra”." in page(browser, "home", q="zebra")
    assert "Rosehip oil" not in page(browser, "home", q="rosehip", kind="rules")


def test_a_topic_shows_its_details_with_links_and_units(with_a_topic: None, client_of: Browser) -> None:
    html = page(client_of(Role.NURSE), "topic", "ingredient.rosehip")
    assert f'<a href="{reverse("knowledge:rule", args=[RULE])}">Prescribed anticoagulant</a>' in html
    assert "20 °C" in html
    assert "Rosehip oil" in page(client_of(Role.NURSE), "topic", "ingredient")


def test_a_conflict_shows_positions_choice_and_why(with_a_topic: None, client_of: Browser) -> None:
    for html in (page(client_of(Role.NURSE), "conflict", "K01"), page(client_of(Role.NURSE), "conflicts")):
        assert "conditional" in html and "Pregnancy excludes, without an override" in html
        assert "Injected vasoactive and antiandrogenic drugs carry fetal risk" in html
    assert page(client_of(Role.NURSE), "conflicts").count('class="known-fold"') == 82


def test_what_became_of_a_claim(with_a_topic: None, client_of: Browser) -> None:
    browser = client_of(Role.NURSE)
    assert "Rosehip oil" in page(browser, "claim", "C001")
    assert "It is an advertisement." in page(browser, "claim", "C182")
    table = page(browser, "claims", fate="promotional")
    assert "C182" in table and "C001" not in table
    taken = browser.get(reverse("knowledge:claims_csv"), {"fate": "aside"}).content.decode("utf-8-sig")
    lines = taken.strip().splitlines()
    assert len(lines) == 2 and lines[1].startswith("C182,") and "It is an advertisement." in lines[1]


def test_what_rests_on_a_source(with_a_topic: None, client_of: Browser) -> None:
    html = page(client_of(Role.NURSE), "source", "document_000")
    assert "809 claims taken from it" in html and "file:" not in html
    assert "names it" in html


@pytest.mark.parametrize("name", ["rule", "fact", "care", "protocol", "conflict", "source", "claim"])
def test_what_is_not_known_is_not_found(with_a_topic: None, client_of: Browser, name: str) -> None:
    answered = client_of(Role.NURSE).get(reverse(f"knowledge:{name}", args=["no.such_thing"]))
    assert answered.status_code == 404
    assert "no.such_thing" in answered.content.decode()


def test_topics_that_cannot_be_read_leave_the_rest(
    shelve: Callable[[Library], None], client_of: Browser
) -> None:
    shelve(Library(shipped(), None, (Fault("topics/x.yaml", 3, "Nothing is called “y”.", "Name an entry."),)))
    browser = client_of(Role.MEDICAL_LEAD)
    for html in (page(browser, "home"), page(browser, "topics"), page(browser, "topic", "ingredient.ginkgo")):
        assert "The topics cannot be read just now: 1 fault" in html
        assert "topics/x.yaml:3" in html
    assert "Anticoagulation continues unchanged" in page(browser, "rule", RULE)
    assert "cannot be told just now" in page(browser, "claim", "C182")


# whom a rule touches


@pytest.fixture
def two_patients(users: Users, patient: Patient, stranger: Patient, today: date) -> None:
    """One is anticoagulated by the latest decision, of the other nothing is known."""
    answer(patient, today, drug__anticoagulant="no", drug__vitamin_k_antagonist="no")
    actions.decide(by=users[Role.NURSE], patient=patient, on=today)
    answer(patient, today, drug__anticoagulant="yes", drug__vitamin_k_antagonist="no")
    actions.decide(by=users[Role.NURSE], patient=patient, on=today)
    actions.decide(by=users[Role.NURSE], patient=stranger, on=today)


def test_the_latest_decision_of_each_patient_counts(two_patients: None) -> None:
    assert knowledge_queries.counts(RULE) == {"matched": 1, "unknown": 1, "decided": 2}
    found = [(decision.patient.family_name, decision.state) for decision in knowledge_queries.touched(RULE)]
    assert found == [("Laurent", "matched"), ("Weber", "unknown")]
    assert knowledge_queries.counts("no.such_rule") == {"matched": 0, "unknown": 0, "decided": 2}


def test_the_list_of_patients_is_a_read_of_each_file(
    two_patients: None, client_of: Browser, users: Users
) -> None:
    browser = client_of(Role.PRESCRIBER)
    before = ReadEntry.objects.count()
    html = page(browser, "rule_patients", RULE)
    assert "Amélie Laurent" in html and "Jonas Weber" in html
    assert ReadEntry.objects.count() == before + 2
    assert set(ReadEntry.objects.values_list("what", flat=True)) >= {f"rule {RULE}"}


def test_the_number_of_patients_names_nobody(two_patients: None, client_of: Browser) -> None:
    address = reverse("knowledge:rule_patients", args=[RULE])
    before = ReadEntry.objects.count()
    part = client_of(Role.NURSE).get(address, headers=FRAGMENT | {"HX-Target": "touched"}).content.decode()
    assert "<h1" not in part and "Laurent" not in part and "matched" in part
    assert ReadEntry.objects.count() == before


def test_questions_to_the_database_are_bounded_by_the_page(
    two_patients: None, client_of: Browser, django_assert_max_num_queries: Any
) -> None:
    browser = client_of(Role.PRESCRIBER)
    page(browser, "rule_patients", RULE)  # these reads are recorded now, and not again within the minute
    listed = 2  # for each it is looked up whether this look has been recorded
    with django_assert_max_num_queries(9 + listed):  # one of them: what the clinic has changed
        page(browser, "rule_patients", RULE)
    with django_assert_max_num_queries(5):
        page(browser, "rule", RULE)


def test_an_administrator_reads_rules_but_sees_no_patients(two_patients: None, client_of: Browser) -> None:
    browser = client_of(Role.ADMINISTRATOR)
    assert "Whom it touches" not in page(browser, "rule", RULE)
    assert browser.get(reverse("knowledge:rule_patients", args=[RULE])).status_code == 403


def test_patients_have_no_way_in(two_patients: None, client_of: Browser, patient: Patient) -> None:
    browser = client_of(Role.PATIENT)
    assert browser.get(reverse("knowledge:home")).status_code == 403
    assert reverse("knowledge:home") not in browser.get("/").content.decode()
    own = browser.get(reverse("screening:screening", args=[patient.number])).content.decode()
    assert "/knowledge/" not in own


def test_a_finding_leads_to_its_rule(two_patients: None, client_of: Browser, patient: Patient) -> None:
    html = client_of(Role.NURSE).get(reverse("screening:screening", args=[patient.number])).content.decode()
    assert f'href="{reverse("knowledge:rule", args=[RULE])}"' in html
