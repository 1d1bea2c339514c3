"""Letter packs: what is published, what never is, and that both stay as they were."""

import csv
import hashlib
import io
import json
import unicodedata
from datetime import timedelta

import pypdfium2
import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone
from docx import Document

from campaigns.models import RevisionText, Statement
from signon import jobs, letter, sealing, tasks, verifying
from signon.invitations import replying
from signon.letters import docx, pdf, table
from signon.letters.letter import in_words
from signon.letters.letter_forms import DeliveryForm
from signon.models import Job, LetterFetch, LetterPack, OwnAnswer, SealedEntry
from tests.factories import (
    InvitationFactory,
    OwnQuestionFactory,
    SignOnFactory,
    StatementFactory,
    UserFactory,
    accepted,
)

pytestmark = pytest.mark.django_db
WITHHELD = "an organization (name withheld)"


@pytest.fixture
def statement():
    """Three that stand by name, one without, one only counted, one individual, and two that are not accepted."""
    made = StatementFactory()
    accepted(statement=made, organization_name="Third World Network", country="MY")
    accepted(statement=made, organization_name="=Alerta", country="MX", organization_type="union")
    accepted(statement=made, organization_name="Ázalea", country="", scope="international")
    accepted(statement=made, organization_name="Hidden House", country="KE", listing="country")
    accepted(statement=made, organization_name="Counted House", country="SN", listing="count")
    accepted(statement=made, individual=True, representative_name="Noor Khan", affiliation="Lahore", country="PK")
    SignOnFactory(statement=made, confirmed=True, organization_name="Waiting House")
    verifying.decline(SignOnFactory(statement=made, confirmed=True), by=UserFactory(), reason="Declined House")
    return made


def made(statement, by=None, **options):
    pack = letter.order(statement, by=by or UserFactory(), text=options.pop("text", statement.text()), **options)
    letter.make(pack)
    return pack


def content(pack, kind):
    file = pack.files.get(kind=kind)
    with letter.fetch(file, by=UserFactory()) as opened:
        found = opened.read()
    assert (hashlib.sha256(found).hexdigest(), len(found)) == (file.sha256, file.size)
    return found


def rows(pack):
    return list(csv.DictReader(io.StringIO(content(pack, "csv").decode("utf-8-sig"), newline="")))


def names(pack):
    return [row["name"] for row in json.loads(pack.manifest)["rows"]]


