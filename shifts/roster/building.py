"""Building the roster of a month: what is refused before, and how the answer gets into the draft."""

import datetime
from collections.abc import Callable
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from shifts.models import Assignment, Post, Roster, RosterChange, RosterShare, Site, Team, User, Volunteer

from .changes import FIRST_YEAR, LAST_YEAR, RosterRefused, bounds_sentence, change_roster, lock_roster, roster_of
from .facts import Duty
from .optimiser.problem import RosterProblem, Weights, read_problem
from .optimiser.solver import WORK_LIMIT, Solution, solve


class BuildRefused(RosterRefused):
    """There is nothing to build; the text says why."""


def problem_of(
    site: Site,
    month: datetime.date,
    team: Team | None = None,
    weights: Weights | None = None,
    *,
    starts: datetime.date | None = None,
) -> RosterProblem:
    """Read the problem of a month; raises BuildRefused where there is no day, post or person to build with.

    Days before `starts` stay as they are.
    """
    if not FIRST_YEAR <= month.year < LAST_YEAR:
        raise BuildRefused(bounds_sentence())
    if team is not None and not team.may_log_at(site):
        raise BuildRefused(_("Đội {team} không phục vụ ở {site}.").format(team=team.code, site=site.code))
    problem = read_problem(site, month.replace(day=1), team, weights, starts=starts)
    words = {"site": site.short_name, "month": f"{month:%m/%Y}"}
    if not problem.posts:
        raise BuildRefused(_("{site} chưa có vị trí trực nào.").format(**words))
    if not problem.days:
        raise BuildRefused(_("{site} không có ngày mở cửa nào trong tháng {month}.").format(**words))
    if all(problem.is_over(day.date) for day in problem.days):
        sentence = _("Tháng {month} không còn ngày mở cửa nào để xếp: những ngày đã qua giữ nguyên.")
        raise BuildRefused(sentence.format(**words))
    if all(person.guest for person in problem.people):
        raise BuildRefused(_("{site} không có tình nguyện viên nào trong tháng {month}.").format(**words))
    return problem


def build(
    *,
    site: Site,
    month: datetime.date,
    team: Team | None = None,
    weights: Weights | None = None,
    by: User | None = None,
    store: bool = True,
    starts: datetime.date | None = None,
    progress: Callable[[str, float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    work_limit: int = WORK_LIMIT,
) -> Solution:
    """Build the month's roster, from the day `starts` on if given, and, unless `store` is off, put it into the draft.

    Raises BuildRefused, also where the roster is published already, and Cancelled; then nothing is written.
    """
    problem = problem_of(site, month, team, weights, starts=starts)
    if store:
        refuse_published(Roster.objects.filter(site=site, month=problem.month).first())
    solution = solve(problem, progress=progress, cancelled=cancelled, work_limit=work_limit)
    if store:
        apply_solution(roster_of(site, problem.month), solution, by=by)
    return solution


def refuse_published(roster: Roster | None) -> None:
    """Raise BuildRefused for a published roster: building it anew would change duties people count on."""
    if roster is not None and roster.is_published:
        raise BuildRefused(
            _("Lịch tháng {month} của {site} đã công bố nên không xếp lại cả tháng. Hãy sửa từng ca.").format(
                month=f"{roster.month:%m/%Y}", site=roster.site.short_name
            )
        )


@transaction.atomic
def apply_solution(roster: Roster, solution: Solution, *, by: User | None) -> RosterChange | None:
    """Put the solution into the draft as one change, with everybody's fair share; None where no duty differs.

    What is pinned stays, and so do the duties of teams and days the solution is not about. Raises BuildRefused for a
    published roster, and the refusals of change_roster where somebody's duties have changed since the problem was read.
    """
    roster = lock_roster(roster)
    refuse_published(roster)
    posts = {post.code: post for post in Post.objects.filter(site=roster.site_id)}
    people = {
        row.user.username: row
        for row in Volunteer.objects.filter(user__username__in=solution.counts).select_related("user", "team")
    }
    wanted = {(row.date, row.session, row.post, row.username) for row in solution.assignments}
    rows = Assignment.objects.active().filter(roster=roster).select_related("post", "volunteer__user")
    held = {(row.date, row.session, row.post.code, row.volunteer.user.username): row for row in rows}
    gone = [row for key, row in held.items() if key not in wanted and not row.pinned]
    new = [
        Duty(date, session, posts[post], people[username])
        for date, session, post, username in sorted(wanted - set(held))
    ]
    RosterShare.objects.filter(roster=roster, volunteer__in=people.values()).delete()
    RosterShare.objects.bulk_create(
        RosterShare(roster=roster, volunteer=people[username], fair_share=Decimal(f"{count.fair_share:.2f}"))
        for username, count in solution.counts.items()
    )
    if not gone and not new:
        return None
    return change_roster(roster=roster, kind=RosterChange.Kind.BUILD, by=by, remove=gone, add=new)


def as_data(solution: Solution) -> dict:
    """The solution as it is printed: plain lists and texts. Duties, shares and spread are counted in sessions."""
    return {
        "status": solution.status,
        "load_spread": solution.load_spread,
        "load_proven": solution.load_proven,
        "gap": solution.gap,
        "seconds": solution.seconds,
        "split_days": solution.split_days,
        "breaches": solution.breaches,
        "conflicts": list(solution.conflicts),
        "assignments": [
            {
                "date": row.date.isoformat(),
                "session": row.session,
                "post": row.post,
                "username": row.username,
                "pinned": row.pinned,
            }
            for row in solution.assignments
        ],
        "shortfalls": [
            {
                "date": row.date.isoformat(),
                "session": row.session,
                "post": row.post,
                "missing": row.missing,
                "because": row.because,
                "groups": [{"kind": group.kind, "people": list(group.people)} for group in row.groups],
                "could_help": [
                    {
                        "username": helper.username,
                        "limit": helper.limit,
                        "last_duty": helper.last_duty and helper.last_duty.isoformat(),
                    }
                    for helper in row.helpers
                ],
            }
            for row in solution.shortfalls
        ],
        "counts": {
            username: {"duties": count.duties, "fair_share": count.fair_share}
            for username, count in sorted(solution.counts.items())
        },
    }
