"""Outreach events, below /outreach/."""

from django.urls import path

from assistance.views.outreach import event, events, feeds, papers, plan, result

app_name = "outreach"
urlpatterns = [
    path("", events.events, name="events"),
    path("plan/", plan.plan, name="plan"),
    path("hosts/", plan.hosts, name="hosts"),
    path("text/", papers.month_text, name="month_text"),
    path("outreach.xlsx", papers.workbook, name="workbook"),
    path("feed/", feeds.team_feed, name="feed"),
    path("<int:pk>/", event.event, name="event"),
    path("<int:pk>/edit/", plan.edit, name="edit"),
    path("<int:pk>/people/", event.people, name="people"),
    path("<int:pk>/state/", event.state, name="state"),
    path("<int:pk>/material/", event.material, name="material"),
    path("<int:pk>/result/", result.result, name="result"),
    path("<int:pk>/come/", event.come, name="come"),
    path("<int:pk>/print/", papers.print_event, name="print"),
    path("<int:pk>/text/", papers.event_text, name="text"),
]
