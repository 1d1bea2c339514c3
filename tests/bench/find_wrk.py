"""wrk, which makes the bench's readers and signers: the machine's own, or else one installed now.

`python -m tests.bench.find_wrk --install` prints nothing where there is one already.
"""

import os
import shutil

from tests.installing import NotThereError, command, from_apt, has_apt


def executable() -> str:
    """The program's path: WRK if set, or the machine's; NotThereError where there is none."""
    for name in (os.environ.get("WRK", ""), "wrk"):
        if name and (path := shutil.which(name)):
            return path
    raise NotThereError("The bench needs wrk: install it (on Debian: apt install wrk), or set WRK to its path.")


if __name__ == "__main__":
    command(executable, from_apt("wrk") if has_apt() else [], "Installing wrk for the bench …")
