"""Every way in which knowledge can be wrong is one fault, with its file, its line and its mend."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.knowledge.folder import Folder
from tests.knowledge.wrongs import CARE, CASES, CLAIMS, FACTS, FEVER, LOCALE, PROTOCOLS, RULES, Wrong

from anagen.knowledge.__main__ import check
from anagen.knowledge.loader import load
from anagen.knowledge.reader import read_all
from anagen.knowledge.reading import KnowledgeError


@pytest.mark.parametrize("wrong", CASES, ids=lambda wrong: wrong.name)
def test_one_thing_wrong_is_one_fault_with_its_file_line_and_mend(folder: Folder, wrong: Wrong) -> None:
    folder.spoil(wrong.file, wrong.right, wrong.wrong)
    faults = folder.faults()
    assert len(faults) == 1, "\n".join(map(str, faults))
    (fault,) = faults
    assert fault.file == (wrong.found_in or wrong.file)
    assert wrong.what in fault.what
    assert wrong.mend in fault.mend
    assert fault.line == (folder.line(wrong.file, wrong.at) if wrong.at else 1)


def test_the_folder_itself_has_no_fault(folder: Folder) -> None:
    assert folder.faults() == []


def test_overlapping_versions_are_refused_where_the_second_begins(folder: Folder) -> None:
    version = folder.text(RULES).split("    versions:\n")[1].split("    examples:")[0]
    for end in ("", "        to: 2026-07-01\n"):
        second = version.replace("2026-01-01", "2026-06-01")
        first = version.replace("        when:", f"{end}        when:")
        folder.write(RULES, folder.text(RULES).replace(version, first + second))
        (fault,) = folder.faults()
        assert (fault.what, fault.mend) == (
            "This version overlaps with the one before.",
            "Let that one end with to: 2026-06-01.",
        )
        assert (fault.file, fault.line) == (RULES, folder.line(RULES, "2026-06-01"))
        folder.write(RULES, folder.text(RULES).replace(first + second, version))


def test_versions_that_follow_one_another_are_right(folder: Folder) -> None:
    version = folder.text(RULES).split("    versions:\n")[1].split("    examples:")[0]
    first = version.replace("        when:", "        to: 2026-06-01\n        when:")
    second = version.replace("2026-01-01", "2026-06-01")
    folder.write(RULES, folder.text(RULES).replace(version, first + second))
    assert folder.faults() == []


def test_questions_that_wait_for_each_other_are_refused_at_each(folder: Folder) -> None:
    folder.spoil(FACTS, "    ends: true\n", "")
    folder.spoil(
        FACTS, "    fresh: always\n", "    fresh: always\n    asked_when: {fact: pregnancy, is: yes}\n"
    )
    sex, pregnancy = folder.faults()
    assert sex.what == "asked_when runs in a circle: sex → pregnancy → sex."
    assert pregnancy.what == "asked_when runs in a circle: pregnancy → sex → pregnancy."
    assert (sex.line, sex.mend) == (folder.line(FACTS, "asked_when: {fact: pregnancy"), "Break it.")
    assert pregnancy.line == folder.line(FACTS, "asked_when: {fact: sex")


def test_a_question_that_waits_for_itself_is_refused(folder: Folder) -> None:
    folder.spoil(
        FACTS, "{fact: sex, is: female}", "{all: [{fact: pregnancy, is: yes}, {fact: sex, is: female}]}"
    )
    (fault,) = folder.faults()
    assert fault.what == "asked_when runs in a circle: pregnancy → pregnancy."


def test_a_rule_whose_examples_find_no_version_says_so_for_each(folder: Folder) -> None:
    folder.spoil(RULES, f"        when: {FEVER}\n", f"        to: 2026-06-01\n        when: {FEVER}\n")
    faults = folder.faults()
    assert len(faults) == 3
    assert all("no version of deferral.fever stands on 2026-11-21." in fault.what for fault in faults)


def test_a_file_that_is_not_utf_8_is_refused(folder: Folder) -> None:
    for file in (RULES, CLAIMS):
        text = folder.text(file)
        (folder.root / file).write_bytes(text.encode() + b"\xff\n")
        (fault,) = folder.faults()
        assert (fault.file, fault.line, fault.what) == (file, 1, "The file is not UTF-8.")
        assert fault.mend == "Save it as UTF-8."
        folder.write(file, text)


def test_something_that_is_no_file_is_refused(folder: Folder) -> None:
    (folder.root / "rules" / "more.yaml").mkdir()
    (fault,) = folder.faults()
    assert (fault.file, fault.line) == ("rules/more.yaml", 1)
    assert fault.what.startswith("The file cannot be read")


def test_a_ledger_without_its_columns_is_refused(folder: Folder) -> None:
    folder.write(CLAIMS, "number,claim\n1,It works.\n")
    (fault,) = folder.faults()
    assert (fault.file, fault.line, fault.what) == (CLAIMS, 2, "This row is no claim.")


def test_a_unit_that_is_not_known_is_refused_wherever_it_stands(folder: Folder) -> None:
    range_in = 'unit: {0}\n    decimals: 1\n    plausible: ["30 {0}", "45 {0}"]'.format
    folder.spoil(FACTS, range_in("Cel"), range_in("degC"))
    fact, rule = folder.faults()
    assert (fact.what, fact.mend) == ("The unit “degC” is not known.", "Add it to units.yaml.")
    assert (fact.line, rule.line) == (
        folder.line(FACTS, "unit: degC"),
        folder.line(RULES, "when: {fact: temp"),
    )


def test_what_is_nested_too_deeply_is_refused(folder: Folder) -> None:
    folder.write("rules/deep.yaml", "rules: " + "[" * 1200 + "]" * 1200)
    (fault,) = folder.faults()
    assert fault.what == "Something here contains itself, or is nested too deeply."


def test_what_contains_itself_is_refused(folder: Folder) -> None:
    folder.spoil("groups.yaml", "groups:\n", "groups: &all\n  - *all\n")
    (fault,) = folder.faults()
    assert fault.file == "groups.yaml"


def test_an_empty_file_is_refused(folder: Folder) -> None:
    folder.write(CARE, "")
    (fault,) = folder.faults()
    assert (fault.file, fault.line) == (CARE, 1)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (fault,) = read_all(tmp_path / "nowhere")[1]
    assert fault.what == "There is no such folder."
    assert fault.mend == "Name a folder of knowledge files."


def test_a_folder_without_knowledge_is_refused(tmp_path: Path) -> None:
    (fault,) = read_all(tmp_path, accounted=False)[1]
    assert fault.what == "There are no knowledge files here."
    assert "units.yaml" in fault.mend


def test_a_part_that_is_lacking_is_taken_from_the_shipped_knowledge(folder: Folder) -> None:
    (folder.root / "overrides.yaml").unlink()
    assert folder.faults() == []
    folder.spoil(RULES, "reasons: [specialist_agreed]", "reasons: [test_negative]")
    assert folder.faults() == []


def test_all_faults_are_listed_at_once_in_order_and_nothing_is_used(folder: Folder) -> None:
    folder.spoil(FACTS, "group: health\n    label: Sex", "group: body\n    label: Sex")
    folder.spoil(RULES, "claims: [C002]", "claims: [C002, C009]")
    folder.spoil(
        RULES, "given: {pregnancy: no}, expect: not_matched", "given: {pregnancy: no}, expect: exclude"
    )
    folder.spoil(CARE, "to: 72 h", "to: -72 h")
    folder.spoil(PROTOCOLS, "least: 7 d", "least: 0 d")
    faults = folder.faults()
    assert [fault.file for fault in faults] == [CARE, FACTS, PROTOCOLS, RULES, RULES, RULES]
    with pytest.raises(KnowledgeError) as refused:
        load(folder.root)
    assert refused.value.faults == tuple(faults)
    assert str(refused.value) == "\n".join(map(str, faults))


def test_every_unknown_key_is_a_fault_of_its_own(folder: Folder) -> None:
    folder.spoil(FACTS, "    ends: true\n", "    ends: true\n    colour: red\n    size: big\n")
    assert [fault.what for fault in folder.faults()] == [
        "“colour” is not known here.",
        "“size” is not known here.",
    ]


def test_several_files_that_cannot_be_read_are_all_named(folder: Folder) -> None:
    folder.spoil(FACTS, "speakers: [clinician]\n    fresh: 1 d", "speakers: [clinician\n    fresh: 1 d")
    folder.spoil(CARE, "care:\n", "care: [\n")
    assert [fault.file for fault in folder.faults()] == [CARE, FACTS]


def test_a_draft_may_have_gaps_but_no_wrong_shape(folder: Folder) -> None:
    folder.spoil(
        RULES, "given: {pregnancy: no}, expect: not_matched", "given: {pregnancy: no}, expect: exclude"
    )
    folder.spoil("set_aside.yaml", "claims: [C003]", "claims: [C999]")
    folder.spoil(LOCALE, "  pregnancy: {question: Êtes-vous enceinte ?}\n", "")
    assert len(folder.faults()) > 1
    plain, faults = read_all(folder.root, finished=False)
    assert faults == []
    assert [rule["id"] for rule in plain["rules"]] == ["contraindication.pregnancy", "deferral.fever"]
    folder.spoil(LOCALE, "language: fr\n", "")
    assert [fault.what for fault in read_all(folder.root, finished=False)[1]] == ["“language” is missing."]


def test_checking_from_the_command_line_prints_each_fault_with_its_place(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(str(folder.root)) == 0
    assert capsys.readouterr().out == "5 facts, 2 rules, 1 care windows, 1 courses: no fault\n"
    folder.spoil(CARE, "to: 72 h", "to: 72")
    assert check(str(folder.root)) == 2
    line = folder.line(CARE, "to: 72\n")
    assert capsys.readouterr().err.startswith(f"{folder.root}/{CARE}:{line}: 72 stands here without a unit.")
