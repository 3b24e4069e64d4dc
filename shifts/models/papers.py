"""What stands around a roster on paper: who issues it, who signs it, and what is said below."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaperSettings(models.Model):
    """The head and the foot of one site's printed rosters."""

    site = models.OneToOneField(
        "shifts.Site", verbose_name=_("điểm hỗ trợ"), on_delete=models.CASCADE, related_name="paper_settings"
    )
    issuer = models.TextField(
        _("nơi ban hành"),
        max_length=200,
        help_text=_("In đậm ở góc trái, mỗi dòng một dòng trên giấy, ví dụ BCH TỈNH QUẢNG NINH."),
    )
    number = models.CharField(
        _("số, ký hiệu"),
        max_length=40,
        blank=True,
        help_text=_("In dưới ba dấu sao, ví dụ Số: …-LT/TĐTN. Để trống thì không in dòng này."),
    )
    place = models.CharField(_("địa danh"), max_length=60, help_text=_("Trước ngày tháng, ví dụ Quảng Ninh."))
    team_name = models.CharField(_("tên đội hình trên giấy"), max_length=160, help_text=_("Dòng dưới tên lịch trực."))
    signed_for = models.CharField(
        _("ký thay mặt"), max_length=120, blank=True, help_text=_("Ví dụ TM. BAN THƯỜNG VỤ TỈNH ĐOÀN.")
    )
    signer_title = models.CharField(_("chức vụ người ký"), max_length=80, blank=True, help_text=_("Ví dụ PHÓ BÍ THƯ."))
    signer = models.CharField(_("người ký"), max_length=80, blank=True)
    note = models.CharField(
        _("dòng ghi chú"),
        max_length=200,
        blank=True,
        help_text=_("Cuối trang, ví dụ Không đến được: gọi đội trưởng Lê Thị Mai, 0900 000 000."),
    )

    class Meta:
        verbose_name = _("mẫu giấy in lịch")
        verbose_name_plural = _("mẫu giấy in lịch")
        ordering = ["site"]

    def __str__(self):
        return str(self.site)

    @property
    def issuer_lines(self):
        return [line.strip() for line in self.issuer.splitlines() if line.strip()]
