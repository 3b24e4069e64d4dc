"""Changing units from a date on, in the admin: a form, a look at all that comes of it, then all or nothing."""

import hashlib

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shifts.access import MANAGES_TEAMS_BELOW, Access
from shifts.imports.pages import ReadOnlyAdmin
from shifts.models import TeamUnit, UnitChange
from shifts.unit_changes.forms import FORMS
from shifts.unit_changes.plans import ChangeRefused
from shifts.unit_changes.reckoning import reckon
from shifts.unit_changes.writing import apply_change, checked, decisions_of, preview_of

LARGEST_KEY = 2**63 - 1
MOST_UNITS = 60


def may_change_units(user) -> bool:
    """Administrators and staff of the whole province, with the right to change units."""
    return Access.of(user).manages_province and user.has_perm("shifts.change_unit")


class ChangesUnits:
    """Adds the pages to the admin of units."""

    actions = ["merge_units", "move_units"]
    import_export_change_list_template = "admin/unit_change_list.html"
    change_form_template = "admin/unit_change_form.html"

    def get_urls(self):
        view = self.admin_site.admin_view(self.change_units)
        return [path("changes/<str:act>/", view, name="shifts_unit_changes"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, (extra_context or {}) | {"may_change": may_change_units(request.user)})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        extra = {"may_change": may_change_units(request.user), "acts": titles()}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | extra)

    def get_actions(self, request):
        found = super().get_actions(request)
        if not may_change_units(request.user):
            for name in ChangesUnits.actions:
                found.pop(name, None)
        return found

    @admin.action(description=gettext_lazy("Sáp nhập các đơn vị đã chọn…"))
    def merge_units(self, request, queryset):
        return redirect(address("merge", queryset.values_list("pk", flat=True)[:MOST_UNITS]))

    @admin.action(description=gettext_lazy("Chuyển các đơn vị đã chọn sang cấp trên khác…"))
    def move_units(self, request, queryset):
        return redirect(address("move", queryset.values_list("pk", flat=True)[:MOST_UNITS]))

    def change_units(self, request, act):
        """Show the form of an act; look at what comes of it; do it."""
        if act not in FORMS:
            raise Http404
        if not may_change_units(request.user):
            raise PermissionDenied(_("Đổi đơn vị là việc của quản trị và cán bộ tỉnh."))
        units = reached(request.user)
        if request.method != "POST":
            form = FORMS[act](units=units)
            form.fill(asked_for(request, units))
            return self.page(request, act, form)
        form = FORMS[act](request.POST, units=units)
        if not form.is_valid():
            return self.page(request, act, form, status=422)
        step = request.POST.get("step")
        if step == "edit":
            return self.page(request, act, form)
        try:
            wanted = form.wanted()
            look = look_at(checked(wanted))
            if step == "confirm" and request.POST.get("seen") == look["seen"]:
                change = apply_change(wanted=wanted, by=request.user)
                return self.done(request, change)
        except ChangeRefused as error:
            for sentence in error.sentences:
                form.add_error(None, sentence)
            return self.page(request, act, form, status=422)
        return self.page(request, act, form, look=look, has_changed=step == "confirm")

    def page(self, request, act, form, status=200, **context):
        context |= self.admin_site.each_context(request) | {
            "act": act,
            "acts": titles(),
            "form": form,
            "plain_fields": [field for field in form
                             if field.name.partition("_")[0] not in {"code", "name", "kind", "main"}],
            "media": self.media + form.media,
            "opts": self.opts,
            "title": _("Đổi đơn vị: {act}").format(act=str(form.title)[:1].lower() + str(form.title)[1:]),
            "values": [(name, value) for name in request.POST for value in request.POST.getlist(name)
                       if name in form.fields],
        }  # fmt: skip
        return render(request, "admin/unit_changes.html", context, status=status)

    @staticmethod
    def done(request, change):
        if change.followed_at is None:
            messages.success(request, _("Đã ghi. Đội hình, điểm, vai trò sang đơn vị mới vào ngày {date}.").format(
                date=f"{change.date:%d/%m/%Y}"))  # fmt: skip
        else:
            messages.success(request, _("Đã đổi đơn vị."))
        return redirect("admin:shifts_unitchange_change", change.pk)


def titles():
    return [(act, form.title) for act, form in FORMS.items()]


def address(act, keys):
    query = urlencode([("unit", key) for key in keys])
    return f"{reverse('admin:shifts_unit_changes', args=[act])}?{query}"


def reached(user):
    """Units that have not ended, within what this person works for."""
    return Access.of(user).units(*MANAGES_TEAMS_BELOW).filter(valid_until=None).select_related("parent").order_by(
        "level", "name", "code")  # fmt: skip


def asked_for(request, units):
    """The units named in the address, those of them that may be changed."""
    keys = [int(key) for key in request.GET.getlist("unit")[:MOST_UNITS]
            if key.isascii() and key.isdecimal() and len(key) < 19]  # fmt: skip
    return list(units.filter(pk__in=keys))


def look_at(plan):
    """What the preview shows of a plan, and a mark by which the confirmation knows that nothing has changed since."""
    follows, decisions, figures = preview_of(plan), decisions_of(plan), reckon(plan)
    text = repr(
        [
            plan.date,
            [
                (old.pk, [(h.unit.code, h.unit.name, h.unit.pk, h.is_main) for h in heirs])
                for old, heirs, _f in plan.rows
            ],
            [(str(label), sentences) for label, sentences in follows],
            decisions,
        ]
    )
    return {
        "plan": plan,
        "rows": plan.rows,
        "begun": plan.begun,
        "follows": follows,
        "decisions": decisions,
        "figures": figures,
        "seen": hashlib.sha256(text.encode()).hexdigest()[:32],
    }


@admin.register(UnitChange)
class UnitChangeAdmin(ReadOnlyAdmin):
    list_display = ["date", "kind", "decision", "made_by", "made_at", "followed_at"]
    list_filter = ["kind"]
    list_select_related = ["made_by"]
    search_fields = ["decision"]
    change_form_template = "admin/unit_change_done.html"
    fields = ["kind", "date", "decision", "made_by", "made_at", "followed_at"]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        change = self.get_object(request, object_id)
        rows = change.successions.select_related("predecessor", "successor") if change else []
        extra = {"successions": rows, "decisions": change.decisions if change else []}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | extra)


@admin.register(TeamUnit)
class TeamUnitAdmin(ReadOnlyAdmin):
    list_display = ["team", "unit", "valid_from", "valid_until"]
    list_select_related = ["team", "unit"]
    search_fields = ["team__code", "unit__code"]
    unit_paths = ["unit"]
