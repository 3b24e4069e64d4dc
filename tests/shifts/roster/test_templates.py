"""A week kept as a template and laid over a month: only where it is free, in one change, without ghosts."""

import datetime

import pytest
from django.urls import reverse

from shifts.models import Assignment, CalendarDay, Leave, RosterChange, RosterTemplate
from shifts.roster import editing
from shifts.roster.changes import RosterRefused, change_roster
from shifts.roster.facts import Duty
from shifts.roster.templates import lay_template, save_template
from tests.factories import roster_world

pytestmark = pytest.mark.django_db
MONDAY = datetime.date(2026, 11, 2)
NOVEMBER = datetime.date(2026, 11, 1)
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def w():
    return roster_world()


@pytest.fixture
def leader(w, client):
    client.force_login(w.leader, backend="shifts.backends.UsernameOrPhoneBackend")
    return client


def give(w, person, *, date=MONDAY, session="sang", post=None):
    duty = Duty(date, session, post or w.t1, person.volunteer)
    change_roster(roster=w.roster, kind="edit", by=w.leader, add=[duty])


def kept(w):
    give(w, w.volunteer)
    give(w, w.mate, post=w.t2, date=datetime.date(2026, 11, 3))
    return save_template(site=w.site, monday=MONDAY, name="Tuần thường")


def held(w):
    rows = Assignment.objects.active().order_by("date")
    return [(f"{row.date:%d}", row.post.code, row.volunteer.user.username) for row in rows]


def test_a_week_is_kept_with_its_weekdays(w):
    template = kept(w)
    lines = template.lines.values_list("weekday", "session", "post__code", "volunteer__user__username")
    assert list(lines) == [(1, "sang", "T1", "tnv"), (2, "sang", "T2", "ban")]


def test_it_is_laid_on_every_week_as_one_change(w):
    laid = lay_template(template=kept(w), month=NOVEMBER, by=w.leader)
    assert (laid.given, laid.refused) == (7, [])
    days = [("02", "T1", "tnv"), ("03", "T2", "ban"), ("09", "T1", "tnv"), ("10", "T2", "ban"), ("16", "T1", "tnv")]
    assert held(w) == [*days, ("17", "T2", "ban"), ("23", "T1", "tnv"), ("24", "T2", "ban"), ("30", "T1", "tnv")]
    assert RosterChange.objects.filter(kind="template").count() == 1


def test_undo_takes_all_of_it_back_and_leaves_what_was_there(w):
    lay_template(template=kept(w), month=NOVEMBER, by=w.leader)
    editing.undo(site=w.site, month=NOVEMBER, by=w.leader)
    assert held(w) == [("02", "T1", "tnv"), ("03", "T2", "ban")]


def test_undo_on_the_page_says_that_it_was_a_template(w, leader):
    lay_template(template=kept(w), month=NOVEMBER, by=w.leader)
    answer = leader.post(reverse("roster:undo", args=["TTHCC", NOVEMBER]), {}, **HTMX)
    assert "Đã hoàn tác: lịch mẫu." in answer.content.decode()


def test_laying_it_twice_gives_nothing_twice(w):
    template = kept(w)
    lay_template(template=template, month=NOVEMBER, by=w.leader)
    assert lay_template(template=template, month=NOVEMBER, by=w.leader).given == 0
    assert RosterChange.objects.filter(kind="template").count() == 1


def test_what_was_arranged_by_hand_stays(w):
    template = kept(w)
    give(w, w.specialist, date=datetime.date(2026, 11, 9))
    lay_template(template=template, month=NOVEMBER, by=w.leader)
    assert ("09", "T1", "tang1") in held(w)
    assert ("09", "T1", "tnv") not in held(w)


def test_closed_days_are_left_out_and_refused_duties_are_named(w):
    template = kept(w)
    CalendarDay.objects.create(date="2026-11-16", name="Mất điện", is_open=False, site=w.site)
    Leave.objects.create(volunteer=w.mate.volunteer, date_from="2026-11-10", date_to="2026-11-10")
    laid = lay_template(template=template, month=NOVEMBER, by=w.leader)
    assert (laid.given, laid.refused) == (5, ["Quốc Khánh báo bận ngày 10/11."])
    assert "16" not in {day for day, _post, _who in held(w)}


def test_a_week_without_duties_is_no_template(w):
    with pytest.raises(RosterRefused, match="chưa có ca nào"):
        save_template(site=w.site, monday=MONDAY, name="Trống")


def test_a_name_is_kept_once_the_newer_week_counts(w):
    kept(w)
    give(w, w.leader, post=w.t3)
    save_template(site=w.site, monday=MONDAY, name="  Tuần   thường ")
    assert [(row.name, row.lines.count()) for row in RosterTemplate.objects.all()] == [("Tuần thường", 3)]


def test_on_the_page(w, leader):
    give(w, w.volunteer)
    give(w, w.mate, post=w.t2)
    Leave.objects.create(volunteer=w.mate.volunteer, date_from="2026-11-09", date_to="2026-11-09")
    save = reverse("roster:save_template", args=["TTHCC", NOVEMBER])
    answer = leader.post(save, {"week": "2026-11-02", "name": "Tuần 1"}, **HTMX)
    assert "Đã giữ lịch mẫu “Tuần 1”." in answer.content.decode()
    template = RosterTemplate.objects.get()
    answer = leader.post(reverse("roster:lay_template", args=["TTHCC", NOVEMBER]), {"template": template.pk}, **HTMX)
    page = answer.content.decode()
    assert "Lịch mẫu “Tuần 1”: đã xếp 7 ca." in page
    assert "<li>Quốc Khánh báo bận ngày 09/11.</li>" in page
    leader.post(reverse("roster:drop_template", args=["TTHCC", NOVEMBER]), {"template": template.pk}, **HTMX)
    assert RosterTemplate.objects.count() == 0
    assert Assignment.objects.count() == 9


def test_undo_is_offered_only_for_duties_that_the_template_gave(w, leader):
    template = kept(w)
    toast_undo = "</span><form"  # beside the sentence; the button of the head stands elsewhere

    def said(name, values):
        page = leader.post(reverse(f"roster:{name}", args=["TTHCC", NOVEMBER]), values, **HTMX).content.decode()
        toast = page.partition('class="toast-slot"')[2].partition('id="carry"')[0]
        return toast_undo in toast, "không xếp thêm ca nào" in toast

    assert said("save_template", {"week": "2026-11-02", "name": "Tuần 2"}) == (False, False)
    assert said("lay_template", {"template": template.pk}) == (True, False)
    assert said("lay_template", {"template": template.pk}) == (False, True)
    assert said("drop_template", {"template": template.pk}) == (False, False)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("save_template", {"week": "junk", "name": "A"}),
        ("save_template", {"week": "2026-11-02", "name": " "}),
        ("save_template", {"week": "2026-11-02", "name": "x" * 61}),
        ("save_template", {"week": "9999-12-31", "name": "A"}),
        ("lay_template", {}),
        ("lay_template", {"template": "9" * 30}),
        ("drop_template", {"template": "Ω"}),
    ],
)
def test_junk_is_refused_with_a_sentence(w, leader, name, values):
    answer = leader.post(reverse(f"roster:{name}", args=["TTHCC", NOVEMBER]), values, **HTMX)
    assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (422, True)


def test_a_template_of_another_site_is_not_found(w, leader):
    foreign = RosterTemplate.objects.create(site=w.other_site, name="Lạ")
    answer = leader.post(reverse("roster:lay_template", args=["TTHCC", NOVEMBER]), {"template": foreign.pk}, **HTMX)
    assert answer.status_code == 404
