"""Files in a bucket of a real S3 server: kept, handed out by our views alone, erased; and a bucket that is away."""

import hashlib
import io
from datetime import timedelta

import boto3
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from moto.server import ThreadedMotoServer
from PIL import Image

from campaigns import documents, photos
from config import file_places, keeping
from signon import exporting, jobs, letter, tasks
from signon.casework import attaching
from signon.exports.export_choice import Choice
from signon.models import Attachment, Export, Job, LetterPack
from tests.factories import StatementFactory, UserFactory, accepted

BUCKET = "undersigned"


@pytest.fixture(scope="module")
def server():
    made = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def bucket(server, settings, monkeypatch, tmp_path):
    """The site's files are in it, as FILES_URL says."""
    host, port = server.get_host_and_port()
    address = f"s3://testing:testing@{host}:{port}/{BUCKET}?http=1"
    client = boto3.client("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1",
                          aws_access_key_id="testing", aws_secret_access_key="testing")  # fmt: skip
    client.create_bucket(Bucket=BUCKET)
    monkeypatch.setenv("FILES_URL", address)
    settings.STORAGES = settings.STORAGES | file_places.storages(tmp_path)
    field = Export._meta.get_field("file")
    monkeypatch.setattr(field, "storage", storages["private"])
    yield client
    for each in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=each["Key"])
    client.delete_bucket(Bucket=BUCKET)


def kept(client):
    return sorted(each["Key"] for each in client.list_objects_v2(Bucket=BUCKET).get("Contents", []))


def picture():
    file = io.BytesIO()
    Image.new("RGB", (600, 400), "purple").save(file, "PNG")
    file.seek(0)
    return file


@pytest.mark.django_db(transaction=True)
def test_a_photo_is_kept_handed_out_by_our_view_and_removed(bucket, client):
    photo = photos.keep(picture(), language="en", alt="Purple")
    address = photos.url(photo)
    assert address.startswith("/media/photos/"), "no address of the bucket is told"
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
    assert b"".join(answer.streaming_content)[:4] == b"RIFF"
    assert kept(bucket)
    assert all(name.startswith("media/photos/") for name in kept(bucket))
    photos.remove(photo)
    assert kept(bucket) == []
    assert client.get(address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_document_is_fetched(bucket, client):
    document = documents.keep(io.BytesIO(b"%PDF-1.7\n"), title="Call")
    documents.publish(document)
    answer = client.get(f"/documents/{document.key}/")
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, b"%PDF-1.7\n")
    documents.remove(document)
    assert kept(bucket) == []


def test_what_is_there_is_never_written_over(bucket):
    first = default_storage.save("documents/same.pdf", ContentFile(b"first"))
    second = default_storage.save("documents/same.pdf", ContentFile(b"second"))
    assert first != second
    with default_storage.open(first) as file:
        assert file.read() == b"first"


class Breaks(io.BytesIO):
    """A file that ends in an error behind its tenth megabyte, where a part of it is in the bucket already."""

    def read(self, size=-1):
        if self.tell() >= 10 * 1024 * 1024:
            raise OSError("the disk it comes from has failed")
        return super().read(size)


@pytest.mark.parametrize("name", ["default", "private"])
def test_of_a_file_that_breaks_off_nothing_stays(bucket, name):
    content = File(Breaks(b"x" * 20 * 1024 * 1024))
    with pytest.raises(OSError, match="has failed"):
        storages[name].save("documents/half.pdf", content)
    assert kept(bucket) == []
    assert bucket.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []) == []


def test_a_large_file_comes_back_as_it_was_and_not_through_memory(bucket):
    data = bytes(range(256)) * 4096 * 10
    place = storages["private"].save("exports/large.csv", ContentFile(data))
    with storages["private"].open(place) as file:
        assert file.read() == data
        assert file.file._rolled


@pytest.mark.django_db(transaction=True)
def test_what_proves_a_sign_on_is_private_one_of_each_and_goes_with_it(bucket, client):
    sign_on, user = accepted(), UserFactory(is_superuser=True, is_staff=True)
    first, second = (
        attaching.attach(SimpleUploadedFile("stamp.pdf", b"%PDF-1.7\n"), by=user, sign_on=sign_on) for _ in range(2)
    )
    assert len(kept(bucket)) == 2
    for each in (first, second):
        assert each.place not in ("", None)
        assert client.get(f"/media/{each.place}").status_code == 404
        grants = bucket.get_object_acl(Bucket=BUCKET, Key=f"private/{each.place}")["Grants"]
        assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"], "its owner's alone"
    attaching.remove(Attachment.objects.filter(pk=first.pk))
    with attaching.opened(second) as file:
        assert file.read() == b"%PDF-1.7\n"
    attaching.remove(Attachment.objects.all())
    assert kept(bucket) == []


