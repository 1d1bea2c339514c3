"""The disk is full: nothing half is kept, no row leads nowhere, and who uploaded or asked for a list is told."""

import io
import random
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.test import Client
from PIL import Image

from campaigns.models import Document, Photo
from signon import exporting, jobs, tasks, volume
from signon.exports.export_choice import Choice
from signon.models import Import, Job, Message
from tests.factories import StatementFactory, UserFactory, accepted
from tests.faults.holds import assert_all_holds
from tests.faults.limited import no_room_beyond

pytestmark = [
    pytest.mark.django_db,
    # Django leaves its half of an upload to the garbage collector, which closes and removes it.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
# Enough for a test's own output.
ROOM = 150_000
NOISE = random.Random(8).randbytes(1600 * 900 * 3)


def kept():
    """Every file that is there, public or private."""
    folders = [Path(settings.MEDIA_ROOT), Path(storages["private"].location)]
    return [path for folder in folders if folder.exists() for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def staff():
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(staff=True))
    return client


def picture():
    file = io.BytesIO()
    Image.frombytes("RGB", (1600, 900), NOISE).save(file, "JPEG", quality=90)
    return ContentFile(file.getvalue(), name="march.jpg")


def pdf():
    return ContentFile(b"%PDF-1.7\n" + NOISE, name="priorities.pdf")


UPLOADS = {
    "photo": ("/desk/site/photos/new/", lambda: {"file": picture(), "language": "en", "alt": "Women march"}, Photo),
    "document": (
        "/desk/site/documents/new/",
        lambda: {"file": pdf(), "language": "en", "title": "Priorities"},
        Document,
    ),
    "list": (
        "/desk/statements/call/import/",
        lambda: {"file": ContentFile(b"name,country\n" + b"Kituo cha Sheria,KE\n" * 20_000, name="list.csv")},
        Import,
    ),
}


@pytest.mark.parametrize("memory", [2_621_440, 1_000], ids=["in memory", "in a temporary file"])
@pytest.mark.parametrize("what", UPLOADS)
def test_an_upload_to_a_full_disk_is_told_and_leaves_nothing(staff, settings, what, memory):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = memory
    StatementFactory(slug="call")
    path, form, model = UPLOADS[what]
    with no_room_beyond(ROOM):
        answer = staff.post(path, form())
    handlers = answer.wsgi_request.upload_handlers
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "no room left to keep a file" in page
    assert "choose files again" in page
    assert (model.objects.count(), kept()) == (0, [])
    assert staff.post(path, form()).status_code == 302
    assert model.objects.count() == 1
    assert [handler.file.closed for handler in handlers if getattr(handler, "file", None)] in ([], [True])


def test_a_second_file_of_the_same_name_that_finds_no_room_takes_nothing_of_the_first():
    """A name that is taken gets another; what is removed is that, and not the file that was there."""
    first = default_storage.save("attachments/same", ContentFile(b"whole"))
    with no_room_beyond(ROOM), pytest.raises(OSError, match="large"):
        default_storage.save("attachments/same", ContentFile(NOISE))
    assert [path.read_bytes() for path in kept()] == [b"whole"]
    assert default_storage.exists(first)


def test_a_list_that_finds_no_room_is_told_to_whoever_asked_and_comes_whole_the_next_time(staff):
    statement, user = StatementFactory(), UserFactory(staff=True)
    list(volume.load(statement, 1000, by=user))
    export = exporting.prepare(Choice(statement=statement.slug), "json", by=user)
    staff.force_login(user)
    with no_room_beyond(ROOM):
        tasks.do_next_job()
    job = Job.objects.get()
    assert (job.state, "no room left" in job.problem, kept()) == ("failed", True, [])
    assert "no room left" in staff.get(f"/desk/exports/{export.pk}/").content.decode()
    assert Message.objects.filter(kind="export").count() == 0

    again = exporting.prepare(Choice(statement=statement.slug), "json", by=user)
    tasks.do_next_job()
    again.refresh_from_db()
    assert (again.rows, len(kept())) == (1000, 1)
    assert Message.objects.filter(kind="export").count() == 1
    assert_all_holds(statement)


def test_a_list_that_is_made_and_cannot_be_kept_leaves_no_half_file():
    """There was room where it is made, and none where it is kept."""
    export = exporting.prepare(Choice(statement=accepted().statement.slug), "csv", by=UserFactory(staff=True))
    file = io.BytesIO(NOISE)
    with no_room_beyond(ROOM), pytest.raises(OSError, match="large"):
        exporting.keep(jobs.claim(), export, file, 1, exporting.Sum())
    export.refresh_from_db()
    assert (export.file.name, export.rows, kept()) == ("", None, [])
