"""Calendar files that a calendar program reads again and again under a secret link."""

import datetime
from collections import defaultdict

import icalendar
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.text import capfirst

from shifts.access import Access
from shifts.models import Assignment, CalendarFeed, OutreachEvent, Roster, Site, SiteSession, Team, User

from .names import short_names

PAST_DAYS = 60
READ_AGAIN = datetime.timedelta(hours=1)
HOST = "lich-truc.volunteer-support"  # the second half of every UID: never change it


def feed_for(user: User, site: Site | None = None, team: Team | None = None) -> CalendarFeed:
    """Return the person's link to their own duties, those of a site or a team's events; made when there is none."""
    return CalendarFeed.objects.get_or_create(owner=user, site=site, team=team, revoked_at=None)[0]


def existing_feed(user: User, site: Site | None = None, team: Team | None = None) -> CalendarFeed | None:
    """Return the person's link, if they have made one."""
    return CalendarFeed.objects.filter(owner=user, site=site, team=team, revoked_at=None).first()


def revoke_feed(feed: CalendarFeed) -> None:
    """End a link: from now on its address is unknown."""
    CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=timezone.now())


@transaction.atomic
def renew_feed(feed: CalendarFeed) -> CalendarFeed:
    """End a link and return a new one for the same person and site or team."""
    revoke_feed(feed)
    return feed_for(feed.owner, feed.site, feed.team)


def feed_of_token(token: str) -> CalendarFeed | None:
    """Return the feed under this secret, if its owner may still read it."""
    feeds = CalendarFeed.objects.filter(token=token, revoked_at=None)
    feed = feeds.select_related("owner__volunteer__team", "site", "team").first()
    if feed is None or not feed.owner.is_active:
        return None
    return feed if _may_read(Access.of(feed.owner), feed) else None


def _may_read(access, feed):
    if feed.site:
        return access.rostered_sites().filter(pk=feed.site_id).exists()
    if feed.team:
        return feed.team_id in access.team_ids or access.units().filter(pk=feed.team.unit_id).exists()
    return access.is_member


def mark_read(feed: CalendarFeed, at: datetime.datetime) -> None:
    """Note that the feed was read; at most one write an hour, however often programs ask."""
    if feed.read_at is None or feed.read_at <= at - READ_AGAIN:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=at)


