"""Units and their totals, below /units/."""

from django.urls import path, register_converter

from assistance.views.units import files, sheets, start, totals, units

app_name = "units"


class UnitKeyConverter:
    """06691, or 06691@2025-07-01 where the code meant another unit before."""

    regex = r"[0-9]{1,10}(?:@[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))?"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return str(value)


register_converter(UnitKeyConverter, "unit_key")
urlpatterns = [
    path("", units.units, name="units"),
    path("list.xlsx", sheets.units_sheet, name="units_sheet"),
    path("growth.xlsx", sheets.growth_sheet, name="growth_sheet"),
    path("start/", start.start, name="start"),
    path("totals/", totals.totals, name="totals"),
    path("totals/<int:pk>/review/", units.review, name="review"),
    path("totals/accept/", units.accept_all, name="accept_all"),
    path("totals/file/", files.totals_file, name="import"),
    path("totals/file/confirm/", files.totals_file_confirm, name="import_confirm"),
    path("totals/file/failed/<str:token>/", files.totals_file_failed, name="import_failed"),
    path("totals/template/", files.totals_template, name="template"),
    path("remind/", units.remind_all, name="remind"),
    path("lock/", units.lock, name="lock"),
    path("<unit_key:key>/", units.unit, name="unit"),
]
