"""build_roster: what it prints, stores and refuses."""

import datetime
import json
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shifts.models import (
    Assignment,
    CalendarDay,
    Leave,
    Post,
    Roster,
    RosterChange,
    RosterShare,
    SiteSession,
    Volunteer,
)
from shifts.roster.building import BuildRefused, apply_solution, build, problem_of
from shifts.roster.optimiser.solver import solve
from shifts.roster.rules import examine
from tests.factories import make_user, make_world, publish

pytestmark = pytest.mark.django_db
JUNE = datetime.date(2026, 6, 1)


def june(day):
    return datetime.date(2026, 6, day)


@pytest.fixture
def w():
    """The centre rosters whole days on three floors, with three people of its team and three more."""
    w = make_world()
    w.site.whole_days, w.site.min_people = True, 3
    w.site.save()
    for number in range(3):
        make_user(f"them{number}", f"Trần Văn Thêm {number}", team=w.team)
    return w


def run(*arguments, site="TTHCC", month="2026-06"):
    out = StringIO()
    call_command("build_roster", "--site", site, "--month", month, *arguments, stdout=out)
    return out.getvalue()


def built(*arguments, **kwargs):
    return json.loads(run("--json", *arguments, **kwargs))


def test_the_running_month_is_built_from_today_on_unless_the_whole_of_it_is_asked_for(w):
    with time_machine.travel("2026-06-15T09:00:00+07:00"):
        assert min(row["date"] for row in built("--dry-run")["assignments"]) == "2026-06-15"
        assert min(row["date"] for row in built("--dry-run", "--whole-month")["assignments"]) == "2026-06-01"
    with time_machine.travel("2026-07-01T09:00:00+07:00"):
        assert min(row["date"] for row in built("--dry-run")["assignments"]) == "2026-06-01"


def held(roster=None):
    rows = Assignment.objects.active().order_by("date", "session", "post__code")
    return [(row.date.isoformat(), row.session, row.post.code, row.volunteer.user.username) for row in rows]


def test_the_json_holds_what_the_contract_says_and_nothing_else_is_printed(w):
    result = built()
    assert {key: result[key] for key in ("status", "load_spread", "gap", "shortfalls")} == {
        "status": "optimal", "load_spread": 0, "gap": 0, "shortfalls": [],
    }  # fmt: skip
    assert 0 <= result["seconds"] < 60
    assert len(result["assignments"]) == 22 * 2 * 3
    assert set(result["assignments"][0]) == {"date", "session", "post", "username", "pinned"}
    assert result["assignments"][0]["date"] == "2026-06-01"
    assert result["counts"] == {
        name: {"duties": 22, "fair_share": 22.0}
        for name in ("ban", "doitruong", "them0", "them1", "them2", "tnv")
    }


def test_the_roster_is_stored_as_one_change_with_everybodys_share(w):
    result = built()
    printed = [(row["date"], row["session"], row["post"], row["username"]) for row in result["assignments"]]
    assert held() == sorted(printed)
    (change,) = RosterChange.objects.all()
    assert (change.kind, change.lines.count()) == ("build", 132)
    assert [str(share.fair_share) for share in RosterShare.objects.all()] == ["22.00"] * 6
    assert examine(w.site, JUNE).breaches == examine(w.site, JUNE).missing == []


def test_a_dry_run_stores_nothing(w):
    assert built("--dry-run")["status"] == "optimal"
    assert Roster.objects.count() == Assignment.objects.count() == RosterChange.objects.count() == 0
    assert run("--dry-run").endswith("Chưa ghi gì (--dry-run).\n")


def test_building_again_changes_nothing(w):
    first = built()
    again = built()
    assert first | {"seconds": 0} == again | {"seconds": 0}
    assert RosterChange.objects.count() == 1


