"""Looking at targets: the list, one of them, the same as JSON and as a file."""

from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reports.models import Target
from reports.targets.cards import cards_of, first_cards, moment_of
from reports.targets.errors import past_error
from reports.targets.forms import OnForm, WithdrawForm
from reports.targets.meaning import meaning_of
from reports.targets.reach import may_change, sets_at_all, targets_only, visible_targets
from reports.targets.sheets import targets_sheet
from reports.targets.split import can_be_split, depths_of
from reports.targets.verdicts import headline
from shifts.access import Access
from shifts.imports.pages import download

OTHERS_SHOWN, SLOWEST_SHOWN = 40, 12


def asked_date(request):
    """The form that says which day is meant, and that day; today where it cannot be read."""
    today = timezone.localdate()
    form = OnForm(request.GET)
    if form.is_valid():
        return OnForm(initial={"on": form.cleaned_data["on"]}), form.cleaned_data["on"]
    return form, today


def day_words(on):
    """What pages say of the day, and how links keep it."""
    is_today = on == timezone.localdate()
    return {"is_today": is_today, "query": "" if is_today else f"?on={on.isoformat()}"}


def versions_on(access, on):
    """Targets that this person sees, each as it was on a date; a queryset."""
    return visible_targets(access).on(moment_of(on, timezone.localtime()))


@never_cache
@require_safe
def targets(request):
    """All targets that run on a date, as they were then: how far, how fast, where they will end."""
    access = Access.of(request.user)
    targets_only(access)
    form, on = asked_date(request)
    rows = versions_on(access, on)
    cards = cards_of(rows.running(on), on)
    first = first_cards(cards)
    context = {
        "form": form,
        "on": on,
        **day_words(on),
        "cards": first,
        "headline": headline([card.verdict for card in first]),
        "others": rows.exclude(first__lte=on, last__gte=on).filter(ended_at=None)[:OTHERS_SHOWN],
        "now": timezone.localtime(),
        "may_set": sets_at_all(access),
    }
    return render(request, "targets/targets.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def target(request, series):
    """One target on a date: its numbers, its parts, and the versions it has had."""
    access = Access.of(request.user)
    targets_only(access)
    form, on = asked_date(request)
    found = version_of(access, series, on)
    same = dict(zip(("figure", "level", "first", "last", "rhythm"), found.question, strict=True))
    rows = list(versions_on(access, on).filter(**same))
    # One that was not set yet, or is no longer held, on that date is shown by itself.
    cards = cards_of(rows if found in rows else [found], on)
    card = next(card for card in cards if card.target.pk == found.pk)
    changes = found.is_current and may_change(access, found)
    context = {
        "form": form,
        "on": on,
        **day_words(on),
        "card": card,
        "slowest": card.ranked_parts[:SLOWEST_SHOWN],
        "others": card.ranked_parts[SLOWEST_SHOWN:],
        "target": found,
        "meaning": meaning_of(found, card.standing.open_days),
        "versions": Target.objects.filter(series=series).select_related("made_by", "ended_by").order_by("-version"),
        "past": past_error(access, found, on),
        "may_change": changes,
        "may_split": changes and can_be_split(found) and bool(depths_of(found)),
        "withdraw": WithdrawForm(initial={"version": found.version}) if changes else None,
    }
    return render(request, "targets/target.html", context, status=422 if form.errors else 200)


def version_of(access, series, on):
    """The version of a target that held on a date, else its last one; 404 for one out of reach."""
    rows = visible_targets(access).filter(series=series)
    found = rows.on(moment_of(on, timezone.localtime())).first() or rows.order_by("-version").first()
    if found is None:
        raise Http404
    return found


def current_of(access, series):
    """The current version of a target that this person sees; 404 for any other."""
    found = visible_targets(access).current().filter(series=series).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def targets_data(request):
    """The targets that run on a date, as JSON."""
    access = Access.of(request.user)
    targets_only(access)
    form, on = asked_date(request)
    if form.errors:
        errors = {field: [str(error) for error in errors] for field, errors in form.errors.items()}
        return JsonResponse({"errors": errors}, status=422, json_dumps_params={"ensure_ascii": False})
    cards = cards_of(versions_on(access, on).running(on), on)
    answer = {"on": on.isoformat(), "fresh_at": timezone.now().isoformat(), "targets": [as_json(c) for c in cards]}
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


def as_json(card):
    target, standing = card.target, card.standing
    forecast = standing.forecast
    return {
        "id": str(target.series),
        "version": target.version,
        "figure": target.figure,
        "name": target.figure_name,
        "level": target.level or None,
        "scope": {
            "kind": "team" if target.team_id else "unit",
            "code": target.scope.code,
            "name": str(target.scope),
            **({} if target.team_id else {"valid_from": target.unit.valid_from.isoformat()}),
        },
        "period": {"from": target.first.isoformat(), "to": target.last.isoformat()},
        "rhythm": target.rhythm,
        "each": {"minimum": target.minimum, "stretch": target.stretch},
        "done": standing.done,
        "minimum": standing.minimum,
        "stretch": standing.stretch,
        "share_of_minimum": standing.share_of_minimum,
        "share_of_stretch": standing.share_of_stretch,
        "needed_per_day": standing.needed,
        "per_day": round(standing.per_day, 1) if standing.per_day is not None else None,
        "open_days": {"all": standing.open_days, "passed": standing.days_passed, "left": standing.days_left},
        "forecast": {"low": forecast.low, "mid": forecast.mid, "high": forecast.high} if forecast else None,
        "method": standing.method,
        "verdict": card.verdict.state,
        "sentence": card.verdict.sentence,
    }


@never_cache
@require_safe
def targets_file(request):
    """The targets that run on a date, with their numbers, as XLSX."""
    access = Access.of(request.user)
    targets_only(access)
    form, on = asked_date(request)
    if form.errors:
        raise Http404
    cards = cards_of(versions_on(access, on).running(on), on)
    return download(targets_sheet(cards, on), _("chi-tieu-{on}.xlsx").format(on=on.isoformat()))
