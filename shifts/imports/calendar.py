"""Special days as a file: holidays, make-up days, closures and extra days."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shifts.access import Access
from shifts.models import CalendarDay, Site, SiteSession
from shifts.roster.closing import follow_calendar
from shifts.text import fold

from .cells import Day, OneOf, Reference, Text, YesNo, plain
from .resource import Column, RowResource


class OpenOrClosed(YesNo):
    """Open or closed; also the words of the lists of holidays."""

    def clean(self, value, row=None, **kwargs):
        word = fold(plain(value)) if not isinstance(value, bool) else ""
        if word in {"mo", "mo cua", "lam bu"}:
            return True
        return False if word in {"nghi", "dong", "dong cua"} else super().clean(value, row, **kwargs)


class CalendarDayResource(RowResource):
    date = Column(attribute="date", widget=Day(), required=True)
    name = Column(attribute="name", widget=Text(), required=True)
    is_open = Column(attribute="is_open", widget=OpenOrClosed())
    site = Column(attribute="site", widget=Reference(Site, gettext_lazy("điểm hỗ trợ")), also=["điểm", "mã điểm"])
    session = Column(attribute="session", widget=OneOf(SiteSession.Session.choices, blank=""))

    class Meta:
        model = CalendarDay
        fields = ("date", "name", "is_open", "site", "session")
        import_id_fields = ("date", "site", "session")

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        errors = dict(import_validation_errors or {})
        if self.by and "site" not in errors and not Access.of(self.by).may_change_calendar(instance.site):
            errors["site"] = ValidationError(_("bạn không quản lý lịch của điểm này"))
        super().validate_instance(instance, errors, validate_unique)

    def after_import(self, dataset, result, **kwargs):
        """Duties follow the calendar once the rows are stored; looking at them first changes nothing."""
        super().after_import(dataset, result, **kwargs)
        if not kwargs.get("dry_run") and not self.failures:
            follow_calendar({row.instance.date for row in result.rows if row.is_new() or row.is_update()}, self.by)
