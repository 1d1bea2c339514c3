"""manage.py seal_contacts [--open | --new-hash-key]"""

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
        parser.add_argument(
            "--open", action="store_true", help="bring it back in clear: CONTACT_KEYS begins with a comma"
        )
        parser.add_argument(
            "--new-hash-key",
            action="store_true",
            help="hash anew, with another CONTACT_HASH_KEY; all processes are stopped",
        )

    def handle(self, *args: Any, **options: Any) -> None:
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
        if not (options["open"] or options["new_hash_key"] or hash_key.is_right()):
            words = (
                f"{hash_key.WORDS} Set that one again; if it must change, stop all processes and add --new-hash-key."
            )
            raise CommandError(words, returncode=2)
        hash_key.remember()
        done = "brought back in clear" if options["open"] else "encrypted"
        unreadable = twice = 0
        for outcome in resealing.run():
            self.stdout.write(f"{outcome.name}: {outcome.rows} rows, {outcome.changed} {done}.")
            unreadable += outcome.unreadable
            twice += len(outcome.twice)
        if options["new_hash_key"]:
            hash_key.replace()
        if unreadable:
            words = f"{unreadable} rows cannot be read: their key is not among CONTACT_KEYS. They are as they were."
            raise CommandError(words, returncode=2)
        if options["open"] and not twice:
            hash_key.forget()
        if twice:
            words = (
                f"{twice} rows are as they were: another row has the same address where one may. See docs/security.md."
            )
            raise CommandError(words, returncode=2)
