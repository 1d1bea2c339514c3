"""What the first readers of a web process would wait for is done before it serves."""

import subprocess
import sys

from tests.stack import CHECKOUT

CODE = """
import gc
import sys
import config.wsgi
before = set(sys.modules)
assert gc.get_freeze_count() > 50_000  # what is there for good is not looked through by the collector
from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver, reverse
from django.utils import translation
for language, _name in settings.LANGUAGES:
    with translation.override(language):
        assert language in get_resolver()._reverse_dict, language
        assert reverse("statement", args=["a"])
for name in ("campaigns/statement.html", "signon/sign.html", "signon/confirmed.html"):
    assert any(name in str(key) for key in get_template(name).template.engine.template_loaders[0].get_template_cache)
print(*sorted(name for name in set(sys.modules) - before if name.startswith(("signon", "campaigns", "config"))))
"""


def test_a_web_process_has_its_views_catalogs_and_templates_before_anybody_asks():
    done = subprocess.run([sys.executable, "-c", CODE], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr
