"""Looking a key up in a dict, for keys that a template cannot spell (with a dot or from a variable)."""

from django import template

register = template.Library()


@register.filter
def get(mapping, key):
    """Return mapping[key], or "" when there is none."""
    return (mapping or {}).get(key, "")
