"""What the database keeps of a letter, broken on purpose, past the code that keeps it."""

import pytest
from django.utils import timezone

from signon import letter
from signon.models import LetterFile, LetterPack
from tests.factories import StatementFactory, UserFactory, accepted
from tests.signon.test_constraints import Refused, change

pytestmark = pytest.mark.django_db
DIGEST = "0" * 64


@pytest.fixture
def ordered():
    statement = StatementFactory()
    accepted(statement=statement)
    return letter.order(statement, by=UserFactory(), text=statement.text())


@pytest.fixture
def pack(ordered):
    letter.make(ordered)
    return ordered


def test_a_letter_pack_has_a_number_of_its_own(ordered):
    with Refused("a_letter_pack_has_a_number_of_its_own"):
        LetterPack.objects.create(
            statement=ordered.statement, text=ordered.text, number=ordered.number, made_by=ordered.made_by
        )


@pytest.mark.parametrize(
    "fields", [{"state": "made"}, {"digest": DIGEST}, {"state": "made", "digest": DIGEST, "as_of": None}]
)
def test_a_letter_that_is_made_has_its_digest_and_moment(ordered, fields):
    with Refused("a_letter_that_is_made_has_its_digest_and_moment"):
        change(ordered, manifest="{}", **fields)


@pytest.mark.parametrize("missing", ["delivered_to", "delivered_at", "delivered_by"])
def test_a_delivery_says_to_whom_when_and_by_whom(pack, missing):
    told = {"delivered_to": "The minister", "delivered_at": timezone.now(), "delivered_by": pack.made_by}
    with Refused("a_delivery_says_to_whom_when_and_by_whom"):
        change(pack, state="delivered", **(told | {missing: "" if missing == "delivered_to" else None}))


@pytest.mark.parametrize(
    "fields",
    [
        {"manifest": "{}"},
        {"digest": DIGEST},
        {"counts": {}},
        {"sign_ons": []},
        {"as_of": timezone.now()},
        {"letterhead": "Another network"},
        {"number": 9},
        {"seal_digest": DIGEST},
        {"with_representatives": True},
        {"with_answers": True},
    ],
    ids=lambda fields: next(iter(fields)),
)
@pytest.mark.parametrize("is_delivered", [False, True])
def test_a_made_letter_stays_as_it_is(pack, fields, is_delivered):
    if is_delivered:
        letter.deliver(pack, by=pack.made_by, to="The minister", at=timezone.now())
    with Refused("a_made_letter_stays_as_it_is"):
        change(pack, **fields)


@pytest.mark.parametrize("fields", [{"delivered_to": "Another"}, {"delivered_at": timezone.now()}, {"state": "made"}])
def test_a_delivery_stays_as_it_was_recorded(pack, fields):
    letter.deliver(pack, by=pack.made_by, to="The minister", at=timezone.now())
    with Refused("a_made_letter_stays_as_it_is"):
        change(pack, **fields)


def test_a_made_letter_is_never_deleted(pack):
    with Refused("a_letter_s_files_stay_as_they_are"):
        pack.files.all()._raw_delete("default")
    with Refused("a_made_letter_stays_as_it_is"):
        LetterPack.objects.filter(pk=pack.pk)._raw_delete("default")


@pytest.mark.parametrize("fields", [{"sha256": DIGEST}, {"size": 1}, {"place": "elsewhere"}, {"name": "other.pdf"}])
def test_a_letter_s_files_stay_as_they_are(pack, fields):
    with Refused("a_letter_s_files_stay_as_they_are"):
        change(pack.files.first(), **fields)


def test_a_made_letter_gets_no_further_file(pack):
    with Refused("a_letter_s_files_stay_as_they_are"):
        LetterFile.objects.create(pack=pack, kind="xlsx", name="x", size=1, sha256=DIGEST)


def test_a_letter_pack_has_one_file_of_a_kind(ordered):
    LetterFile.objects.create(pack=ordered, kind="pdf", name="x", size=1, sha256=DIGEST)
    with Refused("a_letter_pack_has_one_file_of_a_kind"):
        LetterFile.objects.create(pack=ordered, kind="pdf", name="x", size=1, sha256=DIGEST)


def test_what_an_erasure_took_does_not_come_back(pack):
    kept = pack.manifest
    letter.forget(pack, by=pack.made_by)
    with Refused("a_made_letter_stays_as_it_is"):
        change(pack, manifest=kept)


@pytest.mark.parametrize("missing", ["forgotten_at", "forgotten_by"])
def test_a_forgotten_letter_says_when_and_by_whom(pack, missing):
    told = {"forgotten_at": timezone.now(), "forgotten_by": pack.made_by}
    with Refused("a_forgotten_letter_says_when_and_by_whom"):
        change(pack, manifest="", **(told | {missing: None}))
    with Refused("a_forgotten_letter_says_when_and_by_whom"):
        change(pack, **told)  # while its list is there still
