"""/units/start/: a unit begins on one page, from its team to the first roster; each step is stored by itself."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assistance.start_forms import FirstRosterForm, PeopleForms, PostForms, StartPlaceForm, StartSiteForms, TeamForm
from assistance.starting import (
    PEOPLE,
    POSTS,
    ROSTER,
    SITE,
    STEPS,
    TEAM,
    RowsRefused,
    StartRefused,
    add_people,
    beginning_of,
    begun_units,
    form_team,
    open_site,
    place_posts,
)
from assistance.unit_names import sort_key
from assistance.unit_reach import SENDS_TOTALS, starts_at_all
from shifts import services
from shifts.access import Access
from shifts.imports import kept
from shifts.imports.links import links_file
from shifts.models import Role, Unit, Volunteer
from shifts.roster.changes import RosterRefused, roster_of
from shifts.roster.runs import start_run
from shifts.roster.special_days import Touches
from shifts.views.roster.calendar import asked_of

PAGE = "units/start.html"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request):
    """Show how far a unit is, with the form of one step; a post stores that step and goes on to the next."""
    access = Access.of(request.user)
    units = startable(access)
    place = StartPlaceForm(request.POST if request.method == "POST" else request.GET)
    asked = place.cleaned_data if place.is_valid() else {"unit": "", "step": ""}
    unit = chosen_unit(units, asked["unit"])
    if unit is None:
        return choose(request, units)
    begun = beginning_of(unit)
    step = asked["step"] or begun.next_step
    if request.method == "POST":
        if not asked["step"] or not begun.is_open(step):
            return show(request, access, begun, begun.next_step, refusal=_("Làm các bước theo thứ tự."), status=422)
        return TAKERS[step](request, access, begun)
    if step and not begun.is_open(step):
        step = begun.next_step
    return show(request, access, begun, step)


def startable(access):
    """Units of today that this person may begin: their own and those below; 403 for who works for none."""
    if not starts_at_all(access):
        raise PermissionDenied(_("Trang này dành cho người báo cáo, cán bộ và quản trị của đơn vị."))
    return access.units(*SENDS_TOTALS).on(timezone.localdate())


def chosen_unit(units, code):
    """The unit of the address, 404 for one out of reach; the only one where none is named, else None."""
    if code:
        found = units.filter(code=code).order_by("-valid_from").select_related("parent").first()
        if found is None:
            raise Http404
        return found
    first = list(units.select_related("parent")[:2])
    return first[0] if len(first) == 1 else None


def choose(request, units):
    """The units of this person, each with how far it is."""
    units = sorted(units, key=lambda unit: (Unit.Level.values.index(unit.level), sort_key(unit)))
    if not units:
        raise Http404
    running, formed = begun_units(units)
    rows = [(unit, "done" if unit.pk in running else "begun" if unit.pk in formed else "") for unit in units]
    return render(request, "units/start_choose.html", {"rows": rows, "running": len(running)})


def take_team(request, access, begun):
    form = TeamForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            form_team(
                unit=begun.unit,
                by=request.user,
                name=data["name"],
                formed_on=data["formed_on"],
                decision_number=data["decision_number"],
                leads=data["leads"],
                seen=data["seen"],
            )
            return onward(begun.unit)
        except StartRefused as refused:
            return show(request, access, beginning_of(begun.unit), TEAM, refusal=str(refused), status=422)
        except ValidationError as error:
            form.add_error(None, error.messages[0])
    return show(request, access, begun, TEAM, form=form, status=422)


def take_site(request, access, begun):
    forms = StartSiteForms(begun.unit, begun.site if begun.has_own_site else None, request.POST)
    if forms.is_valid():
        data = forms.site.cleaned_data
        try:
            open_site(unit=begun.unit, by=request.user, forms=forms, seen=data["seen"], agreed=data["agreed"])
            return onward(begun.unit)
        except StartRefused as refused:
            return show(request, access, beginning_of(begun.unit), SITE, refusal=str(refused), status=422)
        except Touches as touches:
            return show(request, access, begun, SITE, form=forms, asked=asked_of(touches, ""))
    return show(request, access, begun, SITE, form=forms, status=422)


def take_posts(request, access, begun):
    forms = PostForms(begun.site, begun.posts, request.POST)
    if forms.is_valid():
        try:
            place_posts(unit=begun.unit, forms=forms.chosen)
            return onward(begun.unit)
        except StartRefused as refused:
            forms.error = str(refused)
    return show(request, access, begun, POSTS, form=forms, status=422)


def take_people(request, access, begun):
    forms = PeopleForms(request.POST, asks_myself=not has_place(request.user))
    if forms.is_valid():
        rows = [(form.cleaned_data["name"], form.cleaned_data["phone"]) for form in forms.chosen]
        try:
            users = add_people(unit=begun.unit, by=request.user, rows=rows, myself=forms.takes_me)
        except RowsRefused as refused:
            forms.refuse(refused.rows)
        except StartRefused as refused:
            forms.error = str(refused)
        else:
            if users:
                return show(request, access, beginning_of(begun.unit), PEOPLE, links=links_of(request, users))
            return onward(begun.unit)
    return show(request, access, begun, PEOPLE, form=forms, status=422)


def links_of(request, users):
    """First-login links of people who were just taken in, and the token of their file; they are shown this once."""
    invitations = services.invite(users=users, by=request.user)
    token = kept.keep(links_file(invitations, request.build_absolute_uri), owner=f"links-{request.user.pk}")
    return {
        "token": token,
        "days": services.FIRST_LOGIN_DAYS,
        "rows": [(each, request.build_absolute_uri(each.path)) for each in invitations],
    }


def take_roster(request, access, begun):
    """Begin the draft of a month and ask for its duties; the builder shows the run and what comes of it."""
    form = FirstRosterForm(request.POST, today=timezone.localdate())
    if not access.may_manage_site(begun.site):
        raise PermissionDenied(_("Lịch do đội trưởng hoặc cán bộ phụ trách xếp."))
    if form.is_valid():
        try:
            start_run(roster=roster_of(begun.site, form.chosen), by=request.user)
            return redirect("roster:month", site=begun.site.code, month=form.chosen)
        except RosterRefused as refusal:
            form.add_error("month", str(refusal))
    return show(request, access, begun, ROSTER, form=form, status=422)


TAKERS = {TEAM: take_team, SITE: take_site, POSTS: take_posts, PEOPLE: take_people, ROSTER: take_roster}


def onward(unit):
    """To the next step that is not done."""
    return redirect(address_of(unit))


def address_of(unit, step=""):
    return f"{reverse('units:start')}?{urlencode({'unit': unit.code} | ({'step': step} if step else {}))}"


def has_place(user):
    return Volunteer.objects.filter(user=user).exists()


def fresh_form(request, access, begun, step):
    """The form of a step as it is first shown."""
    if step == TEAM:
        return TeamForm(initial=team_values(access, begun))
    if step == SITE:
        return StartSiteForms(begun.unit, begun.site) if begun.has_own_site or not begun.site else None
    if step == POSTS:
        return PostForms(begun.site, begun.posts) if begun.has_own_site else None
    if step == PEOPLE:
        forms = PeopleForms(asks_myself=not has_place(request.user))
        if forms.myself:
            forms.myself.initial["myself"] = begun.team.pk in access.led_team_ids and not begun.members
        return forms
    return FirstRosterForm(today=timezone.localdate()) if step else None


def team_values(access, begun):
    """What the first step starts with: for a new team a name, and whether the person is of this very unit."""
    team = begun.team
    own = begun.unit.pk in {unit.pk for unit in access.roots(*SENDS_TOTALS)}
    if team is None:
        name = _("Đội hình thanh niên tình nguyện hỗ trợ dịch vụ công {unit}").format(unit=begun.unit.name)
        return {"seen": 0, "name": name, "leads": own}
    return {
        "seen": team.pk,
        "name": team.name,
        "formed_on": f"{team.valid_from:%d/%m/%Y}" if team.valid_from else "",
        "decision_number": team.decision_number,
        "leads": team.pk in access.led_team_ids or (own and not has_leader(team)),
    }


def has_leader(team):
    return Role.objects.on().filter(team=team, kind=Role.Kind.LEADER).exists()


def titles():
    return {
        TEAM: _("Đội hình"),
        SITE: _("Điểm hỗ trợ, giờ trực"),
        POSTS: _("Vị trí trực"),
        PEOPLE: _("Tình nguyện viên"),
        ROSTER: _("Lịch trực đầu tiên"),
    }


def show(request, access, begun, step, *, form=None, refusal="", asked=None, links=None, status=200):
    """The page with one step open."""
    names = titles()
    site = begun.site
    may_build = bool(site) and access.may_manage_site(site)
    context = {
        "unit": begun.unit,
        "begun": begun,
        "step": step,
        "steps": [
            {
                "key": key,
                "title": names[key],
                "done": begun.is_done(key),
                "open": begun.is_open(key),
                "here": key == step,
                "url": f"{address_of(begun.unit, key)}#{key}",
            }
            for key in STEPS
        ],
        "left": sum(not begun.is_done(key) for key in STEPS),
        "form": form or fresh_form(request, access, begun, step),
        "refusal": refusal,
        "asked": asked,
        "links": links,
        "may_build": may_build,
        "may_import": begun.team is not None and may_import(access, begun.team),
        "roster_url": reverse("roster:month", args=[site.code, begun.roster.month]) if begun.roster else "",
        "several": access.sees_everything or len(access.roots(*SENDS_TOTALS)) > 1 or not_lowest(access),
    }
    return render(request, PAGE, context, status=status)


def may_import(access, team):
    """Whether the team's import takes files from this person."""
    return access.sees_everything or team.pk in access.led_team_ids or access.may_manage_team(team.pk)


def not_lowest(access):
    return any(unit.level != Unit.Level.COMMUNE for unit in access.roots(*SENDS_TOTALS))
