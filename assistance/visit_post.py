"""Turns the desk's HTML form into the same body that its script sends as JSON."""

import re

DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})[ T]+(\d{1,2})[:h](\d{2})")


def moment(text) -> str:
    """Return "24/11/2026 08:30" as 2026-11-24T08:30; anything else as it came, for parse_entry to judge."""
    found = DAY_FIRST.fullmatch(text.strip())
    if not found:
        return text
    day, month, year, hour, minute = found.groups()
    return f"{year}-{month:0>2}-{day:0>2}T{hour:0>2}:{minute}"


def entry_from_post(post, prefix="") -> dict:
    """Return the JSON-shaped body for POST data; names as in the desk's form, each after prefix."""

    def text(name):
        return post.get(prefix + name, "")

    body = {
        "id": text("id"),
        "occurred_at": moment(text("occurred_at")) or None,
        "audience": text("audience"),
        "activities": post.getlist(prefix + "activities"),
        "account": text("account"),
        "procedure": text("procedure").split(" ")[0],
        "queue_number": text("queue_number"),
        "counter": text("counter"),
        "site": text("site"),
        "post": text("post"),
        "dossier": None,
    }
    if text("event"):
        body["event"] = text("event")
    if text("version").isdecimal():
        body["version"] = int(text("version")[:9])
    if text("dossier_open"):
        body["dossier"] = {
            "code": text("dossier_code"),
            "code_confirmed": bool(text("dossier_code_confirmed")),
            "level": text("dossier_level") or None,
            "guided": bool(text("dossier_guided")),
            "complete": bool(text("dossier_complete")),
            "outcome": text("dossier_outcome") or "submitted",
            "reason": text("dossier_reason"),
        }
    return body
