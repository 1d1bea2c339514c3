"""What web, worker and beat log while people sign, confirm, withdraw and sign in: requests, and nobody's name."""

import json
import re

from tests.posted import typed
from tests.smtp import links
from tests.stack import wait_for

NAME, ADDRESS = "Zebedina Quux", "zebedina.quux@unmistakable.example"
STATEMENT = "/statements/initial-elements-2016/"
REQUEST = "0123456789abcdef-of-the-proxy"


def test_logs_hold_request_ids_and_no_name_address_or_secret(stack):
    stack.end("web")
    stack.environment |= {"TRUSTED_PROXIES": "127.0.0.1/32,::1/128"}
    stack.start_web()
    data = typed(organization_name=f"{NAME} Institute", representative_name=NAME, email=ADDRESS)
    answer = stack.post(f"{STATEMENT}sign/", data, X_Request_ID=REQUEST)
    assert (answer.status, answer.headers["X-Request-ID"]) == (302, REQUEST)
    wait_for(lambda: stack.mail.to(ADDRESS), 60, "the mail")
    confirm = next(link for link in links(stack.mail.to(ADDRESS)[0]) if "/confirm/" in link)
    assert stack.get(confirm).status == 200
    assert stack.post(confirm, {"version": "1"}).status == 302
    stack.post("/sign-ons/link/", {"email": ADDRESS})
    wait_for(lambda: len(stack.mail.to(ADDRESS)) > 1, 60, "the mail with the link to manage")
    manage = next(link for mail in stack.mail.to(ADDRESS) for link in links(mail) if "/manage/" in link)
    assert stack.get(manage).status == 200
    stack.post(manage, {"act": "withdraw", "reason": f"{NAME} has left"})
    stack.post("/accounts/login/", {"login": ADDRESS, "password": NAME})
    assert stack.get(f"/search/?q={NAME.split()[0]}").status == 200
    # What the mail server says of an address, and what breaks with a name in its hands.
    stack.mail.answer = lambda recipient: f"550 5.1.1 <{recipient}> unknown"
    data = typed(organization_name=f"Other {NAME}", representative_name=NAME, email=f"2{ADDRESS}")
    stack.post(f"{STATEMENT}sign/", data)
    wait_for(lambda: stack.query("SELECT 1 FROM signon_message WHERE state = 'dead'"), 60, "given up")

    wait_for(lambda: REQUEST in stack.log("worker"), 30, "the task has the id of the request that woke it")
    secrets = {part for link in (confirm, manage) for part in re.findall(r"/(?:confirm|manage)/([^/]+)/", link)}
    for name in ("web", "worker", "beat"):
        log = stack.log(name)
        for private in (*NAME.split(), "zebedina", "unmistakable", *secrets):
            assert private not in log, name
    lines = [json.loads(line) for line in stack.log("web").splitlines() if line.startswith("{")]
    signed = [line for line in lines if line.get("request_id") == REQUEST]
    assert any(line["event"].startswith("POST sign 302 ") for line in signed)
    worked = [json.loads(line) for line in stack.log("worker").splitlines() if REQUEST in line]
    assert {line["task"] for line in worked} >= {"signon.tasks.deliver_due"}
    # All that they counted is found in one place.
    stack.end("web")
    stack.environment |= {"METRICS_NETWORKS": "127.0.0.1/32,::1/128"}
    stack.start_web()
    for counted in (
        r"undersigned_beat_age_seconds ",
        r'undersigned_mail_outcomes_total\{outcome="sent"\} [1-9]',
        r'undersigned_mail_outcomes_total\{outcome="dead"\} [1-9]',
        r'undersigned_request_seconds_count\{method="POST",status="3xx",view="sign"\} [1-9]',
        r'undersigned_worker_age_seconds\{queue="mail"\}',
    ):
        # Each process hands on what it counted every few seconds.
        wait_for(lambda counted=counted: re.search(counted, stack.get("/metrics").text), 30, counted)
