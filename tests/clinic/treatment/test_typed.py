"""The keys of what forms send."""

from __future__ import annotations

from django.http import QueryDict

from anagen.clinic.treatment.typed import key_of

PAGE = "key=8f14e45f-ceea-467f-a8d5-cd1f0a9b0f34&"


def key(said: str, kind: str) -> object:
    return key_of(QueryDict(PAGE + said), kind)


def test_the_same_form_sent_twice_counts_once_and_a_corrected_one_anew() -> None:
    assert key("kind=note&words=a&csrfmiddlewaretoken=1", "note") == key(
        "kind=note&words=a&csrfmiddlewaretoken=2", "note"
    )
    assert key("words=a", "note") != key("words=b", "note")
    assert key("q-asthma=no", "questions") != key("q-asthma=yes", "questions")


def test_a_corrected_part_leaves_the_other_parts_of_the_form_as_they_are() -> None:
    before, after = "by=name&code=S1&scalp=1&q-asthma=no", "by=name&code=S2&scalp=1&q-asthma=yes"
    assert key(before, "identity") == key(after, "identity")
    assert key(before, "examined") == key(after, "examined")
    assert key(before, "syringe") != key(after, "syringe")
    assert key(before, "questions") != key(after, "questions")


def test_a_signature_is_one_whatever_was_typed_with_it() -> None:
    assert key("password=a&words=x", "record") == key("password=b&words=y", "record")
