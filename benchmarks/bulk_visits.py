"""Visits by the million, made by PostgreSQL itself, and the tally written from them by its own grouping.

`check_tally` then recounts everything in its own way: that the tally here is right is not taken on trust.
"""

import datetime

from django.db import connection

PEOPLE_A_TEAM, CENTRE_PEOPLE = 3, 25
FIRST_HOUR, HOURS = 7, 9


def make_people(today):
    """A team, a site and three people in every commune that holds today, and 25 at the province's centre."""
    from assistance.models import Activity
    from shifts.models import Post, Role, Site, Team, Unit, User, Volunteer

    people = []
    units = [*Unit.objects.on(today).filter(level__in=["commune", "province"]).order_by("code")]
    for number, unit in enumerate(units):
        code = f"B{number:03d}"
        site = Site.objects.create(code=code, name=f"Điểm {unit}"[:160], short_name=unit.name[:30], unit=unit)
        posts = [Post.objects.create(site=site, code=f"Q{n}", name=f"Quầy {n}", position=n) for n in (1, 2)]
        team = Team.objects.create(code=code, name=f"Đội hình {unit}"[:160], unit=unit, home_site=site)
        size = CENTRE_PEOPLE if unit.level == "province" else PEOPLE_A_TEAM
        for n in range(size):
            name = f"Người {number} {n}"
            user = User.objects.create(username=f"b{number}-{n}", full_name=name, first_login_done=True)
            Volunteer.objects.create(user=user, team=team)
            people.append((user.pk, team.pk, unit.pk, site.pk, posts[n % 2].pk))
    staff = User.objects.create(username="bench", full_name="Lãnh đạo", first_login_done=True)
    Role.objects.create(user=staff, kind="leadership", unit=units[[u.level for u in units].index("province")])
    assert Activity.objects.exists()
    return staff, people


def make_totals(days: list[datetime.date]) -> int:
    """A total of every commune in every week of these days, beside what it logs; return how many."""
    from django.utils import timezone

    from assistance.models import UnitTotal
    from shifts.models import Unit

    mondays = sorted({day - datetime.timedelta(days=day.weekday()) for day in days})
    totals = [
        UnitTotal(
            unit=unit, span="week", date_from=monday, date_to=monday + datetime.timedelta(days=6), counted_on=monday,
            state="sent", sent_at=timezone.now(), reached=number % 90, guided_citizen=number % 40, leaflets=number % 50,
        )
        for number, unit in enumerate(Unit.objects.on(max(days)).filter(level="commune"))
        for monday in mondays
    ]  # fmt: skip
    UnitTotal.objects.bulk_create(totals, batch_size=1000)
    return len(totals)


def execute(statement, params=None):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.rowcount


def clear():
    """Take all visits away, and what was counted of them."""
    tables = [
        *("assistance_visitactivity", "assistance_dossier", "assistance_visit"),
        *("assistance_dailytally", "assistance_hourlytally", "assistance_rolledup", "assistance_tallychange"),
        *("assistance_placemonth", "assistance_personmonth", "assistance_mattermonth", "assistance_hourmonth"),
    ]
    execute(f"TRUNCATE {', '.join(tables)} CASCADE")


def make_visits(size: int, people, days: list[datetime.date]):
    """So many visits of these people on these days, each with one or two activities, three in ten with a dossier."""
    execute("DROP TABLE IF EXISTS bench_people, bench_days, bench_procedures")
    keys = "person bigint, team bigint, unit bigint, site bigint, post bigint"
    execute(f"CREATE TEMP TABLE bench_people (n serial, {keys})")
    execute("CREATE TEMP TABLE bench_days (n serial, day date)")
    execute("CREATE TEMP TABLE bench_procedures (n serial, procedure bigint, department bigint)")
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO bench_people (person, team, unit, site, post) VALUES (%s, %s, %s, %s, %s)", people
        )
        cursor.executemany("INSERT INTO bench_days (day) VALUES (%s)", [(day,) for day in days])
    kinds = execute("INSERT INTO bench_procedures (procedure, department)"
                    " SELECT id, department_id FROM assistance_procedure ORDER BY code")  # fmt: skip
    execute("SELECT setseed(0.5)")
    execute(VISITS, {"size": size, "people": len(people), "days": len(days), "kinds": kinds,
                     "hour": FIRST_HOUR, "hours": HOURS})  # fmt: skip
    execute(ACTIVITIES)
    execute(DOSSIERS)
    execute("ANALYZE")


def count_visits():
    """Write both tables of the tally from the visits."""
    execute(DAILY)
    execute(HOURLY)
    execute("ANALYZE")


