"""The many-step writes of the desk. Each keeps the tally in the same transaction.

Locks are taken in one order: the visit, then the dossiers of the codes concerned by key, then tally rows by key.
"""

import datetime
from functools import wraps

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assistance.election import elect, may_count
from assistance.models import Dossier, Visit, VisitActivity
from assistance.place import is_off_roster
from assistance.tally import Contribution
from assistance.visit_entry import VisitEntry, code_digest
from shifts.models import User, Volunteer
from shifts.roster.on_duty import DutiesOfDay

FIRST_STATE = {
    Dossier.Outcome.SUBMITTED: Dossier.State.SUBMITTED,
    Dossier.Outcome.PREPARED: Dossier.State.PREPARING,
    Dossier.Outcome.NOT_SUBMITTED: Dossier.State.NOT_SUBMITTED,
}
CLOSED_CODE_KEPT = datetime.timedelta(days=90)
# How often a write is tried while other desks keep making the same dossier code count; each loss is another's success.
CODE_RACES = 8
OPEN_CODE_KEPT = datetime.timedelta(days=365)


class DeskRefusal(Exception):
    """A write was refused; the text is the sentence for the user."""


class VisitUndone(DeskRefusal):
    """The visit with this id was undone."""


class VisitDiffers(DeskRefusal):
    """Another visit is stored under this id."""


class VisitStale(DeskRefusal):
    """The visit was changed since it was read."""


class StateRefused(DeskRefusal):
    """The dossier can not take that state."""


def _again_when_code_was_taken(write):
    """Do the whole write again when another desk made the same dossier code count in the meantime."""

    @wraps(write)
    def again(**kwargs):
        for _round in range(CODE_RACES - 1):
            try:
                with transaction.atomic():
                    return write(**kwargs)
            except IntegrityError:
                continue
        with transaction.atomic():
            return write(**kwargs)

    return again


def record_visit(
    *,
    person: User,
    entry: VisitEntry,
    fingerprint: str,
    late_entry: bool = False,
    duties: DutiesOfDay | None = None,
) -> tuple[Visit, bool]:
    """Store a visit once and return (visit, whether it is new).

    Sent again with the same body, the stored visit comes back as it now is. Raises VisitDiffers when the id holds
    another body or is somebody else's, VisitUndone when it was undone. `duties` are the person's of some day, if they
    were read already: the visit is marked when there was none at its time.
    """
    off_roster = is_off_roster(person.volunteer, entry.occurred_at, known=duties)
    marks = {"late_entry": late_entry, "off_roster": off_roster}
    try:
        return _insert(person, entry, fingerprint, marks, code_is_new=True), True
    except IntegrityError:
        pass
    stored = Visit.objects.filter(pk=entry.id).first()
    if stored is None:
        # Not the id: the dossier code is counted for another visit already, or is being so just now.
        fields = {"person": person, "entry": entry, "fingerprint": fingerprint, "marks": marks}
        return _insert_with_election(**fields), True
    return replayed(stored, person=person, fingerprint=fingerprint), False


@_again_when_code_was_taken
def _insert_with_election(**kwargs):
    return _insert(**kwargs, code_is_new=False)


def replayed(stored: Visit, *, person: User, fingerprint: str) -> Visit:
    """Return the stored visit if this is it again, or raise VisitDiffers or VisitUndone."""
    if stored.volunteer_id != person.pk or stored.fingerprint != fingerprint:
        raise VisitDiffers(_("Mã lượt này đã được dùng cho một lượt khác. Tải lại trang rồi ghi lại."))
    if stored.undone_at:
        raise VisitUndone(_("Lượt này đã được hoàn tác, không ghi lại nữa."))
    return stored


@transaction.atomic
def _insert(person, entry, fingerprint, marks, code_is_new):
    visit = Visit(id=entry.id, fingerprint=fingerprint, volunteer=person, **marks)
    _fill(visit, entry)
    visit.team, visit.unit_id = _stamp(person, entry, visit.date)
    visit.save(force_insert=True)
    VisitActivity.objects.bulk_create(VisitActivity(visit=visit, activity=row) for row in entry.activities)
    total = Contribution()
    total.add_visit(visit, entry.activities, entry.dossier.outcome if entry.dossier else "")
    if entry.dossier is None:
        total.write()
        return visit
    dossier = Dossier(visit=visit)
    _fill_dossier(dossier, entry)
    if code_is_new or not dossier.code_digest:
        # The unique constraint judges this hope; if it fails, the whole insert is done again the slow way.
        dossier.counts_submission = may_count(dossier)
        dossier.save(force_insert=True)
        total.add_dossier(visit, dossier)
        total.write()
        return visit
    before = Contribution()
    for sibling in _locked_siblings({dossier.code_digest}):
        before.add_dossier(sibling.visit, sibling)
    dossier.save(force_insert=True)
    _elect_again({dossier.code_digest}, total)
    total.write(minus=before)
    return visit


