"""The web application, as granian serves it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

# These have models, which are there by now.
from config import promises, warming  # noqa: E402

warming.warm()
promises.leave_under_another_key()
