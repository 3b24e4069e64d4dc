"""The demo world: made-up people in a made-up hall. No name, counter or paper here is a fact about anybody."""

import datetime
import random

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from assistance.demo_outreach import IN_2020, add_events_of_2020
from assistance.demo_results import add_results
from assistance.demo_roster import NOT_HERE_YET, add_rosters
from assistance.demo_team import (
    FLOORS_OF,
    LIMITS,
    add_attendance,
    add_moves,
    add_paper,
    add_regulations,
    add_wishes,
    draw_fates,
    remove_rosters,
)
from assistance.demo_totals import add_totals, remove_totals
from assistance.demo_visits import add_visits
from assistance.models import (
    Counter,
    DailyTally,
    Department,
    HandOverNote,
    HourlyTally,
    OutreachResult,
    Procedure,
    Visit,
)
from assistance.reference import forget
from assistance.tally import rebuild
from shifts.models import CalendarDay, InstallationMark, Post, Site, Team, Unit, User, Volunteer
from shifts.roster.calendar import open_sessions
from shifts.services import grant_role
from shifts.world import CENTRE, PROVINCE

PASSWORD = "demo-quangninh"  # noqa: S105 - printed on the screen: the data are made up
SEED = 20200224
TEAM = [
    ("tnv", "Nguyễn Thu Hà"), ("doitruong", "Phạm Quốc Hưng"), ("anh.vu", "Vũ Ngọc Anh"), ("bao.tran", "Trần Gia Bảo"),
    ("binh.hoang", "Hoàng Thanh Bình"), ("chi.le", "Lê Linh Chi"), ("cuong.do", "Đỗ Việt Cường"),
    ("dung.bui", "Bùi Anh Dũng"), ("duong.ngo", "Ngô Thùy Dương"), ("giang.dang", "Đặng Hà Giang"),
    ("hai.pham", "Phạm Minh Hải"), ("hanh.nguyen", "Nguyễn Hồng Hạnh"), ("hieu.tran", "Trần Trung Hiếu"),
    ("khanh.le", "Lê Duy Khánh"), ("lan.dinh", "Đinh Phương Lan"), ("linh.vu", "Vũ Khánh Linh"),
    ("long.nguyen", "Nguyễn Bá Long"), ("mai.to", "Tô Tuyết Mai"), ("nam.luong", "Lương Hải Nam"),
    ("ngan.pham", "Phạm Kim Ngân"), ("phuc.hoang", "Hoàng Đức Phúc"), ("quynh.mai", "Mai Như Quỳnh"),
    ("son.doan", "Đoàn Thái Sơn"), ("thao.nguyen", "Nguyễn Thị Thảo"), ("yen.bui", "Bùi Hải Yến"),
]  # fmt: skip
DEPUTY = "hai.pham"
OFFICE = [
    ("donvi", "Trần Thị Minh Nguyệt", "reporter"),
    ("canbo", "Vũ Đình Toàn", "staff"),
    ("lanhdao", "Hoàng Thị Lan Anh", "leadership"),
    ("quantri", "Đỗ Quang Huy", "administrator"),
]
REPORTS_FOR = "06685"
FLOOR_OF_DEPARTMENT = {
    "T1": ["cong_an", "cong_an", "bhxh", "thue", "ubnd_xa"],
    "T2": ["tu_phap", "tai_chinh", "nn_mt", "nn_mt", "xay_dung"],
    "T3": ["noi_vu", "y_te", "gd_dt", "vh_tt_dl", "cong_thuong", "kh_cn", "kkt"],
}
BRING = {
    "3.000347": ["Căn cước công dân", "Giấy phép lái xe đang dùng", "Giấy khám sức khỏe còn hạn"],
    "3.000333": ["Căn cước công dân", "Điện thoại đã có tài khoản VNeID mức 2"],
    "1.001456": ["Căn cước công dân", "Ảnh chân dung nền trắng 4 x 6 cm", "Hộ chiếu cũ, nếu còn"],
    "1.012783": ["Căn cước công dân", "Giấy chứng nhận đã cấp, bản gốc", "Đơn theo mẫu tại quầy"],
    "1.001612": ["Căn cước công dân", "Giấy tờ về địa điểm kinh doanh"],
    "2.000635": ["Căn cước công dân", "Số và ngày của giấy khai sinh, nếu nhớ"],
    "1.002759": ["Căn cước công dân", "Sổ bảo hiểm xã hội hoặc thẻ bảo hiểm y tế"],
    "1.014748": ["Căn cước công dân", "Sổ bảo hiểm xã hội", "Quyết định thôi việc, bản gốc"],
}
NOTE = "Máy scan tầng 2 hỏng, dùng máy ở tầng 1. Còn 40 tờ rơi trong ngăn kéo."


