"""Filters for dates: `{% load dates %}`."""

from django import template
from django.template.defaultfilters import capfirst

from shifts import dates

register = template.Library()
register.filter("day_name", dates.day_name)
register.filter("weekday_short", dates.weekday_short)
register.filter("weekday_name", dates.weekday_name)


@register.filter
def day_title(date):
    """Thứ Năm 18/06, to begin a line."""
    return capfirst(dates.day_name(date))