def test_what_is_pinned_stays_and_the_rest_is_built_anew(w):
    run()
    pinned = Assignment.objects.order_by("pk")[0]
    Assignment.objects.filter(date=pinned.date, volunteer=pinned.volunteer).update(pinned=True)
    Leave.objects.create(volunteer=w.mate.volunteer, date_from=june(1), date_to=june(14))
    Leave.objects.filter(volunteer=pinned.volunteer).delete()
    result = built()
    kept = [row for row in result["assignments"] if row["pinned"]]
    assert [(row["date"], row["username"]) for row in kept] == [
        (pinned.date.isoformat(), pinned.volunteer.user.username)
    ] * 2
    assert RosterChange.objects.count() == 2
    assert "ban" not in {row["username"] for row in result["assignments"] if row["date"] < "2026-06-15"} - {
        row["username"] for row in kept
    }


def test_the_balance_of_one_month_is_made_up_for_in_the_next(w):
    w.site.min_people = 1
    w.site.save()
    Post.objects.filter(code__in=["T2", "T3"]).delete()
    Volunteer.objects.exclude(user__in=[w.volunteer, w.mate]).filter(team=w.team).update(left=june(1))
    for day in range(4, 31):
        CalendarDay.objects.create(date=june(day), name="Nghỉ", is_open=False)
    first = built()["counts"]
    assert sorted(row["duties"] for row in first.values()) == [2, 4]
    busy = max(first, key=lambda name: first[name]["duties"])
    for day in range(1, 32):
        CalendarDay.objects.create(date=datetime.date(2026, 7, day), name="Nghỉ", is_open=day in (1, 2, 3))
    second = built(month="2026-07")["counts"]
    assert first[busy]["duties"] + second[busy]["duties"] == 6
    assert second[busy] == {"duties": 2, "fair_share": 2.0}


def test_two_volunteers_for_three_floors_are_told_why(w):
    Volunteer.objects.filter(user__username__startswith="them").update(left=june(1))
    Volunteer.objects.filter(user=w.leader).update(left=june(2))
    result = built()
    assert result["status"] == "infeasible"
    place = result["shortfalls"][0]
    assert (place["date"], place["session"], place["missing"]) == ("2026-06-02", "sang", 1)
    assert place["because"][0] == "1 bạn đã rời đội (Hạnh)"
    assert place["because"][1].startswith("2 bạn đang trực Tầng")
    assert [group["kind"] for group in place["groups"]] == ["left", "here"]
    assert len(examine(w.site, JUNE).missing) == 2 * len(result["shortfalls"])


def test_leave_of_the_whole_team_leaves_an_empty_roster_with_its_reasons(w):
    for member in w.team.members.all():
        Leave.objects.create(volunteer=member, date_from=june(1), date_to=june(30))
        Leave.objects.create(volunteer=member, date_from=june(10), date_to=datetime.date(2026, 7, 5))
    result = built()
    assert (result["status"], result["assignments"]) == ("infeasible", [])
    assert len(result["shortfalls"]) == 22 * 2 * 3
    assert result["shortfalls"][0]["because"] == ["6 bạn báo bận"]


def test_a_volunteer_who_leaves_mid_month_serves_until_then(w):
    Volunteer.objects.filter(user=w.mate).update(left=june(16))
    result = built()
    assert max(row["date"] for row in result["assignments"] if row["username"] == "ban") < "2026-06-16"
    assert result["counts"]["ban"]["fair_share"] < result["counts"]["tnv"]["fair_share"]
    assert result["status"] == "optimal"


def test_one_team_is_built_beside_the_duties_of_another(w):
    make_user("doihai", "Lê Thị Hai", team=w.other_team)
    w.other_team.unit = w.province
    w.other_team.save()
    alone = built("--team", "HL")
    assert {row["username"] for row in alone["assignments"]} == {"doihai", "nguoila"}
    both = built("--team", "TINH")
    assert both["status"] == "optimal"
    assert {(row["date"], row["username"]) for row in alone["assignments"]} <= {
        (row["date"], row["username"]) for row in both["assignments"]
    }
    assert len(both["assignments"]) == 22 * 2 * 3


