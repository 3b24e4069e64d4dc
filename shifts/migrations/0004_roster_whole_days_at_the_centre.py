"""The provincial centre rosters whole days, with three people in every session."""

from django.db import migrations


def set_rules(apps, schema_editor):
    apps.get_model("shifts", "Site").objects.filter(code="TTHCC").update(min_people=3, whole_days=True)


class Migration(migrations.Migration):
    dependencies = [("shifts", "0003_add_rosters")]

    operations = [migrations.RunPython(set_rules, migrations.RunPython.noop)]