def _stamp(person, entry, date):
    """The team and the key of the unit that a visit counts for: those of the event, else those of the person."""
    if entry.event:
        return entry.event.team, entry.event.unit_id
    team = person.volunteer.team
    return team, team.unit_id_on(date)


def _fill(visit, entry):
    local = timezone.localtime(entry.occurred_at)
    visit.occurred_at, visit.date, visit.hour = entry.occurred_at, local.date(), local.hour
    for name in ("audience", "account", "site", "post", "event", "procedure", "department", "counter", "queue_number"):
        setattr(visit, name, getattr(entry, name))


def _fill_dossier(dossier, entry, moved_from=None):
    """Take over what was sent; moved_from is when an edited visit was said to have happened before."""
    sent = entry.dossier
    if sent.code or dossier.code:  # otherwise there was no code, or it was erased: then its digest stays
        dossier.code_digest = code_digest(sent.code)
    if dossier.outcome != sent.outcome:
        dossier.state, dossier.returned_at = FIRST_STATE[sent.outcome], None
        dossier.submitted_at = entry.occurred_at if sent.outcome == "submitted" else None
    elif dossier.submitted_at and dossier.submitted_at == moved_from:
        dossier.submitted_at = entry.occurred_at
    for name in ("code", "level", "guided", "complete", "outcome", "reason"):
        setattr(dossier, name, getattr(sent, name))


def _locked_siblings(digests):
    """Lock every dossier with these codes, by key, then read them: what was added while waiting is seen too."""
    digests = {digest for digest in digests if digest}
    if not digests:
        return []
    found = Dossier.objects.filter(code_digest__in=digests).order_by("pk")
    list(found.select_for_update().values_list("pk"))
    return list(found.select_related("visit", "level"))


def _elect_again(digests, total):
    """Elect among the dossiers of each code and add what they now count for to total."""
    for digest in sorted(filter(None, digests)):
        group = list(Dossier.objects.filter(code_digest=digest).select_related("visit", "level").order_by("pk"))
        elect(group)
        for dossier in group:
            total.add_dossier(dossier.visit, dossier)


class _Rewrite:
    """Changes one visit under its locks, and writes the difference into the tally when the block ends."""

    def __init__(self, visit_pk, new_digest=""):
        self.visit = Visit.objects.select_for_update().get(pk=visit_pk)
        self.dossier = Dossier.objects.filter(visit=self.visit).first()
        self.digests = {self.dossier.code_digest if self.dossier else "", new_digest} - {""}

    def __enter__(self):
        siblings = _locked_siblings(self.digests)
        if self.dossier:
            self.dossier = (
                Dossier.objects.select_for_update(of=("self",)).select_related("level").get(pk=self.dossier.pk)
            )
        self.before = Contribution()
        self._add_own(self.before, self.dossier)
        for sibling in siblings:
            if sibling.visit_id != self.visit.pk:
                self.before.add_dossier(sibling.visit, sibling)
        return self

    def _add_own(self, total, dossier):
        if self.visit.undone_at is None:
            total.add_visit(self.visit, list(self.visit.activities.all()), dossier.outcome if dossier else "")
        if dossier:
            total.add_dossier(self.visit, dossier)

    def __exit__(self, kind, error, trace):
        if kind:
            return
        after = Contribution()
        dossier = Dossier.objects.filter(visit=self.visit).select_related("visit", "level").first()
        if self.visit.undone_at is None:
            activities = list(Visit.objects.get(pk=self.visit.pk).activities.all())
            after.add_visit(self.visit, activities, dossier.outcome if dossier else "")
        if dossier and not dossier.code_digest:
            dossier.visit = self.visit
            elect([dossier])
            after.add_dossier(self.visit, dossier)
        _elect_again(self.digests, after)
        after.write(minus=self.before)


