"""Reads what a desk sends into a VisitEntry, or says field by field what is wrong with it."""

import datetime
import hashlib
import hmac
import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from assistance.models import Visit
from assistance.reference import reference

DESK_ACCEPTS_DAYS_BACK = 90
CLOCK_MAY_BE_AHEAD_MINUTES = 5
MOST_ACTIVITIES = 12
PLAUSIBLE_CODE = re.compile(r"[A-Z0-9][A-Z0-9./-]{6,38}[A-Z0-9]")
QUEUE_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]{0,11}")
OUTCOMES = ("submitted", "prepared", "not_submitted")


class EntryRefused(Exception):
    """The entry has faults: errors is field -> [sentence]; ask names a field that only wants a confirmation."""

    def __init__(self, errors, ask=""):
        super().__init__("; ".join(sentence for sentences in errors.values() for sentence in sentences))
        self.errors, self.ask = errors, ask


@dataclass
class DossierEntry:
    """What was sent about a dossier, as model objects."""

    outcome: str
    level: Any = None
    code: str = ""
    guided: bool = False
    complete: bool = False
    reason: Any = None


@dataclass
class VisitEntry:
    """What was sent about a visit, as model objects."""

    id: uuid.UUID
    occurred_at: datetime.datetime
    audience: str
    activities: list = field(default_factory=list)
    account: str = ""
    site: Any = None
    post: Any = None
    event: Any = None
    procedure: Any = None
    department: Any = None
    counter: Any = None
    queue_number: str = ""
    dossier: DossierEntry | None = None


