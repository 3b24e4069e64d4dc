"""Every attendance has its stamp."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shifts", "0013_fill_team_and_unit_of_attendance")]
    operations = [
        migrations.AlterField(
            model_name="attendance",
            name=name,
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=f"shifts.{name}",
                verbose_name=words,
            ),
        )
        for name, words in [("team", "đội hình"), ("unit", "đơn vị")]
    ]
