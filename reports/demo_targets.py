"""Targets of the demo world: those of 2020 as they were announced, and made-up ones for the weeks that it shows."""

import datetime

from django.utils import timezone

from assistance.demo_totals import BEGIN_2020, END_2020, weeks_shown
from reports.figures import ask
from reports.models import Target
from reports.targets.kinds import COVERAGE, DOSSIERS, EVENTS, ON_DUTY
from reports.targets.scopes import UnitMap, WorkDays
from reports.targets.services import change_target, set_target, split_target
from reports.targets.split import parts_of, units_below
from shifts.models import Team, Unit, User
from shifts.world import PROVINCE

PLAN_2020 = "Kế hoạch ra quân đội hình hỗ trợ dịch vụ công trực tuyến năm 2020"
PLAN = "Kế hoạch cao điểm hỗ trợ dịch vụ công trực tuyến (số liệu bịa)"
REVIEWED = "Điều chỉnh sau sơ kết tháng đầu (số liệu bịa)"
OTHERWISE_DAYS = 91
# How fast the demo is: done by today as a part of the pace. Below 1 is behind.
AHEAD, BEHIND = 1.06, 0.87
LEAST_OF_A_COMMUNE = 10
Rhythm, Level = Target.Rhythm, Target.Level


def add_targets(*, now: datetime.datetime, with_2020: bool, report) -> None:
    """Make the targets anew; call it in the transaction of the demo, after its visits and totals."""
    Target.objects.all().delete()
    now = timezone.localtime(now)
    staff = User.objects.get(username="canbo")
    team = Team.objects.get(code="TINH")
    if with_2020:
        report(f"chỉ tiêu của chiến dịch 2020: {of_2020(staff, team)}")
    report(f"chỉ tiêu của đợt này: {of_this_season(staff, team, now)}")


def of_2020(staff, team) -> int:
    """The targets of the campaign of 2020."""
    province = Unit.objects.on(END_2020).get(code=PROVINCE)
    days = {"first": BEGIN_2020, "last": END_2020}
    given = {"by": staff, "reason": PLAN_2020, "at": at_seven(BEGIN_2020 - datetime.timedelta(days=4))}
    whole = given | {"unit": province, "rhythm": Rhythm.PERIOD} | days
    set_target(figure=DOSSIERS, minimum=20_000, stretch=50_000, **whole)
    set_target(figure="reached_with_account", minimum=100_000, stretch=100_000, **whole)
    set_target(figure=COVERAGE, level=Level.COMMUNE, minimum=100, stretch=100, **whole)
    set_target(figure=COVERAGE, level=Level.DISTRICT, minimum=100, stretch=100, **whole)
    return 4 + of_the_team(team, given | days, 3_000, 4_000)


def of_the_team(team, given, minimum, stretch) -> int:
    """What the provincial team itself holds: dossiers, events each month, three people each session."""
    given = given | {"team": team}
    set_target(figure=DOSSIERS, rhythm=Rhythm.PERIOD, minimum=minimum, stretch=stretch, **given)
    set_target(figure=EVENTS, rhythm=Rhythm.MONTH, minimum=1, stretch=2, **given)
    set_target(figure=ON_DUTY, rhythm=Rhythm.SESSION, minimum=3, stretch=3, **given)
    return 3


def of_this_season(staff, team, now) -> int:
    """Targets over the weeks of the demo, as large as its numbers ask for, and given to the communes of today."""
    first, last = season(now)
    today = now.date()
    province = Unit.objects.on(min(today, last)).get(code=PROVINCE)
    days = {"first": first, "last": last}
    given = {"by": staff, "reason": PLAN, "at": at_seven(first - datetime.timedelta(days=6))}
    whole = given | days | {"unit": province, "rhythm": Rhythm.PERIOD}
    gone = part_gone(Target(unit=province, figure=DOSSIERS, **days), today)
    every = Unit.objects.all()
    dossiers = goal(ask(DOSSIERS, units=every, first=first, last=today).total, gone, AHEAD)
    own = goal(ask(DOSSIERS, units=every, team=team, first=first, last=today).total, gone, AHEAD, step=50)
    # In the first days little is done, and every commune is to get a part beside the team's own.
    communes = Unit.objects.on(min(today, last)).filter(level=Unit.Level.COMMUNE).count()
    dossiers = max(dossiers, round((own + LEAST_OF_A_COMMUNE * communes) * 5 / 4, -2))
    told = goal(ask("reached_with_account", units=every, first=first, last=today).total, gone, BEHIND)
    made = of_the_team(team, given | days, own, own * 4 // 3)
    target = set_target(figure=DOSSIERS, minimum=dossiers * 4 // 5, stretch=dossiers * 2, **whole)
    reviewed = at_seven(first + datetime.timedelta(days=31))
    if reviewed < now:
        target = change_target(
            target=target, version=target.version, by=staff, at=reviewed, reason=REVIEWED, minimum=dossiers
        )
    set_target(figure="reached_with_account", minimum=told, stretch=told, **whole)
    set_target(figure=COVERAGE, level=Level.COMMUNE, minimum=100, stretch=100, **whole)
    parts = split_target(
        target=target, version=target.version, by=staff, reason=PLAN, at=target.began_at,
        parts=parts_of(target, units_below(target), {}),
    )  # fmt: skip
    return made + 3 + len(parts)


def season(now) -> tuple[datetime.date, datetime.date]:
    """October to December when the demo shows that autumn; otherwise a quarter from its first week on."""
    begin = weeks_shown(now.date())[0].first
    october = datetime.date(now.year, 10, 1)
    if begin <= october <= now.date():
        return october, datetime.date(now.year, 12, 31)
    return begin, begin + datetime.timedelta(days=OTHERWISE_DAYS)


def part_gone(target, today) -> float:
    """How much of the open days of a target is over."""
    days = WorkDays([target], UnitMap()).of(target)
    return max(0.05, days.up_to(today) / max(1, len(days.days)))


def goal(done, gone, pace, step=100) -> int:
    """A round target for which what is done by now is that much of the pace."""
    return max(step, round(done / gone / pace / step) * step)


def at_seven(date) -> datetime.datetime:
    """Seven in the morning of a day."""
    return datetime.datetime.combine(date, datetime.time(7), timezone.get_current_timezone())
