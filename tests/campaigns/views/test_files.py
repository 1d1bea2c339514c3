"""Photos and documents as files."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from campaigns import photos
from campaigns.models import Document
from tests.campaigns.pieces import a_document, a_photo

pytestmark = pytest.mark.django_db


def body(answer):
    return b"".join(answer.streaming_content)


def test_a_photo_is_served_for_good_as_what_runs_nowhere(client):
    answer = client.get(photos.url(a_photo()))
    assert body(answer)[8:12] == b"WEBP"
    assert {name: answer[name] for name in ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy")} == {
        "Content-Type": "image/webp",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    assert set(answer["Cache-Control"].split(", ")) == {"public", "max-age=31536000", "immutable"}
    assert answer.cookies.output() == ""


@pytest.mark.parametrize(
    "path",
    ["", "photos/", "photos/x/480.webp", "photos/x/480.png", "photos/../secret.webp", "documents/x.pdf",
     "../settings.py", "photos/%2e%2e/480.webp", "/etc/passwd", "photos/x/0480.webp"],
)  # fmt: skip
def test_nothing_else_is(client, path):
    default_storage.save("secret.webp", ContentFile(b"secret"))
    default_storage.save("documents/x.pdf", ContentFile(b"secret"))
    assert client.get(f"/media/{path}").status_code == 404


def test_a_document_is_fetched_by_its_title_and_counted(client):
    document = a_document("Key priorities: “all” /rights\r\nX: y")
    answer = client.get(document.get_absolute_url())
    assert body(answer) == b"%PDF-1.7\n"
    assert answer["Content-Disposition"] == 'attachment; filename="key-priorities-all-rights-x-y.pdf"'
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert answer.cookies.output() == ""
    body(client.head(document.get_absolute_url()))
    body(client.get(document.get_absolute_url()))
    assert Document.objects.get().downloads == 2


def test_a_name_in_another_script_stays_in_it(client):
    answer = client.get(a_document("أولويات", language="ar").get_absolute_url())
    body(answer)
    assert answer["Content-Disposition"].endswith("%D8%A3%D9%88%D9%84%D9%88%D9%8A%D8%A7%D8%AA.pdf")


def test_counting_costs_one_update(client, django_assert_num_queries):
    document = a_document()
    with django_assert_num_queries(2):
        body(client.get(document.get_absolute_url()))


def test_what_is_not_published_or_has_no_file_is_not_found(client):
    draft, lost = a_document(published_at=None), a_document()
    default_storage.delete(lost.file_name)
    for path in (draft.get_absolute_url(), lost.get_absolute_url(), "/documents/x/", "/documents/..%2f/"):
        assert client.get(path).status_code == 404
    assert Document.objects.filter(downloads__gt=0).count() == 0
