"""The world of the desk: departments, procedures, activities, levels, reasons, shapes of codes, and default keys.

Loading adds what is missing and leaves every row that exists as staff have edited it.
"""

from pathlib import Path

from assistance.models import (
    Activity,
    Department,
    DeskButton,
    DossierCodePattern,
    NotSubmittedReason,
    Procedure,
    ServiceLevel,
)
from assistance.reference import forget
from shifts.models import Site
from shifts.world import CENTRE, Report, day, read_rows

FIXTURES = Path(__file__).parent / "fixtures"
KEYS_OF_CENTRE = [
    "don_tiep", "lay_so", "len_quay", "gioi_thieu", "to_roi", "vneid", "huong_dan", "ra_soat", "nop_ho_so",
]  # fmt: skip
# The district centres closed before VNeID was all there was: their sixth key opens an account.
KEYS_OF_DISTRICTS = ["lap_tk" if code == "vneid" else code for code in KEYS_OF_CENTRE]
USUAL = {"don_tiep", "gioi_thieu", "to_roi"}


def load_assistance_world(report: Report) -> None:
    """Add the missing rows of each list; call it in a transaction, after load_shifts_world."""
    report("sở, ngành", load_list(Department, "departments.csv", new_department))
    report("mức dịch vụ", load_list(ServiceLevel, "levels.csv", new_level))
    report("thủ tục", load_procedures())
    report("việc hỗ trợ", load_list(Activity, "activities.csv", new_activity))
    report("lý do chưa nộp", load_list(NotSubmittedReason, "reasons.csv", new_reason))
    report("mẫu mã hồ sơ", load_list(DossierCodePattern, "code_patterns.csv", new_pattern, key="name"))
    report("phím ở bàn", load_desk_buttons())
    forget()  # bulk_create sends no signal


def load_list(model, file, new, key="code") -> int:
    """Add the rows of a file whose key the table does not hold; their order in the file is their position."""
    known = set(model.objects.values_list(key, flat=True))
    rows = enumerate(read_rows(FIXTURES / file), 1)
    return len(model.objects.bulk_create(new(row, place) for place, row in rows if row[key] not in known))


def new_department(row, place):
    return Department(code=row["code"], name=row["name"], position=place)


def new_level(row, place):
    return ServiceLevel(
        code=row["code"],
        name=row["name"],
        counts_as=row["counts_as"],
        position=place,
        valid_from=day(row["valid_from"]),
        valid_until=day(row["valid_until"]),
    )


def new_activity(row, place):
    return Activity(
        code=row["code"],
        name=row["name"],
        short_name=row["short_name"],
        icon=row["icon"],
        position=place,
        counts_reached=row["reached"] == "yes",
        counts_guided=row["guided"] == "yes",
        counts_leaflets=row["leaflets"] == "yes",
        opens_account=row["opens_account"] == "yes",
        needs_dossier=row["needs_dossier"] == "yes",
        valid_from=day(row["valid_from"]),
        valid_until=day(row["valid_until"]),
    )


def new_reason(row, place):
    return NotSubmittedReason(code=row["code"], name=row["name"], position=place)


def new_pattern(row, place):
    return DossierCodePattern(name=row["name"], pattern=row["pattern"], example=row["example"], position=place)


def load_procedures() -> int:
    """Add missing procedures. The level of 2020 is not known: staff may set it."""
    departments = {row.code: row for row in Department.objects.all()}
    levels = {row.code: row for row in ServiceLevel.objects.all()}

    def new_procedure(row, place):
        procedure = Procedure(
            code=row["code"],
            name=row["name"],
            sector=row["sector"],
            department=departments[row["department"]],
            level=levels.get(row["level"]),
            official_url=row["official_url"],
        )
        procedure.search_name = procedure.folded()
        return procedure

    return load_list(Procedure, "procedures.csv", new_procedure)


def load_desk_buttons() -> int:
    """Give the centres their default keys; a site that has any key is left as its leader ordered it."""
    activities = {row.code: row for row in Activity.objects.all()}
    ours = Site.objects.filter(code=CENTRE) | Site.objects.filter(code__regex=r"^H\d{3}$")
    buttons = []
    for site in ours.filter(deskbutton__isnull=True):
        for position, code in enumerate(KEYS_OF_CENTRE if site.code == CENTRE else KEYS_OF_DISTRICTS, 1):
            buttons.append(
                DeskButton(site=site, activity=activities[code], position=position, in_usual=code in USUAL)
            )
    return len(DeskButton.objects.bulk_create(buttons))
