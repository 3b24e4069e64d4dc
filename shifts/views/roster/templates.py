"""Keeping a week as a template, and laying it over a month."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from shifts.models import RosterTemplate
from shifts.roster import templates
from shifts.roster.changes import RosterRefused

from .forms import SaveTemplateForm, TemplateForm, first_error
from .page import done, managed_site, period_of, refused


@require_POST
def save_template(request, site, month):
    """Keep the week of POST week under POST name."""
    site, period = managed_site(request, site), period_of(request, month)
    form = SaveTemplateForm(request.POST)
    if not form.is_valid():
        return refused(request, site, period, first_error(form))
    try:
        template = templates.save_template(site=site, monday=form.cleaned_data["week"], name=form.cleaned_data["name"])
    except RosterRefused as refusal:
        return refused(request, site, period, str(refusal))
    # What undo would reverse is the latest change of the roster, which this is not.
    said = _("Đã giữ lịch mẫu “{name}”.").format(name=template.name)
    return done(request, site, period, said=said, offer_undo=False)


@require_POST
def lay_template(request, site, month):
    """Lay POST template over the month."""
    site, period = managed_site(request, site), period_of(request, month)
    form = TemplateForm(request.POST)
    if not form.is_valid():
        return refused(request, site, period, first_error(form))
    template = get_object_or_404(
        RosterTemplate.objects.select_related("site"), site=site, pk=form.cleaned_data["template"]
    )
    try:
        laid = templates.lay_template(template=template, month=month, by=request.user)
    except RosterRefused as refusal:
        return refused(request, site, period, str(refusal))
    if laid.given:
        said = ngettext("Lịch mẫu “{name}”: đã xếp {count} ca.", "Lịch mẫu “{name}”: đã xếp {count} ca.", laid.given)
    elif laid.refused:
        said = _("Lịch mẫu “{name}” không xếp thêm ca nào.")
    else:
        said = _("Lịch mẫu “{name}” không xếp thêm ca nào: những chỗ của mẫu đã có người.")
    said = said.format(name=template.name, count=laid.given)
    return done(request, site, period, said=said, laid=laid, offer_undo=bool(laid.given))


@require_POST
def drop_template(request, site, month):
    """Forget POST template; duties that came from it stay."""
    site, period = managed_site(request, site), period_of(request, month)
    form = TemplateForm(request.POST)
    if not form.is_valid():
        return refused(request, site, period, first_error(form))
    template = get_object_or_404(RosterTemplate, site=site, pk=form.cleaned_data["template"])
    template.delete()
    said = _("Đã xóa lịch mẫu “{name}”.").format(name=template.name)
    return done(request, site, period, said=said, offer_undo=False)
