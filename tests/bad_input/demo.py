"""What stands behind the addresses of the demo, as its database says (addresses.Place)."""

from __future__ import annotations

from typing import Any

from tests.bad_input.addresses import Address
from tests.stack import Stack


class Demo:
    """Links that are mailed lead nowhere here: what they open is asked in this process (there.There)."""

    def __init__(self, stack: Stack) -> None:
        tables = ("campaigns_statement", "campaigns_campaign", "campaigns_post", "campaigns_event", "campaigns_page")
        slugs = [slug for table in tables for (slug,) in stack.query(f"SELECT slug FROM {table} ORDER BY id LIMIT 2")]
        photo = stack.query("SELECT key, widths[1] FROM campaigns_photo LIMIT 1")
        organization = stack.query("SELECT slug FROM signon_organization ORDER BY id LIMIT 1")
        self.known: dict[str, list[Any]] = {
            "slug": [*slugs, *(slug for (slug,) in organization)],
            "name": ["map", "types", *(f"photos/{key}/{width}.webp" for key, width in photo)],
            "key": [key for (key,) in stack.query("SELECT key FROM campaigns_document")],
            "kind": ["posts"],
            "year": [2026],
        }

    def values(self, address: Address, name: str) -> list[Any]:
        return self.known.get(name) or [1]