def fingerprint(body: dict) -> str:
    """Return the mark by which the same body is known again: SHA-256 of its JSON with sorted keys."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def code_digest(code: str) -> str:
    """Return the keyed digest that stays of a dossier code when the code itself is erased ("" of "")."""
    if not code:
        return ""
    return hmac.new(settings.DIGEST_KEY.encode(), code.encode(), hashlib.sha256).hexdigest()


def parse_entry(data: dict, *, place, team, now=None, stored_at=None) -> VisitEntry:
    """Return the entry in data (the JSON body of POST /desk/visits/), or raise EntryRefused.

    place gives the default site and post, and the event that was found for the person; team bounds the sites that may
    be named. stored_at is the time of the visit that is being edited: however old it is, it may stay.
    """
    return _Reader(data, place=place, team=team, now=now or timezone.now(), stored_at=stored_at).read()


class _Reader:
    """Reads field after field and gathers every fault, so that all are said at once."""

    def __init__(self, data, *, place, team, now, stored_at):
        self.data, self.place, self.team, self.now, self.stored_at = data, place, team, now, stored_at
        self.errors, self.ask = {}, ""
        self.lists = reference()

    def fault(self, name, sentence):
        self.errors.setdefault(name, []).append(sentence)

    def text(self, source, name, key=None, longest=60):
        """A text field, "" when missing; a fault for another type, a null character or too long a text."""
        value = source.get(name)
        key = key or name
        if value is None:
            return ""
        if not isinstance(value, str):
            self.fault(key, _("Trường này phải là chữ."))
        elif len(value) > longest:
            self.fault(
                key, _("Dài {length} ký tự, nhiều nhất {most}. Hãy rút ngắn.").format(length=len(value), most=longest)
            )
        elif "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
            self.fault(key, _("Có ký tự không đọc được. Hãy gõ lại."))
        else:
            return value.strip()
        return ""

    def flag(self, source, name, key):
        value = source.get(name, False)
        if value is None:
            return False
        if not isinstance(value, bool):
            self.fault(key, _("Trường này là có hoặc không (true, false)."))
            return False
        return value

    def read(self):
        entry = VisitEntry(id=self.identity(), occurred_at=self.time(), audience=self.audience())
        self.day = timezone.localdate(entry.occurred_at)
        entry.account = self.choice("account", Visit.Account.values, default="")
        entry.site, entry.post = self.site_and_post()
        entry.event = self.event()
        entry.activities = self.activities()
        entry.procedure, entry.department = self.need()
        entry.counter = self.counter(entry.site)
        entry.queue_number = self.queue_number()
        entry.dossier = self.dossier()
        if entry.dossier and entry.event and entry.event.venue_kind == "school":
            self.fault("dossier", _("Ở trường học chỉ ghi số người, không ghi hồ sơ. Bỏ phần hồ sơ rồi lưu lại."))
        if entry.account == "" and any(activity.opens_account for activity in entry.activities):
            entry.account = "opened"
        if self.errors:
            raise EntryRefused(self.errors, self.ask)
        return entry

    def identity(self):
        value = self.data.get("id")
        try:
            return uuid.UUID(value)
        except (ValueError, TypeError, AttributeError):
            self.fault("id", _("Thiếu mã lượt (UUID) do trình duyệt tạo. Tải lại trang rồi ghi lại."))

    def time(self):
        value = self.text(self.data, "occurred_at", longest=40)
        if not value:
            return self.now
        try:
            at = parse_datetime(value)
        except ValueError:
            at = None
        if at is None or at.year < 1900 or at.year > 9000:
            self.fault("occurred_at", _("Không đọc được thời gian. Ví dụ đúng: 2026-02-24T08:30."))
            return self.now
        at = timezone.make_aware(at) if timezone.is_naive(at) else at
        if at > self.now + datetime.timedelta(minutes=CLOCK_MAY_BE_AHEAD_MINUTES):
            self.fault("occurred_at", _("Giờ này chưa đến. Chọn giờ từ bây giờ trở về trước."))
        elif at < min(self.now - datetime.timedelta(days=DESK_ACCEPTS_DAYS_BACK), self.stored_at or self.now):
            self.fault(
                "occurred_at",
                _("Lượt đã quá {days} ngày. Nhờ cán bộ nhập vào số liệu tổng hợp.").format(days=DESK_ACCEPTS_DAYS_BACK),
            )
        return min(at, self.now)

    def audience(self):
        if self.data.get("audience") in (None, ""):
            self.fault("audience", _("Chọn đối tượng: người dân, đoàn viên thanh niên, hay doanh nghiệp tổ chức."))
            return ""
        return self.choice("audience", Visit.Audience.values)

    def choice(self, name, values, default=""):
        value = self.text(self.data, name)
        if value and value not in values:
            self.fault(
                name,
                _("“{value}” không có trong danh sách. Chọn một trong: {values}.").format(
                    value=value[:30], values=", ".join(filter(None, values))
                ),
            )
            return default
        return value or default

    def site_and_post(self):
        code = self.text(self.data, "site", longest=20)
        site = self.lists.sites.get(code) if code else self.place.site
        if site is None or not self.team.may_log_at(site):
            self.fault("site", _("Điểm “{code}” không thuộc đội của bạn. Chọn lại nơi trực.").format(code=code))
            return None, None
        if not site.holds_on(self.day):
            self.fault("site", _("{site} không hoạt động vào ngày này. Chọn điểm khác.").format(site=site.name))
        posts = self.lists.posts.get(site.pk, [])
        code = self.text(self.data, "post", longest=10)
        if code:
            post = next((post for post in posts if post.code == code), None)
            if post is None:
                self.fault(
                    "post",
                    _("{post} không có ở {site}. Chọn: {posts}.").format(
                        post=code, site=site.short_name, posts=", ".join(post.name for post in posts)
                    ),
                )
            return site, post
        if self.place.post and self.place.post.site_id == site.pk:
            return site, self.place.post
        if not posts:
            self.fault("post", _("{site} chưa có vị trí trực. Nhờ đội trưởng thêm.").format(site=site.short_name))
        return site, posts[0] if posts else None

    def event(self):
        """The outreach event at which it happened, as found for the person: none is at a desk."""
        if self.data.get("event") in (None, ""):
            return None
        event = self.place.event
        if event is None or str(event.pk) != str(self.data["event"]):
            self.fault("event", self.place.no_event or _("Hoạt động không đổi được. Hoàn tác lượt này rồi ghi lại."))
            return None
        if event.date != self.day:
            self.fault(
                "occurred_at",
                _("Hoạt động {venue} vào ngày {day}. Giờ của lượt phải trong ngày đó.").format(
                    venue=event.venue, day=f"{event.date:%d/%m/%Y}"
                ),
            )
        return event

    def activities(self):
        codes = self.data.get("activities")
        if not isinstance(codes, list) or not codes:
            self.fault("activities", _("Chọn ít nhất một việc đã giúp."))
            return []
        if len(codes) > MOST_ACTIVITIES or not all(isinstance(code, str) for code in codes):
            self.fault("activities", _("Danh sách việc không đọc được. Chọn lại các việc."))
            return []
        found = []
        for code in dict.fromkeys(codes):
            activity = self.lists.activities.get(code)
            if activity is None:
                self.fault("activities", _("Không có việc mang mã “{code}”.").format(code=_shown(code)))
            elif not activity.holds_on(self.day):
                self.fault(
                    "activities",
                    _("“{name}” không áp dụng vào ngày {day:%d/%m/%Y}.").format(name=activity.name, day=self.day),
                )
            else:
                found.append(activity)
        return found

    def need(self):
        procedure = department = None
        code = self.text(self.data, "procedure", longest=20)
        if code:
            procedure = self.lists.procedure(code)
            if procedure is None:
                self.fault(
                    "procedure", _("Không có thủ tục mang mã “{code}”. Tìm lại theo tên.").format(code=_shown(code))
                )
            elif not procedure.holds_on(self.day):
                self.fault("procedure", _("Thủ tục này không áp dụng vào ngày {day:%d/%m/%Y}.").format(day=self.day))
        code = self.text(self.data, "department", longest=20)
        if code:
            department = self.lists.departments.get(code)
            if department is None:
                self.fault("department", _("Không có sở, ngành mang mã “{code}”.").format(code=_shown(code)))
        elif procedure is not None:
            department = procedure.department
        return procedure, department

    def counter(self, site):
        code = self.text(self.data, "counter", longest=10)
        if not code or site is None:
            return None
        counter = next((row for row in self.lists.counters.get(site.pk, []) if row.code == code), None)
        if counter is None:
            self.fault("counter", _("{site} không có quầy “{code}”.").format(site=site.short_name, code=_shown(code)))
        return counter

    def queue_number(self):
        number = self.text(self.data, "queue_number", longest=12)
        if number and not QUEUE_NUMBER.fullmatch(number):
            self.fault("queue_number", _("Số thứ tự chỉ gồm chữ và số, ví dụ 083 hoặc A12."))
        return number

    def dossier(self):
        sent = self.data.get("dossier")
        if sent is None:
            return None
        if not isinstance(sent, dict):
            self.fault("dossier", _("Phần hồ sơ không đọc được. Tải lại trang rồi ghi lại."))
            return None
        outcome = self.text(sent, "outcome", "dossier.outcome") or "submitted"
        if outcome not in OUTCOMES:
            self.fault("dossier.outcome", _("Chọn kết quả: đã nộp, đã chuẩn bị, hay chưa nộp được."))
        dossier = DossierEntry(
            outcome=outcome,
            level=self.level(sent),
            code=self.code(sent),
            guided=self.flag(sent, "guided", "dossier.guided"),
            complete=self.flag(sent, "complete", "dossier.complete"),
        )
        if outcome == "submitted":
            if not dossier.guided:
                self.fault("dossier.guided", _("Chỉ nộp giúp khi sở, ngành đã hướng dẫn."))
            if not dossier.complete:
                self.fault("dossier.complete", _("Chỉ nộp giúp khi giấy tờ đã đủ. Nếu chưa, chọn “Đã chuẩn bị”."))
            if dossier.level is None and "dossier.level" not in self.errors:
                self.fault("dossier.level", _("Chọn mức dịch vụ của hồ sơ."))
        if outcome == "not_submitted":
            code = self.text(sent, "reason", "dossier.reason", longest=20)
            dossier.reason = self.lists.reasons.get(code)
            if dossier.reason is None:
                self.fault("dossier.reason", _("Chưa nộp được thì chọn một lý do trong danh sách."))
        return dossier

    def level(self, sent):
        value = sent.get("level")
        if value is None or value == "":
            return None
        level = None
        if isinstance(value, (int, str)) and not isinstance(value, bool):
            level = self.lists.levels.get(str(value)[:10])
        if level is None:
            self.fault("dossier.level", _("Mức dịch vụ là 1, 2, 3, 4, một phần hoặc toàn trình."))
        return level

    def code(self, sent):
        code = "".join(self.text(sent, "code", "dossier.code").upper().split())
        if not code or any(re.fullmatch(row.pattern, code) for row in self.lists.patterns):
            return code
        example = self.lists.patterns[0].example if self.lists.patterns else "000.00.00.H49-200224-0001"
        if not PLAUSIBLE_CODE.fullmatch(code) or sum(char.isdigit() for char in code) < 4:
            self.fault(
                "dossier.code",
                _("Mã hồ sơ không đúng. Ví dụ đúng: {example}. Không có mã thì để trống.").format(example=example),
            )
        elif not self.flag(sent, "code_confirmed", "dossier.code"):
            self.fault("dossier.code", _("Mã này khác các mẫu đã biết, ví dụ {example}. Nếu đúng là mã trên giấy hẹn, "
                "hãy xác nhận.").format(example=example))  # fmt: skip
            self.ask = "dossier.code"
        return code


def _shown(code):
    return code[:30]
