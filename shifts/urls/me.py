"""Addresses of a volunteer's own pages, below /me/."""

from django.urls import path

from shifts.views.me import (
    absences,
    attendance,
    calendar,
    duties,
    leave,
    places,
    preferences,
    record,
    regulations,
    swaps,
)

app_name = "me"
urlpatterns = [
    path("", duties.duties, name="duties"),
    path("absence/<date:date>/", absences.absence, name="absence"),
    path("absence/event/<int:pk>/", absences.event_absence, name="event_absence"),
    path("changes/<int:pk>/undo/", absences.undo, name="undo"),
    path("check-in/", attendance.check_in, name="check_in"),
    path("check-out/", attendance.check_out, name="check_out"),
    path("places/", places.take, name="take"),
    path("swap/<date:date>/", swaps.swap, name="swap"),
    path("swaps/<int:pk>/accept/", swaps.swap_accept, name="swap_accept"),
    path("swaps/<int:pk>/decline/", swaps.swap_decline, name="swap_decline"),
    path("swaps/<int:pk>/withdraw/", swaps.swap_withdraw, name="swap_withdraw"),
    path("swaps/<int:pk>/back/", swaps.swap_back, name="swap_back"),
    path("leave/", leave.leave, name="leave"),
    path("leave/<int:pk>/withdraw/", leave.leave_withdraw, name="leave_withdraw"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/renew/", calendar.calendar_renew, name="calendar_renew"),
    path("record/", record.record, name="record"),
    path("regulations/", regulations.regulations, name="regulations"),
    path("regulations/<int:version>/", regulations.regulations, name="regulation"),
    path("regulations/<int:pk>/read/", regulations.regulation_read, name="regulation_read"),
]
