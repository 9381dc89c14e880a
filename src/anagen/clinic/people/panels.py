"""Panels of the patient page. Each step of the path registers its own; people knows none of them.

    # intake/apps.py, in ready()
    panels.register(Step.QUESTION, Permission.SEE_ANSWERS, build_panel)

    def build_panel(patient: Patient, user: User) -> Panel:
        return Panel(progress=Progress.DONE, summary=_("Answered today"), url=reverse(...),
                     template="intake/panel.html", context={...})

The template finds its context as `panel` (`{{ panel.answers }}`), and knows `patient`, `user` and `age`. A role
without the permission sees how far the step is, but neither summary, link nor panel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .models import Patient, User
from .path import Progress, Step
from .permissions import Permission


@dataclass(frozen=True)
class Panel:
    """What one step shows of one patient."""

    progress: Progress
    summary: str = ""  # a few words under the name of the step
    url: str = ""  # where the step is worked on
    template: str = ""  # body of the panel; without one the step only appears in the stepper
    context: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""  # default: the title of the step


@dataclass(frozen=True)
class Stage:
    """One step in the stepper."""

    step: Step
    progress: Progress
    summary: str
    url: str
    here: bool


@dataclass(frozen=True)
class ShownPanel:
    step: Step
    title: str
    template: str
    context: Mapping[str, Any]
    url: str


@dataclass(frozen=True)
class Notice:
    """Something about a patient that belongs to no step. Its template finds the context as `notice`."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PatientPath:
    stages: tuple[Stage, ...]
    panels: tuple[ShownPanel, ...]
    notices: tuple[Notice, ...] = ()


Build = Callable[[Patient, User], Panel]
BuildNotice = Callable[[Patient, User], Notice | None]

_registered: dict[Step, tuple[Permission, Build]] = {}
_notices: dict[str, tuple[Permission, BuildNotice]] = {}


def register(step: Step, permission: Permission, build: Build) -> None:
    """Add a step's panel. A second panel for the same step is a mistake."""
    known = _registered.get(step)
    if known is not None and known != (permission, build):
        raise ValueError(f"The step “{step}” already has a panel.")
    _registered[step] = (permission, build)


def add_notice(name: str, permission: Permission, build: BuildNotice) -> None:
    """Show something above the panels; `build` returns None where there is nothing worth showing."""
    _notices[name] = (permission, build)


def path_of(patient: Patient, user: User) -> PatientPath:
    """The whole path of one patient, as far as `user` may see it."""
    built: dict[Step, Panel] = {step: build(patient, user) for step, (_, build) in _registered.items()}
    here = _where(built)
    stages: list[Stage] = []
    shown: list[ShownPanel] = []
    for step in Step:
        panel = built.get(step)
        if panel is None:
            stages.append(Stage(step, Progress.LATER, "", "", here=False))
            continue
        open_to_them = user.may(_registered[step][0])
        stages.append(
            Stage(
                step,
                panel.progress,
                panel.summary if open_to_them else "",
                panel.url if open_to_them else "",
                here=step is here,
            )
        )
        if open_to_them and panel.template:
            shown.append(
                ShownPanel(step, panel.title or str(step.heading), panel.template, panel.context, panel.url)
            )
    told = (build(patient, user) for permission, build in _notices.values() if user.may(permission))
    return PatientPath(tuple(stages), tuple(shown), tuple(notice for notice in told if notice is not None))


def _where(built: Mapping[Step, Panel]) -> Step | None:
    """Where the person is now: what needs attention, else what is under way, else what can begin."""
    order: Sequence[Progress] = (Progress.STOPPED, Progress.UNDER_WAY, Progress.READY)
    for progress in order:
        for step in Step:
            if step in built and built[step].progress is progress:
                return step
    return None
