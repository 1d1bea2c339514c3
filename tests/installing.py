"""Programs beside the product that tests and the bench start: the machine's own, or else one installed now."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable


class NotThereError(Exception):
    """There is none; the text is one line that says what to do."""


def has_apt() -> bool:
    """Whether Debian's packages can be installed: by root alone."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def from_apt(package: str) -> list[list[str]]:
    """The commands that install a package of Debian's."""
    return [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", package]]


def command(find: Callable[[], str], install: list[list[str]], told: str) -> None:
    """The command line of a module that finds a program: prints where it is, or ends with one line that says it lacks.

    With --install, `told` is printed and the commands of `install` are run where there is none; nothing is printed
    where there is one.
    """
    try:
        found = find()
    except NotThereError as error:
        if "--install" not in sys.argv or not install:
            sys.exit(str(error))
        print(told, flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for each in install:
            subprocess.run(each, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
        try:
            find()
        except NotThereError as still:
            sys.exit(str(still))
    else:
        if "--install" not in sys.argv:
            print(found)
