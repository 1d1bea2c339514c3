"""A campaign manager works on their own campaigns' statements, and sees nothing of another's."""

import pytest
from django.contrib.admin.sites import site
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, get_resolver, reverse

from campaigns.models import Campaign, Revision, Statement
from signon import exporting, letter, mailing, verifying
from signon.casework import attaching, proposing
from signon.exports.export_choice import Choice
from signon.imports import previewing
from signon.models import Export, ImportRow, Mailing, Membership, Message, SignOn, Source, Webhook
from tests.factories import InvitationFactory, SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db

SECRET = "The Unspoken Plan"
# Pages of the desk whose parameters name no row of a statement: the directory, lanes, kinds of mail, bulk acts.
OF_NO_STATEMENT = {
    "desk-network", "desk-network-remove", "desk-organization", "desk-merge", "desk-undo-merge", "desk-release",
    "desk-kind", "desk-kind-html", "desk-decide",
}  # fmt: skip


@pytest.fixture
def manager(staff):
    user = staff("campaign_manager")
    own = StatementFactory(texts={"en": "Our own call"})
    Membership.objects.create(user=user, campaign=own.campaign)
    return user


@pytest.fixture
def others():
    """A statement of another campaign with one of everything, by the names of the URLs that lead there."""
    other = UserFactory(staff=True)
    statement = StatementFactory(texts={"en": SECRET}, slug="unspoken-plan")
    waiting = SignOnFactory(statement=statement, organization_name=f"{SECRET} Society", confirmed=True)
    league = accepted(statement=statement, organization_name=f"{SECRET} League")
    mailing.compose(Message.Kind.VERIFICATION, key="other", sign_on=waiting)
    chosen = previewing.begin(statement, f"{SECRET} Union, Kenya", by=other)
    ImportRow.objects.create(of=chosen, number=1, raw=[], values={}, status="new")
    pack = letter.order(statement, by=other, text=statement.text())
    letter.make(pack)
    update = Mailing.objects.create(statement=statement, created_by=other)
    webhook = Webhook.objects.create(url="https://other.example/", created_by=other)
    webhook.statements.add(statement)
    export = exporting.begin(Choice(statement=statement.slug), "csv", by=other, way=Export.Way.PREPARED)
    source = Source.objects.create(statement=statement, code="unspoken", name=SECRET, created_by=other)
    invited = InvitationFactory(statement=statement, organization_name=f"{SECRET} Guest")
    proof = attaching.attach(SimpleUploadedFile("a.pdf", b"%PDF-1.7"), by=other, sign_on=waiting)
    return {
        "statement": statement, "case": waiting, "import": chosen, "letter": pack, "mailing": update,
        "webhook": webhook, "export": export, "message": Message.objects.get(key="other"),
        "proposal": proposing.propose_name(league, f"{SECRET} Leagues"),
        "source": source, "invitation": invited, "attachment": proof,
    }  # fmt: skip


def patterns():
    """Every page of the desk that has a parameter, by name."""
    for each in get_resolver().url_patterns:
        for one in getattr(each, "url_patterns", [each]):
            if isinstance(one, URLPattern) and str(one.name).startswith("desk-") and one.pattern.converters:
                yield one


def test_every_page_about_another_campaign_s_statement_is_not_found(client, manager, others):
    for one in patterns():
        if one.name in OF_NO_STATEMENT:
            continue
        kind = one.name.removeprefix("desk-").removeprefix("undo-").split("-")[0]
        slug = others["statement"].campaign.slug if "campaign" in one.name else others["statement"].slug
        arguments = {"slug": slug, "number": getattr(others.get(kind), "pk", 1)}
        arguments |= {"row": 1, "name": "note", "kind": "csv", "act": "again", "other": 1, "lane": "bulk"}
        arguments |= {"subject": "mails", "language": "en"}
        url = reverse(one.name, kwargs={name: arguments[name] for name in one.pattern.converters})
        answers = [client.get(url).status_code, client.post(url, {}).status_code]
        assert set(answers) <= {403, 404, 405}, (url, answers)
        assert {403, 404} & set(answers), url


