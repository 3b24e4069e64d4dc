"""The lists kept in memory."""

import pytest

from assistance import reference as kept
from assistance.models import Activity

pytestmark = pytest.mark.django_db


def test_renewed_lists_have_what_another_process_changed(world):
    assert kept.reference().activities["lay_so"].name == "Việc lay_so"
    Activity.objects.filter(code="lay_so").update(name="Tên mới")  # no signal, as if written elsewhere
    kept.renew()
    assert kept.reference().activities["lay_so"].name == "Tên mới"


def test_reading_that_overlaps_a_change_is_not_kept(world, monkeypatch):
    kept.forget()
    read_all = kept.Reference.read_all

    def read_while_somebody_saves(lists):
        read_all(lists)
        Activity.objects.get(code="lay_so").save()
        return lists

    monkeypatch.setattr(kept.Reference, "read_all", read_while_somebody_saves)
    kept.renew()
    assert kept._current is None


def test_old_lists_are_read_anew_where_nothing_renews_them(world, monkeypatch):
    before = kept.reference()
    monkeypatch.setattr(before, "made", before.made - kept.KEPT_SECONDS - 1)
    assert kept.reference() is not before
