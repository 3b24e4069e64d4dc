"""Stamp the events that are there with the unit of their team."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def stamp(apps, schema_editor):
    team = apps.get_model("shifts", "Team").objects.filter(pk=OuterRef("team"))
    events = apps.get_model("shifts", "OutreachEvent").objects.filter(unit=None)
    events.update(unit=Subquery(team.values("unit")[:1]))


class Migration(migrations.Migration):
    dependencies = [("shifts", "0008_add_outreach_plans")]
    operations = [migrations.RunPython(stamp, migrations.RunPython.noop)]
