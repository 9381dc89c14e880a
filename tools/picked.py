"""Patients of the public case file that are picked by hand: diagnoses, several findings, several speakers, records,
entries that nobody understood, questions that do not apply, and days.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tools.recipe import Draft, Recipe

Plain = dict[str, Any]

# What is coded of a scalp: the categories that rules name, codes below them (of the WHO and ICD-10-CM), their
# neighbours, ways to write one, and two at once.
DIAGNOSES: Final = (
    "L63 L63.0 L63.2 L63.9 L64 L64.0 L64.8 L64.9 L65 L65.0 L65.1 L65.8 L65.9 L66 L66.1 L66.10 L66.9 L67 L67.0 "
    "L67.1 L40 L40.9 L43 L43.9 L93 L93.0 B35.0 B35.1 A51.3 A51.31 A51.4 L21 L21.0 L62 L68 L44 Q84 Q84.0 H52.1 "
    "l64.9 L649 L65.0,L65.9 L64.9,L65.9 L64.9,L67.0 L63.0,L67.0 L65.9,L67.0 L66.1,L67.0 L64.9,B35.0 L64.9,L40.9 "
    "L64.9,H52.1 L64.0,L64.9 L67.0,L21.0 L64.9,L63.9"
).split()

YES: Final = "yes"


def drafts(recipe: Recipe) -> Iterator[Draft]:
    yield from diagnoses(recipe)
    yield from combinations(recipe)
    yield from speakers(recipe)
    yield from unmapped(recipe)
    yield from applying(recipe)
    yield from days(recipe)


def diagnoses(recipe: Recipe) -> Iterator[Draft]:
    """A diagnosis stands for all above it: L66.1 for L66. The rules about it are guarded together."""
    from tools.recipe import Draft

    why = tuple(
        rule["id"]
        for rule, version in recipe.standing()
        if any(leaf["fact"] == "diagnosis.scalp" for leaf, _ in recipe.leaves(version["when"]))
    )
    for codes in DIAGNOSES:
        listed = codes.split(",")
        facts = recipe.completed({"diagnosis.scalp": listed})
        words = " and ".join(listed)
        yield Draft(f"diagnoses/{'+'.join(listed)}", f"The scalp is coded {words}", facts, why)
    for said, name in (("no", "unknown-cause"), (YES, "known-cause")):
        facts = {"diagnosis.scalp": None, "diagnosis.cause_known": said}
        title = f"Nothing is coded; whether the cause is known: {said}"
        yield Draft(f"diagnoses/none/{name}", title, facts, (*why, "indication.cause_unknown"))


def combinations(recipe: Recipe) -> Iterator[Draft]:
    """The worst finding wins; a date is named only where no more than time is needed."""
    from tools.recipe import MAN, WOMAN, Draft

    cold_5 = {"infection.cold": {"value": YES, "until": "2026-11-26"}}
    antibiotic_3 = {"drug.antibiotic": {"value": YES, "until": "2026-11-24"}}
    antibiotic_open = {"drug.antibiotic": YES}
    painkiller = {"drug.painkiller_self_bought": "2026-11-17"}
    surgery = {"procedure.surgery": "2026-11-01"}
    transplant = {"procedure.hair_transplant": "2026-08-31"}
    session = {"procedure.mesotherapy": "2026-11-16"}
    asthma, implant, epilepsy = {"asthma": YES}, {"scalp.implant": YES}, {"epilepsy": YES}
    cancer, no_cold, latex = {"cancer.active": YES}, {"infection.cold": None}, {"allergy.latex": YES}
    pregnant, keloid = {"pregnancy": YES}, {"keloid.personal": YES}
    pairs: list[tuple[str, list[Plain], tuple[str, ...]]] = [
        ("caution-caution", [asthma, implant], ("precaution.asthma", "precaution.scalp_implant")),
        ("caution-incomplete", [asthma, no_cold], ("precaution.asthma", "deferral.cold")),
        ("caution-defer", [asthma, cold_5], ("precaution.asthma", "deferral.cold")),
        ("caution-refer", [asthma, epilepsy], ("precaution.asthma", "contraindication.epilepsy")),
        ("caution-exclude", [asthma, cancer], ("precaution.asthma", "contraindication.cancer_active")),
        ("incomplete-incomplete", [no_cold, {"asthma": "unknown"}], ("deferral.cold", "precaution.asthma")),
        ("incomplete-defer", [no_cold, painkiller], ("deferral.cold", "drug.self_bought_painkiller")),
        ("incomplete-refer", [no_cold, epilepsy], ("deferral.cold", "contraindication.epilepsy")),
        ("incomplete-exclude", [no_cold, cancer], ("deferral.cold", "contraindication.cancer_active")),
        ("defer-defer/first-longer", [cold_5, painkiller], ("deferral.cold", "drug.self_bought_painkiller")),
        ("defer-defer/second-longer", [cold_5, antibiotic_3], ("deferral.cold", "drug.antibiotic_course")),
        ("defer-defer/far-apart", [painkiller, transplant], ("deferral.hair_transplant",)),
        ("defer-defer/one-open", [cold_5, antibiotic_open], ("deferral.cold", "drug.antibiotic_course")),
        (
            "defer-defer/both-open",
            [{"infection.cold": YES}, antibiotic_open],
            ("deferral.cold", "drug.antibiotic_course"),
        ),
        ("defer-refer", [cold_5, epilepsy], ("deferral.cold", "contraindication.epilepsy")),
        ("defer-exclude", [surgery, cancer], ("deferral.recent_surgery", "contraindication.cancer_active")),
        ("refer-refer", [epilepsy, keloid], ("contraindication.epilepsy", "contraindication.keloid")),
        (
            "refer-exclude",
            [epilepsy, cancer],
            ("contraindication.epilepsy", "contraindication.cancer_active"),
        ),
        (
            "exclude-exclude",
            [pregnant, cancer],
            ("contraindication.pregnancy", "contraindication.cancer_active"),
        ),
        (
            "caution-caution-caution",
            [asthma, implant, latex],
            ("precaution.asthma", "precaution.scalp_implant", "allergy.latex_allergy"),
        ),
        (
            "caution-defer-refer",
            [asthma, cold_5, epilepsy],
            ("precaution.asthma", "deferral.cold", "contraindication.epilepsy"),
        ),
        (
            "defer-defer-defer",
            [cold_5, painkiller, surgery],
            ("deferral.cold", "drug.self_bought_painkiller", "deferral.recent_surgery"),
        ),
        (
            "incomplete-defer-exclude",
            [{"asthma": None}, cold_5, cancer],
            ("precaution.asthma", "deferral.cold", "contraindication.cancer_active"),
        ),
        (
            "defer-refer-exclude",
            [surgery, epilepsy, cancer],
            ("deferral.recent_surgery", "contraindication.epilepsy", "contraindication.cancer_active"),
        ),
        (
            "minor-and-light",
            [{"birth_date": "2010-01-01", "vital.weight": "45.0 kg"}],
            ("contraindication.age_14_to_17", "precaution.low_weight"),
        ),
        (
            "warfarin-out-of-range",
            [{"drug.anticoagulant": YES, "drug.vitamin_k_antagonist": YES, "vital.inr": "4.2 {INR}"}],
            ("drug.anticoagulation", "contraindication.high_inr"),
        ),
        (
            "warfarin-without-inr",
            [{"drug.anticoagulant": YES, "drug.vitamin_k_antagonist": YES, "vital.inr": None}],
            ("drug.anticoagulation", "contraindication.high_inr"),
        ),
        (
            "pressure-twice",
            [{"hypertension": YES, "vital.systolic": "185 mm[Hg]", "vital.diastolic": "112 mm[Hg]"}],
            ("contraindication.high_blood_pressure", "precaution.raised_blood_pressure"),
        ),
        (
            "pressure-apart",
            [{"hypertension": YES, "vital.systolic": "95 mm[Hg]", "vital.diastolic": "101 mm[Hg]"}],
            ("precaution.low_blood_pressure", "precaution.raised_blood_pressure"),
        ),
        (
            "unsteady-diabetes",
            [{"diabetes": YES, "diabetes.control": "unsteady", "vital.hba1c": "9.1 %"}],
            (
                "precaution.diabetes",
                "contraindication.diabetes_uncontrolled",
                "contraindication.high_hba1c",
            ),
        ),
        (
            "session-five-days-ago",
            [session, {"scalp.punctures_unhealed": YES, "scalp.shedding_more": YES}],
            ("deferral.recent_mesotherapy", "deferral.unhealed_punctures", "precaution.increased_shedding"),
        ),
        (
            "lesion-after-treatment",
            [{"procedure.mesotherapy": "2026-09-20", "infection.site_lesion": YES}],
            ("contraindication.injection_site_lesion", "contraindication.mycobacterial_infection"),
        ),
    ]
    for name, given, why in pairs:
        facts = recipe.completed({fact: said for each in given for fact, said in each.items()})
        # a lesion whose cause nobody has looked for: the answer is to be asked for
        if name == "lesion-after-treatment":
            facts["infection.mycobacterial"] = None
        yield Draft(f"combinations/{name}", f"{_words(name)}: {' and '.join(why)}", facts, why, WOMAN)
    men: list[tuple[str, Plain, tuple[str, ...]]] = [
        (
            "finasteride-and-a-plan",
            {"drug.alpha_reductase_inhibitor": YES, "conception.plan": YES},
            ("drug.hair_hormone_blocker", "drug.hair_hormone_blocker_and_conception"),
        ),
        ("finasteride-alone", {"drug.alpha_reductase_inhibitor": YES}, ("drug.hair_hormone_blocker",)),
        (
            "finasteride-plan-not-known",
            {"drug.alpha_reductase_inhibitor": YES, "conception.plan": "unknown"},
            ("drug.hair_hormone_blocker_and_conception",),
        ),
        ("cold-and-asthma", {**cold_5, **asthma}, ("deferral.cold", "precaution.asthma")),
        ("epilepsy-and-cold", {**epilepsy, **cold_5}, ("contraindication.epilepsy", "deferral.cold")),
    ]
    for name, facts, why in men:
        whole = recipe.completed(facts, MAN)
        yield Draft(f"combinations/man/{name}", f"{_words(name)}: {' and '.join(why)}", whole, why, MAN)


def speakers(recipe: Recipe) -> Iterator[Draft]:
    """The riskier answer counts, and that there are two is a finding. A record is silent about what is not so."""
    from tools.recipe import WOMAN, Draft

    patient, clinician, system = ({"speaker": name} for name in ("patient", "clinician", "system"))
    no, yes = {"value": "no"}, {"value": YES}
    record = {**system, "record": "Condition/7"}
    cases: list[tuple[str, str, Plain, str]] = [
        (
            "patient-no-clinician-yes",
            "The patient says no, the clinician yes",
            {"epilepsy": [no | patient, yes | clinician]},
            "contraindication.epilepsy",
        ),
        (
            "patient-yes-clinician-no",
            "The patient says yes, the clinician no",
            {"epilepsy": [yes | patient, no | clinician]},
            "contraindication.epilepsy",
        ),
        (
            "both-no",
            "Patient and clinician both say no",
            {"epilepsy": [no | patient, no | clinician]},
            "contraindication.epilepsy",
        ),
        (
            "both-yes",
            "Patient and clinician both say yes",
            {"epilepsy": [yes | patient, yes | clinician]},
            "contraindication.epilepsy",
        ),
        (
            "record-yes",
            "The patient says no, a record says yes",
            {"epilepsy": [no | patient, yes | record]},
            "contraindication.epilepsy",
        ),
        (
            "record-no",
            "A record says no, the patient says nothing: a record is silent about what is not so",
            {"epilepsy": no | record},
            "contraindication.epilepsy",
        ),
        (
            "record-yes-alone",
            "A record says yes, the patient says nothing",
            {"epilepsy": yes | record},
            "contraindication.epilepsy",
        ),
        (
            "record-over",
            "A record says it is over, the patient says nothing: it says nothing of others",
            {"epilepsy": yes | record | {"until": "2020-01-01"}},
            "contraindication.epilepsy",
        ),
        (
            "record-over-patient-no",
            "A record says it is over and the patient says no: no disagreement",
            {"epilepsy": [no | patient, yes | record | {"until": "2020-01-01"}]},
            "contraindication.epilepsy",
        ),
        (
            "unknown-and-no",
            "The patient does not know, the clinician says no",
            {"epilepsy": [{"value": "unknown"} | patient, no | clinician]},
            "contraindication.epilepsy",
        ),
        (
            "unknown-and-yes",
            "The patient does not know, the clinician says yes",
            {"epilepsy": [{"value": "unknown"} | patient, yes | clinician]},
            "contraindication.epilepsy",
        ),
        (
            "corrected",
            "The same speaker says yes, and two days later no: the later answer stands",
            {"epilepsy": [yes | patient | {"said": "2026-11-19"}, no | patient | {"said": "2026-11-21"}]},
            "contraindication.epilepsy",
        ),
        (
            "grown-old",
            "The clinician's yes of two years ago no longer holds; the patient says no",
            {"epilepsy": [no | patient, yes | clinician | {"said": "2024-11-21"}]},
            "contraindication.epilepsy",
        ),
        (
            "two-records",
            "Two records say yes, one of them over",
            {
                "epilepsy": [
                    yes | record,
                    yes | system | {"record": "Condition/8", "until": "2020-01-01"},
                    no | patient,
                ]
            },
            "contraindication.epilepsy",
        ),
        (
            "two-ends",
            "Two speakers name different ends: the later counts",
            {
                "infection.cold": [
                    yes | patient | {"until": "2026-11-23"},
                    yes | clinician | {"until": "2026-11-25"},
                ]
            },
            "deferral.cold",
        ),
        (
            "one-end-open",
            "One speaker names an end, the other none: no date is promised",
            {"infection.cold": [yes | patient | {"until": "2026-11-23"}, yes | clinician]},
            "deferral.cold",
        ),
        (
            "two-dates",
            "Two speakers name different days of an operation: the later counts",
            {
                "procedure.surgery": [
                    {"value": "2026-10-20"} | patient,
                    {"value": "2026-11-05"} | clinician,
                ]
            },
            "deferral.recent_surgery",
        ),
        (
            "record-never",
            "A record of an operation long ago, the patient says never",
            {
                "procedure.surgery": [
                    {"value": "never"} | patient,
                    {"value": "2020-03-01", "record": "Procedure/2"} | system,
                ]
            },
            "deferral.recent_surgery",
        ),
        (
            "two-choices",
            "Two answers to a choice",
            {
                "diabetes": YES,
                "diabetes.control": [{"value": "steady"} | patient, {"value": "unsteady"} | clinician],
                "vital.hba1c": "6.5 %",
            },
            "contraindication.diabetes_uncontrolled",
        ),
        (
            "two-measurements",
            "Two measurements of one day: the riskier counts, and that is no disagreement",
            {
                "hypertension": YES,
                "vital.diastolic": "80 mm[Hg]",
                "vital.systolic": [
                    {"value": "150 mm[Hg]"} | clinician,
                    {"value": "165 mm[Hg]", "record": "Observation/3"} | system,
                ],
            },
            "precaution.raised_blood_pressure",
        ),
        (
            "two-birth-dates",
            "Two dates of birth, one of a minor",
            {
                "birth_date": [{"value": "1992-06-15"} | patient, {"value": "2009-06-15"} | clinician],
                "vital.weight": "60.0 kg",
            },
            "contraindication.age_14_to_17",
        ),
        (
            "two-diagnoses",
            "Two clinicians' diagnoses: both count, and a patient may have two",
            {
                "diagnosis.scalp": [
                    {"value": ["L64.9"]} | clinician,
                    {"value": ["L66.1"], "record": "Condition/9"} | system,
                ]
            },
            "indication.scarring",
        ),
        (
            "pregnancy-test",
            "The patient says no, the laboratory yes",
            {"pregnancy": [no | patient, yes | {"speaker": "laboratory"}]},
            "contraindication.pregnancy",
        ),
        (
            "work-up-twice",
            "The work-up is said to be done, and said not to be done",
            {"diagnosis.work_up": [yes | clinician, no | {"speaker": "laboratory"}]},
            "indication.work_up_missing",
        ),
        (
            "diagnosis-doubted",
            "Under *not* the riskier answer is the one that does not fulfil: one diagnosis fits, another does not",
            {
                "diagnosis.scalp": [
                    {"value": ["L64.9"]} | clinician,
                    {"value": ["H52.1"], "record": "Condition/9"} | system,
                ]
            },
            "indication.other_diagnosis",
        ),
    ]
    for name, title, facts, rule in cases:
        yield Draft(f"speakers/{name}", title, facts, (rule,), WOMAN)


def unmapped(recipe: Recipe) -> Iterator[Draft]:
    """What could not be understood is never dropped: the verdict is at least incomplete."""
    from tools.recipe import WOMAN, Draft

    words = {"where": "Condition/4", "text": "funny turns", "why": "a diagnosis in words only"}
    code = {
        "where": "Condition/5",
        "text": "",
        "why": "not a code of ICD-10",
        "system": "icd-10",
        "code": "L64.9999",
    }
    system = {
        "where": "Observation/2",
        "text": "house score",
        "why": "an unknown system",
        "system": "urn:house",
        "code": "7",
    }
    given: list[tuple[str, str, Plain, tuple[Plain, ...], str]] = [
        ("words", "A diagnosis in words only", {}, (words,), ""),
        ("code", "A code that does not exist", {}, (code,), ""),
        ("system", "A code of an unknown system", {}, (system,), ""),
        ("three", "Three entries that nobody understood", {}, (words, code, system), ""),
        ("caution", "Beside a caution", {"asthma": YES}, (words,), "precaution.asthma"),
        ("missing", "Beside a missing answer", {"infection.cold": None}, (words,), "deferral.cold"),
        (
            "defer",
            "Beside a deferral that ends",
            {"procedure.surgery": "2026-11-05"},
            (words,),
            "deferral.recent_surgery",
        ),
        ("refer", "Beside a referral", {"epilepsy": YES}, (code,), "contraindication.epilepsy"),
        ("exclude", "Beside an exclusion", {"cancer.active": YES}, (code,), "contraindication.cancer_active"),
    ]
    for name, title, facts, entries, rule in given:
        yield Draft(f"unmapped/{name}", title, facts, (rule,) if rule else (), WOMAN, unmapped=tuple(entries))


def applying(recipe: Recipe) -> Iterator[Draft]:
    """A question that does not apply is no gap; one that opens must be answered."""
    from tools.recipe import MAN, WOMAN, Draft

    female = ("pregnancy", "breastfeeding", "childbirth", "menstruation", "contraception")
    hormones = "diagnosis.hormonal_signs"
    none = dict.fromkeys((*female, hormones))
    given: list[tuple[str, str, str, Plain, tuple[str, ...]]] = [
        ("woman-not-asked", "A woman, nothing asked about pregnancy and cycle", WOMAN, dict(none), female),
        ("man-not-asked", "A man is not asked about pregnancy and cycle", MAN, {}, female),
        ("other-not-asked", "Another sex: every question applies", MAN, {"sex": "other"}, female),
        (
            "other-answered",
            "Another sex, every question answered",
            MAN,
            recipe.completed({"sex": "other"}, MAN),
            female,
        ),
        ("sex-not-known", "Sex not known, pregnancy not asked", WOMAN, {**none, "sex": "unknown"}, female),
        (
            "man-pregnant-record",
            "A record of a pregnancy in a man: what is said counts, asked or not",
            MAN,
            {"pregnancy": {"value": YES, "speaker": "system", "record": "Condition/1"}},
            female,
        ),
        (
            "man-pregnant-record-no",
            "A record that says no pregnancy in a man says nothing",
            MAN,
            {"pregnancy": {"value": "no", "speaker": "system", "record": "Condition/1"}},
            female,
        ),
        (
            "woman-of-61",
            "A woman of 61 is not asked about her period, but about pregnancy",
            WOMAN,
            recipe.completed({"birth_date": "1965-06-15"}),
            female,
        ),
        (
            "woman-of-61-pregnancy",
            "A woman of 61, pregnancy not asked",
            WOMAN,
            {**recipe.completed({"birth_date": "1965-06-15"}), "pregnancy": None},
            female,
        ),
        (
            "age-not-known",
            "Date of birth not known: the period is asked about",
            WOMAN,
            {"birth_date": None, "menstruation": None, "contraception": None},
            female,
        ),
        (
            "diabetes-open",
            "Diabetes: how steady it is must be known",
            WOMAN,
            {"diabetes": YES},
            ("diabetes",),
        ),
        (
            "endocrine-open",
            "A hormone disease: how steady it is must be known",
            WOMAN,
            {"endocrine": YES},
            (),
        ),
        (
            "diabetes-not-known",
            "Whether there is diabetes is not known",
            WOMAN,
            {"diabetes": "unknown"},
            ("diabetes",),
        ),
        (
            "diabetes-steady-unasked",
            "How steady is answered though there is no diabetes",
            WOMAN,
            {"diabetes.control": "unsteady"},
            ("diabetes",),
        ),
        (
            "temperature-unasked",
            "A temperature of 38.0 without a word of fever counts",
            WOMAN,
            {"vital.temperature": "38.0 Cel"},
            ("infection.fever",),
        ),
        (
            "temperature-in-fahrenheit",
            "101.1 degrees Fahrenheit are 38.4 Cel",
            WOMAN,
            {"vital.temperature": "101.1 [degF]"},
            ("infection.fever",),
        ),
        (
            "temperature-just-below-in-fahrenheit",
            "99.3 degrees Fahrenheit are 37.4 Cel",
            WOMAN,
            {"vital.temperature": "99.3 [degF]"},
            ("infection.fever",),
        ),
        (
            "pressure-open",
            "High blood pressure known, not measured",
            WOMAN,
            {"hypertension": YES},
            ("hypertension",),
        ),
        (
            "chemotherapy-blood-count",
            "Chemotherapy, no blood count",
            WOMAN,
            {"drug.chemotherapy": YES},
            ("bleeding_disorder",),
        ),
        (
            "first-session",
            "Never treated: not asked about the last session",
            WOMAN,
            {},
            ("scalp.shedding_more",),
        ),
        (
            "second-session-unasked",
            "Treated a month ago, not asked how it went",
            WOMAN,
            {"procedure.mesotherapy": "2026-10-21"},
            ("scalp.shedding_more", "scalp.new_patch", "infection.site_lesion", "scalp.punctures_unhealed"),
        ),
        (
            "second-session",
            "Treated a month ago, all went well",
            WOMAN,
            recipe.completed({"procedure.mesotherapy": "2026-10-21"}),
            ("scalp.shedding_more", "scalp.new_patch", "infection.site_lesion", "scalp.punctures_unhealed"),
        ),
        ("nothing-said", "Nothing is known of somebody", "", {}, ()),
    ]
    for name, title, base, facts, about in given:
        yield Draft(f"applying/{name}", title, facts, recipe._rules_on(about), base)


def days(recipe: Recipe) -> Iterator[Draft]:
    """A day is an argument: rules, answers and ages are those of that day."""
    from tools.recipe import DAY, WOMAN, Draft

    one = timedelta(days=1)
    pregnant = {"pregnancy": {"value": YES, "said": "2026-11-20"}}
    yield Draft(
        "days/before-the-first-version",
        "A day before the rules begin is judged by the first version of each",
        pregnant,
        ("contraindication.pregnancy",),
        on=DAY - one,
    )
    yield Draft(
        "days/said-later",
        "What is said tomorrow is not known today",
        {"epilepsy": {"value": "no", "said": str(DAY + one)}},
        ("contraindication.epilepsy",),
    )
    yield Draft(
        "days/healthy-in-a-leap-year", "The healthy woman on 29 February 2028", {}, (), on=date(2028, 2, 29)
    )
    yield Draft(
        "days/healthy-man-later",
        "The healthy man on the last day of 2030",
        {},
        (),
        "healthy man of 40",
        date(2030, 12, 31),
    )
    # 31 August and six months is 1 March: February has no such day
    for on, name in (
        (date(2027, 2, 28), "below"),
        (date(2027, 3, 1), "at"),
        (date(2027, 3, 2), "above"),
    ):
        yield Draft(
            f"days/six-months-from-31-august/{name}",
            f"A hair transplant on 31 August 2026, seen on {on}",
            {"procedure.hair_transplant": "2026-08-31"},
            ("deferral.hair_transplant",),
            on=on,
        )
        yield Draft(
            f"days/one-month-from-31-january/{name}",
            f"No depression, said on 31 January 2027 and fresh for a month, seen on {on}",
            {"depression": {"value": "no", "said": "2027-01-31"}},
            ("precaution.depression",),
            on=on,
        )
    for on, name in ((date(2029, 2, 28), "below"), (date(2029, 3, 1), "at"), (date(2029, 3, 2), "above")):
        yield Draft(
            f"days/a-year-from-29-february/{name}",
            f"A heart attack on 29 February 2028, seen on {on}",
            {"cardiovascular_event": "2028-02-29"},
            ("deferral.cardiovascular_event",),
            WOMAN,
            on,
        )


def _words(name: str) -> str:
    return name.replace("-", " ").replace("/", ", ").capitalize()
