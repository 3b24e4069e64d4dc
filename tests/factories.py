"""A small hand-made world: a province with one centre, three floors, two teams, and the people of our tests."""

import datetime
import uuid
from types import SimpleNamespace

from django.utils import timezone

from assistance.models import (
    Activity,
    Counter,
    Department,
    DeskButton,
    DossierCodePattern,
    NotSubmittedReason,
    Procedure,
    ServiceLevel,
)
from shifts.models import Leave, Post, Role, Roster, Site, SiteSession, Team, Unit, User, Volunteer

PASSWORD = "mat-khau-thu-2020"


def make_user(username, full_name, *, team=None, home_post=None, **fields):
    user = User(username=username, full_name=full_name, first_login_done=True, **fields)
    user.set_password(PASSWORD)
    user.save()
    if team:
        Volunteer.objects.create(user=user, team=team, home_post=home_post, joined=datetime.date(2020, 2, 24))
    return user


def make_world():
    """Make the world and return its rows by name."""
    w = SimpleNamespace()
    start = datetime.date(2020, 1, 1)
    w.province = Unit.objects.create(code="22", name="Tỉnh Quảng Ninh", level="province", kind="tỉnh", valid_from=start)
    w.district = Unit.objects.create(
        code="193", name="Thành phố Hạ Long", level="district", kind="thành phố", parent=w.province, valid_from=start
    )
    w.site = Site.objects.create(
        code="TTHCC", name="Trung tâm Phục vụ hành chính công tỉnh", short_name="Trung tâm", unit=w.province
    )
    w.t1, w.t2, w.t3 = [Post.objects.create(site=w.site, code=f"T{n}", name=f"Tầng {n}", position=n) for n in (1, 2, 3)]
    for session, starts, ends in [("sang", (7, 30), (11, 30)), ("chieu", (13, 30), (17, 0))]:
        SiteSession.objects.create(
            site=w.site, session=session, starts_at=datetime.time(*starts), ends_at=datetime.time(*ends)
        )
    w.other_site = Site.objects.create(code="H193", name="Trung tâm Hạ Long", short_name="Hạ Long", unit=w.district)
    w.other_post = Post.objects.create(site=w.other_site, code="Q1", name="Quầy hướng dẫn")
    w.team = Team.objects.create(code="TINH", name="Đội hình tỉnh", unit=w.province, home_site=w.site)
    w.other_team = Team.objects.create(code="HL", name="Đội hình Hạ Long", unit=w.district, home_site=w.other_site)
    _make_people(w)
    _make_lists(w)
    return w


def _make_people(w):
    w.volunteer = make_user("tnv", "Nguyễn Thu Hà", team=w.team, home_post=w.t2, phone="0912345678")
    w.mate = make_user("ban", "Phạm Quốc Khánh", team=w.team, home_post=w.t1)
    w.leader = make_user("doitruong", "Lý Thị Hạnh", team=w.team, home_post=w.t2)
    Role.objects.create(user=w.leader, kind="leader", team=w.team)
    w.stranger = make_user("nguoila", "Vũ Ngọc Ánh", team=w.other_team, home_post=w.other_post)
    w.leadership = make_user("lanhdao", "Phạm Hồng Sơn")
    Role.objects.create(user=w.leadership, kind="leadership", unit=w.province)


