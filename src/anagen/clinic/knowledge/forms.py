"""What the medical lead types about a rule. Forms clean and say what is meant; `review.actions` writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from anagen.clinic.people.models import User
from anagen.clinic.review.actions import LEAST_REASON
from anagen.knowledge import adjusting
from anagen.knowledge.changes import OWN, Added, Adjusted, AdviceOnly, Change, Signed, Withdrawn
from anagen.knowledge.loader import Knowledge
from anagen.medicine.quantities import Quantity
from anagen.medicine.vocabulary import FactType

from . import own_rules, words

WORDS = {
    "title": _("Title"),
    "clinician": _("To the clinician"),
    "patient": _("To the patient"),
    "change": _("What would change it"),
    "event": _("Until, in words"),
}


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


def _text(label: Any, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, widget=forms.Textarea(attrs={"rows": rows}), max_length=own_rules.LONGEST, **more
    )


def name_what_is_empty(fields: Mapping[str, forms.Field]) -> None:
    """In a list of errors “this field” is none of them."""
    for field in fields.values():
        field.error_messages["required"] = _now("“%(label)s” is empty. Fill it in.") % {"label": field.label}


class ChangeForm(forms.Form):
    """What every change says: from which day, and why."""

    start = _day(_("From"), help_text=_("Decisions from this day on are made by it."))
    reason = _text(
        _("Why"),
        min_length=LEAST_REASON,
        help_text=_("For whoever reads this rule later. Your name stands beside it."),
        error_messages={"min_length": _("Say a little more, so that the next reader understands.")},
    )

    def __init__(self, *args: Any, knowledge: Knowledge, rule: Any, on: date, **kwargs: Any) -> None:
        self.knowledge, self.rule, self.on = knowledge, rule, on
        kwargs["initial"] = {"start": on} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        name_what_is_empty(self.fields)

    def clean_start(self) -> date:
        start: date = self.cleaned_data["start"]
        if start < self.on:
            raise forms.ValidationError(_now("This day has passed. Decisions made since would be others."))
        return start

    def common(self, by: User) -> dict[str, Any]:
        said = self.cleaned_data
        reason = " ".join(said["reason"].split())
        return {"start": said["start"], "by": by.full_name, "on": self.on, "reason": reason}

    def change(self, by: User) -> Change:
        """What is meant. Only after the form is valid."""
        raise TypeError("a form of one kind of change says what it changes")


class SignForm(ChangeForm):
    """The rule was read."""

    again_before = _day(_("Read again before"), required=False, help_text=_("If you want to be reminded."))
    field_order = ["again_before", "start", "reason"]

    def change(self, by: User) -> Change:
        return Signed(rule=self.rule["id"], **self.common(by), again_before=self.cleaned_data["again_before"])


class AdviceForm(ChangeForm):
    def change(self, by: User) -> Change:
        return AdviceOnly(rule=self.rule["id"], **self.common(by))


class WithdrawForm(ChangeForm):
    def change(self, by: User) -> Change:
        return Withdrawn(rule=self.rule["id"], **self.common(by))


class SetForm(ChangeForm):
    """Numbers within their ranges, and the words that name them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = self.rule["versions"][-1]
        self.parameters = adjusting.parameters(self.version)
        self.spoken = adjusting.spoken(self.rule, self.version)
        own = {}
        for parameter in self.parameters:
            amount = Quantity.parse(parameter.value)
            own[f"value_{parameter.name}"] = forms.CharField(
                label=parameter.what[:1].upper()
                + parameter.what[1:]
                + (f" ({parameter.unit_words})" if parameter.unit_words else ""),
                initial=str(amount.value),
                max_length=12,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
                help_text=_("Allowed: %(range)s. %(why)s")
                % {"range": parameter.allowed, "why": parameter.why},
            )
        for name, text in self.spoken.items():
            own[f"words_{name}"] = _text(WORDS[name], rows=2, initial=text)
        name_what_is_empty(own)
        self.fields = own | self.fields

    @property
    def values(self) -> list[Any]:
        return [self[f"value_{parameter.name}"] for parameter in self.parameters]

    @property
    def texts(self) -> list[Any]:
        return [self[f"words_{name}"] for name in self.spoken]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for parameter in self.parameters:
            name = f"value_{parameter.name}"
            if name not in said:
                continue
            typed = said[name].strip().replace(",", ".").removesuffix(parameter.unit).strip()
            said[name] = f"{typed} {parameter.unit}"
            if (wrong := parameter.refusal(said[name])) is not None:
                self.add_error(name, " ".join(wrong))
        return said

    def change(self, by: User) -> Change:
        said = self.cleaned_data
        values = {
            parameter.name: said[f"value_{parameter.name}"]
            for parameter in self.parameters
            if Quantity.parse(said[f"value_{parameter.name}"]) != Quantity.parse(parameter.value)
        }
        typed = {name: " ".join(said[f"words_{name}"].split()) for name in self.spoken}
        untouched = {
            name: text for name, text in typed.items() if text == " ".join(self.spoken[name].split())
        }
        texts = typed | adjusting.suggested(untouched, self.version, values)
        changed = {name: text for name, text in texts.items() if text != " ".join(self.spoken[name].split())}
        return Adjusted(rule=self.rule["id"], **self.common(by), values=values, words=changed)


