"""The figures, below /reports/."""

from django.urls import path

from reports.views import data, overview

app_name = "reports"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("data/figures/", data.figures_data, name="figures_data"),
]
