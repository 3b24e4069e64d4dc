"""Activities, departments, counters, procedures and lists as files."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.models import (
    Activity,
    Counter,
    Department,
    DossierCodePattern,
    NotSubmittedReason,
    Procedure,
    ServiceLevel,
)
from assistance.result_imports import OutreachResource
from assistance.total_imports import UnitTotalResource
from shifts.imports import register
from shifts.imports.cells import Code, Day, OneOf, Reference, Text, Whole, YesNo, shown
from shifts.imports.resource import Column, RowResource
from shifts.models import Post, Site


class ProcedureCode(Code):
    """Codes look like 2.001610; as a number Excel keeps 2.00161, or in Vietnamese 2001610. Six places are known."""

    def clean(self, value, row=None, **kwargs):
        if isinstance(value, float) and 1 <= value < 10 and not value.is_integer() and value == round(value, 6):
            return f"{value:.6f}"
        return super().clean(value, row, **kwargs)

    def from_number(self, number, row):
        if not 1_000_000 <= number < 10_000_000:
            raise ValueError(self.not_text(number))
        return f"{number // 1_000_000}.{number % 1_000_000:06d}"


def level_reference():
    return Reference(ServiceLevel, gettext_lazy("mức dịch vụ"))


def department_reference():
    return Reference(Department, gettext_lazy("sở, ngành"))


class ProcedureResource(RowResource):
    code = Column(attribute="code", widget=ProcedureCode(), required=True, also=["mã thủ tục"])
    name = Column(attribute="name", widget=Text(), required=True, also=["tên thủ tục"])
    sector = Column(attribute="sector", widget=Text())
    department = Column(attribute="department", widget=department_reference(), also=["sở ngành", "cơ quan"])
    level = Column(attribute="level", widget=level_reference(), also=["mức"])
    level_2020 = Column(attribute="level_2020", widget=level_reference())
    official_url = Column(attribute="official_url", widget=Text(), also=["đường dẫn"])
    bring = Column(attribute="bring", widget=Text())
    valid_from = Column(attribute="valid_from", widget=Day())
    valid_until = Column(attribute="valid_until", widget=Day())

    class Meta:
        model = Procedure
        fields = (
            *("code", "name", "sector", "department", "level", "level_2020"),
            *("official_url", "bring", "valid_from", "valid_until"),
        )
        import_id_fields = ("code",)


class DepartmentResource(RowResource):
    code = Column(attribute="code", widget=Code(), required=True)
    name = Column(attribute="name", widget=Text(), required=True)
    position = Column(attribute="position", widget=Whole(), default=1)

    class Meta:
        model = Department
        fields = ("code", "name", "position")
        import_id_fields = ("code",)


class PostOfSite(Reference):
    """A post by its code at the site of the row."""

    def clean(self, value, row=None, **kwargs):
        text = Code().clean(value, row)
        if not text:
            return None
        post = Post.objects.filter(code=text, site__code=Code().clean((row or {}).get("site"))).first()
        if post is None:
            raise ValueError(_("điểm hỗ trợ này không có vị trí “{value}”").format(value=shown(text)))
        return post


class CounterResource(RowResource):
    site = Column(attribute="site", widget=Reference(Site, gettext_lazy("điểm hỗ trợ")), required=True)
    code = Column(attribute="code", widget=Code(), required=True)
    name = Column(attribute="name", widget=Text(), required=True)
    post = Column(attribute="post", widget=PostOfSite(Post, gettext_lazy("vị trí")))
    department = Column(attribute="department", widget=department_reference())

    class Meta:
        model = Counter
        fields = ("site", "code", "name", "post", "department")
        import_id_fields = ("site", "code")


class ServiceLevelResource(RowResource):
    code = Column(attribute="code", widget=Code(), required=True)
    name = Column(attribute="name", widget=Text(), required=True)
    counts_as = Column(
        attribute="counts_as", widget=OneOf(ServiceLevel.CountsAs.choices, {"": ServiceLevel.CountsAs.NOTHING})
    )
    position = Column(attribute="position", widget=Whole(), default=1)
    valid_from = Column(attribute="valid_from", widget=Day())
    valid_until = Column(attribute="valid_until", widget=Day())

    class Meta:
        model = ServiceLevel
        fields = ("code", "name", "counts_as", "position", "valid_from", "valid_until")
        import_id_fields = ("code",)


class ActivityResource(RowResource):
    code = Column(attribute="code", widget=Code(), required=True)
    name = Column(attribute="name", widget=Text(), required=True)
    short_name = Column(attribute="short_name", widget=Text(), required=True)
    icon = Column(attribute="icon", widget=Text(), default="check2-square")
    position = Column(attribute="position", widget=Whole(), default=1)
    counts_reached = Column(attribute="counts_reached", widget=YesNo())
    counts_guided = Column(attribute="counts_guided", widget=YesNo())
    counts_leaflets = Column(attribute="counts_leaflets", widget=YesNo())
    opens_account = Column(attribute="opens_account", widget=YesNo())
    needs_dossier = Column(attribute="needs_dossier", widget=YesNo())
    valid_from = Column(attribute="valid_from", widget=Day())
    valid_until = Column(attribute="valid_until", widget=Day())

    class Meta:
        model = Activity
        fields = (
            *("code", "name", "short_name", "icon", "position", "counts_reached", "counts_guided"),
            *("counts_leaflets", "opens_account", "needs_dossier", "valid_from", "valid_until"),
        )
        import_id_fields = ("code",)


class NotSubmittedReasonResource(RowResource):
    code = Column(attribute="code", widget=Code(), required=True)
    name = Column(attribute="name", widget=Text(), required=True)
    position = Column(attribute="position", widget=Whole(), default=1)
    is_active = Column(attribute="is_active", widget=YesNo(blank=True))

    class Meta:
        model = NotSubmittedReason
        fields = ("code", "name", "position", "is_active")
        import_id_fields = ("code",)


class Pattern(Text):
    """A regular expression that works."""

    def clean(self, value, row=None, **kwargs):
        text = super().clean(value, row, **kwargs)
        try:
            re.compile(text)
        except (re.error, RecursionError, OverflowError) as error:
            raise ValueError(_("biểu thức chính quy viết chưa đúng")) from error
        return text


class DossierCodePatternResource(RowResource):
    name = Column(attribute="name", widget=Text(), required=True)
    pattern = Column(attribute="pattern", widget=Pattern(), label=gettext_lazy("mẫu"), required=True)
    example = Column(attribute="example", widget=Text(), required=True)
    position = Column(attribute="position", widget=Whole(), default=1)

    class Meta:
        model = DossierCodePattern
        fields = ("name", "pattern", "example", "position")
        import_id_fields = ("name",)

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        errors = dict(import_validation_errors or {})
        if "pattern" not in errors and not re.fullmatch(instance.pattern, instance.example):
            errors["example"] = ValidationError(_("ví dụ không khớp với mẫu"))
        super().validate_instance(instance, errors, validate_unique)


register("procedures", ProcedureResource)
register("unit_totals", UnitTotalResource)
register("outreach", OutreachResource)
