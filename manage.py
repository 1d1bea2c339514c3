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


def _read_settings() -> None:
    """What is wrong in the environment is one line, not a traceback."""
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        settings.INSTALLED_APPS  # noqa: B018 -- reading any setting reads them all
    except ImproperlyConfigured as error:
        print(error, file=sys.stderr)
        sys.exit(2)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are left in order
    try:
        local = embedded.local_mode() and needs_servers(sys.argv[1:])
        with embedded.servers(embedded.folder()) if local else contextlib.nullcontext():
            _read_settings()
            from django.core.management import execute_from_command_line

            execute_from_command_line(sys.argv)
    except embedded.EmbeddedError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