@_again_when_code_was_taken
def amend_visit(*, visit: Visit, entry: VisitEntry, version: int, reason: str = "") -> Visit:
    """Replace the content of a visit; raise VisitStale when it was changed since `version`.

    A reason marks the change as one the leader made after the day.
    """
    with _Rewrite(visit.pk, code_digest(entry.dossier.code) if entry.dossier else "") as rewrite:
        visit, dossier = rewrite.visit, rewrite.dossier
        if visit.undone_at:
            raise VisitUndone(_("Lượt này đã được hoàn tác, không sửa được nữa."))
        if visit.version != version:
            raise VisitStale(_("Lượt này vừa được sửa ở nơi khác. Tải lại rồi sửa tiếp."))
        moved_from = visit.occurred_at
        _fill(visit, entry)
        if visit.occurred_at != moved_from:
            logged_by = Volunteer.objects.filter(user=visit.volunteer_id).first()
            visit.off_roster = logged_by is None or is_off_roster(logged_by, visit.occurred_at)
        visit.version += 1
        if reason:
            visit.amended, visit.amend_reason = True, reason
        visit.save()
        VisitActivity.objects.filter(visit=visit).delete()
        VisitActivity.objects.bulk_create(VisitActivity(visit=visit, activity=row) for row in entry.activities)
        if entry.dossier is None:
            Dossier.objects.filter(visit=visit).delete()
        else:
            dossier = dossier or Dossier(visit=visit)
            dossier.counts_submission = dossier.counts_result = False
            _fill_dossier(dossier, entry, moved_from)
            dossier.save()
    return visit


@_again_when_code_was_taken
def undo_visit(*, visit: Visit, by: User, reason: str = "") -> Visit:
    """Take a visit back. Its row stays, marked; undoing twice is the same as once."""
    with _Rewrite(visit.pk) as rewrite:
        visit = rewrite.visit
        if visit.undone_at is None:
            visit.undone_at, visit.undone_by = timezone.now(), by
            visit.version += 1
            if reason:
                visit.amended, visit.amend_reason = True, reason
            visit.save(update_fields=["undone_at", "undone_by", "version", "amended", "amend_reason"])
    return visit


@_again_when_code_was_taken
def change_dossier_state(*, dossier: Dossier, state: str, at=None) -> Dossier:
    """Move a dossier to a state, or raise StateRefused. at: when it happened (default now).

    From preparing, "submitted" needs both ticks and a level: the dossier counts from that moment.
    """
    at = at or timezone.now()
    with _Rewrite(dossier.visit_id) as rewrite:
        dossier = rewrite.dossier
        if dossier is None:
            raise StateRefused(_("Lượt này vừa được sửa ở nơi khác. Tải lại rồi sửa tiếp."))
        if rewrite.visit.undone_at:
            raise StateRefused(_("Lượt của hồ sơ này đã được hoàn tác."))
        if state not in Dossier.State.values or state in ("preparing", "not_submitted"):
            raise StateRefused(_("Hồ sơ không chuyển sang trạng thái đó được."))
        if dossier.outcome == "not_submitted":
            raise StateRefused(_("Hồ sơ này chưa nộp được. Sửa lượt để ghi là đã nộp."))
        if dossier.outcome == "prepared" and state != "withdrawn":
            if state != "submitted":
                raise StateRefused(_("Hồ sơ này chưa nộp. Ghi “Đã nộp” trước."))
            if not (dossier.guided and dossier.complete and dossier.level_id):
                raise StateRefused(
                    _("Chỉ nộp giúp khi sở, ngành đã hướng dẫn, giấy tờ đã đủ và đã chọn mức. Bấm “Sửa” để bổ sung.")
                )
            dossier.outcome, dossier.submitted_at = "submitted", at
        dossier.state = state
        dossier.returned_at = (dossier.returned_at or at) if state == "returned" else None
        dossier.counts_submission = dossier.counts_result = False
        dossier.save()
        rewrite.visit.version += 1
        rewrite.visit.save(update_fields=["version"])
    return dossier


def erase_old_codes(*, at=None) -> int:
    """Erase dossier codes whose time is over and return how many; the keyed digest and the counts stay.

    A code is personal data (Luật 91/2025/QH15): it is kept while its dossier is followed, not longer. That of an
    undone visit is followed by nobody.
    """
    at = at or timezone.now()
    coded = Dossier.objects.exclude(code="")
    closed = coded.exclude(pk__in=Dossier.objects.open()).filter(updated_at__lt=at - CLOSED_CODE_KEPT)
    forgotten = coded.filter(updated_at__lt=at - OPEN_CODE_KEPT)
    return (closed | forgotten).update(code="")
