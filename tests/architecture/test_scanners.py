"""The scanners can fail: each finds its fault in a bad snippet, and leaves a good one alone."""

from __future__ import annotations

import pytest
from tests.architecture import scanners


@pytest.mark.parametrize(
    "snippet",
    [
        "import django",
        "from django.db import models",
        "import os",
        "from pathlib import Path",
        "import anagen.knowledge",
        "from anagen.knowledge import loader",
        "from anagen.medicinal import tea",
        "import random",
        "def f():\n    return date.today()",
        "def f():\n    return datetime.now()",
        "clock = datetime.now",
        "def f():\n    return open('x')",
        "def f():\n    import sqlite3",
        "x = os.environ['A']",
        "def f():\n    global x\n    x = 1",
        "try:\n    f()\nexcept Exception:\n    pass",
        "try:\n    f()\nexcept:\n    raise",
        "print('x')",
    ],
)
def test_impure_code_is_found(snippet: str) -> None:
    assert scanners.impurities(snippet)


@pytest.mark.parametrize(
    "snippet",
    [
        "from __future__ import annotations\nfrom collections.abc import Mapping\nfrom datetime import date",
        "from anagen.medicine.truth import Truth\nfrom .dates import add",
        "def f(on: date) -> date:\n    return on.replace(day=1)",
        "try:\n    f()\nexcept ValueError:\n    g()",
    ],
)
def test_pure_code_is_left_alone(snippet: str) -> None:
    assert scanners.impurities(snippet) == []


@pytest.mark.parametrize(
    "snippet",
    [
        "patient.save()",
        "form.save(commit=False)",
        "Patient.objects.create(name='x')",
        "Patient.objects.filter(pk=1).delete()",
        "Patient.objects.update(name='x')",
        "Patient.objects.filter(pk=1).update(name='x')",
        "patient.answer_set.update(value='x')",
        "def f(self):\n    return self.get_queryset().objects.select_related('a').update(x=1)",
        "rows = Patient.objects.all()\nrows.update(name='x')",
        "def f():\n    rows = Patient.objects.all().order_by('x')\n    rows.filter(a=1).update(name='x')",
        "if rows := Patient.objects.filter(a=1):\n    rows.update(b=2)",
        "def f(queryset):\n    queryset.update(name='x')",
        "Patient.objects.bulk_create([])",
        "Patient.objects.get_or_create(pk=1)",
        "Patient.objects.update_or_create(pk=1)",
        "async def f():\n    await patient.asave()",
        "def clean(self):\n    super().save()",
        "cursor.execute('INSERT INTO patient VALUES (1)')",
        "cursor.execute('update patient set name = 1')",
        "cursor.execute(f'DELETE FROM {table}')",
        "cursor.execute('DROP TABLE patient')",
        "SQL = 'DELETE FROM patient'\ndef f(cursor):\n    cursor.execute(SQL)",
        "cursor.execute(statement)",
        "from django.views.generic import UpdateView\nclass V(UpdateView): ...",
        "class V(generic.DeleteView): ...",
    ],
)
def test_writes_are_found(snippet: str) -> None:
    assert scanners.database_writes(snippet)


@pytest.mark.parametrize(
    "snippet",
    [
        "words = {}\nwords.update(a=1)",
        "def f(context):\n    context.update({'x': 1})",
        "seen = set()\nseen.update([1])",
        "rows = Patient.objects.all()\nrows = {}\nrows.update(a=1)",
        "found = {p.pk: p for p in Patient.objects.all()}\nfound.update(x)",
        "digest = sha256()\ndigest.update(b'x')",
        "class Patient(Model):\n    def save(self, **options):\n        super().save(**options)",
        "cursor.execute('SELECT 1')",
        "cursor.execute('PRAGMA foreign_keys = ON')",
        "QUERY = 'SELECT updated FROM patient'\ndef f(cursor):\n    cursor.execute(QUERY)",
        "Patient.objects.filter(pk=1).select_for_update().get()",
        "actions.create_user(by=request.user)",
        "people_actions.save(by=request.user)",
    ],
)
def test_reads_and_plain_containers_are_left_alone(snippet: str) -> None:
    assert scanners.database_writes(snippet) == []


def test_ill_shaped_actions_are_found() -> None:
    assert scanners.ill_shaped_actions("@transaction.atomic\ndef book(day, *, by):\n    pass")
    assert scanners.ill_shaped_actions("def book(*, by):\n    treatment.save()")
    assert not scanners.ill_shaped_actions("@transaction.atomic\ndef book(*, by, day):\n    treatment.save()")
    assert scanners.ill_shaped_actions("def look(by, patient):\n    return _look(by, patient)")
    assert not scanners.ill_shaped_actions("def _key(name):\n    return name")
    assert not scanners.ill_shaped_actions("def digest(token):\n    return token")
    assert scanners.offered("__all__ = ['book']") == {"book"}
    assert scanners.ill_shaped_actions("def book(*, by):\n    treatment.save()", frozenset({"book"}))
    assert not scanners.ill_shaped_actions("def put(by, lot):\n    lot.save()", frozenset({"book"}))


@pytest.mark.parametrize(
    "snippet",
    [
        '<script src="https://example.org/x.js"></script>',
        "<img alt='' src='//example.org/x.png'>",
        '<link rel="stylesheet"\n  href="http://example.org/x.css">',
        '<form method="post" action="https://example.org/">',
        '@import "https://example.org/x.css";',
        "@import url(//example.org/x.css);",
        "body { background: url('https://example.org/x.png') }",
        'fetch("https://example.org/x")',
        'new EventSource("//example.org/x")',
    ],
)
def test_fetches_from_outside_are_found(snippet: str) -> None:
    assert scanners.outside_fetches(snippet)


@pytest.mark.parametrize(
    "snippet",
    [
        '<a href="https://example.org/paper">the paper</a>',
        '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>',
        '<link rel="stylesheet" href="{% static \'site/anagen.css\' %}">',
        "/* https://example.org */ body { background: url(paper.svg) }",
        'fetch("/answers")  // not http://elsewhere',
    ],
)
def test_links_and_own_files_are_left_alone(snippet: str) -> None:
    assert scanners.outside_fetches(snippet) == []


def test_tests_that_may_not_run_are_found() -> None:
    mark = "@pytest.mark." + "skip"
    assert scanners.tests_that_may_not_run(f"{mark}if(True, reason='x')\ndef test_x(): ...")
    assert scanners.tests_that_may_not_run("def test_x():\n    pytest." + "skip('x')")
    assert not scanners.tests_that_may_not_run(
        "def test_x(words):\n    words.skip()\n    pytest.raises(ValueError)"
    )
