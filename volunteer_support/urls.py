"""Addresses of the site."""

from django.contrib import admin
from django.urls import include, path

from reports.views import board
from shifts.views import accounts, health, home, team_import
from shifts.views.roster import feeds

urlpatterns = [
    path("", home.home, name="home"),
    path("accounts/login/", accounts.login, name="login"),
    path("accounts/logout/", accounts.logout, name="logout"),
    path("accounts/first/<str:token>/", accounts.first_login, name="first_login"),
    path("accounts/language/", accounts.set_language, name="set_language"),
    path("accounts/password/", accounts.password_change, name="password_change"),
    path("team/links/", accounts.team_links, name="team_links"),
    path("team/import/", team_import.team_import, name="team_import"),
    path("team/import/confirm/", team_import.team_import_confirm, name="team_import_confirm"),
    path("team/import/sample/", team_import.team_import_sample, name="team_import_sample"),
    path("team/import/<str:kind>/<str:token>/", team_import.team_import_file, name="team_import_file"),
    path("me/", include("shifts.urls.me")),
    path("roster/today/", include("assistance.today_urls")),
    path("roster/", include("shifts.urls.roster")),
    path("notices/", include("shifts.urls.notices")),
    path("calendar/<str:token>.ics", feeds.calendar_feed, name="calendar_feed"),
    path("desk/", include("assistance.urls")),
    path("units/", include("assistance.unit_urls")),
    path("outreach/", include("assistance.outreach_urls")),
    path("reports/", include("reports.urls")),
    path("board/<str:token>/", board.board, name="board"),
    path("healthz", health.healthz, name="healthz"),
    path("admin/login/", accounts.admin_login),
    path("admin/", admin.site.urls),
]
handler400 = "shifts.views.errors.bad_request"
handler403 = "shifts.views.errors.forbidden"
handler404 = "shifts.views.errors.not_found"
handler500 = "shifts.views.errors.server_error"
