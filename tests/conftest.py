from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.storage import storages
from django.db import connections, models
from hypothesis import settings as hypothesis_settings

from campaigns import network
from signon.privacy import hash_key
from tests import prepared

# A fixed seed, so that a run says the same twice; no deadline, for machines are shared and noisy.
hypothesis_settings.register_profile("suite", deadline=None, derandomize=True)
hypothesis_settings.load_profile("suite")


HERE = Path(__file__).parent
# What starts the whole product, walks through all of its pages, makes databases, or fills them: `make test-slow`
# (decision 97).
SLOW = (
    "browser",
    "faults",
    "journeys",
    "scale",
    "bad_input",
    "campaigns/test_event_words.py",
    "config/test_embedded.py",
    "config/test_keeping.py",
    "config/test_privileges.py",
    "roles/test_roles.py",
    "signon/finding/test_finding_at_size.py",
    "signon/test_lists_at_size.py",
    "signon/test_migrations.py",
    "signon/test_searches_at_size.py",
    "signon/test_volume.py",
)
# Of these, what the product is for is tested on all of its real parts at once in any case.
IN_ANY_CASE = ("browser/test_from_the_form_to_the_csv_row.py", "journeys/test_fifty_sign_at_once.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    slow, quick = [HERE / name for name in SLOW], [HERE / name for name in IN_ANY_CASE]
    for item in items:
        if item.path not in quick and any(item.path.is_relative_to(each) for each in slow):
            item.add_marker("slow")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Each process' database begins as a copy of one that is migrated: to migrate takes half a minute."""
    connections["default"].settings_dict["TEST"]["TEMPLATE"] = prepared.migrated()


@pytest.fixture(autouse=True)
def _network_of_no_other_test(settings):
    """What a process keeps of the network's settings is not what another test wrote; and reading it costs no query."""
    network.remember(network.Network(settings.NETWORK_NAME))
    yield
    network.forget()


@pytest.fixture(autouse=True)
def _no_hash_key_of_another_test():
    """A database that is empty keeps no mark of one; and to know that costs no query."""
    hash_key.take_as_read(None)


@pytest.fixture(autouse=True)
def _files_of_its_own(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "media"
    private = settings.STORAGES["private"]
    options = private["OPTIONS"] | {"location": tmp_path / "private"}
    settings.STORAGES = settings.STORAGES | {"private": private | {"OPTIONS": options}}
    # A field keeps the storage that it was made with.
    for model in apps.get_app_config("signon").get_models():
        for field in model._meta.fields:
            if isinstance(field, models.FileField):
                monkeypatch.setattr(field, "storage", storages["private"])


@pytest.fixture(autouse=True)
def _contacts(request, settings):
    """As the environment says; in the tests of files marked `also_sealed` a second time under keys."""
    if getattr(request, "param", "") == "sealed":
        settings.CONTACT_KEYS, settings.CONTACT_HASH_KEY = ["k" * 50 + "ey of a test"], "h" * 50 + "ash of a test"


def pytest_generate_tests(metafunc):
    if metafunc.definition.get_closest_marker("also_sealed"):
        metafunc.parametrize("_contacts", ["", "sealed"], ids=["clear", "sealed"], indirect=True)
