"""The demo's names: the real endorsers of an open letter, and in local mode a staff account."""

from __future__ import annotations

import csv
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from campaigns import demo as words
from campaigns.models import Statement
from signon import importing
from signon.invitations import networks
from signon.models import Network, Organization, User
from signon.people import accounts, roles

ENDORSERS = Path(__file__).parent.parent / "data" / "endorsers-2020-04-30-saving-lives.csv"
MEMBERS = ENDORSERS.parent / "network-members.csv"
# What people found by reading the members against the signatories (docs/coverage.md).
READ = ENDORSERS.parent / "network-members-read.csv"
NETWORK = "Our World Is Not For Sale"
STAFF = "staff@localhost.example"


@dataclass(frozen=True)
class Account:
    email: str
    password: str


def is_loaded() -> bool:
    """Whether the database holds any statement, the demo's or an installation's own."""
    return Statement.objects.exists()


@transaction.atomic
def load() -> None:
    """Make what of the demo is not there yet: safe to run again."""
    words.load()
    statement = Statement.objects.get(slug="saving-lives-2020")
    if not statement.sign_ons.exists():
        plan = importing.plan(statement, ENDORSERS)
        source = "Published by the Our World Is Not For Sale network, 30 April 2020"
        importing.apply(plan, by=User.objects.command_line(), source=source)
    if not Network.objects.filter(name=NETWORK).exists():
        note = "The network’s page of members, with countries as printed there"
        correct(networks.from_list(NETWORK, MEMBERS, by=User.objects.command_line(), note=note).network)


def correct(network: Network) -> None:
    """Say of the demo's members what was found by reading them, where the signatory is in the directory."""
    by = User.objects.command_line()
    with READ.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            member = network.members.get(number=row["number"])
            entry = Organization.objects.current().filter(name=row["organization"]).first()
            if entry is not None:
                decide = networks.is_it if row["same"] == "yes" else networks.is_not_it
                decide(member, entry, by=by)


def staff_account() -> Account | None:
    """The demo's staff account with its password, kept in var/; None outside local mode, where there is none."""
    if not settings.LOCAL_MODE:
        return None
    path = settings.VAR / "staff_password"
    user = User.objects.filter(email=STAFF).first()
    if user is None or not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(9))
        user = user or User.objects.create_user(STAFF, name="Demo staff")
        user.set_password(path.read_text())
        user.save()
        accounts.vouch(user)
        roles.give(user, "administrator")
    return Account(STAFF, path.read_text())