def test_the_digest_is_that_of_the_manifest_s_bytes_which_anybody_can_make_again(statement):
    pack = made(statement)
    again = json.dumps(json.loads(pack.manifest), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert again == pack.manifest == unicodedata.normalize("NFC", pack.manifest)
    assert hashlib.sha256(again.encode()).hexdigest() == pack.digest
    told = json.loads(pack.manifest)
    assert (told["statement"], told["letter"]) == (statement.slug, 1)
    assert told["text"] == {"language": "en", "digest": statement.text().digest}


def test_the_same_list_at_the_same_moment_has_the_same_digest(statement):
    pack = letter.order(statement, by=UserFactory(), text=statement.text())
    again = LetterPack.objects.get(pk=pack.pk)
    with time_machine.travel("2026-03-08T12:00:00Z", tick=False):
        letter.make(pack)
        letter.make(again)
    assert pack.digest == again.digest
    assert json.loads(pack.manifest)["as_of"] == "2026-03-08T12:00:00Z"
    assert made(statement).digest != pack.digest


def test_the_list_is_that_of_the_accepted_and_its_numbers_are_the_counters(statement):
    pack = made(statement)
    assert names(pack) == [
        "Ázalea",
        WITHHELD,
        "Third World Network",
        "=Alerta",
        "Noor Khan, Lahore",
    ]
    tally = statement.counters.all().tally()
    told = {name: pack.counts[name] for name in ("organizations", "countries", "individuals")}
    assert told == {"organizations": 5, "countries": 3, "individuals": 1} == vars(tally)
    assert (pack.counts["not_listed"], pack.counts["later"]) == (1, 0)
    assert pack.counts["accepted"] == {"confirmed_then_accepted_by_staff": 6}
    assert in_words(pack.counts) == "5 organizations from 3 countries and 1 individual"


def test_who_confirmed_by_an_invitation_s_link_is_told_apart_from_who_confirmed_by_a_mail(statement, client):
    invitation = InvitationFactory(statement=statement, organization_name="Invited House")
    typed = {"organization_name": "Invited House", "country": "KE", "email": invitation.email, "authorized": True}
    signed = replying.sign(invitation, language="en", digest="", network="", **typed)
    verifying.accept(signed, by=UserFactory())
    pack = made(statement)
    assert pack.counts["accepted"] == {
        "confirmed_then_accepted_by_staff": 6, "confirmed_by_invitation_then_accepted_by_staff": 1
    }  # fmt: skip
    page = client.get(pack.get_absolute_url()).content.decode()
    assert "1 · confirmed by the link of their invitation, then verified by staff" in page


@pytest.mark.parametrize("with_answers", [True, False])
def test_public_answers_stand_in_the_files_where_asked_for_and_private_ones_never(statement, with_answers):
    public = OwnQuestionFactory(statement=statement, public=True, words={"": "en", "en": "Your field?"})
    private = OwnQuestionFactory(statement=statement)
    why = OwnQuestionFactory(statement=statement, public=True, is_quote=True)
    for sign_on in statement.sign_ons.all():
        who = "SHOWN" if (sign_on.state, sign_on.listing) == ("accepted", "name") else "HIDDEN"
        OwnAnswer.objects.create(sign_on=sign_on, question=public, value=f"{who} field")
        OwnAnswer.objects.create(sign_on=sign_on, question=private, value="HIDDEN private")
        OwnAnswer.objects.create(sign_on=sign_on, question=why, value="HIDDEN quote")
    pack = made(statement, with_answers=with_answers)
    texts = {kind: readable(content(pack, kind), kind) for kind in ("pdf", "docx", "csv")}
    assert {kind: text.count("SHOWN field") for kind, text in texts.items()} == dict.fromkeys(
        texts, 4 if with_answers else 0
    )
    assert [kind for kind, text in texts.items() if "HIDDEN" in text] == []
    assert "SHOWN" not in pack.manifest


@pytest.mark.parametrize("with_representatives", [True, False])
def test_no_hidden_name_address_or_representative_leaks_into_what_is_published(statement, with_representatives):
    pack = made(statement, with_representatives=with_representatives)
    hidden = ["Hidden House", "Counted House", "Waiting House", "Declined House", "secret.example"]
    texts = {kind: readable(content(pack, kind), kind) for kind in ("pdf", "docx", "csv")}
    assert {kind: [word for word in hidden if word in text] for kind, text in texts.items()} == {
        "pdf": [],
        "docx": [],
        "csv": [],
    }
    assert [word for word in [*hidden, "Asha Rao"] if word in pack.manifest] == []
    assert {kind: "Asha Rao" in text for kind, text in texts.items()} == dict.fromkeys(texts, with_representatives)
    # Of four organizations three stand by name: nobody speaks for the one that does not.
    assert len([row for row in rows(pack) if row.get("representative")]) == (3 if with_representatives else 0)


def readable(found, kind):
    if kind == "pdf":
        with pypdfium2.PdfDocument(found) as document:
            return "".join(page.get_textpage().get_text_range() for page in document)
    if kind == "docx":
        return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(found)).paragraphs)
    return found.decode()


def test_the_csv_is_the_manifest_s_rows_safe_to_open(statement):
    pack = made(statement)
    published = [{column: value for column, value in row.items() if column != "number"} for row in rows(pack)]
    meant = json.loads(pack.manifest)["rows"]
    assert [row["name"] for row in published] == [row["name"].replace("=Alerta", "'=Alerta") for row in meant]
    assert [row["country_name"] for row in published] == [row["country_name"] for row in meant]
    assert set(published[0]) == set(meant[0])


@pytest.mark.parametrize(
    ("grouping", "expected"),
    [
        ("alphabet", ["=Alerta", "Ázalea", "Noor Khan, Lahore", "Third World Network", WITHHELD]),
        ("region", ["Ázalea", "=Alerta", WITHHELD, "Third World Network", "Noor Khan, Lahore"]),
        ("type", ["Ázalea", "Third World Network", "=Alerta", WITHHELD, "Noor Khan, Lahore"]),
    ],
)  # fmt: skip
def test_the_list_is_grouped_as_it_was_chosen(statement, grouping, expected):
    assert names(made(statement, grouping=grouping)) == expected


def test_a_list_is_in_the_order_of_its_letter_s_language():
    """Spanish puts ñ after n, where other languages take it for one."""
    statement = StatementFactory(texts={"en": "In English", "es": "En español"})
    for name in ("Ñandú", "Nube", "Nz"):
        accepted(statement=statement, organization_name=name, country="ES")
    assert names(made(statement, grouping="alphabet")) == ["Ñandú", "Nube", "Nz"]
    assert names(made(statement, grouping="alphabet", text=statement.text("es"))) == ["Nube", "Nz", "Ñandú"]


