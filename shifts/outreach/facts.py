"""Who may serve at an event: the rules of the roster, asked about a day away from every site."""

from django.utils.translation import gettext as _

from shifts.dates import day_name
from shifts.models import Assignment, OutreachEvent, Volunteer
from shifts.roster.callable import Callable
from shifts.roster.facts import Reason, RosterFacts

from .sessions import sessions_of


class EventFacts(RosterFacts):
    """Facts of one day for the people of one team; a constant number of queries, all made lazily."""

    def __init__(self, event: OutreachEvent, *, people=None):
        super().__init__(None, event.date, event.date, people=people)
        self.event = event

    @property
    def people(self):
        if "_found" not in self.__dict__:
            rows = members_of(self.event) if self._people is None else self._people
            self._found = {person.pk: person for person in rows}
        return self._found

    @property
    def assignments(self):
        first, last = self.reach
        rows = Assignment.objects.active().between(first, last).filter(volunteer__in=list(self.people))
        return list(rows.select_related("post__site", "event").order_by("date", "session", "pk"))

    def why_not_here(self, volunteer: Volunteer) -> Reason | None:
        """Return why this person cannot come to the event, or None when they can."""
        reasons = (
            self.why_not(volunteer, self.event.date, session, None)
            for session in sessions_of(self.event.starts_at, self.event.ends_at)
        )
        return next((reason for reason in reasons if reason is not None), None)

    def callable(self) -> list[Callable]:
        """Those who could come, with the duty days they have this month; those with the fewest first."""
        able = [person for person in self.people.values() if self.why_not_here(person) is None]
        found = [Callable(person, self.days_in_month(person, self.event.date)) for person in able]
        return sorted(found, key=lambda row: (row.days, row.user.sort_name, row.volunteer.pk))

    @staticmethod
    def _on_duty_sentence(held, name, when):
        words = {"name": name, "session": held.get_session_display(), "day": day_name(held.date)}
        if held.post is None:
            return _("{name} đã có hoạt động {venue} ca {session} {day}.").format(venue=held.event.venue, **words)
        place = f"{held.post.name}, {held.post.site.short_name or held.post.site.name}"
        return _("{name} đã trực ca {session} {day} ở {place}.").format(place=place, **words)


def members_of(event: OutreachEvent):
    """People of the event's team on its date; sorted by given name."""
    people = Volunteer.objects.filter(team=event.team_id, user__is_active=True)
    people = people.exclude(left__lte=event.date).exclude(joined__gt=event.date)
    return people.select_related("user", "team").prefetch_related("posts").order_by("user__sort_name", "pk")
