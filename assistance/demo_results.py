"""Results of the demo's outreach events, and the visits of one that was logged visit by visit. All of it is made up."""

import datetime
import random
import uuid

from django.utils import timezone

from assistance.models import Activity, OutreachResult, OutreachResultChange, Visit, VisitActivity
from assistance.visit_entry import fingerprint
from shifts.models import Assignment, OutreachEvent

SEED = 20200229
VISITS_LOGGED = 26
DONE = [
    (40, ("gioi_thieu", "to_roi"), ("had", "had", "none", "")),
    (30, ("gioi_thieu", "huong_dan"), ("had", "none")),
    (20, ("gioi_thieu", "vneid"), ("opened",)),
    (10, ("gioi_thieu", "to_roi", "huong_dan"), ("had",)),
]
REMARKS = [
    "Mạng yếu đầu buổi, phải phát sóng từ điện thoại.", "", "Nhiều người quên mật khẩu, mất thời gian lấy lại.", "",
    "Nhà trường xếp theo lớp nên nhanh.",
]  # fmt: skip


def add_results(*, leader, now) -> int:
    """Report every held event but the last, which is still awaited; the one before was also logged visit by visit."""
    chance = random.Random(SEED)  # noqa: S311 - the same world every time; no secret
    held = list(OutreachEvent.objects.held().filter(date__lt=now.date()).order_by("date").prefetch_related("materials"))
    reported = held[:-1]
    if reported and _people(reported[-1]):
        _log_visits(reported[-1], chance)
    results = [_result(event, place, leader, chance) for place, event in enumerate(reported)]
    results = OutreachResult.objects.bulk_create(results)
    OutreachResultChange.objects.bulk_create(
        OutreachResultChange(result=row, after=row.numbers, made_by=leader, made_at=row.saved_at) for row in results
    )
    return len(results)


def _people(event):
    rows = Assignment.objects.active().filter(event=event).select_related("volunteer__user", "volunteer__home_post")
    return [row.volunteer for row in rows.order_by("pk")]


def _result(event, place, leader, chance):
    """Numbers that fit each other: a school has many young people and no dossiers."""
    at_school = event.venue_kind == "school"
    reached = chance.randint(90, 160) if at_school else chance.randint(45, 95)
    youth = chance.randint(35, 60) if at_school else chance.randint(3, 9)
    citizens = chance.randint(4, 9) if at_school else chance.randint(18, 34)
    accounts = chance.randint(8, 15 + citizens // 3)
    used = sum(thing.used or 0 for thing in event.materials.all() if thing.is_leaflet)
    at = datetime.datetime.combine(event.date, datetime.time(10, 40), timezone.get_current_timezone())
    return OutreachResult(
        event=event,
        reached=reached,
        guided_citizen=citizens,
        guided_youth=youth,
        guided_enterprise=0 if at_school else chance.randint(0, 4),
        accounts=accounts,
        reached_with_account=accounts + chance.randint(10, 30),
        leaflets=used or reached,
        dossiers_partial=0 if at_school else chance.randint(0, 3),
        dossiers_full=0 if at_school else chance.randint(1, 5),
        remarks=REMARKS[place % len(REMARKS)],
        made_by=leader,
        made_at=at,
        saved_by=leader,
        saved_at=at,
    )


def _log_visits(event, chance):
    """Visits of the event, shared by those who went; their own floor stays in the row, as the desk stores it."""
    people = _people(event)
    activities = {row.code: row for row in Activity.objects.all()}
    start = datetime.datetime.combine(event.date, event.starts_at, timezone.get_current_timezone())
    visits, done = [], []
    for number in range(VISITS_LOGGED):
        person = people[number % len(people)]
        at = start + datetime.timedelta(minutes=6 * number + chance.randint(0, 5))
        _share, codes, accounts = chance.choices(DONE, [share for share, *_rest in DONE])[0]
        key = uuid.UUID(int=chance.getrandbits(128), version=4)
        visit = Visit(
            id=key,
            fingerprint=fingerprint({"id": str(key)}),
            occurred_at=at,
            created_at=at,
            date=at.date(),
            hour=at.hour,
            team=event.team,
            unit_id=event.unit_id,
            site=person.home_post.site,
            post=person.home_post,
            event=event,
            volunteer=person.user,
            audience=chance.choices(["citizen", "youth", "enterprise"], [60, 35, 5])[0],
            account=chance.choice(accounts),
        )
        visits.append(visit)
        done += [VisitActivity(visit=visit, activity=activities[code]) for code in codes]
    Visit.objects.bulk_create(visits)
    VisitActivity.objects.bulk_create(done)
