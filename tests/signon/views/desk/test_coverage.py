"""A network's coverage at the desk."""

import pytest
from django.urls import reverse

from signon.invitations import networks
from signon.models import Membership, Network
from tests.factories import InvitationFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db

LIST = "Organization\tCountry\nBread for all\tKenya\nRoses & more\tMexico\nSalt\tCongo"


@pytest.fixture
def manager(staff):
    """A campaign's manager, with a statement of the campaign."""

    def made():
        user, statement = staff("campaign_manager"), StatementFactory()
        Membership.objects.create(user=user, campaign=statement.campaign)
        return user, statement

    return made


def page_of(answer):
    return answer.content.decode()


def test_from_a_pasted_list_to_who_is_missing(client, manager):
    _user, statement = manager()
    accepted(statement=statement, organization_name="Bread for all")
    url = reverse("desk-coverage", args=[statement.slug])
    assert "Bring in a list" in page_of(client.get(url))
    answer = client.post(reverse("desk-networks"), {"name": "Bakers", "text": LIST}, follow=True)
    assert "3 members are on the list." in page_of(answer)
    assert "we do not know the one that is printed: Salt" in page_of(answer)
    network = Network.objects.get()
    page = page_of(client.get(f"{url}?network={network.pk}"))
    for words in ("1 of 3 members signed: 33 percent.", "Roses &amp; more", "Eastern Africa", 'role="img"'):
        assert words in page
    file = client.get(reverse("desk-coverage-missing", args=[statement.slug]) + f"?network={network.pk}")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in lines] == ["organization", "Roses & more", "Salt"]
    client.post(reverse("desk-coverage-invite", args=[statement.slug]), {"network": network.pk})
    assert set(statement.invitations.values_list("organization_name", "state")) == {
        ("Roses & more", "planned"), ("Salt", "planned"),
    }  # fmt: skip


def test_who_is_missing_is_planned_with_a_contact_that_agreed_and_no_other(client, manager):
    _user, statement = manager()
    earlier = StatementFactory(campaign=statement.campaign)
    accepted(statement=earlier, organization_name="Bread for all", consent_updates=True, email="asha@bread.example")
    accepted(statement=earlier, organization_name="Roses & more", country="MX", email="rosa@roses.example")
    network = networks.from_list("Bakers", LIST, by=UserFactory()).network
    page = page_of(client.get(reverse("desk-coverage", args=[statement.slug]) + f"?network={network.pk}"))
    assert "Invite those who are missing" in page
    for _press in range(2):
        client.post(reverse("desk-coverage-invite", args=[statement.slug]), {"network": network.pk})
    planned = statement.invitations.order_by("organization_name")
    assert [(each.organization_name, bool(each.organization), each.email) for each in planned] == [
        ("Bread for all", True, "asha@bread.example"), ("Roses & more", True, ""), ("Salt", False, ""),
    ]  # fmt: skip
    assert {each.state for each in planned} == {"planned"}


@pytest.mark.parametrize("name", ["desk", "desk-organizations"])
def test_the_desk_leads_to_the_networks_for_who_organizes(client, staff, manager, name):
    manager()
    assert reverse("desk-networks") in page_of(client.get(reverse(name)))
    staff("verifier")
    assert reverse("desk-networks") not in page_of(client.get(reverse(name)))


def test_contacts_are_in_the_file_for_those_alone_who_may_export_them(client, staff, manager):
    from django.contrib.auth.models import Permission

    _user, statement = manager()
    network = networks.from_list("Bakers", LIST, by=UserFactory()).network
    InvitationFactory(statement=statement, organization_name="Roses & more", country="MX", email="secret@x.example")
    url = reverse("desk-coverage-missing", args=[statement.slug]) + f"?network={network.pk}"
    assert b"secret@x.example" in b"".join(client.get(url).streaming_content)
    other = staff("editor")
    other.user_permissions.add(Permission.objects.get(codename="organize_statement"))
    Membership.objects.create(user=other, campaign=statement.campaign)
    assert b"secret" not in b"".join(client.get(url).streaming_content)


