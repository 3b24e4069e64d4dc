"""The WSGI door for granian or any other server."""

import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "volunteer_support.settings")
application = get_wsgi_application()

# After the application is set up, since models can only be imported then.
from assistance.reference import keep_warm  # noqa: E402
from shifts.checks import demo_database_check  # noqa: E402

problem = demo_database_check()
if problem:
    raise ImproperlyConfigured(problem)
keep_warm()
