"""Leave as a file: who cannot serve, from which day to which, in which session."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shifts.access import Access
from shifts.models import Assignment, Leave, SiteSession, Volunteer
from shifts.roster.changes import duty_words
from shifts.text import fold

from .cells import Day, OneOf, Reference, Text
from .registry import register
from .resource import Column, RowResource

LONGEST_LEAVE_DAYS = 366


class Member(Reference):
    """A volunteer by login or, where no login is called so and one person alone is, by full name."""

    def __init__(self):
        super().__init__(
            Volunteer, gettext_lazy("tình nguyện viên"), field="user__username", name_field="user__full_name"
        )

    def by_name(self, text):
        everybody = Volunteer.objects.select_related("user")
        same = [person for person in everybody if fold(person.user.full_name) == fold(text)]
        return same[0] if len(same) == 1 else None

    def render(self, value, obj=None, **kwargs):
        return value.user.username if value else ""


class LeaveResource(RowResource):
    """A row that says what is known already changes nothing; one that overlaps other leave is refused, naming it."""

    username = Column(attribute="volunteer", widget=Member(), label=gettext_lazy("tên đăng nhập"), required=True)
    date_from = Column(attribute="date_from", widget=Day(), required=True, also=["từ"])
    date_to = Column(attribute="date_to", widget=Day(), required=True, also=["đến", "đến ngày"])
    session = Column(
        attribute="session",
        widget=OneOf(SiteSession.Session.choices, {"ca ngay": "", "ca hai buoi": "", "ca hai": ""}, blank=""),
    )
    reason = Column(attribute="reason", widget=Text())

    class Meta:
        model = Leave
        fields = ("username", "date_from", "date_to", "session", "reason")
        import_id_fields = ("username", "date_from", "date_to", "session")

    def get_queryset(self):
        return Leave.objects.standing().select_related("volunteer__user")

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        errors = dict(import_validation_errors or {})
        if not errors:
            errors = self.errors_of_reach(instance) or self.errors_of_days(instance)
        try:
            # made_by: nobody when the command brings it in.
            instance.full_clean(exclude={*errors, "made_by"}, validate_unique=validate_unique)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def errors_of_reach(self, leave):
        """Nobody says for people of others when they are away, nor is told when they are."""
        if self.by is None or Access.of(self.by).may_manage_team(leave.volunteer.team_id):
            return {}
        return {"volunteer": ValidationError(_("bạn không quản lý đội của bạn này"))}

    @staticmethod
    def errors_of_days(leave):
        if leave.date_to < leave.date_from:
            return {"date_to": ValidationError(_("ngày cuối không được trước ngày đầu"))}
        if (leave.date_to - leave.date_from).days >= LONGEST_LEAVE_DAYS:
            sentence = _("báo bận dài nhất {days} ngày; hãy xem lại năm")
            return {"date_to": ValidationError(sentence.format(days=LONGEST_LEAVE_DAYS))}
        other = overlapping(leave)
        if other:
            sentence = _("chồng lên báo bận đã có của bạn này: {leave}")
            return {"date_from": ValidationError(sentence.format(leave=days_of(other)))}
        return {}

    def before_save_instance(self, instance, row, **kwargs):
        if instance.pk is None:
            instance.made_by = self.by

    def warnings_of(self, instance):
        duties = duties_within(instance)
        if not duties:
            return []
        name = instance.volunteer.user
        places = ((duty.date, duty.post.name if duty.post else duty.event.venue, duty.session) for duty in duties)
        return [_("{name} vẫn có ca đã công bố: {duties}").format(name=name, duties=duty_words(places))]


def overlapping(leave):
    """Another standing leave of the person that has a session in common with this one, or None."""
    others = Leave.objects.touching(leave.date_from, leave.date_to).filter(volunteer=leave.volunteer)
    if leave.session:
        others = others.filter(session__in=["", leave.session])
    return others.exclude(pk=leave.pk).first()


def days_of(leave):
    """The days of a leave in words."""
    session = leave.get_session_display() if leave.session else _("cả ngày")
    if leave.date_from == leave.date_to:
        return f"{leave.date_from:%d/%m/%Y} ({session})"
    return f"{leave.date_from:%d/%m/%Y} – {leave.date_to:%d/%m/%Y} ({session})"


def duties_within(leave):
    """Duties to come, known to the person, that fall into the leave."""
    duties = Assignment.objects.announced().between(max(leave.date_from, timezone.localdate()), leave.date_to)
    if leave.session:
        duties = duties.filter(session=leave.session)
    return duties.filter(volunteer=leave.volunteer).select_related("post", "event")


register("leave", LeaveResource)
