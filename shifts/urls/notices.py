"""Addresses of what a person was told, below /notices/."""

from django.urls import path

from shifts.views import notices

app_name = "notices"
urlpatterns = [
    path("", notices.notices, name="notices"),
    path("read/", notices.read_all, name="read_all"),
    path("<int:pk>/read/", notices.read, name="read"),
    path("<int:pk>/open/", notices.open_notice, name="open"),
]
