from django.db import migrations, models
from django.db.models import PROTECT, F, Value
from django.db.models.functions import Coalesce


def key(name):
    return models.ForeignKey(to=f"shifts.{name}", on_delete=PROTECT, related_name="+", db_index=False)


class Migration(migrations.Migration):
    dependencies = [("assistance", "0005_fill_team_and_unit_of_hours")]
    operations = [
        migrations.AlterField(model_name="hourlytally", name="unit", field=key("unit")),
        migrations.AlterField(model_name="hourlytally", name="team", field=key("team")),
        migrations.AddConstraint(
            model_name="hourlytally",
            constraint=models.UniqueConstraint(
                *(F(name) for name in ("date", "hour", "volunteer", "figure", "outcome", "site", "team", "unit")),
                Coalesce("department", Value(0)),
                Coalesce("procedure", Value(0)),
                name="hourly_tally_key",
            ),
        ),
    ]
