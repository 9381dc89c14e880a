"""The components of a page, as template tags. /style shows each of them at work.

Loaded everywhere by the settings, so that templates need no `{% load %}`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms, template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from anagen.exchange.labels import SyringeLabel, drawing, spoken

from ..icons import ICONS, VERDICTS

register = template.Library()


# --- small marks


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A line drawing. Without a `label` it is decoration, and screen readers pass over it."""
    drawing = mark_safe(ICONS[name])  # our own constants
    if label:
        return format_html(
            '<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', label, drawing
        )
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', drawing)


@register.simple_tag
def verdict(name: str, size: str = "") -> SafeString:
    """A verdict: a word with a shape of its own and a colour. `size`: "" or "large"."""
    kind = VERDICTS[str(name)]
    return format_html(
        '<span class="verdict verdict--{}{}"><svg viewBox="0 0 24 24" aria-hidden="true">{}</svg>'
        '<span class="verdict__word">{}</span></span>',
        name,
        f" verdict--{size}" if size else "",
        mark_safe(kind.shape),
        kind.word,
    )


@register.simple_tag
def verdict_meaning(name: str) -> str:
    """The one sentence that explains a verdict."""
    return str(VERDICTS[str(name)].meaning)


@register.simple_tag
def tag(word: str, tone: str = "plain") -> SafeString:
    """A small label: plain, good, warm, bad or quiet."""
    return format_html('<span class="tag tag--{}">{}</span>', tone, word)


@register.simple_tag
def progress_mark(progress: Any) -> SafeString:
    """How far a step is, as a word with its mark."""
    return format_html(
        '<span class="progress progress--{}"><svg viewBox="0 0 16 16" aria-hidden="true">{}</svg>{}</span>',
        str(progress),
        mark_safe(_PROGRESS_SHAPES[str(progress)]),
        progress.word,
    )


_PROGRESS_SHAPES = {
    "later": '<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-dasharray="2 2.3"/>',
    "ready": '<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="2"/>',
    "under_way": '<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="2"/>'
    '<path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor"/>',
    "done": '<circle cx="8" cy="8" r="6.5" fill="currentColor"/>'
    '<path d="m5 8.2 2.1 2.1L11 6.2" fill="none" stroke="var(--surface)" stroke-width="1.8"/>',
    "stopped": '<path d="M8 1.5 14.8 14H1.2z" fill="currentColor"/>'
    '<path d="M8 6v4M8 11.4v1.2" stroke="var(--surface)" stroke-width="1.6"/>',
}


# --- where am I


@register.simple_tag
def breadcrumbs(*names_and_addresses: Any) -> SafeString:
    """`{% breadcrumbs "Patients" patients_url "Jane Doe" %}`: name, address, name, address, …, last name."""
    parts = list(names_and_addresses)
    links = [(parts[i], parts[i + 1]) for i in range(0, len(parts) - 1, 2)]
    trail = format_html_join("", '<li><a href="{1}">{0}</a></li>', links)
    last = format_html('<li aria-current="page">{}</li>', parts[-1]) if len(parts) % 2 else mark_safe("")
    return format_html(
        '<nav class="breadcrumbs" aria-label="{}"><ol>{}{}</ol></nav>', _("You are here"), trail, last
    )


@register.simple_block_tag
def page_header(content: str, title: str, lead: str = "", eyebrow: str = "") -> str:
    """The one h1 of a page, with its actions as content."""
    return _component("page_header", content, title=title, lead=lead, eyebrow=eyebrow)


@register.simple_tag
def stepper(stages: Sequence[Any], name: str = "") -> str:
    """The path of one patient: `path_of(patient, user).stages`."""
    return render_to_string("site/components/stepper.html", {"stages": stages, "name": name})


# --- forms


@register.simple_tag
def error_summary(*bound_forms: Any) -> str:
    """What is wrong in the whole form, each line a link to its field. Gets the focus when the page opens."""
    errors: list[tuple[str, str]] = []
    for form in bound_forms:
        if not isinstance(form, forms.BaseForm) or not form.is_bound:
            continue
        errors += [("", str(words)) for words in form.non_field_errors()]
        for bound in form:
            errors += [(_first_control(bound), str(words)) for words in bound.errors]
    return render_to_string("site/components/error_summary.html", {"errors": errors}) if errors else ""


@register.simple_tag
def field(bound: Any, hint: str = "", width: str = "", autocomplete: str = "", inputmode: str = "") -> str:
    """Label, hint, error and control of one form field; radio buttons and checkboxes become big targets.

    `width`: "", "short", "medium" or "full".
    """
    attrs = {key: value for key, value in [("autocomplete", autocomplete), ("inputmode", inputmode)] if value}
    if hint:
        bound.help_text = hint
    widget = bound.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        kind = "choices"
    elif isinstance(widget, forms.CheckboxInput):
        kind = "tick"
    else:
        kind = "control"
    if bound.help_text and kind == "control" and not bound.errors:
        attrs.setdefault("aria-describedby", f"{bound.auto_id}_helptext")
    control = "" if kind == "choices" else bound.as_widget(attrs=attrs or None)
    return render_to_string(
        f"site/components/{kind}.html",
        {"field": bound, "control": control, "width": width, "required": bound.field.required},
    )


