"""Fill team and unit of the hourly tally from the daily one, which was written in the same moment."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    daily, hourly = apps.get_model("assistance", "DailyTally"), apps.get_model("assistance", "HourlyTally")
    same = daily.objects.filter(
        date=OuterRef("date"), volunteer=OuterRef("volunteer"), figure=OuterRef("figure"), site=OuterRef("site")
    ).order_by("-value", "pk")
    hourly.objects.update(team=Subquery(same.values("team")[:1]), unit=Subquery(same.values("unit")[:1]))
    home = apps.get_model("shifts", "Volunteer").objects.filter(user=OuterRef("volunteer"))
    hourly.objects.filter(team=None).update(
        team=Subquery(home.values("team")[:1]), unit=Subquery(home.values("team__unit")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [("assistance", "0004_hourly_tally_by_team_and_unit")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
