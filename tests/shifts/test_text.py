"""Folding for search and the order of names."""

import pytest
from django.core.exceptions import ValidationError

from shifts.models.people import normal_phone
from shifts.text import fold, name_key, short_name


@pytest.mark.parametrize("typed", ["Hòa Bình", "Hoà Bình", "hoa binh", "  HÒA   BÌNH ", "Ho\u0300a Bi\u0300nh"])
def test_search_ignores_accents_case_spaces_and_tone_style(typed):
    assert fold(typed) == "hoa binh"


def test_search_reads_d_with_stroke_as_d():
    assert fold("Đặng Đình Đức") == "dang dinh duc"


def test_names_sort_by_given_name_then_family_name():
    names = ["Vũ Thị An", "Bùi Văn Bình", "Lê An", "Đỗ Thị Đào", "Phạm Thu Dung"]
    assert sorted(names, key=name_key) == ["Lê An", "Vũ Thị An", "Bùi Văn Bình", "Phạm Thu Dung", "Đỗ Thị Đào"]


def test_letters_follow_the_vietnamese_alphabet():
    names = ["Lê Ân", "Lê Ăn", "Lê An", "Lê Ơn", "Lê Ông", "Lê Oanh"]
    assert sorted(names, key=name_key) == ["Lê An", "Lê Ăn", "Lê Ân", "Lê Oanh", "Lê Ông", "Lê Ơn"]


def test_tones_only_break_ties():
    names = ["Trần Hạ", "Lê Hà", "Trần Há", "Trần Hà", "Trần Ha"]
    assert sorted(names, key=name_key) == ["Lê Hà", "Trần Ha", "Trần Hà", "Trần Há", "Trần Hạ"]


def test_both_ways_of_writing_the_same_letters_sort_alike():
    assert name_key("Nguyễn Hoà") == name_key("Nguyê\u0303n Hoa\u0300")


@pytest.mark.parametrize(
    ("full_name", "short"),
    [("Nguyễn Thị Thu Hà", "Thu Hà"), ("Trần Văn Nam", "Nam"), ("Lê Minh", "Minh"), ("Hà", "Hà")],
)
def test_people_are_called_by_middle_and_given_name(full_name, short):
    assert short_name(full_name) == short


@pytest.mark.parametrize("typed", ["0912345678", "0912 345 678", "+84912345678", "84 912.345.678", "0084-912-345-678"])
def test_a_phone_number_has_one_form(typed):
    assert normal_phone(typed) == "0912345678"


@pytest.mark.parametrize("typed", ["12345", "09123456789012", "không có", "912345678"])
def test_what_is_not_a_phone_number_is_refused_with_an_example(typed):
    with pytest.raises(ValidationError, match="0912 345 678"):
        normal_phone(typed)


def test_no_phone_number_is_nothing():
    assert normal_phone("") == normal_phone(None) == ""
