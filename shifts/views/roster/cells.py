"""What a leader does on the grid; each act is one POST that is done, or refused with a sentence (422)."""

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shifts.models import Volunteer
from shifts.roster import editing
from shifts.roster.changes import RosterRefused
from shifts.roster.explain import spot_words

from .forms import AssignForm, MoveForm, SpotForm, first_error
from .page import done, managed_site, period_of, refused


def _act(request, code, form, act):
    """Read the form, do the act, answer; `act(site, data)` returns (spot to look at next, sentence)."""
    site = managed_site(request, code)
    at = form.data.get("at", "")[:80]
    if not form.is_valid():
        return refused(request, site, _period(request, form), first_error(form))
    try:
        spot, said = act(site, form.cleaned_data)
    except RosterRefused as refusal:
        return refused(request, site, _period(request, form), str(refusal), at=at)
    return done(request, site, _period(request, form), at=spot, said=said)


def _period(request, form):
    spot = getattr(form, "cleaned_data", {}).get("at")
    return period_of(request, spot.date if spot else timezone.localdate())


@require_POST
def assign(request, site):
    """Give a spot to somebody: POST at and volunteer (in place of who is there), add (beside them) or lift."""

    def act(site, data):
        spot = data["at"].cell if data["add"] else data["at"]
        person = data["volunteer"] or data["add"] or data["lift"]
        spot = editing.assign(site=site, spot=spot, person=person, by=request.user, raise_limit=bool(data["lift"]))
        return spot, _("Đã xếp {name} vào {place}.").format(name=_name(spot), place=_place(site, spot))

    return _act(request, site, AssignForm(request.POST), act)


@require_POST
def move(request, site):
    """Move a chip (at) to another spot (to, or date, post, session); onto a chip, or with swap, they change places."""

    def act(site, data):
        change = editing.swap_with_whoever_is_there if data["swap"] else editing.move
        spot = change(site=site, spot=data["at"], to=data["to"], by=request.user)
        swapped = data["swap"] or data["to"].volunteer
        words = _("Đã đổi chỗ: {name} vào {place}.") if swapped else _("Đã chuyển {name} vào {place}.")
        return spot, words.format(name=_name(spot), place=_place(site, spot))

    return _act(request, site, MoveForm(request.POST), act)


@require_POST
def pin(request, site):
    """Pin a chip, or take its pin off."""

    def act(site, data):
        pinned = editing.toggle_pin(site=site, spot=data["at"], by=request.user)
        words = _("Đã ghim {name}.") if pinned else _("Đã bỏ ghim {name}.")
        return data["at"], words.format(name=_name(data["at"]))

    return _act(request, site, SpotForm(request.POST), act)


@require_POST
def clear(request, site):
    """Take a chip away."""

    def act(site, data):
        name = _name(data["at"])
        asked = editing.clear(site=site, spot=data["at"], by=request.user)
        spot = data["at"].cell
        words = [_("Đã bỏ {name} khỏi {place}.").format(name=name, place=_place(site, spot))]
        if asked:
            words.append(_("Đã báo {count} bạn rảnh.").format(count=len(asked)))
        elif asked is not None:
            words.append(_("Chưa có bạn nào rảnh để thay."))
        return spot, " ".join(words)

    return _act(request, site, SpotForm(request.POST), act)


@require_POST
def undo(request, site, month):
    """Reverse the latest change of the month."""
    site = managed_site(request, site)
    period = period_of(request, month)
    try:
        change = editing.undo(site=site, month=month, by=request.user)
    except RosterRefused as refusal:
        return refused(request, site, period, str(refusal))
    return done(request, site, period, said=_undone(change), offer_undo=False)


def _undone(change):
    """What was undone; of an edit by hand also whose duties and when, because several look alike."""
    if change.kind != change.Kind.EDIT:
        return _("Đã hoàn tác: {what}.").format(what=change.get_kind_display())
    lines = list(change.lines.select_related("volunteer__user"))
    people = dict.fromkeys(line.volunteer.user.get_short_name() for line in lines)
    days = dict.fromkeys(f"{line.date:%d/%m}" for line in lines)
    return _("Đã hoàn tác lần sửa ngày {days}: {people}.").format(days=", ".join(days), people=", ".join(people))


def _name(spot):
    volunteer = Volunteer.objects.filter(pk=spot.volunteer).select_related("user").first()
    if volunteer is None:
        return ""
    return volunteer.user.get_short_name()


def _place(site, spot):
    post = site.posts.filter(pk=spot.post).first()
    if post is None:
        raise Http404
    return spot_words(spot, post)