@pytest.mark.django_db(transaction=True)
def test_a_list_is_prepared_fetched_and_forgotten(bucket):
    statement = StatementFactory()
    accepted(statement=statement, organization_name="Roses")
    user = UserFactory(is_superuser=True, is_staff=True)
    export = exporting.prepare(Choice(statement=statement.slug), "csv", by=user)
    job = jobs.claim()
    exporting.make(job)
    export.refresh_from_db()
    assert kept(bucket) == [f"private/exports/{export.pk}.csv"]
    with exporting.fetch(export, by=user) as file:
        data = file.read()
    assert b"Roses" in data
    assert hashlib.sha256(data).hexdigest() == export.digest
    Export.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert (exporting.forget_files(), kept(bucket)) == (1, [])


@pytest.mark.django_db(transaction=True)
def test_a_letter_is_kept_and_an_erasure_takes_its_files(bucket):
    sign_on = accepted(organization_name="Roses")
    user = UserFactory(is_superuser=True, is_staff=True)
    pack = letter.order(sign_on.statement, by=user, text=sign_on.statement.text())
    letter.make(pack)
    pack = LetterPack.objects.get(pk=pack.pk)
    assert len(kept(bucket)) == pack.files.count() >= 3
    printed = pack.files.get(kind="pdf")
    with letter.fetch(printed, by=user) as file:
        assert hashlib.sha256(file.read()).hexdigest() == printed.sha256
    assert letter.forget(pack, by=user)
    assert kept(bucket) == []


def test_a_bucket_that_is_away_fails_as_a_disk_does(bucket):
    bucket.delete_bucket(Bucket=BUCKET)
    with pytest.raises(OSError, match="bucket did not answer"):
        default_storage.save("documents/x.pdf", ContentFile(b"x"))
    bucket.create_bucket(Bucket=BUCKET)
    with pytest.raises(FileNotFoundError):
        default_storage.open("documents/none.pdf")


@pytest.fixture
def away(settings, monkeypatch, tmp_path):
    """A server of its own with a photo and a document in it, and then gone; moto's servers share their buckets."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    boto3.client("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1", aws_access_key_id="testing",
                 aws_secret_access_key="testing").create_bucket(Bucket="gone")  # fmt: skip
    monkeypatch.setenv("FILES_URL", f"s3://testing:testing@{host}:{port}/gone?http=1")
    settings.STORAGES = settings.STORAGES | file_places.storages(tmp_path)
    monkeypatch.setattr(Export._meta.get_field("file"), "storage", storages["private"])
    document = documents.keep(io.BytesIO(b"%PDF-1.7\n"), title="Call")
    documents.publish(document)
    photo = photos.keep(picture(), language="en", alt="Purple")
    server.stop()
    return [photos.url(photo), f"/documents/{document.key}/"]


@pytest.mark.django_db(transaction=True)
def test_while_a_bucket_is_away_who_needs_a_file_is_asked_to_come_again(away, client):
    client.raise_request_exception = False
    for address in away:
        answer = client.get(address)
        assert answer.status_code == 503
        assert int(answer["Retry-After"]) > 0
        assert "Please try again in a minute" in answer.content.decode()
    assert client.get("/").status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("away")
def test_while_a_bucket_is_away_a_list_fails_and_says_why():
    statement = StatementFactory()
    accepted(statement=statement, organization_name="Roses")
    exporting.prepare(Choice(statement=statement.slug), "csv", by=UserFactory(is_superuser=True, is_staff=True))
    tasks.do_next_job()
    job = Job.objects.get()
    assert job.state == Job.State.FAILED
    assert "cannot reach where it keeps files" in job.problem


@pytest.mark.usefixtures("bucket")
def test_a_backup_leaves_the_bucket_to_itself():
    assert keeping._places() == {}


@pytest.mark.parametrize(
    "address",
    [
        "https://s3.example/bucket",
        "s3://key:secret@s3.example",
        "s3://key:secret@s3.example/bucket/folder",
        "s3://s3.example/bucket",
        "s3://key:secret@s3.example:port/bucket",
        "s3://key:secret@s3.example/bucket?acl=public",
    ],
)
def test_nonsense_is_refused(monkeypatch, tmp_path, address):
    monkeypatch.setenv("FILES_URL", address)
    with pytest.raises(ImproperlyConfigured, match="FILES_URL must be like"):
        file_places.storages(tmp_path)
