"""The figures, below /reports/."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [path("", views.overview, name="overview")]
