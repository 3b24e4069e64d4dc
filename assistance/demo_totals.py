"""Unit totals of the demo world: this autumn's weeks of today's communes, and the campaign of 2020.

All numbers are made up. Those of 2020 are drawn so that they come to what the whole province is known to have done.
"""

import datetime
import random
from dataclasses import dataclass
from itertools import accumulate, pairwise

from django.utils import timezone

from assistance.models import PeriodLock, UnitTotal, UnitTotalChange
from assistance.periods import Period
from shifts.models import Team, Unit, User

SEED = 20201231
CHUNK = 500
State, Kind, Level = UnitTotal.State, UnitTotalChange.Kind, Unit.Level

FEWEST_WEEKS = 6
UNITS_WITHOUT_TEAM = 6
UNITS_FORMED_ON_THE_WAY = 8
MISSING_LAST_WEEK = 7  # besides the unit of the demo login
MISSING, NOTHING, LATE, IN_DIFFICULTY = 0.04, 0.07, 0.12, 0.1
SIZES = {"phường": 1.4, "thị trấn": 1.2, "xã": 0.8, "đặc khu": 1.1}  # of a commune; everything above it is larger
LARGER = 2.2
DIFFICULTIES = [
    "Mạng ở nhà văn hóa khu hay chập chờn, có buổi phải dùng 4G của điện thoại.",
    "Nhiều người lớn tuổi chưa có điện thoại thông minh, phải hẹn con cháu đi cùng.",
    "Máy scan của bộ phận một cửa hỏng từ thứ Tư, đội mượn máy của văn phòng Đảng ủy.",
    "Hai bạn trong đội bận thi, tuần này chỉ trực được ba buổi.",
    "Cổng dịch vụ công báo lỗi sáng thứ Hai, một số hồ sơ phải nộp lại buổi chiều.",
    "Hết tờ rơi, đề nghị Tỉnh đoàn cấp thêm khoảng 200 tờ.",
    "Người dân hay quên mật khẩu, mất thời gian lấy lại qua tin nhắn.",
    "Mưa lớn, hoãn buổi hướng dẫn ở khu dân cư sang tuần sau.",
]
RETURN_REMARKS = [
    "Số tờ rơi ghi trùng với tuần trước, đề nghị kiểm tra lại rồi gửi lại.",
    "Hồ sơ toàn trình nhiều hơn số lượt hướng dẫn người dân? Đề nghị đối chiếu với bộ phận một cửa.",
]

# What the campaign of 2020 came to in all communes and districts.
BEGIN_2020, END_2020 = datetime.date(2020, 2, 24), datetime.date(2020, 12, 31)
FIVE_MONTHS = datetime.date(2020, 7, 26)  # the end of the last week of the first five months
TEAMS_IN_FIVE_MONTHS, VOLUNTEERS_IN_FIVE_MONTHS, LEAFLETS_IN_FIVE_MONTHS = 168, 1112, 15_264
LEAFLETS_LATER = 11_820
SUMS_2020 = {
    "reached": 148_300, "guided_citizen": 78_450, "guided_youth": 30_900, "guided_enterprise": 2_870,
    "accounts": 41_260, "reached_with_account": 100_640, "dossiers_partial": 21_340, "dossiers_full": 9_180,
    "dossiers_resolved": 26_750, "duties": 24_600, "events": 860,
}  # fmt: skip
DISTANCING = [datetime.date(2020, 3, 30), datetime.date(2020, 4, 6), datetime.date(2020, 4, 13)]
DISTANCED = "Giãn cách xã hội, đội hình tạm nghỉ trực."


def remove_totals():
    """Take away the totals of an earlier run, with all that was sent, reviewed and closed in trying the site out."""
    for model in (UnitTotalChange, UnitTotal, PeriodLock):
        model.objects.all().delete()


