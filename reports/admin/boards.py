"""Lobby boards in the admin: looked at; made, renewed and ended on their page."""

from django.contrib import admin

from reports.models import LobbyBoard
from shifts.imports.pages import ReadOnlyAdmin


@admin.register(LobbyBoard)
class LobbyBoardAdmin(ReadOnlyAdmin):
    """The secret of a link is not shown here."""

    unit_paths = ["site__unit"]
    fields = ["site", "made_by", "made_at", "seen_at", "revoked_at"]
    list_display = ["site", "made_by", "made_at", "seen_at", "revoked_at"]
    list_select_related = ["site", "made_by"]
