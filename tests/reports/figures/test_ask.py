"""What ask() answers: literal numbers, groupings that add up, and refusals that say why."""

import datetime

import pytest

from assistance.models import OutreachResult
from reports.figures import FIGURES, GROUPS, NoSuchFigure, NoSuchGrouping, ask, ask_all
from shifts.models import Unit, UnitSuccession
from tests.reports.figures.records import MONDAY, duty, event, log, sent, total

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
WEEK = {"units": None, "first": MONDAY, "last": MONDAY + 6 * DAY}


def rows(figure, group, **asked):
    answer = ask(figure, group=group, **{**WEEK, **asked})
    assert sum(row.exact for row in answer.rows) == answer.exact
    return [(row.label, row.value) for row in answer.rows]


@pytest.fixture
def busy(world):
    """A week: three visits at two floors, one of the district's team, a total, an event and duties."""
    log(world, activities=["gioi_thieu", "to_roi"], procedure=world.procedure, dossier=sent())
    log(world, post=world.t2, by=world.mate, hour=14, activities=["vneid"], account="opened", audience="youth")
    log(world, date=MONDAY + DAY, activities=["huong_dan"], dossier=sent("partial"))
    log(world, by=world.stranger, post=world.other_post, activities=["gioi_thieu"], audience="enterprise")
    total(world.province, reached=5, guided_citizen=4, guided_youth=0, leaflets=100, duties=1, events=3)
    event(world, date=MONDAY + 5 * DAY)
    event(world, date=MONDAY + 5 * DAY, state="planned")
    duty(world)
    duty(world, session="chieu", post=world.t2, user=world.mate)
    duty(world, date=MONDAY + DAY, state="absent")
    return world


def test_whole_figures_count_what_is_logged_and_what_totals_add(busy):
    whole = {code: answer.total for code, answer in ask_all(FIGURES, **WEEK).items()}
    assert whole == {
        "visits": 4,
        "reached": 6,  # the province logged 1 and says 5; the district logged 1
        "guided": 5,  # the province logged 1 citizen of 4 and 1 youth
        "accounts": 1,
        "reached_with_account": 1,
        "leaflets": 100,
        "dossiers_partial": 1,
        "dossiers_full": 1,
        "dossiers": 2,
        "dossiers_resolved": 0,
        "events": 3,
        "duties": 2,
        "hours": 7.5,
        "coverage": 1,
    }


def test_figures_by_unit_team_post_and_source(busy):
    assert rows("visits", "unit") == [("Tỉnh Quảng Ninh", 3), ("Thành phố Hạ Long", 1)]
    assert rows("reached", "team") == [
        ("Đội hình Hạ Long", 1),
        ("Đội hình tỉnh", 1),
        ("Số liệu tổng hợp (không chia theo đội hình)", 4),
    ]
    floors = [("Tầng 1, Trung tâm", 2), ("Tầng 2, Trung tâm", 1), ("Quầy hướng dẫn, Hạ Long", 1)]
    assert rows("visits", "post") == floors
    assert rows("events", "source") == [("Hoạt động lưu động", 1), ("Số liệu tổng hợp đơn vị gửi", 2)]
    assert rows("leaflets", "source") == [("Ghi tại điểm hỗ trợ", 1), ("Số liệu tổng hợp đơn vị gửi", 99)]


def test_figures_by_matter(busy):
    assert rows("visits", "department") == [("Sở Tư pháp", 1), ("Chưa rõ sở, ngành", 3)]
    assert dict(rows("visits", "procedure"))["Cấp bản sao Trích lục hộ tịch, bản sao Giấy khai sinh"] == 1
    assert rows("visits", "outcome") == [("Đã nộp", 2), ("Không có hồ sơ", 2)]
    assert rows("visits", "hour") == [("9 giờ", 3), ("14 giờ", 1)]
    assert rows("guided", "department") == [
        ("Chưa rõ sở, ngành", 2),
        ("Số liệu tổng hợp (không chia theo sở, ngành)", 3),
    ]


def test_guided_is_divided_by_audience_as_totals_say_it(busy):
    assert rows("guided", "audience") == [("Người dân", 4), ("Đoàn viên, thanh niên", 1)]
    assert rows("reached", "audience") == [
        ("Người dân", 1),
        ("Doanh nghiệp, tổ chức", 1),
        ("Số liệu tổng hợp (không chia theo đối tượng)", 4),
    ]
    assert ask("guided", **WEEK, narrow={"audience": "citizen"}).total == 4


def test_figures_by_day_week_and_month(busy):
    assert rows("visits", "day") == [("09/02/2026", 3), ("10/02/2026", 1)]
    assert rows("events", "day") == [("09/02/2026", 2), ("14/02/2026", 1)]
    assert rows("visits", "week") == [("Tuần 7, 09/02 – 15/02/2026", 4)]
    assert rows("visits", "month") == [("Tháng 02/2026", 4)]


def test_duties_and_hours_by_volunteer_stand_by_name(busy):
    assert rows("duties", "volunteer") == [
        ("Nguyễn Thu Hà", 1),
        ("Phạm Quốc Khánh", 1),
    ]
    assert rows("hours", "volunteer") == [("Nguyễn Thu Hà", 4), ("Phạm Quốc Khánh", 3.5)]
    assert rows("hours", "source") == [("Ghi tại điểm hỗ trợ", 7.5)]


