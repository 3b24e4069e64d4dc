"""check_tally: does the tally say what the records say?"""

from collections import Counter

from django.core.management.base import BaseCommand

from assistance.models import Visit
from assistance.recount import differences, read_results, read_totals, stored
from assistance.rollups import differences as rolled_differences

SHOWN = 40


class Command(BaseCommand):
    """Recount every figure from the records, results of events and unit totals included; exit 1 on any difference."""

    help = (
        "Đếm lại mọi số liệu từ lượt, hồ sơ, kết quả hoạt động, số liệu tổng hợp, so với bảng cộng dồn; khác nhau thì "
        "thoát với mã 1."
    )

    def handle(self, *args, **options):
        compared, found = differences()
        if found:  # a visit saved between the two readings looks like a difference, but not twice
            found = [difference for difference in differences()[1] if difference in found]
        visits = Visit.objects.surviving().count()
        self.stdout.write(
            f"Đã đếm lại {visits} lượt, so {compared} dòng của hai bảng cộng dồn, kết quả hoạt động, số liệu tổng hợp."
        )
        totals = Counter()
        for key, value in stored()[0].items():
            totals[key[0]] += value
        for figure, value in sorted(totals.items()):
            self.stdout.write(f"  {figure:24}{value:>10}")
        at_events = Counter()
        for (*_event, column), value in read_results().items():
            at_events[column] += value
        for column, value in sorted(at_events.items()):
            self.stdout.write(f"  buổi {column:19}{value:>10}")
        added = Counter()
        for (_unit, _date, column), value in read_totals().items():
            added[column] += value
        for column, value in sorted(added.items()):
            self.stdout.write(f"  + {column:22}{value:>10}")
        for table, key, counted, kept in found[:SHOWN]:
            self.stdout.write(f"KHÁC {table} {key}: đếm lại {counted}, bảng ghi {kept}")
        rolled = rolled_differences()
        if rolled:
            again = set(rolled_differences())
            rolled = [difference for difference in rolled if difference in again]
        for table, row in rolled[:SHOWN]:
            self.stdout.write(f"KHÁC {table}: bản gộp theo tháng và bảng cộng dồn không cùng có {row}")
        found += rolled
        if found:
            self.stderr.write(f"{len(found)} dòng khác nhau. Sửa bằng: python manage.py rebuild_tally")
            raise SystemExit(1)
        self.stdout.write("Khớp hoàn toàn.")
