from django.db import migrations
from django.db.models import F

KEY = ["date", "volunteer_id", "figure", "audience", "post_id", "site_id", "team_id", "unit_id"]


def fold_events_back(apps, schema_editor):
    """On the way back: what was logged at events joins the rows of the desk, whose key knows no events."""
    tally = apps.get_model("assistance", "DailyTally")
    for row in tally.objects.filter(event__isnull=False).order_by("pk"):
        key = {name: getattr(row, name) for name in KEY}
        desk = tally.objects.filter(event__isnull=True, **key)
        if desk.update(value=F("value") + row.value):
            row.delete()
        else:
            tally.objects.filter(pk=row.pk).update(event=None)


class Migration(migrations.Migration):
    dependencies = [("assistance", "0008_visit_event")]
    operations = [migrations.RunPython(migrations.RunPython.noop, fold_events_back)]
