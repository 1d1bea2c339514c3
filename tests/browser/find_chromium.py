"""Chromium for the browser tests: the machine's own, or else one installed now.

`python -m tests.browser.find_chromium --install` prints nothing where there is one already.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PLAYWRIGHT_FOLDERS = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")
PLAYWRIGHT_PROGRAMS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    "chromium_headless_shell-*/chrome-*/*headless*shell",
)


class NoChromiumError(Exception):
    """There is none; the text is one line that says what to do."""


def executable() -> str:
    """The program's path: CHROMIUM if set, the machine's, or the one that Playwright installed."""
    for name in (os.environ.get("CHROMIUM", ""), *NAMES, *PLACES):
        if name and (path := shutil.which(name)):
            return path
    for folder in (os.environ.get("PLAYWRIGHT_BROWSERS_PATH", ""), *PLAYWRIGHT_FOLDERS):
        for pattern in PLAYWRIGHT_PROGRAMS if folder else ():
            found = [path for path in Path(folder).expanduser().glob(pattern) if os.access(path, os.X_OK)]
            if found:
                return str(max(found))
    raise NoChromiumError("The browser tests need Chromium: install it, or set CHROMIUM to its path.")


def install() -> None:
    """Install one: by apt as root, else Playwright's. NoChromiumError where neither brings one."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        commands = [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]]
    else:
        commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    print("Installing Chromium for the browser tests …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in commands:
        subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    executable()


def main() -> None:
    """Say where it is; with --install, see to it that there is one."""
    installing = "--install" in sys.argv
    try:
        found = executable()
    except NoChromiumError:
        if not installing:
            raise
        install()
    else:
        if not installing:
            print(found)


if __name__ == "__main__":
    try:
        main()
    except NoChromiumError as error:
        sys.exit(str(error))
