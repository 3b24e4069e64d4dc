"""The demo world: made-up people in a made-up hall. No name, counter or paper here is a fact about anybody."""

import datetime
import random

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from assistance.demo_visits import add_visits
from assistance.models import Counter, DailyTally, Department, HandOverNote, HourlyTally, Procedure, Visit
from assistance.reference import forget
from assistance.tally import rebuild
from shifts.models import CalendarDay, InstallationMark, Post, Site, Team, Unit, User, Volunteer
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


def build(*, days: int, now: datetime.datetime, report) -> None:
    """Make the people, the hall and its visits on the last open days; visits of an earlier run are replaced.

    Call it in a transaction, on the loaded world.
    """
    chance = random.Random(SEED)  # noqa: S311 - the same world every time; no secret
    now = timezone.localtime(now)
    InstallationMark.objects.get_or_create(key=InstallationMark.DEMO, defaults={"value": "1"})
    team = make_people()
    make_hall()
    remove_visits()
    open_today(now.date())
    dates = CalendarDay.objects.open_days(last=now.date(), count=days)
    report(f"đội hình {len(team)} người; lượt hỗ trợ của {len(dates)} ngày mở cửa, {dates[0]:%d/%m/%Y} đến hôm nay")
    add_visits(duties=duties(team, dates), now=now, chance=chance)
    leave_note(now, team)
    report(f"đã ghi và cộng {rebuild()} lượt")


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
    """A member with a usual floor; the first, tnv, is at home on the second."""
    member, made = Volunteer.objects.get_or_create(
        user=user,
        defaults={
            "team": team,
            "home_post": floors[(place + 1) % len(floors)],
            "joined": datetime.date(2024 + place % 3, 3, 26),
            "experienced": place % 3 != 2,
        },
    )
    if made:
        member.posts.set(floors)
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
    for model in (DailyTally, HourlyTally, HandOverNote, Visit):
        model.objects.all().delete()


def open_today(today):
    """Keep the hall open today, so that the desk has something to show on any day of the week."""
    if CalendarDay.objects.open_days(last=today, count=1) == [today]:
        return
    name = "Mở thêm (bản trình diễn)"
    listed = CalendarDay.objects.filter(date=today).first()
    if listed:
        listed.name, listed.is_open = f"{listed.name}. {name}", True
        listed.save()
    else:
        CalendarDay.objects.create(date=today, name=name, is_open=True)


def duties(team, dates):
    """Date -> [(volunteer, floor)]: three people a day in turn, one a floor; today tnv and the leader too."""
    floors = list(Post.objects.filter(site__code=CENTRE))
    members, turn = sorted(team, key=lambda member: member.user.username), 0
    plan = {}
    for date in dates:
        on_duty = [members[(turn + step) % len(members)] for step in range(len(floors))]
        plan[date] = list(zip(on_duty, floors, strict=True))
        turn += len(floors)
    by_name = {member.user.username: member for member in team}
    others = [member for member in members if member.user.username not in ("tnv", "doitruong")]
    plan[dates[-1]] = list(zip([by_name["doitruong"], by_name["tnv"], others[0]], floors, strict=True))
    return plan


def leave_note(now, team):
    """Leave today's hand-over note on the second floor."""
    post = Post.objects.get(site__code=CENTRE, code="T2")
    writer = next(member.user for member in team if member.user.username == "anh.vu")
    HandOverNote.objects.create(
        site=post.site, post=post, date=now.date(), text=NOTE, written_by=writer, written_at=now
    )
