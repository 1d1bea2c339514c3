#!/usr/bin/env python
"""Django's commands. In local mode they run with the servers on, whether or not `make run` runs."""

import contextlib
import os
import signal
import sys

from config import embedded

WITHOUT_SERVERS = {
    "collectstatic",
    "compilemessages",
    "help",
    "makemessages",
    "startapp",
    "startproject",
    "version",
}


def needs_servers(arguments: list[str]) -> bool:
    """Whether this command may ask the database or the broker something."""
    if "UNDERSIGNED_RUN" in os.environ or "DJANGO_AUTO_COMPLETE" in os.environ:
        return False  # `make run` holds the servers; the shell completes a word
    if not arguments or arguments[0].startswith("-") or {"--help", "-h"} & set(arguments):
        return False
    if arguments[0] == "check":
        return any(argument.startswith("--database") for argument in arguments)
    return arguments[0] not in WITHOUT_SERVERS


def _execute() -> None:
    """Django's own entry; what is wrong around us, not in us, is one line and not a traceback."""
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        settings.INSTALLED_APPS  # noqa: B018 -- reading any setting reads them all
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(_say(str(error)))
    except OperationalError as error:
        sys.exit(_say(f"The database does not answer: {error}"))


def _say(words: str) -> int:
    print(" ".join(words.split()), file=sys.stderr)
    return 2


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are left in order
    try:
        local = embedded.local_mode() and needs_servers(sys.argv[1:])
        with embedded.servers(embedded.folder()) if local else contextlib.nullcontext():
            _execute()
    except embedded.EmbeddedError as error:
        sys.exit(_say(str(error)))


if __name__ == "__main__":
    main()
