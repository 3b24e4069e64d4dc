"""What people are told: on their pages, in the bell, and by e-mail once."""

import datetime
import threading
from functools import partial
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse

from shifts.due import run_due
from shifts.mails import mail_notices
from shifts.models import Assignment, DueRun, Notice, OutreachEvent, Role
from shifts.notices import forget_old_notices, tell
from shifts.roster.changes import change_roster
from shifts.roster.facts import Duty
from shifts.roster.reminders import remind_of_tomorrow
from tests.factories import make_world, publish, roster_world

from .test_due import run_together

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime.datetime(2026, 11, 24, 12, 0, tzinfo=HANOI)


@pytest.fixture
def w(world):
    for user in (world.volunteer, world.mate):
        user.email = f"{user.username}@example.vn"
        user.save()
    return world


def told(user, text="Bạn có ca thứ Hai 02/11 (Tầng 1, sáng).", *, minutes=5, url="/me/", **fields):
    made_at = NOON - datetime.timedelta(minutes=minutes)
    return Notice.objects.create(user=user, kind="duty", text=text, url=url, made_at=made_at, **fields)


@pytest.mark.django_db
class TestMail:
    def test_new_notices_of_a_person_go_out_as_one_mail_once(self, w, settings):
        settings.SITE_URL = "https://tinhnguyen.example.vn"
        told(w.volunteer, "Lịch trực tháng 11 đã công bố.", minutes=9)
        told(w.volunteer)
        assert mail_notices(NOON) == "Đã gửi 1 thư."
        [message] = mail.outbox
        assert message.to == ["tnv@example.vn"]
        assert message.subject == "Bạn có ca thứ Hai 02/11 (Tầng 1, sáng), và 1 việc nữa"
        assert "Chào Thu Hà," in message.body
        assert "- Lịch trực tháng 11 đã công bố.\n  https://tinhnguyen.example.vn/me/" in message.body
        html, kind = message.alternatives[0]
        assert (kind, html.count("https://tinhnguyen.example.vn/me/")) == ("text/html", 2)
        assert '<div class="letter" style="max-width: 560px' in html  # what no mail program reads from a sheet
        assert "<link" not in html and "<style" not in html
        assert Notice.objects.filter(mailed_at=NOON).count() == 2
        assert mail_notices(NOON) == "Không có thư nào chờ gửi."
        assert len(mail.outbox) == 1

    def test_what_is_fresh_read_or_without_address_is_not_mailed(self, w):
        told(w.volunteer, minutes=1)
        told(w.mate, read_at=NOON)
        told(w.leader)
        assert mail_notices(NOON) == "Không có thư nào chờ gửi."
        assert mail.outbox == []
        assert Notice.objects.filter(mailed_at__isnull=False).count() == 0

    def test_text_is_escaped_in_html_and_plain_in_text(self, w):
        told(w.volunteer, "Hoạt động tại <b>chợ & bến</b> đã hủy.\nXem lại.")
        mail_notices(NOON)
        [message] = mail.outbox
        assert message.subject == "Hoạt động tại <b>chợ & bến</b> đã hủy. Xem lại"
        assert "<b>chợ & bến</b>" in message.body
        assert "&lt;b&gt;chợ &amp; bến&lt;/b&gt;" in message.alternatives[0][0]

    def test_a_question_loses_its_mark_before_the_rest_of_the_subject(self, w):
        told(w.volunteer, minutes=9)
        told(w.volunteer, "Đang cần người: thứ Ba 03/11. Bạn nhận được không?")
        mail_notices(NOON)
        assert mail.outbox[0].subject == "Đang cần người: thứ Ba 03/11. Bạn nhận được không, và 1 việc nữa"

    def test_a_long_subject_ends_at_a_word(self, w):
        told(w.volunteer, "Bạn có ca " + ", ".join(f"thứ Hai {day:02d}/11 (Tầng 1, sáng)" for day in range(2, 9)))
        mail_notices(NOON)
        assert len(mail.outbox[0].subject) <= 111
        assert mail.outbox[0].subject.endswith("…")

    def test_what_could_not_be_sent_for_a_day_is_sent_as_late_and_after_a_week_no_more(self, w):
        told(w.volunteer, "Mới.")
        told(w.volunteer, "Hôm kia.", minutes=2 * 24 * 60)
        told(w.volunteer, "Tháng trước.", minutes=30 * 24 * 60)
        mail_notices(NOON)
        body = mail.outbox[0].body
        assert body.index("- Mới.") < body.index("nay mới gửi được thư:") < body.index("12:00 22/11/2026: Hôm kia.")
        assert "Tháng trước" not in body

    def test_a_server_that_is_down_loses_nothing(self, w, monkeypatch):
        told(w.volunteer)
        told(w.mate)
        sending = EmailBackend.send_messages

        def down_after_one(self, messages):
            if mail.outbox:
                raise SMTPServerDisconnected("mất kết nối")
            return sending(self, messages)

        monkeypatch.setattr(EmailBackend, "send_messages", down_after_one)
        with pytest.raises(SMTPServerDisconnected):
            mail_notices(NOON)
        monkeypatch.undo()
        assert mail_notices(NOON) == "Đã gửi 1 thư."
        assert sorted(message.to[0] for message in mail.outbox) == ["ban@example.vn", "tnv@example.vn"]

    def test_a_server_that_is_down_is_a_job_that_failed(self, w, monkeypatch):
        def down(self, messages):
            raise SMTPServerDisconnected("mất kết nối")

        told(w.volunteer)
        monkeypatch.setattr(EmailBackend, "send_messages", down)
        report = run_due(NOON)
        assert [run.job for run in report.failed] == ["mail_notices"]
        assert "mất kết nối" in DueRun.objects.get(job="mail_notices").error
        monkeypatch.undo()
        later = NOON + datetime.timedelta(minutes=3)
        assert run_due(later).done["mail_notices"] == "Đã gửi 1 thư."

    def test_administrators_are_told_once_a_day_of_a_job_that_keeps_failing(self, w, monkeypatch):
        def down(self, messages):
            raise SMTPServerDisconnected("mất kết nối")

        Role.objects.create(user=w.mate, kind="administrator", unit=w.province)
        told(w.volunteer)
        monkeypatch.setattr(EmailBackend, "send_messages", down)
        for minute in (0, 2, 5, 10, 20):
            run_due(NOON + datetime.timedelta(minutes=minute))
        [notice] = Notice.objects.filter(kind="job")
        assert (notice.user, notice.text) == (
            w.mate,
            "Việc tự chạy “gửi thư cho người được báo” đã hỏng 3 lần liền. Xem lỗi trong trang quản trị.",
        )

    def test_a_refused_address_stops_nobody_else_and_is_tried_again_later(self, w, monkeypatch):
        told(w.volunteer)
        told(w.mate)
        sending = EmailBackend.send_messages

        def refuse_one(self, messages):
            if messages[0].to == ["tnv@example.vn"]:
                raise SMTPRecipientsRefused({"tnv@example.vn": (550, b"no such user")})
            return sending(self, messages)

        monkeypatch.setattr(EmailBackend, "send_messages", refuse_one)
        assert mail_notices(NOON) == "Đã gửi 1 thư. Địa chỉ bị từ chối: tnv."
        assert mail_notices(NOON) == "Không có thư nào chờ gửi."
        monkeypatch.undo()
        assert mail_notices(NOON + datetime.timedelta(minutes=15)) == "Đã gửi 1 thư."

    @pytest.mark.parametrize("count", [1, 3])
    def test_each_person_costs_the_same(self, w, count, django_assert_num_queries):
        for _ in range(count):
            told(w.volunteer)
        with django_assert_num_queries(6):  # who waits; begin, lock, mark, end; sent
            mail_notices(NOON)


