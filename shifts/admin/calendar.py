"""Days that differ from the weekly rule."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shifts.access import Access
from shifts.dates import weekday_name
from shifts.imports.calendar import CalendarDayResource
from shifts.imports.pages import RowsAdmin
from shifts.models import CalendarDay
from shifts.roster.closing import follow_calendar, lock_rosters_of


class CalendarDayForm(forms.ModelForm):
    """A special day of a site in reach; those of every site are for who works for the whole province."""

    access = None

    def clean_site(self):
        site = self.cleaned_data["site"]
        if not self.access.may_change_calendar(site):
            raise ValidationError(_("Bạn không quản lý lịch của điểm này. Hãy chọn điểm của đơn vị mình."))
        return site


@admin.register(CalendarDay)
class CalendarDayAdmin(RowsAdmin):
    resource_classes = [CalendarDayResource]
    form = CalendarDayForm
    list_display = ["date", "weekday", "name", "is_open", "site", "session"]
    list_filter = ["is_open", "session", "site"]
    list_select_related = ["site"]
    date_hierarchy = "date"
    names = ["name", "date"]
    search_fields = ["name"]
    autocomplete_fields = ["site"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"access": Access.of(request.user)})

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self.in_reach(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.in_reach(request, obj)

    def save_model(self, request, obj, form, change):
        before = CalendarDay.objects.filter(pk=obj.pk).first()
        # The rosters first, as everywhere: whoever closes the same day on the calendar's page locks in this order.
        lock_rosters_of([day.date for day in (before, obj) if day])
        super().save_model(request, obj, form, change)
        self.follow(request, [day for day in (before, obj) if day])

    def delete_model(self, request, obj):
        lock_rosters_of([obj.date])
        super().delete_model(request, obj)
        self.follow(request, [obj])

    def delete_queryset(self, request, queryset):
        days = list(queryset)
        lock_rosters_of([day.date for day in days])
        super().delete_queryset(request, queryset)
        self.follow(request, days)

    @staticmethod
    def follow(request, days):
        """Duties follow the calendar: those of closed sessions end, and the administrator is told how many."""
        done = follow_calendar([day.date for day in days], request.user)
        if done.duties:
            sentence = _("Đã hủy {duties} ca trong buổi đóng cửa và báo cho {people} người.")
            messages.warning(request, sentence.format(duties=done.duties, people=done.people))

    @staticmethod
    def in_reach(request, day):
        return day is None or Access.of(request.user).may_change_calendar(day.site)

    @admin.display(description=gettext_lazy("thứ"), ordering="date")
    def weekday(self, day):
        return weekday_name(day.date)
