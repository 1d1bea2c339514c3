"""The pages of letters: whoever got one checks it; staff make it, hand it over, and fetch its files."""

import hashlib
import json

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Statement
from signon import jobs, letter, tasks
from signon.models import Job, LetterFetch, LetterPack
from signon.people import roles
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement():
    made = StatementFactory(texts={"en": "Bread & Roses", "ar": "خبز"})
    accepted(statement=made, organization_name="Third World Network", country="MY")
    accepted(statement=made, organization_name="Hidden House", country="KE", listing="country")
    return made


@pytest.fixture
def pack(statement):
    made = letter.order(statement, by=UserFactory(), text=statement.text())
    letter.make(made)
    return made


def signed_in(client, *permissions):
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=[*permissions, "reach_all_campaigns"]))
    client.force_login(user)
    return user


def chosen(statement, **changed):
    return {
        "text": statement.text().pk,
        "grouping": "country",
        "layout": "columns",
        "letterhead": "Women in Migration Network",
        **changed,
    }


# For whoever got a letter


def test_the_page_says_which_statement_which_text_how_many_and_as_of_when(client, pack):
    answer = client.get(pack.get_absolute_url())
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in [
        "Bread &amp; Roses",
        pack.text.digest,
        "2 organizations from 2 countries",
        f'datetime="{pack.as_of:%Y-%m-%dT%H:%M}',
        "2 · confirmed by e-mail, then verified by staff",
        "No delivery is recorded",
        *pack.files.values_list("sha256", flat=True),
        pack.digest,
    ]:
        assert words in page
    assert "Hidden House" not in page


def test_the_page_is_the_same_for_everybody(client, pack):
    answer = client.get(pack.get_absolute_url())
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    client.force_login(UserFactory(staff=True))
    assert client.get(pack.get_absolute_url()).content == answer.content


def test_the_page_speaks_the_reader_s_language(client, pack):
    page = client.get(f"/ar/verify/{pack.digest}/").content.decode()
    assert '<html lang="ar"' in page


def test_a_delivered_letter_says_to_whom_here_and_on_the_statement_s_page(client, pack):
    letter.deliver(
        pack, by=UserFactory(name="Secret colleague"), to="The minister", at=timezone.now(), how="Secret way"
    )
    for page in (client.get(pack.get_absolute_url()), client.get(pack.statement.get_absolute_url())):
        assert "The minister" in page.content.decode()
        assert "No delivery is recorded" not in page.content.decode()
        assert "Secret" not in page.content.decode()
    assert pack.get_absolute_url() in client.get(pack.statement.get_absolute_url()).content.decode()


def test_a_letter_that_was_not_delivered_is_not_on_the_statement_s_page(client, pack):
    assert pack.digest not in client.get(pack.statement.get_absolute_url()).content.decode()


def test_the_manifest_is_handed_out_byte_for_byte(client, pack):
    answer = client.get(f"{pack.get_absolute_url()}manifest.json")
    assert answer["Content-Type"].startswith("application/json")
    assert hashlib.sha256(answer.content).hexdigest() == pack.digest
    assert [row["name"] for row in json.loads(answer.content)["rows"]] == [
        "an organization (name withheld)",
        "Third World Network",
    ]


def test_the_files_digests_are_there_for_sha256sum(client, pack):
    lines = client.get(f"{pack.get_absolute_url()}SHA256SUMS").content.decode().splitlines()
    assert lines == [f"{file.sha256}  {file.name}" for file in pack.files.all()]


@pytest.mark.parametrize("digest", ["0" * 64, "nonsense", "None"])
def test_an_unknown_digest_is_answered_with_help(client, pack, digest):
    answer = client.get(f"/verify/{digest}/")
    assert answer.status_code == 404
    assert "No letter has this digest" in answer.content.decode()
    assert client.get(f"/verify/{digest}/manifest.json").status_code == 404
    assert client.get(f"/verify/{digest}/SHA256SUMS").status_code == 404


