"""A wrong CONTACT_HASH_KEY is told, and refuses what it would answer wrongly."""

from datetime import datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from config import promises
from signon import tasks, tokens
from signon.mail import dispatching
from signon.models import Erasure, HashKeyMark, Message, SignOn
from signon.privacy import erasing, erasures_file, hash_key, resealing, rights
from tests.factories import SignOnFactory
from tests.signon.test_constraints import Refused

pytestmark = pytest.mark.django_db

KEY, LATER, HASH, OTHER = (
    f"{name}-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2 for name in ("key", "later", "hash", "other")
)
ASHA, BINTA = "asha@kituo.example", "binta@kituo.example"


@pytest.fixture
def keys(settings):
    """Call it to change CONTACT_HASH_KEY, or all."""

    def change(hash_key, *names):
        settings.CONTACT_KEYS, settings.CONTACT_HASH_KEY = list(names or [KEY]), hash_key

    change(HASH)
    return change


def refused(*arguments):
    with pytest.raises(CommandError) as error:
        call_command(*arguments)
    assert error.value.returncode == 2
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_key_is_remembered_with_the_first_that_comes_and_another_one_is_told(keys, client, settings):
    settings.CONTACT_KEYS, settings.CONTACT_HASH_KEY = [], ""
    hash_key.remember()
    assert not HashKeyMark.objects.exists()
    keys(HASH)
    SignOnFactory(email=ASHA)
    assert hash_key.is_right()  # nobody knows better yet
    hash_key.remember()
    assert promises.hash_key_is_right(databases=["default"]) == []
    assert client.get("/readyz").status_code == 200
    keys(OTHER)
    hash_key.remember()
    [told] = promises.hash_key_is_right(databases=["default"])
    assert (told.id, "\n" in told.msg) == ("config.E002", False)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "missing": ["contact_hash_key"], "why": hash_key.WORDS}
    assert HASH not in HashKeyMark.objects.get().mark
    # No keys at all find nobody either.
    settings.CONTACT_KEYS, settings.CONTACT_HASH_KEY = [], ""
    assert not hash_key.is_right()


def test_the_command_refuses_another_key_but_to_hash_all_anew(keys, capsys):
    SignOnFactory(email=ASHA)
    call_command("seal_contacts")
    keys(OTHER)
    assert refused("seal_contacts").startswith(hash_key.WORDS)
    with pytest.raises(hash_key.AnotherKey):
        SignOn.objects.filter(email=ASHA).exists()
    call_command("seal_contacts", "--new-hash-key")
    assert SignOn.objects.filter(email=ASHA).exists()
    assert hash_key.is_right()
    keys(HASH)
    assert not hash_key.is_right()
    # Back to clear: there is nothing left that a key would find.
    keys(HASH, "", KEY)
    call_command("seal_contacts", "--open")
    assert not HashKeyMark.objects.exists()
    assert SignOn.objects.filter(email=ASHA).exists()


def test_rows_that_cannot_be_read_keep_the_mark_until_they_are_left(keys, capsys):
    call_command("seal_contacts")
    SignOnFactory(email=ASHA)
    keys(HASH, LATER)
    SignOnFactory(email=BINTA)
    before = rows_as_kept()
    keys(OTHER, LATER)
    told = refused("seal_contacts", "--new-hash-key")
    assert told.startswith("1 rows cannot be read (signon.SignOn 1): their key is not among CONTACT_KEYS.")
    assert "Nothing was changed." in told
    assert rows_as_kept() == before
    assert not hash_key.is_right()
    keys(HASH, LATER)
    assert hash_key.is_right()
    assert refused("seal_contacts", "--leave-unreadable").startswith("--leave-unreadable goes with")
    keys(OTHER, LATER)
    call_command("seal_contacts", "--new-hash-key", "--leave-unreadable")
    assert "1 rows cannot be read (signon.SignOn 1)" in capsys.readouterr().out
    assert hash_key.is_right()
    assert SignOn.objects.filter(email=BINTA).exists()
    assert not SignOn.objects.filter(email=ASHA).exists()
    # With the key that was missing they come back.
    keys(OTHER, LATER, KEY)
    call_command("seal_contacts")
    assert SignOn.objects.filter(email=ASHA).exists()


