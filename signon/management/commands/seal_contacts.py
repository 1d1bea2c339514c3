"""manage.py seal_contacts [--open | --new-hash-key [--leave-unreadable]]"""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from signon.management.one_line import OneLineCommand
from signon.privacy import contact_keys, hash_key, resealing


class Command(OneLineCommand):
    help = (
        "Encrypt contact data that is kept in clear or under an earlier key, with the first of CONTACT_KEYS. "
        "May be stopped, and run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--open", action="store_true", help="bring it back in clear: CONTACT_KEYS begins with a comma")
        how.add_argument(
            "--new-hash-key",
            action="store_true",
            help="hash anew, with another CONTACT_HASH_KEY; all processes are stopped",
        )
        parser.add_argument(
            "--leave-unreadable",
            action="store_true",
            help="with --new-hash-key: leave rows whose key is not among CONTACT_KEYS; they are found no more",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse(options)
        if options["new_hash_key"]:
            hash_key.begin_to_replace()
        hash_key.remember()
        done = "brought back in clear" if options["open"] else "encrypted"
        unreadable: dict[str, int] = {}
        twice = 0
        for outcome in resealing.run():
            self.stdout.write(f"{outcome.name}: {outcome.rows} rows, {outcome.changed} {done}.")
            if outcome.unreadable:
                unreadable[outcome.name] = outcome.unreadable
            twice += len(outcome.twice)
        if unreadable and not options["leave_unreadable"]:
            raise CommandError(f"{_said(unreadable)} They are as they were.", returncode=2)
        if unreadable:
            self.stdout.write(f"{_said(unreadable)} They are left.")
        if options["new_hash_key"]:
            hash_key.replace()
        if options["open"] and not twice:
            hash_key.forget()
        if twice:
            words = (
                f"{twice} rows are as they were: another row has the same address where one may. See docs/security.md."
            )
            raise CommandError(words, returncode=2)

    def _refuse(self, options: dict[str, Any]) -> None:
        """Raise CommandError, before anything is changed, for what these keys or the rows do not allow."""
        if not contact_keys.may_be_sealed():
            raise CommandError(
                "CONTACT_KEYS is not set: there is no key to encrypt with, or to decrypt with.", returncode=2
            )
        if options["open"] == contact_keys.is_sealing():
            words = (
                "CONTACT_KEYS begins with a key: what is written goes on being encrypted. Put a comma before it."
                if options["open"]
                else "CONTACT_KEYS begins with a comma: nothing is encrypted. To bring all back in clear add --open."
            )
            raise CommandError(words, returncode=2)
        if options["leave_unreadable"] and not options["new_hash_key"]:
            raise CommandError("--leave-unreadable goes with --new-hash-key alone.", returncode=2)
        if options["new_hash_key"]:
            found = {} if options["leave_unreadable"] else resealing.unreadable()
            if found:
                words = "Nothing was changed. Add the key, or --leave-unreadable: then no address finds these rows."
                raise CommandError(f"{_said(found)} {words}", returncode=2)
        elif not options["open"] and hash_key.is_between():
            raise CommandError(hash_key.WORDS_BETWEEN, returncode=2)
        elif not (options["open"] or hash_key.is_right()):
            words = (
                f"{hash_key.WORDS} Set that one again; if it must change, stop all processes and add --new-hash-key."
            )
            raise CommandError(words, returncode=2)


def _said(unreadable: dict[str, int]) -> str:
    tables = ", ".join(f"{name} {number}" for name, number in unreadable.items())
    return f"{sum(unreadable.values())} rows cannot be read ({tables}): their key is not among CONTACT_KEYS."
