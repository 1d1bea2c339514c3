"""What is not a piece's words is saved together, or not at all."""

import pytest

from campaigns import documents, marks, publishing
from campaigns.models import Document, Post
from signon.site import piece_particulars
from tests.campaigns.pieces import a_document, a_post
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
FIELDS = ["author", "slug"]


def test_an_older_page_undoes_nobody_s_change():
    post, by = a_post(author="Asha"), UserFactory()
    seen = marks.mark_of(post, FIELDS)
    piece_particulars.change(post, by=by, seen=seen, author="Omar", slug="marched")
    with pytest.raises(marks.ChangedMeanwhile) as refused:
        piece_particulars.change(post, by=by, seen=seen, author="Ana", slug=post.slug)
    assert refused.value.names == FIELDS
    assert Post.objects.values_list(*FIELDS).get() == ("Omar", "marched")


def test_under_a_short_name_that_is_taken_nothing_is_saved():
    post, other = a_post(author="Asha"), a_post()
    with pytest.raises(publishing.Taken):
        piece_particulars.change(post, by=UserFactory(), seen="", author="Omar", slug=other.slug)
    assert Post.objects.get(pk=post.pk).author == "Asha"


def test_an_older_page_of_a_document_undoes_nobody_s_change():
    document = a_document(title="Report")
    seen = marks.mark_of(document, ["title"])
    documents.change(document, seen=seen, title="Our report")
    with pytest.raises(marks.ChangedMeanwhile):
        documents.change(document, seen=seen, title="A report")
    assert Document.objects.get().title == "Our report"