def add_totals(*, now: datetime.datetime, login_unit: str, with_2020: bool, report) -> None:
    """Make the totals of this autumn and, if asked for, of 2020; `login_unit` has yet to send its last week."""
    chance = random.Random(SEED)  # noqa: S311 - the same totals every time; no secret
    autumn = Autumn(now, chance, {user.username: user for user in User.objects.filter(username__in=("donvi", "canbo"))})
    sent = autumn.add(login_unit)
    report(f"số liệu tổng hợp từ {autumn.weeks[0].name} đến {autumn.weeks[-1].name}: {sent} dòng")
    if with_2020:
        rows = campaign_of_2020(chance)
        UnitTotal.objects.bulk_create(rows, batch_size=CHUNK)
        report(f"số liệu tổng hợp của chiến dịch 2020: {len(rows)} dòng")


def weeks_between(first, last):
    """The weeks from the one of the first date to the one of the last."""
    weeks = [Period.week_of(first)]
    while weeks[-1].last < last:
        weeks.append(weeks[-1].moved(1))
    return weeks


def weeks_shown(today):
    """The weeks of the demo: from the first of October to the last one that has ended, or a few when that is near."""
    last = Period.week_of(today).moved(-1)
    october = Period.week_of(datetime.date(today.year, 10, 1))
    # Early in October, or in spring, the page would be empty: then the last weeks are taken.
    return weeks_between(min(october, last.moved(1 - FEWEST_WEEKS)).first, last.last)


def size_of(unit, chance):
    """How much a unit does compared with others."""
    return SIZES.get(unit.kind, LARGER) * chance.uniform(0.7, 1.35)


def moment(date, hour, hours_later=0.0):
    """A time of day in the time zone of the site, or some hours after it."""
    at = datetime.datetime.combine(date, datetime.time(hour), timezone.get_current_timezone())
    return at + datetime.timedelta(minutes=round(60 * hours_later))