def calendar_of(feed: CalendarFeed, *, today: datetime.date, url: str) -> bytes:
    """Return the calendar file: announced duties from 60 days ago on, the same bytes as long as nothing changes.

    Cancelled duties are left out. Nothing in it but names that the roster shows.
    """
    with translation.override("vi"):  # others read it, whatever language the owner's pages are in
        read = _site_events if feed.site else _team_events if feed.team else _personal_events
        name, events = read(feed, today)
        calendar = icalendar.Calendar()
        calendar.add("PRODID", "-//Ho tro dich vu cong//Lich truc//VI")
        calendar.add("VERSION", "2.0")
        calendar.add("CALSCALE", "GREGORIAN")
        calendar.add("METHOD", "PUBLISH")
        calendar.add("X-WR-CALNAME", name)
        calendar.add("X-WR-TIMEZONE", settings.TIME_ZONE)
        calendar.add("REFRESH-INTERVAL", READ_AGAIN, parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", "PT1H")
        for event in sorted(events, key=lambda event: event["DTSTART"].dt):
            event.add("URL", url)
            calendar.add_component(event)
        # Half a day of the past is enough: the zone has had one rule since 1975.
        calendar.add_missing_timezones(first_date=today - datetime.timedelta(days=PAST_DAYS + 1))
        return calendar.to_ical()


def _personal_events(feed, today):
    rows = Assignment.objects.announced().filter(
        volunteer__user=feed.owner, date__gte=today - datetime.timedelta(days=PAST_DAYS)
    )
    rows = rows.exclude(event__state=OutreachEvent.State.CANCELLED)
    rows = list(rows.select_related("roster__site", "post", "event").order_by("date", "session", "pk"))
    hours = _hours({row.roster.site_id for row in rows if row.roster})
    events = {}
    for row in rows:
        if row.event:
            events.setdefault(f"event-{row.event_id}-{row.volunteer_id}", _outreach(row))
        elif session := hours.get((row.roster.site_id, row.session)):
            site = row.roster.site
            uid = f"duty-{row.date:%Y%m%d}-{row.session}-{row.volunteer_id}"
            events[uid] = _event(
                date=row.date,
                hours=(session.starts_at, session.ends_at),
                summary=f"Trực {row.post.name}, {row.get_session_display()}",
                location=f"{row.post.name}, {site.name}",
                changed=max(row.made_at, row.roster.published_at),
            )
    return f"Lịch trực của {feed.owner.get_short_name()}", _with_uids(events)


def _outreach(row):
    event = row.event
    return _event(
        date=event.date,
        hours=(event.starts_at, event.ends_at),
        summary=f"Thứ Bảy tình nguyện: {event.venue}" if event.date.weekday() == 5 else f"Tình nguyện: {event.venue}",
        location=event.venue,
        changed=row.made_at,
    )


def _team_events(feed, today):
    """The outreach events of a team with everybody who goes; one that is only planned says so."""
    rows = OutreachEvent.objects.standing().filter(team=feed.team, date__gte=today - datetime.timedelta(days=PAST_DAYS))
    duties = Assignment.objects.filter(event__in=rows).select_related("volunteer__user")
    by_event = defaultdict(list)
    for duty in duties.order_by("volunteer__user__sort_name", "pk"):
        by_event[duty.event_id].append(duty)
    users = {duty.volunteer.user_id: duty.volunteer.user for found in by_event.values() for duty in found}
    names, events = short_names(users.values()), {}
    for row in rows.order_by("date", "starts_at", "pk"):
        found = by_event[row.pk]
        here = dict.fromkeys(duty.volunteer.user_id for duty in found if duty.state == Assignment.State.ACTIVE)
        planned = " (dự kiến)" if row.state == OutreachEvent.State.PLANNED else ""
        events[f"team-{row.team_id}-event-{row.pk}"] = _event(
            date=row.date,
            hours=(row.starts_at, row.ends_at),
            summary=f"Tình nguyện: {row.venue}{planned}",
            location=row.venue,
            changed=max([row.made_at, *(duty.ended_at or duty.made_at for duty in found)]),
            description=", ".join(names[user] for user in here),
        )
    return f"Hoạt động của {feed.team}", _with_uids(events)


def _site_events(feed, today):
    """One event for each session, with everybody in it; a duty that was cancelled changes the event, not its UID."""
    site = feed.site
    rows = Assignment.objects.filter(
        roster__site=site,
        roster__state=Roster.State.PUBLISHED,
        date__gte=today - datetime.timedelta(days=PAST_DAYS),
    )
    rows = rows.select_related("roster", "post", "volunteer__user")
    hours, sessions = _hours({site.pk}), defaultdict(list)
    for row in rows.order_by("date", "session", "post__position", "post__code", "volunteer__user__sort_name", "pk"):
        sessions[row.date, row.session].append(row)
    users = {row.volunteer.user.pk: row.volunteer.user for found in sessions.values() for row in found}
    names, events = short_names(users.values()), {}
    for (date, code), found in sessions.items():
        here = [row for row in found if row.state == Assignment.State.ACTIVE]
        session = hours.get((site.pk, code))
        if not here or not session:
            continue
        posts = defaultdict(list)
        for row in here:
            posts[row.post.name].append(names[row.volunteer.user_id])
        lines = [f"{post}: {', '.join(people)}" for post, people in posts.items()]
        events[f"site-{site.pk}-{date:%Y%m%d}-{code}"] = _event(
            date=date,
            hours=(session.starts_at, session.ends_at),
            summary=f"{capfirst(session.get_session_display())}: {'; '.join(lines)}",
            location=site.name,
            changed=max(max(row.made_at, row.ended_at or row.made_at, row.roster.published_at) for row in found),
            description="\n".join(lines),
        )
    return f"Lịch trực {site.short_name}", _with_uids(events)


def _hours(sites):
    """(site, session) -> its hours."""
    return {(row.site_id, row.session): row for row in SiteSession.objects.filter(site__in=sites)}


def _event(*, date, hours, summary, location, changed, description=""):
    zone = timezone.get_default_timezone()
    starts, ends = (datetime.datetime.combine(date, time, zone) for time in hours)
    event = icalendar.Event()
    # Of the duty, not of the reading: the same file twice is the same bytes.
    changed = changed.astimezone(datetime.UTC).replace(microsecond=0)
    event.add("DTSTAMP", changed)
    event.add("LAST-MODIFIED", changed)
    event.add("DTSTART", starts)
    event.add("DTEND", ends)
    event.add("SUMMARY", summary)
    event.add("LOCATION", location)
    event.add("TRANSP", "OPAQUE")
    if description:
        event.add("DESCRIPTION", description)
    return event


def _with_uids(events):
    for uid, event in events.items():
        event.add("UID", f"{uid}@{HOST}")
    return list(events.values())
