import shutil
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.find_chromium import executable
from tests.stack import running

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
expect.set_options(timeout=30_000)  # ms: what is asserted of a page that is still coming is waited for


@pytest.fixture(scope="module")
def stack(request):
    """The whole product with the demo loaded, for one module."""
    folder = Path(tempfile.mkdtemp(prefix="undersigned-browser-"))
    with running(folder) as made:
        yield made
    if not request.session.testsfailed:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium):
    """Makes pages in fresh profiles; fails the test on any error in their consoles."""
    wrong: list[str] = []
    contexts = []

    def opened(**options):
        context = chromium.new_context(**({"viewport": {"width": 1280, "height": 900}, "locale": "en-US"} | options))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(f"{said.text} {said.location}") if said.type == "error" else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [words for words in wrong if "status of 4" not in words and "/admin/" not in words] == []


@pytest.fixture
def page(open_page):
    return open_page()