def holds_other_data() -> bool:
    """Whether people or visits are here that the demo did not make."""
    if InstallationMark.objects.filter(key=InstallationMark.DEMO).exists():
        return False
    return User.objects.exists() or Visit.objects.exists()


def build(*, days: int, now: datetime.datetime, report, with_2020: bool = True) -> None:
    """Make the people, the hall, the rosters, visits on the last open days, and what units sent in their weeks.

    What an earlier run made of these is replaced. Call it in a transaction, on the loaded world.
    """
    chance = random.Random(SEED)  # noqa: S311 - the same world every time; no secret
    now = timezone.localtime(now)
    InstallationMark.objects.get_or_create(key=InstallationMark.DEMO, defaults={"value": "1"})
    team = make_people()
    make_hall()
    remove_totals()
    remove_visits()
    remove_rosters()
    open_today(now.date())
    site = Site.objects.get(code=CENTRE)
    dates = open_dates(site, last=now.date(), count=days)
    report(f"đội hình {len(team)} người; lượt hỗ trợ của {len(dates)} ngày mở cửa, {dates[0]:%d/%m/%Y} đến hôm nay")
    story = roster_story(site, team, dates, now)
    if with_2020:
        report(f"hoạt động Thứ Bảy tình nguyện của 2020: {add_events_of_2020(team, story.leader)}")
    fates = draw_fates(story, chance)
    first_visits = add_visits(
        duties={date: who_came(story, fates, date) for date in dates},
        late={key for key, fate in fates.items() if fate == "late"},
        now=now,
        chance=chance,
    )
    add_attendance(story, fates=fates, first_visits=first_visits, now=now, chance=chance)
    months = ", ".join(f"{roster.month:%m/%Y}" for roster in story.rosters.values() if roster.is_published)
    report(f"lịch trực đã công bố: {months}; tháng sau còn là bản nháp")
    leave_note(now, team)
    report(f"kết quả của {add_results(leader=story.leader, now=now)} hoạt động; buổi gần nhất chưa báo")
    report(f"đã ghi và cộng {rebuild()} lượt")
    add_totals(now=now, login_unit=REPORTS_FOR, with_2020=with_2020, report=report)


def make_people() -> list[Volunteer]:
    """Make the 25 and those in the offices; those who are there already stay as they are."""
    # One hash for all: Argon2 takes its time by design, and the password is no secret here.
    password = make_password(PASSWORD)
    province = Unit.objects.filter(code=PROVINCE).latest("valid_from")
    commune = Unit.objects.on().get(code=REPORTS_FOR)
    team = Team.objects.get(code="TINH")
    for username, name, kind in OFFICE:
        user = make_user(username, name, password)
        grant_role(user=user, kind=kind, unit=commune if kind == "reporter" else province)
    floors = list(Post.objects.filter(site__code=CENTRE))
    members = [
        make_member(make_user(username, name, password), team, floors, place)
        for place, (username, name) in enumerate(TEAM)
    ]
    for member in members:
        grant_role(user=member.user, kind="volunteer", team=team)
        if member.user.username in ("doitruong", DEPUTY):
            grant_role(user=member.user, kind="leader", team=team)
    return members


