"""Entries of a health record: status, verification, onset and abatement count."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.exchange.documents import ON, about, bundle, concept, condition, reading, resource, screened

from anagen.exchange.codes import ATC_URL, ICD10_CM_URL, ICD10_URL, RXNORM_URL, SNOMED_URL
from anagen.exchange.fhir.records import EVER
from anagen.knowledge.loader import shipped
from anagen.medicine.facts import Speaker, Statement
from anagen.medicine.vocabulary import FactType

ASPIRIN = concept(ATC_URL, "B01AC06")
COTRIMOXAZOLE = concept(ATC_URL, "J01EE01")


def rules_of(document: dict[str, Any]) -> set[str]:
    return {finding.rule for finding in screened(document).reasons if "." in finding.rule}


# conditions


def test_an_active_condition_is_said_today_by_the_record() -> None:
    document = bundle(condition("G40.309", onsetDateTime="2010-05-01"))
    assert about(document, "epilepsy") == (
        Statement("epilepsy", True, ON, Speaker.SYSTEM, since=date(2010, 5, 1), record="Condition/7"),
    )


@pytest.mark.parametrize("verification", ["refuted", "entered-in-error"])
def test_what_is_refuted_says_nothing(verification: str) -> None:
    document = bundle(condition(verification=verification))
    assert about(document, "epilepsy") == ()
    assert reading(document).unmapped == ()


@pytest.mark.parametrize("verification", ["unconfirmed", "provisional", "differential", "confirmed"])
def test_what_is_not_refuted_is_a_risk(verification: str) -> None:
    assert about(bundle(condition(verification=verification)), "epilepsy")[0].value is True


def test_a_resolved_condition_ends_on_its_abatement_and_is_no_finding() -> None:
    document = bundle(condition(clinical="resolved", onsetDateTime="1992", abatementDateTime="1999-03-04"))
    assert about(document, "epilepsy")[0].until == date(1999, 3, 4)
    assert "contraindication.epilepsy" not in {
        finding.rule for finding in screened(document).findings if finding.state == "matched"
    }


def test_a_resolved_condition_without_a_day_says_nothing_and_a_note_says_so() -> None:
    found = reading(bundle(condition(clinical="resolved")))
    assert found.facts.about("epilepsy") == ()
    assert found.notes == ("Condition/7: it is over, nobody says since when; the question itself is asked",)


def test_without_a_status_an_abatement_says_that_it_is_over() -> None:
    entry = condition(abatementDateTime="2019-03-04")
    del entry["clinicalStatus"]
    assert about(bundle(entry), "epilepsy")[0].until == date(2019, 3, 4)


def test_active_outweighs_an_abatement_in_the_past() -> None:
    document = bundle(condition(clinical="active", abatementDateTime="2019-03-04"))
    assert about(document, "epilepsy")[0].until is None
    assert "counts as present" in reading(document).notes[0]


def test_an_expected_end_lies_ahead_and_sets_the_date() -> None:
    document = bundle(condition("J06.9", onsetDateTime="2026-11-19", abatementDateTime="2026-11-26"))
    assert about(document, "infection.cold")[0].until == date(2026, 11, 26)


def test_what_asks_about_a_whole_life_is_answered_by_what_is_over() -> None:
    document = bundle(condition("T78.2XXA", clinical="resolved", abatementDateTime="2012-01-01"))
    found = about(document, "allergy.anaphylaxis")
    assert found[0].holds(ON)


def test_every_question_with_ever_in_it_is_among_those() -> None:
    asking = {
        fact.id
        for fact in shipped().ruleset.vocabulary
        if fact.type is FactType.STATE and " ever " in f" {fact.question} ".lower() and fact.codes
    }
    assert asking <= EVER <= set(shipped().ruleset.vocabulary.facts)


@pytest.mark.parametrize(
    ("onset", "since"),
    [
        ({"onsetDateTime": "2026"}, date(2026, 11, 21)),
        ({"onsetDateTime": "2026-10"}, date(2026, 10, 31)),
        ({"onsetPeriod": {"start": "2026-10-01", "end": "2026-10-03"}}, date(2026, 10, 1)),
        ({"onsetAge": {"value": 39, "code": "a"}}, date(2026, 2, 3)),
        ({"onsetString": "in youth", "recordedDate": "2020-01-01"}, date(2020, 1, 1)),
        ({"onsetString": "in youth"}, None),
    ],
)
def test_an_event_happened_on_the_last_day_it_may_have(onset: dict[str, Any], since: date | None) -> None:
    assert about(bundle(condition("I21.9", **onset)), "cardiovascular_event")[0].since == since


def test_a_state_begins_on_the_first_day_it_may_have_and_the_note_says_which() -> None:
    document = bundle(condition(onsetDateTime="2026"))
    assert about(document, "epilepsy")[0].since == date(2026, 1, 1)
    assert "2026-01-01" in reading(document).notes[0]


def test_a_diagnosis_is_as_old_as_its_entry() -> None:
    document = bundle(condition("L64.9", ICD10_URL, recordedDate="2026-05-01"))
    assert about(document, "diagnosis.scalp")[0].value == frozenset({"L64.9"})
    assert about(document, "diagnosis.scalp")[0].on == date(2026, 5, 1)


@pytest.mark.parametrize("verification", ["unconfirmed", "provisional", "differential"])
def test_an_unsure_diagnosis_is_no_answer_to_which_there_is(verification: str) -> None:
    document = bundle(condition("L64.9", verification=verification))
    assert about(document, "diagnosis.scalp") == ()
    assert [entry.why for entry in reading(document).unmapped] == ["the diagnosis is not confirmed"]


def test_a_diagnosis_that_is_over_does_not_establish_one() -> None:
    document = bundle(condition("L64.9", clinical="resolved", abatementDateTime="2020-01-01"))
    assert about(document, "diagnosis.scalp") == ()


# concepts


def test_myopia_changes_nothing() -> None:
    assert reading(bundle(condition("H52.13"))) == reading(bundle())


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (concept("http://example.org/house", "X7", "a house code"), "a house code"),
        (concept(ICD10_CM_URL, "XYZ"), "XYZ"),
        ({"text": "lupus, says the patient"}, "lupus, says the patient"),
        ({"coding": [{"system": ICD10_CM_URL}]}, "Condition"),
        (None, "Condition"),
    ],
)
def test_what_cannot_be_placed_is_listed_and_never_clears(code: Any, text: str) -> None:
    document = bundle(condition(concept=code))
    (entry,) = reading(document).unmapped
    assert (entry.where, entry.text) == ("Condition/7", text)
    assert screened(document).verdict.word != "clear"
    assert "screening.unmapped" in {finding.rule for finding in screened(document).reasons}


def test_one_coding_decides_for_the_whole_concept() -> None:
    house = {"system": "http://example.org/house", "code": "X7"}
    listed = {"coding": [house, {"system": ICD10_CM_URL, "code": "G40.309"}]}
    beside = {"coding": [house, {"system": ICD10_CM_URL, "code": "H52.13"}]}
    assert [fact.fact for fact in reading(bundle(condition(concept=listed))).facts][2:] == ["epilepsy"]
    assert reading(bundle(condition(concept=listed))).unmapped == ()
    assert reading(bundle(condition(concept=beside))).unmapped == ()


def test_an_invalid_code_below_a_listed_one_is_listed_and_its_risk_counts() -> None:
    document = bundle(condition("G40.ZZZ"))
    assert about(document, "epilepsy")[0].value is True
    assert [entry.code for entry in reading(document).unmapped] == ["G40.ZZZ"]


def test_two_entries_with_one_id_both_count() -> None:
    document = bundle(
        condition("G40.309"), condition("G40.309", clinical="resolved", abatementDateTime="2001")
    )
    assert len({statement.record for statement in about(document, "epilepsy")}) == 2


# medicines


@pytest.mark.parametrize("status", ["active", "on-hold", "unknown", "intended"])
def test_a_medicine_on_the_list_counts(status: str) -> None:
    entry = resource("MedicationStatement", status=status, medicationCodeableConcept=ASPIRIN)
    assert about(bundle(entry), "drug.antiplatelet")[0].holds(ON)


@pytest.mark.parametrize("status", ["entered-in-error", "not-taken"])
def test_a_medicine_not_taken_says_nothing(status: str) -> None:
    entry = resource("MedicationStatement", status=status, medicationCodeableConcept=ASPIRIN)
    assert about(bundle(entry), "drug.antiplatelet") == ()


def test_a_course_ends_with_its_period() -> None:
    entry = resource(
        "MedicationStatement",
        status="completed",
        medicationCodeableConcept=COTRIMOXAZOLE,
        effectivePeriod={"start": "2026-11-12", "end": "2026-11-19"},
    )
    (said,) = about(bundle(entry), "drug.antibiotic")
    assert (said.since, said.until) == (date(2026, 11, 12), date(2026, 11, 19))


def test_a_completed_course_without_an_end_had_ended_when_that_was_said() -> None:
    entry = resource(
        "MedicationStatement",
        status="completed",
        medicationCodeableConcept=COTRIMOXAZOLE,
        dateAsserted="2026-11-18",
    )
    assert about(bundle(entry), "drug.antibiotic")[0].until == date(2026, 11, 18)
    del entry["dateAsserted"]
    assert about(bundle(entry), "drug.antibiotic") == ()
    assert "over" in reading(bundle(entry)).notes[0]


def test_a_planned_medicine_has_not_begun() -> None:
    entry = resource(
        "MedicationStatement",
        status="intended",
        medicationCodeableConcept=COTRIMOXAZOLE,
        effectivePeriod={"start": "2026-12-01"},
    )
    assert not about(bundle(entry), "drug.antibiotic")[0].holds(ON)


def order(status: str = "active", **elements: Any) -> dict[str, Any]:
    return resource(
        "MedicationRequest",
        **{"status": status, "intent": "order", "medicationCodeableConcept": ASPIRIN} | elements,
    )


@pytest.mark.parametrize("status", ["active", "on-hold", "unknown"])
def test_a_prescription_counts_from_its_day(status: str) -> None:
    (said,) = about(bundle(order(status, authoredOn="2026-01-01")), "drug.antiplatelet")
    assert said.since == date(2026, 1, 1) and said.holds(ON)


@pytest.mark.parametrize(
    "entry", [order("cancelled"), order("entered-in-error"), order(doNotPerform=True), order("completed")]
)
def test_a_prescription_that_is_void_or_over_says_nothing(entry: dict[str, Any]) -> None:
    assert about(bundle(entry), "drug.antiplatelet") == ()


@pytest.mark.parametrize("entry", [order("draft"), order(intent="plan")])
def test_a_planned_prescription_is_listed(entry: dict[str, Any]) -> None:
    assert about(bundle(entry), "drug.antiplatelet") == ()
    assert "planned" in reading(bundle(entry)).unmapped[0].why


def test_a_prescription_ends_with_the_bounds_of_its_dosage() -> None:
    dosage = [{"timing": {"repeat": {"boundsPeriod": {"start": "2026-11-10", "end": "2026-11-25"}}}}]
    entry = order(dosageInstruction=dosage, medicationCodeableConcept=COTRIMOXAZOLE)
    assert about(bundle(entry), "drug.antibiotic")[0].until == date(2026, 11, 25)


def test_a_medicine_by_reference_contained_or_in_the_bundle() -> None:
    inside = order(
        medicationReference={"reference": "#m"},
        contained=[{"resourceType": "Medication", "id": "m", "code": ASPIRIN}],
    )
    beside = order(medicationReference={"reference": "Medication/9"})
    nowhere = order(medicationReference={"reference": "Medication/8", "display": "a white pill"})
    for entry in (inside, beside, nowhere):
        del entry["medicationCodeableConcept"]
    medication = {"resourceType": "Medication", "id": "9", "ingredient": [{"itemCodeableConcept": ASPIRIN}]}
    assert about(bundle(inside), "drug.antiplatelet")
    assert about(bundle(beside, medication), "drug.antiplatelet")
    assert [entry.text for entry in reading(bundle(nowhere)).unmapped] == ["a white pill"]


def test_a_self_bought_painkiller_was_taken_last_today_while_it_is_taken() -> None:
    painkiller = concept(ATC_URL, "N02BA01")
    taken = resource("MedicationStatement", status="active", medicationCodeableConcept=painkiller)
    once = taken | {"status": "completed", "effectiveDateTime": "2026-11-18"}
    assert about(bundle(taken), "drug.painkiller_self_bought")[0].since == ON
    assert about(bundle(once), "drug.painkiller_self_bought")[0].since == date(2026, 11, 18)


# allergies


def allergy(code: dict[str, Any] | None, **elements: Any) -> dict[str, Any]:
    return resource("AllergyIntolerance", code=code, **elements)


def test_a_substance_is_an_allergy_and_no_medicine() -> None:
    found = reading(bundle(allergy(concept(RXNORM_URL, "1191")))).facts
    assert found.about("allergy.aspirin") and not found.about("drug.antiplatelet")


@pytest.mark.parametrize(
    "status", [{"clinicalStatus": concept("", "resolved")}, {"verificationStatus": concept("", "refuted")}]
)
def test_an_allergy_that_is_none_any_more_says_nothing(status: dict[str, Any]) -> None:
    assert about(bundle(allergy(concept(RXNORM_URL, "1191"), **status)), "allergy.aspirin") == ()


@pytest.mark.parametrize(
    "code", [concept(ATC_URL, "N01BB02"), concept(RXNORM_URL, "11289"), {"text": "nuts"}]
)
def test_an_allergy_to_what_no_fact_lists_is_never_without_meaning(code: dict[str, Any]) -> None:
    assert len(reading(bundle(allergy(code))).unmapped) == 1


def test_an_anaphylaxis_among_the_reactions_is_a_fact_of_its_own() -> None:
    reaction = [{"manifestation": [concept(SNOMED_URL, "39579001"), {"text": "hives"}]}]
    document = bundle(allergy(concept(RXNORM_URL, "7980"), reaction=reaction))
    assert about(document, "allergy.anaphylaxis") and about(document, "allergy.other")
    assert reading(document).unmapped == ()


def test_no_known_allergy_is_a_no_to_every_question_on_allergies() -> None:
    entry = allergy(concept(SNOMED_URL, "716186003"), recordedDate="2026-11-01")
    asked = [fact.id for fact in shipped().ruleset.vocabulary if fact.group == "allergies"]
    for fact in asked:
        (said,) = about(bundle(entry), fact)
        assert (said.value, said.on, said.record) == (False, date(2026, 11, 1), "")
    del entry["recordedDate"]
    assert about(bundle(entry), asked[0]) == ()
    assert len(reading(bundle(entry)).unmapped) == 1


# procedures, vaccinations, what is not read


@pytest.mark.parametrize("status", ["preparation", "not-done", "entered-in-error"])
def test_a_procedure_that_did_not_happen_says_nothing(status: str) -> None:
    entry = resource("Procedure", status=status, code=concept(ICD10_CM_URL, "Z51.11"))
    assert reading(bundle(entry)) == reading(bundle())


def test_a_procedure_lasts_from_its_beginning_to_its_end() -> None:
    entry = resource(
        "Procedure",
        status="completed",
        code=concept(ICD10_CM_URL, "Z51.11"),
        performedPeriod={"start": "2026-01-01", "end": "2026-03-01"},
    )
    (said,) = about(bundle(entry), "drug.chemotherapy")
    assert (said.since, said.until) == (date(2026, 1, 1), date(2026, 3, 1))
    entry["status"] = "in-progress"
    assert about(bundle(entry), "drug.chemotherapy")[0].until is None


def test_a_vaccination_counts_on_its_day() -> None:
    entry = resource("Immunization", status="completed", occurrenceDateTime="2026-11-10")
    assert about(bundle(entry), "procedure.vaccination")[0].since == date(2026, 11, 10)
    assert about(bundle(entry | {"status": "not-done"}), "procedure.vaccination") == ()


@pytest.mark.parametrize("kind", ["FamilyMemberHistory", "AdverseEvent", "Flag", "MedicationDispense"])
def test_clinical_entries_that_are_not_read_are_listed(kind: str) -> None:
    (entry,) = reading(bundle(resource(kind, code={"text": "something"}))).unmapped
    assert (entry.text, entry.why) == ("something", f"{kind} is not read")


@pytest.mark.parametrize("kind", ["Encounter", "Organization", "Practitioner", "Claim", "Appointment"])
def test_entries_that_do_not_bear_on_screening_are_passed_over(kind: str) -> None:
    assert reading(bundle(resource(kind))) == reading(bundle())


def test_the_conclusion_of_a_report_is_listed() -> None:
    entry = resource("DiagnosticReport", conclusion="Suspicious of melanoma.")
    assert [found.text for found in reading(bundle(entry)).unmapped] == ["Suspicious of melanoma."]
    assert reading(bundle(resource("DiagnosticReport"))).unmapped == ()


def test_an_extension_that_may_turn_the_meaning_round_is_listed() -> None:
    entry = condition() | {"modifierExtension": [{"url": "http://example.org/not", "valueBoolean": True}]}
    assert "modifierExtension" in reading(bundle(entry)).unmapped[0].why
