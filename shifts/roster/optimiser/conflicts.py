"""What pins break: they stay whatever the rules say, and this says it."""

from collections import Counter, defaultdict

from django.utils.translation import gettext as _

from shifts.dates import monday_of

from .problem import Pin, RosterProblem


def pin_conflicts(problem: RosterProblem) -> list[str]:
    """A sentence for every hard rule that pins of days to come break; they stay all the same."""
    people = {person.username: person for person in problem.people}
    found = []
    for pin in _to_come(problem):
        sentence = _why_pin_breaks(problem, people.get(pin.username), pin)
        if sentence:
            found.append(sentence)
    return found + _twice_pinned(problem, people) + _too_many_pinned(problem, people) + _crowded_posts(problem)


def _to_come(problem):
    return [pin for pin in problem.pins if not problem.is_over(pin.date)]


def _why_pin_breaks(problem, person, pin: Pin):
    when = {"date": f"{pin.date:%d/%m}", "name": person.called if person else pin.username, "post": pin.post}
    sessions = {day.date: day.sessions for day in problem.days}
    posts = {post.code for post in problem.posts}
    if pin.session not in sessions.get(pin.date, ()):
        return _("{name} được giữ ở {post} ngày {date}, khi điểm không mở cửa.").format(**when)
    if pin.post not in posts:
        return _("{name} được giữ ngày {date} ở một vị trí không có ở điểm này: {post}.").format(**when)
    if person is None:
        return _("{name} được giữ ở {post} ngày {date} nhưng không ở trong đội.").format(**when)
    if not person.is_member(pin.date):
        return _("{name} được giữ ở {post} ngày {date}, khi không ở trong đội.").format(**when)
    if (pin.date, pin.session) in person.leave:
        return _("{name} được giữ ở {post} ngày {date} dù đã báo bận.").format(**when)
    if (pin.date, pin.session) in person.elsewhere:
        return _("{name} được giữ ở {post} ngày {date} dù đã có việc ở nơi khác buổi đó.").format(**when)
    if not person.guest and pin.post not in person.posts:
        return _("{name} được giữ ở {post} ngày {date} dù chưa nhận việc ở đó.").format(**when)
    return None


def _twice_pinned(problem, people):
    times = Counter((pin.username, pin.date, pin.session) for pin in _to_come(problem))
    return [
        _("{name} được giữ ở hai nơi trong cùng một buổi ngày {date}.").format(
            name=people[username].called if username in people else username, date=f"{date:%d/%m}"
        )
        for (username, date, _session), count in sorted(times.items())
        if count > 1
    ]


def _too_many_pinned(problem, people):
    """Pins that by themselves, with duties elsewhere, go beyond somebody's maximum."""
    found = []
    dates = defaultdict(set)
    for pin in problem.pins:
        dates[pin.username].add(pin.date)
    for username, pinned in sorted(dates.items()):
        person, to_come = people.get(username), {date for date in pinned if not problem.is_over(date)}
        if person is None or not to_come:
            continue
        days = pinned | {date for date, _session in person.elsewhere}
        weeks = Counter(monday_of(date) for date in days)
        for monday in sorted({monday_of(date) for date in to_come}):
            if person.max_per_week is not None and weeks[monday] > person.max_per_week:
                found.append(
                    _("{name} được giữ {count} ngày trong tuần từ {date}, quá mức {most}.").format(
                        name=person.called, count=weeks[monday], date=f"{monday:%d/%m}", most=person.max_per_week
                    )
                )
        month = problem.month
        count = sum((date.year, date.month) == (month.year, month.month) for date in days)
        if person.max_per_month is not None and count > person.max_per_month:
            found.append(
                _("{name} được giữ {count} ngày trong tháng, quá mức {most}.").format(
                    name=person.called, count=count, most=person.max_per_month
                )
            )
    return found


def _crowded_posts(problem):
    most = {post.code: post for post in problem.posts}
    held = Counter((pin.date, pin.session, pin.post) for pin in _to_come(problem))
    return [
        _("{post} ngày {date} được giữ {count} bạn, quá mức {most}.").format(
            post=most[post].name, date=f"{date:%d/%m}", count=count, most=most[post].max_people
        )
        for (date, _session, post), count in sorted(held.items())
        if post in most and count > most[post].max_people
    ]