@pytest.mark.django_db(transaction=True)
def test_two_calls_at_once_mail_each_person_once(monkeypatch):
    w = make_world()
    people = [w.volunteer, w.mate, w.leader]
    for person in people:
        person.email = f"{person.username}@example.vn"
        person.save()
        told(person)
        told(person)
    # The test's own outbox is a plain list, filled by all threads alike.
    sent, lock = [], threading.Lock()

    def send(self, messages):
        with lock:
            sent.extend(message.to[0] for message in messages)
        return len(messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send)
    assert run_together(*[partial(mail_notices, NOON)] * 8) == []
    assert sorted(sent) == ["ban@example.vn", "doitruong@example.vn", "tnv@example.vn"]
    assert Notice.objects.filter(mailed_at__isnull=True).count() == 0


@pytest.mark.django_db
class TestPages:
    def test_the_bell_counts_what_is_unread(self, w, client):
        client.force_login(w.leadership)
        assert "bell-count" not in client.get("/notices/").content.decode()
        told(w.leadership)
        told(w.leadership, read_at=NOON)
        told(w.mate)
        page = client.get("/notices/").content.decode()
        assert '<span class="bell-count">1<span' in page
        assert page.count("notice-row") == 2

    def test_nobody_sees_or_marks_what_another_was_told(self, w, client):
        notice = told(w.mate, "Riêng của Khánh.")
        client.force_login(w.volunteer)
        assert "Riêng của Khánh" not in client.get("/notices/").content.decode()
        for name in ("notices:read", "notices:open"):
            assert client.post(reverse(name, args=[notice.pk])).status_code == 404
        assert client.post(f"/notices/{10**30}/read/").status_code == 404
        notice.refresh_from_db()
        assert notice.read_at is None

    def test_reading_one_marks_it_and_returns(self, w, client):
        notice, other = told(w.volunteer), told(w.volunteer)
        client.force_login(w.volunteer)
        answer = client.post(reverse("notices:read", args=[notice.pk]), {"next": "/me/"})
        assert answer.url == "/me/"
        for address in ("//xau.example/", "https://xau.example/", "khong-co", "home", "\x00"):
            assert client.post(reverse("notices:read", args=[other.pk]), {"next": address}).url == "/notices/"
        assert not Notice.objects.unread().filter(user=w.volunteer).exists()

    def test_opening_one_marks_it_and_leads_to_its_page(self, w, client):
        notice, odd = told(w.volunteer), told(w.volunteer, url="//xau.example/")
        client.force_login(w.volunteer)
        assert client.post(reverse("notices:open", args=[notice.pk])).url == "/me/"
        assert client.post(reverse("notices:open", args=[odd.pk])).url == "/notices/"
        assert not Notice.objects.unread().filter(user=w.volunteer).exists()

    def test_everything_is_marked_at_once(self, w, client):
        told(w.volunteer)
        told(w.volunteer)
        other = told(w.mate)
        client.force_login(w.volunteer)
        page = client.post(reverse("notices:read_all"), follow=True).content.decode()
        assert "Đã đánh dấu 2 lời báo là đã đọc." in page
        assert [row.pk for row in Notice.objects.unread()] == [other.pk]

    def test_marking_needs_a_post(self, w, client):
        notice = told(w.volunteer)
        client.force_login(w.volunteer)
        for url in ("/notices/read/", f"/notices/{notice.pk}/read/", f"/notices/{notice.pk}/open/"):
            assert client.get(url).status_code == 405

    def test_odd_pages_are_answered_with_a_page(self, w, client):
        client.force_login(w.volunteer)
        for number in ("0", "-1", "x", "9" * 40):
            assert client.get("/notices/", {"page": number}).status_code == 200

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_page_takes_the_same_queries_however_long(self, w, client, count, django_assert_num_queries):
        for _ in range(count):
            told(w.leadership)
        client.force_login(w.leadership)
        with django_assert_num_queries(5):  # session, user, notices (two), menu
            client.get("/notices/")


