"""A leader brings the team in from one file: send it, look at what would happen, confirm, hand out the links."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shifts import services
from shifts.access import MANAGES_TEAMS_BELOW, Access
from shifts.import_forms import ConfirmForm, UploadForm
from shifts.imports import kept
from shifts.imports.links import links_file, without_password
from shifts.imports.pages import download
from shifts.imports.people import VolunteerResource
from shifts.imports.reading import FileRefused, read_table
from shifts.imports.running import run
from shifts.imports.sheets import failed_rows, workbook_of
from shifts.models import Team

PAGE = "shifts/team_import.html"
FILE_NAMES = {"failed": "dong-loi.xlsx", "links": "lien-ket-dang-nhap.xlsx"}
SHOWN = ["full_name", "username", "phone", "team", "posts", "joined"]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def team_import(request):
    """Show the form; with a file, show what importing it would do."""
    teams = teams_to_import(request.user)
    form = UploadForm(request.POST or None, request.FILES or None, teams=teams)
    if not form.is_valid():
        return render(request, PAGE, {"form": form}, status=422 if form.is_bound else 200)
    file, team = form.cleaned_data["file"], form.cleaned_data["team"]
    data = file.read()
    resource = resource_for(request.user, teams, team)
    try:
        table = read_table(data, file.name)
        outcome = run(resource, table, dry_run=True)
    except FileRefused as error:
        form.add_error("file", str(error))
        return render(request, PAGE, {"form": form}, status=422)
    return preview(request, form, resource, table, outcome, data)


def preview(request, form, resource, table, outcome, data):
    """Answer with the rows as they would become, and those that failed."""
    team = form.cleaned_data["team"]
    token = kept.keep(data, owner=owner(request, "file"))
    context = {
        "form": form,
        "confirm": ConfirmForm(initial={"token": token, "team": team}, teams=[]),
        "headers": [resource.label_of(resource.fields[name]) for name in SHOWN],
        "rows": rows_of(resource, outcome),
        "outcome": outcome,
        "good": outcome.new + outcome.changed,
        "failed_token": keep_failed(request, table, outcome),
    }
    return render(request, PAGE, context)


@never_cache
@require_POST
def team_import_confirm(request):
    """Import the file that was looked at: all of it or, when that was chosen, its rows without faults."""
    teams = teams_to_import(request.user)
    form = ConfirmForm(request.POST, teams=teams)
    data = kept.fetch(form.cleaned_data["token"], owner=owner(request, "file")) if form.is_valid() else None
    if data is None:
        messages.error(request, _("Tệp này đã được nhập, hoặc đã quá một giờ từ lúc xem trước. Hãy tải tệp lên lại."))
        return redirect("team_import")
    resource = resource_for(request.user, teams, form.cleaned_data["team"])
    try:
        table = read_table(data)
        outcome = run(resource, table, keep_good=form.cleaned_data["keep_good"])
    except FileRefused as error:
        messages.error(request, str(error))
        return redirect("team_import")
    if not outcome.stored:
        messages.error(request, _("Dữ liệu đã đổi từ lúc xem trước nên chưa nhập ai. Hãy tải tệp lên lại để xem lỗi."))
        return redirect("team_import")
    kept.forget(form.cleaned_data["token"], owner=owner(request, "file"))
    return result(request, resource, table, outcome)


def result(request, resource, table, outcome):
    """Answer with what was stored, and the links to hand out; they are shown this once."""
    invited = [user for user in without_password(outcome) if may_invite(resource, user)]
    invitations = services.invite(users=invited, by=request.user)
    links_token = ""
    if invitations:
        file = links_file(invitations, request.build_absolute_uri)
        links_token = kept.keep(file, owner=owner(request, "links"))
    context = {
        "outcome": outcome,
        "links": [(each, request.build_absolute_uri(each.path)) for each in invitations],
        "links_token": links_token,
        "failed_token": keep_failed(request, table, outcome),
        "days": services.FIRST_LOGIN_DAYS,
    }
    return render(request, "shifts/team_import_done.html", context)


@require_GET
def team_import_file(request, kind, token):
    """Hand out a file made for this person: the rows that failed, or the links."""
    data = kept.fetch(token, owner=owner(request, kind)) if kind in FILE_NAMES else None
    if data is None:
        raise Http404
    return download(data, FILE_NAMES[kind])


@require_GET
def team_import_sample(request):
    """Hand out an empty list with the names of all columns and one row that shows how they are filled."""
    team = teams_to_import(request.user).select_related("unit", "home_site").first()
    resource = VolunteerResource()
    post = team.home_site.posts.first() if team.home_site else None
    row = {
        "username": "thuha",
        "full_name": "Nguyễn Thu Hà",
        "phone": "0912345678",
        "team": team.code,
        "posts": post.code if post else "",
        "max_per_week": 2,
        "joined": "24/02/2020",
        "experienced": _("không"),
    }
    columns = resource.ordered_columns()
    sheet = workbook_of(resource.get_export_headers(), [[row.get(name, "") for name, _column in columns]])
    return download(sheet, "mau-danh-sach-doi.xlsx")


def teams_to_import(user):
    """Teams whose members this person may bring in: led ones, and those below a unit they work for."""
    access = Access.of(user)
    teams = Team.objects.on()
    if not access.sees_everything:
        below = access.roots(*MANAGES_TEAMS_BELOW)
        managed = teams.filter(unit__in=access.units(*MANAGES_TEAMS_BELOW)) if below else []
        teams = teams.filter(pk__in=access.led_team_ids | {team.pk for team in managed})
    if not teams.exists():
        raise PermissionDenied
    return teams


def resource_for(user, teams, team):
    limit = None if Access.of(user).sees_everything else set(teams.values_list("pk", flat=True))
    return VolunteerResource(by=user, teams=limit, default_team=team)


def may_invite(resource, user):
    """A link opens the login of its person: never one whose rights reach beyond the team."""
    if user.is_staff or user.is_superuser:
        return False
    return resource.teams is None or not resource.reaches_beyond(user)


def rows_of(resource, outcome):
    """Return (row result, [(before, after)] of the columns shown) for each row without faults."""
    places = [[name for name, _column in resource.ordered_columns()].index(name) for name in SHOWN]
    return [(row, [row.preview[at] for at in places]) for row in outcome.rows if row.is_valid()]


def keep_failed(request, table, outcome):
    """Keep the file of the rows that failed; return its token, or "" when all went well."""
    if not outcome.failures:
        return ""
    return kept.keep(failed_rows(table.headers, outcome.failures), owner=owner(request, "failed"))


def owner(request, kind):
    return f"{kind}-{request.user.pk}"
