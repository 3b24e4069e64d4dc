"""Units, teams, and the sites with their posts and hours as files."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shifts.models import Post, Site, SiteSession, Team, Unit, UnitSuccession
from shifts.models.sites import WORKING_WEEK

from .cells import Clock, Code, Day, OneOf, Reference, Text, UnitReference, Whole, YesNo, shown
from .registry import register
from .resource import Column, RowResource

RANK = {Unit.Level.PROVINCE: 0, Unit.Level.DISTRICT: 1, Unit.Level.COMMUNE: 2}
LEVEL_WORDS = {
    "tinh": Unit.Level.PROVINCE,
    "huyen": Unit.Level.DISTRICT,
    "xa": Unit.Level.COMMUNE,
    "thanh pho": Unit.Level.DISTRICT,
    "phuong": Unit.Level.COMMUNE,
}


class UnitCode(Code):
    """A unit's code has two digits for a province, three for a district, five for a commune."""

    WIDTH = {Unit.Level.PROVINCE: 2, Unit.Level.DISTRICT: 3, Unit.Level.COMMUNE: 5}

    def from_number(self, number, row):
        width = self.WIDTH.get(self.level_of(row))
        if number < 0 or not width or len(str(number)) > width:
            raise ValueError(self.not_text(number))
        return str(number).zfill(width)

    @staticmethod
    def level_of(row):
        try:
            return OneOf(Unit.Level.choices, LEVEL_WORDS).clean((row or {}).get("level"))
        except ValueError:
            return None


class ParentReference(UnitReference):
    """The unit above, as it was on the first day of the row."""

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else value.code


class UnitResource(RowResource):
    code = Column(attribute="code", widget=UnitCode(), required=True)
    name = Column(attribute="name", widget=Text(), required=True)
    level = Column(attribute="level", widget=OneOf(Unit.Level.choices, LEVEL_WORDS), required=True)
    kind = Column(attribute="kind", widget=Text(), required=True, also=["type"])
    parent = Column(
        attribute="parent",
        column_name="parent_code",
        label=gettext_lazy("thuộc (mã)"),
        also=["thuộc", "mã đơn vị cấp trên"],
        widget=ParentReference(Unit, gettext_lazy("đơn vị cấp trên")),
    )
    valid_from = Column(attribute="valid_from", widget=Day(), required=True)
    valid_until = Column(attribute="valid_until", widget=Day())

    class Meta:
        model = Unit
        fields = ("code", "name", "level", "kind", "parent", "valid_from", "valid_until")
        import_id_fields = ("code", "valid_from")

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        errors = dict(import_validation_errors or {})
        parent = None if "parent" in errors else instance.parent
        # A higher level above also means that no unit can end up below itself.
        if parent and instance.level in RANK and RANK[parent.level] >= RANK[instance.level]:
            errors["parent"] = ValidationError(_("“{unit}” không phải đơn vị cấp trên").format(unit=parent))
        super().validate_instance(instance, errors, validate_unique)


class TeamResource(RowResource):
    code = Column(attribute="code", widget=Code(), required=True)
    name = Column(attribute="name", widget=Text(), required=True)
    unit = Column(attribute="unit", widget=UnitReference(Unit, gettext_lazy("đơn vị")), required=True)
    home_site = Column(attribute="home_site", widget=Reference(Site, gettext_lazy("điểm hỗ trợ")))
    decision_number = Column(attribute="decision_number", widget=Text())
    valid_from = Column(attribute="valid_from", widget=Day())
    valid_until = Column(attribute="valid_until", widget=Day())

    class Meta:
        model = Team
        fields = ("code", "name", "unit", "home_site", "decision_number", "valid_from", "valid_until")
        import_id_fields = ("code",)


class SiteResource(RowResource):
    code = Column(attribute="code", widget=Code(), required=True)
    name = Column(attribute="name", widget=Text(), required=True)
    short_name = Column(attribute="short_name", widget=Text(), required=True)
    unit = Column(attribute="unit", widget=UnitReference(Unit, gettext_lazy("đơn vị")), required=True)
    address = Column(attribute="address", widget=Text())
    min_people = Column(attribute="min_people", widget=Whole(), default=1)
    whole_days = Column(attribute="whole_days", widget=YesNo())
    valid_from = Column(attribute="valid_from", widget=Day())
    valid_until = Column(attribute="valid_until", widget=Day())

    class Meta:
        model = Site
        fields = (
            *("code", "name", "short_name", "unit", "address"),
            *("min_people", "whole_days", "valid_from", "valid_until"),
        )
        import_id_fields = ("code",)


class PostResource(RowResource):
    site = Column(attribute="site", widget=Reference(Site, gettext_lazy("điểm hỗ trợ")), required=True)
    code = Column(attribute="code", widget=Code(), required=True)
    name = Column(attribute="name", widget=Text(), required=True)
    position = Column(attribute="position", widget=Whole(), default=1)
    min_people = Column(attribute="min_people", widget=Whole(), default=1, also=["tối thiểu"])
    max_people = Column(attribute="max_people", widget=Whole(), default=3, also=["tối đa"])

    class Meta:
        model = Post
        fields = ("site", "code", "name", "position", "min_people", "max_people")
        import_id_fields = ("site", "code")


class SiteSessionResource(RowResource):
    site = Column(attribute="site", widget=Reference(Site, gettext_lazy("điểm hỗ trợ")), required=True)
    session = Column(attribute="session", widget=OneOf(SiteSession.Session.choices), required=True)
    starts_at = Column(attribute="starts_at", widget=Clock(), required=True)
    ends_at = Column(attribute="ends_at", widget=Clock(), required=True)
    weekdays = Column(attribute="weekdays", widget=Code(), default=WORKING_WEEK, also=["thứ"])

    class Meta:
        model = SiteSession
        fields = ("site", "session", "starts_at", "ends_at", "weekdays")
        import_id_fields = ("site", "session")


register("units", UnitResource)


class DatedUnit(Reference):
    """A unit by its code and first day, CODE@DAY: a code alone may mean several units."""

    def find(self, text, row):
        code, _sign, start = text.partition("@")
        found = self.model.objects.filter(code=code.strip(), valid_from=Day().clean(start)).first() if start else None
        if found is None:
            raise ValueError(_("không có đơn vị “{value}”; ghi mã và ngày bắt đầu, ví dụ 06652@01/07/2025").format(
                value=shown(text)))  # fmt: skip
        return found

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else f"{value.code}@{value.valid_from:%d/%m/%Y}"


class UnitSuccessionResource(RowResource):
    predecessor = Column(
        attribute="predecessor", widget=DatedUnit(Unit, gettext_lazy("đơn vị cũ")), label=gettext_lazy("đơn vị cũ"),
        required=True,
    )  # fmt: skip
    successor = Column(
        attribute="successor", widget=DatedUnit(Unit, gettext_lazy("đơn vị kế thừa")),
        label=gettext_lazy("đơn vị kế thừa"), required=True,
    )  # fmt: skip
    is_main = Column(attribute="is_main", widget=YesNo())
    extent = Column(attribute="extent", widget=OneOf(UnitSuccession.Extent.choices))
    decision = Column(attribute="decision", widget=Text())

    class Meta:
        model = UnitSuccession
        fields = ("predecessor", "successor", "is_main", "extent", "decision")
        import_id_fields = ("predecessor", "successor")
