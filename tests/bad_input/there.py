"""What stands behind the addresses while they are asked: one row of everything, and a link of each kind to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django.db.models import QuerySet
from django.utils import timezone

from signon import tokens
from signon.casework import by_hand
from signon.figures import pictures
from signon.mail import envelope
from signon.models import FactorReset, Message, Registration
from signon.people import seats
from signon.privacy import rights
from signon.statements import rehearsing
from tests.accounts import person
from tests.bad_input.addresses import Address
from tests.bad_input.asking import Ask, Request
from tests.campaigns.pieces import a_page, a_post
from tests.factories import OwnQuestionFactory, SignOnFactory, StatementFactory, UserFactory, accepted
from tests.posted import typed
from tests.roles import walk

# Of a sign-on and a registration to which no link below leads: in no answer may one of these words stand.
HIDDEN = ("Zainab Siri", "hidden.example", "Kituo cha Siri", "Hidden Way 7")


class There:
    """The rows, and how addresses lead to them (addresses.Place)."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.rows = _rows()
        self.known = _values(self.rows)

    def values(self, address: Address, name: str) -> list[Any]:
        own = walk.parameters(address.name, self.rows)
        if name == "token" and (found := self._tokens(address)):
            return found
        return [own[name]] if address.is_staffs and name in own else self.known.get(name, [own.get(name, 1)])

    def _tokens(self, address: Address) -> list[str]:
        """Links of the kind that this address asks for, which it shows when it is given a bad one."""
        wanted: dict[tuple[str, type[Any]], Any] = {}

        def read_row(token: str, purpose: str, rows: Any, **limit: Any) -> Any:
            wanted[purpose, rows.model] = rows
            raise tokens.Tampered

        with patch.object(tokens, "read_row", read_row):
            for method in ("GET", "POST"):
                self.ask(Request(method, address.path()))
        return [link for (purpose, _model), rows in wanted.items() for link in _links(purpose, rows)]


def _rows() -> dict[str, Any]:
    """One row of everything."""
    rows = walk.one_of_everything()
    statement = rows["statement"]
    _hidden(statement, rows["registrations"])
    OwnQuestionFactory(statement=statement, kind="long")
    SignOnFactory(statement=statement, email="not-yet@place.example")
    signed = accepted(statement=statement, organization_name="Mujeres Unidas", country="MX")
    tried = StatementFactory(state="draft", slug="tried", opens_at=timezone.now() + timedelta(days=3))
    staff = UserFactory(staff=True, email="staff@network.example")
    rehearsing.begin(tried, by=staff, language="en", **_fields())
    _enter(statement, staff)
    seats.claim(person(), signed.organization)
    due = timezone.now() + timedelta(days=1)
    FactorReset.objects.create(user=UserFactory(), by=staff, why="lost", due_at=due)
    rights.ask(signed.email, "en")
    rows["page"] = a_page()
    rows["draft"] = a_post(published_at=None)
    return rows


def _fields() -> dict[str, Any]:
    given = typed(organization_name="Tried", email="tried@place.example")
    return given | {"authorized": True, "consent_publish": True, "listing": "name"}


def _hidden(statement: Any, event: Any) -> None:
    waits = {"organization_name": "Kituo cha Siri", "representative_name": "Zainab Siri", "country": "TZ"}
    SignOnFactory(statement=statement, confirmed=True, email="zainab@hidden.example", **waits)
    kept_back = waits | {"organization_name": "Kituo cha Siri II", "listing": "country"}
    accepted(statement=statement, email="zainab.ii@hidden.example", **kept_back)
    Registration.objects.create(
        event=event, name="Zainab Siri", email="zainab@hidden.example", organization="Hidden Way 7"
    )


def _enter(statement: Any, staff: Any) -> None:
    fields = _fields() | {"organization_name": "By Hand", "email": "by-hand@place.example", "language": "en"}
    today = timezone.localdate()
    by_hand.enter(statement, by=staff, channel="letter", said_on=today, vouched_by="A colleague", **fields)


def _values(rows: dict[str, Any]) -> dict[str, list[Any]]:
    statement, event = rows["statement"], rows["registrations"]
    slugs = [statement, statement.campaign, rows["post"], event, rows["page"], rows["organization"]]
    keys = [rows["document"].key, *(rows[name].draft_key for name in ("draft", "page")), event.draft_key]
    photo = rows["photo"]
    return {
        "slug": [each.slug for each in slugs],
        "token": _ways_off(),
        "key": keys,
        "digest": [rows["letter"].digest],
        "name": [*pictures.titles(), f"photos/{photo.key}/{photo.widths[0]}.webp", "sign", "ask", "decline"],
        "kind": ["posts", "events", "pages"],
        "year": [timezone.now().year],
        "month": [timezone.now().month],
    }


def _ways_off() -> list[str]:
    """Of the links that no row holds the key of: the two ways off of mail."""
    address = envelope.opt_out_url("asha@place.example", "en")
    other = envelope.unsubscribe_url(Message(kind="mailing", mailbox="asha@place.example", language="en"))
    return [each.rstrip("/").rpartition("/")[2] for each in (address, other)]


def _links(purpose: str, rows: QuerySet[Any]) -> list[str]:
    """The links for a purpose that these rows have."""
    shown = [row for row in rows.order_by("pk")[:20] if not getattr(row, "email", "").endswith("@hidden.example")]
    return [tokens.make(row, purpose) for row in shown[:8]]
