"""What an installation is called that nobody named yet."""

import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def test_it_is_called_by_its_address_and_not_by_the_demo_s_name():
    environment = {name: value for name, value in os.environ.items() if name != "NETWORK_NAME"}
    environment |= {"SITE_URL": "https://signon.example.org", "DJANGO_SETTINGS_MODULE": "config.settings"}
    said = "from django.conf import settings; print(settings.NETWORK_NAME)"
    for given, name in (({}, "signon.example.org"), ({"NETWORK_NAME": "Roses"}, "Roses")):
        told = subprocess.run(
            [sys.executable, "-c", said],
            cwd=CHECKOUT,
            env=environment | given,
            capture_output=True,
            text=True,
            check=True,
        )
        assert told.stdout.strip() == name
