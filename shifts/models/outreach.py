"""Outreach events (Thứ Bảy tình nguyện): a team goes to a school or a residential area."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shifts.text import fold


class OutreachEventQuerySet(models.QuerySet):
    def standing(self):
        """Events that are not cancelled."""
        return self.exclude(state=OutreachEvent.State.CANCELLED)

    def held(self):
        return self.filter(state=OutreachEvent.State.HELD)

    def between(self, first, last):
        """Events from one date to another, both included."""
        return self.filter(date__range=(first, last))


class OutreachEvent(models.Model):
    """One event of one team, away from its sites; people are assigned to it as to a roster.

    It counts for `unit`, the unit of the team when the event was made, whatever becomes of the team.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("dự kiến")
        CONFIRMED = "confirmed", _("đã chốt")
        HELD = "held", _("đã tổ chức")
        CANCELLED = "cancelled", _("đã hủy")

    class VenueKind(models.TextChoices):
        SCHOOL = "school", _("trường học")
        RESIDENTIAL = "residential", _("khu dân cư")
        OFFICE = "office", _("cơ quan")
        MARKET = "market", _("chợ")
        OTHER = "other", _("nơi khác")

    team = models.ForeignKey("shifts.Team", verbose_name=_("đội hình"), on_delete=models.PROTECT, related_name="events")
    unit = models.ForeignKey(
        "shifts.Unit",
        verbose_name=_("đơn vị tổ chức"),
        on_delete=models.PROTECT,
        related_name="events",
        editable=False,
        help_text=_("Đơn vị của đội hình lúc lập hoạt động; số liệu tính cho đơn vị này."),
    )
    date = models.DateField(_("ngày"))
    starts_at = models.TimeField(_("từ giờ"))
    ends_at = models.TimeField(_("đến giờ"))
    venue_kind = models.CharField(_("loại nơi"), max_length=12, choices=VenueKind)
    venue = models.CharField(_("nơi tổ chức"), max_length=160)
    host_unit = models.ForeignKey(
        "shifts.Unit", verbose_name=_("đơn vị sở tại"), on_delete=models.PROTECT, related_name="hosted_events"
    )
    state = models.CharField(_("trạng thái"), max_length=10, choices=State, default=State.PLANNED)
    cancel_reason = models.CharField(_("lý do hủy"), max_length=160, blank=True)
    cancelled_at = models.DateTimeField(_("hủy lúc"), null=True, blank=True, editable=False)
    contact_name = models.CharField(_("đầu mối tại nơi tổ chức"), max_length=120, blank=True)
    contact_phone = models.CharField(_("điện thoại đầu mối"), max_length=20, blank=True)
    aims = models.TextField(_("mục tiêu"), max_length=1000, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("người lập"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("lập lúc"), default=timezone.now, editable=False)
    objects = OutreachEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("hoạt động Thứ Bảy tình nguyện")
        verbose_name_plural = _("hoạt động Thứ Bảy tình nguyện")
        ordering = ["date", "starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="event_ends_after_start",
                violation_error_message=_("Giờ kết thúc phải sau giờ bắt đầu."),
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancel_reason=""),
                name="event_cancelled_with_reason",
                violation_error_message=_("Hủy hoạt động thì ghi lý do."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "confirmed", "held", "cancelled"]), name="event_state_known"
            ),
            models.CheckConstraint(
                condition=Q(venue_kind__in=["school", "residential", "office", "market", "other"]),
                name="event_venue_kind_known",
            ),
        ]
        indexes = [models.Index(fields=["unit", "date"], name="event_unit_date")]

    def __str__(self):
        return f"{self.date:%d/%m/%Y} {self.venue}"

    def save(self, *args, **kwargs):
        """Stamp the unit that the team has on the day, once."""
        if self.unit_id is None and self.team_id is not None:
            self.unit_id = self.team.unit_id_on(self._meta.get_field("date").to_python(self.date))
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("outreach:event", args=[self.pk])

    @property
    def is_cancelled(self):
        return self.state == self.State.CANCELLED

    @property
    def is_held(self):
        return self.state == self.State.HELD

    @property
    def is_announced(self):
        """Whether its people have been told: what changes from now on is told to those it touches."""
        return self.state in (self.State.CONFIRMED, self.State.HELD)


class OutreachMaterial(models.Model):
    """One kind of thing that is taken to an event and, what is left of it, brought back."""

    event = models.ForeignKey(OutreachEvent, on_delete=models.CASCADE, related_name="materials")
    name = models.CharField(_("tên"), max_length=80)
    folded_name = models.CharField(max_length=80, editable=False)
    is_leaflet = models.BooleanField(
        _("tờ rơi"), default=False, help_text=_("Mang đi trừ mang về là số tờ rơi đã phát.")
    )
    taken_out = models.PositiveIntegerField(_("mang đi"))
    brought_back = models.PositiveIntegerField(_("mang về"), null=True, blank=True)

    class Meta:
        verbose_name = _("tài liệu, vật dụng")
        verbose_name_plural = _("tài liệu, vật dụng")
        ordering = ["event", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "folded_name"],
                name="material_once_per_event",
                violation_error_message=_("Tên này đã có trong danh sách mang đi."),
            ),
            models.CheckConstraint(
                condition=Q(brought_back__isnull=True) | Q(brought_back__lte=F("taken_out")),
                name="material_back_within_out",
                violation_error_message=_("Số mang về không được lớn hơn số mang đi."),
            ),
            models.CheckConstraint(condition=Q(taken_out__lte=1_000_000), name="material_out_plausible"),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        """Keep the folded name, by which one thing is written down once."""
        self.folded_name = fold(self.name)
        super().save(*args, **kwargs)

    @property
    def used(self):
        """How many were not brought back, or None while that is not known."""
        return None if self.brought_back is None else self.taken_out - self.brought_back


class EventAbsence(models.Model):
    """Somebody said that they cannot come to an event; who organises it takes them out and finds another."""

    assignment = models.OneToOneField("shifts.Assignment", on_delete=models.CASCADE, related_name="absence")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("báo vắng hoạt động")
        verbose_name_plural = _("báo vắng hoạt động")
        ordering = ["assignment"]

    def __str__(self):
        return str(self.assignment)
