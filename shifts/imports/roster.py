"""Duties, attendance and regulations as files to keep; they are not read back."""

from django.utils import timezone
from django.utils.translation import gettext_lazy

from shifts.models import Assignment, Attendance, Regulation

from .cells import Day, OneOf, Text, YesNo
from .resource import Column, RowResource


class AssignmentResource(RowResource):
    date = Column(attribute="date", widget=Day())
    session = Column(attribute="session", widget=OneOf(Assignment._meta.get_field("session").choices))
    site = Column(attribute="roster__site__code", widget=Text(), label=gettext_lazy("điểm hỗ trợ"))
    post = Column(attribute="post__code", widget=Text(), label=gettext_lazy("vị trí trực"))
    event = Column(attribute="event__venue", widget=Text(), label=gettext_lazy("hoạt động"))
    username = Column(attribute="volunteer__user__username", widget=Text(), label=gettext_lazy("tên đăng nhập"))
    full_name = Column(attribute="volunteer__user__full_name", widget=Text(), label=gettext_lazy("họ và tên"))
    state = Column(attribute="state", widget=OneOf(Assignment.State.choices))
    pinned = Column(attribute="pinned", widget=YesNo())

    class Meta:
        model = Assignment
        fields = ("date", "session", "site", "post", "event", "username", "full_name", "state", "pinned")

    def get_queryset(self):
        return Assignment.objects.select_related("roster__site", "post", "event", "volunteer__user")


class Moment(Text):
    """A day and time on the clock of the site."""

    def render(self, value, obj=None, **kwargs):
        return f"{timezone.localtime(value):%d/%m/%Y %H:%M}" if value else ""


class AttendanceResource(RowResource):
    date = Column(attribute="assignment__date", widget=Day(), label=gettext_lazy("ngày"))
    session = Column(
        attribute="assignment__session",
        widget=OneOf(Assignment._meta.get_field("session").choices),
        label=gettext_lazy("buổi"),
    )
    site = Column(attribute="assignment__roster__site__code", widget=Text(), label=gettext_lazy("điểm hỗ trợ"))
    post = Column(attribute="assignment__post__code", widget=Text(), label=gettext_lazy("vị trí trực"))
    username = Column(
        attribute="assignment__volunteer__user__username", widget=Text(), label=gettext_lazy("tên đăng nhập")
    )
    full_name = Column(
        attribute="assignment__volunteer__user__full_name", widget=Text(), label=gettext_lazy("họ và tên")
    )
    state = Column(attribute="state", widget=OneOf(Attendance.State.choices))
    arrived_at = Column(attribute="arrived_at", widget=Moment())
    left_at = Column(attribute="left_at", widget=Moment())
    minutes = Column(attribute="minutes", widget=Text())
    note = Column(attribute="note", widget=Text())

    class Meta:
        model = Attendance
        fields = (
            *("date", "session", "site", "post", "username", "full_name"),
            *("state", "arrived_at", "left_at", "minutes", "note"),
        )

    def get_queryset(self):
        around = ("assignment__roster__site", "assignment__post", "assignment__volunteer__user")
        return Attendance.objects.select_related(*around)


class RegulationResource(RowResource):
    team = Column(attribute="team__code", widget=Text(), label=gettext_lazy("đội hình"))
    version = Column(attribute="version", widget=Text())
    title = Column(attribute="title", widget=Text())
    text = Column(attribute="text", widget=Text())
    published_at = Column(attribute="published_at", widget=Moment())

    class Meta:
        model = Regulation
        fields = ("team", "version", "title", "text", "published_at")
