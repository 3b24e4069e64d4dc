"""What a proof was about: the input of a run as the builder's page reads it anyway, and what has changed since."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shifts.models import RosterRun
from shifts.text import short_name

from .board import SESSION_NAMES, Board

NAMED_LEAVES = 3


def input_of(board: Board) -> dict:
    """Leave, open sessions, people with their limits, and how many are needed, as plain data that JSON keeps."""
    site = board.site
    return {
        "leave": sorted([pk, str(first), str(last), session] for pk, first, last, session, _why in board.leaves),
        "days": [[str(date), *(row.session for row in rows)] for date, rows in sorted(board.open_days.items())],
        "people": sorted([pk, *map(_plain, rest)] for pk, rest in board.limits.items()),
        "needs": [site.min_people, site.whole_days]
        + [[post.pk, post.min_people, post.max_people] for post in board.posts],
    }


def _plain(value):
    return value if value is None or isinstance(value, int | bool) else str(value)


def changed_since(run: RosterRun | None, board: Board) -> list[str]:
    """Sentences on what is no longer as the run read it; none of a run that did not end, or kept no input."""
    before = run.result.get("input") if run is not None and run.state == RosterRun.State.DONE else None
    if not before:
        return []
    now = input_of(board)
    sentences = _new_leave(before["leave"], now["leave"], board)
    if any(row not in now["leave"] for row in before["leave"]):
        sentences.append(_("Có báo bận đã được rút hoặc sửa."))
    if before["people"] != now["people"]:
        sentences.append(_("Danh sách đội, vị trí nhận hoặc mức tối đa của một số bạn đã đổi."))
    if before["days"] != now["days"]:
        sentences.append(_("Ngày hoặc buổi mở cửa đã đổi."))
    if before["needs"] != now["needs"]:
        sentences.append(_("Số người cần ở các vị trí đã đổi."))
    return sentences


def _new_leave(before, now, board):
    """Thu Hà báo bận 12/11 (đang có ca)."""
    fresh = [row for row in now if row not in before]
    fresh.sort(key=lambda row: row[1])
    sentences = [_leave_words(row, board) for row in fresh[:NAMED_LEAVES]]
    more = len(fresh) - NAMED_LEAVES
    if more > 0:
        sentences.append(
            ngettext("Và {count} báo bận mới nữa.", "Và {count} báo bận mới nữa.", more).format(count=more)
        )
    return sentences


def _leave_words(row, board):
    volunteer, first, last, session = row
    stands = any(
        person == volunteer and first <= str(date) <= last and session in ("", of_session)
        for date, of_session, _post, person, _pinned, _name in board.duties
    )
    days = f"{first[8:]}/{first[5:7]}" + (f"–{last[8:]}/{last[5:7]}" if last != first else "")
    if session:
        days += f" ({SESSION_NAMES[session]})"
    words = _("{name} báo bận {days}, đang có ca trong lịch.") if stands else _("{name} báo bận {days}.")
    return words.format(name=short_name(board.people[volunteer]), days=days)
