from django.db import migrations, models
from django.db.models import PROTECT


class Migration(migrations.Migration):
    dependencies = [("assistance", "0007_roll_up_tally_by_month"), ("shifts", "0010_event_has_unit")]
    operations = [
        migrations.RemoveConstraint(model_name="dailytally", name="daily_tally_key"),
        migrations.AddField(
            model_name="dailytally",
            name="event",
            field=models.ForeignKey(
                to="shifts.OutreachEvent", null=True, on_delete=PROTECT, related_name="+", db_index=False
            ),
        ),
        migrations.AddField(
            model_name="visit",
            name="event",
            field=models.ForeignKey(
                to="shifts.OutreachEvent",
                null=True,
                blank=True,
                on_delete=PROTECT,
                related_name="visits",
                db_index=False,
                verbose_name="hoạt động",
                help_text="Lượt ghi tại một buổi Thứ Bảy tình nguyện; để trống là ghi ở bàn.",
            ),
        ),
    ]
