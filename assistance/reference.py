"""Lists that every save needs and that change a few times a year, kept in memory for some seconds.

A server keeps them fresh in the background (keep_warm), so that no save waits for them. Another process sees a
change after KEPT_SECONDS or so; this process at once, since saving one of
these rows forgets them all. The database's constraints still judge every write.
"""

import logging
import threading
import time

from django.db import DatabaseError, close_old_connections
from django.db.models.signals import post_delete, post_save

from assistance.models import (
    Activity,
    Counter,
    Department,
    DeskButton,
    DossierCodePattern,
    NotSubmittedReason,
    Procedure,
    ServiceLevel,
)
from shifts.models import Post, Site, SiteSession

KEPT_SECONDS = 30
LISTS = ["activities", "levels", "reasons", "departments", "patterns", "sites", "sites_by_id", "posts", "sessions"]
LISTS += ["counters", "buttons"]
logger = logging.getLogger(__name__)


class Reference:
    """The lists by code. Built lazily: each list is read at its first use."""

    def __init__(self):
        self.made = time.monotonic()
        self._lists, self._procedures = {}, {}

    def kept(self, name, make):
        """Return the list of that name, made by make() at its first use."""
        if name not in self._lists:
            self._lists[name] = make()
        return self._lists[name]

    @property
    def activities(self):
        """code -> Activity, every one whenever it held."""
        return self.kept("activities", lambda: {row.code: row for row in Activity.objects.all()})

    @property
    def levels(self):
        """code -> ServiceLevel."""
        return self.kept("levels", lambda: {row.code: row for row in ServiceLevel.objects.all()})

    @property
    def reasons(self):
        """code -> NotSubmittedReason."""
        return self.kept("reasons", lambda: {row.code: row for row in NotSubmittedReason.objects.all()})

    @property
    def departments(self):
        """code -> Department."""
        return self.kept("departments", lambda: {row.code: row for row in Department.objects.all()})

    @property
    def patterns(self):
        """Every DossierCodePattern, in order."""
        return self.kept("patterns", lambda: list(DossierCodePattern.objects.all()))

    @property
    def sites(self):
        """code -> Site, with its unit."""
        return self.kept("sites", lambda: {row.code: row for row in Site.objects.select_related("unit")})

    @property
    def sites_by_id(self):
        """key -> Site."""
        return self.kept("sites_by_id", lambda: {row.pk: row for row in self.sites.values()})

    @property
    def posts(self):
        """site key -> [Post, in order]."""
        return self.kept("posts", lambda: _grouped(Post.objects.order_by("site", "position", "code")))

    @property
    def sessions(self):
        """site key -> [SiteSession, by hour]."""
        return self.kept("sessions", lambda: _grouped(SiteSession.objects.order_by("site", "starts_at")))

    @property
    def counters(self):
        """site key -> [Counter, by code]."""
        return self.kept("counters", lambda: _grouped(Counter.objects.select_related("department", "post")))

    @property
    def buttons(self):
        """site key -> [DeskButton, by key]."""
        return self.kept("buttons", lambda: _grouped(DeskButton.objects.select_related("activity")))

    def read_all(self):
        """Read every list now, procedures too, and return self."""
        for name in LISTS:
            getattr(self, name)
        self._procedures = {row.code: row for row in Procedure.objects.select_related("department", "level")}
        return self

    def procedure(self, code):
        """The Procedure with that code and its department and level, or None."""
        if code not in self._procedures:
            found = Procedure.objects.select_related("department", "level").filter(code=code).first()
            if found is None:
                return None  # unknown codes are not kept: they could fill the memory
            self._procedures[code] = found
        return self._procedures[code]


def _grouped(rows):
    groups = {}
    for row in rows:
        groups.setdefault(row.site_id, []).append(row)
    return groups


_current = None
_changes = 0  # how often the lists were dropped: a reading that overlaps a change is not kept
_longest_kept = KEPT_SECONDS


def reference() -> Reference:
    """Return the lists, read anew when they are too old."""
    global _current
    lists = _current
    if lists is None or time.monotonic() - lists.made > _longest_kept:
        lists = _current = Reference()
    return lists


def forget(**kwargs) -> None:
    """Drop the lists, so that the next use reads them."""
    global _current, _changes
    _changes += 1
    _current = None


def renew() -> None:
    """Read all lists and put them in the place of the old ones, unless something changed meanwhile."""
    global _current
    before = _changes
    lists = Reference().read_all()
    if before == _changes:
        _current = lists


def keep_warm() -> None:
    """Read the lists now, then every KEPT_SECONDS in a thread of its own. For a server process, once at its start.

    Should the thread die, the lists are read by the requests again, some rounds later.
    """
    global _longest_kept
    _longest_kept = 3 * KEPT_SECONDS
    _renew_or_log()
    threading.Thread(target=_renew_for_ever, name="reference", daemon=True).start()


def _renew_for_ever():
    while True:
        time.sleep(KEPT_SECONDS)
        _renew_or_log()


def _renew_or_log():
    close_old_connections()
    try:
        renew()
    except DatabaseError:
        logger.warning("The lists of the desk could not be read; requests will read them.", exc_info=True)
    finally:
        close_old_connections()


# A signal, against our habit: the admin, imports and tests save these rows in many places, and a list that
# lags behind in the very process that changed it would look like a lost edit.
for _model in (
    Activity, Counter, Department, DeskButton, DossierCodePattern, NotSubmittedReason, Procedure, ServiceLevel,
    Post, Site, SiteSession,
):  # fmt: skip
    for _signal in (post_save, post_delete):
        _signal.connect(forget, sender=_model, dispatch_uid=f"reference-{_model.__name__}-{id(_signal)}")
