"""Pages that are made once a second for all who read them: whose they are, when they end, who makes them."""

import gzip
import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from campaigns.models import Statement
from config import kept_pages
from config.kept_pages import KeptPages
from signon import organizing
from tests.factories import StatementFactory, UserFactory, accepted
from tests.signon.test_embargo import NAME, SENTENCE, TITLE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept(settings):
    settings.KEEP_PAGES = True
    caches["redis"].clear()
    yield
    caches["redis"].clear()


@pytest.fixture
def long_fresh(monkeypatch):
    """However slow the machine is, all of a test happens while a page is fresh; an old one is thirty seconds old."""
    monkeypatch.setattr(kept_pages, "FRESH", 30.0)
    monkeypatch.setattr(kept_pages, "LONGEST", 90.0)


def site(make=None):
    """A process of its own, which counts what it makes."""
    made = []

    def get_response(request):
        made.append(request.path)
        return make(request) if make else HttpResponse(f"<p>{len(made)} of {request.path}")

    return KeptPages(get_response), made


def get(process, path="/statements/bread/", **headers):
    return process(RequestFactory().get(path, headers=headers))


@pytest.mark.usefixtures("long_fresh")
def test_a_page_is_made_once_and_handed_out_to_all():
    process, made = site()
    answers = [get(process) for _ in range(5)]
    assert (len(made), len({answer.content for answer in answers})) == (1, 1)
    assert answers[0].headers["Cache-Control"] == "no-cache"


@pytest.mark.usefixtures("long_fresh")
def test_another_process_finds_what_one_has_made():
    (one, _made), (other, made) = site(), site()
    assert get(one).content == get(other).content
    assert made == []


def test_a_second_later_it_is_made_anew():
    process, made = site()
    now = timezone.now()
    for seconds in (0, 0.9, 1.1, 3.3):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            get(process)
    assert len(made) == 3


@pytest.mark.usefixtures("long_fresh")
def test_a_thousand_readers_of_a_cold_page_wait_for_one_making():
    """In two processes, by eight threads each, as many at a time as the server lets in."""
    begun = threading.Barrier(16)

    def slowly(request):
        time.sleep(0.3)  # what it takes to make
        return HttpResponse("<p>made")

    processes = [site(slowly), site(slowly)]
    answers = []

    def read(process):
        begun.wait(30)
        for _ in range(1000 // 16 + 1):
            answers.append(get(process).content)  # noqa: PERF401

    threads = [threading.Thread(target=read, args=[processes[number % 2][0]]) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(answers) >= 1000, set(answers)) == (True, {b"<p>made"})
    assert sum(len(made) for _process, made in processes) == 1


@pytest.mark.usefixtures("long_fresh")
def test_while_one_makes_it_anew_the_others_get_the_old_one_and_wait_for_nothing():
    hold, begun = threading.Event(), threading.Event()

    def make(request):
        if begun.is_set():
            return HttpResponse("never")
        begun.set()
        assert hold.wait(10)
        return HttpResponse("new")

    process, _made = site(make)
    page = kept_pages.Page(time.time() - 31, float("inf"), gzip.compress(b"old"), {"ETag": 'W/"old"'})
    process.keeper._at_hand["page:http:testserver:/statements/bread/"] = page
    maker = threading.Thread(target=get, args=[process])
    maker.start()
    assert begun.wait(10)
    assert get(process).content == b"old"
    hold.set()
    maker.join(10)
    assert get(process).content == b"new"


@pytest.mark.usefixtures("long_fresh")
@pytest.mark.parametrize(
    "kept",
    [
        "/",
        "/fr/",
        "/statements/bread/",
        "/ar/statements/bread/",
        "/statements/bread/sign/",
        "/?via=partner",
        "/statements/bread/sign/sent/",
        "/fr/statements/bread/sign/confirmed/",
    ],
)
def test_what_very_many_read_is_kept(kept):
    process, made = site()
    assert get(process, kept).content == get(process, kept).content
    assert len(made) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/desk/",
        "/admin/",
        "/statements/bread/signatories/",
        "/statements/bread/?q=1",
        "/?via=x&y",
        "/sign-ons/confirm/x/",
        "/statements/bread/sign/challenge/",
    ],
)
def test_what_few_read_is_not(path):
    process, made = site()
    get(process, path)
    get(process, path)
    assert len(made) == 2