def _make_lists(w):
    w.department = Department.objects.create(code="STP", name="Sở Tư pháp")
    w.counter = Counter.objects.create(site=w.site, post=w.t2, department=w.department, code="12", name="Quầy 12")
    for code, name, counts in [
        ("1", "Mức 1", ""), ("2", "Mức 2", ""), ("3", "Mức 3", "dossiers_partial"), ("4", "Mức 4", "dossiers_full"),
        ("partial", "Một phần", "dossiers_partial"), ("full", "Toàn trình", "dossiers_full"),
    ]:  # fmt: skip
        until = datetime.date(2022, 9, 1) if code.isdigit() else None
        ServiceLevel.objects.create(code=code, name=name, counts_as=counts, valid_until=until)
    w.procedure = Procedure.objects.create(
        code="2.000635", name="Cấp bản sao Trích lục hộ tịch, bản sao Giấy khai sinh", sector="Hộ tịch",
        department=w.department, level=ServiceLevel.objects.get(code="full"),
        official_url="https://dichvucong.gov.vn/thu-tuc", bring="Tờ khai\nGiấy tờ tùy thân",
    )  # fmt: skip
    Procedure.objects.create(code="1.000001", name="Cấp hộ chiếu phổ thông ở trong nước", sector="Xuất nhập cảnh")
    flags = {
        "don_tiep": {}, "lay_so": {}, "len_quay": {"counts_guided": True},
        "gioi_thieu": {"counts_reached": True}, "to_roi": {"counts_reached": True, "counts_leaflets": True},
        "vneid": {"counts_guided": True, "opens_account": True}, "huong_dan": {"counts_guided": True},
        "ra_soat": {"counts_guided": True}, "nop_ho_so": {"counts_guided": True, "needs_dossier": True},
    }  # fmt: skip
    for position, (code, values) in enumerate(flags.items(), start=1):
        activity = Activity.objects.create(
            code=code, name=f"Việc {code}", short_name=code[:20], position=position, **values
        )
        usual = code in {"don_tiep", "gioi_thieu", "to_roi"}
        DeskButton.objects.create(site=w.site, activity=activity, position=position, in_usual=usual)
    Activity.objects.create(
        code="lap_tk", name="Lập tài khoản công dân điện tử", short_name="Lập tài khoản", opens_account=True,
        valid_until=datetime.date(2024, 7, 1),
    )  # fmt: skip
    NotSubmittedReason.objects.create(code="thieu_giay_to", name="Thiếu giấy tờ")
    DossierCodePattern.objects.create(
        name="Mã một cửa tỉnh", pattern=r"\d{3}\.\d{2}\.\d{2}\.H49-\d{6}-\d{4}", example="000.00.00.H49-200224-0001"
    )


def roster_world(month=datetime.date(2026, 11, 1)):
    """The world with a draft roster (`roster`) and three more people: one away, one not yet here, one for T1 only."""
    w = make_world()
    w.roster = Roster.objects.create(site=w.site, month=month)
    w.away = make_user("vang", "Đặng Hải Yến", team=w.team)
    Leave.objects.create(volunteer=w.away.volunteer, date_from=month, date_to=month + datetime.timedelta(days=14))
    w.newcomer = make_user("moi", "Bùi Đức Long", team=w.team)
    Volunteer.objects.filter(user=w.newcomer).update(joined=month + datetime.timedelta(days=15))
    w.specialist = make_user("tang1", "Đỗ Thùy Linh", team=w.team)
    w.specialist.volunteer.posts.add(w.t1)
    for user in (w.newcomer, w.specialist):
        user.volunteer.refresh_from_db()
    return w


def publish(roster, by, at=None):
    """Make the roster published, version 1, without telling anybody."""
    Roster.objects.filter(pk=roster.pk).update(
        state="published", version=1, published_at=at or timezone.now(), published_by=by
    )
    roster.refresh_from_db()
    roster.changes.create(kind="publish", version=1, made_by=by)


def body(**changes):
    """A plain body for POST /desk/visits/: one citizen, the usual combination."""
    return {
        "id": str(uuid.uuid4()),
        "audience": "citizen",
        "activities": ["don_tiep", "gioi_thieu", "to_roi"],
        "account": "",
        **changes,
    }


def dossier(**changes):
    """The dossier part of a body: submitted at level full, both ticks."""
    return {"level": "full", "guided": True, "complete": True, "outcome": "submitted", **changes}


def earlier(**ago):
    """An ISO time before now, for occurred_at."""
    return (timezone.now() - datetime.timedelta(**ago)).isoformat()
