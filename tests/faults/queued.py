"""Many messages and mailings at once, written in the database of a stack and waking nobody."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from campaigns.models import Statement
from signon import mailing
from signon.mail import mailings
from signon.models import Mailing, MailingText, Message, SignOn, User
from signon.naming import names

DEMO = "initial-elements-2016"


def sign_ons(count: int, **fields: object) -> list[SignOn]:
    """So many made-up sign-ons on the demo's open statement, with addresses signer0@many.example and on."""
    statement = Statement.objects.get(slug=DEMO)
    text, expires_at = statement.text("en"), timezone.now() + timedelta(days=30)
    made = []
    for number in range(count):
        name = f"Organization {number}"
        keys = {"listed_name": name, "sort_key": names.sort_key(name), "search_key": names.search_key(name)}
        typed = {"organization_name": name, "email": f"signer{number}@many.example", "country": "KE"}
        values = {"authorized": True, "consent_publish": True, "expires_at": expires_at, **typed, **keys, **fields}
        made.append(SignOn(statement=statement, text=text, representative_name="Asha Rao", **values))
    return SignOn.objects.bulk_create(made, batch_size=1000)


def fill(count: int) -> None:
    """So many verifications that are due."""
    drafts = [mailing.draft("verification", key=f"many:{made.pk}", sign_on=made) for made in sign_ons(count)]
    Message.objects.bulk_create(drafts, batch_size=1000)


def begin_mailing(count: int) -> None:
    """A mailing to so many who confirmed, started and not yet composed."""
    sign_ons(count, state="confirmed", confirmed_at=timezone.now(), expires_at=None, consent_updates=True)
    author = User.objects.create_user("author@network.example")
    statement = Statement.objects.get(slug=DEMO)
    chosen = Mailing.objects.create(statement=statement, sign_on_states=["confirmed"], created_by=author)
    MailingText.objects.create(mailing=chosen, language="en", subject="News", body="We met the rapporteur.")
    assert mailings.start(chosen) == count