def test_whoever_is_logged_in_gets_a_page_of_their_own(settings):
    process, made = site()
    for _ in range(2):
        get(process, cookie=f"{settings.SESSION_COOKIE_NAME}=secret")
    assert len(made) == 2


@pytest.mark.parametrize(
    "response",
    [HttpResponse("gone", status=404), HttpResponse("mine", headers={"Cache-Control": "no-store"})],
)
def test_what_is_no_page_for_all_is_not_kept(response):
    process, made = site(lambda _request: response)
    get(process)
    get(process)
    assert len(made) == 2


def test_a_fault_is_nobody_else_s():
    def fail(_request):
        raise Http404

    process, made = site(fail)
    for _ in range(2):
        with pytest.raises(Http404):
            get(process)
    assert len(made) == 2


def test_a_reader_who_has_it_gets_nothing_again():
    process, made = site()
    etag = get(process).headers["ETag"]
    again = get(process, if_none_match=etag)
    assert (again.status_code, again.content, again.headers["ETag"], len(made)) == (304, b"", etag, 1)
    assert get(process, if_none_match='"another"').status_code == 200


def test_it_goes_compressed_to_whoever_takes_it():
    process, _made = site()
    plain, zipped = get(process), get(process, accept_encoding="br, gzip")
    assert gzip.decompress(zipped.content) == plain.content
    assert (zipped.headers["Content-Encoding"], "Content-Encoding" in plain) == ("gzip", False)
    assert zipped.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("fault", [ConnectionError, TimeoutError])
def test_without_redis_each_process_makes_its_own_and_asks_it_no_more(monkeypatch, fault):
    asked = []

    class Gone:
        def __getattr__(self, name):
            asked.append(name)
            raise fault

    monkeypatch.setattr(kept_pages, "caches", {"redis": Gone()})
    (one, made), (other, also_made) = site(), site()
    for _ in range(3):
        assert get(one).status_code == get(other).status_code == 200
    assert (len(made), len(also_made), len(asked)) == (1, 1, 2)


def test_a_page_ends_as_its_statement_closes(client):
    now = timezone.now()
    url = StatementFactory(closes_at=now + timedelta(seconds=0.5)).get_absolute_url()
    with time_machine.travel(now, tick=False):
        assert 'id="sign-on-form"' in client.get(url).content.decode()
    with time_machine.travel(now + timedelta(seconds=0.6), tick=False):
        assert 'id="sign-on-form"' not in client.get(url).content.decode()


def test_a_host_that_is_not_ours_gets_no_copy(client):
    url = StatementFactory().get_absolute_url()
    assert client.get(url).status_code == 200
    assert client.get(url, headers={"host": "elsewhere.example"}).status_code == 400


def test_two_seconds_after_it_is_withdrawn_or_put_under_embargo_nothing_is_told(client):
    shown = StatementFactory(texts={"en": TITLE})
    accepted(statement=shown, organization_name=NAME)
    taken_back = StatementFactory(texts={"en": TITLE})
    accepted(statement=taken_back, organization_name=NAME)
    pages = [f"{each.get_absolute_url()}{end}" for each in (shown, taken_back) for end in ("", "sign/")]
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        told = [client.get(page).content.decode() for page in [*pages, "/"]]
    assert all(TITLE in page for page in told)
    Statement.objects.filter(pk=shown.pk).update(embargo_until=now + timedelta(days=1))
    organizing.withdraw(taken_back, by=UserFactory(staff=True))
    with time_machine.travel(now + timedelta(seconds=2), tick=False):
        for page in pages:
            words = client.get(page, follow=True).content.decode()
            assert NAME not in words
            assert SENTENCE not in words
        assert client.get(pages[0]).status_code == 404