def test_coverage_says_of_each_unit_whether_it_runs(busy):
    commune = Unit.objects.create(code="06652", name="Phường Hà Khánh", level="commune", kind="phường",
                                  parent=busy.district, valid_from=datetime.date(2020, 1, 1))  # fmt: skip
    answer = ask("coverage", **WEEK, group="unit")
    assert [(row.label, row.value) for row in answer.rows] == [("Thành phố Hạ Long", 1), ("Phường Hà Khánh", 0)]
    assert (answer.total, answer.of) == (1, 2)
    total(commune, first=MONDAY - 7 * DAY, teams=1)
    assert ask("coverage", **WEEK).total == 2


def test_a_team_is_asked_for_without_totals(busy):
    assert ask("reached", **WEEK, team=busy.team).total == 1
    assert ask("reached", **WEEK, team=[busy.team.pk, busy.other_team.pk]).total == 2
    assert ask("events", **WEEK, team=busy.other_team).total == 0
    assert ask("hours", **WEEK, team=busy.team).total == 7.5


def test_only_units_asked_for_are_counted(busy):
    assert ask("visits", **{**WEEK, "units": Unit.objects.within(busy.district)}).total == 1
    assert ask("reached", **{**WEEK, "units": [busy.district.pk]}).total == 1
    assert ask("visits", **{**WEEK, "units": Unit.objects.none()}).total == 0


def test_read_as_now_rows_stand_under_the_unit_that_took_over_and_the_sum_stays(busy):
    heir = Unit.objects.create(code="06653", name="Phường Hồng Gai", level="commune", kind="phường",
                               parent=busy.province, valid_from=datetime.date(2026, 3, 1))  # fmt: skip
    Unit.objects.filter(pk=busy.district.pk).update(valid_until=datetime.date(2026, 3, 1))
    UnitSuccession.objects.create(predecessor=busy.district, successor=heir)
    assert rows("visits", "unit") == [("Tỉnh Quảng Ninh", 3), ("Thành phố Hạ Long (đến 28/02/2026)", 1)]
    assert rows("visits", "unit", reading="now") == [("Tỉnh Quảng Ninh", 3), ("Phường Hồng Gai", 1)]
    assert ask("visits", **WEEK, reading="now", narrow={"unit": heir.pk}).total == 1
    assert ask("visits", **WEEK, narrow={"unit": heir.pk}).total == 0


@pytest.mark.parametrize("reading", ["then", "now"])
def test_every_row_opens_to_its_own_number(busy, reading):
    for code, figure in FIGURES.items():
        for group in figure.groups:
            answer = ask(code, **WEEK, group=group, reading=reading)
            assert sum(row.exact for row in answer.rows) == answer.exact == ask(code, **WEEK, reading=reading).exact
            for row in answer.rows:
                if code != "coverage":
                    opened = ask(code, **WEEK, reading=reading, narrow={group: row.key})
                    assert (code, group, row.label, opened.exact) == (code, group, row.label, row.exact)


def test_what_cannot_be_divided_is_refused_with_the_reason(busy):
    with pytest.raises(NoSuchGrouping) as refused:
        ask("events", **WEEK, group="volunteer")
    assert str(refused.value) == (
        "Hoạt động Thứ Bảy đếm từng buổi của một đội hình, nên không chia được theo tình nguyện viên."
    )
    with pytest.raises(NoSuchGrouping) as refused:
        ask("visits", **WEEK, group="department", narrow={"audience": "youth"})
    assert str(refused.value) == "Không có số chia theo cả đối tượng và sở, ngành. Hãy bỏ một trong hai."
    for group in [*GROUPS, "color", ""]:
        if group not in FIGURES["coverage"].groups:
            with pytest.raises(NoSuchGrouping):
                ask("coverage", **WEEK, group=group)
    with pytest.raises(NoSuchFigure):
        ask("dogs", **WEEK)


def test_result_of_an_event_adds_what_was_not_logged_there(world):
    saturday = MONDAY + 5 * DAY
    held = event(world, date=saturday)
    log(world, date=saturday, event=held)
    log(world, date=saturday)
    OutreachResult.objects.create(event=held, reached=7, guided_youth=3, leaflets=50)
    assert ask("visits", **WEEK).total == 2
    assert rows("reached", "source") == [("Ghi tại điểm hỗ trợ", 1), ("Hoạt động lưu động", 7)]
    assert rows("reached", "team") == [("Đội hình tỉnh", 8)]
    assert rows("reached", "post") == [
        ("Tầng 1, Trung tâm", 2),
        ("Kết quả hoạt động lưu động (không chia theo vị trí trực)", 6),
    ]
    assert rows("guided", "audience") == [("Đoàn viên, thanh niên", 3)]
    assert rows("leaflets", "day") == [("14/02/2026", 50)]
    assert ask("leaflets", **WEEK, team=world.team).total == 50
    assert ask("leaflets", **WEEK, team=world.other_team).total == 0
    for group in FIGURES["reached"].groups:
        for row in ask("reached", **WEEK, group=group).rows:
            assert ask("reached", **WEEK, narrow={group: row.key}).exact == row.exact
