"""Outreach events: changed by the same functions as on their pages, so that their people are asked about and told."""

from django import forms
from django.contrib import admin
from django.db import transaction

from shifts.imports.pages import ReadOnlyAdmin, UnitsAdmin
from shifts.models import EventAbsence, OutreachEvent, OutreachMaterial
from shifts.outreach.events import OutreachRefused
from shifts.outreach.planning import FIELDS, change_event, plan_event
from shifts.outreach.states import move_event


class _TriedOut(Exception):
    """Ends the transaction in which a change was tried."""


class OutreachEventForm(forms.ModelForm):
    """An event as data; whatever the rules refuse is said beside the field before anything is stored."""

    by = None

    def clean(self):
        data = super().clean()
        if not self.errors:
            self._try()
        return data

    def _try(self):
        try:
            with transaction.atomic():
                self.store()
                raise _TriedOut
        except _TriedOut:
            pass
        except OutreachRefused as refused:
            field = {"reason": "cancel_reason"}.get(refused.field, refused.field)
            self.add_error(field if field in self.fields else None, str(refused))

    def store(self):
        """Do what the form says and return the event."""
        data = self.cleaned_data
        if self.instance.pk is None:
            return plan_event(values={name: data[name] for name in FIELDS}, by=self.by)
        event = OutreachEvent.objects.get(pk=self.instance.pk)
        # Who cancels changes nothing else, who opens it again must do that before.
        if data["state"] == OutreachEvent.State.CANCELLED:
            return move_event(event=event, to=data["state"], reason=data["cancel_reason"], by=self.by)
        if event.is_cancelled:
            event = move_event(event=event, to=data["state"], by=self.by)
        event = change_event(event=event, values={name: data[name] for name in FIELDS}, by=self.by)
        return move_event(event=event, to=data["state"], by=self.by)


@admin.register(OutreachEvent)
class OutreachEventAdmin(UnitsAdmin):
    unit_paths = ["unit"]
    form = OutreachEventForm
    fields = [*FIELDS, "state", "cancel_reason"]
    list_display = ["date", "venue", "venue_kind", "team", "host_unit", "state"]
    list_display_links = ["date", "venue"]
    list_filter = ["state", "venue_kind", "team"]
    list_select_related = ["team", "host_unit"]
    date_hierarchy = "date"
    search_fields = ["venue"]
    names = ["venue", "host_unit__name"]
    autocomplete_fields = ["team", "host_unit"]

    def get_fields(self, request, obj=None):
        """A new event is planned; what becomes of it is said later."""
        return list(FIELDS) if obj is None else self.fields

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"by": request.user})

    def save_model(self, request, obj, form, change):
        obj.pk = form.store().pk
        obj._state.adding = False
        obj.refresh_from_db()


@admin.register(OutreachMaterial)
class OutreachMaterialAdmin(ReadOnlyAdmin):
    """Looked at here; counted out and back on the page of the event."""

    unit_paths = ["event__unit"]
    list_display = ["event", "name", "taken_out", "brought_back", "is_leaflet"]
    list_select_related = ["event"]


@admin.register(EventAbsence)
class EventAbsenceAdmin(ReadOnlyAdmin):
    unit_paths = ["assignment__event__unit"]
    list_display = ["assignment", "made_by", "made_at"]
    list_select_related = ["assignment__event", "assignment__volunteer__user", "made_by"]
