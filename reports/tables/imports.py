"""Definitions of statistics tables as files: one of the tables, one of their columns."""

from django.utils.translation import gettext_lazy

from reports.models import TableColumn, TableDefinition
from reports.tables.contents import content_choices
from shifts.imports.cells import Code, Day, OneOf, Reference, Text, Whole, YesNo
from shifts.imports.resource import Column, RowResource


class TableDefinitionResource(RowResource):
    slug = Column(attribute="slug", widget=Code(), required=True)
    title = Column(attribute="title", widget=Text(), required=True)
    description = Column(attribute="description", widget=Text())
    rows = Column(attribute="rows", widget=OneOf(TableDefinition.Rows.choices), required=True)
    level = Column(
        attribute="level", widget=OneOf(TableDefinition.Level.choices, blank=TableDefinition.Level.BELOW)
    )  # fmt: skip
    hide_empty = Column(attribute="hide_empty", widget=YesNo())
    note = Column(attribute="note", widget=Text())
    position = Column(attribute="position", widget=Whole(), default=1)
    valid_from = Column(attribute="valid_from", widget=Day())
    valid_until = Column(attribute="valid_until", widget=Day())

    class Meta:
        model = TableDefinition
        fields = (
            *("slug", "title", "description", "rows", "level", "hide_empty", "note", "position"),
            *("valid_from", "valid_until"),
        )
        import_id_fields = ("slug",)


class TableColumnResource(RowResource):
    definition = Column(
        attribute="definition",
        widget=Reference(TableDefinition, gettext_lazy("mẫu bảng"), field="slug", name_field="title"),
        required=True,
    )
    position = Column(attribute="position", widget=Whole(), required=True)
    group = Column(attribute="group", widget=Text())
    content = Column(attribute="content", widget=OneOf(content_choices()), required=True)
    measure = Column(
        attribute="measure", widget=OneOf(TableColumn.Measure.choices, blank=TableColumn.Measure.PERIOD)
    )  # fmt: skip
    heading = Column(attribute="heading", widget=Text())

    class Meta:
        model = TableColumn
        fields = ("definition", "position", "group", "content", "measure", "heading")
        import_id_fields = ("definition", "position")
