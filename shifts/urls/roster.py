"""Addresses of the roster, below /roster/."""

from django.urls import path

from shifts.views.roster import builder, calendar, cells, feeds, papers, publishing, roster_import, runs, templates

app_name = "roster"
urlpatterns = [
    path("", builder.rosters, name="rosters"),
    path("<str:site>/<month:month>/", builder.month, name="month"),
    path("<str:site>/<week:monday>/", builder.week, name="week"),
    path("<str:site>/<month:month>/build/", runs.build, name="build"),
    path("<str:site>/<month:month>/build/progress/", runs.progress, name="build_progress"),
    path("<str:site>/<month:month>/build/stop/", runs.stop, name="build_stop"),
    path("<str:site>/<month:month>/undo/", cells.undo, name="undo"),
    path("<str:site>/<month:month>/template/", templates.lay_template, name="lay_template"),
    path("<str:site>/<month:month>/template/save/", templates.save_template, name="save_template"),
    path("<str:site>/<month:month>/template/drop/", templates.drop_template, name="drop_template"),
    path("<str:site>/<month:month>/publish/", publishing.publish, name="publish"),
    path("<str:site>/<month:month>/repair/", publishing.repair_hole, name="repair"),
    path("<str:site>/assign/", cells.assign, name="assign"),
    path("<str:site>/move/", cells.move, name="move"),
    path("<str:site>/pin/", cells.pin, name="pin"),
    path("<str:site>/clear/", cells.clear, name="clear"),
    path("<str:site>/<month:month>/print/", papers.print_month, name="print_month"),
    path("<str:site>/<week:week>/print/", papers.print_week, name="print_week"),
    path("<str:site>/<date:date>/print/", papers.print_day, name="print_day"),
    path("<str:site>/<month:month>/text/", papers.text_month, name="text_month"),
    path("<str:site>/<week:week>/text/", papers.text_week, name="text_week"),
    path("<str:site>/<date:date>/text/", papers.text_day, name="text_day"),
    path("<str:site>/calendar/", calendar.calendar, name="calendar"),
    path("<str:site>/calendar/remove/", calendar.calendar_remove, name="calendar_remove"),
    path("<str:site>/settings/", calendar.site_settings, name="site_settings"),
    path("<str:site>/feed/", feeds.site_feed, name="site_feed"),
    path("<str:site>/<month:month>/roster.xlsx", papers.workbook, name="workbook"),
    path("<str:site>/<month:month>/import/", roster_import.roster_import, name="roster_import"),
]
