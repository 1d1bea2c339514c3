"""A limit refuses nobody: beyond it a browser shows a proof of work, and who has none is held for the desk."""

import base64
import json
from datetime import timedelta

import altcha
import pytest
from django.core.cache import cache
from django.utils import timezone

from signon import tokens
from signon.abuse import guarding, proofs
from signon.mail import relevance, reminding
from signon.models import Hold, LedgerEntry, Message, SignOn
from tests.factories import InvitationFactory, StatementFactory, UserFactory
from tests.posted import typed

pytestmark = pytest.mark.django_db
ELSEWHERE = "203.0.113.7"


@pytest.fixture(autouse=True)
def _counted_anew(settings):
    """No test is counted with another; and Redis is asked, whatever another test made of it."""
    guarding._made.cache_clear()
    guarding._rest.until = 0
    guarding._limiter().storage.reset()
    cache.clear()
    yield
    guarding._made.cache_clear()
    guarding._rest.until = 0


@pytest.fixture
def statement():
    return StatementFactory(slug="call")


def post(client, number=1, peer=ELSEWHERE, **changes):
    given = {"organization_name": f"Union {number}", "acronym": "", "email": f"a{number}@secret.example"} | changes
    return client.post("/statements/call/sign/", typed(**given), REMOTE_ADDR=peer)


def solved(client, peer=ELSEWHERE):
    """What a browser puts into the form, with the answer of the page's own endpoint."""
    told = client.get("/statements/call/sign/challenge/", REMOTE_ADDR=peer).json()["challenge"]
    found = altcha.solve_challenge(altcha.Challenge.from_dict(told))
    payload = {"challenge": told, "solution": {"counter": found.counter, "derivedKey": found.derived_key}}
    return base64.b64encode(json.dumps(payload).encode()).decode()


def held():
    return [(each.organization_name, each.hold.reason) for each in SignOn.objects.exclude(hold=None).order_by("pk")]


def mails():
    return set(Message.objects.filter(kind="verification").values_list("to_address", flat=True))


def test_beyond_a_network_s_limit_a_sign_on_is_recorded_and_held(client, statement, settings):
    settings.NETWORK_LIMIT = "2/hour"
    answers = [post(client, number) for number in range(4)]
    assert [each["Location"].split("/")[-2] for each in answers] == ["sent", "sent", "held", "held"]
    assert SignOn.objects.count() == 4
    assert held() == [("Union 2", "network"), ("Union 3", "network")]
    assert Hold.objects.count() == 1
    assert mails() == {"a0@secret.example", "a1@secret.example"}
    assert client.get(answers[2]["Location"]).status_code == 200


def test_a_network_s_limit_is_of_one_statement_and_one_network(client, statement, settings):
    settings.NETWORK_LIMIT = "1/hour"
    StatementFactory(slug="other")
    assert post(client, 1)["Location"].endswith("/sent/")
    assert post(client, 2, peer="198.51.100.1")["Location"].endswith("/sent/")
    assert client.post("/statements/other/sign/", typed(), REMOTE_ADDR=ELSEWHERE)["Location"].endswith("/sent/")
    assert post(client, 3, peer="203.0.113.99")["Location"].endswith("/held/"), "another machine of the same network"


def test_a_statement_has_a_limit_too_wherever_its_sign_ons_come_from(client, statement, settings):
    settings.STATEMENT_LIMIT = "2/minute"
    for number in range(3):
        post(client, number, peer=f"198.51.{number}.1")
    assert held() == [("Union 2", "statement")]


def test_with_a_proof_of_work_a_whole_hall_signs(client, statement, settings):
    settings.NETWORK_LIMIT = "1/hour"
    post(client, 1)
    for number in range(2, 5):
        assert post(client, number, proof=solved(client))["Location"].endswith("/sent/")
    assert held() == []
    assert len(mails()) == 4


def test_a_proof_is_asked_for_beyond_a_limit_alone(client, statement, settings):
    settings.NETWORK_LIMIT = "1/hour"
    path = "/statements/call/sign/challenge/"
    answer = client.get(path, REMOTE_ADDR=ELSEWHERE)
    assert answer.json() == {"challenge": None}
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    post(client)
    assert client.get(path, REMOTE_ADDR=ELSEWHERE).json()["challenge"]["parameters"]["algorithm"] == "PBKDF2/SHA-256"
    assert client.get(path, REMOTE_ADDR="198.51.100.1").json() == {"challenge": None}


def test_a_proof_counts_once_and_for_its_statement_alone(client, statement, settings):
    settings.NETWORK_LIMIT = "1/hour"
    post(client, 1)
    proof = solved(client)
    assert not proofs.is_good(proof, StatementFactory())
    assert post(client, 2, proof=proof)["Location"].endswith("/sent/")
    assert post(client, 3, proof=proof)["Location"].endswith("/held/")


def _changed(proof, **changes):
    told = json.loads(base64.b64decode(proof))
    told["challenge"]["parameters"] |= changes
    return base64.b64encode(json.dumps(told).encode()).decode()


