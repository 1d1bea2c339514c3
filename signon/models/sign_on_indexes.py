"""The indexes of sign-ons: each list, queue and search has one, so that none reads more than it shows."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce

from signon.models.contact_field import AddressKey, Domain
from signon.models.rare_keys import index_where_given

# signon/finding/list_order.py goes by this.
_ORDER = ("convener_place", "listing", "sort_key", "id")
ACCEPTED = Q(state="accepted")
_LISTED = ACCEPTED & ~Q(listing="count")
LISTED_WORDS = models.Func("statement_id", "country", "search_key", function="signon_listed_words")
# Where an organization is, as the directory's choice has it: its country, or its scope where it has none.
PLACE = Case(When(country="", then=F("scope")), default=F("country"), output_field=models.CharField())
IN_DIRECTORY = Q(state="accepted", same_as__isnull=True, listing="name", signer="organization")
# Signing writes none of these: who did not confirm is found among the newest.
CONFIRMED_ONCE = ~Q(state="unconfirmed")
# What staff entered was never confirmed by its signer.
WAITS_SINCE = Coalesce("confirmed_at", "created_at")
WORDS = models.Func("search_key", "representative_name", function="signon_words")

INDEXES: list[models.Index] = [
    index_where_given("organization", name="sign_ons_by_organization"),
    index_where_given("same_as", name="sign_ons_by_same_as"),
    index_where_given("came_with", name="sign_ons_by_import"),
    index_where_given("hold", name="sign_ons_by_hold"),
    index_where_given("decided_by", name="sign_ons_by_decider"),
    models.Index("statement", *_ORDER, name="list_in_order", condition=_LISTED),
    models.Index("statement", "country", *_ORDER, name="list_by_country", condition=_LISTED),
    models.Index("statement", "scope", *_ORDER, name="list_by_scope", condition=_LISTED & Q(country="")),
    models.Index("statement", *_ORDER, name="list_of_individuals", condition=_LISTED & Q(signer="individual")),
    models.Index("statement", "decided_at", "id", name="list_latest", condition=_LISTED & ~Q(source="import")),
    GinIndex(LISTED_WORDS, name="list_by_words", condition=Q(state="accepted", listing="name")),
    models.Index("sort_key", "id", name="directory_in_order", condition=IN_DIRECTORY),
    models.Index(PLACE, "sort_key", "id", name="directory_by_place", condition=IN_DIRECTORY),
    GinIndex(WORDS, name="sign_ons_by_words", condition=CONFIRMED_ONCE),
    models.Index(Domain("email"), name="sign_ons_by_domain", condition=CONFIRMED_ONCE),
    models.Index("created_at", "id", name="sign_ons_as_they_came"),
    models.Index("country", "created_at", "id", name="sign_ons_by_country"),
    models.Index("created_at", "id", name="sign_ons_of_individuals", condition=Q(signer="individual")),
    models.Index(
        "state",
        "created_at",
        "id",
        name="sign_ons_that_ended",
        condition=Q(state__in=["declined", "withdrawn", "expired"]),
    ),
    models.Index(WAITS_SINCE, "id", name="sign_ons_in_turn", condition=Q(state="confirmed")),
    models.Index("decided_at", "id", name="sign_ons_decided", condition=Q(state__in=["accepted", "declined"])),
    models.Index("ended_at", "id", name="sign_ons_taken_back", condition=Q(state="withdrawn", ending="signer")),
    models.Index("network", "created_at", name="sign_ons_by_network", condition=~Q(network="")),
    models.Index("statement", "state", "created_at", name="sign_ons_by_state"),
    models.Index(AddressKey("email"), "statement", name="sign_ons_by_address"),
    models.Index("expires_at", name="sign_ons_that_expire", condition=Q(state="unconfirmed")),
]
