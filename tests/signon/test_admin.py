import csv
import io

import pytest
from django.contrib import admin
from django.urls import reverse

from signon.people import roles
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db

LIST = "/admin/signon/signon/"


@pytest.fixture
def staff(client):
    def logged_in(role):
        user = UserFactory()
        roles.give(user, role)
        client.force_login(user)
        return user

    return logged_in


def test_contacts_are_exported_only_where_somebody_ticks_them(client, staff):
    staff("exporter")
    accepted()
    form = client.get(f"{LIST}export/").context["form"]
    unticked = {name.partition("_")[2] for name, field in form.fields.items() if field.initial is False}
    assert unticked == {"representative_name", "representative_title", "email", "language", "consent_updates"}


def test_nobody_sets_a_state_by_hand(client, staff):
    staff("administrator")
    sign_on = SignOnFactory(confirmed=True)
    page = client.get(f"{LIST}{sign_on.pk}/change/").content.decode()
    assert 'name="state"' not in page
    client.post(f"{LIST}{sign_on.pk}/change/", {"state": "accepted"})
    sign_on.refresh_from_db()
    assert sign_on.state == "confirmed"
    assert client.get(f"{LIST}add/").status_code == 403


@pytest.mark.parametrize(("role", "status"), [("exporter", 200), ("verifier", 403), ("editor", 403)])
def test_only_exporters_export(client, staff, role, status):
    staff(role)
    accepted()
    assert client.get(f"{LIST}export/").status_code == status


def test_an_export_with_a_filter_that_there_is_not_leads_back_to_the_list(client, staff):
    staff("exporter")
    answer = client.get("/admin/signon/signon/export/?nothing=1")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/signon/signon/")


def export(client, form, *columns):
    page = client.get(f"{LIST}export/?state__exact=accepted")
    resource = page.context["form"]
    chosen = {
        name: "on"
        for name in resource.fields
        if name.startswith("resource_") or any(name.endswith(f"_{column}") for column in columns)
    }
    return client.post(f"{LIST}export/?state__exact=accepted", {"format": form, "resource": "0", **chosen})


def test_the_admin_s_export_has_the_chosen_columns_of_what_was_filtered_and_is_harmless(client, staff):
    staff("exporter")
    sign_on = accepted(organization_name="=1+1")
    SignOnFactory(statement=sign_on.statement, confirmed=True)
    answer = export(client, "0", "organization", "country")
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["organization"] for row in rows] == ["'=1+1"]
    assert f"{sign_on.statement.slug}-" in answer["Content-Disposition"]


@pytest.mark.parametrize("form", ["1", "2"])
def test_the_admin_exports_xlsx_and_json(client, staff, form):
    staff("exporter")
    accepted()
    assert export(client, form, "organization").status_code == 200


def test_every_admin_list_opens_searches_and_filters(client):
    accepted()
    client.force_login(UserFactory(staff=True))
    for model, model_admin in admin.site._registry.items():
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert (url, client.get(url).status_code) == (url, 200)
        if model_admin.search_fields:
            assert client.get(f"{url}?q=women").status_code == 200
        found = model.objects.first()
        if found:
            change = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[found.pk])
            assert (change, client.get(change).status_code) == (change, 200)
    for query in ("age=3", "country=KE", "country=-", "age=x", "state__exact=accepted"):
        assert client.get(f"{LIST}?{query}").status_code == 200


def test_the_admin_has_no_login_of_its_own(client):
    answer = client.get("/admin/login/?next=/admin/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/admin/")


def test_nobody_opens_an_account_for_themselves(client):
    client.post("/accounts/signup/", {"email": "a@b.example", "password1": "correct horse battery"})
    assert not type(UserFactory()).objects.filter(email="a@b.example").exists()


def test_a_signed_original_is_read_only_in_the_admin_and_a_translation_is_replaced(client):
    client.force_login(UserFactory(staff=True))
    statement = StatementFactory(texts={"en": "Bread", "fr": "Pain"})
    revision = statement.revision
    for text in revision.texts.all():
        text.freeze()
    texts = list(revision.texts.order_by("language"))
    data = {"texts-TOTAL_FORMS": "2", "texts-INITIAL_FORMS": "2"}
    for number, text in enumerate(texts):
        data |= {
            f"texts-{number}-id": str(text.pk),
            f"texts-{number}-revision": str(revision.pk),
            f"texts-{number}-language": text.language,
            f"texts-{number}-title": f"{text.title} mended",
            f"texts-{number}-lead": "A new lead",
            f"texts-{number}-body": text.body,
        }
    answer = client.post(reverse("admin:campaigns_revision_change", args=[revision.pk]), data)
    assert answer.status_code == 302
    current = {
        text.language: text.title for text in type(statement).objects.get(pk=statement.pk).revision.current_texts
    }
    assert current == {"en": "Bread", "fr": "Pain mended"}
    assert revision.texts.get(language="fr", replaced_at__isnull=False).title == "Pain"
