"""Plain objects for tests, with no surprising behavior. Names hold what could leak, so that a leak shows."""

from datetime import timedelta

import factory
from django.utils import timezone

from campaigns.models import Campaign, Revision, RevisionText, Statement
from signon import verifying
from signon.models import Invitation, Organization, OwnQuestion, SignOn, User
from signon.naming import names

DEMANDS = """We call on states to recognize that all migrants have all human rights.[^1]

1. End detention.
2. Ratify the conventions.

[^1]: Universal Declaration of Human Rights, article 2.
"""


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda number: f"user{number}@network.example")
    name = factory.Sequence(lambda number: f"User {number}")

    class Params:
        staff = factory.Trait(is_staff=True, is_superuser=True)


class CampaignFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Campaign

    slug = factory.Sequence(lambda number: f"campaign-{number}")
    title = factory.Sequence(lambda number: f"Campaign {number}")


class StatementFactory(factory.django.DjangoModelFactory):
    """An open statement with an English text."""

    class Meta:
        model = Statement
        skip_postgeneration_save = True

    campaign = factory.SubFactory(CampaignFactory)
    slug = factory.Sequence(lambda number: f"statement-{number}")
    state = Statement.State.OPEN
    addressee = "The General Assembly"
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=10))
    zone = "America/New_York"

    @factory.post_generation
    def texts(self, create, extracted, **kwargs):
        if not create:
            return
        revision = Revision.objects.create(statement=self, number=1, original_language="en")
        for language, title in (extracted or {"en": "Bread & Roses for all"}).items():
            RevisionText(revision=revision, language=language).write(title=title, body=DEMANDS, lead="A lead.")


class SignOnFactory(factory.django.DjangoModelFactory):
    """An unconfirmed sign-on, as the form leaves it but without ledger and message."""

    class Meta:
        model = SignOn

    statement = factory.SubFactory(StatementFactory)
    text = factory.LazyAttribute(lambda made: made.statement.text())
    organization_name = factory.Sequence(lambda number: f"Organization {number}")
    country = "KE"
    organization_type = "ngo"
    representative_name = "Asha Rao"
    email = factory.Sequence(lambda number: f"asha{number}@secret.example")
    authorized = True
    consent_publish = True
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))
    listed_name = factory.LazyAttribute(lambda made: made.organization_name)
    search_key = factory.LazyAttribute(lambda made: names.search_key(made.listed_name))
    listing = "name"
    sort_key = factory.LazyAttribute(lambda made: SignOn.listed_as(made.listed_name, made.listing)["sort_key"])

    class Params:
        confirmed = factory.Trait(state="confirmed", confirmed_at=factory.LazyFunction(timezone.now), expires_at=None)
        individual = factory.Trait(signer="individual", organization_name="", organization_type="", authorized=False)


class OrganizationFactory(factory.django.DjangoModelFactory):
    """An entry of the directory that nobody verified, as a list brings it; in no index of candidates."""

    class Meta:
        model = Organization

    name = factory.Sequence(lambda number: f"Entry {number}")
    slug = factory.Sequence(lambda number: f"entry-{number}")
    country = "KE"
    search_key = factory.LazyAttribute(lambda made: names.search_key(made.name))


class InvitationFactory(factory.django.DjangoModelFactory):
    """An invitation that was mailed a week ago and waits for its answer."""

    class Meta:
        model = Invitation

    statement = factory.SubFactory(StatementFactory)
    organization_name = factory.Sequence(lambda number: f"Invited {number}")
    country = "KE"
    search_key = factory.LazyAttribute(lambda made: names.search_key(made.organization_name))
    contact_name = "Wanjiru Otieno"
    email = factory.Sequence(lambda number: f"wanjiru{number}@invited.example")
    state = "waiting"
    invited_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=7))
    created_by = factory.SubFactory(UserFactory)

    class Params:
        planned = factory.Trait(state="planned", invited_at=None)


def accepted(**fields):
    """A signatory, made by the verbs that make one."""
    sign_on = SignOnFactory(confirmed=True, **fields)
    verifying.accept(sign_on, by=UserFactory())
    return sign_on


class OwnQuestionFactory(factory.django.DjangoModelFactory):
    """A question that a statement asks of its signers: one line, private, may be left empty."""

    class Meta:
        model = OwnQuestion

    statement = factory.SubFactory(StatementFactory)
    kind = "short"
    words = factory.Sequence(lambda number: {"": "en", "en": f"What of {number}?", "fr": f"Et {number} ?"})
    slot = factory.LazyAttribute(lambda made: OwnQuestion.objects.filter(statement=made.statement).count() + 1)
    place = factory.LazyAttribute(lambda made: made.slot)
    by = factory.SubFactory(UserFactory)
