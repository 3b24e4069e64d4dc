"""The address of a site."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shifts", "0014_attendance_has_team_and_unit"),
    ]

    operations = [
        migrations.AddField(
            model_name="site",
            name="address",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Ví dụ: Trụ sở UBND phường, 2 Bến Đoan.",
                max_length=200,
                verbose_name="địa chỉ",
            ),
            preserve_default=False,
        ),
    ]
