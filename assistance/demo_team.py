"""What the people of the demo world said and were told: leave, wishes, regulations, a swap, a place to take."""

import datetime

from django.urls import reverse
from django.utils import timezone

from shifts.attendance import hours_on
from shifts.duties.absences import cannot_come
from shifts.duties.swaps import ask
from shifts.models import (
    Assignment,
    Attendance,
    AttendanceMark,
    CalendarFeed,
    Leave,
    Notice,
    OpenPlace,
    OutreachEvent,
    PaperSettings,
    Preference,
    Regulation,
    RegulationAcknowledgement,
    Roster,
    RosterTemplate,
    SwapRequest,
)
from shifts.roster.paper.papers import settings_of

from .demo_roster import NOT_HERE_YET, next_month

# Username, month (0: this one), first and last day, session, reason.
LEAVES = [
    ("yen.bui", -1, 5, 9, "", "Tập huấn cán bộ Đoàn tại Hà Nội"),
    ("khanh.le", -1, 20, 21, "", "Về quê giỗ ông"),
    ("hanh.nguyen", 0, 3, 6, "", "Con ốm"),
    ("son.doan", 0, 12, 12, "sang", "Khám sức khỏe định kỳ"),
    ("quynh.mai", 0, 16, 20, "", "Đi công tác"),
    ("tnv", 1, 10, 11, "", "Thi cuối kỳ lớp văn bằng hai"),
    ("lan.dinh", 1, 1, 12, "", "Đám cưới em gái, về Thái Bình"),
    ("cuong.do", 1, 7, 9, "", "Đi công tác"),
    ("dung.bui", 1, 14, 14, "chieu", "Họp phụ huynh"),
    ("hieu.tran", 1, 15, 18, "", "Tập huấn phòng cháy"),
    ("mai.to", 1, 21, 24, "", "Nghỉ phép năm"),
    ("phuc.hoang", 1, 2, 2, "sang", "Khám sức khỏe định kỳ"),
    ("thao.nguyen", 1, 21, 31, "", "Nghỉ phép năm"),
    ("binh.hoang", 1, 17, 18, "", "Bảo vệ luận văn thạc sĩ"),
]
# Username, sessions, weekdays, floors.
WISHES = [
    ("tnv", "", "135", ["T2"]),
    ("chi.le", "sang", "", []),
    ("giang.dang", "", "24", ["T1", "T2"]),
    ("nam.luong", "", "2345", []),
    ("ngan.pham", "chieu", "", ["T3"]),
    ("son.doan", "", "", ["T3"]),
]
LIMITS = {"duong.ngo": (1, None), "lan.dinh": (2, 4), "mai.to": (None, 3), "thao.nguyen": (2, None)}
FLOORS_OF = {"lan.dinh": ["T1"], "mai.to": ["T1", "T2"], "phuc.hoang": ["T3"], "khanh.le": ["T2", "T3"]}
RULES = [
    "Điều 1. Mỗi ngày làm việc có ít nhất ba bạn trực ở ba tầng của Trung tâm, mỗi tầng một bạn.",
    "Điều 2. Có mặt trước giờ mở cửa 15 phút, mặc áo xanh tình nguyện, đeo thẻ.",
    "Điều 3. Tiếp đón, hỏi nhu cầu, hướng dẫn lấy số và chỉ quầy; giới thiệu dịch vụ công trực tuyến;"
    " không làm thay phần việc của cán bộ một cửa.",
    "Điều 4. Không giữ giấy tờ, mật khẩu hay mã OTP của người dân.",
    "Điều 5. Không đến được thì báo trên hệ thống sớm nhất có thể và tìm bạn thay.",
]
NEW_RULE = "Điều 6. Ghi từng lượt hỗ trợ ngay tại bàn; cuối buổi xem lại số liệu và ghi lời bàn giao cho bạn sau."
SLOW_READERS = {"tnv", "hieu.tran", "linh.vu", "phuc.hoang", "quynh.mai", "yen.bui", "dung.bui", "nam.luong"}
LATE_NOTE = "Xe buýt đến muộn"


def remove_rosters():
    """Take away the rosters of an earlier run, and all that people did with them in trying the site out."""
    order = [Notice, CalendarFeed, SwapRequest, OpenPlace, Attendance, Assignment, Roster, RosterTemplate]
    for model in [*order, OutreachEvent, Leave, Preference, RegulationAcknowledgement, Regulation]:
        model.objects.all().delete()


def add_wishes(people, today, now):
    """Store leave and preferences; return the leave."""
    leaves = []
    for name, month, first, last, session, reason in LEAVES:
        start = shifted(today, month)
        end = next_month(start) - datetime.timedelta(days=1)
        leaves.append(
            Leave(
                volunteer=people[name],
                date_from=start.replace(day=min(first, end.day)),
                date_to=start.replace(day=min(last, end.day)),
                session=session,
                reason=reason,
                made_by=people[name].user,
                made_at=now - datetime.timedelta(days=6),
            )
        )
    Leave.objects.bulk_create(leaves)
    floors = {post.code: post for post in people["tnv"].team.home_site.posts.all()}
    for name, sessions, weekdays, codes in WISHES:
        wish = Preference.objects.create(volunteer=people[name], sessions=sessions, weekdays=weekdays)
        wish.posts.set([floors[code] for code in codes])
    return leaves


def shifted(today, months):
    """First day of this month, the one before or the one after."""
    first = today.replace(day=1)
    return next_month(first) if months > 0 else (first - datetime.timedelta(days=-months)).replace(day=1)


