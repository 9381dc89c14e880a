"""Findings of decisions that were made before these were kept apart: read from each decision's own document."""

from __future__ import annotations

from typing import Any

from django.db import migrations

_AT_ONCE = 200
_GRAVITY = ("clear", "caution", "incomplete", "defer", "refer", "exclude")


def fill(apps: Any, schema_editor: Any) -> None:
    """Safe to repeat: a decision that has its findings is left alone."""
    using = schema_editor.connection.alias
    finding = apps.get_model("screening", "FindingOfDecision").objects.using(using)
    decisions = apps.get_model("screening", "Decision").objects.using(using)
    done = set(finding.values_list("decision_id", flat=True).distinct())
    made: list[Any] = []
    for number, document in decisions.order_by("pk").values_list("pk", "document").iterator(_AT_ONCE):
        if number in done:
            continue
        kept: dict[str, dict[str, Any]] = {}
        for found in document["findings"]:
            other = kept.get(found["rule"])
            graver = other is None or _GRAVITY.index(found["verdict"]) > _GRAVITY.index(other["verdict"])
            if found["state"] != "not_matched" and graver:
                kept[found["rule"]] = found
        made += [
            finding.model(
                decision_id=number, rule=found["rule"], state=found["state"], verdict=found["verdict"]
            )
            for found in kept.values()
        ]
        if len(made) >= _AT_ONCE * 10:
            finding.bulk_create(made)
            made = []
    finding.bulk_create(made)


class Migration(migrations.Migration):
    dependencies = [("screening", "0002_findings")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
