"""Results of outreach events as a file: one row an event; an event that is not known yet is one that was held."""

import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.count_cells import CountsResource
from assistance.figures import RESULT_COLUMNS
from assistance.models import OutreachResult
from assistance.periods import Period
from assistance.results import ResultRefused, save_result
from assistance.second_look import second_looks
from assistance.unit_cells import NamesUnits
from shifts.imports.cells import Day, OneOf, Reference, Text
from shifts.imports.resource import Column
from shifts.models import OutreachEvent, Team, Unit
from shifts.outreach.planning import host_units
from shifts.text import fold

HOURS_WHEN_UNKNOWN = datetime.time(7, 30), datetime.time(11)
KINDS = {
    "truong": "school", "ubnd": "office", "co quan, don vi": "office", "doanh nghiep": "office",
    "khu pho": "residential", "thon": "residential", "to dan pho": "residential", "nha van hoa": "residential",
    "khac": "other",
}  # fmt: skip


class Held(NamedTuple):
    """What a row says of its event: who held it when, and where."""

    team: Team
    date: datetime.date
    unit: Unit
    venue_kind: str
    venue: str


class OutreachResource(NamesUnits, CountsResource):
    """A row is known again by date, team and venue: then it changes that result; an empty cell changes nothing."""

    date = Column(attribute=None, widget=Day(), label=gettext_lazy("ngày"), required=True, also=["ngày tổ chức"])
    team = Column(
        attribute=None, widget=Reference(Team, gettext_lazy("đội hình")), label=gettext_lazy("đội hình"), required=True,
        also=["đội", "đội hình tổ chức"],
    )  # fmt: skip
    unit = Column(
        attribute=None, widget=Text(), label=gettext_lazy("đơn vị"), required=True,
        also=["đơn vị sở tại", "xã, phường", "phường, xã", "mã đơn vị"],
    )  # fmt: skip
    venue_kind = Column(
        attribute=None, widget=OneOf(OutreachEvent.VenueKind.choices, KINDS), label=gettext_lazy("loại nơi"),
        required=True,
    )  # fmt: skip
    venue = Column(
        attribute=None, widget=Text(), label=gettext_lazy("nơi tổ chức"), required=True, also=["nơi", "địa điểm"]
    )

    class Meta:
        model = OutreachResult
        fields = ("date", "team", "unit", "venue_kind", "venue", *RESULT_COLUMNS, "remarks")
        import_id_fields = ()

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.know_units()

    # one row

    def before_import_row(self, row, row_number=None, **kwargs):
        number, _cells = self.table.rows[row_number - 1]
        self.held = self.read_event(row, number)
        key = (self.held.date, self.held.team.pk, fold(self.held.venue))
        earlier = self.keys_seen.setdefault(key, number)
        if earlier != number:
            raise ValidationError({"venue": _("buổi này trùng với dòng {row} của tệp").format(row=earlier)})
        self.event = self.known_event()

    def read_event(self, row, number):
        read = {name: self.cell(name, row) for name in ("date", "team", "venue_kind", "venue")}
        if read["date"] > timezone.localdate():
            raise ValidationError({"date": _("ngày này chưa đến; kết quả gửi từ ngày tổ chức")})
        if len(read["venue"]) > 160:
            raise ValidationError({"venue": _("dài hơn 160 chữ cái; hãy ghi ngắn hơn")})
        if not read["team"].holds_on(read["date"]):
            raise ValidationError({"team": _("{team} không hoạt động vào ngày này").format(team=read["team"])})
        self.cell("unit", row)
        period = Period.day(read["date"])
        unit = self.unit_of(row, number, period)
        hosts = host_units(read["team"].unit, read["date"])
        if not period.meets(unit) or not hosts.filter(pk=unit.pk).exists():
            raise ValidationError({"unit": _("{unit} không có vào ngày này, hoặc ở tỉnh khác").format(unit=unit)})
        return Held(unit=unit, **read)

    def cell(self, name, row):
        try:
            return self.fields[name].clean(row)
        except ValueError as error:
            raise ValidationError({name: str(error)}) from error

    def known_event(self):
        """The event that the row means, or None for one that is not known yet."""
        rows = OutreachEvent.objects.filter(team=self.held.team, date=self.held.date).select_related("result")
        same = [event for event in rows if fold(event.venue) == fold(self.held.venue)]
        standing = [event for event in same if not event.is_cancelled]
        if same and not standing:
            raise ValidationError({"venue": _("buổi này đã hủy: {reason}").format(reason=same[0].cancel_reason)})
        if len(standing) > 1:
            raise ValidationError({"venue": _("ngày này đội có nhiều buổi ở đây; ghi kết quả trên trang của buổi")})
        return standing[0] if standing else None

    def get_instance(self, instance_loader, row):
        return getattr(self.event, "result", None) if self.event else None

    def init_instance(self, row=None):
        return OutreachResult(version=0)

    def skip_row(self, instance, original, row, import_validation_errors=None):
        if original.pk is None:
            return False  # an event without result is not "as it was"
        return super().skip_row(instance, original, row, import_validation_errors)

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        errors = dict(import_validation_errors or {})
        if len(instance.remarks) > 1000:
            errors["remarks"] = ValidationError(_("dài hơn 1000 chữ cái; hãy ghi ngắn hơn"))
        if not errors and not instance.numbers:
            errors["reached"] = ValidationError(_("chưa có số nào; không có thì ghi 0"))
        if errors:
            raise ValidationError(errors)

    def save_instance(self, instance, is_create, row, **kwargs):
        event = self.event or self.new_event()
        try:
            stored = save_result(
                event=event,
                by=self.by,
                numbers={code: getattr(instance, code) for code in RESULT_COLUMNS},
                remarks=instance.remarks,
                reason=_("Nhập từ tệp"),
            )
        except ResultRefused as refused:
            raise ValidationError({"venue": str(refused)}) from refused
        instance.pk, instance.event, instance.version = stored.pk, event, stored.version

    def new_event(self):
        """An event that was held before anybody planned it here; who went there the file does not say."""
        starts_at, ends_at = HOURS_WHEN_UNKNOWN
        return OutreachEvent.objects.create(
            team=self.held.team,
            unit_id=self.held.team.unit_id_on(self.held.date),
            date=self.held.date,
            starts_at=starts_at,
            ends_at=ends_at,
            venue_kind=self.held.venue_kind,
            venue=self.held.venue,
            host_unit=self.held.unit,
            state=OutreachEvent.State.HELD,
            made_by=self.by,
        )

    def warnings_of(self, instance):
        looks = second_looks(instance.numbers, usual={})
        return [
            _("{venue}, {figure}: {look}").format(venue=self.held.venue, figure=RESULT_COLUMNS[code].name, look=look)
            for code, look in looks.items()
        ]

    # what the preview shows

    def dehydrate_date(self, result):
        return f"{result.event.date:%d/%m/%Y}" if result.event_id else ""

    def dehydrate_team(self, result):
        return result.event.team.code if result.event_id else ""

    def dehydrate_unit(self, result):
        return result.event.host_unit.code if result.event_id else ""

    def dehydrate_venue_kind(self, result):
        return result.event.get_venue_kind_display() if result.event_id else ""

    def dehydrate_venue(self, result):
        return result.event.venue if result.event_id else ""
