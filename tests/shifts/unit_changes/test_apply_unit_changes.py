"""The command that applies a file of changes: the real ones of 2024 and 2025, and files that cannot be."""

import datetime
import io

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from shifts.models import (
    OutreachEvent,
    Post,
    Role,
    Roster,
    RosterTemplate,
    Site,
    Team,
    TeamUnit,
    Unit,
    UnitChange,
    UnitSuccession,
    Volunteer,
)
from shifts.world import FIXTURES, read_rows
from tests.factories import make_user

from .trees import (
    IN_2024,
    IN_2025,
    UNIT_COLUMNS,
    as_csv,
    changes_of_2020_to_2025,
    changes_of_2024,
    plant_2020,
    stored_units,
)

pytestmark = pytest.mark.django_db
DECREE = "1679/NQ-UBTVQH15"


@pytest.fixture
def tree(db):
    plant_2020()


@pytest.fixture
def apply(tmp_path):
    def apply(data, date, *options, name="doi.csv"):
        file = tmp_path / name
        file.write_bytes(data)
        out = io.StringIO()
        call_command("apply_unit_changes", str(file), "--date", str(date), *options, stdout=out, verbosity=0)
        return out.getvalue()

    return apply


def counts(date):
    held = Unit.objects.on(date)
    return tuple(held.filter(level=level).count() for level in ("province", "district", "commune"))


def unit(code, date=datetime.date(2020, 1, 1)):
    return Unit.objects.on(date).get(code=code)


def test_the_real_changes_lead_from_the_tree_of_2020_to_the_171_and_to_the_54_communes(tree, apply):
    assert (Unit.objects.count(), counts(IN_2024)) == (191, (1, 13, 177))
    said = apply(changes_of_2024(), IN_2024)
    assert "Nay có 1 cấp tỉnh, 13 cấp huyện, 171 cấp xã." in said
    assert counts(IN_2024) == (1, 13, 171)
    said = apply(changes_of_2020_to_2025(), IN_2025, "--decision", DECREE)
    assert "Từ 01/07/2025: 184 đơn vị kết thúc, 54 đơn vị bắt đầu." in said
    assert counts(IN_2025) == (1, 0, 54)
    rows = read_rows(FIXTURES / "units.csv")
    assert stored_units() == {tuple(row[column] for column in UNIT_COLUMNS) for row in rows}
    successions = {
        (
            *(row.predecessor.code, str(row.predecessor.valid_from), row.successor.code, str(row.successor.valid_from)),
            *("yes" if row.is_main else "no", row.extent, row.decision),
        )
        for row in UnitSuccession.objects.select_related("predecessor", "successor")
    }
    assert successions == {tuple(row.values()) for row in read_rows(FIXTURES / "successions.csv")}
    for row in Unit.objects.exclude(level="province").select_related("parent"):
        assert row.path == f"{row.parent.path}{row.pk}."


def test_people_teams_sites_rosters_and_templates_follow_through_both_changes(tree, apply):
    yet_kieu, ha_khau, district = unit("06682"), unit("06655"), unit("193")
    site = Site.objects.create(code="YK", name="Điểm Yết Kiêu", short_name="Yết Kiêu", unit=yet_kieu)
    post = Post.objects.create(site=site, code="Q1", name="Quầy")
    team = Team.objects.create(code="YK", name="Đội Yết Kiêu", unit=yet_kieu, home_site=site)
    roster = Roster.objects.create(site=site, month=datetime.date(2025, 8, 1))
    template = RosterTemplate.objects.create(site=site, name="Tuần thường")
    user = make_user("baocao", "Nguyễn Báo Cáo", team=team, home_post=post)
    reporter = Role.objects.create(user=user, kind="reporter", unit=yet_kieu)
    leader = Role.objects.create(user=user, kind="leader", team=team)
    boss = make_user("canbo193", "Trần Cán Bộ")
    Role.objects.create(user=boss, kind="staff", unit=district)
    split_team = Team.objects.create(code="HK", name="Đội Hà Khẩu", unit=ha_khau)
    split_site = Site.objects.create(code="HK", name="Điểm Hà Khẩu", short_name="Hà Khẩu", unit=ha_khau)
    event = OutreachEvent.objects.create(
        team=team, date=datetime.date(2025, 8, 2), starts_at="08:00", ends_at="10:00", venue_kind="school",
        venue="Trường THCS", host_unit=ha_khau,
    )  # fmt: skip

    apply(changes_of_2024(), IN_2024)
    between = unit("06685", IN_2024)
    said = apply(changes_of_2020_to_2025(), IN_2025, "--decision", DECREE)
    hong_gai, viet_hung = unit("06685", IN_2025), unit("06661", IN_2025)

    for row in (team, site, split_team, split_site, event):
        row.refresh_from_db()
    assert (team.unit, site.unit) == (hong_gai, hong_gai)
    assert (split_team.unit, split_site.unit) == (viet_hung, viet_hung)
    assert (event.unit, event.host_unit) == (hong_gai, viet_hung)
    assert list(TeamUnit.objects.filter(team=team).values_list("unit", "valid_from", "valid_until")) == [
        (yet_kieu.pk, None, IN_2024),
        (between.pk, IN_2024, IN_2025),
    ]
    assert team.unit_id_on(IN_2024 - datetime.timedelta(days=1)) == yet_kieu.pk
    assert team.unit_id_on(IN_2024) == between.pk
    roster.refresh_from_db()
    template.refresh_from_db()
    assert (roster.site, template.site, Volunteer.objects.get().team) == (site, site, team)
    assert list(
        Role.objects.filter(user=user, kind="reporter").order_by("pk").values_list("unit", "valid_from", "valid_until")
    ) == [(yet_kieu.pk, None, IN_2024), (between.pk, IN_2024, IN_2025), (hong_gai.pk, IN_2025, None)]
    reporter.refresh_from_db()
    assert reporter.unit == yet_kieu
    leader.refresh_from_db()
    assert (leader.team, leader.valid_until) == (team, None)
    # Nobody of a dissolved district gets the province by it.
    assert list(Role.objects.filter(user=boss).values_list("unit", "valid_until")) == [(district.pk, IN_2025)]
    assert "Trần Cán Bộ hết vai trò cán bộ Đoàn của Thành phố Hạ Long từ 01/07/2025" in said
    assert "Đội hình Đội Hà Khẩu theo đơn vị chính Phường Việt Hưng; nếu thuộc phần của Phường Tuần Châu" in said
    assert "Điểm Điểm Hà Khẩu theo đơn vị chính Phường Việt Hưng" in said
    assert UnitChange.objects.get(date=IN_2025).decisions


