"""run_due: do what is due, once; with --forever every minute, until told to stop."""

import datetime
import signal
import sys
import time

from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections
from django.utils import timezone

from shifts.due import jobs, last_line, run_due, tried_again_at

EVERY_SECONDS = 60


class Command(BaseCommand):
    """Run every job whose time has come. Call it each minute from a timer, or keep it running with --forever."""

    help = "Làm những việc tự chạy đã đến giờ; gọi bao nhiêu lần cũng được."
    stopping = False

    def add_arguments(self, parser):
        parser.add_argument("--forever", action="store_true", help="chạy mãi, mỗi phút một lần, đến khi nhận SIGTERM")
        parser.add_argument("--quiet", action="store_true", help="không in việc đã xong")

    def handle(self, *args, forever, quiet, **options):
        if forever:
            self.run_forever(quiet)
        elif not self.run_once(quiet):
            sys.exit(1)

    def run_once(self, quiet):
        """Run what is due; return whether no job stands failed."""
        report = run_due(stop=lambda: self.stopping)
        labels = {name: job.label for name, job in jobs().items()}
        for name, outcome in report.done.items():
            if not quiet:
                self.stdout.write(f"{timezone.localtime():%H:%M} {labels[name]}: {outcome or 'xong'}")
        for run in report.failed:
            again = timezone.localtime(tried_again_at(run))
            label = labels.get(run.job, run.job)
            self.stderr.write(
                f"{run.job} ({label}) hỏng, lần {run.tries}, thử lại từ {again:%H:%M}: {last_line(run)}"
            )
        self.stdout.flush()
        return not report.failed

    def run_forever(self, quiet):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        while not self.stopping:
            began = time.monotonic()
            close_old_connections()
            try:
                self.run_once(quiet)
            except Error as error:  # the database is away; the next minute may find it
                self.stderr.write(f"{datetime.datetime.now():%H:%M} {type(error).__name__}: {error}")  # noqa: DTZ005
            while not self.stopping and time.monotonic() - began < EVERY_SECONDS:
                time.sleep(0.2)

    def stop(self, *_args):
        """Let the job at work finish, then end."""
        self.stopping = True
