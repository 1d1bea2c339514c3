"""Every public page of the demo as a file, for a validator: `make html`, or `python -m tests.public_pages FOLDER`."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers import own_servers
from tests.stack import Stack, running

STATEMENT = "/statements/initial-elements-2016/"
LETTER = "/statements/saving-lives-2020/"
LANGUAGES = ("", "/fr", "/es", "/ar")
# Beside what the sitemap names. The last ones are not found, and their page is one too.
OTHERS = [
    "/organizations/",
    "/organizations/?q=women&country=KE",
    "/organizations/?q=nobody-has-this-name",
    "/organizations/third-world-network/",
    "/search/",
    "/search/?q=women",
    "/search/?q=xyzzy",
    "/search/?q=migraton",
    "/events/womens-caucus/register/",
    "/events/womens-caucus/register/sent/",
    "/events/registrations/broken/",
    "/feeds/",
    "/sign-ons/link/",
    "/privacy/",
    "/privacy/your-data/",
    "/privacy/your-data/sent/",
    "/privacy/your-data/broken/",
    "/sign-ons/confirm/broken/",
    "/sign-ons/represent/broken/",
    "/verify/",
    "/accounts/login/",
    "/accounts/password/reset/",
    f"{STATEMENT}sign/",
    f"{STATEMENT}sign/sent/",
    f"{STATEMENT}sign/confirmed/",
    f"{STATEMENT}signatories/",
    f"{STATEMENT}revisions/",
    f"{STATEMENT}numbers/",
    f"{STATEMENT}embed/",
    f"{LETTER}signatories/",
    f"{LETTER}signatories/?country=KE",
    f"{LETTER}signatories/?letter=M",
    f"{LETTER}signatories/?q=women&type=ngo",
    f"{LETTER}numbers/",
    f"{LETTER}revisions/",
    f"/embed{STATEMENT}",
    "/nowhere/",
]


def paths(stack: Stack) -> list[str]:
    """Every address that strangers find, in each language of the site."""
    named = re.findall(r"<loc>(.*?)</loc>", stack.get("/sitemap.xml").text)
    found = [urlsplit(address).path for address in named]
    found += [language + path for path in OTHERS for language in LANGUAGES if not path.startswith("/embed")]
    return list(dict.fromkeys([*found, *(path for path in OTHERS if path.startswith("/embed"))]))


def main(folder: Path) -> None:
    """Write each page into the folder, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with own_servers(), tempfile.TemporaryDirectory() as place, running(Path(place), parts=("web",)) as stack:
        wrong = []
        for path in paths(stack):
            answer = stack.get(path)
            if answer.status not in (200, 404, 410):
                wrong.append(f"{answer.status} {path}")
            name = re.sub(r"[^\w.=-]+", "_", path.strip("/")) or "home"
            (folder / f"{name}.html").write_bytes(answer.body)
        if wrong:
            raise SystemExit("\n".join(["These pages did not answer:", *wrong]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
