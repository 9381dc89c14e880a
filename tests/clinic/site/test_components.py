"""The components: what they say without colour, without sight, and without a mouse."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django import forms
from django.template import Context, Template

from anagen.clinic.people.forms import DayInput
from anagen.clinic.site.icons import ICONS, VERDICTS


def render(text: str, **context: Any) -> str:
    return Template(text).render(Context(context))


def test_the_six_verdicts_differ_in_word_and_shape() -> None:
    assert list(VERDICTS) == ["clear", "caution", "incomplete", "defer", "refer", "exclude"]
    assert len({str(mark.word) for mark in VERDICTS.values()}) == 6
    outlines = {re.split(r" fill| stroke", mark.shape)[0] for mark in VERDICTS.values()}
    assert len(outlines) == 6


def test_a_verdict_says_its_word_and_hides_its_drawing() -> None:
    shown = render('{% verdict "defer" "large" %}')
    assert ">Defer</span>" in shown
    assert '<svg viewBox="0 0 24 24" aria-hidden="true">' in shown
    assert "verdict--defer verdict--large" in shown


def test_an_unknown_verdict_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        render('{% verdict "fine" %}')


def test_an_icon_is_decoration_unless_named() -> None:
    assert 'aria-hidden="true"' in render('{% icon "plus" %}')
    assert 'role="img" aria-label="Add &quot;x&quot;"' in render("{% icon 'plus' label %}", label='Add "x"')
    assert len(ICONS) > 20


class Sample(forms.Form):
    name = forms.CharField(
        label="Name", help_text="As in the passport", error_messages={"required": "Say it."}
    )
    day = forms.DateField(label="Day", widget=DayInput, required=False)
    answer = forms.ChoiceField(
        label="Fever", choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect, help_text="Today"
    )
    agreed = forms.BooleanField(label="Checked", required=False)


def test_a_field_joins_its_words_to_its_control() -> None:
    shown = render("{% field form.name %}", form=Sample())
    assert '<label for="id_name">Name</label>' in shown
    assert 'id="id_name_helptext"' in shown
    assert re.search(r'<input[^>]+aria-describedby="id_name_helptext"', shown)


def test_a_wrong_field_says_so_at_the_control() -> None:
    shown = render("{% field form.name %}", form=Sample({}))
    control = re.search(r"<input[^>]+>", shown)
    assert control is not None
    assert 'aria-invalid="true"' in control.group()
    described = re.search(r'aria-describedby="([^"]+)"', control.group())
    assert described is not None
    assert all(f'id="{name}"' in shown for name in described.group(1).split())
    assert "id_name_error" in described.group(1)


def test_a_hint_and_attributes_can_be_given_in_the_template() -> None:
    shown = render(
        '{% field form.name hint="Other words" autocomplete="name" inputmode="text" %}', form=Sample()
    )
    assert "Other words" in shown and "As in the passport" not in shown
    assert 'autocomplete="name"' in shown and 'inputmode="text"' in shown


def test_choices_are_a_group_with_a_name() -> None:
    shown = render("{% field form.answer %}", form=Sample({}))
    assert "<fieldset" in shown and "<legend>Fever</legend>" in shown
    assert shown.count('type="radio"') == 2
    for number in (0, 1):
        assert f'<label class="choice" for="id_answer_{number}">' in shown
    described = re.search(r'<fieldset[^>]+aria-describedby="([^"]+)"', shown)
    assert described is not None
    assert all(f'id="{name}"' in shown for name in described.group(1).split())


def test_a_day_uses_the_browsers_own_field() -> None:
    shown = render("{% field form.day %}", form=Sample(initial={"day": date(2026, 11, 21)}))
    assert 'type="date"' in shown and 'value="2026-11-21"' in shown
    assert "(optional)" in shown


def test_a_tick_has_its_words_beside_it() -> None:
    assert re.search(
        r'<label class="choice" for="id_agreed"><input[^>]+><span>Checked',
        render("{% field form.agreed %}", form=Sample()),
    )


def test_the_summary_leads_to_every_wrong_field() -> None:
    form = Sample({"name": "", "answer": "maybe", "day": "x"})
    form.add_error(None, "The whole is wrong")
    shown = render("{% error_summary form %}", form=form)
    links = re.findall(r'href="#([^"]+)"', shown)
    assert links == ["id_name", "id_day", "id_answer_0"]
    controls = "".join(render("{% field bound %}", bound=bound) for bound in form)
    assert all(f'id="{name}"' in controls for name in links)
    assert "The whole is wrong" in shown and 'role="alert"' in shown


def test_no_summary_without_errors() -> None:
    assert render("{% error_summary form other %}", form=Sample(), other=None).strip() == ""


def test_words_are_escaped_once() -> None:
    shown = render("{% card title=title %}<p>{{ words }}</p>{% endcard %}", title="A & <b>", words="<i>")
    assert "A &amp; &lt;b&gt;" in shown
    assert "<p>&lt;i&gt;</p>" in shown


def test_a_table_can_be_reached_and_taken_away() -> None:
    shown = render('{% table "Dates" csv="/x.csv" %}<tbody></tbody>{% endtable %}')
    assert 'role="region" aria-label="Dates" tabindex="0"' in shown
    assert "<caption>Dates</caption>" in shown
    assert 'href="/x.csv"' in shown


def test_breadcrumbs_end_where_one_is() -> None:
    shown = render("{% breadcrumbs 'Patients' '/patients' name %}", name="<Jane>")
    assert '<a href="/patients">Patients</a>' in shown
    assert '<li aria-current="page">&lt;Jane&gt;</li>' in shown


def test_days_have_weekdays_and_ages_are_whole_years() -> None:
    assert render("{{ day|date }}", day=date(2026, 11, 21)) == "Sat 21 Nov 2026"
    born = date(2000, 11, 22)
    assert render("{{ born|age:day }}", born=born, day=date(2026, 11, 21)) == "25"
    assert render("{{ born|age:day }}", born=None, day=date(2026, 11, 21)) == ""
    assert render("{{ number|spaced }}", number="1042237") == "104 2237"


@pytest.mark.parametrize(
    ("tone", "icon_of"), [("info", "info"), ("good", "check"), ("warm", "attention"), ("bad", "stop")]
)
def test_notices_have_a_sign_of_their_own(tone: str, icon_of: str) -> None:
    shown = render("{% notice 'Title' tone %}<p>x</p>{% endnotice %}", tone=tone)
    assert f"notice--{tone}" in shown and ICONS[icon_of] in shown
