"""Patients of the public case file, picked by hand: diagnoses, and several findings at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from tools import picked_questions, picked_speakers

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
    yield from picked_speakers.speakers(recipe)
    yield from picked_speakers.unmapped(recipe)
    yield from picked_questions.applying(recipe)
    yield from picked_questions.days(recipe)


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


def _words(name: str) -> str:
    return name.replace("-", " ").replace("/", ", ").capitalize()