@dataclass
class Autumn:
    """The weeks from the first of October to the last one that has ended, in the communes of today."""

    now: datetime.datetime
    chance: random.Random
    people: dict

    def __post_init__(self):
        self.weeks = weeks_shown(self.now.date())

    def add(self, login_unit):
        """Store teams, totals and their history; return how many totals there are."""
        units = list(Unit.objects.on(self.now.date()).filter(level=Level.COMMUNE).order_by("code"))
        others = [unit for unit in units if unit.code != login_unit]
        self.chance.shuffle(others)
        teams = self.make_teams([unit for unit in units if unit.code == login_unit], others)
        reporting = [unit for unit in others if unit.pk in teams]
        silent = {unit.pk for unit in reporting[:MISSING_LAST_WEEK]} | {u.pk for u in units if u.code == login_unit}
        wrong = {self.weeks[-1 - back]: reporting[-1 - back].pk for back in range(2)}  # who is given a week back
        rows = []
        for unit in units:
            if unit.pk in teams:
                own = unit.code == login_unit
                rows += self.totals_of(unit, teams[unit.pk], own=own, silent=unit.pk in silent, wrong=wrong)
        rows = UnitTotal.objects.bulk_create(rows, batch_size=CHUNK)
        UnitTotalChange.objects.bulk_create((act for row in rows for act in history(row)), batch_size=CHUNK)
        return len(rows)

    def make_teams(self, own, others):
        """Unit key -> team of all but a few; a few more were formed when the weeks had begun."""
        formed, teams = own + others[:-UNITS_WITHOUT_TEAM], []
        for place, unit in enumerate(formed):
            days = -self.chance.randint(5, 60)
            if MISSING_LAST_WEEK < place <= MISSING_LAST_WEEK + UNITS_FORMED_ON_THE_WAY:
                days = self.chance.randint(1, 7 * (len(self.weeks) - 4))
            date = self.weeks[0].first + datetime.timedelta(days=days)
            date -= datetime.timedelta(days=max(0, date.weekday() - 4))  # offices sign on working days
            teams.append(
                Team(
                    code=f"DH{unit.code}",
                    name=f"Đội hình thanh niên tình nguyện hỗ trợ dịch vụ công {unit.name[0].lower()}{unit.name[1:]}",
                    unit=unit,
                    valid_from=date,
                    decision_number=f"{self.chance.randint(4, 68):02d}-QĐ/ĐTN",
                )
            )
        known = {team.code: team for team in Team.objects.filter(code__in=[team.code for team in teams])}
        Team.objects.bulk_create([team for team in teams if team.code not in known])
        return {team.unit_id: known.get(team.code, team) for team in teams}

    def totals_of(self, unit, team, *, own, silent, wrong):
        """What one unit sent, week by week, since it has a team."""
        size, volunteers, sent_before = size_of(unit, self.chance), self.chance.randint(6, 16), 0
        rows = []
        for week in self.weeks:
            last, is_wrong = week == self.weeks[-1], wrong.get(week) == unit.pk
            numbers = self.numbers(size, volunteers, sent_before)
            fate = self.chance.random()
            if not week.meets(team) or (last and silent) or (fate < MISSING and not (own or last or is_wrong)):
                continue
            nothing = MISSING <= fate < MISSING + NOTHING and not (own or is_wrong)
            row = new_total(unit, week, {} if nothing else numbers, nothing=nothing)
            sent_before = row.dossiers_partial + row.dossiers_full if not nothing else 0
            if self.chance.random() < IN_DIFFICULTY:
                row.remarks = self.chance.choice(DIFFICULTIES)
            self.send(row, by=self.people["donvi"] if own else None)
            if is_wrong:
                self.review(row, State.RETURNED, RETURN_REMARKS[last])
            elif not last:
                self.review(row, State.ACCEPTED)
            rows.append(row)
        return rows

    def numbers(self, size, volunteers, sent_before):
        """The numbers of one week of a unit of this size."""
        draw = self.chance.uniform
        told = round(size * draw(24, 66))
        guided = {"citizen": draw(12, 34), "youth": draw(3, 11), "enterprise": draw(0, 2.4)}
        found = {"reached": told} | {f"guided_{who}": round(size * n) for who, n in guided.items()}
        helped = sum(found.values()) - told
        return found | {
            "accounts": round(helped * draw(0.08, 0.25)),
            "reached_with_account": round((told + helped) * draw(0.45, 0.75)),
            "leaflets": round(told * draw(0.3, 0.9)),
            "dossiers_partial": round(helped * draw(0.08, 0.2)),
            "dossiers_full": round(helped * draw(0.12, 0.3)),
            "dossiers_resolved": round(sent_before * draw(0.7, 1)),
            "duties": self.chance.randint(4, 10),
            "events": int(draw(0, 1) < 0.2),
            "teams": 1,
            "volunteers": volunteers + self.chance.choice([0, 0, 0, 0, 1, -1]),
        }

    def send(self, row, *, by):
        """Let a total be sent at the end of its week, or late."""
        hours = self.chance.uniform(80, 150) if self.chance.random() < LATE else self.chance.uniform(0, 70)
        friday = row.date_to - datetime.timedelta(days=2)
        before_now = datetime.timedelta(minutes=self.chance.randint(150, 400))
        row.made_at = row.sent_at = min(moment(friday, 15, hours), self.now - before_now)
        row.made_by = row.sent_by = by
        row.state, row.version = State.SENT, 1

    def review(self, row, state, remark=""):
        """Let the staff of the province accept a total or give it back within the next days."""
        looked_at = row.sent_at + datetime.timedelta(hours=self.chance.uniform(2, 60))
        row.reviewed_at = min(looked_at, self.now - datetime.timedelta(minutes=self.chance.randint(10, 120)))
        row.reviewed_by, row.review_remark = self.people["canbo"], remark
        row.state, row.version = state, 2


def new_total(unit, week, numbers, *, nothing=False):
    """A total that is not stored yet; a team formed within its week still reports the whole week."""
    return UnitTotal(
        unit=unit, span=week.span, date_from=week.first, date_to=week.last,
        counted_on=max(week.first, unit.valid_from), nothing=nothing, **numbers,
    )  # fmt: skip


