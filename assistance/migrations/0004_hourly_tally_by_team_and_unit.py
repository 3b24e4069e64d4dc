from django.db import migrations, models
from django.db.models import PROTECT


def key(name):
    return models.ForeignKey(to=f"shifts.{name}", null=True, on_delete=PROTECT, related_name="+", db_index=False)


class Migration(migrations.Migration):
    dependencies = [("assistance", "0003_add_unit_totals"), ("shifts", "0010_event_has_unit")]
    operations = [
        migrations.RemoveConstraint(model_name="hourlytally", name="hourly_tally_key"),
        migrations.AddField(model_name="hourlytally", name="unit", field=key("unit")),
        migrations.AddField(model_name="hourlytally", name="team", field=key("team")),
    ]
