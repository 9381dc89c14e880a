"""The loader, what it keeps between starts, and the hash under which a decision can be replayed."""

from __future__ import annotations

import copy
import functools
import hashlib
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.knowledge.folder import Folder

from anagen.knowledge import build, loader, reader, reading
from anagen.knowledge.loader import KnowledgeError, load, recalled

RULES = "rules/health.yaml"
Plain = dict[str, Any]


@pytest.fixture
def cache(tmp_path: Path, environment: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "run" / "cache"
    environment.setenv("ANAGEN_CACHE", str(place))
    return place


@pytest.fixture
def plain(folder: Folder) -> Plain:
    return dict(load(folder.root).plain)


def titles(folder: Folder) -> list[str]:
    return [rule.title for rule in load(folder.root).ruleset.rules]


# what is loaded


def test_a_folder_becomes_rules_facts_care_courses_and_sources(
    folder: Folder, environment: pytest.MonkeyPatch
) -> None:
    knowledge = load(folder.root)
    assert [rule.id for rule in knowledge.ruleset.rules] == ["contraindication.pregnancy", "deferral.fever"]
    assert [fact.id for fact in knowledge.ruleset.vocabulary] == [
        "sex", "pregnancy", "temperature", "diagnosis", "vaccination"
    ]  # fmt: skip
    assert [care.id for care in knowledge.care] == ["aftercare.wash"]
    assert list(knowledge.protocols) == ["short"]
    assert knowledge.protocols["short"].gaps.keys() == {2, 3}
    assert knowledge.sources["label"].year == 2020
    assert knowledge.groups == [{"id": "health", "title": "Your health"}]
    assert list(knowledge.override_reasons) == ["specialist_agreed"]
    assert list(knowledge.conflicts) == ["K01"]
    assert knowledge.languages["fr"]["name"] == "Français"


def test_facts_come_in_the_order_of_their_groups(folder: Folder) -> None:
    folder.write(
        "groups.yaml", "groups:\n  - {id: first, title: First}\n  - {id: health, title: Your health}\n"
    )
    folder.spoil(
        "facts/health.yaml", "group: health\n    label: Diagnosis", "group: first\n    label: Diagnosis"
    )
    folder.spoil("locale/fr.yaml", "groups:\n", "groups:\n  first: {title: Premier}\n")
    assert next(iter(load(folder.root).ruleset.vocabulary)).id == "diagnosis"


def test_without_a_place_to_keep_it_nothing_is_kept(folder: Folder, environment: pytest.MonkeyPatch) -> None:
    before = set(folder.root.parent.rglob("*"))
    load(folder.root)
    assert set(folder.root.parent.rglob("*")) == before


# what is kept


def test_what_was_kept_is_the_same_knowledge(folder: Folder, cache: Path) -> None:
    first, second = load(folder.root), load(folder.root)
    assert len(list(cache.iterdir())) == 1
    assert second.plain == first.plain
    assert second.ruleset.hash == first.ruleset.hash


def test_what_was_kept_is_used_without_reading_again(
    folder: Folder, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(folder.root)
    (kept,) = cache.iterdir()
    marked = json.loads(kept.read_text(encoding="utf-8"))
    marked["rules"][0]["title"] = "From what was kept"
    kept.write_text(json.dumps(marked), encoding="utf-8")
    assert titles(folder)[0] == "From what was kept"


def test_a_changed_file_is_read_anew(folder: Folder, cache: Path) -> None:
    assert titles(folder) == ["Pregnancy", "Fever"]
    folder.spoil(RULES, "title: Fever", "title: High temperature")
    assert titles(folder) == ["Pregnancy", "High temperature"]
    folder.spoil(RULES, "title: High temperature", "title: Fever")
    assert titles(folder) == ["Pregnancy", "Fever"]
    assert len(list(cache.iterdir())) == 2


def test_a_new_file_or_a_renamed_one_is_read_anew(folder: Folder, cache: Path) -> None:
    load(folder.root)
    (folder.root / RULES).rename(folder.root / "rules" / "other.yaml")
    load(folder.root)
    assert len(list(cache.iterdir())) == 2


def test_a_fault_is_never_hidden_by_what_was_kept(folder: Folder, cache: Path) -> None:
    load(folder.root)
    folder.spoil(RULES, "claims: [C002]", "claims: [C009]")
    for _ in range(2):
        with pytest.raises(KnowledgeError):
            load(folder.root)
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize(
    "damage", [b"", b'{"rules": [', b"\xff\xfe", b"null", b"[]", b"{}", b'{"version": "1"}']
)
def test_a_damaged_file_among_what_was_kept_is_made_anew(folder: Folder, cache: Path, damage: bytes) -> None:
    whole = load(folder.root)
    (kept,) = cache.iterdir()
    kept.write_bytes(damage)
    assert load(folder.root).plain == whole.plain
    assert json.loads(kept.read_bytes()) == whole.plain


def test_a_place_that_cannot_be_written_to_is_done_without(folder: Folder, cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text("a file stands where the folder should be", encoding="utf-8")
    assert titles(folder) == ["Pregnancy", "Fever"]
    assert cache.read_text(encoding="utf-8").startswith("a file stands")


def test_the_account_of_the_ledger_is_kept_apart_and_verdicts_do_not_wait_for_it(
    folder: Folder, cache: Path
) -> None:
    assert "set_aside" not in load(folder.root).plain
    assert load(folder.root).account["set_aside"][0]["claims"] == ["C003"]
    assert sorted(place.name.split("-")[0] for place in cache.iterdir()) == ["account", "knowledge"]
    folder.spoil("set_aside.yaml", "claims: [C003]", "claims: [C003, C001]")
    knowledge = load(folder.root)
    assert len(knowledge.ruleset.rules) == 2
    with pytest.raises(KnowledgeError, match="C001 is used as well"):
        _ = knowledge.account


def test_what_was_kept_can_be_asked_for_without_reading(folder: Folder, cache: Path) -> None:
    assert recalled(folder.root) is None
    whole = load(folder.root)
    found = recalled(folder.root)
    assert found is not None
    assert found.plain == whole.plain


def test_nothing_half_written_is_left_behind(folder: Folder, cache: Path) -> None:
    load(folder.root)
    assert [place.suffix for place in cache.iterdir()] == [".json"]


# the hash


def turned(value: Any) -> Any:
    """The same data with the keys of every mapping the other way round."""
    if isinstance(value, dict):
        return {key: turned(value[key]) for key in reversed(value)}
    return [turned(item) for item in value] if isinstance(value, list) else value


def test_the_hash_does_not_hang_on_the_order_of_keys(plain: Plain) -> None:
    assert list(turned(plain)["rules"][0]) != list(plain["rules"][0])
    assert build.fingerprint(turned(plain)) == build.fingerprint(plain)


def test_the_hash_is_the_same_on_every_machine() -> None:
    small = {"version": "1", "units": [], "facts": [], "rules": [{"title": "“é”", "id": "x", "examples": []}]}
    text = '{"facts":[],"rules":[{"id":"x","title":"“é”"}],"units":[],"version":"1"}'
    assert build.fingerprint(small) == hashlib.sha256(text.encode("utf-8")).hexdigest()


def test_the_hash_survives_being_stored_as_json(plain: Plain) -> None:
    stored = json.loads(json.dumps(plain))
    assert build.ruleset(stored).hash == build.fingerprint(plain)


def changes() -> dict[str, Callable[[Plain], None]]:
    def version(plain: Plain) -> Plain:
        found: Plain = plain["rules"][1]["versions"][0]
        return found

    return {
        "verdict": lambda plain: version(plain).update(verdict="refer"),
        "threshold": lambda plain: version(plain)["when"].update(at_least="37.6 Cel"),
        "words": lambda plain: version(plain)["says"].update(patient="Please come later."),
        "unknown": lambda plain: version(plain).update(if_unknown="as_matched"),
        "until": lambda plain: version(plain).update(until={"event": "it is cool"}),
        "override": lambda plain: version(plain).update(override="never"),
        "evidence": lambda plain: version(plain)["evidence"][0].update(strength="trial"),
        "first day": lambda plain: version(plain).update({"from": "2026-01-02"}),
        "a rule gone": lambda plain: plain["rules"].pop(),
        "freshness": lambda plain: plain["facts"][1].update(fresh="15 d"),
        "codes": lambda plain: plain["facts"][1]["codes"].update({"icd-10": ["O00-O99"]}),
        "unit": lambda plain: plain["units"][1].update(factor="5/8"),
        "release": lambda plain: plain.update(version="2027.1"),
    }


@pytest.mark.parametrize("change", changes())
def test_the_hash_changes_with_whatever_can_change_a_verdict_or_its_words(plain: Plain, change: str) -> None:
    changed = copy.deepcopy(plain)
    changes()[change](changed)
    assert build.fingerprint(changed) != build.fingerprint(plain)


def test_the_hash_does_not_change_with_examples_or_translations(plain: Plain) -> None:
    changed = copy.deepcopy(plain)
    changed["rules"][0]["examples"].pop()
    changed["languages"].clear()
    assert build.fingerprint(changed) == build.fingerprint(plain)


def test_reading_twice_gives_the_same_plain_data(folder: Folder) -> None:
    assert reader.read_all(folder.root) == reader.read_all(folder.root)


def test_threads_that_read_at_the_same_time_do_not_disturb_each_other() -> None:
    texts = [f"any:\n  - {{fact: pregnancy, is: yes}}\n  - number: {number}\n" for number in range(60)]
    with ThreadPoolExecutor(8) as threads:
        read = list(threads.map(lambda text: reading.parsed(text, "typed").plain["any"][1]["number"], texts))
    assert read == list(range(60))


def test_the_shipped_knowledge_is_read_once_however_many_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def slowly(root: Path) -> object:
        asked.append(root)
        time.sleep(0.05)
        return object()

    monkeypatch.setattr(loader, "_shipped", functools.cache(lambda: slowly(loader.ROOT)))
    with ThreadPoolExecutor(4) as threads:
        found = set(map(id, threads.map(lambda _: loader.shipped(), range(4))))
    assert (len(asked), len(found)) == (1, 1)
