"""No more than so many sign at once in a process; who reads waits for nobody; a lost turn keeps nobody waiting long."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.http import HttpResponse

from signon.running import turns
from tests.factories import StatementFactory
from tests.posted import typed

WAIT = 20


@pytest.fixture
def two_turns(monkeypatch):
    monkeypatch.setattr(turns, "_free", threading.Semaphore(2))


@pytest.fixture
def view():
    """Answers once `go` is set; `inside` counts who has begun, `most` were inside at once."""
    lock = threading.Lock()

    @turns.posts_in_turn
    def inside(request):
        with lock:
            inside.now += 1
            inside.begun += 1
            inside.most = max(inside.most, inside.now)
            if inside.now == 2:
                inside.two.set()
        assert inside.go.wait(WAIT)
        with lock:
            inside.now -= 1
        return HttpResponse()

    inside.now = inside.begun = inside.most = 0
    inside.two, inside.go = threading.Event(), threading.Event()
    return inside


def test_no_more_than_two_sign_at_once_and_all_are_answered(two_turns, view, rf):
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(view, rf.post("/")) for _ in range(8)]
        assert view.two.wait(WAIT)
        view.go.set()
        assert [each.result(WAIT).status_code for each in answers] == [200] * 8
    assert (view.most, view.begun) == (2, 8)


def test_who_reads_waits_for_no_turn(two_turns, view, rf):
    assert turns._free.acquire(timeout=0)
    assert turns._free.acquire(timeout=0)
    view.go.set()
    assert view(rf.get("/")).status_code == 200


def test_who_sends_slowly_has_no_turn_before_their_words_are_there(two_turns, view, rf):
    request, free = rf.post("/", {"name": "Asha"}), []
    read = request._stream.read

    def slowly(*size):
        free.append(turns._free._value)
        return read(*size)

    request._stream.read = slowly
    view.go.set()
    assert view(request).status_code == 200
    assert set(free) == {2}


def test_a_turn_is_given_back_by_what_fails_and_one_that_never_is_holds_up_nobody_for_long(monkeypatch, rf):
    monkeypatch.setattr(turns, "_free", threading.Semaphore(1))

    @turns.posts_in_turn
    def failing(request):
        raise ValueError("no")

    for _ in range(3):
        with pytest.raises(ValueError, match="no"):
            failing(rf.post("/"))
    assert turns._free.acquire(timeout=0)  # and is never given back
    monkeypatch.setattr(turns, "LONGEST", 0.01)
    answered = turns.posts_in_turn(lambda request: HttpResponse("signed"))(rf.post("/"))
    assert answered.content == b"signed"
    assert not turns._free.acquire(timeout=0)  # who had none gives none back


@pytest.mark.django_db
def test_signing_takes_a_turn_and_reading_the_form_takes_none(monkeypatch, client):
    taken = []

    class Counted(threading.Semaphore):
        def acquire(self, *args, **kwargs):
            taken.append(1)
            return super().acquire(*args, **kwargs)

    monkeypatch.setattr(turns, "_free", Counted(1))
    path = f"{StatementFactory().get_absolute_url()}sign/"
    assert client.get(path).status_code == 200
    assert taken == []
    assert [client.post(path, typed(email=f"a{number}@signer.example")).status_code for number in (1, 2)] == [302, 302]
    assert taken == [1, 1]
