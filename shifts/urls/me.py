"""Addresses of a volunteer's own pages, below /me/."""

from django.urls import path

from shifts.views.me import duties

app_name = "me"
urlpatterns = [
    path("", duties.duties, name="duties"),
]
