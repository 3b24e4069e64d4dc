"""Days that differ from the weekly rule: holidays, make-up days, closures, extra days."""

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarDayQuerySet(models.QuerySet):
    def open_days(self, *, last, count):
        """The `count` open days that end with `last`, in order: Monday to Friday, but for the days listed here."""
        listed = dict(self.filter(date__lte=last).values_list("date", "is_open"))
        days, date = [], last
        while len(days) < count and (last - date).days < 10 * count + 60:
            if listed.get(date, date.weekday() < 5):
                days.append(date)
            date -= datetime.timedelta(days=1)
        return days[::-1]


class CalendarDay(models.Model):
    """A date that is closed though a weekday, or open though a weekend."""

    date = models.DateField(_("ngày"), unique=True)
    name = models.CharField(_("tên"), max_length=120)
    is_open = models.BooleanField(_("mở cửa"), default=False)
    objects = CalendarDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("ngày đặc biệt")
        verbose_name_plural = _("ngày đặc biệt")
        ordering = ["date"]

    def __str__(self):
        return f"{self.date:%d/%m/%Y} {self.name}"
