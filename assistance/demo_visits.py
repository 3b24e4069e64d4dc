"""Believable visits and dossiers for the demo world: drawn by chance from a fixed seed, the same every time."""

import datetime
import uuid
from dataclasses import dataclass, field

from assistance.models import Activity, Counter, Dossier, NotSubmittedReason, Procedure, Visit, VisitActivity
from assistance.visit_entry import code_digest, fingerprint
from shifts.roster.on_duty import OPENS_MINUTES_BEFORE, STAYS_MINUTES_AFTER

# Visits per hour of the hall, in parts: mornings are full, the hour after lunch too.
HOURS = {7: 5, 8: 17, 9: 20, 10: 17, 11: 6, 13: 8, 14: 14, 15: 9, 16: 4}
VISITS_A_DAY = (110, 160)
EARLIEST_TODAY = datetime.time(0, 5)
FEWEST_TODAY = 27
LATEST_COMES_AT = datetime.time(7, 55)
DOSSIERS_A_VOLUNTEER = (5, 6)
NOT_SENT_A_VOLUNTEER = (1, 2)
# Parts of all questions for a procedure; those not named share QUESTIONS_FOR_OTHERS.
QUESTIONS = {
    "3.000347": 14, "3.000333": 12, "1.001456": 9, "1.012783": 8, "1.001612": 7, "2.000635": 7, "1.002759": 6,
    "1.014748": 6, "2.001195": 5, "1.004222": 4, "1.001613": 4, "1.004194": 3, "1.001193": 3, "2.001583": 3,
    "1.004623": 2, "1.003650": 2, "1.007607": 2, "1.013225": 2, "2.000693": 2, "1.004873": 2,
}  # fmt: skip
QUESTIONS_FOR_OTHERS = 0.12
FOR_ENTERPRISES = {"tai_chinh", "thue", "cong_thuong", "xay_dung", "noi_vu"}


@dataclass(frozen=True)
class Kind:
    """A usual course of a visit: its share, its activities, the answers about the account and what is asked for."""

    share: int
    activities: tuple
    accounts: tuple
    asks: float = 0.0
    ticket: float = 0.0


KINDS = [
    Kind(36, ("don_tiep", "gioi_thieu", "to_roi"), ("had", "had", "none", "", ""), asks=0.35, ticket=0.3),
    Kind(22, ("don_tiep", "lay_so", "len_quay"), ("", "", "", "had"), asks=0.8, ticket=1.0),
    Kind(9, ("don_tiep", "len_quay"), ("",), asks=0.5),
    Kind(11, ("don_tiep", "gioi_thieu", "vneid"), ("opened",), asks=0.1),
    Kind(13, ("gioi_thieu", "huong_dan"), ("had", "had", "none"), asks=0.9, ticket=0.2),
    Kind(9, ("don_tiep", "gioi_thieu", "to_roi", "huong_dan"), ("had", "had", "none"), asks=0.8),
]
SENT = Kind(0, ("huong_dan", "ra_soat", "nop_ho_so"), ("had", "had", "had", "opened"), asks=1.0, ticket=0.4)
PREPARED = Kind(0, ("huong_dan", "ra_soat"), ("had", "none"), asks=1.0, ticket=0.3)
REASONS = {
    "thieu_giay_to": 5, "khong_tk_sim": 3, "loi_he_thong": 2, "thanh_toan": 1, "chua_truc_tuyen": 1, "tu_y": 1,
}  # fmt: skip
FATES = {"returned": 70, "accepted": 17, "more_papers": 8, "refused": 3, "withdrawn": 2}


@dataclass
class Rows:
    """What is to be inserted."""

    visits: list = field(default_factory=list)
    done: list = field(default_factory=list)
    dossiers: list = field(default_factory=list)
    first: dict = field(default_factory=dict)


class Hall:
    """The lists that visits are drawn from."""

    def __init__(self, site):
        self.activities = {row.code: row for row in Activity.objects.all()}
        self.reasons = {row.code: row for row in NotSubmittedReason.objects.all()}
        self.counters = {}
        for counter in Counter.objects.filter(site=site).order_by("code"):
            self.counters.setdefault(counter.department_id, []).append(counter)
        self.procedures = list(Procedure.objects.on().select_related("department", "level").order_by("code"))
        self.online = [row for row in self.procedures if row.level_id]
        self.hours = {
            row.session: (
                row.starts_at.hour * 60 + row.starts_at.minute - OPENS_MINUTES_BEFORE,
                row.ends_at.hour * 60 + row.ends_at.minute + STAYS_MINUTES_AFTER,
            )
            for row in site.sessions.all()
        }

    def session_at(self, at):
        """The session in which a person on duty all day works at that time, or None: before hours, at night."""
        minutes = at.hour * 60 + at.minute
        return next((session for session, (first, last) in self.hours.items() if first <= minutes <= last), None)

    def procedure(self, chance, audience, online=False):
        """A procedure by its share of questions; enterprises ask for other things than citizens."""
        rows = self.online if online else self.procedures
        weights = [
            QUESTIONS.get(row.code, QUESTIONS_FOR_OTHERS)
            * (4 if audience == "enterprise" and row.department and row.department.code in FOR_ENTERPRISES else 1)
            for row in rows
        ]
        return chance.choices(rows, weights)[0]


