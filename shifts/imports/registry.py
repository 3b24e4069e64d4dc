"""What can be imported, by name."""

from django.utils.module_loading import autodiscover_modules

IMPORTS = {}


def register(name, resource_class):
    """Make a resource known to `manage.py import` under this name."""
    IMPORTS[name] = resource_class


def known():
    """Return all registered resources; any app may have an `imports` module that registers its own."""
    autodiscover_modules("imports")
    return dict(sorted(IMPORTS.items()))
