"""Addresses below /roster/, /me/ and /notices/, and the months, weeks and dates in them."""

from django.urls import register_converter

from .converters import DateConverter, MonthConverter, WeekConverter

register_converter(DateConverter, "date")
register_converter(MonthConverter, "month")
register_converter(WeekConverter, "week")
