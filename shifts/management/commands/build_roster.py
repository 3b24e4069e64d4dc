"""Builds the roster of a site's month, or of every site's."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from shifts.models import Site
from shifts.roster.building import as_data, build
from shifts.roster.changes import RosterRefused
from shifts.roster.months import month_named, site_named, team_named
from shifts.roster.optimiser.solver import FEASIBLE, OPTIMAL


def first_day_to_build(month):
    """Today in the running month, whose days before it stay as they are; None of any other month, built as a whole."""
    today = timezone.localdate()
    return today if month == today.replace(day=1) else None


class Command(BaseCommand):
    """Prints the roster; with --json, one object (with --all, an object of site code -> roster) and nothing else.

    `duties`, `fair_share` and `load_spread` are counted in sessions. `status`: optimal, hard rules and load proven;
    feasible, the load not proven; infeasible, the hard rules cannot all hold: places stay open, or pins break a rule.
    """

    help = "Xếp lịch trực của một tháng vào bản nháp. Số ca, mức công bằng và độ lệch tính theo buổi."

    def add_arguments(self, parser):
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--site", metavar="MÃ", help="mã điểm hỗ trợ")
        which.add_argument("--all", action="store_true", help="mọi điểm có đội hình và vị trí trực")
        parser.add_argument("--month", required=True, metavar="NĂM-THÁNG", help="ví dụ 2026-06")
        parser.add_argument("--team", metavar="MÃ", help="chỉ xếp các bạn của đội này; ca của đội khác giữ nguyên")
        parser.add_argument(
            "--whole-month", action="store_true", help="xếp cả những ngày đã qua của tháng này, bình thường giữ nguyên"
        )
        parser.add_argument("--dry-run", action="store_true", help="chỉ in, không ghi")
        parser.add_argument("--json", action="store_true", help="in JSON")

    def handle(self, *, site, month, team, dry_run, **options):
        month = month_named(month)
        self.starts = None if options["whole_month"] else first_day_to_build(month)
        if options["all"] and team:
            raise CommandError(_("--team đi với --site, không đi với --all."))
        if options["all"]:
            self.build_all(month, dry_run, options["json"])
            return
        try:
            solution = build(
                site=site_named(site),
                month=month,
                team=team_named(team) if team else None,
                store=not dry_run,
                starts=self.starts,
            )
        except RosterRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.write_json(as_data(solution)) if options["json"] else self.tell(solution, dry_run)

    def build_all(self, month, dry_run, as_json):
        """Build every site that has a team at home and posts; go on where one is refused, and say so at the end."""
        sites = Site.objects.filter(home_teams__members__isnull=False, posts__isnull=False).distinct().order_by("code")
        built, refused = {}, {}
        for site in tqdm(sites, desc=f"{month:%m/%Y}", unit=_(" điểm")):
            try:
                solution = build(site=site, month=month, store=not dry_run, starts=self.starts)
            except RosterRefused as refusal:
                refused[site.code] = str(refusal)
                continue
            if as_json:
                built[site.code] = as_data(solution)
            else:
                self.stdout.write(f"{site.code}: {self.summary(solution)}")
        if as_json:
            self.write_json(built)
        for code, sentence in refused.items():
            self.stderr.write(f"{code}: {sentence}")
        if refused:
            raise CommandError(_("{count} điểm không xếp được.").format(count=len(refused)))

    def write_json(self, data):
        self.stdout.write(json.dumps(data, ensure_ascii=False, indent=2))

    @staticmethod
    def summary(solution):
        words = {
            OPTIMAL: _("đủ người, chia đều đã chứng minh"),
            FEASIBLE: _("đủ người, chia đều chưa chứng minh"),
        }
        return _("{status}; lệch {spread} buổi; thiếu {missing} chỗ; {seconds} giây.").format(
            status=words.get(solution.status, _("chưa giữ được mọi quy tắc")),
            spread=f"{solution.load_spread:g}".replace(".", ","),
            missing=sum(row.missing for row in solution.shortfalls),
            seconds=f"{solution.seconds:.2f}".replace(".", ","),
        )

    def tell(self, solution, dry_run):
        for row in solution.assignments:
            pinned = _(" (ghim)") if row.pinned else ""
            self.stdout.write(f"{row.date:%d/%m/%Y} {row.session:5} {row.post:6} {row.username}{pinned}")
        for row in solution.shortfalls:
            self.stdout.write(
                _("Thiếu {missing} người: {post}, {session} {date}: {because}.").format(
                    missing=row.missing,
                    post=row.post,
                    session=row.session,
                    date=f"{row.date:%d/%m/%Y}",
                    because="; ".join(row.because),
                )
            )
        for sentence in solution.conflicts:
            self.stdout.write(sentence)
        for username, count in sorted(solution.counts.items()):
            self.stdout.write(
                _("{username}: {duties} buổi, mức công bằng {share}").format(
                    username=username, duties=count.duties, share=f"{count.fair_share:.2f}".replace(".", ",")
                )
            )
        self.stdout.write(self.summary(solution))
        if dry_run:
            self.stdout.write(_("Chưa ghi gì (--dry-run)."))
