"""manage.py prepare_database"""

from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from config import migrating, privileges, promises
from signon.management.one_line import OneLineCommand
from signon.naming import name_keys
from signon.people import roles
from signon.privacy import hash_key


class Command(OneLineCommand):
    help = (
        "Migrate the database as the role of OWNER_DATABASE_URL, which owns it, and give the role of DATABASE_URL "
        "what the application needs. To be run at every release, before its processes start."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for told in promises.hash_key_is_right(databases=["default"]):
            raise CommandError(f"{told.msg} {told.hint} Nothing was changed.", returncode=2)
        role, owner = privileges.current_role(), settings.OWNER_DATABASE_URL
        with privileges.as_owner(owner) if owner else nullcontext():
            if not privileges.may_migrate():
                raise CommandError(
                    f"Role “{privileges.current_role()}” may not make tables: "
                    "OWNER_DATABASE_URL must name the role that owns the database.",
                    returncode=2,
                )
            migrating.patiently(lambda: call_command("migrate", interactive=False, verbosity=options["verbosity"]))
            if privileges.current_role() != role:
                privileges.grant(role)
        name_keys.index_all(missing=True)  # a directory older than its keys
        roles.bring_up()
        hash_key.remember()
        for told in privileges.warn(databases=["default"]):
            self.stderr.write(f"{told.msg} {told.hint}")