def test_a_pair_is_corrected_from_the_page_and_stays_so(client, manager):
    _user, statement = manager()
    signed = accepted(statement=statement, organization_name="Bread for all").organization
    other = accepted(statement=statement, organization_name="Wholly other").organization
    network = networks.from_list("Bakers", LIST, by=UserFactory()).network
    bread, roses, _salt = network.members.order_by("number")
    posted = {"statement": statement.slug}
    client.post(reverse("desk-member", args=[bread.pk, "is-not-it"]), posted | {"organization": signed.pk})
    answer = client.post(reverse("desk-member", args=[roses.pk, "is-it"]), posted | {"organization": other.pk})
    assert answer.url == f"{reverse('desk-coverage', args=[statement.slug])}?network={network.pk}#member-{roses.pk}"
    page = client.get(answer.url)
    assert [str(line.member) for line in page.context["signed"]] == ["Roses & more"]
    assert "as staff said" in page_of(page)
    client.post(reverse("desk-member", args=[bread.pk, "forget"]), posted)
    assert len(client.get(answer.url).context["signed"]) == 2
    assert client.post(reverse("desk-member", args=[bread.pk, "nonsense"])).status_code == 404


def test_a_member_is_looked_up_in_the_directory(client, manager):
    manager()
    accepted(organization_name="Bread for all", country="KE")
    member = networks.from_list("Bakers", LIST, by=UserFactory()).network.members.order_by("number")[1]
    page = page_of(client.get(reverse("desk-member-of", args=[member.pk]), {"q": "bread"}))
    assert ("Bread for all" in page, "It is this one" in page) == (True, True)


def test_another_campaign_s_statement_is_not_found(client, manager):
    manager()
    other = accepted(organization_name="Bread for all").statement
    network = networks.from_list("Bakers", LIST, by=UserFactory()).network
    query = f"?network={network.pk}"
    assert client.get(reverse("desk-coverage", args=[other.slug]) + query).status_code == 404
    assert client.get(reverse("desk-coverage-missing", args=[other.slug]) + query).status_code == 404
    assert client.post(reverse("desk-coverage-invite", args=[other.slug]), {"network": network.pk}).status_code == 404
    shown = page_of(client.get(reverse("desk-network", args=[network.pk])))
    assert other.slug not in shown


@pytest.mark.parametrize("role", ["editor", "verifier", "exporter"])
def test_who_does_not_organize_is_refused(client, staff, role):
    staff(role)
    statement = StatementFactory()
    for url in (reverse("desk-networks"), reverse("desk-coverage", args=[statement.slug])):
        assert client.get(url).status_code == 403


def test_a_list_is_taken_away_by_its_maker_alone(client, manager):
    user, _statement = manager()
    theirs = networks.from_list("Theirs", LIST, by=UserFactory()).network
    own = networks.from_list("Own", LIST, by=user).network
    for network in (theirs, own):
        client.post(reverse("desk-network-remove", args=[network.pk]))
    assert list(Network.objects.all()) == [theirs]


def test_what_cannot_be_read_comes_back_with_the_reason(client, manager):
    manager()
    for posted in ({"name": "X", "text": ""}, {"name": "X", "text": "Country\tE-mail\nKenya\ta@x.example"}):
        assert client.post(reverse("desk-networks"), posted).status_code == 422
    assert Network.objects.count() == 0


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_picture_begins_where_a_line_does(client, manager, language):
    from django.utils import translation

    _user, statement = manager()
    networks.from_list("Bakers", LIST, by=UserFactory())
    with translation.override(language):
        chart = client.get(reverse("desk-coverage", args=[statement.slug])).context["chart"]
    assert chart.start == ("100%" if language == "ar" else "0")
    assert all(float(bar.whole_from[:-1]) + float(bar.whole[:-1]) <= 100 for bar in chart.bars)
