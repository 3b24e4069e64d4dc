"""Imports a large XLSX or CSV file: all of its rows or, unless --keep-good is given, none."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from shifts import services
from shifts.imports import known
from shifts.imports.links import links_file, without_password
from shifts.imports.reading import MAX_LARGE_FILE_BYTES, FileRefused, read_table, refuse_large
from shifts.imports.running import run
from shifts.imports.sheets import failed_rows


class Command(BaseCommand):
    help = "Nhập một tệp XLSX hoặc CSV: units, procedures, volunteers, leave, users…"

    def add_arguments(self, parser):
        parser.add_argument("resource", help="tên bảng: units, procedures, volunteers, leave, users…")
        parser.add_argument("file", help="tệp XLSX hoặc CSV (phẩy hay chấm phẩy; UTF-8 hay Windows-1258)")
        parser.add_argument("--keep-good", action="store_true", help="giữ các dòng đúng dù có dòng lỗi")
        parser.add_argument("--failed", metavar="OUT.xlsx", help="ghi các dòng lỗi kèm lý do vào tệp này")
        parser.add_argument("--week", metavar="YYYY-Www", help="tuần của các dòng không ghi tuần (chỉ với unit_totals)")
        parser.add_argument("--links", metavar="OUT.xlsx", help="ghi liên kết đăng nhập lần đầu (chỉ với volunteers)")
        parser.add_argument("--base-url", default="http://127.0.0.1:8000", help="địa chỉ trang, cho các liên kết")

    def handle(self, *, resource, file, keep_good, failed, links, base_url, week=None, **options):
        resource_class = self.resource_named(resource)
        if links and resource != "volunteers":
            raise CommandError(_("--links chỉ dùng khi nhập volunteers."))
        table = self.table_of(file, getattr(resource_class, "read", read_table))
        more = self.week_of(resource_class, week)
        with tqdm(total=len(table.rows), unit=_(" dòng"), desc=resource, disable=options["verbosity"] == 0) as bar:
            try:
                outcome = run(resource_class(progress=bar.update, **more), table, keep_good=keep_good)
            except FileRefused as error:
                raise CommandError(str(error)) from error
        self.report(outcome)
        if failed and outcome.failures:
            self.write(failed, failed_rows(table.headers, outcome.failures))
        if links and outcome.stored:
            invitations = services.invite(users=without_password(outcome), by=None)
            self.write(links, links_file(invitations, lambda path: base_url.rstrip("/") + path))
        if outcome.failures:
            raise CommandError(self.conclusion(outcome))

    @staticmethod
    def resource_named(name):
        resources = known()
        if name not in resources:
            raise CommandError(
                _("Không có bảng “{name}”. Các bảng nhập được: {known}.").format(name=name, known=", ".join(resources))
            )
        return resources[name]

    @staticmethod
    def week_of(resource_class, week):
        """The week of the rows that name none, for the tables that have weeks."""
        if not week:
            return {}
        if not hasattr(resource_class, "period_named"):
            raise CommandError(_("--week chỉ dùng khi nhập unit_totals."))
        try:
            return {"period": resource_class.period_named(week)}
        except ValueError as error:
            raise CommandError(str(error)) from error

    @staticmethod
    def table_of(file, read):
        path = Path(file)
        try:
            refuse_large(path.stat().st_size, MAX_LARGE_FILE_BYTES)
            return read(path.read_bytes(), path.name, MAX_LARGE_FILE_BYTES)
        except OSError as error:
            raise CommandError(_("Không mở được tệp {file}: {why}").format(file=file, why=error.strerror)) from error
        except FileRefused as error:
            raise CommandError(str(error)) from error

    def report(self, outcome):
        for failure in outcome.failures:
            for sentence in failure.sentences:
                self.stdout.write(sentence)
        for warning in outcome.warnings:
            self.stdout.write(_("Lưu ý. {warning}").format(warning=warning))
        self.stdout.write(
            _("Mới {new}, sửa {changed}, giữ nguyên {unchanged}, lỗi {failed}.").format(
                new=outcome.new,
                changed=outcome.changed,
                unchanged=outcome.unchanged,
                failed=len(outcome.failures),
            )
        )
        if outcome.unused_headers:
            self.stdout.write(_("Không dùng các cột: {columns}.").format(columns=", ".join(outcome.unused_headers)))

    @staticmethod
    def conclusion(outcome):
        if outcome.stored:
            return _("Đã lưu các dòng đúng; {count} dòng lỗi chưa được lưu.").format(count=len(outcome.failures))
        return _("Chưa lưu dòng nào. Hãy sửa các dòng lỗi, hoặc thêm --keep-good để lưu các dòng đúng.")

    def write(self, file, data):
        try:
            Path(file).write_bytes(data)
        except OSError as error:
            raise CommandError(_("Không ghi được tệp {file}: {why}").format(file=file, why=error.strerror)) from error
        self.stdout.write(_("Đã ghi {file}.").format(file=file))