def add_regulations(people, now):
    """Two versions: one that nearly all have read, and the newest, which tnv has not."""
    team = people["tnv"].team
    for version, rules, days in [(1, RULES, 120), (2, [*RULES, NEW_RULE], 5)]:
        issued = now - datetime.timedelta(days=days)
        regulation = Regulation.objects.create(
            team=team, version=version, text="\n\n".join(rules), published_at=issued
        )
        slow = {"quynh.mai"} if version == 1 else SLOW_READERS
        RegulationAcknowledgement.objects.bulk_create(
            RegulationAcknowledgement(
                regulation=regulation, user=person.user, made_at=issued + datetime.timedelta(hours=3 + place)
            )
            for place, (name, person) in enumerate(sorted(people.items()))
            if name not in slow
        )
    slow = [person.user for name, person in people.items() if name in SLOW_READERS]
    Notice.objects.bulk_create(
        Notice(
            user=user,
            kind="regulation",
            text=f"Có {regulation.title} bản 2. Bạn hãy đọc và xác nhận.",
            url=reverse("me:regulations"),
            key=f"regulation-{regulation.pk}",
            made_at=issued,
            mailed_at=issued,
        )
        for user in slow
    )


def add_paper(site):
    """The head and foot of the printed roster, as a centre of the province would have it."""
    settings = PaperSettings.objects.filter(site=site).first() or settings_of(site)
    if settings.pk is None:
        settings.signer_title, settings.signer = "PHÓ BÍ THƯ", "Hoàng Thị Lan Anh"
        settings.save()


def add_moves(story, now):
    """Tomorrow somebody cannot come, and the day after somebody asks tnv to take their duty."""
    people = story.book.people
    if story.extra:
        date, person, _post = story.extra
        cannot_come(volunteer=person, duties=duties_on(person, date), by=person.user, at=now)
    if len(story.ahead) > 1:
        date, tnv = story.ahead[1], people["tnv"]
        givers = [person for person, post in story.book.duties[date] if post.pk in tnv.own_posts]
        if givers and story.book.free(tnv, date):
            ask(
                volunteer=givers[0],
                other=tnv,
                given=duties_on(givers[0], date),
                message="Mình có việc gia đình, nhờ bạn trực giúp nhé.",
                by=givers[0].user,
                at=now,
            )


def duties_on(person, date):
    return list(Assignment.objects.active().filter(volunteer=person, date=date, roster__isnull=False))


def draw_fates(story, chance):
    """(date, volunteer) -> "late", "excused" or "absent" for a few of the past duties; the others came in time."""
    fates = {}
    for date, on_duty in sorted(story.book.duties.items()):
        if date < story.today and chance.random() < 0.3:
            person, _post = chance.choice(on_duty)
            fates[date, person.pk] = chance.choices(["late", "excused", "absent"], [6, 3, 1])[0]
    return fates


class Attended:
    """Draws how each past duty was attended, so that it fits the visits: nobody logs before they came."""

    def __init__(self, *, fates, first_visits, now, chance):
        self.fates, self.first_visits, self.now, self.chance = fates, first_visits, now, chance
        self.zone = timezone.get_current_timezone()

    def of(self, duty, starts_at, ends_at):
        """The attendance of a duty that has begun, or None while nobody said anything."""
        starts, ends = (datetime.datetime.combine(duty.date, time, self.zone) for time in (starts_at, ends_at))
        fate = self.fates.get((duty.date, duty.volunteer_id))
        if starts > self.now or fate == "expected":
            return None
        if fate in ("absent", "excused"):
            note = "Đã báo đội trưởng" if fate == "excused" else ""
            return Attendance(assignment=duty, state=fate, note=note)
        if fate == "late" and duty.session == "sang":
            arrived = starts + datetime.timedelta(minutes=self.chance.randint(12, 25))
            return self.came(duty, "late", arrived, starts, ends, LATE_NOTE)
        arrived = starts + datetime.timedelta(minutes=self.chance.randint(-18, 4))
        first = self.first_visits.get((duty.volunteer.user_id, duty.date, duty.session), arrived)
        return self.came(duty, "present", min(arrived, first, self.now), starts, ends)

    def came(self, duty, state, arrived, starts, ends, note=""):
        left = None
        if ends < self.now - datetime.timedelta(minutes=15) and state == "present" and self.chance.random() < 0.5:
            state, left = "left", ends + datetime.timedelta(minutes=self.chance.randint(0, 12))
        minutes = hours_on(duty.date, starts.time(), ends.time()).minutes(arrived, left)
        return Attendance(
            assignment=duty, state=state, arrived_at=arrived, left_at=left, minutes=minutes, note=note
        )


def add_attendance(story, *, fates, first_visits, now, chance):
    """Store the attendance of every duty that has begun, with the mark that led to it."""
    waited_for = story.book.people[NOT_HERE_YET[0]]
    fates = fates | {(story.today, waited_for.pk): "expected"}
    draw = Attended(fates=fates, first_visits=first_visits, now=now, chance=chance)
    hours = {row.session: (row.starts_at, row.ends_at) for row in story.site.sessions.all()}
    duties = Assignment.objects.announced().filter(date__lte=story.today).order_by("date", "session", "pk")
    rows = []
    for duty in duties.select_related("event", "volunteer__user", "volunteer__team"):
        times = (duty.event.starts_at, duty.event.ends_at) if duty.event else hours[duty.session]
        rows.append(draw.of(duty, *times))
    rows = [row for row in rows if row]
    for row in rows:
        row.team = row.assignment.volunteer.team
        row.unit_id = row.team.unit_id
    rows = Attendance.objects.bulk_create(rows)
    AttendanceMark.objects.bulk_create(
        AttendanceMark(
            attendance=row,
            state=row.state,
            arrived_at=row.arrived_at,
            left_at=row.left_at,
            note=row.note,
            made_by=row.assignment.volunteer.user if row.arrived_at else story.leader,
            made_at=row.left_at or row.arrived_at or now,
        )
        for row in rows
    )