def test_names_accepted_after_a_delivery_are_marked_in_the_next_letter(statement):
    first = made(statement)
    letter.deliver(first, by=UserFactory(), to="The minister", at=timezone.now())
    accepted(statement=statement, organization_name="Latecomer", country="KE")
    second = made(statement)
    later = [row["name"] for row in json.loads(second.manifest)["rows"] if row["later"] == "later"]
    assert later == ["Latecomer"]
    assert json.loads(second.manifest)["previous"] == first.digest
    assert "Latecomer*" in readable(content(second, "pdf"), "pdf")
    assert "letter 1" in readable(content(second, "docx"), "docx")


def test_a_letter_is_frozen_with_its_text(statement):
    text = statement.text()
    assert text.frozen_at is None
    made(statement)
    text.refresh_from_db()
    assert text.frozen_at is not None


@pytest.mark.parametrize("state", ["draft", "circulating"])
def test_a_draft_is_never_frozen_by_a_letter(statement, state):
    Statement.objects.filter(pk=statement.pk).update(state=state)
    with pytest.raises(letter.CannotOrder):
        letter.order(statement, by=UserFactory(), text=statement.text())
    text = statement.text()
    text.write(title="Better words", body="Of a draft.")
    assert (text.frozen_at, LetterPack.objects.count()) == (None, 0)


def test_an_ordered_pack_is_made_by_a_worker_and_once_only(statement):
    pack = letter.order(statement, by=UserFactory(), text=statement.text())
    tasks.do_next_job()
    assert jobs.latest(Job.Kind.PACK, pack.pk).state == Job.State.DONE
    pack.refresh_from_db()
    digest, files = pack.digest, list(pack.files.values_list("sha256", flat=True))
    letter.make(pack)
    stale = LetterPack.objects.get(pk=pack.pk)
    stale.state = "ordered"
    letter.make(stale)
    pack.refresh_from_db()
    assert (pack.digest, list(pack.files.values_list("sha256", flat=True))) == (digest, files)


def test_a_worker_that_makes_a_letter_keeps_its_lease_from_step_to_step(statement, monkeypatch):
    """However slow a step is: here each one outlives the lease, and what follows it has one again."""
    pack, left = letter.order(statement, by=UserFactory(), text=statement.text()), []

    def slow(write):
        def written(*args, **options):
            left.append(Job.objects.get().lease_ends_at > timezone.now())
            Job.objects.update(lease_ends_at=timezone.now() - timedelta(1))
            return write(*args, **options)

        return written

    for step in (pdf, docx, table):
        monkeypatch.setattr(step, "write", slow(step.write))
    job = jobs.claim()
    letter.do(job)
    assert left == [True, True, True]
    jobs.finish(job)
    assert (Job.objects.get().state, LetterPack.objects.get(pk=pack.pk).state) == ("done", "made")


def test_a_worker_whose_job_is_another_s_makes_nothing(statement, monkeypatch):
    pack = letter.order(statement, by=UserFactory(), text=statement.text())
    write = table.write

    def late(*args, **options):
        jobs.cancel(Job.objects.get())
        return write(*args, **options)

    monkeypatch.setattr(table, "write", late)
    tasks.do_next_job()
    pack.refresh_from_db()
    assert (pack.state, pack.digest, pack.files.count(), Job.objects.get().state) == ("ordered", None, 0, "canceled")


def test_a_job_that_finds_its_letter_made_is_done(statement):
    """As one whose worker died between the letter and the end."""
    pack = letter.order(statement, by=UserFactory(), text=statement.text())
    jobs.claim()
    letter.make(pack)
    Job.objects.update(lease_ends_at=timezone.now() - timedelta(1))
    tasks.do_next_job()
    assert Job.objects.get().state == "done"


def test_what_a_dead_worker_left_is_written_over(statement):
    pack = letter.order(statement, by=UserFactory(), text=statement.text())
    storages["private"].save(f"letters/{pack.pk}/letter.pdf", ContentFile(b"half a letter"))
    letter.make(pack)
    assert pack.files.get(kind="pdf").place == f"letters/{pack.pk}/letter.pdf"
    assert content(pack, "pdf").startswith(b"%PDF")


def test_what_was_done_just_before_is_under_the_seal_that_the_letter_carries(statement):
    sealing.seal()
    sign_on = accepted(statement=statement, organization_name="Just Now")
    pack = made(statement)
    sealed = SealedEntry.objects.filter(entry__sign_on=sign_on)
    assert set(sealed.values_list("seal__digest", flat=True)) == {pack.seal_digest}
    assert sealed.count() == sign_on.ledger.count() > 0
    assert json.loads(pack.manifest)["seal"] == pack.seal_digest