def test_a_published_roster_is_not_built_over_but_may_be_tried(w):
    run()
    publish(Roster.objects.get(), w.leader)
    before = held()
    with pytest.raises(CommandError, match="đã công bố nên không xếp lại cả tháng"):
        run()
    assert built("--dry-run")["status"] == "optimal"
    assert held() == before


def test_a_roster_published_while_it_was_built_is_left_alone(w):
    solution = solve(problem_of(w.site, JUNE), work_limit=0)
    roster = Roster.objects.create(site=w.site, month=JUNE)
    publish(roster, w.leader)
    with pytest.raises(BuildRefused):
        apply_solution(roster, solution, by=w.leader)
    assert Assignment.objects.count() == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"month": "9999-12"}, "Lịch trực có từ năm 2019 đến năm 2099."),
        ({"month": "2026-6-1"}, "“2026-6-1” không phải là một tháng. Hãy viết năm-tháng, ví dụ 2026-06."),
        ({"month": "2026-13"}, "không phải là một tháng"),
        ({"site": "KHONG"}, "Không có điểm hỗ trợ mang mã “KHONG”."),
    ],
)
def test_bad_input_is_answered_with_a_sentence(w, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(**arguments)
    assert Roster.objects.count() == 0


def test_unknown_and_foreign_teams_are_refused(w):
    with pytest.raises(CommandError, match="Không có đội hình mang mã “KHONG”."):
        run("--team", "KHONG")
    with pytest.raises(CommandError, match="Đội HL không phục vụ ở TTHCC."):
        run("--team", "HL")


def test_a_month_without_open_days_people_or_posts_is_refused(w):
    SiteSession.objects.filter(site=w.site).delete()
    with pytest.raises(CommandError, match="Trung tâm không có ngày mở cửa nào trong tháng 06/2026."):
        run()
    Volunteer.objects.filter(team=w.other_team).update(left=june(1))
    with pytest.raises(CommandError, match="Hạ Long không có ngày mở cửa nào"):
        run(site="H193")
    SiteSession.objects.create(site=w.other_site, session="sang", starts_at="07:30", ends_at="11:30")
    with pytest.raises(CommandError, match="Hạ Long không có tình nguyện viên nào trong tháng 06/2026."):
        run(site="H193")
    Post.objects.filter(site=w.other_site).delete()
    with pytest.raises(CommandError, match="Hạ Long chưa có vị trí trực nào."):
        run(site="H193")


def test_all_builds_every_site_goes_on_after_a_refusal_and_says_so(w, capsys):
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="1 điểm không xếp được."):
        call_command("build_roster", "--all", "--month", "2026-06", "--json", stdout=out, stderr=err)
    assert {code: result["status"] for code, result in json.loads(out.getvalue()).items()} == {"TTHCC": "optimal"}
    assert err.getvalue().strip() == "H193: Hạ Long không có ngày mở cửa nào trong tháng 06/2026."
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "06/2026" in printed.err


def test_the_plain_text_ends_with_what_was_proven(w):
    Volunteer.objects.filter(user=w.mate).update(max_per_month=1)
    lines = run().splitlines()
    assert lines[0].startswith("01/06/2026 sang  T1")
    assert "ban: 2 buổi, mức công bằng 2,00" in lines
    assert lines[-1].startswith("đủ người, chia đều đã chứng minh; lệch ")


def test_the_number_of_queries_does_not_grow_with_the_people(w):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            build(site=w.site, month=JUNE, by=w.leader, work_limit=0)
        RosterChange.objects.all().delete()
        RosterShare.objects.all().delete()
        Assignment.objects.all().delete()
        return len(captured)

    Roster.objects.create(site=w.site, month=JUNE)
    few = queries()
    for number in range(3, 6):
        make_user(f"them{number}", f"Trần Văn Thêm {number}", team=w.team)
    assert queries() == few
