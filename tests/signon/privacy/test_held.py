"""Everything that declares personal data is in the register, or says why not."""

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import timezone, translation
from django.utils.functional import Promise

from signon.casework import proposing
from signon.models import Attachment, HandEntry, Import, ImportRow
from signon.privacy import held, telling
from tests.factories import InvitationFactory, StatementFactory, UserFactory, accepted
from tests.one_person import ADDRESS, NAME, live

pytestmark = [pytest.mark.django_db, pytest.mark.also_sealed]
PERSONAL = {model._meta.label: model for model in apps.get_models() if hasattr(model, "PERSONAL_DATA")}


def test_every_model_with_personal_data_is_in_the_register_or_an_exception_with_its_reason():
    registered = {each.model._meta.label for each in held.REGISTER}
    assert set(PERSONAL) - registered == set(held.EXCEPTIONS)
    assert all(len(reason) > 20 for reason in held.EXCEPTIONS.values())


@pytest.mark.parametrize("each", held.REGISTER, ids=lambda each: each.model.__name__)
def test_each_column_of_personal_data_is_shown_or_withheld_and_has_a_name_in_words(each):
    told = {*each.shows, *each.withheld}
    assert set(getattr(each.model, "PERSONAL_DATA", ())) <= told
    for name in each.shows:
        field = each.model._meta.get_field(name)
        assert isinstance(field.verbose_name, Promise) or name in telling.LABELS, name


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_no_two_columns_of_a_table_are_called_the_same_in_the_file(language):
    with translation.override(language):
        titles = [str(each.title) for each in held.REGISTER]
        assert len(set(titles)) == len(titles)
        for each in held.REGISTER:
            names = [telling.label(each.model, name) for name in (*each.shows, *each.withheld)]
            assert len(set(names)) == len(names), (each.title, names)


def test_a_person_sees_what_is_held_in_every_table_that_holds_it():
    live()
    found = dict(held.of(ADDRESS))
    empty = {each.model.__name__ for each, rows in found.items() if not rows.exists()}
    assert empty == {"UserSession", "Suppression"}
    sections = telling.shown(ADDRESS)
    said = [str(fact.value) for section in sections for row in section.rows for fact in row]
    assert any(NAME in words for words in said)
    assert len(sections) == len(found) - 2


def test_what_staff_wrote_is_told_of_and_withheld():
    live()
    notes = next(section for section in telling.shown(ADDRESS) if section.title == "Notes of our staff")
    assert [NAME in str(fact.value) for fact in notes.rows[0]] == [False, False]
    assert "Ask us for it" in notes.rows[0][-1].value
    [note] = telling.as_data(ADDRESS)["held"]["Notes of our staff"]
    assert {"withheld": str(held.OF_STAFF)} in note.values()


def test_nobody_sees_another_s():
    accepted(email="a@one.example", organization_name="Mine")
    accepted(email="aa@one.example", organization_name="Theirs")
    InvitationFactory(email="a@one.example.org")
    assert [str(row) for each, rows in held.of("a@one.example") for row in rows if each.title == "Sign-ons"] == ["Mine"]
    assert not {each.model.__name__: rows.exists() for each, rows in held.of("a@one.example")}["Invitation"]


def test_a_row_of_a_list_that_waits_is_found_by_the_address_in_it():
    waiting = Import.objects.create(statement=StatementFactory(), by=UserFactory(staff=True))
    row = ImportRow.objects.create(of=waiting, number=1, raw=[["E-mail", ADDRESS]], values={"email": ADDRESS})
    ImportRow.objects.create(of=waiting, number=2, raw=[["E-mail", f"x{ADDRESS}"]], values={"email": f"x{ADDRESS}"})
    assert list(held.import_rows(ADDRESS)) == [row]


def test_a_row_of_a_list_shows_its_own_person_alone():
    statement, staff = StatementFactory(), UserFactory(staff=True)
    brought = Import.objects.create(statement=statement, by=staff)
    beside = {"email": "other@place.example", "representative_name": "Otieno Other"}
    ImportRow.objects.create(of=brought, number=1, values=beside, raw=[["Copy to", ADDRESS]], sign_on=None)
    told = str(telling.as_data(ADDRESS))
    assert "Otieno" not in told
    assert "other@place.example" not in told


def test_who_represents_after_another_sees_nothing_of_the_former():
    standing = accepted(email="former@place.example", representative_name="Fatou Former", network="ab" * 16)
    staff = UserFactory(staff=True)
    brought = Import.objects.create(statement=standing.statement, by=staff)
    values = {"email": "former@place.example", "representative_name": "Fatou Former"}
    ImportRow.objects.create(
        of=brought, number=1, values=values, raw=[["E-mail", "former@place.example"]], sign_on=standing
    )
    today = timezone.localdate()
    HandEntry.objects.create(sign_on=standing, channel="phone", said_on=today, vouched_by="Vera Voucher", by=staff)
    Attachment.objects.create(
        sign_on=standing, name="mandate of Fatou.pdf", content_type="application/pdf", size=1, by=staff
    )
    asked = proposing.propose_representative(standing, name="Nia New", title="", email=ADDRESS)
    assert proposing.confirm_representative(asked, language="en", updates=False)
    asked.refresh_from_db()
    assert proposing.accept(asked, by=staff)
    told = str(telling.as_data(ADDRESS))
    assert "Nia New" in told
    for word in ("former@place.example", "Fatou", "Vera", "ab" * 16):
        assert word not in told
