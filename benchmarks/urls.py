"""The site's own addresses and, beside them, the bare views."""

from django.urls import include, path

from . import views

urlpatterns = [
    path("bare/row/", views.insert_one_row),
    path("bare/sql/", views.desk_sql_only),
    path("bare/page/", views.thirty_rows),
    path("", include("volunteer_support.urls")),
]