class AddForm(ChangeForm):
    """A rule of the clinic's own, with an example of each kind."""

    rule_name = forms.SlugField(
        label=_("Short name"),
        max_length=60,
        help_text=_("Small letters, such as recent_tattoo. It is never used twice."),
    )
    title = forms.CharField(label=_("Title"), max_length=120)
    topic = forms.ChoiceField(label=_("Topic"), choices=list(words.RULE_TOPICS.items()))
    condition = _text(
        _("When"),
        rows=5,
        help_text=_(
            "In the form of the rules, such as {fact: infection.fever, within: 3 d}. A fact takes is, in, within, "
            "under, at_least, above, at_most or below; all, any and not join them."
        ),
    )
    verdict = forms.ChoiceField(
        label=_("Verdict"),
        choices=[
            ("caution", _("Caution: may be treated with a precaution")),
            ("defer", _("Defer: not now")),
            ("refer", _("Refer: somebody has to answer first")),
            ("exclude", _("Exclude: not with this treatment")),
        ],
    )
    if_unknown = forms.ChoiceField(
        label=_("While the answer is unknown"),
        choices=[
            ("ask", _("It is asked for, and the verdict is incomplete")),
            ("as_matched", _("It counts as if it were so")),
        ],
    )
    event = forms.CharField(
        label=_("Until, in words"), required=False, max_length=200, help_text=_("A deferral needs this.")
    )
    until_of = forms.ChoiceField(label=_("Until after the end of (a fact)"), required=False)
    until_after = forms.CharField(
        label=_("for so long"), required=False, max_length=10, help_text=_("Such as 14 d or 6 mo.")
    )
    clinician = _text(_("To the clinician"), rows=2)
    patient = _text(_("To the patient"), rows=2, help_text=_("Plain and kind; never “stop your medicine”."))
    change_words = _text(_("What would change it"), rows=2)
    override = forms.MultipleChoiceField(
        label=_("May be overridden by a prescriber or the medical lead, because"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: nobody may override it."),
    )
    source = forms.ChoiceField(label=_("It rests on"), initial="clinic_policy")
    strength = forms.ChoiceField(
        label=_("How strong that is"), choices=list(words.STRENGTHS.items()), initial="policy"
    )
    note = forms.CharField(label=_("Where, in that source"), max_length=200)
    true_name = forms.CharField(label=_("Somebody to whom it applies"), max_length=120)
    true_given = _text(
        _("Known of this person"), rows=2, help_text=_("A line each, such as “pregnancy: yes”.")
    )
    false_name = forms.CharField(label=_("Somebody to whom it does not apply"), max_length=120)
    false_given = _text(_("Known of this person"), rows=2)
    unknown_name = forms.CharField(label=_("Somebody of whom it is not known"), max_length=120)
    unknown_given = _text(_("Known of this person"), rows=2, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = self.knowledge.override_reasons
        self.fields["override"].choices = [(code, item["label"]) for code, item in reasons.items()]  # type: ignore[attr-defined]
        words_of = self.knowledge.ruleset.vocabulary
        ending = [fact for fact in words_of if fact.type in (FactType.STATE, FactType.EVENT)]
        self.fields["until_of"].choices = [  # type: ignore[attr-defined]
            ("", _now("None")),
            *sorted(((fact.id, fact.label) for fact in ending), key=lambda each: each[1].lower()),
        ]
        self.fields["source"].choices = sorted(  # type: ignore[attr-defined]
            ((source.id, source.title) for source in self.knowledge.sources.values()),
            key=lambda each: (each[0] != "clinic_policy", each[1]),
        )

    def clean_condition(self) -> dict[str, Any]:
        try:
            return own_rules.condition(self.cleaned_data["condition"], self.knowledge)
        except own_rules.Unreadable as wrong:
            raise forms.ValidationError(str(wrong)) from None

    def _given(self, name: str) -> dict[str, Any]:
        try:
            return own_rules.mapping(self.cleaned_data[name])
        except own_rules.Unreadable as wrong:
            raise forms.ValidationError(str(wrong)) from None

    def clean_true_given(self) -> dict[str, Any]:
        return self._given("true_given")

    def clean_false_given(self) -> dict[str, Any]:
        return self._given("false_given")

    def clean_unknown_given(self) -> dict[str, Any]:
        return self._given("unknown_given")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("verdict") == "defer" and not said.get("event"):
            self.add_error("event", _now("A deferral says until when."))
        if bool(said.get("until_of")) != bool(said.get("until_after")):
            self.add_error("until_after", _now("Name a fact and how long, or neither."))
        return said

    def change(self, by: User) -> Change:
        said = self.cleaned_data
        name = OWN + said["rule_name"].lower()
        content = own_rules.rule(said | {"rule": name, "change": said["change_words"]}, self.knowledge)
        return Added(rule=name, **self.common(by), content=content)