# A few procedures are asked for often, most now and then: the square of a random number.
VISITS = """
INSERT INTO assistance_visit (id, fingerprint, version, occurred_at, date, hour, team_id, unit_id, site_id, post_id,
    volunteer_id, audience, account, procedure_id, department_id, queue_number, off_roster, late_entry, amended,
    amend_reason, created_at)
SELECT gen_random_uuid(), '', 1, (d.day + make_interval(hours => v.hour, mins => 20)) AT TIME ZONE 'Asia/Ho_Chi_Minh',
    d.day, v.hour, p.team, p.unit, p.site, p.post, p.person,
    (ARRAY['citizen', 'citizen', 'citizen', 'youth', 'enterprise'])[v.of5], (ARRAY['', 'had', 'opened', 'none'])[v.of4],
    k.procedure, k.department, '', false, false, false, '', now()
FROM (
    SELECT 1 + floor(random() * %(people)s)::int AS person, 1 + floor(random() * %(days)s)::int AS day,
        %(hour)s + floor(random() * %(hours)s)::int AS hour, 1 + floor(random() * 5)::int AS of5,
        1 + floor(random() * 4)::int AS of4, 1 + floor(power(random(), 2) * %(kinds)s)::int AS kind
    FROM generate_series(1, %(size)s)
) v JOIN bench_people p ON p.n = v.person JOIN bench_days d ON d.n = v.day JOIN bench_procedures k ON k.n = v.kind
"""
ACTIVITIES = """
INSERT INTO assistance_visitactivity (visit_id, activity_id)
SELECT v.id, a.id FROM assistance_visit v JOIN (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS of FROM assistance_activity
) a ON a.n = abs(hashtext(v.id::text)) % a.of OR (a.n = 0 AND abs(hashtext(v.id::text)) % 2 = 0)
"""
DOSSIERS = """
INSERT INTO assistance_dossier (visit_id, code, code_digest, level_id, guided, complete, outcome, state, reason_id,
    submitted_at, counts_submission, counts_result, updated_at)
SELECT v.id, '', '', l.id, true, true, o.outcome, o.state,
    CASE WHEN o.outcome = 'not_submitted' THEN (SELECT min(id) FROM assistance_notsubmittedreason) END,
    CASE WHEN o.outcome = 'submitted' THEN v.occurred_at END,
    o.outcome = 'submitted' AND l.counts_as <> '', false, now()
FROM assistance_visit v
JOIN (SELECT id, counts_as, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS of
      FROM assistance_servicelevel) l ON l.n = abs(hashtext(v.id::text || 'l')) % l.of
JOIN (VALUES (0, 'submitted', 'submitted'), (1, 'submitted', 'accepted'), (2, 'not_submitted', 'not_submitted'),
      (3, 'prepared', 'preparing')) o(n, outcome, state) ON o.n = abs(hashtext(v.id::text || 'o')) % 4
WHERE abs(hashtext(v.id::text || 'd')) % 10 < 3
"""
COUNTED = """
FROM (
    SELECT v.*, COALESCE(x.outcome, '') AS outcome, x.counts_submission, l.counts_as, COALESCE(a.told, false) AS told,
        COALESCE(a.shown, false) OR v.account = 'opened' AS shown, COALESCE(a.leaflet, false) AS leaflet
    FROM assistance_visit v
    LEFT JOIN assistance_dossier x ON x.visit_id = v.id LEFT JOIN assistance_servicelevel l ON l.id = x.level_id
    LEFT JOIN (
        SELECT d.visit_id, bool_or(t.counts_reached) AS told, bool_or(t.counts_guided) AS shown,
            bool_or(t.counts_leaflets) AS leaflet
        FROM assistance_visitactivity d JOIN assistance_activity t ON t.id = d.activity_id GROUP BY d.visit_id
    ) a ON a.visit_id = v.id
) v CROSS JOIN LATERAL (VALUES
    ('visits', true), ('reached', told), ('guided', shown), ('accounts', account = 'opened'),
    ('reached_with_account', (told OR shown) AND account IN ('had', 'opened')), ('leaflets', leaflet),
    (counts_as, counts_submission)
) f(figure, holds) WHERE f.holds
"""
PLACE = "date, unit_id, team_id, site_id, post_id, volunteer_id, audience, figure"
MATTER = "date, hour, unit_id, team_id, site_id, volunteer_id, department_id, procedure_id, outcome, figure"
DAILY = f"INSERT INTO assistance_dailytally ({PLACE}, value) SELECT {PLACE}, count(*) {COUNTED} GROUP BY {PLACE}"
HOURLY = f"INSERT INTO assistance_hourlytally ({MATTER}, value) SELECT {MATTER}, count(*) {COUNTED} GROUP BY {MATTER}"