@register.simple_tag
def scan_field(bound: Any, hint: str = "", submit: bool = False) -> str:
    """A field for a scanner or a camera: one of the fields of `site.scanning`. `submit`: its Enter sends the form."""
    if hint:
        bound.help_text = hint
    attrs = {} if bound.errors else {"aria-describedby": f"{bound.auto_id}_helptext"}
    return render_to_string(
        "site/components/scan_field.html",
        {
            "field": bound,
            "control": bound.as_widget(attrs=attrs),
            "required": bound.field.required,
            "submit": submit,
            "default_hint": _("Scan it, or type what is printed below the code."),
        },
    )


@register.simple_tag
def button(
    label: str, kind: str = "primary", name: str = "", value: str = "", icon_name: str = ""
) -> SafeString:
    """A submit button: primary, secondary, quiet or danger. One primary per page."""
    named = format_html(' name="{}" value="{}"', name, value) if name else ""
    return format_html(
        '<button type="submit" class="button button--{}"{}>{}{}</button>',
        kind,
        named,
        icon(icon_name) if icon_name else "",
        label,
    )


@register.simple_tag
def link_button(label: str, address: str, kind: str = "secondary", icon_name: str = "") -> SafeString:
    """A link that looks like a button, for going somewhere to do something."""
    return format_html(
        '<a class="button button--{}" href="{}">{}{}</a>',
        kind,
        address,
        icon(icon_name) if icon_name else "",
        label,
    )


def _first_control(bound: Any) -> str:
    """The id that a link in the error summary can jump to."""
    if isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return f"{bound.auto_id}_0"
    return str(bound.id_for_label or bound.auto_id)


# --- boxes


@register.simple_block_tag
def card(content: str, title: str = "", level: int = 2, address: str = "", action: str = "") -> str:
    """A box of things that belong together, with at most one link to more."""
    return _component("card", content, title=title, level=level, address=address, action=action)


@register.simple_block_tag
def panel(content: str, title: str, step: str = "", address: str = "", action: str = "") -> str:
    """A box on the patient page, marked with its step of the path."""
    return _component("panel", content, title=title, step=step, address=address, action=action)


@register.simple_block_tag
def notice(content: str, title: str = "", tone: str = "info") -> str:
    """Something to know before going on: info, good, warm or bad."""
    return _component("notice", content, title=title, tone=tone, icon_name=_NOTICE_ICONS[tone])


_NOTICE_ICONS = {"info": "info", "good": "check", "warm": "attention", "bad": "stop"}


@register.simple_block_tag
def table(content: str, caption: str, csv: str = "", hide_caption: bool = False) -> str:
    """A table that scrolls inside itself on a small screen. Content: thead and tbody. `csv`: address."""
    return _component("table", content, caption=caption, csv=csv, hide_caption=hide_caption)


@register.simple_block_tag
def timeline(content: str, title: str, table_id: str = "", note: str = "") -> str:
    """A frame for a drawing with its key; `table_id` names the table that says the same in words."""
    return _component("timeline", content, title=title, table_id=table_id, note=note)


@register.simple_tag
def syringe_label(label: SyringeLabel) -> str:
    """What is stuck on a syringe: 62 × 29 mm on paper, one label a page. Its code is read by `{% scan_field %}`."""
    drawn = mark_safe(drawing(label.code))  # our own drawing of our own letters
    words = {"label": label, "drawing": drawn, "spoken": spoken(label.code)}
    return render_to_string("site/components/syringe_label.html", words)


@register.simple_block_tag
def empty(content: str, title: str) -> str:
    """A list with nothing in it: says so, and what to do."""
    return _component("empty", content, title=title)


@register.simple_tag
def pagination(page: Any, query: str = "") -> str:
    """Links between the pages of a list. `query`: other parameters, as in `q=smith`."""
    if page.paginator.num_pages < 2:
        return ""
    return render_to_string("site/components/pagination.html", {"page": page, "query": query})


def _component(name: str, content: str, **context: Any) -> str:
    # simple_block_tag hands over what the template has rendered and escaped already.
    body = mark_safe(content.strip())
    return render_to_string(f"site/components/{name}.html", {"content": body, **context})


# --- words


@register.filter
def age(born: date | None, on: date) -> int | str:
    """Whole years on a day: `{{ patient.birth_date|age:today }}`."""
    if born is None:
        return ""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@register.filter
def spaced(number: str) -> str:
    """A patient number in groups, for reading out: 104 2237."""
    return f"{number[:3]} {number[3:]}" if len(number) == 7 else number
