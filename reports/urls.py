"""The figures, below /reports/."""

from django.urls import path

from reports.views import board, dashboard, data, figures, overview, tables
from reports.views.targets import changes, pages, splits

app_name = "reports"
urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("parts/<slug:code>/", dashboard.dashboard_part, name="dashboard_part"),
    path("overview/", overview.overview, name="overview"),
    path("figures/<slug:figure>/", figures.figure, name="figure"),
    path("figures/<slug:figure>/rows/", figures.rows, name="rows"),
    path("data/figures/", data.figures_data, name="figures_data"),
    path("data/targets/", pages.targets_data, name="targets_data"),
    path("targets/", pages.targets, name="targets"),
    path("targets/new/", changes.set_new_target, name="set_new_target"),
    path("targets/targets.xlsx", pages.targets_file, name="targets_file"),
    path("targets/<uuid:series>/", pages.target, name="target"),
    path("targets/<uuid:series>/change/", changes.change, name="change_target"),
    path("targets/<uuid:series>/withdraw/", changes.withdraw, name="withdraw_target"),
    path("targets/<uuid:series>/split/", splits.split_page, name="split_target"),
    path("targets/<uuid:series>/split/confirm/", splits.split_confirm, name="split_target_confirm"),
    path("targets/<uuid:series>/split/weights.xlsx", splits.split_template, name="split_target_template"),
    path("boards/", board.boards, name="boards"),
    path("boards/<str:site>/link/", board.board_link, name="board_link"),
    path("table/", tables.tables, name="tables"),
    path("table/<slug:slug>/", tables.table, name="table"),
]