def add_visits(*, duties, late, now, chance) -> dict:
    """Insert the visits of each duty; return (user, date, session) -> when the first of them was.

    The figures follow by rebuilding the tally.

    `duties` is date -> [(volunteer, floor)] of those who came, `late` the (date, volunteer) of those who came late.
    """
    rows, site = Rows(), next(iter(duties.values()))[0][1].site
    day = Day(Hall(site), rows, now, chance)
    day.late = late
    for date, on_duty in duties.items():
        day.run(date, on_duty)
    Visit.objects.bulk_create(rows.visits, batch_size=500)
    VisitActivity.objects.bulk_create(rows.done, batch_size=1000)
    Dossier.objects.bulk_create(rows.dossiers, batch_size=500)
    return rows.first


class Day:
    """Draws one day after another."""

    def __init__(self, hall, rows, now, chance):
        self.hall, self.rows, self.now, self.chance = hall, rows, now, chance
        self.incomplete, self.late = [], set()

    def run(self, date, on_duty):
        """Draw the visits of a date, in the order of the clock."""
        self.date, self.tickets, self.codes = date, 0, 0
        self.coming_back, self.incomplete = self.incomplete, []
        times = self.times(date)
        for at, (kind, duty) in zip(times, self.courses(len(times), on_duty), strict=True):
            self.visit(at, kind, *self.here_at(at, duty, on_duty))

    def here_at(self, at, duty, on_duty):
        """The duty, or another one while its volunteer is late."""
        if at.time() >= LATEST_COMES_AT or (self.date, duty[0].pk) not in self.late:
            return duty
        return next((other for other in on_duty if (self.date, other[0].pk) not in self.late), duty)

    def times(self, date):
        """Sorted moments of the day's visits, none in the future."""
        hours = self.chance.choices(list(HOURS), list(HOURS.values()), k=self.chance.randint(*VISITS_A_DAY))
        times = sorted(self.moment(date, hour) for hour in hours)
        if date != self.now.date():
            return times
        past = [at for at in times if at < self.now]
        return past if len(past) >= FEWEST_TODAY else self.early_times(past)

    def moment(self, date, hour):
        minute = self.chance.randint(30, 59) if hour in (7, 13) else self.chance.randint(0, 59)
        if hour == 11:
            minute //= 2
        at = datetime.datetime.combine(date, datetime.time(hour, minute, self.chance.randint(0, 59)))
        return at.replace(tzinfo=self.now.tzinfo)

    def early_times(self, past):
        """Fill up a day that has hardly begun, so that the desk has something to show: from just after midnight."""
        start = datetime.datetime.combine(self.now.date(), EARLIEST_TODAY, self.now.tzinfo)
        seconds = int((self.now - start).total_seconds())
        if seconds < 60:
            return past
        more = [
            start + datetime.timedelta(seconds=self.chance.randrange(seconds)) for _ in range(FEWEST_TODAY - len(past))
        ]
        return sorted(past + more)

    def courses(self, count, on_duty):
        """(kind, duty) of each of the day's visits, in any order: alike many per person, a few of them dossiers."""
        # While today is not over, its dossiers are not all there either.
        part = min(1, count / VISITS_A_DAY[0]) if self.date == self.now.date() else 1
        courses = []
        for place, duty in enumerate(on_duty):
            kinds = [SENT] * round(part * self.chance.randint(*DOSSIERS_A_VOLUNTEER))
            kinds += [PREPARED] * round(part * self.chance.randint(*NOT_SENT_A_VOLUNTEER))
            own = len(range(place, count, len(on_duty)))
            kinds += self.chance.choices(KINDS, [kind.share for kind in KINDS], k=max(0, own - len(kinds)))
            courses += [(kind, duty) for kind in kinds[:own]]
        self.chance.shuffle(courses)
        return courses

    def visit(self, at, kind, volunteer, floor):
        """Add one visit with its activities and, where the course has one, its dossier."""
        audience = self.chance.choices(["citizen", "youth", "enterprise"], [74, 15, 11])[0]
        key = uuid.UUID(int=self.chance.getrandbits(128), version=4)
        visit = Visit(
            id=key,
            fingerprint=fingerprint({"id": str(key)}),
            occurred_at=at,
            created_at=at,
            date=at.date(),
            hour=at.hour,
            team=volunteer.team,
            unit_id=volunteer.team.unit_id,
            site=floor.site,
            post=floor,
            volunteer=volunteer.user,
            audience=audience,
            off_roster=self.hall.session_at(at) is None,
            account=self.chance.choice(kind.accounts),
        )
        self.ask(visit, kind)
        self.rows.visits.append(visit)
        self.rows.first.setdefault((volunteer.user_id, at.date(), self.hall.session_at(at)), at)
        codes = list(kind.activities)
        if visit.account == "opened" and "vneid" not in codes:
            codes.append("vneid")
        self.rows.done += [VisitActivity(visit=visit, activity=self.hall.activities[code]) for code in codes]
        if kind in (SENT, PREPARED):
            self.rows.dossiers.append(self.sent(visit) if kind is SENT else self.not_sent(visit))
        elif self.chance.random() < 0.004:
            visit.undone_at, visit.undone_by = at + datetime.timedelta(seconds=6), volunteer.user
            visit.version = 2

    def ask(self, visit, kind):
        """Note what was needed, and for those sent on their ticket and counter."""
        procedure = self.hall.procedure(self.chance, visit.audience, online=kind is SENT)
        asked, ticket = self.chance.random() < kind.asks, self.chance.random() < kind.ticket
        if asked:
            visit.procedure, visit.department = procedure, procedure.department
        if ticket:
            self.tickets += 1
            visit.queue_number = f"{self.tickets:03d}"
        if ticket or "len_quay" in kind.activities:
            visit.department = procedure.department
            visit.counter = self.chance.choice(self.hall.counters.get(procedure.department_id) or [None])

    def code(self):
        """A code in the shape that codes of the province have; some dossiers have none yet."""
        if self.chance.random() < 0.12:
            return ""
        self.codes += self.chance.randint(1, 9)
        if self.chance.random() < 0.25:
            return f"000.00.00.H49-{self.date:%y%m%d}-{self.codes:04d}"
        return f"H49.{self.chance.randint(1, 20):02d}-{self.date:%y%m%d}-{self.codes:04d}"

    def sent(self, visit):
        """A submitted dossier, and what has become of it since."""
        if self.coming_back and self.chance.random() < 0.08:
            return self.sent_again(visit, self.coming_back.pop())
        dossier = self.submitted(visit, self.code())
        age = (self.now.date() - visit.date).days
        fate = self.chance.choices(list(FATES), list(FATES.values()))[0]
        if fate == "returned":
            self.give_back(dossier, age)
        elif age > 1:
            dossier.state = fate
        if dossier.state == "more_papers" and dossier.code:
            self.incomplete.append(dossier)
        return dossier

    def submitted(self, visit, code):
        return Dossier(
            visit=visit,
            code=code,
            code_digest=code_digest(code),
            level=visit.procedure.level,
            guided=True,
            complete=True,
            outcome="submitted",
            state="submitted",
            submitted_at=visit.occurred_at,
        )

    def sent_again(self, visit, earlier):
        """The same dossier the next day with the papers that were missing: it counts once, for the first time."""
        visit.procedure, visit.department = earlier.visit.procedure, earlier.visit.department
        visit.counter = None
        dossier = self.submitted(visit, earlier.code)
        dossier.state = earlier.state = "accepted"
        return dossier

    def give_back(self, dossier, age):
        """Return the result some days later, if that day has come; until then the dossier is accepted."""
        days = self.chance.randint(3, 20)
        at = dossier.submitted_at + datetime.timedelta(days=days)
        at += datetime.timedelta(days={5: 2, 6: 1}.get(at.weekday(), 0))
        if at < self.now:
            dossier.state, dossier.returned_at = "returned", at
        elif age > 0:
            dossier.state = "accepted"

    def not_sent(self, visit):
        """A dossier that was prepared only, or could not be submitted."""
        guided = self.chance.random() < 0.8
        if self.chance.random() < 0.5:
            return Dossier(
                visit=visit,
                level=visit.procedure.level,
                guided=guided,
                complete=guided and self.chance.random() < 0.6,
                outcome="prepared",
                state="preparing",
            )
        reason = self.hall.reasons[self.chance.choices(list(REASONS), list(REASONS.values()))[0]]
        return Dossier(
            visit=visit,
            level=visit.procedure.level,
            guided=guided,
            outcome="not_submitted",
            state="not_submitted",
            reason=reason,
        )
