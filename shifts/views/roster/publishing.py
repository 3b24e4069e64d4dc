"""Publishing a month, and filling a hole in a published one: each shown before it is done."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from shifts.models import OpenPlace, Post, Roster, SiteSession
from shifts.roster import publishing, repair
from shifts.roster.changes import RosterRefused

from .page import Period, managed_site

MISSING_SHOWN = 12


class HoleForm(forms.Form):
    """Which hole: the query of the repair page, and with `mark` the moves that were seen there."""

    date = forms.DateField(input_formats=["%Y-%m-%d"], error_messages={"invalid": gettext_lazy("Ngày không đúng.")})
    session = forms.ChoiceField(choices=SiteSession.Session)
    post = forms.ModelChoiceField(Post.objects.none(), to_field_name="code")
    mark = forms.CharField(required=False, max_length=64)

    def __init__(self, *args, site, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = Post.objects.filter(site=site).select_related("site")


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request, site, month):
    """Show who will be told and what is missing; then publish."""
    site = managed_site(request, site)
    roster = Roster.objects.filter(site=site, month=month).select_related("site", "published_by").first()
    status, refusal = 200, ""
    if roster is None:
        refusal = _("Tháng này chưa có lịch. Xếp lịch trước rồi công bố.")
    elif request.method == "POST":
        try:
            publishing.publish(roster=roster, by=request.user)
        except RosterRefused as error:
            status, refusal = 422, str(error)
            roster.refresh_from_db()
        else:
            messages.success(request, _published(roster))
            return redirect(Period.of_month(month).url(site))
    elif roster.is_published:
        return redirect(Period.of_month(month).url(site))
    shown = publishing.look_ahead(roster) if roster else None
    context = {
        "site": site,
        "month": month,
        "back": Period.of_month(month).url(site),
        "roster": roster,
        "shown": shown,
        "told": [person for person in shown.people if person.user_id != request.user.pk] if shown else [],
        "refusal": refusal or (shown.refusal if shown else ""),
        "more_missing": max(len(shown.missing) - MISSING_SHOWN, 0) if shown else 0,
        "missing": shown.missing[:MISSING_SHOWN] if shown else [],
    }
    return render(request, "roster/publish.html", context, status=422 if roster is None else status)


def _published(roster):
    people = roster.assignments.active().values("volunteer").distinct().count()
    open_now = OpenPlace.objects.waiting().filter(roster=roster).count()
    sentence = ngettext(
        "Đã công bố lịch tháng %(month)s cho %(count)d bạn.",
        "Đã công bố lịch tháng %(month)s cho %(count)d bạn.",
        people,
    ) % {"month": f"{roster.month:%m/%Y}", "count": people}
    if open_now:
        sentence += " " + ngettext(
            "Còn %(count)d chỗ cần người; ai nhận được đã được báo.",
            "Còn %(count)d chỗ cần người; ai nhận được đã được báo.",
            open_now,
        ) % {"count": open_now}
    return sentence


@require_http_methods(["GET", "HEAD", "POST"])
def repair_hole(request, site, month):
    """Show the fewest moves that fill a hole; then make exactly those."""
    site = managed_site(request, site)
    roster = get_object_or_404(Roster.objects.select_related("site"), site=site, month=month)
    form = HoleForm(request.POST if request.method == "POST" else request.GET, site=site)
    context = {"site": site, "month": month, "back": Period.of_month(month).url(site), "roster": roster, "form": form}
    if not form.is_valid():
        context["refusal"] = _("Chọn một chỗ thiếu người trên lịch rồi xếp bù từ đó.")
        return render(request, "roster/repair.html", context, status=422)
    hole = {name: form.cleaned_data[name] for name in ("date", "session", "post")}
    status = 200
    if request.method == "POST":
        try:
            repair.repair(roster=roster, **hole, mark=form.cleaned_data["mark"], by=request.user)
        except RosterRefused as error:
            status, context["refusal"] = 422, str(error)
            roster.refresh_from_db()
        else:
            messages.success(request, _("Đã xếp bù {post} ngày {date}; ai có ca đổi đã được báo.").format(
                post=hole["post"].name, date=f"{hole['date']:%d/%m}"
            ))  # fmt: skip
            return redirect(context["back"])
    try:
        context["found"] = repair.find_repair(roster=roster, **hole)
    except RosterRefused as error:
        context.setdefault("refusal", str(error))
        status = 422
    context["labels"] = [SiteSession.Session(name).label for name in _sessions(context, hole)]
    return render(request, "roster/repair.html", {**context, **hole}, status=status)


def _sessions(context, hole):
    return context["found"].hole.sessions if "found" in context else [hole["session"]]
