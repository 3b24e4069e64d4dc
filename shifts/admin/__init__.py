"""The admin, by domain; what only the services write can be looked at here and no more."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from . import calendar, jobs, outreach, people, places, roster, unit_changes, volunteering

__all__ = ["calendar", "jobs", "outreach", "people", "places", "roster", "unit_changes", "volunteering"]

admin.site.site_header = admin.site.site_title = gettext_lazy("Quản trị hỗ trợ dịch vụ công")
admin.site.index_title = gettext_lazy("Dữ liệu")
