"""wrk, which makes the bench's readers and signers: the machine's own, or else one installed now.

`python -m tests.bench.find_wrk --install` prints nothing where there is one already.
"""

import os
import shutil
import subprocess
import sys


class NoWrkError(Exception):
    """There is none; the text is one line that says what to do."""


def executable() -> str:
    """The program's path: WRK if set, or the machine's."""
    for name in (os.environ.get("WRK", ""), "wrk"):
        if name and (path := shutil.which(name)):
            return path
    raise NoWrkError("The bench needs wrk: install it (on Debian: apt install wrk), or set WRK to its path.")


def install() -> None:
    """Install it by apt as root; NoWrkError where that is not to be had."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        executable()
    print("Installing wrk for the bench …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "wrk"]):
        subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    executable()


def main() -> None:
    """Say where it is; with --install, see to it that there is one."""
    installing = "--install" in sys.argv
    try:
        found = executable()
    except NoWrkError:
        if not installing:
            raise
        install()
    else:
        if not installing:
            print(found)


if __name__ == "__main__":
    try:
        main()
    except NoWrkError as error:
        sys.exit(str(error))
