from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shifts", "0004_roster_whole_days_at_the_centre"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="duerun",
            index=models.Index(fields=["job", "-started_at"], name="due_run_last"),
        ),
        migrations.AddConstraint(
            model_name="duerun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "running")), fields=("job",), name="due_run_one_at_a_time"
            ),
        ),
    ]
