"""Parts of a whole: they come to exactly the whole."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.targets.shares import apportioned, apportioned_pairs


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (10, [1, 1, 1], [4, 3, 3]),
        (100, [50, 30, 20], [50, 30, 20]),
        (7, [3, 2, 1], [4, 2, 1]),
        (5, [0, 0], [3, 2]),
        (10, [1000, 1], [9, 1]),  # nobody gets nothing
        (3, [1, 1, 1], [1, 1, 1]),
    ],
)
def test_parts_are_whole_and_come_to_the_whole(total, weights, parts):
    assert apportioned(total, weights) == parts


def test_the_province_of_2020_over_its_communes():
    parts = apportioned(20_000, [1] * 177)
    assert sum(parts) == 20_000
    assert set(parts) == {112, 113}


def test_less_than_one_for_each_is_refused():
    with pytest.raises(ValueError, match="less than one"):
        apportioned(2, [1, 1, 1])


def test_minimum_and_stretch_are_divided_together():
    pairs = apportioned_pairs(10, 25, [3, 1, 1])
    assert [low for low, _high in pairs] == [6, 2, 2]
    assert [high for _low, high in pairs] == [15, 5, 5]


@settings(max_examples=200, deadline=None)
@given(
    weights=st.lists(st.decimals(0, 10_000, places=2), min_size=1, max_size=60),
    minimum=st.integers(60, 100_000),
    more=st.integers(0, 100_000),
)
def test_any_parts_add_up_and_no_stretch_is_below_its_minimum(weights, minimum, more):
    pairs = apportioned_pairs(minimum, minimum + more, weights)
    assert sum(low for low, _high in pairs) == minimum
    assert sum(high for _low, high in pairs) == minimum + more
    assert all(1 <= low <= high for low, high in pairs)
