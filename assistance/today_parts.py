"""Renders the sessions of the page of the day, each once while nothing in it changes: it is asked for every minute."""

import hashlib

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.translation import get_language

PART_KEPT_SECONDS = 600
RUNNING, FOLDED = "today/_floors.html", "today/_folded.html"


def session_html(session, *, manages: bool, template: str = FOLDED, is_open: bool = False) -> str:
    """Return a session as HTML. It is kept under all that it shows, so what is kept is never out of date."""
    shown = repr((template, get_language(), manages, is_open, _shown(session), *map(_shown_of_floor, session.floors)))
    key = "today:" + hashlib.blake2b(shown.encode(), digest_size=20).hexdigest()
    html = cache.get(key)
    if html is None:
        context = {"session": session, "manages": manages, "is_open": is_open}
        html = render_to_string(template, context)
        cache.set(key, html, PART_KEPT_SECONDS)
    return html


def _shown(session):
    minutes = session.minutes_open if session.empty else None
    return session.session.session, session.hours, session.has_begun, session.is_over, session.lacking, minutes


def _shown_of_floor(floor):
    people = [
        (
            row.assignment.pk, row.user.full_name, row.user.phone, row.state, row.arrived_at, row.left_at, row.visits,
            row.attendance and row.attendance.note, row.is_mine,
        )
        for row in floor.people
    ]  # fmt: skip
    calls = [(row.user.full_name, row.user.phone, row.days) for row in floor.callable]
    return floor.post.pk, floor.post.name, floor.post.min_people, floor.is_empty, floor.asks_for_calls, people, calls
