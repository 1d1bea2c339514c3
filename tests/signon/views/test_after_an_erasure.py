"""What pages say once a person was erased, or somebody else represents the sign-on: what is so, and where to go."""

import pytest
from django.urls import reverse

from signon import tokens
from signon.casework import proposing
from signon.models import LedgerEntry, User
from signon.privacy import erasing, forgetting
from tests.factories import InvitationFactory, SignOnFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db
ADDRESS = "asha@erased.example"


def read(client, name, token, status=410):
    answer = client.get(reverse(name, args=[token]))
    assert answer.status_code == status
    words = " ".join(answer.content.decode().split())
    assert "newer link" not in words
    assert "This link does not work any more</h1>" in words
    return words


@pytest.mark.parametrize("name", ["manage", "answer", "confirm"])
def test_a_link_from_before_an_erasure_says_that_it_was_erased(client, name):
    signed = accepted(email=ADDRESS)
    token = tokens.make(signed, getattr(tokens, name.upper()))
    erasing.erase(ADDRESS)
    words = read(client, name, token)
    assert "What we held of the person who signed was erased" in words
    assert 'action="/sign-ons/new-link/"' in words or reverse("new-link") in words


def test_so_does_one_whose_time_was_over_and_an_invitation(client):
    signed = accepted(email=ADDRESS)
    token = tokens.make(signed, tokens.MANAGE)
    forgetting._representatives(type(signed).objects.all())
    assert "or its time was over" in read(client, "manage", token)
    invitation = InvitationFactory(email=ADDRESS, state="waiting")
    own = tokens.make(invitation, tokens.INVITATION)
    erasing.erase(ADDRESS)
    assert "the person who was invited was erased" in read(client, "invitation", own)


def test_a_link_from_before_a_change_of_hands_says_that(client):
    signed = accepted(email=ADDRESS)
    token = tokens.make(signed, tokens.MANAGE)
    proposal = proposing.propose_representative(signed, name="Carla", title="", email="carla@erased.example")
    represent = tokens.make(proposal, tokens.REPRESENT)
    proposing.confirm_representative(proposal, language="en", updates=False)
    proposing.accept(proposal, by=UserFactory(staff=True))
    assert "has another representative now" in read(client, "manage", token)
    other = proposing.propose_representative(accepted(), name="Carla", title="", email="carla@erased.example")
    represent = tokens.make(other, tokens.REPRESENT)
    proposing.take_back(other)
    assert "It was taken back" in read(client, "represent", represent)


def test_the_case_of_an_erased_sign_on_says_what_is_left_and_why(client):
    client.force_login(UserFactory(staff=True))
    stands = accepted(organization_name="Bread House", email=ADDRESS)
    gone = SignOnFactory(confirmed=True, email=ADDRESS)
    erasing.erase(ADDRESS)
    page = client.get(reverse("desk-case", args=[gone.pk])).content.decode()
    assert "<bdi>Erased sign-on</bdi></h1>" in page
    assert "had all that we hold of them erased" in page
    assert "hang on it" in page
    assert "Withdrawn by the signer" not in page
    assert "<dt>Representative</dt>" not in page
    page = client.get(reverse("desk-case", args=[stands.pk])).content.decode()
    assert "<bdi>Bread House</bdi></h1>" in page
    assert "signature stays" in page


def test_the_ledger_calls_an_erased_account_so_and_says_what_was_proposed(client):
    client.force_login(UserFactory(staff=True))
    signed, account = accepted(), User.objects.create_user(ADDRESS)
    proposing.propose_name(signed, "Bread Houses")
    LedgerEntry.objects.append(signed, LedgerEntry.Act.PROFILE_CHANGED, by=account)
    erasing.erase(ADDRESS)
    for url in (reverse("desk-case", args=[signed.pk]), reverse("admin:signon_ledgerentry_changelist")):
        page = client.get(url).content.decode()
        assert "an erased account" in page
        assert "localhost.invalid" not in page
        assert "A change was proposed: Name as listed" in page
