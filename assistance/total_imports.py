"""Unit totals as a file: one row a unit and week or day, units by code or by the name people write."""

import datetime
from collections import defaultdict

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.count_cells import CountsResource, count_column
from assistance.figures import TOTAL_COLUMNS
from assistance.models import PeriodLock, UnitTotal, UnitTotalChange
from assistance.periods import Period
from assistance.second_look import second_looks, usual_numbers
from assistance.total_sheets import is_sum, read_total_sheet, says_nothing
from assistance.totals import REASON_LETTERS, why_no_total
from assistance.unit_cells import NamesUnits
from assistance.unit_names import sort_key
from shifts.imports.cells import Code, Day, Text, plain
from shifts.imports.reading import FileRefused, is_blank
from shifts.imports.resource import Column, RowResource
from shifts.models import Unit

State, Kind = UnitTotal.State, UnitTotalChange.Kind
class WeekCell(Text):
    """2026-W48, or any day of the week; a bare number where the year is known."""

    def clean(self, value, row=None, **kwargs):
        if is_blank(value):
            return None
        if isinstance(value, datetime.datetime):
            return Period.week_of(value.date())
        if isinstance(value, datetime.date):
            return Period.week_of(value)
        return Period.read(plain(value).replace(" ", ""))


class UnitTotalResource(NamesUnits, CountsResource):
    """An empty cell leaves what is known; a row without any number is left out and said.

    `units` limits whose rows are taken, None for all; `period` holds for rows that name none; `answers` are units
    chosen by hand for names that were not plain: number of the row in the file -> key.
    """

    unit_code = Column(attribute=None, widget=Code(), label=gettext_lazy("mã đơn vị"), also=["mã", "mã xã"])
    unit = Column(
        attribute=None, widget=Text(), label=gettext_lazy("đơn vị"),
        also=["tên đơn vị", "xã", "phường", "xã, phường", "phường, xã", "tên xã", "xã, phường, thị trấn", "địa phương",
              "xã, phường, đặc khu", "tên xã, phường"],
    )  # fmt: skip
    week = Column(attribute=None, widget=WeekCell(), label=gettext_lazy("tuần"), also=["kỳ", "tuần báo cáo"])
    date = Column(attribute=None, widget=Day(), label=gettext_lazy("ngày"), also=["ngày báo cáo"])
    dossiers_resolved = count_column("dossiers_resolved")
    duties = count_column("duties")
    events = count_column("events")
    teams = count_column("teams")
    volunteers = count_column("volunteers")

    class Meta:
        model = UnitTotal
        fields = ("unit_code", "unit", "week", "date", *TOTAL_COLUMNS, "remarks")
        import_id_fields = ()

    @staticmethod
    def period_named(text):
        """The period of a word such as 2026-W48, or ValueError."""
        return Period.read(text)

    def __init__(self, *, units=None, period=None, answers=None, reason="", **kwargs):
        super().__init__(**kwargs)
        self.period, self.answers = period, answers or {}
        self.reason = reason.strip()[:REASON_LETTERS] or _("Nhập từ tệp")
        self.know_units(units)
        self.units = {unit.pk: unit for unit in self.everywhere}
        self.forget_rows()

    def forget_rows(self):
        self.left_out, self.taken = [], set()
        self.known, self.usual, self.locks, self.changes = {}, {}, None, []
        self.forget_names()

    # the file

    @classmethod
    def read(cls, data, name="", max_bytes=None):
        """Read a file as districts send them."""
        known = cls.headers()
        more = {"max_bytes": max_bytes} if max_bytes else {}
        return read_total_sheet(data, name, known=known, **more)

    @classmethod
    def headers(cls):
        blank = cls.__new__(cls)
        RowResource.__init__(blank)
        return blank.known_headers()

    def recognised(self, table):
        self.forget_rows()
        places = self.places_of(table.headers)
        if not {"unit", "unit_code"} & set(places):
            raise FileRefused(self.refusal_of_headers([self.fields["unit"]]))
        numbers = [at for name, at in places.items() if name in {*TOTAL_COLUMNS, "remarks"}]
        kept = []
        for number, cells in table.rows:
            if is_sum(cells):
                continue
            if says_nothing(cells, numbers):
                self.left_out.append(number)
            else:
                kept.append((number, cells))
        table.rows = kept
        return super().recognised(table)

    # one row

    def before_import_row(self, row, row_number=None, **kwargs):
        number, _cells = self.table.rows[row_number - 1]
        period = self.period_of(row)
        unit = self.unit_of(row, number, period)
        if sentence := why_no_total(unit, period):
            raise ValidationError({"unit": sentence})
        earlier = self.keys_seen.setdefault((unit.pk, period), number)
        if earlier != number:
            raise ValidationError({"unit": _("trùng với dòng {row} của tệp").format(row=earlier)})
        self.now = unit, period
        self.taken.add(unit.pk)

    def period_of(self, row):
        try:
            week = self.fields["week"].clean(row) if "week" in row else None
        except ValueError as error:
            raise ValidationError({"week": str(error)}) from error
        try:
            day = self.fields["date"].clean(row) if "date" in row else None
        except ValueError as error:
            raise ValidationError({"date": str(error)}) from error
        period = Period.day(day) if day else week or self.period
        if period is None:
            raise ValidationError({"week": _("thiếu tuần hoặc ngày; ghi tuần như 2026-W48, hoặc chọn tuần cho cả tệp")})
        if day and week and not week.first <= day <= week.last:
            raise ValidationError({"date": _("ngày không nằm trong tuần của dòng này")})
        return period

    def get_instance(self, instance_loader, row):
        unit, period = self.now
        return self.totals_of(unit).get((period.span, period.first))

    def totals_of(self, unit):
        """All totals of a unit, read under its lock once: nobody else sends one until this import is stored."""
        if unit.pk not in self.known:
            Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
            totals = UnitTotal.objects.filter(unit=unit)
            self.known[unit.pk] = {(total.span, total.date_from): total for total in totals}
        return self.known[unit.pk]

    def init_instance(self, row=None):
        unit, period = self.now
        first = max(period.first, unit.valid_from or period.first)
        return UnitTotal(
            # Without the unit itself, which would be copied with every row.
            unit_id=unit.pk, span=period.span, date_from=period.first, date_to=period.last, counted_on=first, version=0,
            made_by=self.by,
        )  # fmt: skip

    def skip_row(self, instance, original, row, import_validation_errors=None):
        if original.pk is None or not original.counts:
            return False  # what was not sent before is sent by this
        return super().skip_row(instance, original, row, import_validation_errors)

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        errors = dict(import_validation_errors or {})
        if len(instance.remarks) > 1000:
            errors["remarks"] = ValidationError(_("dài hơn 1000 chữ cái; hãy ghi ngắn hơn"))
        if not errors and not instance.numbers:
            errors["unit"] = ValidationError(_("chưa có số nào"))
        if errors:
            raise ValidationError(errors)

    def after_init_instance(self, instance, new, row, **kwargs):
        self.was_draft = new or instance.state == State.DRAFT
        self.before = instance.numbers if not new and instance.counts else {}

    def save_instance(self, instance, is_create, row, **kwargs):
        kind = Kind.SENT if self.was_draft else Kind.CORRECTED
        instance.state, instance.nothing = State.SENT, False
        instance.sent_by, instance.sent_at = self.by, timezone.now()
        instance.version += 1
        super().save_instance(instance, is_create, row, **kwargs)
        after = instance.numbers
        adjusts = self.before != after and self.is_locked(instance)
        self.changes.append(
            UnitTotalChange(
                total=instance,
                kind=kind,
                before=self.before,
                after=after,
                made_by=self.by,
                is_adjustment=adjusts,
                reason=self.reason if adjusts else "",
            )
        )

    def is_locked(self, total):
        if self.locks is None:
            self.locks = defaultdict(list)
            for unit, first, last in PeriodLock.objects.values_list("unit_id", "date_from", "date_to"):
                self.locks[unit].append((first, last))
        return any(first <= total.date_to and last >= total.date_from for first, last in self.locks[total.unit_id])

    def after_import(self, dataset, result, **kwargs):
        super().after_import(dataset, result, **kwargs)
        UnitTotalChange.objects.bulk_create(self.changes, batch_size=500)
        result.questions, result.left_out = self.questions, self.left_out

    # what the preview says

    def warnings_of(self, instance):
        period = instance.period
        if period not in self.usual:
            self.usual[period] = usual_numbers(units=self.my_keys, period=period)
        looks = second_looks(instance.numbers, usual=self.usual[period].get(instance.unit_id, {}))
        return [
            _("{unit}, {figure}: {look}").format(
                unit=self.units[instance.unit_id], figure=TOTAL_COLUMNS[code].name, look=look
            )
            for code, look in looks.items()
        ]

    def missing_from_file(self, period):
        """Units of this person that should be in a file for the period and are not; communes and districts."""
        absent = [
            unit
            for unit in self.standing(self.mine, period)
            if unit.pk not in self.taken and unit.level != Unit.Level.PROVINCE
        ]
        return sorted(absent, key=sort_key)

    def dehydrate_unit(self, total):
        return self.units[total.unit_id].name

    def dehydrate_unit_code(self, total):
        return self.units[total.unit_id].code

    def dehydrate_week(self, total):
        return total.period.key if total.period.is_week else ""

    def dehydrate_date(self, total):
        return "" if total.period.is_week else f"{total.date_from:%d/%m/%Y}"
