"""What programs know a signatory by (SignOn.public_id): random, so no way back to our keys, or to who signed when."""

from __future__ import annotations

import secrets

from django.db.models import Func, TextField, Value
from django.db.models.functions import Cast, Replace

# What the database writes for a process of a release that does not know the column.
IN_THE_DATABASE = Replace(Cast(Func(function="gen_random_uuid"), TextField()), Value("-"))


def new_public_id() -> str:
    """32 hexadecimal digits."""
    return secrets.token_hex(16)