def test_a_digest_that_is_typed_with_spaces_and_capitals_is_found(client, pack):
    typed = " ".join([pack.digest[:32].upper(), pack.digest[32:]])
    for given in (typed, f"http://testserver{pack.get_absolute_url()}"):
        assert client.get("/verify/", {"digest": given}).url == pack.get_absolute_url()
    assert client.get("/verify/", {"digest": "../desk/"}, follow=True).status_code == 404
    assert client.get("/verify/").status_code == 200


def test_after_an_erasure_the_page_says_so_and_keeps_the_digests(client, pack):
    letter.forget(pack, by=UserFactory())
    page = client.get(pack.get_absolute_url()).content.decode()
    assert "asked for their data to be erased" in page
    assert "data-manifest" not in page
    assert "2 organizations from 2 countries" in page
    assert all(digest in page for digest in pack.files.values_list("sha256", flat=True))
    assert client.get(f"{pack.get_absolute_url()}manifest.json").status_code == 404


def test_of_a_withdrawn_statement_no_name_is_shown(client, pack):
    Statement.objects.filter(pk=pack.statement_id).update(state="withdrawn")
    page = client.get(pack.get_absolute_url()).content.decode()
    assert "This statement is withdrawn" in page
    assert "data-manifest" not in page
    assert client.get(f"{pack.get_absolute_url()}manifest.json").status_code == 404


@pytest.mark.parametrize("state", ["draft", "circulating"])
def test_a_statement_that_is_not_published_is_in_no_page_that_checks_a_letter(client, pack, state):
    Statement.objects.filter(pk=pack.statement_id).update(state=state)
    for path in ("", "manifest.json", "SHA256SUMS"):
        answer = client.get(pack.get_absolute_url() + path)
        assert answer.status_code == 404
        assert "Bread" not in answer.content.decode()


# For staff


@pytest.mark.parametrize("state", ["draft", "circulating", "withdrawn"])
def test_of_a_statement_that_is_not_published_no_letter_is_offered_or_made(client, statement, state):
    signed_in(client, "export_signon")
    Statement.objects.filter(pk=statement.pk).update(state=state)
    path = f"/desk/statements/{statement.slug}/letters/"
    for answer, status in ((client.get(path), 200), (client.post(path, chosen(statement)), 422)):
        assert answer.status_code == status
        assert "This statement is not published, so no letter can be made of it" in answer.content.decode()
        assert "Make the letter pack" not in answer.content.decode()
    assert not LetterPack.objects.exists()


def test_staff_order_a_letter_and_find_it_made(client, statement):
    user = signed_in(client, "export_signon")
    answer = client.post(f"/desk/statements/{statement.slug}/letters/", chosen(statement, grouping="type"))
    pack = LetterPack.objects.get()
    assert answer.url == f"/desk/letters/{pack.pk}/"
    assert (pack.grouping, pack.made_by, pack.with_representatives) == ("type", user, False)
    assert "data-refresh" in client.get(answer.url).content.decode()
    tasks.do_next_job()
    page = client.get(answer.url).content.decode()
    assert "2 organizations from 2 countries" in page
    assert f"/desk/letters/{pack.pk}/pdf/" in page
    assert "Record the delivery" not in page  # that needs another permission


def test_a_wrong_choice_is_said_and_nothing_is_made(client, statement):
    signed_in(client, "export_signon")
    answer = client.post(f"/desk/statements/{statement.slug}/letters/", chosen(statement, text=10**6, grouping="color"))
    assert answer.status_code == 422
    assert not LetterPack.objects.exists()


def test_the_next_letter_begins_as_the_last_one_was(client, statement):
    signed_in(client, "export_signon")
    client.post(f"/desk/statements/{statement.slug}/letters/", chosen(statement, letterhead="A network\nA street"))
    assert "A network\nA street" in client.get(f"/desk/statements/{statement.slug}/letters/").content.decode()


def test_representatives_need_the_right_to_export_contacts(client, statement):
    signed_in(client, "export_signon")
    path = f"/desk/statements/{statement.slug}/letters/"
    assert "with_representatives" not in client.get(path).content.decode()
    client.post(path, chosen(statement, with_representatives="on"))
    assert not LetterPack.objects.get().with_representatives

    made = letter.order(statement, by=UserFactory(), text=statement.text(), with_representatives=True)
    letter.make(made)
    assert client.get(f"/desk/letters/{made.pk}/pdf/").status_code == 403
    assert f"/desk/letters/{made.pk}/pdf/" not in client.get(f"/desk/letters/{made.pk}/").content.decode()
    signed_in(client, "export_signon", "export_contacts")
    answer = client.get(f"/desk/letters/{made.pk}/pdf/")
    assert answer.status_code == 200
    answer.close()