def make_user(username, name, password):
    user, _made = User.objects.get_or_create(
        username=username, defaults={"full_name": name, "password": password, "first_login_done": True}
    )
    return user


def make_member(user, team, floors, place):
    """A member with floors and a usual one; the first, tnv, is at home on the second."""
    own = [post for post in floors if post.code in FLOORS_OF.get(user.username, [post.code])]
    usual = floors[(place + 1) % len(floors)]
    per_week, per_month = LIMITS.get(user.username, (None, None))
    member, made = Volunteer.objects.get_or_create(
        user=user,
        defaults={
            "team": team,
            "home_post": usual if usual in own else own[0],
            "joined": datetime.date(2024 + place % 3, 3, 26) if place % 3 else IN_2020,
            "experienced": place % 3 != 2,
            "max_per_week": per_week,
            "max_per_month": per_month,
        },
    )
    if made:
        member.posts.set(own)
    return member


def make_hall():
    """Put a counter per desk of a department on each floor, and say what to bring for the most asked procedures."""
    site = Site.objects.get(code=CENTRE)
    posts = {post.code: post for post in site.posts.all()}
    departments = {row.code: row for row in Department.objects.all()}
    places = [(floor, code) for floor, codes in FLOOR_OF_DEPARTMENT.items() for code in codes]
    Counter.objects.bulk_create(
        [
            Counter(
                site=site, post=posts[floor], department=departments[code], code=f"{number:02d}", name=f"Quầy {number}"
            )
            for number, (floor, code) in enumerate(places, 1)
        ],
        ignore_conflicts=True,
    )
    for code, papers in BRING.items():
        Procedure.objects.filter(code=code, bring="").update(bring="\n".join(papers))
    forget()  # neither bulk_create nor update sends a signal


def remove_visits():
    """Take away what an earlier run recorded, with all that was added to it in trying the site out."""
    for model in (DailyTally, HourlyTally, HandOverNote, Visit, OutreachResult):
        model.objects.all().delete()


def open_today(today):
    """Keep the hall open today, so that the desk has something to show on any day of the week."""
    if open_sessions(Site.objects.get(code=CENTRE), today, today):
        return
    name = "Mở thêm (bản trình diễn)"
    listed = CalendarDay.objects.common().filter(date=today).first()
    if listed:
        listed.name, listed.is_open = f"{listed.name}. {name}", True
        listed.save()
    else:
        CalendarDay.objects.create(date=today, name=name, is_open=True)


def open_dates(site, *, last, count):
    """The site's last open days, in order, ending with `last`."""
    return sorted(open_sessions(site, last - datetime.timedelta(days=2 * count + 60), last))[-count:]


def roster_story(site, team, dates, now):
    """Make leave, rosters, regulations, and what people asked of one another."""
    people = {person.user.username: person for person in team}
    leaves = add_wishes(people, now.date(), now)
    story = add_rosters(team=team, site=site, leaves=leaves, dates=dates, now=now)
    add_regulations(people, now)
    add_paper(site)
    add_moves(story, now)
    return story


def who_came(story, fates, date):
    """[(volunteer, floor)] of a date: those on duty but for who was absent, or is not here yet today."""
    missing = {(day, person) for (day, person), fate in fates.items() if fate in ("absent", "excused")}
    missing.add((story.today, story.book.people[NOT_HERE_YET[0]].pk))
    return [(person, post) for person, post in story.book.duties[date] if (date, person.pk) not in missing]


def leave_note(now, team):
    """Leave today's hand-over note on the second floor."""
    post = Post.objects.get(site__code=CENTRE, code="T2")
    writer = next(member.user for member in team if member.user.username == "anh.vu")
    HandOverNote.objects.create(
        site=post.site, post=post, date=now.date(), text=NOTE, written_by=writer, written_at=now
    )