def history(row):
    """The acts that led to a total as it is."""
    numbers = row.numbers
    yield UnitTotalChange(total=row, kind=Kind.SENT, after=numbers, made_by=row.sent_by, made_at=row.sent_at)
    if row.state == State.ACCEPTED:
        yield UnitTotalChange(
            total=row, kind=Kind.ACCEPTED, before=numbers, after=numbers,
            made_by=row.reviewed_by, made_at=row.reviewed_at,
        )  # fmt: skip
    if row.state == State.RETURNED:
        yield UnitTotalChange(
            total=row, kind=Kind.RETURNED, before=numbers, after={}, reason=row.review_remark,
            made_by=row.reviewed_by, made_at=row.reviewed_at,
        )  # fmt: skip


def shared(total, weights):
    """Whole numbers in proportion to the weights that come to exactly the total."""
    whole = sum(weights)
    steps = [0, *(round(total * part / whole) for part in accumulate(weights))]
    return [after - before for before, after in pairwise(steps)]


def campaign_of_2020(chance):
    """The weekly totals of the communes and districts of 2020, accepted; as if read from the sheets of that year."""
    units = list(Unit.objects.on(END_2020).exclude(level=Level.PROVINCE).order_by("code"))
    chance.shuffle(units)
    units.sort(key=lambda unit: unit.level != Level.DISTRICT)  # the districts began
    early, late = units[:TEAMS_IN_FIVE_MONTHS], units[TEAMS_IN_FIVE_MONTHS:]
    sizes = {unit.pk: size_of(unit, chance) for unit in units}
    people = shared(VOLUNTEERS_IN_FIVE_MONTHS, [4 + sizes[unit.pk] for unit in early])
    people += [chance.randint(5, 8) for _unit in late]
    weeks = weeks_between(BEGIN_2020, END_2020)
    rows, weights = [], []
    for place, (unit, volunteers) in enumerate(zip(units, people, strict=True)):
        begins = place * 20 // len(early) if unit in early else 22 + place % 14
        for number, week in enumerate(weeks[begins:], begins):
            # In the week for which the province is known, everybody said something.
            fate = 1 if week.last == FIVE_MONTHS else chance.random()
            if fate < MISSING:
                continue
            nothing = week.first in DISTANCING or fate < 2 * MISSING
            said = {} if nothing else {"teams": 1, "volunteers": volunteers}
            rows.append(new_total(unit, week, said, nothing=nothing))
            weights.append(0 if nothing else sizes[unit.pk] * pace_of(number, week) * chance.uniform(0.75, 1.25))
            accept(rows[-1], chance, distanced=week.first in DISTANCING)
    spread(rows, weights, chance)
    return rows


def pace_of(number, week):
    """How busy a week of 2020 was: it began slowly, and in the summer students helped."""
    return min(1, 0.4 + number / 15) * (1.5 if 6 <= week.first.month <= 8 else 1)


def accept(row, chance, *, distanced):
    """Let a total of 2020 be sent when its week ended and accepted in the next days."""
    row.made_at = row.sent_at = moment(row.date_to - datetime.timedelta(days=2), 15, chance.uniform(0, 80))
    row.reviewed_at = row.sent_at + datetime.timedelta(hours=chance.uniform(4, 70))
    row.state, row.version = State.ACCEPTED, 2
    if distanced:
        row.remarks = DISTANCED
    elif chance.random() < IN_DIFFICULTY / 4:
        row.remarks = chance.choice(DIFFICULTIES)


def spread(rows, weights, chance):
    """Give every week its part of what the province came to."""
    busy = [(row, weight) for row, weight in zip(rows, weights, strict=True) if weight]
    early = [pair for pair in busy if pair[0].date_to <= FIVE_MONTHS]
    later = [pair for pair in busy if pair[0].date_to > FIVE_MONTHS]
    parts = [(code, total, busy) for code, total in SUMS_2020.items()]
    parts += [("leaflets", LEAFLETS_IN_FIVE_MONTHS, early), ("leaflets", LEAFLETS_LATER, later)]
    for code, total, pairs in parts:
        numbers = shared(total, [weight * chance.uniform(0.9, 1.1) for _row, weight in pairs])
        for (row, _weight), number in zip(pairs, numbers, strict=True):
            setattr(row, code, number)
