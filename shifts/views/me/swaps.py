"""Offering a duty to a named person, or exchanging it; answering, withdrawing, changing back."""

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from shifts.duties import swaps
from shifts.duties.forms import LARGEST_KEY, SwapForm
from shifts.duties.people import words_of
from shifts.models import Assignment, SwapDuty, SwapRequest
from shifts.roster.changes import RosterRefused

from .absences import duties_on, not_begun, refuse_empty
from .common import leave_toast, member, show


@require_http_methods(["GET", "HEAD", "POST"])
def swap(request, date):
    """Choose a person, then what to take in return; send the request."""
    volunteer = member(request)
    duties, reason = duties_on(volunteer, date)
    if not duties:
        return refuse_empty(request, reason)
    duties = not_begun(duties)
    if not duties:
        messages.error(request, _("Ca này đã bắt đầu, không đổi được nữa. Hãy bấm “Tôi không đến được”."))
        return redirect("me:duties")
    form = SwapForm(request.POST if request.method == "POST" else request.GET, duties=duties)
    valid = form.is_valid()
    given = form.chosen()
    facts = swaps.facts_around(given)
    people = swaps.candidates_for(given, facts)
    other = next((one for one in people if valid and one.volunteer.pk == form.cleaned_data["person"]), None)
    if request.method == "POST" and valid:
        if other is None:
            form.add_error(None, _("Bạn này không nhận được ca đó. Hãy chọn bạn khác."))
        else:
            try:
                return _send(request, volunteer, other.volunteer, given, form)
            except RosterRefused as error:
                form.add_error(None, str(error))
    context = {
        "form": form,
        "date": date,
        "given": given,
        "given_words": words_of(given),
        "part": form.cleaned_data.get("part", form.ALL),
        "people": people,
        "other": other,
        "wanted": swaps.wanted_in_return(given, other.volunteer, facts) if other else [],
    }
    return show(request, "swap", context, status=422 if request.method == "POST" else 200)


def _send(request, volunteer, other, given, form):
    rows = Assignment.objects.filter(pk__in=form.cleaned_data["want"]).select_related("post__site", "roster")
    wanted = list(rows)
    if len(wanted) < len(set(form.cleaned_data["want"])):
        raise RosterRefused(_("Ca bạn muốn nhận không còn nữa. Hãy chọn lại."))
    asked = swaps.ask(
        volunteer=volunteer,
        other=other,
        given=given,
        wanted=wanted,
        message=form.cleaned_data["message"],
        by=request.user,
    )
    name = other.user.full_name
    leave_toast(
        request,
        _("Đã gửi {name}. Ca chỉ chuyển khi bạn ấy nhận.").format(name=name),
        reverse("me:swap_withdraw", args=[asked.pk]),
    )
    return redirect("me:duties")


def _own(request, pk, volunteer):
    """A request in which this person takes part; anybody else's does not exist."""
    rows = SwapRequest.objects.filter(Q(asked_by=volunteer) | Q(asked_of=volunteer))
    return get_object_or_404(rows, pk=min(pk, LARGEST_KEY))


def _act(request, pk, act, sentence, undo=""):
    volunteer = member(request)
    row = _own(request, pk, volunteer)
    try:
        act(request=row, volunteer=volunteer, by=request.user)
    except RosterRefused as error:
        messages.error(request, str(error))
    else:
        leave_toast(request, sentence, undo)
    return redirect("me:duties")


@require_POST
def swap_accept(request, pk):
    """Accept what one was asked; the toast names what one serves now."""
    given = Assignment.objects.filter(swap_duties__request=pk, swap_duties__side=SwapDuty.Side.GIVEN)
    words = words_of(given.select_related("post").order_by("date", "pk"))
    sentence = _("Đã đổi ca: bạn trực {duties}.").format(duties=words)
    return _act(request, pk, swaps.accept, sentence, reverse("me:swap_back", args=[pk]))


@require_POST
def swap_decline(request, pk):
    """Say no."""
    return _act(request, pk, swaps.decline, _("Đã báo là bạn không nhận được."))


@require_POST
def swap_withdraw(request, pk):
    """Take back what one asked."""
    return _act(request, pk, swaps.withdraw, _("Đã rút lời nhờ. Ca vẫn là của bạn."))


@require_POST
def swap_back(request, pk):
    """Change an accepted swap back."""
    return _act(request, pk, swaps.swap_back, _("Đã đổi lại như cũ."))