def test_a_change_of_keys_that_was_stopped_lets_nothing_start_until_it_is_done(keys, monkeypatch):
    SignOnFactory(email=ASHA)
    call_command("seal_contacts")
    keys(OTHER)
    with monkeypatch.context() as patched:
        patched.setattr(resealing, "run", stopped)
        with pytest.raises(KeyboardInterrupt):
            call_command("seal_contacts", "--new-hash-key")
    for each in (OTHER, HASH):
        keys(each)
        assert not hash_key.is_right()
        assert refused("seal_contacts") == hash_key.WORDS_BETWEEN
        assert promises.hash_key_is_right(databases=["default"])[0].hint == hash_key.WORDS_BETWEEN
    call_command("seal_contacts", "--new-hash-key")
    assert hash_key.is_right()
    assert SignOn.objects.filter(email=ASHA).exists()


def stopped():
    yield resealing.Outcome("signon.Suppression")
    raise KeyboardInterrupt


def rows_as_kept():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, email FROM signon_signon ORDER BY id")
        return cursor.fetchall()


def test_nobody_is_told_that_nothing_is_held(keys, client):
    SignOnFactory(email=ASHA)
    rights.ask(ASHA, "en")
    hash_key.remember()
    message = Message.objects.get(kind="rights")
    own = [reverse(name, args=[tokens.make(message, tokens.RIGHTS)]) for name in ("held", "held-data", "held-erase")]
    assert [client.get(url).status_code for url in own] == [200] * 3
    keys(OTHER)
    pages = [client.get(url) for url in own]
    assert all("cannot be looked up at this moment" in page.content.decode() for page in pages)
    pages += [client.post(own[2], {"sure": "on"}), client.post(reverse("your-data"), {"email": ASHA})]
    assert [(page.status_code, page["Retry-After"]) for page in pages] == [(503, "30")] * 5
    with pytest.raises(hash_key.AnotherKey):
        erasing.erase(ASHA)
    assert (Erasure.objects.count(), Message.objects.count()) == (0, 1)


def test_erasures_are_not_repeated_under_another_key(keys, tmp_path):
    SignOnFactory(email=ASHA)
    hash_key.remember()
    keys(OTHER)
    path = tmp_path / "erasures"
    path.write_text("")
    assert refused("repeat_erasures", str(path)) == hash_key.WORDS


def test_a_worker_with_another_key_mails_nobody(keys, caplog, monkeypatch):
    hash_key.remember()
    done = []
    monkeypatch.setattr(dispatching, "deliver_due", lambda lane: done.append(lane))
    tasks.deliver_due.apply()
    assert done == ["transactional"]
    keys(OTHER)
    tasks.deliver_due.apply()
    assert done == ["transactional"]
    assert hash_key.WORDS in caplog.text


def test_one_key_has_one_mark():
    HashKeyMark.objects.create(mark="a")
    with Refused("there_is_one_hash_key"):
        HashKeyMark.objects.create(pk=2, mark="b")


def test_that_erasures_cannot_be_written_down_is_told_at_the_start(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "apart" / "erasures"
    assert promises.erasures_can_be_written_down() == []
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "erasures", tmp_path):
        settings.ERASURES_FILE = path
        [told] = promises.erasures_can_be_written_down()
        assert told.id == "config.W003"
        assert "cannot be written" in told.msg


def test_a_line_that_broke_off_is_written_again_whole_and_another_bad_one_is_told(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures"
    whole = f"2026-11-01T10:00:00+00:00 {'a' * 64}"
    settings.ERASURES_FILE.write_text(whole[:40])
    Erasure.objects.create(digest="a" * 64, at=datetime.fromisoformat("2026-11-01T10:00:00+00:00"))
    [told] = promises.erasures_can_be_written_down()
    assert told.id == "config.W004"
    erasures_file.write_down()
    assert settings.ERASURES_FILE.read_text().splitlines() == [whole[:40], whole]
    assert [digest for digest, _at in erasures_file.read(settings.ERASURES_FILE)] == ["a" * 64]
    assert promises.erasures_can_be_written_down() == []
