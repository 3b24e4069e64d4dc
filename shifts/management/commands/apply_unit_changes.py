"""Applies a file of changes of the tree of units (columns: shifts/unit_changes/files.py): all of it or nothing."""

import datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from shifts.imports.reading import MAX_LARGE_FILE_BYTES, FileRefused, refuse_large
from shifts.models import Unit
from shifts.unit_changes.files import read_changes
from shifts.unit_changes.plans import ChangeRefused
from shifts.unit_changes.writing import apply_change, checked, decisions_of, preview_of


def day(text):
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(_("--date ghi YYYY-MM-DD, ví dụ 2025-07-01.")) from error


class Command(BaseCommand):
    help = "Đổi cây đơn vị theo một tệp đơn vị cũ → đơn vị mới (XLSX hoặc CSV): tất cả hoặc không gì cả."

    def add_arguments(self, parser):
        parser.add_argument("file", help="tệp có các cột old_code, new_code, new_name, new_type…")
        parser.add_argument("--date", required=True, metavar="YYYY-MM-DD", help="ngày đầu tiên của các đơn vị mới")
        parser.add_argument("--decision", default="", help="số nghị quyết, khi tệp không ghi")
        parser.add_argument("--dry-run", action="store_true", help="chỉ xem trước, không ghi gì")

    def handle(self, *, file, date, decision, dry_run, verbosity, **options):
        date = day(date)
        try:
            wanted, notes = read_changes(self.bytes_of(file), file, date, decision=decision[:60],
                                         max_bytes=MAX_LARGE_FILE_BYTES)  # fmt: skip
            plan = checked(wanted)
        except FileRefused as error:
            raise CommandError(str(error)) from error
        except ChangeRefused as error:
            raise CommandError("\n".join([*error.sentences, _("Chưa ghi gì.")])) from error
        self.show(plan, notes, verbosity)
        if dry_run:
            self.stdout.write(_("Chạy thử: chưa ghi gì."))
            return
        try:
            with tqdm(total=len(plan.begun), unit=_(" đơn vị"), disable=verbosity == 0) as bar:
                change = apply_change(wanted=wanted, by=None, progress=bar.update)
        except ChangeRefused as error:
            raise CommandError("\n".join([*error.sentences, _("Chưa ghi gì.")])) from error
        self.stdout.write(self.conclusion(change))

    @staticmethod
    def bytes_of(file):
        path = Path(file)
        try:
            refuse_large(path.stat().st_size, MAX_LARGE_FILE_BYTES)
            return path.read_bytes()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise CommandError(_("Không mở được tệp {file}: {why}").format(file=file, why=why)) from error

    def show(self, plan, notes, verbosity):
        for note in notes:
            self.stdout.write(note)
        if verbosity:
            for old, heirs, follows in plan.rows:
                names = ", ".join(
                    f"{heir.unit.name} ({heir.unit.code}){'' if heir.is_main else ' *'}" for heir in heirs
                )
                self.stdout.write(f"{old.name} ({old.code}) → {names}{_(', theo cấp trên') if follows else ''}")
            self.stdout.write(_("* nhận một phần, không phải đơn vị kế thừa chính"))
        for label, sentences in preview_of(plan):
            self.stdout.write(f"{label}:")
            for sentence in sentences:
                self.stdout.write(f"  {sentence}")
        if decisions := decisions_of(plan):
            self.stdout.write(_("Cần quyết định:"))
            for sentence in decisions:
                self.stdout.write(f"  {sentence}")
        self.stdout.write(_("Từ {date}: {ended} đơn vị kết thúc, {begun} đơn vị bắt đầu.").format(
            date=f"{plan.date:%d/%m/%Y}", ended=len(plan.ended), begun=len(plan.begun)))  # fmt: skip

    @staticmethod
    def conclusion(change):
        held = Unit.objects.on(change.date)
        counts = ", ".join(f"{held.filter(level=level).count()} {label}" for level, label in Unit.Level.choices)
        if change.followed_at is None:
            return _("Đã ghi. Ngày đổi chưa đến: đội hình, điểm, vai trò sang đơn vị mới vào ngày đó (run_due).")
        return _("Đã ghi. Nay có {counts}.").format(counts=counts)