@pytest.mark.parametrize("kind", ["pdf", "docx", "csv"])
def test_a_file_is_fetched_as_it_was_made_and_who_did_is_recorded(client, pack, kind):
    user = signed_in(client, "export_signon")
    answer = client.get(f"/desk/letters/{pack.pk}/{kind}/")
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == pack.files.get(kind=kind).sha256
    assert "no-store" in answer["Cache-Control"]
    assert f'filename="{pack.statement.slug}-1.{kind}"' in answer["Content-Disposition"]
    assert [(each.file.kind, each.by) for each in LetterFetch.objects.all()] == [(kind, user)]
    assert user.name in client.get(f"/desk/letters/{pack.pk}/").content.decode()


def test_no_address_leads_to_a_file_that_is_forgotten_or_never_was(client, pack):
    signed_in(client, "export_signon")
    letter.forget(pack, by=UserFactory())
    assert client.get(f"/desk/letters/{pack.pk}/pdf/").status_code == 404
    assert client.get(f"/desk/letters/{pack.pk}/xlsx/").status_code == 404


def test_for_an_erasure_the_list_and_the_files_are_removed_at_the_desk_on_record(client, pack):
    page = f"/desk/letters/{pack.pk}/"
    signed_in(client, "export_signon")
    assert "Remove the list and the files" not in client.get(page).content.decode()
    assert client.post(f"{page}forget/").status_code == 403
    user = signed_in(client, "export_signon", "deliver_letterpack")
    assert "Remove the list and the files" in client.get(page).content.decode()
    assert client.get(f"{page}forget/").status_code == 405
    answer = client.post(f"{page}forget/", follow=True)
    told = answer.content.decode()
    assert "The list and the files are removed. The digests stay." in told
    assert f"Removed by {user.name}" in told
    assert pack.digest in told
    assert "Remove the list and the files" not in told
    assert client.get(f"{page}csv/").status_code == 404
    assert client.get(f"{pack.get_absolute_url()}manifest.json").status_code == 404
    assert "Nothing was removed" in client.post(f"{page}forget/", follow=True).content.decode()


def test_a_delivery_is_recorded_in_the_statement_s_time(client, pack):
    user = signed_in(client, "export_signon", "deliver_letterpack")
    zone = pack.statement.time_zone
    now = timezone.localtime(timezone.now(), zone)
    given = {"to": "The minister", "at": now.strftime("%Y-%m-%dT%H:%M"), "how": "By hand"}
    answer = client.post(f"/desk/letters/{pack.pk}/deliver/", given)
    assert answer.url == f"/desk/letters/{pack.pk}/"
    pack.refresh_from_db()
    assert (pack.state, pack.delivered_by) == ("delivered", user)
    assert pack.delivered_at == now.replace(second=0, microsecond=0)
    client.post(f"/desk/letters/{pack.pk}/deliver/", given | {"to": "Another"})
    pack.refresh_from_db()
    assert pack.delivered_to == "The minister"


def test_who_is_in_no_list_yet_is_told_before_the_list_is_final(client, statement, pack):
    signed_in(client, "export_signon", "deliver_letterpack")
    pages = [reverse("desk-statement-letters", args=[statement.slug]), reverse("desk-letter", args=[pack.pk])]
    for page in pages:
        assert "still wait" not in client.get(page).content.decode()
    SignOnFactory.create_batch(2, statement=statement, confirmed=True)
    SignOnFactory(statement=statement)
    for page in pages:
        told = " ".join(client.get(page).content.decode().split())
        assert "2 sign-ons still wait at the desk." in told
        assert "1 was signed and is not confirmed yet." in told
        assert f'href="/desk/sign-ons/?statement={statement.pk}"' in told
        assert ("then make a new letter" in told) == (page == pages[1])
        assert ("and they stand in the letter" in told) == (page == pages[0])