@pytest.mark.django_db
class TestTelling:
    def test_the_same_key_tells_once_and_the_author_never(self, w):
        assert tell([w.volunteer, w.mate], kind="x", text="Một.", key="k", by=w.mate) == 1
        assert tell([w.volunteer, w.mate], kind="x", text="Một.", key="k") == 1
        assert Notice.objects.count() == 2

    def test_old_notices_are_forgotten(self, w):
        day = 24 * 60
        told(w.volunteer, "cũ, đã đọc", minutes=100 * day, read_at=NOON - datetime.timedelta(days=91))
        told(w.volunteer, "mới đọc", minutes=100 * day, read_at=NOON - datetime.timedelta(days=89))
        told(w.volunteer, "chưa đọc", minutes=364 * day)
        told(w.volunteer, "quá cũ", minutes=366 * day)
        assert forget_old_notices(NOON) == 2
        assert sorted(Notice.objects.values_list("text", flat=True)) == ["chưa đọc", "mới đọc"]


@pytest.mark.django_db
class TestReminders:
    EVENING = datetime.datetime(2026, 11, 9, 18, 0, tzinfo=HANOI)
    TOMORROW = datetime.date(2026, 11, 10)

    def duties(self, w):
        duties = [
            Duty(self.TOMORROW, "sang", w.t2, w.volunteer.volunteer),
            Duty(self.TOMORROW, "chieu", w.t2, w.volunteer.volunteer),
            Duty(self.TOMORROW, "chieu", w.t1, w.mate.volunteer),
            Duty(datetime.date(2026, 11, 11), "sang", w.t1, w.leader.volunteer),
        ]
        change_roster(roster=w.roster, kind="edit", by=w.leader, add=duties)

    def test_those_on_duty_tomorrow_are_reminded_once(self):
        w = roster_world()
        self.duties(w)
        assert remind_of_tomorrow(self.EVENING) == 0, "a draft is nobody's duty"
        publish(w.roster, w.leader)
        assert remind_of_tomorrow(self.EVENING) == 2
        assert remind_of_tomorrow(self.EVENING) == 0
        assert sorted(Notice.objects.values_list("user__username", "text")) == [
            ("ban", "Nhắc bạn: thứ Ba 10/11 (Tầng 1, chiều), từ 13:30."),
            ("tnv", "Nhắc bạn: thứ Ba 10/11 (Tầng 2, sáng và chiều), từ 07:30."),
        ]

    def test_events_are_reminded_of_unless_cancelled(self):
        w = roster_world()
        for number, user in enumerate([w.volunteer, w.mate]):
            event = OutreachEvent.objects.create(
                team=w.team, date=self.TOMORROW, starts_at=datetime.time(8), ends_at=datetime.time(11),
                venue_kind="school", venue=f"Trường THPT {number}", host_unit=w.district,
                state=["confirmed", "cancelled"][number], cancel_reason=["", "mưa bão"][number],
            )  # fmt: skip
            Assignment.objects.create(event=event, date=self.TOMORROW, session="sang", volunteer=user.volunteer)
        assert remind_of_tomorrow(self.EVENING) == 1
        assert Notice.objects.get().text == "Nhắc bạn: thứ Ba 10/11 (Trường THPT 0, sáng), từ 08:00."

    def test_many_cost_no_more_reading_than_one(self, django_assert_max_num_queries):
        w = roster_world()
        self.duties(w)
        publish(w.roster, w.leader)
        with django_assert_max_num_queries(2 + 2 * 2):  # duties and hours; two for each person told
            remind_of_tomorrow(self.EVENING)
