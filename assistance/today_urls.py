"""Today at a site, below /roster/today/: beside the roster's own addresses, as it shows visits too."""

from django.urls import path

from assistance.views import today

app_name = "today"
urlpatterns = [
    path("", today.today, name="today"),
    path("check-in/", today.check_in, name="check_in"),
    path("check-out/", today.check_out, name="check_out"),
    path("<int:pk>/", today.duty, name="duty"),
    path("<int:pk>/mark/", today.mark, name="mark"),
    path("<int:pk>/undo/", today.undo, name="undo"),
]
