"""Stamp the attendance that is there with the team of the person and its unit."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def stamp(apps, schema_editor):
    volunteers = apps.get_model("shifts", "Volunteer").objects.filter(assignments__attendance=OuterRef("pk"))
    rows = apps.get_model("shifts", "Attendance").objects.filter(team=None)
    rows.update(team=Subquery(volunteers.values("team")[:1]), unit=Subquery(volunteers.values("team__unit")[:1]))


class Migration(migrations.Migration):
    dependencies = [("shifts", "0012_keep_changes_of_units_and_stamp_attendance")]
    operations = [migrations.RunPython(stamp, migrations.RunPython.noop)]
