"""The lists of the desk as data."""

import re

import pytest
from django.core.management import call_command

from assistance.models import Activity, Department, DeskButton, DossierCodePattern, Procedure, ServiceLevel

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(db):
    call_command("load_world", verbosity=0)


def test_there_are_168_procedures_each_with_department_and_official_page(loaded):
    assert Procedure.objects.count() == 168
    assert not Procedure.objects.filter(department=None).exists()
    assert not Procedure.objects.exclude(official_url__startswith="https://dichvucong.gov.vn/").exists()
    levels = [Procedure.objects.filter(level__code=code).count() for code in ("full", "partial")]
    assert [*levels, Procedure.objects.filter(level=None).count()] == [97, 60, 11]


def test_the_level_of_2020_is_left_to_staff(loaded):
    assert not Procedure.objects.exclude(level_2020=None).exists()


def test_a_procedure_is_found_without_accents(loaded):
    found = Procedure.objects.search("doi giay phep lai xe")
    assert [procedure.code for procedure in found] == ["3.000347"]


def test_levels_one_and_two_count_for_nothing(loaded):
    counts = {level.code: level.counts_as for level in ServiceLevel.objects.all()}
    assert counts == {
        "1": "",
        "2": "",
        "3": "dossiers_partial",
        "4": "dossiers_full",
        "partial": "dossiers_partial",
        "full": "dossiers_full",
    }


def test_every_pattern_matches_its_own_example(loaded):
    patterns = list(DossierCodePattern.objects.all())
    assert len(patterns) == 3
    for row in patterns:
        assert re.fullmatch(row.pattern, row.example), row.name


def test_the_centre_has_nine_keys_with_three_in_the_usual_combination(loaded):
    keys = DeskButton.objects.filter(site__code="TTHCC")
    assert [key.activity.code for key in keys] == [
        "don_tiep", "lay_so", "len_quay", "gioi_thieu", "to_roi", "vneid", "huong_dan", "ra_soat", "nop_ho_so",
    ]  # fmt: skip
    assert {key.activity.code for key in keys if key.in_usual} == {"don_tiep", "gioi_thieu", "to_roi"}
    assert DeskButton.objects.get(site__code="H193", position=6).activity.code == "lap_tk"


def test_loading_again_keeps_edits_and_the_order_of_keys(loaded):
    Activity.objects.filter(code="to_roi").update(name="Phát tờ gấp")
    DeskButton.objects.filter(site__code="TTHCC", position=9).delete()
    Department.objects.filter(code="kh_cn").delete()
    call_command("load_world", verbosity=0)
    assert Activity.objects.get(code="to_roi").name == "Phát tờ gấp"
    assert DeskButton.objects.filter(site__code="TTHCC").count() == 8
    assert Department.objects.filter(code="kh_cn").exists()
