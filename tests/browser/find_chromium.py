"""Chromium for the browser tests: the machine's own, or else one installed now.

`python -m tests.browser.find_chromium --install` prints nothing where there is one already.
"""

import os
import shutil
import sys
from pathlib import Path

from tests.installing import NotThereError, command, from_apt, has_apt

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


def executable() -> str:
    """The program's path: CHROMIUM if set, the machine's, or Playwright's; NotThereError where there is none."""
    for name in (os.environ.get("CHROMIUM", ""), *NAMES, *PLACES):
        if name and (path := shutil.which(name)):
            return path
    for folder in (os.environ.get("PLAYWRIGHT_BROWSERS_PATH", ""), *PLAYWRIGHT_FOLDERS):
        for pattern in PLAYWRIGHT_PROGRAMS if folder else ():
            found = [path for path in Path(folder).expanduser().glob(pattern) if os.access(path, os.X_OK)]
            if found:
                return str(max(found))
    raise NotThereError("The browser tests need Chromium: install it, or set CHROMIUM to its path.")


if __name__ == "__main__":
    own = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    command(executable, from_apt("chromium") if has_apt() else own, "Installing Chromium for the browser tests …")