def test_letters_of_a_statement_are_numbered_one_after_the_other(statement):
    other = made(StatementFactory())
    assert [made(statement).number, made(statement).number, other.number] == [1, 2, 1]


def test_a_letter_is_delivered_once(statement):
    pack, by = made(statement), UserFactory()
    letter.deliver(pack, by=by, to="The minister", at=timezone.now(), how="By hand")
    assert (pack.state, pack.delivered_to, pack.delivered_by, pack.delivered_how) == (
        "delivered", "The minister", by, "By hand",
    )  # fmt: skip
    with pytest.raises(letter.CannotDeliver):
        letter.deliver(pack, by=by, to="Another", at=timezone.now())


def test_what_is_not_made_cannot_be_delivered(statement):
    pack = letter.order(statement, by=UserFactory(), text=statement.text())
    with pytest.raises(letter.CannotDeliver):
        letter.deliver(pack, by=UserFactory(), to="The minister", at=timezone.now())


def test_fetching_a_file_is_recorded(statement):
    pack, by = made(statement), UserFactory()
    letter.fetch(pack.files.get(kind="csv"), by=by).close()
    assert [(each.file.kind, each.by) for each in LetterFetch.objects.all()] == [("csv", by)]


def test_after_an_erasure_names_and_files_are_gone_and_the_digests_stay(statement, django_capture_on_commit_callbacks):
    pack, by = made(statement), UserFactory()
    sign_on = statement.sign_ons.get(listed_name="Noor Khan, Lahore")
    assert list(LetterPack.objects.holding(sign_on)) == [pack]
    digests = list(pack.files.values_list("sha256", flat=True))
    places = list(pack.files.values_list("place", flat=True))
    with django_capture_on_commit_callbacks(execute=True):
        assert letter.forget(pack, by=by)
    pack.refresh_from_db()
    assert (pack.forgotten_by, pack.forgotten_at is None) == (by, False)
    assert not letter.forget(pack, by=UserFactory())
    assert LetterPack.objects.get().forgotten_by == by
    assert (pack.manifest, pack.is_forgotten, pack.counts["individuals"]) == ("", True, 1)
    assert list(pack.files.values_list("sha256", flat=True)) == digests
    assert [place for place in places if storages["private"].exists(place)] == []
    with pytest.raises(FileNotFoundError):
        letter.fetch(pack.files.first(), by=UserFactory())


def test_an_erasure_looks_at_a_letter_that_is_being_made_too(statement):
    sign_on = statement.sign_ons.get(listed_name="Noor Khan, Lahore")
    pack = letter.order(statement, by=UserFactory(), text=statement.text())
    other = StatementFactory()
    letter.order(other, by=UserFactory(), text=other.text())
    assert list(LetterPack.objects.holding(sign_on)) == [pack]
    assert not letter.forget(pack, by=UserFactory())
    letter.make(LetterPack.objects.get(pk=pack.pk))
    assert list(LetterPack.objects.holding(sign_on)) == [pack]


def test_a_letter_without_signatories_is_a_letter_all_the_same():
    pack = made(StatementFactory())
    assert "No signatories yet." in readable(content(pack, "docx"), "docx")
    assert readable(content(pack, "pdf"), "pdf")


def test_a_language_in_which_the_site_has_no_words_gets_english_ones_and_countries_in_its_own():
    statement = StatementFactory(texts={"en": "English"})
    accepted(statement=statement, country="DE")
    text = RevisionText(revision=statement.revision, language="de")
    text.write(title="Brot und Rosen", body="Für alle.")
    pack = made(statement, text=text)
    assert json.loads(pack.manifest)["rows"][0]["country_name"] == "Deutschland"
    assert "1 organization from 1 country" in readable(content(pack, "pdf"), "pdf")


def test_numbers_are_told_in_words():
    counts = {"organizations": 1318, "countries": 84, "individuals": 0}
    assert in_words(counts) == "1,318 organizations from 84 countries"
    assert in_words(counts | {"organizations": 1, "countries": 1}) == "1 organization from 1 country"
    assert in_words(counts | {"organizations": 0, "countries": 0, "individuals": 2}) == "2 individuals"
    assert in_words(counts | {"countries": 0}) == "1,318 organizations"


def test_a_moment_before_the_letter_s_is_no_delivery(statement):
    pack = made(statement)
    late, early = timezone.now() + timedelta(hours=1), timezone.now() - timedelta(hours=1)
    for moment in (late, early):
        form = DeliveryForm({"to": "The minister", "at": moment.strftime("%Y-%m-%dT%H:%M")}, pack=pack)
        assert list(form.errors) == ["at"]