def test_a_dry_run_shows_the_plan_and_writes_nothing(tree, apply):
    before = stored_units()
    said = apply(changes_of_2024(), IN_2024, "--dry-run")
    assert "Từ 01/11/2024: 30 đơn vị kết thúc, 24 đơn vị bắt đầu." in said
    assert "Chạy thử: chưa ghi gì." in said
    assert stored_units() == before
    assert not UnitSuccession.objects.exists() and not UnitChange.objects.exists()


def test_a_workbook_is_read_like_a_csv(tree, apply):
    book = openpyxl.Workbook()
    for row in [["old_code", "new_code", "new_name", "new_type"], ["06652", "06652", "Phường Hà Tu Mới", "phường"]]:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    apply(file.getvalue(), IN_2024, name="doi.xlsx")
    assert unit("06652", IN_2024).name == "Phường Hà Tu Mới"


GOOD = {"old_code": "06652", "old_name": "Phường Hà Phong", "new_code": "06652", "new_name": "Phường X",
        "new_type": "phường", "is_default": "", "extent": "", "effective": ""}  # fmt: skip


def two(first, second):
    return [GOOD | first, GOOD | second]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([GOOD | {"old_code": "99999"}], "Dòng 2: không có đơn vị mang mã 99999 trước ngày 01/11/2024."),
        ([GOOD | {"old_name": "Phường Hà Tu"}], "Dòng 2: mã 06652 là Phường Hà Phong, không phải “Phường Hà Tu”."),
        ([GOOD | {"new_code": "06664"}], "Mã 06664 đang là Phường Hà Tu"),
        ([GOOD | {"new_name": ""}], "Dòng 2: thiếu tên mới hoặc loại mới của 06652."),
        ([GOOD | {"new_code": ""}], "Dòng 2: thiếu mã cũ hoặc mã mới."),
        ([GOOD | {"effective": "2025-07-01"}], "Dòng 2: ghi ngày 01/07/2025, khác ngày đổi 01/11/2024."),
        ([GOOD | {"effective": "hôm qua"}], "Dòng 2: không đọc được ngày “hôm qua”."),
        ([GOOD | {"extent": "nửa"}], "Dòng 2: cột extent ghi “nửa”: chỉ ghi whole hoặc partial."),
        ([GOOD | {"is_default": "có thể"}], "cột kế thừa chính ghi “có thể”: chỉ ghi yes hoặc no."),
        ([GOOD | {"old_code": "0\x006652" * 9}], "old_code dài quá 10 chữ."),
        (
            two({"is_default": "no"}, {"is_default": "no", "new_code": "99998", "new_name": "Phường Y"}),
            "Phường Hà Phong (06652) được chia mà chưa có đơn vị kế thừa chính: chọn đúng một.",
        ),
        (
            two({"is_default": "yes"}, {"is_default": "yes", "new_code": "99998", "new_name": "Phường Y"}),
            "Phường Hà Phong (06652) có 2 đơn vị kế thừa chính: chọn đúng một.",
        ),
        (
            two({}, {"old_code": "06664", "old_name": "", "new_name": "Phường Y"}),
            "Dòng 3: mã mới 06652 mang hai tên: Phường X, Phường Y.",
        ),
    ],
)
def test_a_file_that_cannot_be_is_refused_as_a_whole_with_the_row(tree, apply, rows, sentence):
    before = stored_units()
    with pytest.raises(CommandError, match="Chưa ghi gì") as refused:
        good = GOOD | {"old_code": "06658", "old_name": "", "new_code": "06658", "new_name": "Phường Z"}
        apply(as_csv([*rows, good]), IN_2024)
    assert sentence in str(refused.value)
    assert stored_units() == before


def test_applying_twice_is_refused(tree, apply):
    apply(changes_of_2024(), IN_2024)
    before = stored_units()
    with pytest.raises(CommandError, match="đã hết hiệu lực|có từ 01/11/2024|đã có"):
        apply(changes_of_2024(), IN_2024)
    assert stored_units() == before


@pytest.mark.parametrize("date", ["hôm nay", "2025-02-30", "99999-01-01"])
def test_a_date_that_is_none_is_refused(tree, apply, date):
    with pytest.raises(CommandError, match="--date ghi YYYY-MM-DD"):
        apply(changes_of_2024(), date)


def test_a_file_without_its_columns_or_that_is_not_there_is_refused(tree, apply):
    with pytest.raises(CommandError, match="Tệp thiếu cột old_code, new_code."):
        apply(b"a,b\n1,2\n", IN_2024)
    with pytest.raises(CommandError, match="Không mở được tệp"):
        call_command("apply_unit_changes", "/khong/co.csv", "--date", "2024-11-01")
