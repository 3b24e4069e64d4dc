"""Verifies every hard rule of a stored roster; exit 1 on a breach."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from shifts.roster.months import month_named, site_named
from shifts.roster.rules import examine, has_roster


class Command(BaseCommand):
    """Prints a line for each duty that breaks a rule, and for each place below a minimum, which is a breach too."""

    help = "Kiểm tra mọi quy tắc cứng của lịch trực đã lưu; mã thoát 1 khi có chỗ sai hoặc thiếu người."

    def add_arguments(self, parser):
        parser.add_argument("--site", required=True, metavar="MÃ", help="mã điểm hỗ trợ")
        parser.add_argument("--month", required=True, metavar="NĂM-THÁNG", help="ví dụ 2026-06")

    def handle(self, *, site, month, **options):
        site, month = site_named(site), month_named(month)
        if not has_roster(site, month):
            raise CommandError(
                _("{site} chưa có lịch trực tháng {month}.").format(site=site.short_name, month=f"{month:%m/%Y}")
            )
        findings = examine(site, month)
        for sentence in findings.breaches:
            self.stdout.write(_("Sai quy tắc: {sentence}").format(sentence=sentence))
        for sentence in findings.missing:
            self.stdout.write(_("Thiếu người: {sentence}").format(sentence=sentence))
        if findings.breaches or findings.missing:
            raise CommandError(
                _("{wrong} chỗ sai quy tắc, {missing} chỗ thiếu người.").format(
                    wrong=len(findings.breaches), missing=len(findings.missing)
                )
            )
        self.stdout.write(_("Lịch giữ đúng mọi quy tắc."))
