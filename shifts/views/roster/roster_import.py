"""Bring in a roster that was kept in Excel: send it, say who is meant, look at what would change, confirm."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shifts.import_forms import small_enough
from shifts.imports import kept
from shifts.imports.reading import FileRefused
from shifts.roster.changes import RosterRefused, lock_roster, roster_of
from shifts.roster.facts import volunteers_of
from shifts.roster.paper.importing import SKIP, plan_import, store_import
from shifts.roster.paper.reading import read_roster_file
from shifts.roster.paper.recognition import People

from .page import Period, managed_site
from .papers import month_days

PAGE = "roster/roster_import.html"
SHOWN_SENTENCES = 40


class RosterFileForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("Tệp lịch trực (XLSX hoặc CSV)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": gettext_lazy("Hãy chọn tệp."),
            "invalid": gettext_lazy("Hãy chọn tệp."),
            "empty": gettext_lazy("Tệp rỗng. Hãy chọn tệp lịch trực XLSX hoặc CSV."),
        },
    )

    def clean_file(self):
        return small_enough(self.cleaned_data["file"])


class NamesForm(forms.Form):
    """The file that was looked at, and who is meant by the names that mean nobody or several."""

    token = forms.CharField(widget=forms.HiddenInput, max_length=40)
    act = forms.ChoiceField(choices=[("look", ""), ("confirm", "")])
    keep_good = forms.BooleanField(required=False)

    def __init__(self, *args, names=(), people=(), **kwargs):
        super().__init__(*args, **kwargs)
        everybody = [(str(person.pk), str(person.user)) for person in people]
        self.asked = [found for found in names if found.person is None]
        for number, found in enumerate(self.asked):
            likely = [(str(person.pk), f"{person.user} ({person.user.username})") for person in found.people]
            self.fields[f"name_{number}"] = forms.ChoiceField(
                label=found.name,
                choices=[("", _("Chọn người")), *(likely or everybody), (SKIP, _("Không nhập tên này"))],
                help_text=_("Có {count} bạn cùng gọi như vậy.").format(count=len(likely)) if likely else "",
                error_messages={
                    "required": _("Hãy chọn tên này là ai, hoặc chọn không nhập."),
                    "invalid_choice": _("Người này không thuộc đội của điểm."),
                },
            )

    @property
    def questions(self):
        return [self[f"name_{number}"] for number in range(len(self.asked))]

    def answers(self):
        """Name -> key of a volunteer or SKIP, for the names that were answered."""
        given = {found.name: self.cleaned_data.get(f"name_{at}", "") for at, found in enumerate(self.asked)}
        return {name: answer for name, answer in given.items() if answer}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def roster_import(request, site, month):
    """Show the form; with a file, who was recognised and what would change; confirmed, change the draft."""
    site = managed_site(request, site)
    month_days(month)
    roster = site.rosters.filter(month=month).first()
    if roster and roster.is_published:
        status = 422 if request.method == "POST" else 200
        return show(request, site, month, form=None, published=True, status=status)
    if request.method != "POST":
        return show(request, site, month, form=RosterFileForm())
    if "token" in request.POST:
        return answer_again(request, site, month)
    return answer_upload(request, site, month)


def answer_upload(request, site, month):
    """Read the file and show what it would do."""
    form = RosterFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return show(request, site, month, form=form, status=422)
    data = form.cleaned_data["file"].read()
    name = form.cleaned_data["file"].name
    try:
        plan = planned(site, month, data, name, {})
    except (FileRefused, RosterRefused) as error:
        form.add_error("file", str(error))
        return show(request, site, month, form=form, status=422)
    token = kept.keep(data, owner=owner(request))
    names = NamesForm(initial={"token": token}, names=plan.names, people=people_of(site, month))
    return show(request, site, month, form=RosterFileForm(), plan=plan, names=names)


def answer_again(request, site, month):
    """Take the answers; look again, or store what was looked at."""
    token = NamesForm(request.POST)
    token.full_clean()
    data = kept.fetch(token.cleaned_data.get("token", ""), owner=owner(request))
    if data is None:
        messages.error(request, _("Tệp này đã được nhập, hoặc đã quá một giờ từ lúc xem trước. Hãy tải tệp lên lại."))
        return redirect("roster:roster_import", site.code, month)
    try:
        # One transaction, and the roster's row first: what is confirmed is what is checked.
        with transaction.atomic():
            if roster := site.rosters.filter(month=month).first():
                lock_roster(roster)
            everybody = people_of(site, month)
            first = planned(site, month, data, "", {})
            form = NamesForm(request.POST, names=first.names, people=everybody)
            valid = form.is_valid()
            plan = planned(site, month, data, "", form.answers())
            confirmed = form.cleaned_data.get("act") == "confirm"
            if confirmed and valid and (not plan.broken or form.cleaned_data["keep_good"]):
                change = store_import(plan=plan, by=request.user)
                kept.forget(form.cleaned_data["token"], owner=owner(request))
                messages.success(
                    request, said(plan) if change else _("Lịch nháp đã đúng như tệp, không có gì thay đổi.")
                )
                return redirect("roster:month", site.code, month)
    except (FileRefused, RosterRefused) as error:
        messages.error(request, str(error))
        return redirect("roster:roster_import", site.code, month)
    return show(request, site, month, form=RosterFileForm(), plan=plan, names=form, status=422 if confirmed else 200)


def planned(site, month, data, name, answers):
    """What the file would do, asked of the draft as it is; raises FileRefused or RosterRefused."""
    file = read_roster_file(data, name, month, list(site.posts.all()))
    return plan_import(roster_of(site, month), file, People(people_of(site, month)), answers)


def people_of(site, month):
    return volunteers_of(site, *month_days(month))


def said(plan):
    return _("Đã nhập vào bản nháp: thêm {added} ca, bỏ {removed} ca, giữ {kept} ca.").format(
        added=len(plan.add), removed=len(plan.remove), kept=plan.kept
    )


def show(request, site, month, *, form, plan=None, names=None, published=False, status=200):
    broken = plan.broken if plan else []
    context = {
        "site": site,
        "month": month,
        "form": form,
        "published": published,
        "plan": plan,
        "names": names,
        "recognised": [found for found in plan.names if found.person] if plan else [],
        "broken": broken[:SHOWN_SENTENCES],
        "broken_more": max(0, len(broken) - SHOWN_SENTENCES),
        "back": Period.of_month(month).url(site),
    }
    return render(request, PAGE, context, status=status)


def owner(request):
    return f"{request.user.pk}-roster"
