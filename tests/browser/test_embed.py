"""A statement on another site's page: framed, as high as what is in it, without cookies, readable by everybody."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.browser.looks import LANGUAGES, LOOKS, findings, look_named, of

SCRIPT = (
    '<!DOCTYPE html><html lang="en"><head><title>Another site</title>'
    '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"></head>'
    "<body><main><h1>Our campaign</h1>"
    '<script async src="{url}/static/signon/embed.js" data-statement="{slug}" data-title="Who signed" {data}></script>'
    "</main></body></html>"
)
CLOSED, OPEN = "saving-lives-2020", "initial-elements-2016"
SHOWN = [
    (OPEN, 'data-show="count"'),
    (OPEN, 'data-show="button" data-language="ar"'),
    (CLOSED, 'data-show="list" data-language="fr"'),
    (OPEN, 'data-accent="005ea5" data-background="ffffff" data-text="111111" data-font="system" data-radius="12"'),
]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *said):
        pass


@pytest.fixture(scope="module")
def other_site(stack, tmp_path_factory):
    """A site of another origin: this one answers 127.0.0.1 on a port of its own, ours localhost."""
    folder = tmp_path_factory.mktemp("other-site")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()

    def write(name, slug, data):
        page = SCRIPT.format(url=stack.url, slug=slug, data=data)
        (folder / f"{name}.html").write_text(page)
        return f"http://127.0.0.1:{server.server_port}/{name}.html"

    yield write
    server.shutdown()
    server.server_close()
    thread.join(10)


def framed(page, url):
    """The frame, once it has the height of its page."""
    page.goto(url)
    page.wait_for_function("document.querySelector('iframe')?.style.blockSize.endsWith('px')")
    element = page.locator("iframe")
    inside = element.element_handle().content_frame()
    inside.wait_for_load_state()
    inside.evaluate("document.fonts.ready")
    page.wait_for_function(
        "height => Math.abs(document.querySelector('iframe').clientHeight - height) <= 1",
        arg=inside.evaluate("Math.ceil(document.documentElement.getBoundingClientRect().height)"),
    )
    return element, inside


@pytest.mark.parametrize(("look", "slug", "data"), [(look, *shown) for look, shown in of(LOOKS, SHOWN)], ids=look_named)
def test_a_page_of_another_site_shows_it_whole_and_no_cookie_is_set(stack, open_page, other_site, slug, data, look):
    page = open_page(**look)
    hosts = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    url = other_site(f"page-{abs(hash((slug, data)))}", slug, data)
    element, inside = framed(page, url)
    assert element.get_attribute("title") == "Who signed"
    assert inside.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert inside.evaluate("document.documentElement.scrollHeight <= document.documentElement.clientHeight")
    assert page.context.cookies() == []
    page.goto(element.get_attribute("src"))  # axe does not look into frames
    assert findings(page) == []
    assert hosts == {stack.url.split("/")[2], url.split("/")[2]}


def test_the_button_leads_to_the_form_in_a_window_of_its_own(stack, open_page, other_site):
    page = open_page()
    _element, inside = framed(page, other_site("button", OPEN, 'data-show="button"'))
    with page.context.expect_page() as opened:
        inside.locator(".button").click()
    assert opened.value.url == f"{stack.url}/statements/{OPEN}/sign/"
    assert opened.value.evaluate("window.opener") is None


def test_nobody_but_our_frame_sets_its_height(stack, open_page, other_site):
    page = open_page()
    element, _inside = framed(page, other_site("height", OPEN, ""))
    before = element.evaluate("frame => frame.clientHeight")
    page.evaluate(
        """() => new Promise(done => {
          addEventListener("message", () => setTimeout(done));
          postMessage({ undersigned: "height", height: 5000 }, "*");
        })"""
    )
    assert element.evaluate("frame => frame.clientHeight") == before


def test_no_other_page_of_ours_may_be_framed(stack, chromium, other_site):
    page = chromium.new_page()
    page.goto(other_site("framing", OPEN, ""))
    page.evaluate(
        "url => { document.body.innerHTML = `<iframe src=${url}></iframe>`; }", f"{stack.url}/statements/{OPEN}/"
    )
    refused = page.wait_for_event("console", lambda said: "frame" in said.text.lower(), timeout=30_000)
    assert "frame-ancestors" in refused.text or "X-Frame-Options" in refused.text
    page.close()


@pytest.mark.parametrize(("look", "language"), of(LOOKS, LANGUAGES), ids=look_named)
def test_the_page_to_copy_from_shows_what_it_offers(stack, open_page, look, language):
    page = open_page(**look)
    page.goto(f"{stack.url}{language}/statements/{OPEN}/embed/?show=list&accent=005ea5&background=ffffff")
    assert f'data-statement="{OPEN}"' in page.locator("#script").input_value()
    assert "<iframe" in page.locator("#frame").input_value()
    expect(page.frame_locator(".embed-preview").locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert findings(page) == []


def test_data_for_programs_is_no_script_that_the_policy_would_stop(stack, open_page):
    page = open_page()
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation', e => console.error(e.violatedDirective))"
    )
    page.goto(f"{stack.url}/statements/{OPEN}/")
    said = page.evaluate("JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').textContent)")
    assert said["@type"] == "Article"