def test_no_other_proof_is_good(client, statement, settings):
    settings.NETWORK_LIMIT = "1/hour"
    post(client, 1)
    proof = solved(client)
    easier = _changed(proof, keyPrefix="")
    later = _changed(proof, expiresAt=4_000_000_000)
    for wrong in ["", "x", "e30=", "bnVsbA==", proof[:-8], proof * 4, easier, later, _changed(proof, data=None)]:
        assert not proofs.is_good(wrong, statement), wrong


def test_a_proof_ends(client, statement, settings, time_machine):
    settings.NETWORK_LIMIT = "1/hour"
    post(client, 1)
    proof = solved(client)
    time_machine.move_to(timezone.now() + proofs.GOOD_FOR + timedelta(minutes=1))
    assert not proofs.is_good(proof, statement)


def test_who_fills_in_what_people_do_not_see_is_held_and_not_refused(client, statement):
    assert post(client, 1, comments="buy now")["Location"].endswith("/held/")
    assert held() == [("Union 1", "trap")]
    assert mails() == set()
    page = client.get("/statements/call/sign/").content.decode()
    assert 'class="unseen" aria-hidden="true"' in page


def test_without_redis_nobody_is_counted_and_signing_goes_on(client, statement, settings):
    settings.NETWORK_LIMIT = "1/hour"
    settings.LIMITS_URL = "redis://127.0.0.1:1/2"
    guarding._made.cache_clear()
    for number in range(3):
        assert post(client, number)["Location"].endswith("/sent/")
    assert held() == []


def test_this_machine_s_own_sign_ons_are_not_counted_in_local_mode(client, statement, settings):
    settings.STATEMENT_LIMIT = "1/minute"
    settings.LOCAL_MODE = True
    for number in range(3):
        assert post(client, number, peer="127.0.0.1")["Location"].endswith("/sent/")
    assert held() == []


def test_who_signs_again_with_a_proof_is_mailed(client, statement, settings):
    settings.NETWORK_LIMIT = "1/hour"
    post(client, 1)
    post(client, 2)
    assert post(client, 2, proof=solved(client))["Location"].endswith("/sent/")
    assert held() == []
    sign_on = SignOn.objects.get(email="a2@secret.example")
    assert [entry.facts["held"] for entry in sign_on.ledger.all()] == ["network", ""]
    assert sign_on.email in mails()


def test_typing_again_puts_nobody_on_hold_who_was_not(client, statement):
    post(client, 1)
    post(client, 1, comments="buy now")
    assert held() == []


def test_what_staff_put_on_hold_is_not_released_by_typing_again(client, statement):
    post(client, 1)
    by = UserFactory()
    held_by = Hold.objects.create(statement=statement, reason="domain", subject="secret.example", placed_by=by)
    SignOn.objects.update(hold=held_by)
    post(client, 1, organization_name="Union 1 again")
    assert held() == [("Union 1 again", "domain")]


def test_no_mail_that_asks_to_confirm_goes_to_who_is_held(client, statement, time_machine):
    post(client, 1, comments="x")
    post(client, 2)
    sign_on = SignOn.objects.exclude(hold=None).get()
    time_machine.move_to(timezone.now() + timedelta(days=3))
    assert reminding.remind() == 1
    assert not sign_on.messages.exists()


def test_a_mail_that_was_under_way_when_it_was_held_is_not_sent(client, statement):
    post(client, 1)
    message = Message.objects.get(kind="verification")
    assert relevance.is_true(message)
    SignOn.objects.update(hold=Hold.objects.create(statement=statement, reason="trap"))
    assert not relevance.is_true(Message.objects.get(pk=message.pk))


def test_a_personal_link_is_not_counted(client, statement, settings):
    settings.NETWORK_LIMIT, settings.STATEMENT_LIMIT = "1/hour", "1/minute"
    post(client, 1)
    invitation = InvitationFactory(statement=statement)
    path = f"/invitations/{tokens.make(invitation, tokens.INVITATION)}/"
    assert "data-challenge" not in client.get(path, REMOTE_ADDR=ELSEWHERE).content.decode()
    given = typed(organization_name=invitation.organization_name, acronym="", email=invitation.email, country="KE")
    assert client.post(path, given, REMOTE_ADDR=ELSEWHERE).status_code == 200
    signed = SignOn.objects.get(email=invitation.email)
    assert (signed.state, signed.hold) == ("confirmed", None)


def test_the_ledger_says_why_it_was_held_and_nothing_of_where_it_came_from(client, statement, settings):
    settings.NETWORK_LIMIT = "1/hour"
    post(client, 1)
    post(client, 2)
    facts = [entry.facts for entry in LedgerEntry.objects.filter(act="signed").order_by("pk")]
    assert [each["held"] for each in facts] == ["", "network"]
    network = SignOn.objects.first().network
    assert network
    assert network not in str(facts)


def test_mailing_is_limited_for_each_mailbox_without_redis_too(client, statement, settings):
    """The table of messages counts them (signon/mail/limits.py)."""
    settings.LIMITS_URL = "redis://127.0.0.1:1/2"
    guarding._made.cache_clear()
    for number in range(8):
        post(client, number, email=f"victim+{number}@secret.example")
    assert Message.objects.filter(mailbox="victim@secret.example").count() == 5
