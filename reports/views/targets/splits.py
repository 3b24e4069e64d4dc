"""Giving a target to the units below: the way, the look at what comes of it, the writing."""

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reports.targets import split
from reports.targets.forms import ConfirmForm, SplitForm
from reports.targets.services import Part, TargetRefused, split_target
from reports.targets.sheets import weights_sheet
from reports.views.targets.changes import changeable
from shifts.access import Access
from shifts.imports import kept
from shifts.imports.pages import download
from shifts.imports.reading import FileRefused, read_table
from shifts.models import Unit

SALT = "reports.targets.split"
SIGNED_SECONDS = 3600


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def split_page(request, series):
    """The form; with a way of splitting, what each unit would get."""
    target = splittable(request, series)
    form = SplitForm(
        request.POST or None, request.FILES or None, depths=split.depths_of(target),
        initial={"version": target.version, "depth": split.depths_of(target)[0][0]},
    )  # fmt: skip
    context = {"target": target, "form": form, "held": split.held_by_teams(target)}
    if form.is_bound and form.is_valid():
        try:
            context |= look(request, target, form)
        except (FileRefused, TargetRefused) as error:
            form.add_error("file" if isinstance(error, FileRefused) else None, str(error))
    return render(request, "targets/split.html", context, status=422 if form.errors else 200)


def splittable(request, series):
    """The target to split; 404 for one that has nothing to give or nobody to give it to."""
    target = changeable(Access.of(request.user), series)
    if not split.can_be_split(target) or not split.depths_of(target):
        raise Http404
    return target


def look(request, target, form):
    """What the page shows of a way of splitting: the parts, or what has to be asked about the file first."""
    data = form.cleaned_data
    units = split.units_below(target, data["depth"])
    way = data["way"]
    if way == form.WEIGHTS:
        found, token = weights_from(request, data, units)
        if found.questions or found.faults:
            asked = [(number, name, among or units) for number, (name, among) in sorted(found.questions.items())]
            return {"questions": asked, "faults": found.faults, "token": token}
        parts = split.parts_of(target, units, found.weights, zero_gets_none=True)
    else:
        weights = split.last_year_weights(target, units) if way == form.LAST_YEAR else {}
        if way == form.LAST_YEAR and not any(weights.values()):
            raise TargetRefused(_("Năm trước chưa có số liệu của các đơn vị này. Hãy chia đều hoặc dùng tệp trọng số."))
        parts = split.parts_of(target, units, weights)
    given = {part.unit.pk for part in parts}
    signed = {
        "by": request.user.pk, "series": str(target.series), "version": data["version"],
        "parts": [[part.unit.pk, part.minimum, part.stretch] for part in parts],
        "without": [unit.pk for unit in units if unit.pk not in given],
    }  # fmt: skip
    confirm = ConfirmForm(initial={"parts": signing.dumps(signed, salt=SALT, compress=True), "reason": data["reason"]})
    rows = split.preview(target, parts)
    return {
        "rows": rows, "confirm": confirm, "minimum": sum(part.minimum for part in parts),
        "stretch": sum(part.stretch for part in parts), "skipped": [u for u in units if u.pk not in given],
    }  # fmt: skip


def weights_from(request, data, units):
    """The weights of the file that was sent now, or kept from before with answers to what was asked about it."""
    owner = f"target-weights-{request.user.pk}"
    file, token = data["file"], data["token"]
    if file:
        content, name, answers = file.read(), file.name, {}
        token = ""
    else:
        content, name, answers = kept.fetch(token, owner=owner), "", answers_of(request)
        if content is None:
            raise FileRefused(_("Tệp đã quá một giờ từ lúc tải lên. Hãy tải lên lại."))
    found = split.read_weights(read_table(content, name), units, answers)
    if (found.questions or found.faults) and not token:
        token = kept.keep(content, owner=owner)
    return found, token


def answers_of(request):
    """Row number in the file -> key of the unit that was chosen for it."""
    found = {}
    for name, value in request.POST.items():
        if name.startswith("row_") and name[4:].isdecimal() and value.isdecimal() and len(name + value) < 30:
            found[int(name[4:])] = int(value)
    return found


@require_POST
def split_confirm(request, series):
    """Write the parts that were looked at: all or none."""
    target = splittable(request, series)
    form = ConfirmForm(request.POST)
    seen = read_signed(request, form, target)
    if seen is None:
        messages.error(request, _("Bản xem trước đã cũ. Hãy xem trước lại rồi chia."))
        return redirect("reports:split_target", series)
    units = Unit.objects.in_bulk([key for key, _low, _high in seen["parts"]])
    parts = [Part(units[key], low, high) for key, low, high in seen["parts"] if key in units]
    try:
        split_target(
            target=target, version=seen["version"], parts=parts, without=seen["without"], by=request.user,
            reason=form.cleaned_data["reason"],
        )  # fmt: skip
    except TargetRefused as error:
        messages.error(request, str(error))
        return redirect("reports:split_target", series)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("reports:split_target", series)
    messages.success(request, _("Đã giao chỉ tiêu cho {n} đơn vị.").format(n=len(parts)))
    return redirect(target)


def read_signed(request, form, target):
    """What was looked at by this person, of this target, within the hour; None for anything else."""
    if not form.is_valid():
        return None
    try:
        seen = signing.loads(form.cleaned_data["parts"], salt=SALT, max_age=SIGNED_SECONDS)
    except signing.BadSignature:
        return None
    return seen if seen["by"] == request.user.pk and seen["series"] == str(target.series) else None


@require_safe
def split_template(request, series):
    """Hand out the sheet of the units below, with what they counted last year as weights where anything was."""
    target = splittable(request, series)
    depth = request.GET.get("depth") if request.GET.get("depth") in (split.NEXT, split.COMMUNES) else split.NEXT
    units = split.units_below(target, depth)
    weights = split.last_year_weights(target, units)
    weights = weights if any(weights.values()) else {}
    return download(weights_sheet(units, weights), "trong-so.xlsx")
