"""Addresses of the roster, below /roster/."""

from django.urls import path, register_converter

from shifts.views.roster import builder, papers

from .converters import DateConverter, MonthConverter, WeekConverter

register_converter(DateConverter, "date")
register_converter(MonthConverter, "month")
register_converter(WeekConverter, "week")

app_name = "roster"
urlpatterns = [
    path("", builder.rosters, name="rosters"),
    path("<str:site>/<month:month>/", builder.month, name="month"),
    path("<str:site>/<month:month>/print/", papers.print_month, name="print_month"),
    path("<str:site>/<week:week>/print/", papers.print_week, name="print_week"),
    path("<str:site>/<date:date>/print/", papers.print_day, name="print_day"),
    path("<str:site>/<month:month>/text/", papers.text_month, name="text_month"),
    path("<str:site>/<week:week>/text/", papers.text_week, name="text_week"),
    path("<str:site>/<date:date>/text/", papers.text_day, name="text_day"),
]
