"""The tables that the Youth Union hands in, to begin with; staff change them in the admin."""

from django.db import migrations

GUIDED, SENT, STRENGTH = "Lượt hướng dẫn", "Hồ sơ trực tuyến", "Lực lượng"
NOW, SINCE, SHARE = "Kỳ này", "Lũy kế", "So với chỉ tiêu"
AUDIENCES = [
    (GUIDED, "guided_citizen", "period", ""),
    (GUIDED, "guided_youth", "period", ""),
    (GUIDED, "guided_enterprise", "period", ""),
]
DOSSIERS = [(SENT, "dossiers_partial", "period", ""), (SENT, "dossiers_full", "period", "")]


def plain(*contents):
    return [("", content, "period", "") for content in contents]


def with_sum(content, group):
    return [(group, content, "period", NOW), (group, content, "year", SINCE)]


# slug, title, description, rows, whether empty rows are left out, columns (group, content, measure, heading)
TABLES = [
    (
        *(
            "tong-hop",
            "Kết quả hỗ trợ dịch vụ công trực tuyến",
            "Bảng nộp cuối kỳ, mỗi dòng một đơn vị.",
            "unit",
            False,
        ),
        [
            (STRENGTH, "teams", "period", ""),
            (STRENGTH, "volunteers", "period", ""),
            (STRENGTH, "duties", "period", ""),
            *plain("reached"),
            *AUDIENCES,
            *plain("accounts"),
            *DOSSIERS,
            (SENT, "dossiers", "year", SINCE),
            (SENT, "dossiers", "target", SHARE),
            *plain("leaflets", "events", "remarks"),
        ],
    ),
    (
        *("luy-ke", "Kết quả kỳ này và lũy kế", "Kỳ này cạnh số từ đầu năm, mỗi dòng một đơn vị.", "unit", False),
        [
            *with_sum("reached", "Lượt tuyên truyền"),
            *with_sum("guided", GUIDED),
            *with_sum("accounts", "Tài khoản"),
            *with_sum("reached_with_account", "Được hướng dẫn, có tài khoản"),
            ("Được hướng dẫn, có tài khoản", "reached_with_account", "target", SHARE),
            *with_sum("dossiers", SENT),
            (SENT, "dossiers", "target", SHARE),
            *with_sum("events", "Buổi lưu động"),
        ],
    ),
    (
        *("theo-ngay", "Kết quả từng ngày", "Mỗi dòng một ngày; ngày không có gì thì bỏ qua.", "day", True),
        [*plain("duties", "visits", "reached"), *AUDIENCES, *plain("accounts"), *DOSSIERS, *plain("leaflets")],
    ),
    (
        *("theo-thang", "Kết quả từng tháng", "Mỗi dòng một tháng của quý, nửa năm hay cả năm.", "month", False),
        [*plain("duties", "reached"), *AUDIENCES, *plain("accounts"), *DOSSIERS, *plain("leaflets", "events")],
    ),
    (
        *("theo-doi-hinh", "Kết quả của các đội hình", "Mỗi dòng một đội hình.", "team", False),
        [
            *plain("volunteers", "duties", "hours", "events", "visits"),
            *AUDIENCES,
            *plain("accounts"),
            *DOSSIERS,
            (SENT, "dossiers", "target", SHARE),
        ],
    ),
    (
        *("theo-vi-tri", "Kết quả theo vị trí trực", "Mỗi dòng một tầng, một quầy.", "post", False),
        [*plain("duties", "hours", "visits", "reached"), *AUDIENCES, *plain("accounts"), *DOSSIERS],
    ),
    (
        *("theo-so-nganh", "Kết quả theo sở, ngành", "Mỗi dòng một cơ quan giải quyết hồ sơ.", "department", True),
        [*plain("visits", "guided"), *DOSSIERS, (SENT, "dossiers_resolved", "period", "")],
    ),
    (
        *("theo-thu-tuc", "Kết quả theo thủ tục", "Mỗi dòng một thủ tục đã được hỗ trợ.", "procedure", True),
        [*plain("visits", "guided"), *DOSSIERS, (SENT, "dossiers_resolved", "period", "")],
    ),
]


def add(apps, schema_editor):
    definitions = apps.get_model("reports", "TableDefinition")
    column = apps.get_model("reports", "TableColumn")
    for position, (slug, title, description, rows, hide_empty, columns) in enumerate(TABLES, 1):
        definition = definitions.objects.create(
            slug=slug, title=title, description=description, rows=rows, hide_empty=hide_empty, position=position
        )
        column.objects.bulk_create(
            column(
                definition=definition, position=place, group=group, content=content, measure=measure, heading=heading
            )
            for place, (group, content, measure, heading) in enumerate(columns, 1)
        )


def remove(apps, schema_editor):
    slugs = [slug for slug, *_rest in TABLES]
    apps.get_model("reports", "TableDefinition").objects.filter(slug__in=slugs).delete()


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_add_tables")]

    operations = [migrations.RunPython(add, remove)]
