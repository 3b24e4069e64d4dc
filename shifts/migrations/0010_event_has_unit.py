import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shifts", "0009_stamp_events_with_unit")]

    operations = [
        migrations.AlterField(
            model_name="outreachevent",
            name="unit",
            field=models.ForeignKey(
                editable=False,
                help_text="Đơn vị của đội hình lúc lập hoạt động; số liệu tính cho đơn vị này.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="shifts.unit",
                verbose_name="đơn vị tổ chức",
            ),
        ),
    ]
