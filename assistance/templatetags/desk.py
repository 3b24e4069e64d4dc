"""What the desk's templates need beside Django's own filters."""

from django import template

register = template.Library()


@register.filter
def get(mapping, key):
    """Return mapping[key], or None: for keys with a dot in them, such as "dossier.code"."""
    return (mapping or {}).get(key)
