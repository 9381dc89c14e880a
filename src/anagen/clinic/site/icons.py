"""Drawings of our own: line icons (24 × 24, stroke by the stylesheet) and the shapes of the six verdicts."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ICONS: dict[str, str] = {
    "home": '<path d="m4 11 8-7 8 7v8a1 1 0 0 1-1 1h-5v-6h-4v6H5a1 1 0 0 1-1-1z"/>',
    "people": '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M16 4.8a3.5 3.5 0 0 1 0 6.4'
    'M18 14.6c2 .8 3.2 2.7 3.5 5.4"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.6-4.4 3.4-6.5 7.5-6.5s6.9 2.1 7.5 6.5"/>',
    "record": '<path d="M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h5"/>',
    "key": '<circle cx="8" cy="15" r="4.5"/><path d="m11.2 11.8 8.3-8.3M16 7l3 3M13.5 9.5l2 2"/>',
    "style": '<path d="M12 3a9 9 0 1 0 0 18c1.5 0 2-1 1.5-2.2-.6-1.5.4-2.8 2-2.8H18a3 3 0 0 0 3-3c0-5.5-4-10-9-10z"/>'
    '<path d="M7.5 11.5h.01M11 7.5h.01M16 9h.01"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "calendar": '<path d="M4 6h16v14H4zM4 10.5h16M8 3v4M16 3v4"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>',
    "download": '<path d="M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 20h14"/>',
    "print": '<path d="M7 9V3.5h10V9M7 17H4V9h16v8h-3M7 14h10v6.5H7z"/>',
    "edit": '<path d="m4 20 1-4.5L16 4.5l3.5 3.5L8.5 19zM13.5 7 17 10.5"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5M12 7.5v.6"/>',
    "attention": '<path d="M12 4 21 19.5H3zM12 10v4.5M12 16.8v.6"/>',
    "stop": '<path d="M8.3 3.5h7.4l4.8 4.8v7.4l-4.8 4.8H8.3l-4.8-4.8V8.3zM8.5 12h7"/>',
    "arrow": '<path d="M5 12h14m-5.5-5.5L19 12l-5.5 5.5"/>',
    "back": '<path d="M19 12H5m5.5-5.5L5 12l5.5 5.5"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "sun": '<circle cx="12" cy="12" r="4"/><path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4'
    'M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4"/>',
    "moon": '<path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z"/>',
    "camera": '<path d="M4 8h3.5L9 5h6l1.5 3H20v11H4z"/><circle cx="12" cy="13" r="3.5"/>',
    "device": '<path d="M3.5 5h17v11h-17zM9 20h6M12 16v4"/>',
    "send": '<path d="M20.5 3.5 3.5 10.5l6.5 3.5 3.5 6.5zM10 14l4.5-4.5"/>',
    "shield": '<path d="M12 3.5 19.5 6v5.5c0 4.5-3 7.5-7.5 9.5-4.5-2-7.5-5-7.5-9.5V6zM8.5 12l2.5 2.5 4.5-4.5"/>',
    "book": '<path d="M12 6.5C10 5 7 4.5 3.5 4.5v14c3.5 0 6.5.5 8.5 2 2-1.5 5-2 8.5-2v-14C17 '
    '4.5 14 5 12 6.5zM12 6.5v14"/>',
    "list": '<path d="M8.5 6.5H20M8.5 12H20M8.5 17.5H20M4 6.5h.01M4 12h.01M4 17.5h.01"/>',
    "question": '<circle cx="12" cy="12" r="8.5"/><path d="M9.5 9.5c.2-1.5 1.2-2.2 2.5-2.2 1.5 0 2.5.9 2.5 2.2 '
    '0 1.9-2.5 2-2.5 4M12 16.3v.6"/>',
}


@dataclass(frozen=True)
class VerdictMark:
    """How a verdict looks and reads. The six shapes differ in outline, also in black and white."""

    word: Promise
    meaning: Promise
    shape: str


_MARK = 'fill="none" stroke="var(--verdict-sign)" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"'

VERDICTS: dict[str, VerdictMark] = {
    "clear": VerdictMark(
        _("Clear"),
        _("Every question is answered and nothing was found."),
        f'<circle cx="12" cy="12" r="10" fill="currentColor"/><path d="m7.5 12.4 3 3 6-6.3" {_MARK}/>',
    ),
    "caution": VerdictMark(
        _("Caution"),
        _("May be treated with a recorded precaution."),
        '<path d="M12 2.5 22.5 21H1.5z" fill="currentColor" stroke="currentColor" stroke-linejoin="round"/>'
        f'<path d="M12 9.5v5M12 17.7v.2" {_MARK}/>',
    ),
    "incomplete": VerdictMark(
        _("Incomplete"),
        _("Answers are missing. They are listed."),
        '<rect x="2.5" y="2.5" width="19" height="19" rx="3" fill="none" stroke="currentColor" '
        'stroke-width="2.2" stroke-dasharray="3.6 2.6"/>'
        '<path d="M9.3 9.6c.2-1.6 1.3-2.4 2.7-2.4 1.6 0 2.7.9 2.7 2.3 0 2-2.7 2.2-2.7 4.3M12 16.8v.2" '
        'fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round"/>',
    ),
    "defer": VerdictMark(
        _("Defer"),
        _("Not now: until a date, or until an event has ended."),
        '<path d="M5 2h14v4.5L14.5 12l4.5 5.5V22H5v-4.5L9.5 12 5 6.5z" fill="currentColor" '
        f'stroke="currentColor" stroke-linejoin="round"/><path d="M9.5 18.5h5M12 15.5v.2" {_MARK}/>',
    ),
    "refer": VerdictMark(
        _("Refer"),
        _("Not before a prescriber, a specialist or a test has answered."),
        '<path d="M2.5 4H15l7 8-7 8H2.5z" fill="currentColor" stroke="currentColor" stroke-linejoin="round"/>'
        f'<path d="M6.5 12h8.5m-3-3.2 3.2 3.2-3.2 3.2" {_MARK}/>',
    ),
    "exclude": VerdictMark(
        _("Exclude"),
        _("Not with this treatment."),
        '<path d="M7.9 2h8.2L22 7.9v8.2L16.1 22H7.9L2 16.1V7.9z" fill="currentColor"/>'
        f'<path d="M7 12h10" {_MARK}/>',
    ),
}
