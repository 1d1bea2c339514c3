"""Nobody adds a header, a recipient or a part to a mail by a name: also where the row was not made by a form."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.utils import getaddresses

import pytest

from campaigns.models import Campaign, RevisionText
from signon import mailing
from signon.mail import rendering
from signon.models import Message, Registration, SignOn
from tests.campaigns.pieces import an_event
from tests.factories import InvitationFactory, SignOnFactory, StatementFactory

pytestmark = pytest.mark.django_db
NAMES = [
    "Roses\r\nBcc: everybody@secret.example",
    "Roses\nTo: everybody@secret.example\n\n<b>another mail</b>",
    "Roses\rContent-Type: text/html",
    "Roses\u2028Bcc: everybody@secret.example\x0bX: y\x0cZ: a\x85B: c",
    "=?utf-8?q?Roses=0D=0ABcc:_everybody@secret.example?=",
    "Roses <everybody@secret.example>, other@secret.example",
    "\u202eRoses\u200b\0",
    "R" * 3000,
    '"; everybody@secret.example',
]
TO = "asha@place.example"


def read(message):
    """The mail as a mail server gets it and a mail program reads it."""
    mail = rendering.render(message)
    assert mail.recipients() == [TO]
    return message_from_bytes(mail.message().as_bytes(), policy=policy.default)


def check(read_mail):
    assert [address for _name, address in getaddresses(read_mail.get_all("To"))] == [TO]
    assert [len(read_mail.get_all(name, [])) for name in ("From", "To", "Subject", "Message-ID")] == [1, 1, 1, 1]
    assert not {"bcc", "cc", "x", "z", "b", "resent-to"} & {name.lower() for name in read_mail}
    assert [part.get_content_type() for part in read_mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert [each.addr_spec for each in read_mail["From"].addresses] in (
        ["roses@campaign.example"],
        ["sign-on@testserver"],
    )
    assert not {"\n", "\r"} & set(read_mail["Subject"] + read_mail["From"].addresses[0].display_name)


@pytest.mark.parametrize("name", NAMES, ids=lambda name: repr(name)[:30])
def test_no_name_of_a_signer_a_statement_or_a_campaign(name):
    kept = name.replace("\0", "")  # which the database does not hold
    statement = StatementFactory()
    RevisionText.objects.update(title=kept[:200])
    Campaign.objects.update(title=kept[:200], sender_name=kept[:100], sender_address="roses@campaign.example")
    row = SignOnFactory(statement=statement, email=TO)
    SignOn.objects.filter(pk=row.pk).update(
        organization_name=kept[:300], representative_name=kept[:200], listed_name=kept[:300]
    )
    row = SignOn.objects.get(pk=row.pk)
    for kind in (Message.Kind.VERIFICATION, Message.Kind.ACCEPTED):
        check(read(mailing.compose(kind, key=f"{kind}:1", sign_on=row)))


@pytest.mark.parametrize("name", NAMES, ids=lambda name: repr(name)[:30])
def test_no_name_of_who_is_invited_or_registers(name):
    kept = name.replace("\0", "")
    invitation = InvitationFactory(organization_name=kept[:300], contact_name=kept[:200], email=TO)
    check(read(mailing.compose(Message.Kind.INVITATION, key="invited", to=TO, invitation=invitation)))
    event = an_event({"en": kept[:200]}, takes_registrations=True)
    registration = Registration.objects.create(event=event, name=kept[:200], organization=kept[:200], email=TO)
    check(read(mailing.compose(Message.Kind.REGISTRATION, key="registered", to=TO, registration=registration)))


@pytest.mark.parametrize("address", ["a@place.example\r\nBcc: everybody@secret.example", "a@place.example\nX: y"])
def test_an_address_with_a_line_end_is_never_mailed(address):
    """Where one got into the database all the same, its mail is refused before a server hears of it."""
    row = SignOnFactory(email=TO)
    message = mailing.compose(Message.Kind.VERIFICATION, key="one", sign_on=row)
    message.to_address = address
    with pytest.raises(ValueError, match=r"newline|Invalid address"):
        rendering.render(message).message()
