"""Production's settings on the suite's own servers, with a quick password hasher. See tests/servers.py."""

import os

from config.settings import *  # noqa: F403
from config.settings import CELERY_BROKER_TRANSPORT_OPTIONS as _OPTIONS
from config.settings import STORAGES as _STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = _STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
CELERY_BROKER_TRANSPORT_OPTIONS = _OPTIONS | {"socket_timeout": 2}
# The suite's staff sign in with a password alone, for what is tested is behind the door; tests of the door shut it.
STAFF_NEED_A_SECOND_FACTOR = os.environ.get("TESTS_OF_THE_SECOND_FACTOR") == "1"
# A test reads what it changed a moment before; tests of what is kept switch it on.
KEEP_PAGES = os.environ.get("KEEP_PAGES") == "1"
