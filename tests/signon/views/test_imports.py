"""An import at the desk: a file, its columns, its rows, the import, and taking it back."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from signon import tasks
from signon.models import Import, ImportMapping, Job, Organization, SignOn
from tests.factories import StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db(transaction=True)

LIST = """Organization,Country,E-mail
Third World Network (TWN),Malaysia,twn@twn.example
Focus on the Global South,Thailand,focus@focus.example
Tebtebba,Korea,teb@tebtebba.example
Fundación Ifarma,Colomba,
Third World Network,Malaysia,
Standing Organization,Kenya,
"""


@pytest.fixture
def statement():
    made = StatementFactory()
    accepted(statement=made, organization_name="Standing Organization", country="KE")
    return made


@pytest.fixture
def desk(client):
    user = UserFactory(is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=["import_signon", "reach_all_campaigns"]))
    client.force_login(user)
    client.user = user
    return client


def upload(desk, statement, content=LIST, name="list.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    url = reverse("desk-import-begin", args=[statement.slug])
    return desk.post(url, {"file": SimpleUploadedFile(name, data)})


def tell(desk, chosen, consent="published", **columns):
    url = reverse("desk-import-columns", args=[chosen.pk])
    form = desk.get(url).context["form"]
    data = {name: form[name].initial or "" for name in form.fields}
    return desk.post(url, data | {"source": "A newspaper, 1 May 2020", "consent": consent} | columns)


def looked_at(desk, statement, content=LIST, **told):
    upload(desk, statement, content)
    chosen = Import.objects.latest("pk")
    assert tell(desk, chosen, **told).status_code == 302
    tasks.do_next_job()
    return Import.objects.get(pk=chosen.pk)


def statuses(chosen):
    return dict(chosen.rows.values_list("number", "status"))


def test_a_list_comes_in_by_four_steps_and_goes_as_a_whole(desk, statement):
    answer = upload(desk, statement)
    chosen = Import.objects.get()
    assert answer.url == reverse("desk-import-columns", args=[chosen.pk])
    page = desk.get(answer.url).text
    assert "Third World Network (TWN)" in page
    assert (SignOn.objects.count(), chosen.by) == (1, desk.user)

    answer = tell(desk, chosen)
    assert answer.url == reverse("desk-import-rows", args=[chosen.pk])
    assert "Waits for its turn" in desk.get(answer.url).text
    tasks.do_next_job()
    assert statuses(chosen) == {1: "new", 2: "new", 3: "problem", 4: "new", 5: "duplicate", 6: "same"}
    page = desk.get(answer.url).text
    assert "We read “Colomba” as Colombia (a spelling)." in page
    assert "“Korea” could be South Korea or North Korea." in page
    assert "Stands on the statement already." in page

    apply = reverse("desk-import-apply", args=[chosen.pk])
    assert "Import 3 sign-ons" in desk.get(apply).text
    desk.post(apply, {"taken": "3"})
    tasks.do_next_job()
    assert SignOn.objects.public().count() == 4
    chosen.refresh_from_db()
    assert (chosen.state, bool(chosen.file)) == ("applied", False)
    assert set(SignOn.objects.filter(source="import").values_list("source_note", flat=True)) == {
        "A newspaper, 1 May 2020"
    }
    result = reverse("desk-import", args=[chosen.pk])
    assert "<b>3</b> sign-ons came with it" in desk.get(result).text

    desk.post(reverse("desk-import-end", args=[chosen.pk, "undo"]))
    tasks.do_next_job()
    assert SignOn.objects.public().count() == 1
    assert Organization.objects.count() == 1
    assert "Nothing: all its sign-ons are withdrawn" in desk.get(result).text
    desk.post(reverse("desk-import-end", args=[chosen.pk, "undo"]))
    assert Job.objects.filter(kind=Job.Kind.UNDO_IMPORT).count() == 1


def test_the_question_of_consent_has_no_default_and_wants_an_answer(desk, statement):
    upload(desk, statement)
    url = reverse("desk-import-columns", args=[Import.objects.get().pk])
    assert "checked" not in desk.get(url).text
    form = desk.get(url).context["form"]
    answer = desk.post(url, {name: form[name].initial or "" for name in form.fields} | {"source": "kept words"})
    assert answer.status_code == 422
    assert "Say how those on the list have agreed to be listed." in answer.text
    assert "kept words" in answer.text
    assert Import.objects.get().state == "uploaded"


def test_what_the_columns_hold_is_offered_again(desk, statement):
    odd = "Wer,Wo,Was\nThird World Network,Malaysia,Third World Network\n"
    upload(desk, statement, odd)
    tell(desk, Import.objects.get(), **{"column-0": "", "column-1": "country", "column-2": "organization_name"})
    assert ImportMapping.objects.get().mapping == {"Wer": "", "Wo": "country", "Was": "organization_name"}
    upload(desk, statement, odd)
    form = desk.get(reverse("desk-import-columns", args=[Import.objects.latest("pk").pk])).context["form"]
    assert [form[f"column-{at}"].initial for at in range(3)] == ["", "country", "organization_name"]


def test_two_columns_for_one_thing_are_asked(desk, statement):
    upload(desk, statement)
    answer = tell(desk, Import.objects.get(), **{"column-1": "organization_name"})
    assert answer.status_code == 422
    assert "Two columns are chosen as “Organization’s name”." in answer.text


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("list.csv", b"%PDF-1.7\n...", "This is a PDF."),
        ("list.xlsx", b"\xd0\xcf\x11\xe0 old", "old Excel workbook"),
        ("list.csv", b"", "There is nothing in it."),
        ("list.csv", b'"' * 100_000, "quotation mark may be missing"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence_and_leaves_nothing(desk, statement, name, content, words):
    answer = upload(desk, statement, content, name)
    assert (answer.status_code, Import.objects.count()) == (422, 0)
    assert words in answer.text


def test_neither_file_nor_text_is_asked(desk, statement):
    answer = desk.post(reverse("desk-import-begin", args=[statement.slug]), {"text": "  "})
    assert (answer.status_code, Import.objects.count()) == (422, 0)


def test_a_pasted_list_of_names_comes_in(desk, statement):
    text = "Regional\nAsia Pacific Forum\nNational\n23. Access to Medicines Ireland\nACTS101 Uganda\n"
    desk.post(reverse("desk-import-begin", args=[statement.slug]), {"text": text})
    chosen = Import.objects.get()
    tell(desk, chosen)
    tasks.do_next_job()
    read = [(row.status, row.name, row.values["country"], row.values["scope"]) for row in chosen.rows.all()]
    assert read == [
        ("problem", "Regional", "", "international"),
        ("new", "Asia Pacific Forum", "", "regional"),
        ("problem", "National", "", "international"),
        ("new", "Access to Medicines Ireland", "IE", "national"),
        ("new", "ACTS101 Uganda", "UG", "national"),
    ]


def test_an_ambiguous_country_is_chosen_in_place(desk, statement):
    chosen = looked_at(desk, statement)
    url = reverse("desk-import-row", args=[chosen.pk, 3])
    answer = desk.post(url, {"name": "Tebtebba", "scope": "international", "pick": "KR", "query": "status=problem"})
    assert answer.url == f"{reverse('desk-import-rows', args=[chosen.pk])}?status=problem#row-3"
    row = chosen.rows.get(number=3)
    assert (row.status, row.values["country"], row.takes, row.by_hand) == ("new", "KR", True, True)


def test_a_row_that_is_mended_wrongly_keeps_what_was_typed(desk, statement):
    chosen = looked_at(desk, statement)
    answer = desk.post(reverse("desk-import-row", args=[chosen.pk, 3]), {"name": "Tebtebba!", "country": "Congo"})
    assert answer.status_code == 422
    assert "“Congo” could be" in answer.text
    assert "Tebtebba!" in answer.text
    assert chosen.rows.get(number=3).status == "problem"


def test_a_row_is_left_out_and_a_likely_double_taken_as_another_organization(desk, statement):
    chosen = looked_at(desk, statement)
    desk.post(reverse("desk-import-act", args=[chosen.pk, 2, "skip"]))
    desk.post(reverse("desk-import-act", args=[chosen.pk, 5, "take"]))
    assert set(chosen.rows.filter(takes=True).values_list("number", flat=True)) == {1, 4, 5}
    desk.post(reverse("desk-import-apply", args=[chosen.pk]), {"taken": "3"})
    tasks.do_next_job()
    assert Organization.objects.filter(search_key="third world network", country="MY").count() == 2
    assert SignOn.objects.filter(source="import").count() == 3


def test_two_names_in_one_cell_are_asked_and_taken_apart(desk, statement):
    chosen = looked_at(desk, statement, 'Organization,Country\n"Third World Network\nSouth Centre Group",Kenya\n')
    row = chosen.rows.get()
    assert (row.status, row.takes) == ("problem", False)
    desk.post(reverse("desk-import-act", args=[chosen.pk, 1, "apart"]))
    assert [(row.number, row.name, row.status) for row in chosen.rows.all()] == [
        (1, "Third World Network", "new"),
        (2, "South Centre Group", "new"),
    ]


def test_a_number_that_changed_since_it_was_looked_at_imports_nothing(desk, statement):
    chosen = looked_at(desk, statement)
    desk.post(reverse("desk-import-apply", args=[chosen.pk]), {"taken": "4"})
    assert not tasks.jobs.latest("import", chosen.pk)


def test_an_import_that_is_given_up_leaves_no_row_and_no_file(desk, statement):
    chosen = looked_at(desk, statement)
    name, storage = chosen.file.name, chosen.file.storage
    assert storage.exists(name)
    desk.post(reverse("desk-import-end", args=[chosen.pk, "discard"]))
    assert (chosen.rows.count(), storage.exists(name)) == (0, False)


def test_a_file_that_is_gone_or_a_column_that_is_gone_fails_the_job_in_words(desk, statement):
    upload(desk, statement)
    chosen = Import.objects.get()
    tell(desk, chosen)
    chosen.file.storage.delete(chosen.file.name)
    tasks.do_next_job()
    assert "The file is not kept any more." in desk.get(reverse("desk-import-rows", args=[chosen.pk])).text


def test_only_who_may_import_opens_these_pages(client, statement):
    client.force_login(UserFactory(is_staff=True))
    assert client.get(reverse("desk-import-begin", args=[statement.slug])).status_code == 403


def test_nobody_is_asked_who_could_not_confirm(desk):
    statement = StatementFactory(opens_at=None, closes_at=timezone.now() - timedelta(days=9))
    upload(desk, statement)
    answer = tell(desk, Import.objects.get(), consent="ask")
    assert answer.status_code == 422
    assert "nobody who is asked could confirm" in answer.text


def test_what_lists_held_goes_after_thirty_days_and_numbers_stay(desk, statement):
    left, done = looked_at(desk, statement), looked_at(desk, statement)
    desk.post(reverse("desk-import-apply", args=[done.pk]), {"taken": "3"})
    tasks.do_next_job()
    with time_machine.travel(timezone.now() + timedelta(days=29)):
        assert tasks.forget_imports() == 0
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert tasks.forget_imports() == 2
        assert tasks.forget_imports() == 0
    assert (Import.objects.get(pk=left.pk).state, left.rows.count()) == ("discarded", 0)
    assert {str((row.raw, row.values, row.notes, row.problems, row.reasons)) for row in done.rows.all()} == {
        "([], {}, [], [], [])"
    }
    assert done.rows.filter(status="new").count() == 3
    assert desk.get(reverse("desk-import", args=[done.pk])).status_code == 200
    desk.post(reverse("desk-import-end", args=[done.pk, "undo"]))
    tasks.do_next_job()
    assert SignOn.objects.public().count() == 1


def test_letters_may_be_read_in_another_encoding(desk, statement):
    upload(desk, statement, "name;country\nŁódź Women;Poland\n".encode("cp1250"))
    chosen = Import.objects.get()
    url = reverse("desk-import-columns", args=[chosen.pk])
    desk.post(url, {"reread": "1", "encoding": "cp1252"})
    assert "£ódŸ Women" in desk.get(url).text
    desk.post(url, {"reread": "1", "encoding": "cp1250"})
    assert "Łódź Women" in desk.get(url).text
