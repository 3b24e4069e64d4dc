import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import migrations, models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

LARGEST_COUNT = 1_000_000
COUNTS = {
    "reached": ("Lượt tuyên truyền", "Lượt được nghe giới thiệu về dịch vụ công trực tuyến."),
    "guided_citizen": ("Hướng dẫn người dân", "Lượt người dân được chỉ các bước hoặc được giúp làm."),
    "guided_youth": ("Hướng dẫn đoàn viên, thanh niên", "Như trên, với đoàn viên, thanh niên."),
    "guided_enterprise": ("Hướng dẫn doanh nghiệp, tổ chức", "Như trên, với doanh nghiệp, tổ chức."),
    "accounts": ("Tài khoản", "Tài khoản lập hoặc kích hoạt ngay lúc được giúp."),
    "reached_with_account": (
        "Được hướng dẫn và có tài khoản",
        "Lượt được tuyên truyền hoặc hướng dẫn, và đã có hoặc vừa lập tài khoản. Tính theo lượt.",
    ),
    "leaflets": ("Tờ rơi", "Số tờ đã phát."),
    "dossiers_partial": (
        "Hồ sơ mức 3, một phần",
        "Hồ sơ đã nộp ở mức 3 hoặc một phần, tính vào ngày nộp, mỗi mã một lần.",
    ),
    "dossiers_full": (
        "Hồ sơ mức 4, toàn trình",
        "Hồ sơ đã nộp ở mức 4 hoặc toàn trình, tính vào ngày nộp, mỗi mã một lần.",
    ),
}


def count(name, definition):
    return models.PositiveIntegerField(
        name, null=True, blank=True, help_text=definition, validators=[MaxValueValidator(LARGEST_COUNT)]
    )


def user(name):
    return models.ForeignKey(
        to=settings.AUTH_USER_MODEL,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        verbose_name=name,
    )


def bounded():
    condition = Q()
    for code in COUNTS:
        condition &= Q(**{f"{code}__isnull": True}) | Q(**{f"{code}__range": (0, LARGEST_COUNT)})
    return condition


class Migration(migrations.Migration):
    dependencies = [
        ("assistance", "0009_fold_events_back"),
        ("shifts", "0010_event_has_unit"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddConstraint(
            model_name="dailytally",
            constraint=models.UniqueConstraint(
                *(F(name) for name in ("date", "volunteer", "figure", "audience", "post", "site", "team", "unit")),
                Coalesce("event", Value(0)),
                name="daily_tally_key",
            ),
        ),
        migrations.AddIndex(
            model_name="dailytally",
            index=models.Index(fields=["event"], condition=Q(event__isnull=False), name="daily_tally_event"),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["event"], condition=Q(event__isnull=False), name="visit_event"),
        ),
        migrations.CreateModel(
            name="OutreachResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "event",
                    models.OneToOneField(
                        to="shifts.OutreachEvent",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="result",
                        verbose_name="hoạt động",
                    ),
                ),
                ("remarks", models.CharField(blank=True, max_length=1000, verbose_name="khó khăn, ghi chú")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("made_by", user("người nhập")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="nhập lúc")),
                ("saved_by", user("người lưu")),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="lưu lúc")),
                *((code, count(*words)) for code, words in COUNTS.items()),
            ],
            options={
                "verbose_name": "kết quả hoạt động",
                "verbose_name_plural": "kết quả hoạt động",
                "ordering": ["-event__date", "event"],
                "constraints": [
                    models.CheckConstraint(
                        condition=bounded(),
                        name="outreach_result_bounded",
                        violation_error_message="Mỗi số từ 0 đến 1.000.000.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutreachResultChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "result",
                    models.ForeignKey(
                        to="assistance.outreachresult",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        verbose_name="kết quả hoạt động",
                    ),
                ),
                ("before", models.JSONField(default=dict, verbose_name="trước")),
                ("after", models.JSONField(default=dict, verbose_name="sau")),
                ("is_adjustment", models.BooleanField(default=False, verbose_name="điều chỉnh sau khi khóa")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="lý do")),
                ("made_by", user("người làm")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="lúc")),
            ],
            options={
                "verbose_name": "lần sửa kết quả hoạt động",
                "verbose_name_plural": "lần sửa kết quả hoạt động",
                "ordering": ["-made_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(is_adjustment=False) | ~Q(reason=""),
                        name="outreach_result_adjusted_with_reason",
                        violation_error_message="Kỳ đã khóa: ghi lý do điều chỉnh.",
                    ),
                ],
            },
        ),
    ]
