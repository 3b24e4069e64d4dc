"""Addresses of the roster, below /roster/."""

from django.urls import path, register_converter

from shifts.views.roster import builder

from .converters import MonthConverter

register_converter(MonthConverter, "month")

app_name = "roster"
urlpatterns = [
    path("", builder.rosters, name="rosters"),
    path("<str:site>/<month:month>/", builder.month, name="month"),
]
