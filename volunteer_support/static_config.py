"""Which static files of installed apps are served."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class ServedStaticFilesConfig(StaticFilesConfig):
    """Leaves out the extensions of htmx: they import it by a bare name that nothing here provides, and we use none."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "django_htmx/ext/*"]
