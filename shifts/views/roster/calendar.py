"""A site's calendar by the year, with its special days; and the settings of the site: hours, people, posts."""

import calendar as months
import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from shifts.access import Access
from shifts.dates import WEEKDAYS_SHORT
from shifts.models import CalendarDay
from shifts.roster.changes import FIRST_YEAR, LAST_YEAR, duty_words
from shifts.roster.site_forms import RemoveDayForm, SettingsForms, SpecialDaysForm, YearForm
from shifts.roster.special_days import Touches, follow_hours, open_between, remove_day, set_days

from .page import managed_site


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request, site):
    """Show the year; a post closes or opens days, after it was said whose duties that ends."""
    site = managed_site(request, site)
    form = days_form(request, site)
    if request.method != "POST":
        return shown(request, site, year_asked(request), form)
    if not form.is_valid():
        return shown(request, site, year_asked(request), form, status=422)
    data, dates = form.cleaned_data, dates_to_change(site, form)
    year = data["date_from"].year
    if not dates:
        form.add_error("date_from", _("Những ngày này vốn đã đóng cửa, không cần thêm."))
        return shown(request, site, year, form, status=422)
    try:
        done = set_days(
            site=None if data.get("everywhere") else site,
            dates=dates,
            session=data["session"],
            is_open=data["kind"] == "open",
            name=data["name"],
            by=request.user,
            agreed=data["agreed"],
        )
    except Touches as touches:
        return shown(request, site, year, form, asked=asked_of(touches, reverse("roster:calendar", args=[site.code])))
    messages.success(request, said_of(done, _("Đã đổi {count} ngày.").format(count=len(dates))))
    return redirect(f"{reverse('roster:calendar', args=[site.code])}?year={year}")


def days_form(request, site):
    access = Access.of(request.user)
    return SpecialDaysForm(
        request.POST if request.method == "POST" else None,
        sessions=site.sessions.used().order_by("starts_at"),
        may_everywhere=access.may_change_calendar(None),
    )


def dates_to_change(site, form):
    """The dates of the form; of a closure of this site only those on which it is open at all."""
    dates, data = form.dates(), form.cleaned_data
    if data["kind"] == "open" or data.get("everywhere"):
        return dates
    opened = open_between(site, dates[0], dates[-1])
    return [date for date in dates if date in opened and (not data["session"] or data["session"] in opened[date])]


def asked_of(touches, action):
    """What is asked before duties are ended: how many people and which duties of each."""
    people = {}
    for row in touches.duties:
        name = row.post.name if len({each.roster_id for each in touches.duties}) == 1 else row.roster.site.short_name
        people.setdefault(row.volunteer.user, []).append((row.date, name, row.session))
    rows = [(user, duty_words(duties)) for user, duties in people.items()]
    return {"action": action, "people": rows, "duties": len(touches.duties)}


def said_of(done, sentence):
    """The sentence, and what became of duties."""
    parts = [sentence]
    if done.duties:
        parts.append(_("Đã hủy {duties} ca và báo cho {people} người.").format(duties=done.duties, people=done.people))
    if done.places:
        parts.append(_("Đã mở {places} chỗ cho các bạn nhận.").format(places=done.places))
    return " ".join(parts)


@require_POST
def calendar_remove(request, site):
    """Take a special day away, so that the weekly rule holds again."""
    site = managed_site(request, site)
    form = RemoveDayForm(request.POST)
    if not form.is_valid():
        raise Http404
    rows = CalendarDay.objects.filter(Q(site=None) | Q(site=site)).select_related("site")
    day = get_object_or_404(rows, pk=form.cleaned_data["day"])
    if not Access.of(request.user).may_change_calendar(day.site):
        raise PermissionDenied(_("Ngày này áp dụng cho cả tỉnh, chỉ cán bộ cấp tỉnh sửa được."))
    year, words = day.date.year, str(day)
    try:
        done = remove_day(day=day, by=request.user, agreed=form.cleaned_data["agreed"])
    except Touches as touches:
        day = rows.get(pk=form.cleaned_data["day"])
        asked = asked_of(touches, reverse("roster:calendar_remove", args=[site.code])) | {"day": day}
        return shown(request, site, year, empty_form(request, site), asked=asked)
    messages.success(request, said_of(done, _("Đã bỏ ngày đặc biệt {day}.").format(day=words)))
    return redirect(f"{reverse('roster:calendar', args=[site.code])}?year={year}")


def empty_form(request, site):
    return SpecialDaysForm(
        sessions=site.sessions.used().order_by("starts_at"),
        may_everywhere=Access.of(request.user).may_change_calendar(None),
    )


def year_asked(request):
    """The year of the address, or this one when it names none we know."""
    form = YearForm(request.GET)
    return form.cleaned_data["year"] if form.is_valid() else timezone.localdate().year


def shown(request, site, year, form, *, asked=None, status=200):
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    days = CalendarDay.objects.filter(Q(site=None) | Q(site=site), date__range=(first, last))
    days = list(days.order_by("date", "site", "session"))
    access = Access.of(request.user)
    opened, today = open_between(site, first, last), timezone.localdate()
    months_shown = [month_of(year, month, opened, days) for month in range(1, 13)]
    over = today.month - 1 if year == today.year else 0
    context = {
        "site": site,
        # As text: a year is no quantity, and would be shown with a separator of thousands.
        "year": str(year),
        "earlier": str(year - 1) if year > FIRST_YEAR else "",
        "later": str(year + 1) if year < LAST_YEAR - 1 else "",
        "weekdays": WEEKDAYS_SHORT,
        "months": months_shown,
        "months_over": months_shown[:over],
        "months_left": months_shown[over:],
        "open_days": len(opened),
        "form": form,
        "asked": asked,
        "may_everywhere": access.may_change_calendar(None),
        "today": today,
        "month_shown": today.replace(day=1),
    }
    return render(request, "roster/calendar.html", context, status=status)


def month_of(year, month, opened, days):
    """First day, weeks of (date or None, state, names), and the special days of a month."""
    special = [day for day in days if day.date.month == month]
    names = {}
    for day in special:
        names.setdefault(day.date, []).append(day.name)
    weeks = [
        [cell_of(date, month, opened, names) for date in week]
        for week in months.Calendar().monthdatescalendar(year, month)
    ]
    return {"first": datetime.date(year, month, 1), "weeks": weeks, "special": special}


def cell_of(date, month, opened, names):
    if date.month != month:
        return None
    return {"date": date, "is_open": date in opened, "sessions": opened.get(date, ()), "names": names.get(date, [])}


@require_http_methods(["GET", "HEAD", "POST"])
def site_settings(request, site):
    """Hours, weekdays, whole days, and how many people the site and its posts need."""
    site = managed_site(request, site)
    forms = SettingsForms(site, request.POST if request.method == "POST" else None)
    page, asked, status = "roster/site_settings.html", None, 200
    if request.method == "POST":
        if forms.is_valid():
            try:
                with transaction.atomic():
                    forms.save()
                    agreed = forms.site.cleaned_data["agreed"]
                    done = follow_hours(site=site, by=request.user, agreed=agreed)
            except Touches as touches:
                asked = asked_of(touches, reverse("roster:site_settings", args=[site.code]))
            else:
                messages.success(request, said_of(done, _("Đã lưu cài đặt của điểm.")))
                return redirect("roster:site_settings", site=site.code)
        else:
            status = 422
            site.refresh_from_db()
    return render(request, page, {"site": site, "forms": forms, "asked": asked}, status=status)