@pytest.mark.parametrize(
    "name", ["desk", "desk-queue", "desk-statements", "desk-mail", "desk-mailings", "desk-webhooks", "desk-rules",
             "desk-mailing-new", "desk-exports", "desk-organizations"],
)  # fmt: skip
def test_no_list_of_the_desk_names_it(client, manager, others, name):
    Statement.objects.filter(pk=others["statement"].pk).update(accepts_on_strong_evidence=True)
    page = client.get(reverse(name)).content.decode()
    # The directory is everybody's; a statement and who waits on it are not.
    assert SECRET not in page.replace(f"{SECRET} League", "")


def test_an_organization_s_page_names_no_sign_on_of_another_campaign(client, manager, others):
    entry = SignOn.objects.get(state="accepted").organization
    page = client.get(reverse("desk-organization", args=[entry.pk]))
    assert list(page.context["sign_ons"]) == []


def test_the_administration_shows_neither(client, manager, others):
    for model in (Campaign, Statement, Revision, SignOn, Message):
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert model in site._registry
        page = client.get(url).content.decode()
        assert SECRET not in page, model
        assert "unspoken-plan" not in page, model


def test_its_own_campaign_s_statements_are_there(client, manager):
    own = Statement.objects.get(campaign__memberships__user=manager)
    assert "Our own call" in client.get(reverse("desk-statements")).content.decode()
    assert client.get(reverse("desk-statement", args=[own.slug])).status_code == 200
    assert client.get(reverse("desk-export-choose", args=[own.slug])).status_code == 200


@pytest.mark.parametrize("role", ["verifier", "administrator", "auditor"])
def test_who_works_for_the_whole_network_reaches_every_campaign(client, staff, others, role):
    staff(role)
    assert client.get(reverse("desk-statement", args=["unspoken-plan"])).status_code == 200


def test_who_left_a_campaign_can_fetch_its_lists_no_more(manager):
    own = Statement.objects.get(campaign__memberships__user=manager)
    export = exporting.begin(Choice(statement=own.slug), "csv", by=manager, way=Export.Way.PREPARED)
    assert exporting.may_fetch(export, manager)
    Membership.objects.filter(user=manager).delete()
    assert not exporting.may_fetch(export, manager)


def test_what_signed_another_campaign_s_draft_is_in_the_directory_and_nothing_tells_which_draft(client, manager):
    draft = StatementFactory(texts={"en": SECRET}, slug="unspoken-plan", state="circulating")
    signed = accepted(statement=draft, organization_name="Bread House", email="asha@bread.example")
    signed.refresh_from_db()
    declined = SignOnFactory(
        statement=draft, organization_name="Bread Homes", email="asha@bread.example", confirmed=True
    )
    verifying.decline(declined, by=UserFactory(), refusal="not_authorized", reason="")
    own = Statement.objects.get(campaign__memberships__user=manager)
    waiting = SignOnFactory(statement=own, organization_name="Bread House", email="asha@bread.example", confirmed=True)
    other = accepted(statement=own, organization_name="Bread House of Mombasa")
    paths = [
        reverse("desk-organizations"),
        f"{reverse('desk-organizations')}?q=bread",
        reverse("desk-organization", args=[signed.organization_id]),
        reverse("desk-merge", args=[signed.organization_id, other.organization_id]),
        reverse("desk-case", args=[waiting.pk]),
        reverse("desk-queue"),
        reverse("desk-coverage", args=[own.slug]),
        reverse("desk-invitations", args=[own.slug]),
        f"{reverse('desk-export-choose', args=[own.slug])}?format=csv&states=confirmed&states=accepted&contacts=on",
        reverse("admin:signon_organization_changelist"),
        reverse("admin:signon_organization_change", args=[signed.organization_id]),
        reverse("admin:signon_organization_history", args=[signed.organization_id]),
    ]
    pages = {path: client.get(path) for path in paths}
    assert {answer.status_code for answer in pages.values()} == {200}
    assert "Bread House" in pages[paths[1]].content.decode()
    for path, answer in pages.items():
        page = answer.content.decode()
        told = [words for words in (SECRET, "unspoken-plan", f"/desk/sign-ons/{signed.pk}/") if words in page]
        assert told == [], path
    file = b"".join(client.post(f"{paths[8]}&act=fetch", {"format": "csv", "states": ["confirmed", "accepted"]}))
    assert b"Bread House" in file
    assert SECRET.encode() not in file
