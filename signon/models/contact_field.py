"""Columns that hold contact data: encrypted where CONTACT_KEYS says so (signon.privacy.contact_keys), else in clear.

Code reads and writes addresses as if they were in clear, and asks for them in the same words. What the database cannot
answer about an encrypted address (its beginning, its order) it refuses. Under another CONTACT_HASH_KEY than the one by
which addresses are found, nothing is written and no address is asked for (signon.privacy.hash_key).
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models import Func, Transform
from django.db.models.lookups import Exact, In, Lookup

from signon.privacy import contact_keys, hash_key


class _Guarded(models.Field):
    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if value not in (None, "", [], {}):
            hash_key.demand()
        return super().get_db_prep_save(value, connection)


class KeyField(_Guarded, models.CharField):
    """What tells mailboxes apart and nothing else: a keyed hash; the mailbox in lower case where nothing is encrypted.

    It takes mailboxes, and is asked for them; what is read from it is good to compare it with others alone.
    """

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = super().get_db_prep_value(value, connection, prepared)
        return contact_keys.key(value) if isinstance(value, str) and "@" in value else value


class ContactField(_Guarded, models.EmailField):
    """An e-mail address. `email__domain` is its domain in lower case; `email__found` takes an address or a domain."""

    def get_internal_type(self) -> str:
        return "TextField"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = super().get_db_prep_value(value, connection, prepared)
        return contact_keys.seal(value) if isinstance(value, str) else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return value and contact_keys.opened(value)


class ContactText(_Guarded, models.TextField):
    """Words of a machine in which somebody's address may stand; they are searched for by nobody."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = super().get_db_prep_value(value, connection, prepared)
        return contact_keys.seal_words(value) if isinstance(value, str) else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return value and contact_keys.opened(value)


class ContactJSON(_Guarded, models.JSONField):
    """JSON in which somebody's address may stand: each text with one is encrypted, the others can be asked for."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if contact_keys.is_sealing():
            value = walk(value, contact_keys.seal_words)
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        read = super().from_db_value(value, expression, connection)
        return walk(read, contact_keys.opened) if isinstance(value, str) and contact_keys.PREFIX in value else read


def walk(value: Any, change: Any) -> Any:
    """A JSON value with each of its texts changed, names of members not."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list | tuple):
        return [walk(each, change) for each in value]
    if isinstance(value, dict):
        return {name: walk(each, change) for name, each in value.items()}
    return value


# What the database computes of a column


class AddressKey(Func):
    """What is equal for equal addresses, in any case; of a mailbox, what is equal for its MailboxKey."""

    template = r"regexp_replace(lower(%(expressions)s), '^sealed:([0-9a-f]*):.*$', '\1')"
    arity = 1
    output_field = KeyField()


class MailboxKey(Func):
    """What is equal for addresses of one mailbox (signon.mail.addresses.mailbox)."""

    template = (
        r"regexp_replace(regexp_replace(lower(%(expressions)s), '\+[^@]*@', '@'),"
        r" '^sealed:[0-9a-f]*:([0-9a-f]*):.*$', '\1')"
    )
    arity = 1
    output_field = KeyField()


@ContactField.register_lookup
class Domain(Transform):
    lookup_name = "domain"
    template = "regexp_replace(lower(%(expressions)s), '^(sealed:[^:]*:[^:]*:[^:]*:|.*@)', '')"
    output_field = models.TextField()


# What may be asked


def _among(compiler: Any, lhs: Any, forms: list[str]) -> tuple[str, Any]:
    sql, params = compiler.compile(lhs)
    return f"{sql} IN ({', '.join(['%s'] * len(forms))})", [*params, *forms]


def _key(expression: Any) -> Any:
    return expression if isinstance(expression.output_field, KeyField) else AddressKey(expression)


@KeyField.register_lookup
@ContactField.register_lookup
class Same(Exact):
    """Equal in any case; two columns are compared by their keys, "" with the column itself."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        if not self.rhs_is_direct_value():
            return compiler.compile(Exact(_key(self.lhs), _key(self.rhs)))
        if self.rhs == "":
            sql, params = compiler.compile(self.lhs)
            return f"{sql} = ''", list(params)
        return _among(compiler, _key(self.lhs), forms_of(self.rhs))


@KeyField.register_lookup
@ContactField.register_lookup
class SameInAnyCase(Same):
    lookup_name = "iexact"


@KeyField.register_lookup
@ContactField.register_lookup
class Among(In):
    """Equal to one of them, in any case. A query on the right selects keys (AddressKey, MailboxKey, a KeyField)."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        if not self.rhs_is_direct_value():
            return compiler.compile(In(_key(self.lhs), self.rhs))
        forms = {form for each in self.rhs if each is not None for form in forms_of(each)}
        if not forms:
            return compiler.compile(In(self.lhs, []))  # which says that nothing is found
        return _among(compiler, _key(self.lhs), sorted(forms))


@ContactField.register_lookup
class Found(Lookup):
    """What staff type into a search: a whole address, or a domain ("example.org", "@example.org")."""

    lookup_name = "found"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        typed = str(self.rhs).strip().lower()
        if typed.rpartition("@")[0]:
            return _among(compiler, _key(self.lhs), forms_of(typed))
        return _among(compiler, Domain(self.lhs), [typed.removeprefix("@")])


def forms_of(told: str) -> list[str]:
    """What an address, or what is a key already, may be found by: `AddressKey` is equal to one of them."""
    if "@" not in told:
        return [told]
    hash_key.demand()
    return contact_keys.forms(told)


class Refused(Lookup):
    """No such question can be answered of what may be encrypted."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        raise FieldError(f"“{self.lookup_name}” cannot be asked of an address that may be encrypted.")


for _name in ("contains", "icontains", "startswith", "istartswith", "endswith", "iendswith", "regex", "iregex"):
    ContactField.register_lookup(type(f"Refused_{_name}", (Refused,), {"lookup_name": _name}))
