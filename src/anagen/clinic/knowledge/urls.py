from __future__ import annotations

from django.urls import path

from . import changing, downloads, sourced, views

app_name = "knowledge"

urlpatterns = [
    path("knowledge", views.home, name="home"),
    path("knowledge/rules", views.rules, name="rules"),
    path("knowledge/rules.csv", downloads.rules_csv, name="rules_csv"),
    path("knowledge/rules/<str:id>", views.rule, name="rule"),
    path("knowledge/rules/<str:id>/change/<str:kind>", changing.change_rule, name="change_rule"),
    path("knowledge/add-rule", changing.add_rule, name="add_rule"),
    path("knowledge/add-rule/condition", changing.read_condition, name="read_condition"),
    path("knowledge/rules/<str:id>/patients", views.rule_patients, name="rule_patients"),
    path("knowledge/facts", views.facts, name="facts"),
    path("knowledge/facts.csv", downloads.facts_csv, name="facts_csv"),
    path("knowledge/facts/<str:id>", views.fact, name="fact"),
    path("knowledge/topics", views.topics, name="topics"),
    path("knowledge/topics.csv", downloads.topics_csv, name="topics_csv"),
    path("knowledge/topics/<str:id>", views.topic, name="topic"),
    path("knowledge/care", views.cares, name="cares"),
    path("knowledge/care.csv", downloads.cares_csv, name="cares_csv"),
    path("knowledge/care/<str:id>", views.care, name="care"),
    path("knowledge/protocols", views.protocols, name="protocols"),
    path("knowledge/protocols/<str:id>", views.protocol, name="protocol"),
    path("knowledge/conflicts", sourced.conflicts, name="conflicts"),
    path("knowledge/conflicts.csv", downloads.conflicts_csv, name="conflicts_csv"),
    path("knowledge/conflicts/<str:id>", sourced.conflict, name="conflict"),
    path("knowledge/sources", sourced.sources, name="sources"),
    path("knowledge/sources.csv", downloads.sources_csv, name="sources_csv"),
    path("knowledge/sources/<str:id>", sourced.source, name="source"),
    path("knowledge/claims", sourced.claims, name="claims"),
    path("knowledge/claims.csv", downloads.claims_csv, name="claims_csv"),
    path("knowledge/claims/<str:id>", sourced.claim, name="claim"),
]
