"""Units as they were and as they are now: equal sums whatever became of the tree, and what the pages say."""

import datetime
from collections import Counter

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from assistance.models import DailyTally, UnitTotal
from assistance.unit_history import NOW, THEN, counted_by_unit
from shifts.models import Role, Team, Unit, UnitSuccession
from shifts.succession import current_units
from shifts.unit_changes import acts
from shifts.unit_changes.plans import ChangeRefused
from shifts.unit_changes.writing import apply_change
from tests import factories
from tests.factories import make_user

START = datetime.date(2020, 1, 1)
LATER = datetime.date(2030, 1, 1)
TODAY = datetime.datetime(2026, 11, 24, 9, tzinfo=datetime.UTC)

days = st.integers(min_value=1, max_value=900)
pick = st.integers(min_value=0, max_value=40)
ACT = st.one_of(
    st.tuples(st.just("tally"), pick, days, st.integers(1, 50)),
    st.tuples(st.just("total"), pick, days, st.integers(0, 90)),
    st.tuples(st.sampled_from(["rename", "merge", "split", "move"]), pick, days, pick),
)


def day(n):
    return START + datetime.timedelta(days=n)


class AnyChanges(TestCase):
    """Visits counted, totals sent, units renamed, merged, split and moved on any days in any order."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(drawn=st.lists(ACT, min_size=1, max_size=14))
    def test_sums_are_equal_both_ways_and_the_tree_holds_on_every_day(self, drawn):
        self.world = w = factories.make_world()
        w.other = self.unit("194", "district", w.province)
        for n, parent in enumerate([w.district, w.district, w.district, w.other, w.other]):
            self.unit(f"0100{n}", "commune", parent)
        self.codes = iter(range(20000, 30000))
        for act in drawn:
            self.do(*act)
        for on in (START, day(300), day(600), LATER):
            self.compare(on)
        self.check_tree()

    @staticmethod
    def unit(code, level, parent):
        return Unit.objects.create(code=code, name=code, level=level, kind="x", parent=parent, valid_from=START)

    def of_day(self, date, level=None):
        rows = Unit.objects.on(date).order_by("pk")
        return list(rows.filter(level=level) if level else rows)

    def do(self, kind, at, n, value):
        if kind in ("tally", "total"):
            getattr(self, kind)(at, day(n), value)
            return
        before = list(Unit.objects.order_by("pk").values())
        try:
            apply_change(wanted=self.wanted(kind, at, day(n), value), by=None, today=LATER)
        except ChangeRefused as error:
            assert all(error.sentences)
            assert list(Unit.objects.order_by("pk").values()) == before

    def tally(self, at, date, value):
        units, w = self.of_day(date), self.world
        DailyTally.objects.update_or_create(
            date=date, unit=units[at % len(units)], team=w.team, site=w.site, post=w.t1, volunteer=w.volunteer,
            audience="citizen", figure="reached", defaults={"value": value},
        )  # fmt: skip

    def total(self, at, date, value):
        units = self.of_day(date)
        UnitTotal.objects.get_or_create(
            unit=units[at % len(units)], span="day", date_from=date, date_to=date, counted_on=date,
            defaults={"state": "sent", "sent_at": TODAY, "reached": value, "dossiers_full": 1},
        )  # fmt: skip

    def wanted(self, kind, at, date, other):
        level = "district" if at % 4 == 3 else "commune"
        units = self.of_day(date, level)
        first, second = units[at % len(units)], units[other % len(units)]
        if kind == "rename":
            return acts.rename(unit=first, code=first.code, name=f"Tên {other}", kind="x", date=date)
        if kind == "merge":
            parent = first.parent if level == "commune" else None
            return acts.merge(units=[first, second], code=first.code, name="Gộp", kind="x", date=date, parent=parent)
        if kind == "move":
            return acts.move(units=[first], parent=self.of_day(date, "district")[other % 2 - 1], date=date)
        parts = [acts.Part(first.code, "Phần 1", is_main=other % 2 == 0)]
        if second != first and other % 3 == 0:
            parts.append(acts.Part(second.code, is_main=other % 2 == 1))
        else:
            parts.append(acts.Part(str(next(self.codes)), "Phần 2", is_main=other % 2 == 1))
        return acts.split(unit=first, parts=parts, date=date)

    @staticmethod
    def compare(on):
        def whole(reading):
            found = counted_by_unit(units=None, first=START, last=LATER, reading=reading, on=on)
            return sum(found.values(), Counter()), found

        then, now = whole(THEN), whole(NOW)
        assert then[0] == now[0]
        holder = current_units(on)
        for unit, numbers in now[1].items():
            assert numbers == sum((then[1][old] for old in then[1] if holder[old] == unit), Counter())

    @staticmethod
    def check_tree():
        units = {unit.pk: unit for unit in Unit.objects.select_related("parent")}
        main = Counter(UnitSuccession.objects.filter(is_main=True).values_list("predecessor", flat=True))
        for unit in units.values():
            assert (unit.valid_until is not None) == (main[unit.pk] == 1)
            parent = unit.parent
            if parent is None:
                continue
            assert unit.path == f"{parent.path}{unit.pk}."
            assert parent.valid_from <= unit.valid_from
            assert parent.valid_until is None or (unit.valid_until and unit.valid_until <= parent.valid_until)
        holder = current_units(LATER)
        for unit in units:
            assert units[holder[unit]].valid_until is None
            assert Unit.objects.within(units[holder[unit]]).filter(pk=unit).exists()


# The pages


@pytest.fixture
def w(world, time_machine):
    """Two communes that became one on 01/09/2026, and one that was split; with numbers from before and after."""
    time_machine.move_to(TODAY, tick=False)
    w = world
    w.a, w.b, w.c = [
        Unit.objects.create(code=code, name=name, level="commune", kind="phường", parent=w.district, valid_from=START)
        for code, name in [("06652", "Phường Hà Phong"), ("06664", "Phường Hà Tu"), ("06655", "Phường Hà Khẩu")]
    ]
    Team.objects.create(code="DA", name="Đội Hà Phong", unit=w.a, valid_from=datetime.date(2026, 1, 5))
    w.reporter = make_user("donvi", "Hoàng Văn Báo")
    Role.objects.create(user=w.reporter, kind="reporter", unit=w.b)
    for unit, week, reached in [(w.a, "2026-08-03", 30), (w.b, "2026-08-03", 12), (w.c, "2026-08-03", 5)]:
        send(unit, week, reached)
    date = datetime.date(2026, 9, 1)
    merged = acts.merge(units=[w.a, w.b], code="06652", name="Phường Hà Tu", kind="phường", date=date, decision="9/NQ")
    apply_change(wanted=merged, by=None)
    parts = [acts.Part("06655", "Phường Việt Hưng", is_main=True), acts.Part("06706", "Phường Tuần Châu")]
    apply_change(wanted=acts.split(unit=w.c, parts=parts, date=date, decision="9/NQ"), by=None)
    w.new = Unit.objects.get(code="06652", valid_from=date)
    w.main = Unit.objects.get(name="Phường Việt Hưng")
    w.c.refresh_from_db()
    send(w.new, "2026-09-07", 100)
    return w


def send(unit, monday, reached):
    first = datetime.date.fromisoformat(monday)
    UnitTotal.objects.create(
        unit=unit, span="week", date_from=first, date_to=first + datetime.timedelta(days=6), counted_on=first,
        state="sent", sent_at=TODAY, reached=reached,
    )  # fmt: skip


def reached(page):
    return next(n for figure, n in page.context["history"].rows if figure.code == "reached")


def test_a_new_unit_shows_its_own_and_as_it_is_now_the_history_of_both(w, client):
    client.force_login(w.reporter)
    page = client.get("/units/06652/")
    assert reached(page) == 100
    text = page.content.decode()
    assert "Từ 01/09/2026, tiếp nhận:" in text and "9/NQ" in text
    assert "/units/06652@2020-01-01/" in text and "Phường Hà Phong" in text
    now = client.get("/units/06652/?as=now")
    assert reached(now) == 142
    assert [unit.name for unit in now.context["history"].others] == ["Phường Hà Phong", "Phường Hà Tu"]


def test_an_old_unit_says_what_became_of_it_and_keeps_its_numbers(w, client):
    client.force_login(w.leadership)
    page = client.get("/units/06655@2020-01-01/?period=2026-W32")
    text = page.content.decode()
    assert reached(page) == 5
    assert "Hết hiệu lực từ 01/09/2026, nay do:" in text
    assert "Phường Việt Hưng" in text and "Phường Tuần Châu" in text and "nhận một phần" in text
    assert "toàn bộ số liệu cũ tính vào Phường Việt Hưng, đơn vị kế thừa chính" in text
    assert reached(client.get(f"/units/{w.main.code}/?as=now")) == 5
    assert reached(client.get("/units/06706/?as=now")) == 0
    assert "số liệu cũ không tính vào đây" in client.get("/units/06706/").content.decode()


def test_a_past_week_is_read_by_the_units_of_then_and_of_now(w, client):
    client.force_login(w.leadership)
    then = client.get("/units/?period=2026-W32")
    assert [row.name for row in then.context["rows"]][2:] == ["Phường Hà Khẩu", "Phường Hà Phong", "Phường Hà Tu"]
    now = client.get("/units/?period=2026-W32&as=now")
    rows = {row.name: row for row in now.context["rows"]}
    assert list(rows)[2:] == ["Phường Hà Tu", "Phường Tuần Châu", "Phường Việt Hưng"]
    assert (rows["Phường Hà Tu"].state, rows["Phường Hà Tu"].runs) == ("2 trên 2 đã gửi", True)
    assert rows["Phường Việt Hưng"].state == "1 trên 1 đã gửi"
    assert 'href="?as=now&amp;period=2026-W31"' in now.content.decode()
    this_week = client.get("/units/?as=now")
    assert this_week.context["reading"] == THEN and not this_week.context["reads_both"]
    assert client.get("/units/?as=%00x&period=2026-W32").context["reading"] == THEN


def test_a_team_that_followed_its_unit_stands_in_the_past_where_it_was(w, client):
    client.force_login(w.leadership)
    rows = {row.name: row for row in client.get("/units/?period=2026-W32").context["rows"]}
    assert (rows["Phường Hà Phong"].runs, rows["Phường Hà Tu"].runs) == (True, False)
    rows = {row.name: row for row in client.get("/units/").context["rows"]}
    assert rows["Phường Hà Tu"].runs is True


def test_a_stranger_does_not_see_the_units_of_another_branch(w, client):
    other = Unit.objects.create(
        code="195", name="Thành phố Cẩm Phả", level="district", kind="thành phố", parent=w.province, valid_from=START
    )
    stranger = make_user("capha", "Người Cẩm Phả")
    Role.objects.create(user=stranger, kind="reporter", unit=other)
    client.force_login(stranger)
    assert client.get("/units/06652@2020-01-01/?as=now").status_code == 404
    client.force_login(w.volunteer)
    assert client.get("/units/06652/?as=now").status_code == 403


def test_the_page_asks_as_often_for_one_predecessor_as_for_three(w, client):
    client.force_login(w.leadership)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/units/06652/?as=now").status_code == 200
        return len(queries)

    asked()
    two = asked()
    third = Unit.objects.create(
        code="06658", name="Phường Cao Xanh", level="commune", kind="phường", parent=w.district, valid_from=START,
        valid_until=w.new.valid_from,
    )  # fmt: skip
    UnitSuccession.objects.create(predecessor=third, successor=w.new)
    assert asked() == two


def test_the_tally_is_clean_after_changes(w):
    call_command("check_tally", verbosity=0)
