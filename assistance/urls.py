"""The desk, below /desk/."""

from django.urls import path

from assistance.views import desk, dossiers, grid, procedures, visits

app_name = "desk"
urlpatterns = [
    path("", desk.desk, name="desk"),
    path("place/", desk.place, name="place"),
    path("note/", desk.note, name="note"),
    path("buttons/", desk.buttons, name="buttons"),
    path("visits/", visits.visits, name="visits"),
    path("visits/today/", visits.today, name="today"),
    path("visits/<uuid:pk>/", visits.visit, name="visit"),
    path("visits/<uuid:pk>/edit/", visits.edit, name="edit"),
    path("visits/<uuid:pk>/undo/", visits.undo, name="undo"),
    path("activities/", procedures.activities, name="activities"),
    path("procedures/", procedures.procedures, name="procedures"),
    path("procedures/<str:code>/card/", procedures.card, name="procedure_card"),
    path("dossiers/", dossiers.dossiers, name="dossiers"),
    path("dossiers/<int:pk>/state/", dossiers.dossier_state, name="dossier_state"),
    path("sheet/", grid.sheet, name="sheet"),
    path("grid/", grid.grid, name="grid"),
]
