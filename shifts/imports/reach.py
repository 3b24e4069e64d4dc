"""Staff of a part of the province see and choose the rows of that part in the admin, and nothing else."""

import functools
import operator

from django.contrib import admin
from django.contrib.admin.utils import NotRelationField, get_fields_from_path, get_model_from_relation, unquote
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _

from shifts.access import MANAGES_TEAMS_BELOW, Access


def staffed_units(user):
    """The units this person works for in the admin; None for the whole province, or rights given by hand."""
    access = Access.of(user)
    if access.manages_province or not access.roots(*MANAGES_TEAMS_BELOW):
        return None
    return access.units(*MANAGES_TEAMS_BELOW)


def rows_of_model(site, model, request):
    """The rows of another model that this person may choose from, or None where any may be chosen."""
    other = site._registry.get(model)
    if not isinstance(other, OfTheirUnits) or not other.is_limited(request):
        return None
    return other.get_queryset(request).order_by()


class OwnChoices:
    """Fields that point to rows of units offer the person's own, and what stands there already."""

    def get_field_queryset(self, db, db_field, request):
        rows = super().get_field_queryset(db, db_field, request)
        model = db_field.remote_field.model
        own = rows_of_model(self.admin_site, model, request)
        if own is None:
            return rows
        rows = model._default_manager.all() if rows is None else rows
        return rows.filter(Q(pk__in=own.values("pk")) | Q(pk__in=self.chosen_before(db_field, request)))

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        model = db_field.remote_field and db_field.remote_field.model
        if field and model and rows_of_model(self.admin_site, model, request) is not None:
            field.error_messages["invalid_choice"] = _("Hãy chọn trong phần của đơn vị mình.")
        return field

    def chosen_before(self, db_field, request):
        """Keys that the row being changed holds in this field: what was there may stay."""
        match = request.resolver_match
        key = match.kwargs.get("object_id") if match else None
        if key is None:
            return []
        owner = getattr(self, "fk_name", None) or "pk"
        return self.model._base_manager.filter(**{owner: unquote(key)}).values(db_field.name)


class OwnRelatedFilter(admin.RelatedFieldListFilter):
    """A filter that names only rows of the person's own units."""

    def field_choices(self, field, request, model_admin):
        own = rows_of_model(model_admin.admin_site, field.remote_field.model, request)
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to={"pk__in": own.values("pk")})


class OfTheirUnits(OwnChoices):
    """`unit_paths` lead from a row to its units: staff of a part of the province have the rows of that part only.

    `unit_paths_meet_twice` says that one row may be reached on several of them at once.
    """

    unit_paths = ()
    unit_paths_meet_twice = False

    def is_limited(self, request):
        return bool(self.unit_paths) and staffed_units(request.user) is not None

    def get_queryset(self, request):
        rows, units = super().get_queryset(request), staffed_units(request.user)
        if not self.unit_paths or units is None:
            return rows
        theirs = functools.reduce(operator.or_, [Q(**{f"{path}__in": units}) for path in self.unit_paths])
        if self.unit_paths_meet_twice:
            return rows.filter(pk__in=self.model._base_manager.filter(theirs).values("pk"))
        return rows.filter(theirs)

    def get_object(self, request, object_id, from_field=None):
        """Somebody else's row is not found, like one that never was."""
        found = super().get_object(request, object_id, from_field)
        if found is None and self.is_limited(request):
            raise Http404
        return found

    def get_list_filter(self, request):
        filters = super().get_list_filter(request)
        if staffed_units(request.user) is None:
            return filters
        return [self.own_filter(each, request) for each in filters]

    def own_filter(self, each, request):
        if not isinstance(each, str):
            return each
        try:
            model = get_model_from_relation(get_fields_from_path(self.model, each)[-1])
        except (FieldDoesNotExist, NotRelationField):
            return each
        return each if rows_of_model(self.admin_site, model, request) is None else (each, OwnRelatedFilter)

    def may_import(self, request, instance):
        """Whether a stored row is one of the person's own: asked before and after a file changes it."""
        return self.get_queryset(request).filter(pk=instance.pk).exists()