def test_a_receipt_is_added_to_a_delivery_afterwards(client, pack):
    signed_in(client, "export_signon", "deliver_letterpack")
    receipt = {"file": SimpleUploadedFile("receipt.txt", b"Received with thanks.")}
    path = f"/desk/letters/{pack.pk}/prove/"
    client.post(path, receipt)
    assert not pack.attachments.exists()
    now = timezone.localtime(timezone.now(), pack.statement.time_zone)
    given = {"to": "The minister", "at": now.strftime("%Y-%m-%dT%H:%M")}
    late = given | {"at": "2999-01-01T10:00", "file": SimpleUploadedFile("a.txt", b"Received.")}
    page = client.post(f"/desk/letters/{pack.pk}/deliver/", late).content.decode()
    assert "Choose the file again" in page
    client.post(f"/desk/letters/{pack.pk}/deliver/", given)
    assert client.post(path, {}).status_code == 422
    client.post(path, {"file": SimpleUploadedFile("receipt.txt", b"Received with thanks.")})
    assert pack.attachments.get().name == "receipt.txt"
    assert "receipt.txt" in client.get(f"/desk/letters/{pack.pk}/").content.decode()


def test_a_delivery_without_an_addressee_is_asked_for_again_and_keeps_what_was_typed(client, pack):
    signed_in(client, "export_signon", "deliver_letterpack")
    answer = client.post(f"/desk/letters/{pack.pk}/deliver/", {"to": "", "at": "", "how": "By hand"})
    assert answer.status_code == 422
    assert "By hand" in answer.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_desk_s_pages_are_for_staff_with_the_right(client, pack, method):
    paths = [f"/desk/statements/{pack.statement.slug}/letters/", f"/desk/letters/{pack.pk}/"]
    paths += [f"/desk/letters/{pack.pk}/pdf/", f"/desk/letters/{pack.pk}/deliver/"]
    paths += [f"/desk/letters/{pack.pk}/again/", f"/desk/letters/{pack.pk}/forget/", f"/desk/letters/{pack.pk}/prove/"]
    for path in paths:
        assert getattr(client, method)(path).status_code in (302, 405)
    signed_in(client, "view_signon")
    for path in paths:
        assert getattr(client, method)(path, follow=True).status_code in (403, 405)
    assert not LetterFetch.objects.exists()


def test_campaign_managers_and_administrators_record_deliveries_and_exporters_do_not():
    may = {role: "signon.deliver_letterpack" in rights for role, rights in roles.ROLES.items()}
    assert [role for role, allowed in may.items() if allowed] == ["campaign_manager", "administrator"]


def test_a_letter_that_could_not_be_made_says_so_and_is_tried_again(client, statement):
    user = signed_in(client, "export_signon")
    pack = letter.order(statement, by=UserFactory(), text=statement.text())
    path, again = f"/desk/letters/{pack.pk}/", f"/desk/letters/{pack.pk}/again/"
    assert "Try again" not in client.get(path).content.decode()
    client.post(again)
    assert Job.objects.count() == 1  # it is under way

    jobs.fail(jobs.claim(), "Something went wrong on our side.")
    page = client.get(path).content.decode()
    assert "Something went wrong on our side." in page
    assert again in page
    for told in (page, client.get(f"/desk/statements/{statement.slug}/letters/").content.decode()):
        assert "Could not be made" in told
        assert "Being made" not in told
    assert client.post(again).url == path
    assert jobs.latest(Job.Kind.PACK, pack.pk).by == user
    tasks.do_next_job()
    assert "2 organizations from 2 countries" in client.get(path).content.decode()
    client.post(again)
    assert Job.objects.count() == 2  # nothing is left to try


def test_the_digits_at_a_pages_foot_and_a_files_own_digest_lead_to_the_letter(client, pack):
    file = pack.files.get(kind="pdf")
    for typed in (pack.digest[:16], file.sha256, f"Letter 1 · {pack.digest[:16]}"):
        answer = client.get("/verify/", {"digest": typed}, follow=True)
        assert answer.redirect_chain[-1][0] == f"/verify/{pack.digest}/"
    assert client.get("/verify/" + pack.digest[:15] + "/").status_code == 404
